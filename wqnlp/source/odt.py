"""OpenDocument texts (.odt of LibreOffice, WPS and others), read as Word documents are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from wqnlp.errors import Unreadable
from wqnlp.source.base import Content
from wqnlp.source.docx import content
from wqnlp.source.flow import Block, Entry, grid, paragraph, series
from wqnlp.source.listing import Counts, Level
from wqnlp.source.package import AGAIN, Limits, Package, parse
from wqnlp.tables import table

if TYPE_CHECKING:
    from lxml import etree

_SPACE = re.compile(r"[ \t\r\n]+")
_OUTLINE = "the outline"
_SIGNS = {"tab": "\t", "line-break": "\n"}
_SILENT = frozenset((
    "tracked-changes", "annotation", "page-number", "page-count", "page-continuation", "hidden-text", "hidden-paragraph",
    "note-citation", "ruby-text", "forms", "sequence-decls", "variable-decls", "user-field-decls", "image", "object",
    "table-of-content", "alphabetical-index", "illustration-index", "table-index", "object-index", "user-index", "bibliography",
    "desc", "title", "glue-point", "enhanced-geometry", "binary-data", "event-listeners", "plugin", "number"))
_DRAWN = frozenset(("text-box", "custom-shape", "rect", "ellipse"))


class OdtReader:
    """OpenDocument texts."""

    name = "odt"
    suffixes: tuple[str, ...] = (".odt", ".ott")

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def sniff(self, head: bytes) -> bool:
        """A ZIP file whose first entry names its type.

        >>> OdtReader().sniff(b"PK\\x03\\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text")
        True
        """
        return head.startswith(b"PK\x03\x04") and head[30:].startswith(b"mimetype")

    def read(self, path: str, data: bytes) -> Content:
        """As `DocxReader.read`."""
        package = Package(path, data, self.limits)
        kind = package.bytes("mimetype") if "mimetype" in package else b""
        if b"opendocument.text" not in kind or "content.xml" not in package:
            raise Unreadable("E05", path, f"it is a package of {kind[:60].decode('ascii', 'replace')}, not a text",
                             "save it as .docx or text")
        if "META-INF/manifest.xml" in package and b"encryption-data" in package.bytes("META-INF/manifest.xml"):
            raise Unreadable("E13", path, "the document is encrypted", "save a copy without a password")
        root = package.xml("content.xml")
        return _made(path, root, [package.xml("styles.xml"), root] if "styles.xml" in package else [root], self.limits)


class FlatOdtReader:
    """OpenDocument texts in one XML file."""

    name = "fodt"
    suffixes: tuple[str, ...] = (".fodt",)

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def sniff(self, head: bytes) -> bool:
        """The file says that it is an OpenDocument.

        >>> FlatOdtReader().sniff(b'<?xml version="1.0"?>\\n<office:document xmlns:office="..."')
        True
        """
        return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<?xml", b"<office:document")) and b"<office:document " in head

    def read(self, path: str, data: bytes) -> Content:
        """As `OdtReader.read`."""
        root = parse(path, data)
        return _made(path, root, [root], self.limits)


def _made(path: str, root: etree._Element, roots: list[etree._Element], limits: Limits) -> Content:
    """The content of a parsed document, whose styles stand in `roots`. Raises `Unreadable`."""
    body = next((element for element in root.iter() if _name(element) == "text" and element.prefix == "office"), None)
    if body is None:
        raise Unreadable("E13", path, "the document has no body", AGAIN)
    return content(path, list(_Walk(path, roots, limits).story(body, series("p"), outer=True)), "odt", "OpenDocument text")


class _Walk:
    def __init__(self, path: str, roots: list[etree._Element], limits: Limits) -> None:
        self._path, self._limits, self._depth = path, limits, 0
        self._lists: dict[str, dict[int, Level]] = {}
        self._hidden: set[str] = set()
        for root in roots:
            for element in root.iter():
                self._learn(element)
        self._counts, self._keys, self._last = Counts(), dict[str, str](), dict[str, str]()
        self._tables = self._boxes = self._notes = self._begun = 0
        self._waiting: list[tuple[str, etree._Element]] = []

    def _learn(self, element: etree._Element) -> None:
        kind = _name(element)
        if kind in ("list-style", "outline-style"):
            key = _OUTLINE if kind == "outline-style" else _said(element, "name")
            self._lists[key] = {level: made for inner in element if (level := _whole(inner, "level", 0) - 1) >= 0
                                if (made := _level(inner, level)) is not None}
        elif kind == "text-properties" and (_said(element, "display") == "none" or (
                _said(element, "text-line-through-style") or "none") != "none"):
            parent = element.getparent()
            self._hidden.add(_said(parent, "name") if parent is not None else "")

    def story(self, parent: etree._Element, named: Callable[[], str], *, outer: bool = False) -> Iterator[Block]:
        self._depth += 1
        if self._depth > self._limits.depth:
            raise Unreadable("E14", self._path, f"more than {self._limits.depth} tables or boxes stand within each other",
                             "do not trust it; if it is sound, save it as text")
        for element, label in self._inside(parent):
            if _name(element) == "table":
                made = self._table(element)
                yield from (made,) if made.text else ()
            elif _said(element, "style-name") not in self._hidden:
                out: list[str] = []
                self._inline(element, out)
                if out and element.text:
                    out[0] = out[0].lstrip(" ")
                yield paragraph(label + "".join(out), named())
            while outer and self._waiting:
                yield from self._attached(*self._waiting.pop(0))
        self._depth -= 1

    def _attached(self, kind: str, element: etree._Element) -> list[Block]:
        if kind == "tb":
            self._boxes += 1
            named = series(f"tb{self._boxes}p")
        else:
            self._notes += 1
            named = series(f"{kind}{self._notes}", counting=False)
        return [block for block in self.story(element, named) if block.text.strip()]

    def _inside(self, parent: etree._Element) -> Iterator[tuple[etree._Element, str]]:
        """Paragraphs and tables, whatever sections they stand in, each with the number it shows."""
        for element in parent:
            kind = _name(element)
            if kind == "list":
                yield from self._list(element, "", 0)
            elif kind == "h" and _OUTLINE in self._lists:
                yield element, self._counts.label(_OUTLINE, self._lists[_OUTLINE], _whole(element, "outline-level", 1) - 1)
            elif kind in ("p", "h", "table"):
                yield element, ""
            elif kind in _DRAWN:
                self._waiting.append(("tb", element))
            elif kind not in _SILENT and _said(element, "display") != "none":
                yield from self._inside(element)

    def _list(self, element: etree._Element, key: str, level: int) -> Iterator[tuple[etree._Element, str]]:
        style = _said(element, "style-name") or key.rpartition("#")[0]
        if not key:
            self._begun += 1
            named = _said(element, "continue-list")
            goes_on = self._keys.get(named) if named else (
                self._last.get(style) if _said(element, "continue-numbering") == "true" else None)
            key = goes_on or f"{style}#{self._begun}"
            self._last[style] = key
            self._keys[_said(element, "id")] = key
        for item in element:
            waiting = _name(item) == "list-item"
            start = _whole(item, "start-value", -1)
            if start >= 0:
                self._counts.set(key, level, start)
            for inner in item:
                if _name(inner) == "list":
                    yield from self._list(inner, key, level + 1)
                elif _name(inner) in ("p", "h"):
                    yield inner, self._counts.label(key, self._lists.get(style, {}), level) if waiting else ""
                    waiting = False
                elif _name(inner) == "table":
                    yield inner, ""

    def _table(self, element: etree._Element) -> Block:
        self._tables += 1
        own, rows = self._tables, list[list[Entry]]()
        for row in _rows(element):
            entries, column = list[Entry](), 0
            for cell in row:
                repeated = min(max(_whole(cell, "number-columns-repeated", 1), 1), 64)
                for _ in range(repeated if _name(cell) in ("table-cell", "covered-table-cell") else 0):
                    entry = Entry(column, f"t{own}r{len(rows) + 1}c{column + 1}", merged=_name(cell) != "table-cell",
                                  columns=_span(cell, "columns"), rows=_span(cell, "rows"))
                    if not entry.merged:
                        entry.blocks = list(self.story(cell, series(entry.node, counting=False)))
                    entries.append(entry)
                    column += 1
            rows.append(entries)
        made = grid(own - 1, rows)
        return made if made.text.strip(" |\n\u3000") else Block("")

    def _inline(self, element: etree._Element, out: list[str]) -> None:
        if element.text:
            out.append(_SPACE.sub(" ", element.text))
        for inner in element:
            kind = _name(inner)
            if kind == "s":
                out.append(" " * min(_whole(inner, "c", 1), 200))
            elif kind in _SIGNS:
                out.append(_SIGNS[kind])
            elif kind == "note":
                body = next((part for part in inner if _name(part) == "note-body"), None)
                if body is not None:
                    self._waiting.append(("en" if _said(inner, "note-class") == "endnote" else "fn", body))
            elif kind in _DRAWN:
                self._waiting.append(("tb", inner))
            elif kind not in _SILENT and _said(inner, "style-name") not in self._hidden:
                self._inline(inner, out)
            if inner.tail:
                out.append(_SPACE.sub(" ", inner.tail))


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _said(element: etree._Element, key: str) -> str:
    """An attribute by its name alone; what OpenDocument calls the same means the same."""
    return next((str(value) for name, value in element.attrib.items() if str(name).rpartition("}")[2] == key), "")


def _whole(element: etree._Element, key: str, default: int) -> int:
    said = _said(element, key)
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else default


def _span(cell: etree._Element, kind: str) -> int:
    return min(max(_whole(cell, f"number-{kind}-spanned", 1), 1), 999)


def _rows(element: etree._Element) -> Iterator[etree._Element]:
    for inner in element:
        if _name(inner) == "table-row":
            yield inner
        elif _name(inner) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(inner)


def _level(element: etree._Element, level: int) -> Level | None:
    """A level of a list; None where it shows no number."""
    kind, sample = _name(element), _said(element, "num-format")
    if kind == "list-level-style-bullet":
        return Level("bullet", _said(element, "bullet-char"))
    form = table("word")["odf_formats"].get(sample[:1])
    if form is None:
        return None
    shown = range(level - min(max(_whole(element, "display-levels", 1), 1), level + 1) + 1, level + 1)
    text = _said(element, "num-list-format") or (
        _said(element, "num-prefix") + ".".join(f"%{one + 1}%" for one in shown) + _said(element, "num-suffix"))
    follows = [_said(inner, "label-followed-by") for inner in element.iter() if _name(inner) == "list-level-label-alignment"]
    return Level(str(form), re.sub("%([1-9])%", r"%\1", text), _whole(element, "start-value", 1), follows != ["nothing"])
