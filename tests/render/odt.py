"""OpenDocument texts, as LibreOffice writes them, less what says how they look: in a package, and in one file."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from render.base import File, Gold, Part, numbered, split_numbers, wrong

KIND = "application/vnd.oasis.opendocument.text"
NAMES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"' for name, space in (
    ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"), ("meta", "meta"),
    ("manifest", "manifest")))
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
META = "<office:meta><meta:document-statistic meta:page-count=\"3\" meta:character-count=\"1234\"/></office:meta>"
LEVELS = (("一, 二, 三, ...", "", "、"), ("一, 二, 三, ...", "（", "）"), ("1", "", "{}"))
HIDDEN = '<style:style style:name="T9" style:family="text"><style:text-properties text:display="none"/></style:style>'


def plain(gold: Gold) -> list[File]:
    """Paragraphs and tables in a package."""
    return [_package(gold, "".join(_table(part, "T") if part.rows else _p(escape(part.text)) for part in gold.parts()), "")]


def awkward(gold: Gold) -> list[File]:
    """Lists that count, numbers in spans, tracked changes, hidden text, a note, a frame, a merged head."""
    return [_package(gold, *_awkward(gold))]


def flat(gold: Gold) -> list[File]:
    """The same in one file."""
    body, styles = _awkward(gold)
    text = (f'{HEAD}<office:document {NAMES} office:version="1.2" office:mimetype="{KIND}">{META}<office:automatic-styles>{styles}'
            f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document>")
    return [File(f"{gold.name}.fodt", text.encode("utf-8"))]


def _awkward(gold: Gold) -> tuple[str, str]:
    parts = gold.parts()
    third = next((mark[-1] for part, mark in numbered(parts) if part.level == 3 and mark), "．")
    made, begun, gone = [], False, ""
    for part, mark in numbered(parts):
        if part.rows:
            made.append(_table(part, "T"))
            continue
        pieces = [f"<text:span>{escape(piece)}</text:span>" for piece in split_numbers(part.text[len(mark):], gold.dice)]
        if part.kind == "body" and len(pieces) > 2 and not gone:
            gone = wrong("186") + "件"
            pieces.insert(1, f'<text:change text:change-id="c1"/><text:span text:style-name="T9">{wrong("52")}人次</text:span>')
        paragraph = _p("".join(pieces))
        made.append(_item(part.level, paragraph, begun) if mark else paragraph)
        begun = begun or bool(mark)
    changes = (f'<text:tracked-changes><text:changed-region text:id="c1"><text:deletion>{_p(gone)}</text:deletion></text:changed-region>'
               "</text:tracked-changes>")
    levels = "".join(
        f'<text:list-level-style-number text:level="{at}" style:num-format="{form}" style:num-prefix="{before}" '
        f'style:num-suffix="{after.format(third)}"/>' for at, (form, before, after) in enumerate(LEVELS, 1))
    return changes + "".join(made), HIDDEN + f'<text:list-style style:name="L1">{levels}</text:list-style>'


def _p(inside: str) -> str:
    return f"<text:p>{inside}</text:p>"


def _item(level: int, paragraph: str, begun: bool) -> str:
    inside = f"<text:list-item>{paragraph}</text:list-item>"
    for _ in range(level - 1):
        inside = f"<text:list-item><text:list>{inside}</text:list></text:list-item>"
    goes_on = ' text:continue-numbering="true"' if begun else ""
    return f'<text:list text:style-name="L1"{goes_on}>{inside}</text:list>'


def _table(part: Part, name: str) -> str:
    wide = max(map(len, part.rows))
    rows = "".join("<table:table-row>" + "".join(
        f'<table:table-cell office:value-type="string">{_p(escape(cell))}</table:table-cell>' for cell in row) + "</table:table-row>"
        for row in part.rows)
    return f'<table:table table:name="{name}"><table:table-column table:number-columns-repeated="{wide}"/>{rows}</table:table>'


def _package(gold: Gold, body: str, styles: str) -> File:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), KIND, zipfile.ZIP_STORED)
        for name, text in (
                ("content.xml", f'<office:document-content {NAMES} office:version="1.2"><office:automatic-styles>{styles}'
                                f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
                                "</office:document-content>"),
                ("meta.xml", f'<office:document-meta {NAMES} office:version="1.2">{META}</office:document-meta>'),
                ("META-INF/manifest.xml", f'<manifest:manifest {NAMES}><manifest:file-entry manifest:full-path="/" '
                                          f'manifest:media-type="{KIND}"/><manifest:file-entry manifest:full-path="content.xml" '
                                          'manifest:media-type="text/xml"/></manifest:manifest>')):
            archive.writestr(zipfile.ZipInfo(name), HEAD + text, zipfile.ZIP_DEFLATED)
    return File(f"{gold.name}.odt", held.getvalue())
