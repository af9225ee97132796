"""Word documents (.docx, .docm, .dotx, Strict, the XML of Word 2003): what a reader of the printed page would read.

The package and the XML are lxml's and zipfile's; no library gives the numbers Word generates, accepted changes and
merged cells together, so the walk is our own. Macros are parts that are never opened; nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wqnlp.errors import Unreadable
from wqnlp.source.base import Content, Decoding
from wqnlp.source.flow import Block, stack
from wqnlp.source.package import AGAIN, Limits, Package, parse
from wqnlp.source.wordml import Lists, Styles, child, name, value

if TYPE_CHECKING:
    from lxml import etree

_FIRST = (b"[Content_Types].xml", b"_rels/", b"word/", b"docProps/", b"customXml/", b"/word/", b"word\\")
_OTHERS = (("xl/workbook.xml", "an Excel workbook", "save it as .xlsx or CSV"),
           ("xl/workbook.bin", "a binary Excel workbook", "save it as .xlsx or CSV"),
           ("ppt/presentation.xml", "a PowerPoint presentation", "save it as PDF"),
           ("word/document.bin", "a binary Word document", AGAIN))


@dataclass(slots=True)
class DocxReader:
    """Word documents in a ZIP package."""

    name: str = "docx"
    suffixes: tuple[str, ...] = (".docx", ".docm", ".dotx", ".dotm")
    limits: Limits = field(default_factory=Limits)

    def sniff(self, head: bytes) -> bool:
        """A ZIP file whose first entry is one that Office writes.

        >>> DocxReader().sniff(b"PK\\x03\\x04" + bytes(26) + b"[Content_Types].xml")
        True
        """
        return head.startswith(b"PK\x03\x04") and head[30:].startswith(_FIRST)

    def read(self, path: str, data: bytes) -> Content:
        """Paragraphs, tables, boxes and notes in reading order.

        Raises `Unreadable` E13 where it is broken or encrypted, E14 over a limit, E05 for other documents, E03
        where it holds no text.
        """
        package = Package(path, data, self.limits)
        main = package.related("").get("officeDocument", "word/document.xml")
        if main not in package or main.startswith(("xl/", "ppt/")):
            raise _refusal(path, package)
        parts = package.related(main)

        def part(kind: str) -> etree._Element | None:
            there = parts.get(kind, f"{main.rpartition('/')[0]}/{kind}.xml")
            return package.xml(there) if there in package else None

        root = package.xml(main)
        return made(path, root, Parts(part("styles"), part("numbering"), part("footnotes"), part("endnotes")), self.limits)


@dataclass(slots=True)
class WordXmlReader:
    """Word documents in one XML file: that of Word 2003, and the flat form of a package."""

    name: str = "wordxml"
    suffixes: tuple[str, ...] = (".xml",)
    limits: Limits = field(default_factory=Limits)

    def sniff(self, head: bytes) -> bool:
        """The file says that it is Word's.

        >>> WordXmlReader().sniff(b'<?xml version="1.0"?><?mso-application progid="Word.Document"?>')
        True
        """
        start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
        return start.startswith(b"<?xml") and (b'progid="Word.Document"' in head or b"<w:wordDocument" in head)

    def read(self, path: str, data: bytes) -> Content:
        """As `DocxReader.read`."""
        root = parse(path, data)
        if name(root) == "wordDocument":
            return made(path, root, Parts(child(root, "styles"), child(root, "lists"), None, None), self.limits)
        flat = {str(value(part, "name")): next(iter(inner), None) for part in root for inner in part
                if part.tag.endswith("}part") and inner.tag.endswith("}xmlData")}
        main = flat.get("/word/document.xml")
        if main is None:
            raise Unreadable("E13", path, "the XML file holds no document", AGAIN)
        styles, numbers, feet, ends = (flat.get(f"/word/{kind}.xml") for kind in ("styles", "numbering", "footnotes", "endnotes"))
        return made(path, main, Parts(styles, numbers, feet, ends), self.limits)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a document keeps beside its body."""

    styles: etree._Element | None
    numbering: etree._Element | None
    footnotes: etree._Element | None
    endnotes: etree._Element | None


def made(path: str, root: etree._Element, parts: Parts, limits: Limits) -> Content:
    """The content of a document whose parts are parsed. Raises `Unreadable`."""
    from wqnlp.source.wordwalk import Walk

    body = child(root, "body")
    if body is None:
        raise Unreadable("E13", path, "the document has no body", AGAIN)
    styles = Styles(parts.styles)
    walk = Walk(path, styles, Lists(parts.numbering, styles), limits)
    walk.note_parts(parts.footnotes, parts.endnotes)
    return content(path, walk.document(body), "docx", "Word document" + (
        f"; {walk.embedded} embedded documents are not read" if walk.embedded else ""))


def content(path: str, blocks: list[Block], encoding: str, reason: str) -> Content:
    """Blocks as the content of a file. Raises `Unreadable` E03 where they hold no text."""
    whole = stack(blocks)
    if not whole.text.strip("\ufeff \t\r\n\u3000\xa0|"):
        raise Unreadable("E03", path, "the document holds no text", "if it holds images of pages, run OCR first")
    return Content(text=whole.text, decoding=Decoding(encoding=encoding, reason=reason, confidence=1.0),
                   places=whole.places, cells=tuple(sorted(whole.cells, key=lambda cell: (cell.start, cell.table, cell.row))))


def _refusal(path: str, package: Package) -> Unreadable:
    for part, kind, todo in _OTHERS:
        if part in package:
            return Unreadable("E05", path, f"it is {kind}, not text", todo)
    if "word/styles.xml" in package or "[Content_Types].xml" in package:
        return Unreadable("E13", path, "the document's text is missing from it", AGAIN)
    return Unreadable("E05", path, "it is a ZIP archive, not text", "unpack it")
