"""Word documents in one XML file, as Word 2003 saves them."""

from __future__ import annotations

from xml.sax.saxutils import escape

from render.base import File, Gold, Part, numbered, split_numbers, wrong

NAMES = ('xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" '
         'xmlns:aml="http://schemas.microsoft.com/aml/2001/core" xmlns:o="urn:schemas-microsoft-com:office:office"')
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<?mso-application progid="Word.Document"?>\r\n'
WHO = 'aml:id="1" aml:author="张某" aml:createdate="2019-12-31T09:00:00Z"'


def plain(gold: Gold) -> list[File]:
    """Paragraphs and tables."""
    return [_file(gold, "".join(_table(part) if part.rows else _p(_r(part.text)) for part in gold.parts()), "")]


def awkward(gold: Gold) -> list[File]:
    """Numbers of lists, said and to be counted, numbers in runs, deleted and hidden text, a header."""
    made, hurt, parts = [], False, gold.parts()
    third = next((mark[-1] for part, mark in numbered(parts) if part.level == 3 and mark), "．")
    for part, mark in numbered(parts):
        if part.rows:
            made.append(_table(part))
            continue
        runs = [_r(piece) for piece in split_numbers(part.text[len(mark):], gold.dice)]
        if part.kind == "body" and len(runs) > 2 and not hurt:
            hurt = True
            runs[1:1] = [f'<aml:annotation w:type="Word.Deletion" {WHO}><aml:content><w:r><w:delText>{wrong("186")}件</w:delText></w:r>'
                         "</aml:content></aml:annotation>", _r(wrong("52") + "人次", "<w:vanish/>")]
        said = f'<wx:t wx:val="{mark}"/>' if gold.dice.random() < 0.5 else ""
        listed = f'<w:listPr><w:ilvl w:val="{part.level - 1}"/><w:ilfo w:val="1"/>{said}</w:listPr>' if mark else ""
        made.append(_p("".join(runs), f"<w:pPr>{listed}</w:pPr>"))
    levels = "".join(f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:nfc w:val="{code}"/><w:suff w:val="Nothing"/><w:lvlText w:val="{text}"/>'
                     "</w:lvl>" for at, (code, text) in enumerate(((37, "%1、"), (37, "（%2）"), (0, "%3" + third))))
    lists = f'<w:lists><w:listDef w:listDefId="0">{levels}</w:listDef><w:list w:ilfo="1"><w:ilst w:val="0"/></w:list></w:lists>'
    return [_file(gold, "".join(made), lists)]


def _r(text: str, said: str = "") -> str:
    return f"<w:r>{f'<w:rPr>{said}</w:rPr>' if said else ''}<w:t>{escape(text)}</w:t></w:r>"


def _p(inside: str, said: str = "") -> str:
    return f"<w:p>{said}{inside}</w:p>"


def _table(part: Part) -> str:
    rows = "".join("<w:tr>" + "".join(f"<w:tc>{_p(_r(cell))}</w:tc>" for cell in row) + "</w:tr>" for row in part.rows)
    return f"<w:tbl><w:tblPr/>{rows}</w:tbl>"


def _file(gold: Gold, body: str, lists: str) -> File:
    head = f'<w:hdr w:type="odd">{_p(_r("第7期 共印35份"))}</w:hdr>'
    text = (f'{HEAD}<w:wordDocument {NAMES}><o:DocumentProperties><o:Title>2019年999件</o:Title><o:Pages>3</o:Pages></o:DocumentProperties>'
            f"{lists}<w:styles/><w:body><wx:sect>{body}<w:sectPr>{head}</w:sectPr></wx:sect></w:body></w:wordDocument>")
    return File(f"{gold.name}.xml", text.encode("utf-8"))
