"""Word packages: what a reader of the page sees, and nothing that he does not see."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wordmaking import box, cell, field, item, level, numbering, p, package, part, r, row, t, table, zipped

from wqnlp.errors import Unreadable
from wqnlp.pipeline import run
from wqnlp.source import read
from wqnlp.source.docx import DocxReader, WordXmlReader
from wqnlp.source.listing import format_of_code, formats, written

CHANGE = 'w:id="1" w:author="a" w:date="2012-01-01T00:00:00Z"'


def read_body(body, **parts):
    return DocxReader().read("总结.docx", package(body, **parts))


def text_of(body, **parts):
    return read_body(body, **parts).text


def grid_of(content):
    return [(*one[:5], content.text[one.start:one.end]) for one in content.cells]


HAN = "chineseCountingThousand"
THREE = (level(0, HAN, "%1、"), level(1, HAN, "（%2）"), level(2, "decimal", "%3."))


@pytest.mark.parametrize(("levels", "depths", "labels"), [
    (THREE, [0, 1, 1, 2, 2, 0, 1], "一、|（一）|（二）|1. |2. |二、|（一）"),
    ((level(0, "decimal", "%1"), level(1, "decimal", "%1.%2")), [0, 1, 1, 0, 1], "1 |1.1 |1.2 |2 |2.1 "),
    ((level(0, HAN, "第%1章"), level(1, "decimal", "%1.%2", more="<w:isLgl/>")), [0, 1, 0, 1], "第一章 |1.1 |第二章 |2.1 "),
    ((level(0, "decimalEnclosedCircle", "%1"),), [0, 0], "① |② "),
    ((level(0, "decimal", "（%1）", start=5),), [0, 0], "（5）|（6）"),
    ((level(0, "upperRoman", "%1."), level(1, "lowerLetter", "%2)")), [0, 1, 1], "I. |a) |b) "),
    ((level(0, "ideographTraditional", "%1、"),), [0, 0, 0], "甲、|乙、|丙、"),
    ((level(0, "bullet", "\uf0b7"),), [0], "● "), ((level(0, "bullet", "l"),), [0], "● "), ((level(0, "bullet", "◆"),), [0], "◆ "),
    ((level(0, "none", ""),), [0], ""), ((level(0, "decimal", ""),), [0, 0], "|"),
    ((level(0, HAN, "%1、"), level(1, "decimal", "%2、", more='<w:lvlRestart w:val="0"/>')), [0, 1, 0, 1], "一、|1、|二、|2、"),
    (THREE, [0, 2, 1], "一、|1. |（二）"),                             # as Word and LibreOffice: what is passed over was begun
    ((level(0, "bullet", "—"), level(1, "decimal", "%1%2.")), [0, 1], "— |1. "),
    ((level(0, "wholly new", "%1."),), [0], "1. "),
    (THREE, [5], ""),                                                   # no such level
])
def test_numbers_that_word_generates(levels, depths, labels):
    body = "".join(item("接访", depth) for depth in depths)
    assert text_of(body, numbering=numbering(*levels)) == "\n".join(f"{label}接访" for label in labels.split("|"))


def test_a_number_and_a_year_do_not_become_a_fraction():
    levels = level(0, "decimal", "%1.", more='<w:suff w:val="nothing"/>')
    assert text_of(item("2009年接访9件"), numbering=numbering(levels)) == "1. 2009年接访9件"


def test_two_uses_of_a_list_go_on_and_an_override_starts_anew():
    more = ('<w:num w:numId="2"><w:abstractNumId w:val="5"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="5"/>'
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num><w:num w:numId="4"><w:abstractNumId '
            f'w:val="5"/><w:lvlOverride w:ilvl="0">{level(0, "decimal", "(%1)")}</w:lvlOverride></w:num>')
    body = item("a") + item("b", number=2) + item("c", number=3) + item("d", number=3) + item("e", number=4) + item("f", number=0)
    assert text_of(body, numbering=numbering(*THREE, more=more)) == "一、a\n二、b\n一、c\n二、d\n(3) e\nf"


def test_numbers_that_come_with_a_style():
    styles = ('<w:style w:type="paragraph" w:styleId="A"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
              '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr>'
              '</w:style><w:style w:type="paragraph" w:styleId="C"><w:basedOn w:val="B"/></w:style>'
              '<w:style w:type="paragraph" w:styleId="D"><w:basedOn w:val="D"/></w:style>')
    body = "".join(p(style, f'<w:pStyle w:val="{style}"/>') for style in "ABCDX")
    body += p("不编号", '<w:pStyle w:val="A"/><w:numPr><w:numId w:val="0"/></w:numPr>') + p("末", '<w:pStyle w:val="A"/>')
    assert text_of(body, styles=styles, numbering=numbering(*THREE)) == "一、A\n（一）B\n（二）C\nD\nX\n不编号\n二、末"


def test_the_level_of_a_style_is_the_one_that_names_it():
    styles = '<w:style w:type="paragraph" w:styleId="H2"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    levels = level(0, HAN, "%1、"), level(1, HAN, "（%2）", more='<w:pStyle w:val="H2"/>')
    assert text_of(p("渠道", '<w:pStyle w:val="H2"/>'), styles=styles, numbering=numbering(*levels)) == "（一）渠道"


def test_a_list_that_a_style_of_lists_gives():
    inside = ('<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="L"/></w:abstractNum><w:abstractNum w:abstractNumId="2">'
              f'<w:styleLink w:val="L"/>{THREE[0]}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>')
    assert text_of(item("甲") + item("乙"), numbering=inside) == "一、甲\n二、乙"


@given(st.sampled_from(sorted(formats())), st.integers(-3, 20_000))
def test_every_format_writes_every_number(form, number):
    assert isinstance(written(number, form), str) and format_of_code(formats()[form]["code"]) in formats()


@pytest.mark.parametrize(("runs", "seen"), [
    (r("接访") + r("238") + r("件"), "接访238件"),
    (r("甲") + f'<w:ins {CHANGE}>{r("乙")}</w:ins><w:del {CHANGE}><w:r><w:delText>77</w:delText></w:r></w:del>', "甲乙"),
    (f'<w:moveFrom {CHANGE}>{r("77")}</w:moveFrom><w:moveTo {CHANGE}>{r("12件")}</w:moveTo>', "12件"),
    (f'{r("办结")}<w:ins {CHANGE}><w:del {CHANGE}>{r("77")}</w:del></w:ins>{r("9", f"<w:ins {CHANGE}/>")}', "办结9"),
    (r("77", f"<w:del {CHANGE}/>") + r("9件"), "9件"),
    (r("接访") + r("77", "<w:strike/>") + r("78", "<w:dstrike/>") + r("9件", '<w:strike w:val="0"/>'), "接访9件"),
    (r("77", "<w:vanish/>") + r("9件", '<w:vanish w:val="0"/>') + r("8", "<w:webHidden/>"), "9件8"),
    (r("第") + field(" PAGE ", r("9")) + r("页，共") + field("NUMPAGES", r("77")) + r("页"), "第页，共页"),
    (field(' HYPERLINK "http://x/77" ', r("妇联网")), "妇联网"),
    (f'<w:fldSimple w:instr=" PAGE ">{r("77")}</w:fldSimple><w:fldSimple w:instr="DATE">{r("9日")}</w:fldSimple>', "9日"),
    (field("IF " + field("PAGE", r("77")) + " = 1", r("是")), "是"),
    (field(r" EQ \o\ac(○,3) ") + r("宣传") + field(r"EQ \* jc2 \* hps10 \o\ad(\s\up 9(lián),联)"), "③宣传联"),
    (f'<w:hyperlink>{r("县")}</w:hyperlink><w:smartTag>{r("妇")}</w:smartTag><w:sdt><w:sdtPr/><w:sdtContent>{r("联")}'
     "</w:sdtContent></w:sdt>", "县妇联"),
    ("<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>lián</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>联</w:t></w:r></w:rubyBase></w:ruby>"
     "</w:r>", "联"),
    ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r><w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + r("9件"), "☑≥9件"),
    (f"<w:r>{t('8')}<w:noBreakHyphen/>{t('9月')}<w:softHyphen/><w:tab/>{t('接')}<w:br/>{t('访')}</w:r>", "8-9月\t接\n访"),
    ("<w:r><w:t> 接访 </w:t></w:r><w:r><w:t>9\n件</w:t></w:r>", "接访9 件"),
    (r("28件") + '<w:r><w:commentReference w:id="0"/></w:r><w:r><w:footnoteReference w:id="9"/></w:r>', "28件"),
    ('<m:oMath><m:f><m:num><m:r><m:t>2</m:t></m:r></m:num><m:den><m:r><m:t>3</m:t></m:r></m:den></m:f></m:oMath>', "2/3"),
    ('<w:r><w:pict><v:shape><v:textpath string="县妇联文件"/></v:shape></w:pict></w:r>' + r("正文"), "县妇联文件正文"),
    (r("１８６件"), "１８６件"),
    ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + r("77"), ""),          # a field that never ends
])
def test_runs(runs, seen):
    assert text_of(p(runs) + p("末段")) == f"{seen}\n末段" or (not seen and text_of(p(runs) + p("末段")).strip() == "末段")


def test_a_paragraph_whose_mark_is_deleted_runs_on_into_the_next():
    gone = f"<w:rPr><w:del {CHANGE}/></w:rPr>"
    assert text_of(p("接访9", gone) + p("件。") + p("乙", gone)) == "接访9件。\n乙"
    assert text_of(item("甲") + p(f'<w:del {CHANGE}>{r("x")}</w:del>', gone + '<w:numPr><w:numId w:val="1"/></w:numPr>') + item("乙"),
                   numbering=numbering(*THREE)) == "一、甲\n二、乙"


def test_a_style_may_hide_text():
    styles = ('<w:style w:type="character" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
              '<w:style w:type="paragraph" w:styleId="P"><w:basedOn w:val="Q"/></w:style>'
              '<w:style w:type="paragraph" w:styleId="Q"><w:rPr><w:vanish/></w:rPr></w:style>')
    body = p(r("77", '<w:rStyle w:val="H"/>') + r("9件")) + p(r("77") + r("8件", '<w:vanish w:val="false"/>'), '<w:pStyle w:val="P"/>')
    assert text_of(body, styles=styles) == "9件\n8件"
    gone = p("77", '<w:pStyle w:val="P"/><w:numPr><w:numId w:val="1"/></w:numPr>')
    assert text_of(item("甲") + gone + item("乙"), styles=styles, numbering=numbering(*THREE)) == "一、甲\n二、乙"


def test_a_table_of_contents_is_no_second_set_of_headings():
    start, rest = field("TOC \\o", r("一、接访9件\t1")).rsplit("<w:r><w:fldChar", 1)
    assert text_of(p(start) + p("二、宣传8次\t2") + p("<w:r><w:fldChar" + rest) + p("一、接访9件")).strip() == "一、接访9件"
    assert "宣传8次" in text_of(p(start) + p("二、宣传8次") + p("末"))               # it never ends: nothing may be swallowed


def test_notes_stand_after_the_paragraph_that_refers_to_them():
    feet = f'<w:footnote w:type="separator" w:id="0">{p("—")}</w:footnote><w:footnote w:id="2">{p("含上年结转12件。")}</w:footnote>'
    ends = f'<w:endnote w:id="2">{p("据县妇联统计。")}</w:endnote>'
    body = p(r("接访238件") + '<w:r><w:footnoteReference w:id="2"/><w:endnoteReference w:id="2"/></w:r>' + r("。")) + p("末")
    made = read_body(body, footnotes=feet, endnotes=ends)
    assert made.text == "接访238件。\n含上年结转12件。\n据县妇联统计。\n末"
    assert [place.node for place in made.places] == ["p1", "fn1", "en1", "p2"]


def test_a_text_box_is_read_once_after_its_paragraph():
    made = read_body(p(box(p("框中9件"), p("又")) + r("正文")) + p("末"))
    assert made.text == "正文\n框中9件\n又\n末"
    assert [place.node for place in made.places] == ["p1", "tb1p1", "tb1p2", "p2"]


def test_merged_cells_have_their_rows_and_columns():
    made = read_body(p("附表") + table(
        row(cell("单位", down="restart"), cell("2012年", 2), cell("合计", down="restart")),
        row(cell("", down="continue"), cell("家暴"), cell("财产"), cell("", down="continue")),
        row(cell("城关镇"), cell("3"), cell(""), cell("3"))))
    assert made.text == "附表\n单位 | 2012年 |  | 合计\n | 家暴 | 财产 | \n城关镇 | 3 |  | 3"
    assert grid_of(made) == [
        (0, 0, 0, 2, 1, "单位"), (0, 0, 1, 1, 2, "2012年"), (0, 0, 3, 2, 1, "合计"), (0, 1, 1, 1, 1, "家暴"), (0, 1, 2, 1, 1, "财产"),
        (0, 2, 0, 1, 1, "城关镇"), (0, 2, 1, 1, 1, "3"), (0, 2, 2, 1, 1, ""), (0, 2, 3, 1, 1, "3")]
    assert [place.node for place in made.places][:3] == ["p1", "t1r1c1", "t1r1c2"]


def test_rows_that_begin_late_merge_old_style_or_are_deleted():
    old = cell("甲乙").replace("<w:tcPr>", '<w:tcPr><w:hMerge w:val="restart"/>')
    made = read_body(table(row(cell("单位"), cell("件"), cell("人")), row(cell("3"), cell("4"), properties='<w:gridBefore w:val="1"/>'),
                           row(old, cell("").replace("<w:tcPr>", '<w:tcPr><w:hMerge w:val="continue"/>'), cell("5")),
                           row(cell("77"), cell("78"), cell("79"), properties=f"<w:del {CHANGE}/>")))
    assert made.text == "单位 | 件 | 人\n | 3 | 4\n甲乙 |  | 5"
    assert grid_of(made)[3:] == [(0, 1, 1, 1, 1, "3"), (0, 1, 2, 1, 1, "4"), (0, 2, 0, 1, 2, "甲乙"), (0, 2, 2, 1, 1, "5")]


def test_columns_in_which_no_cell_begins_are_none():
    made = read_body(table(row(cell("单位"), cell("件", 3)), row(cell("城关镇"), cell("9", 2))))
    assert made.text == "单位 | 件\n城关镇 | 9" and [one[2:5] for one in made.cells] == [(0, 1, 1), (1, 1, 1)] * 2
    assert [place.node for place in made.places] == ["t1r1c1", "t1r1c2", "t1r2c1", "t1r2c2"]


def test_a_head_broken_to_fit_is_one_word_and_entries_stay_apart():
    broken = p("<w:r><w:t>人身</w:t><w:br/><w:t>权益</w:t></w:r>")
    made = read_body(table(row(cell(p("婚姻") + p("家庭")), cell(p("接访9件") + p("调处8件")), cell(broken)),
                           row(cell("1"), cell("2"), cell("3"))))
    assert made.text == "婚姻家庭 | 接访9件 调处8件 | 人身权益\n1 | 2 | 3"


def test_prose_in_a_form_keeps_its_paragraphs_and_a_frame_is_no_table():
    long = "".join(p(f"{number}是接待来访，共接待群众来访{number}件次，全部办结，群众满意。") for number in "一二三四五六")
    made = read_body(table(row(cell("工作总结"), cell(long))))
    assert made.text.count("\n") == 6 and len(made.cells) == 2 and made.places[1].node == made.places[6].node == "t1r1c2"
    sentence = "全年共接待群众来访九件次，全部办结，群众满意。" * 8
    assert read_body(table(row(cell("工作总结"), cell(sentence)), row(cell("件数"), cell("9")))).text == f"工作总结\n{sentence}\n件数 | 9"
    framed = read_body(table(row(cell(p("甲") + p("乙")))))
    assert framed.text == "甲\n乙" and framed.cells == ()


def test_a_table_in_a_cell_and_one_in_a_control():
    inner = table(row(cell("内"), cell("5")), row(cell("外"), cell("6")))
    made = read_body(f"<w:sdt><w:sdtContent>{table(row(cell('说明'), cell(p('前') + inner + p('后'))))}</w:sdtContent></w:sdt>")
    assert made.text == "说明\n前\n内 | 5\n外 | 6\n后"
    assert [one[:3] for one in made.cells] == [(0, 0, 0), (0, 0, 1), (1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1)]


def test_an_embedded_document_is_named():
    assert "embedded" in read_body(p("正文") + '<w:altChunk xmlns:r="x" r:id="r9"/>').decoding.reason


@pytest.mark.parametrize("options", [
    {"strict": True}, {"kind": "template.main"}, {"main": "word/document2.xml"}, {"kind": "nonsense"}])
def test_kinds_of_package(options):
    made = DocxReader().read("a.docx", package(item("接访9件") + item("宣传"), numbering=numbering(*THREE), **options))
    assert made.text == "一、接访9件\n二、宣传"


def test_a_document_with_macros_is_read_and_they_are_not(tmp_path):
    path = tmp_path / "总结.doc"
    texts = {"[Content_Types].xml": "", "word/document.xml": part("document", f"<w:body>{p('接访9件')}</w:body>"),
             "word/vbaProject.bin": "\xd0\xcf"}
    path.write_bytes(zipped(texts))
    source = read(path)
    assert (source.text, source.format) == ("接访9件", "docx")          # whatever it is called


def test_word_2003():
    space = "http://schemas.microsoft.com/office/word/2003/wordml"
    xml = ('<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument '
           f'xmlns:w="{space}" xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" '
           'xmlns:aml="http://schemas.microsoft.com/aml/2001/core"><w:body><wx:sect><w:p><w:pPr><w:listPr><w:ilvl w:val="0"/>'
           f'<wx:t wx:val="一、"/></w:listPr></w:pPr>{r("接访9件")}<w:r><w:footnote>{p("注")}</w:footnote></w:r></w:p>'
           f'<aml:annotation w:type="Word.Deletion"><aml:content>{p("77")}</aml:content></aml:annotation></wx:sect></w:body>'
           '</w:wordDocument>')
    reader = WordXmlReader()
    assert reader.sniff(xml.encode()[:1024]) and reader.read("a.xml", xml.encode()).text == "一、接访9件\n注"
    lists = ('<w:lists><w:listDef w:listDefId="4"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:nfc w:val="37"/><w:lvlText w:val="（%1）"/>'
             '<w:suff w:val="Nothing"/></w:lvl></w:listDef><w:list w:ilfo="7"><w:ilst w:val="4"/></w:list></w:lists>')
    items = "".join(f'<w:p><w:pPr><w:listPr><w:ilvl w:val="0"/><w:ilfo w:val="7"/></w:listPr></w:pPr>{r(text)}</w:p>'
                    for text in ("信访", "普法"))
    counted = f'<w:wordDocument xmlns:w="{space}">{lists}<w:body>{items}</w:body></w:wordDocument>'
    assert reader.read("a.xml", counted.encode()).text == "（一）信访\n（二）普法"
    flat = ('<?xml version="1.0"?><?mso-application progid="Word.Document"?><pkg:package '
            'xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/word/document.xml"><pkg:xmlData>'
            f'{part("document", "<w:body>" + p("9件") + "</w:body>").partition("?>")[2]}</pkg:xmlData></pkg:part></pkg:package>')
    assert reader.read("a.xml", flat.encode()).text == "9件"


PRINTABLE = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn"), blacklist_characters="\ufeff\u2028\u2029\x85"), max_size=20)


@settings(deadline=None)
@given(st.lists(PRINTABLE, max_size=8), st.lists(st.lists(st.sampled_from(["", "12", "家暴", "9.5%"]), min_size=2, max_size=2), max_size=3))
def test_what_python_docx_writes_is_read_and_every_character_has_a_place(paragraphs, rows):
    import io

    import docx
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        made = document.add_table(len(rows), 2)
        for at, values in enumerate(rows):
            for column, value in enumerate(values):
                made.cell(at, column).text = value
    stream = io.BytesIO()
    document.save(stream)
    lines = [*paragraphs, *(" | ".join(values) for values in rows if any(map(any, rows)))]
    try:
        content = DocxReader().read("a.docx", stream.getvalue())
    except Unreadable as error:
        assert error.code == "E03" and not "".join(lines).strip(" |\u3000\xa0")
        return
    assert content.text == "\n".join(lines)
    held = set().union(*(range(place.start, place.end) for place in content.places))
    assert all(at in held for at, char in enumerate(content.text) if char not in " |\n")
    assert [place.start for place in content.places] == sorted(place.start for place in content.places)


def summary(*rows):
    return package(p("霍山县妇联2012年维权工作总结") + item("畅通诉求渠道") + item("受理信访案件238件，比2009年的212件增加26件。", 2)
                   + item("加强宣传") + p("2012年信访情况统计表（单位：件）") + table(*rows), numbering=numbering(*THREE))


ROWS = [row(*map(cell, values)) for values in (("衡山镇", "12", "8", "4"), ("但家庙镇", "9", "6", "3"), ("合计", "21", "14", "7"))]


def test_figures_of_a_numbered_summary_with_a_table(tmp_path):
    path = tmp_path / "2012.docx"
    path.write_bytes(summary(row(*map(cell, ("单位", "合计", "婚姻家庭", "财产权益"))), *ROWS))
    made = run(path)
    assert made.errors == []
    assert {238, 212, 26, 12, 8, 4, 9, 6, 3, 21, 14, 7} == {figure.value for figure in made.figures}     # not 1, 2 of the list
    assert {figure.issue for figure in made.figures if figure.value in (8, 6, 14)} == {"marriage_family"}


def test_figures_under_a_merged_head(tmp_path):
    path = tmp_path / "2012.docx"
    path.write_bytes(summary(row(cell("单位", down="restart"), cell("合计", down="restart"), cell("其中", 2)),
                             row(cell("", down="continue"), cell("", down="continue"), cell("婚姻家庭"), cell("财产权益")), *ROWS))
    made = run(path)
    assert made.errors == [] and {238, 212, 26} <= {figure.value for figure in made.figures}
    read_ = {figure.value: figure.issue for figure in made.figures}
    assert read_.get(8, "marriage_family") == "marriage_family" and read_.get(4, "property") == "property"
