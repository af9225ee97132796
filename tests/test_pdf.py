"""PDF: reading order, furniture, paragraphs, tables, and what is damaged or strange."""

import resource

import pytest
from pdf_writing import flowing, header_and_footer, placed

from wqnlp.errors import Unreadable
from wqnlp.pipeline import run
from wqnlp.source import read
from wqnlp.source.pdf import PdfReader, scanned_pages

LONG = "全年共接待来信来访来电186件，其中婚姻家庭类118件，劳动保障类31件，人身权益类20件，财产权益类17件，" \
    "办结率为96.2%，群众满意率在95%以上。" * 3
TITLE = "江平县妇联2013年维权工作总结"


@pytest.fixture
def made(tmp_path):
    def make(data):
        path = tmp_path / "总结.pdf"
        path.write_bytes(data)
        return path
    return make


def lines(path):
    return read(path).text.split("\n")


def test_paragraphs_are_lines_over_pages_too(made):
    text = lines(made(flowing(TITLE, *[f"第{n}段，{LONG}" for n in range(12)])))
    assert text == [TITLE, *[f"第{n}段，{LONG}" for n in range(12)]]


@pytest.mark.parametrize("footer", [
    lambda page: f"- {page} -", lambda page: f"第 {page} 页 共 4 页", lambda page: f"{page}/4", str, lambda page: f"—{page + 6}—"])
def test_headers_and_page_numbers_are_cut(made, footer):
    data = flowing(TITLE, *[LONG] * 16, every=header_and_footer("江平县妇联文件", footer))
    source = read(made(data))
    assert source.text.split("\n") == [TITLE, *[LONG] * 16]
    assert len(source.pages) > 2 and source.pages[0].start == 0 and source.pages[-1].end == len(source.text)


def test_a_line_with_a_figure_that_does_not_recur_is_kept(made):
    for counts in ((186, 201, 97), (186, 187, 188)):
        pages = [[(72, 60, f"全年接待来访{count}件。"), (72, 400, "以上。"), (290, 810, f"- {n} -")]
                 for n, count in enumerate(counts, 1)]
        text = read(made(placed(*pages))).text
        assert [f"接待来访{count}件" in text for count in counts] == [True] * 3 and "- 2 -" not in text


def test_one_page_keeps_its_figures_and_loses_its_number(made):
    assert lines(made(placed([(72, 60, TITLE), (72, 100, "全年接待来访186件。"), (72, 780, "186"), (290, 810, "- 1 -")]))) == [
        TITLE, "全年接待来访186件。", "186"]


def test_two_columns_under_a_title_over_both(made):
    left = ["全年共接待来信来访来电一", "百八十六件，其中婚姻家庭", "类一百一十八件，办结率为", "百分之九十六，群众普遍满"]
    right = ["意。二是开展普法宣传，共", "举办讲座十二场，发放宣传", "资料三千份，受教育群众达", "到四千五百人次。"]
    page = [(150, 60, TITLE, 18)]
    page += [(72, 120 + 20 * n, line) for n, line in enumerate(left)]
    page += [(310, 126 + 20 * n, line) for n, line in enumerate(right)]
    assert lines(made(placed(page))) == [TITLE, "".join(left + right)]


def test_marks_of_another_font_stand_where_they_are_set(made):
    page = [(72, 60, "县妇联围绕"), (137, 60, "三八"), (167, 60, "维权周接待来访"), (132, 60, "“", 11), (161.5, 60, "”", 11),
            (251, 60, "186件。")]
    assert read(made(placed(page))).text == "县妇联围绕“三八”维权周接待来访186件。"


def test_two_columns_a_character_apart_are_two(made):
    left = ["全年共接待来信来访来电一", "百八十六件，其中婚姻家庭", "类一百一十八件，办结率为", "百分之九十六，群众普遍满",
            "意，没有一人越级上访，全"]
    right = ["县无一起因此引发的命案，", "也广泛开展普法活动，举办", "讲座十二场，发放宣传资料", "三千份，受教育群众达到四", "千五百人次。"]
    page = [(72, 120 + 20 * n, line) for n, line in enumerate(left)] + [(228, 120 + 20 * n, line) for n, line in enumerate(right)]
    assert lines(made(placed(page))) == ["".join(left + right)]


def test_the_number_of_a_note_is_no_digit_of_a_figure(made):
    page = [(72, 60, "接待来访186"), (137, 56, "1", 7), (141, 60, "件，占地10"), (201, 56, "4", 7), (205, 60, "平方米。")]
    assert read(made(placed(page))).text == "接待来访186件，占地10⁴平方米。"


def struck(*lines):
    """A page with the text 接待来访297186件 and level lines `(from, to, above the foot of the text)`."""
    def draw(canvas, document):
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(72, 700, "接待来访")
        canvas.drawString(120, 700, "297")
        canvas.drawString(136.7, 700, "186件，比上年增加12件，都已办结。")
        for x0, x1, above in lines:
            canvas.line(x0, 700 + above, x1, 700 + above)
    return flowing(TITLE, every=draw)


@pytest.mark.parametrize(("lines", "text"), [
    ([], "297186件"), ([(120, 136, 3.5)], "访186件"), ([(120, 136, -1.5)], "297186件"), ([(20, 580, 3.5)], "297186件"),
    ([(120, 136, 9)], "297186件")])
def test_what_is_struck_out_is_withdrawn(made, lines, text):
    assert text in read(made(struck(*lines))).text


def test_words_are_not_split(made):
    page = [(72, 60, "接"), (90, 60, "待"), (108, 60, "来"), (126, 60, "访"), (144, 57, "186"), (170, 60, "件")]
    assert read(made(placed(page))).text == "接待来访186件"


def test_a_turned_page_reads_as_any(made):
    assert lines(made(placed([(72, 60, TITLE), (72, 100, "全年接待来访186件。")], rotate=90))) == [TITLE, "全年接待来访186件。"]


def test_every_line_has_its_place(made):
    source = read(made(flowing(TITLE, *[LONG] * 12)))
    covered = sum(place.end - place.start for place in source.places)
    assert covered == len(source.text.replace("\n", ""))
    assert {place.page for place in source.places} == {page.number for page in source.pages}
    for place in source.places:
        assert place.box[0] < place.box[2] <= 596 and place.box[1] < place.box[3] <= 842
    assert source.place_of(0, 5).box[1] < 150


CHANNELS = [["类别", "来信来访", "", "来电", "合计"], ["", "件数", "人次", "件数", "件数"],
            ["婚姻家庭", "31", "40", "12", "43"], ["其中：家庭暴力", "11", "15", "4", "15"], ["劳动保障", "5", "6", "-", "5"],
            ["合计", "36", "46", "12", "48"]]
MERGED = [("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0))]


def figures(path):
    made = run(path)
    assert not made.errors
    return {f.text: f for f in made.figures}, made.figures


def at(path, words):
    """The figures whose row begins with words, in order."""
    return [f for f in run(path).figures if f.sentence.startswith(words)]


def test_a_table_with_merged_heads(made):
    path = made(flowing(TITLE, LONG, "表1　信访情况（单位：件）", (CHANNELS, MERGED)))
    source = read(path)
    assert "类别 | 来信来访 |  | 来电 | 合计\n | 件数 | 人次 | 件数 | 件数\n婚姻家庭 | 31 | 40 | 12 | 43\n" in source.text
    heads = [(c.row, c.column, c.rows, c.columns, source.text[c.start:c.end]) for c in source.cells[:3]]
    assert heads == [(0, 0, 2, 1, "类别"), (0, 1, 1, 2, "来信来访"), (0, 3, 1, 1, "来电")]
    marriage, violence, labour, total = (at(path, w) for w in ("婚姻家庭 |", "其中：家庭暴力", "劳动保障 |", "合计 |"))
    assert [(f.value, f.unit, f.issue) for f in marriage] == [
        (31, "件", "marriage_family"), (40, "人次", "marriage_family"), (12, "件", "marriage_family"), (43, "件", "marriage_family")]
    assert [f.measure for f in marriage] == ["cases_received", "case_visits", "cases_received", "cases_received"]
    assert [f.value for f in labour] == [5, 6, 5]                    # a dash is no figure
    assert [f.parent for f in (marriage[0], marriage[3], violence[3], total[0])] == [
        marriage[3].id, total[3].id, marriage[3].id, total[3].id]
    assert total[3].role == "total" and total[3].parent is None


def test_a_table_over_two_pages_is_one(made):
    rows = [["乡镇", "接待来访（件）", "占比"], *[[f"第{n}镇", str(n + 3), f"{n}.5%"] for n in range(60)]]
    source = read(made(flowing(TITLE, LONG, (rows, [], {"repeatRows": 1}), every=header_and_footer("江平县妇联", str))))
    assert len(source.pages) > 1 and {cell.table for cell in source.cells} == {0}
    assert source.text.count("乡镇 | 接待来访") == 1 and max(cell.row for cell in source.cells) == 60
    assert source.text.split("\n")[-1] == "第59镇 | 62 | 59.5%"


def test_a_table_without_ruling_lines(made):
    columns = (72, 200, 280, 360)
    rows = [["类别", "来信", "来访", "合计"], ["婚姻家庭", "18", "142", "160"], ["劳动保障", "6", "31", "37"], ["合计", "24", "173", "197"]]
    page = [(150, 60, TITLE, 18), (72, 110, "全年信访情况如下。"), (250, 150, "单位：件")]
    page += [(x, 180 + 20 * n, cell) for n, row in enumerate(rows) for x, cell in zip(columns, row, strict=True)]
    path = made(placed([*page, (72, 300, "以上情况，特此报告。")]))
    source = read(path)
    assert [line for line in source.text.split("\n") if "|" in line] == [" | ".join(row) for row in rows]
    found = {f.text: f for f in run(path).figures}
    assert [(found[t].issue, found[t].unit) for t in ("142", "31")] == [("marriage_family", "件"), ("labour", "件")]
    assert found["142"].parent == found["160"].id and found["160"].parent == found["197"].id


def test_years_as_heads_and_measures_as_rows(made):
    rows = [["项目", "2012年", "2013年", "同比增减%"], ["接待来访（件）", "210", "186", "-11.4"], ["调解成功（件）", "190", "171", "-10"],
            ["发放资料（份）", "3000", "4200", "40"], ["救助资金（万元）", "12.5", "20", "60"]]
    found, _ = figures(made(flowing(TITLE, "主要数据见下表。", (rows, []))))
    assert [(found[t].measure, found[t].period_start, "previous" in found[t].flags) for t in ("210", "186")] == [
        ("cases_received", "2012-01-01", True), ("cases_received", None, False)]
    assert (found["171"].measure, found["4200"].measure) == ("cases_resolved", "materials")
    assert (found["20"].value, found["20"].unit, found["12.5"].value) == (200000, "元", 125000)
    assert (found["40"].measure, found["40"].unit) == ("change", "%")


def test_row_labels_on_two_levels(made):
    rows = [["序号", "类别", "小类", "件数", "占比%", "联系电话"], ["1", "婚姻家庭", "家庭暴力", "20", "40", "6223118"],
            ["2", "", "离婚", "10", "20", ""], ["", "", "其他", "2", "4", "/"], ["", "", "小计", "32", "64", ""],
            ["3", "劳动保障", "欠薪", "18", "36", "6223119"], ["", "合计", "", "50", "100", ""]]
    _, found = figures(made(flowing(TITLE, "信访情况如下。", (rows, [("SPAN", (1, 1), (1, 4)), ("SPAN", (1, 6), (2, 6))]))))
    told = {(f.value, f.unit): f for f in found}
    assert [told[v, "件"].issue for v in (20, 10, 2, 32, 18, 50)] == [
        "domestic_violence", "divorce", "marriage_family", "marriage_family", "labour_dispute", None]
    assert told[20, "件"].parent == told[2, "件"].parent == told[32, "件"].id
    assert told[32, "件"].parent == told[18, "件"].parent == told[50, "件"].id
    assert (told[40, "%"].measure, told[40, "%"].issue) == ("share", "domestic_violence")
    assert len(found) == 12                                           # no number of a row, no telephone


def test_an_image_among_pages_of_text_is_told(made):
    import io

    from reportlab.lib.pagesizes import A4
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    picture = io.BytesIO(b"P6 2 2 255\n" + b"\xff\x00\x00" * 4)
    for page in range(3):
        if page == 1:
            canvas.drawImage(ImageReader(picture), 0, 0, *A4)
        else:
            canvas.setFont("STSong-Light", 12)
            canvas.drawString(72, 700, f"接待来访{page + 1}86件。")
        canvas.showPage()
    canvas.save()
    assert list(scanned_pages("a.pdf", out.getvalue())) == [2]
    source = read(made(out.getvalue()))
    assert source.pages[1].start == source.pages[1].end and "no text: page 2" in \
        source.decoding.reason.replace("image without text", "no text")
    assert source.decoding.confidence < 0.9 and "186件" in source.text and "386件" in source.text


def code(data, **settings):
    with pytest.raises(Unreadable) as refusal:
        PdfReader(**settings).read("总结.pdf", data)
    return refusal.value.code


def test_what_cannot_be_read():
    whole = flowing(TITLE, LONG)
    assert code(placed([(72, 60, TITLE)], encrypt="geheim")) == "E12"
    assert code(whole[:300]) == "E12"
    assert code(b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\n"
                b"endobj\ntrailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n") == "E12"
    assert code(placed(*[[(72, 60, TITLE)]] * 4), most_pages=3) == "E04"


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8, 0.95])
def test_a_cut_file_is_read_or_refused(share):
    whole = flowing(TITLE, *[LONG] * 20)
    try:
        text = PdfReader().read("总结.pdf", whole[:int(len(whole) * share)]).text
    except Unreadable as refusal:
        assert refusal.code in ("E11", "E12")
    else:
        assert text.strip()


def test_a_page_of_no_size_is_refused():
    whole = placed([(72, 60, TITLE)])
    at = whole.index(b"/MediaBox")
    end = whole.index(b"]", at)
    assert code(whole[:end - 4] + b"/x  " + whole[end:]) == "E12"


def test_a_page_tree_that_loops_ends():
    data = placed([(72, 60, TITLE)])
    kids = data[data.index(b"/Kids ["):]
    page = kids[len(b"/Kids ["):kids.index(b"]")].split()[0]
    parent = data[data.index(b"/Pages ") + 7:].split()[0]
    looped = data.replace(b"/Kids [ " + page, b"/Kids [ " + parent) if b"/Kids [ " + page in data else data
    assert looped != data
    assert PdfReader().read("总结.pdf", looped).text == TITLE         # its page is found without the tree


def test_a_font_of_more_codes_than_memory_holds_is_read():
    data = placed([(72, 60, TITLE)])
    huge = data.replace(b"/W [", b"/W [ 0 99999999999 500", 1)
    assert huge != data
    assert PdfReader().read("总结.pdf", huge).text == TITLE


@pytest.mark.slow
def test_two_thousand_pages_in_flat_memory():
    data = placed(*[[(72, 60 + 20 * n, f"第{page}页第{n}行，接待来访{page + n}件。") for n in range(8)] for page in range(2000)])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    made = PdfReader().read("总结.pdf", data)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before                # KiB
    assert len(made.pages) == 2000 and made.text.count("接待来访") == 16000
    assert grown < 300 * 1024, f"{grown / 1024:.0f} MB"
