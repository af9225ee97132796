"""Word documents: one as a typist leaves it, and one with everything Word can do to a summary."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from render.base import NUMBER, File, Gold, Part, numbered, split_numbers, wrong

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NS = (f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
      'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
      'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
      'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
      'xmlns:v="urn:schemas-microsoft-com:vml" '
      'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"')
LISTS = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3{}"))
FOOTNOTE = "数据由各乡镇妇联汇总上报。"
HEADED = "内部资料　第7期　共印35份"


def plain(gold: Gold) -> list[File]:
    """Paragraphs and, where the text has one, a table; no styles."""
    from docx import Document

    document = Document()
    for part in gold.parts():
        if part.rows:
            _table(document, part)
        else:
            document.add_paragraph(part.text)
    return [_saved(gold, document)]


def awkward(gold: Gold) -> list[File]:
    """Heading styles, numbers that Word counts, tracked changes, a text box, a frame, footnotes, header and footer."""
    from docx import Document

    document = Document()
    _furniture(document)
    parts = gold.parts()
    marks = [mark[-1] for part, mark in numbered(parts) if part.level == 3 and mark]
    numbering = _numbering(document, marks[0] if marks else "．")
    bodies = [part for part in parts if part.kind == "body" and not part.text.startswith("表")]
    boxed, framed, noted = bodies[-1], bodies[len(bodies) // 2], bodies[len(bodies) // 3]
    for part, mark in numbered(parts):
        if part.rows:
            _table(document, part, merged=True)
        elif part is boxed:
            _text_box(document, part.text)
        else:
            place = document.add_table(1, 1, "Table Grid").rows[0].cells[0] if part is framed else document
            paragraph = place.paragraphs[0] if part is framed else document.add_paragraph()
            paragraph.style = document.styles[_style(part)]
            _write(paragraph, part.text[len(mark):], gold, changed=part.kind == "body")
            if mark:
                _counted(paragraph, numbering, part.level - 1)
            if part is noted:
                _footnote(document, paragraph)
    return [_saved(gold, document)]


def _saved(gold: Gold, document) -> File:
    held = BytesIO()
    document.core_properties.author = "张某"
    document.core_properties.title = "2019年999件"                # what a template left; not the text
    document.save(held)
    return File(f"{gold.name}.docx", _of_one_day(held))


def _of_one_day(packed: BytesIO) -> bytes:
    """The package with the same date on all its parts: what is packed of it again is then as long in every run."""
    made = BytesIO()
    with ZipFile(packed) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(ZipInfo(part.filename, (2019, 12, 31, 9, 15, 0)), old.read(part), ZIP_DEFLATED)
    return made.getvalue()


def _style(part: Part) -> str:
    if part.kind == "title":
        return "Title"
    return f"Heading {part.level}" if part.kind == "heading" else "Normal"


def _xml(inner: str):
    from docx.oxml import parse_xml

    return parse_xml(inner.replace("NS", NS, 1))


def _run(text: str, tag: str = "t") -> str:
    return f'<w:r><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def _write(paragraph, text: str, gold: Gold, changed: bool) -> None:
    """Runs split inside numbers; the first number of more than one digit was another before it was corrected."""
    first = next((found for found in NUMBER.finditer(text) if len(found[0]) > 1), None) if changed else None
    if first is None:
        for piece in split_numbers(text, gold.dice):
            paragraph.add_run(piece)
        return
    paragraph.add_run(text[:first.start()])
    who = 'w:author="张某" w:date="2019-12-31T09:00:00Z"'
    paragraph._p.append(_xml(f'<w:del NS w:id="901" {who}>{_run(wrong(first[0]), "delText")}</w:del>'))
    paragraph._p.append(_xml(f'<w:ins NS w:id="902" {who}>{_run(first[0])}</w:ins>'))
    for piece in split_numbers(text[first.end():], gold.dice):
        paragraph.add_run(piece)


def _table(document, part: Part, merged: bool = False) -> None:
    """The rows as a table; merged: a second head line that spans the columns after the second, as statistics have it."""
    rows = [list(row) for row in part.rows]
    wide = max(map(len, rows))
    merged = merged and wide > 3
    if merged:
        rows.insert(0, [*rows[0][:2], "其中", *[""] * (wide - 3)])
    table = document.add_table(len(rows), wide, "Table Grid")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if not (merged and at == 1 and column < 2):
                table.cell(at, column).text = cell
    if merged:
        table.cell(0, 2).merge(table.cell(0, wide - 1)).text = "其中"
        for column in (0, 1):
            table.cell(0, column).merge(table.cell(1, column)).text = part.rows[0][column]


def _furniture(document) -> None:
    """A header and a footer with a page number that Word counts."""
    section = document.sections[0]
    section.header.paragraphs[0].text = HEADED
    footer = section.footer.paragraphs[0]
    footer.add_run("第 ")
    footer._p.append(_xml(f'<w:fldSimple NS w:instr=" PAGE ">{_run("3")}</w:fldSimple>'))
    footer.add_run(" 页 共 12 页")


def _numbering(document, mark: str) -> int:
    """A list of three levels, 一、（一）1．, and its number."""
    root = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text.format(mark)}"/><w:lvlJc w:val="left"/></w:lvl>' for at, (kind, text) in enumerate(LISTS))
    list_ = _xml(f'<w:abstractNum NS w:abstractNumId="77"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>')
    root.insert(0, list_)
    root.append(_xml('<w:num NS w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    return 77


def _counted(paragraph, number: int, level: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties._insert_numPr(_xml(f'<w:numPr NS><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'))


def _text_box(document, text: str) -> None:
    """A paragraph in a text box: drawn once for new versions of Word and once more for old ones."""
    paragraph = document.add_paragraph()
    inside = f"<w:txbxContent><w:p>{_run(text)}</w:p></w:txbxContent>"
    paragraph._p.append(_xml(
        '<w:r NS><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline distT="0" distB="0" distL="0" '
        'distR="0"><wp:extent cx="5400000" cy="1800000"/><wp:docPr id="9" name="文本框 9"/><a:graphic><a:graphicData '
        'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/>'
        '<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="5400000" cy="1800000"/></a:xfrm><a:prstGeom prst="rect">'
        f'<a:avLst/></a:prstGeom></wps:spPr><wps:txbx>{inside}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic>'
        '</wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape style="width:425pt;height:140pt">'
        f"<v:textbox>{inside}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"))


def _footnote(document, paragraph) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part as PackagePart

    notes = (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes {NS}>'
             '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
             f'<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r>{_run(FOOTNOTE)}</w:p></w:footnote></w:footnotes>')
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = PackagePart(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    paragraph._p.append(_xml('<w:r NS><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="1"/></w:r>'))
