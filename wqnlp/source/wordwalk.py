"""The walk through the body of a Word document: paragraphs, tables, boxes, notes, as they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from wqnlp.errors import Unreadable
from wqnlp.source.fields import Fields, dropped, symbol
from wqnlp.source.flow import Block, Entry, grid, paragraph, series
from wqnlp.source.package import Limits
from wqnlp.source.wordml import Lists, Styles, child, name, number, on, value

if TYPE_CHECKING:
    from lxml import etree

_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SILENT = frozenset((
    "pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr", "rubyPr", "rt", "del", "moveFrom", "delText",
    "delInstrText", "pgNum", "binData", "annotationRef", "instr", "m:ctrlPr", "m:fPr", "m:rPr"))
_GONE = ("del", "moveFrom")
_STRUCK = ("strike", "dstrike")
_BLOCKS = frozenset(("p", "tbl", "altChunk"))


class Walk:
    """One pass over a document. Changes are taken as accepted, hidden text as not there."""

    def __init__(self, path: str, styles: Styles, lists: Lists, limits: Limits) -> None:
        self._path, self._styles, self._lists, self._limits = path, styles, lists, limits
        self.embedded = 0                               # documents inside the document, not read
        self._tables = self._boxes = self._depth = 0
        self._fields = Fields()
        self._out: list[str] = []                       # of the paragraph that is read
        self._hidden: bool = False
        self._waiting: list[etree._Element] = []        # boxes anchored in what is read
        self._asked: list[tuple[str, str]] = []         # notes referred to in what is read
        self._notes: dict[tuple[str, str], etree._Element] = {}
        self._numbered = {"fn": 0, "en": 0}

    def note_parts(self, feet: etree._Element | None, ends: etree._Element | None) -> None:
        """Where the notes stand that the body refers to."""
        for kind, root in (("fn", feet), ("en", ends)):
            for note in root if root is not None else ():
                if value(note, "type") in (None, "normal"):
                    self._notes[kind, value(note, "id") or ""] = note

    def document(self, body: etree._Element) -> list[Block]:
        """All blocks of a body, each followed by the boxes anchored in it and its notes."""
        kinds = [value(mark, "fldCharType") for mark in body.iter() if name(mark) == "fldChar"]
        self._fields = Fields(kinds.count("begin") == kinds.count("end"))
        return list(self._story(body, series("p"), outer=True))

    def _story(self, parent: etree._Element, named: Callable[[], str], *, outer: bool = False) -> Iterator[Block]:
        """The blocks of a body, a cell, a box or a note. A paragraph whose mark is deleted runs on into the next."""
        self._depth += 1
        if self._depth > self._limits.depth:
            raise Unreadable("E14", self._path, f"more than {self._limits.depth} tables or boxes stand within each other",
                             "do not trust it; if it is sound, save it as text")
        open_text, open_muted = "", False
        for element in self._inside(parent, _BLOCKS):
            kind = name(element)
            if kind == "altChunk":
                self.embedded += 1
            elif kind == "tbl":
                if open_text:
                    yield paragraph(open_text, named())
                    open_text = ""
                yield from (block for block in (self._table(element),) if block.text)
            else:
                silent = self._fields.muted
                text, runs_on = self._paragraph(element)
                open_text += text
                open_muted = silent and not text
                if runs_on or (open_muted and not open_text):
                    continue
                yield paragraph(open_text, named())
                open_text = ""
            if outer:
                yield from self._attached()
        if open_text:
            yield paragraph(open_text, named())
        if outer:
            yield from self._attached()
        self._depth -= 1

    def _attached(self) -> Iterator[Block]:
        """The boxes and the notes that what was just read asks for."""
        while self._waiting or self._asked:
            if self._waiting:
                box = self._waiting.pop(0)
                self._boxes += 1
                yield from (block for block in self._apart(box, series(f"tb{self._boxes}p")) if block.text)
            else:
                kind, key = self._asked.pop(0)
                note = self._notes.pop((kind, key), None)
                if note is not None:
                    self._numbered[kind] += 1
                    named = series(f"{kind}{self._numbered[kind]}", counting=False)
                    yield from (block for block in self._apart(note, named) if block.text.strip())

    def _apart(self, element: etree._Element, named: Callable[[], str]) -> list[Block]:
        """The blocks of a box or note, read with fields of their own."""
        outer, self._fields = self._fields, Fields(whole=False)
        blocks = list(self._story(element, named))
        self._fields = outer
        return blocks

    def _inside(self, parent: etree._Element, wanted: frozenset[str]) -> Iterator[etree._Element]:
        """Elements of these names, whatever content controls, changes and choices they are wrapped in."""
        for element in parent:
            kind = name(element)
            if kind in wanted:
                yield element
            elif kind == "mc:AlternateContent":
                chosen = _chosen(element)
                if chosen is not None:
                    yield from self._inside(chosen, wanted)
            elif kind not in _SILENT and not _deleted_annotation(element):
                yield from self._inside(element, wanted)

    # Tables

    def _table(self, element: etree._Element) -> Block:
        self._tables += 1
        own = self._tables
        rows: list[list[Entry]] = []
        above: dict[int, Entry] = {}                    # by column, the cell that a row below may go on with
        for row in self._inside(element, frozenset(("tr",))):
            properties = child(row, "trPr")
            if any(child(properties, gone) is not None for gone in _GONE):
                continue
            rows.append(self._row(row, own, len(rows), above))
        made = grid(own - 1, rows)
        return made if made.text.strip(" |\n\u3000") else Block("")

    def _row(self, row: etree._Element, own: int, at: int, above: dict[int, Entry]) -> list[Entry]:
        entries: list[Entry] = []
        column = min(max(number(child(row, "trPr", "gridBefore")) or 0, 0), 63)
        current: dict[int, Entry] = {}
        for cell in self._inside(row, frozenset(("tc",))):
            properties = child(cell, "tcPr")
            if child(properties, "cellDel") is not None:
                continue
            span = min(max(number(child(properties, "gridSpan")) or 1, 1), 63)
            if entries and value(child(properties, "hMerge")) == "continue":
                entries[-1].columns += span
                column += span
                continue
            entry = Entry(column, f"t{own}r{at + 1}c{column + 1}", columns=span)
            down = _merge(properties)
            over = above.get(column)
            if down == "continue" and over is not None:
                over.rows += 1
                entry.merged, current[column] = True, over
            else:
                entry.blocks = list(self._story(cell, series(entry.node, counting=False)))
                if down is not None:
                    current[column] = entry
            entries.append(entry)
            column += span
        above.clear()
        above.update(current)
        return entries

    # Paragraphs

    def _paragraph(self, element: etree._Element) -> tuple[str, bool]:
        """The text of a paragraph with its number, and whether its mark is deleted, so that the next belongs to it."""
        properties = child(element, "pPr")
        mark = child(properties, "rPr")
        style = value(child(properties, "pStyle")) or self._styles.default
        hidden, vanish = bool(self._styles.hidden(style)), child(mark, "vanish")
        runs_on = any(child(mark, gone) is not None for gone in _GONE) or (hidden if vanish is None else on(vanish))
        kept, self._out = self._out, []
        before, self._hidden = self._hidden, hidden
        self._inline(element)
        text = "".join(self._out)
        self._out, self._hidden = kept, before
        self._fields.paragraph_ends()
        if runs_on or self._fields.muted:
            return text, runs_on
        return self._lists.label(properties) + text, False

    def _inline(self, parent: etree._Element) -> None:
        for element in parent:
            kind = name(element)
            if kind in _SILENT or _deleted_annotation(element):
                continue
            if kind == "r":
                self._run(element)
            elif kind in ("t", "m:t"):
                self._say(_spaced(element))
            elif kind in _SIGNS:
                self._say(_SIGNS[kind])
            elif kind in _HANDLED:
                _HANDLED[kind](self, element)
            else:
                self._inline(element)

    def _run(self, element: etree._Element) -> None:
        properties = child(element, "rPr")
        if any(child(properties, gone) is not None for gone in _GONE) or any(on(child(properties, struck)) for struck in _STRUCK):
            return
        vanish = child(properties, "vanish")
        styled = self._styles.hidden(value(child(properties, "rStyle")))
        before = self._hidden
        if vanish is not None:
            self._hidden = on(vanish)
        elif styled is not None:
            self._hidden = styled
        self._inline(element)
        self._hidden = before

    def _say(self, text: str) -> None:
        if not self._hidden and not self._fields.muted:
            self._out.append(text)

    def _choice(self, element: etree._Element) -> None:
        chosen = _chosen(element)
        if chosen is not None:
            self._inline(chosen)

    def _box(self, element: etree._Element) -> None:
        if not self._hidden:
            self._waiting.append(element)

    def _word_art(self, element: etree._Element) -> None:
        self._say(element.get("string") or "")

    def _note(self, element: etree._Element) -> None:
        kind = "fn" if name(element) == "footnoteReference" else "en"
        if not self._hidden and not self._fields.muted:
            self._asked.append((kind, value(element, "id") or ""))

    def _note_here(self, element: etree._Element) -> None:
        """Word 2003 keeps a note where it is referred to."""
        if len(element):
            key = f"here{len(self._notes)}"
            self._notes["fn", key] = element
            self._asked.append(("fn", key))

    def _field(self, element: etree._Element) -> None:
        kind = value(element, "fldCharType")
        if kind == "begin":
            self._fields.begin()
        elif kind == "separate":
            self._fields.separate()
        elif kind == "end":
            self._say(self._fields.end())

    def _simple_field(self, element: etree._Element) -> None:
        if not dropped(value(element, "instr") or ""):
            self._inline(element)

    def _instruct(self, element: etree._Element) -> None:
        self._fields.instruct(element.text or "")

    def _symbol(self, element: etree._Element) -> None:
        self._say(symbol(value(element, "font") or "", value(element, "char") or ""))

    def _fraction(self, element: etree._Element) -> None:
        for part, joint in (("m:num", "/"), ("m:den", "")):
            inner = child(element, part)
            if inner is not None:
                self._inline(inner)
                self._say(joint)


_HANDLED: dict[str, Callable[[Walk, etree._Element], None]] = {
    "mc:AlternateContent": Walk._choice, "txbxContent": Walk._box, "v:textpath": Walk._word_art,
    "footnoteReference": Walk._note, "endnoteReference": Walk._note, "footnote": Walk._note_here,
    "endnote": Walk._note_here, "fldChar": Walk._field, "fldSimple": Walk._simple_field, "instrText": Walk._instruct,
    "sym": Walk._symbol, "m:f": Walk._fraction}


def _chosen(element: etree._Element) -> etree._Element | None:
    """One of several forms of the same thing: the first, which is the newest."""
    return next((inner for inner in element if name(inner) in ("mc:Choice", "mc:Fallback")), None)


def _deleted_annotation(element: etree._Element) -> bool:
    """Word 2003's way to say that something is deleted, or a comment."""
    kind = element.get("{http://schemas.microsoft.com/office/word/2003/wordml}type", "")
    return name(element) == "aml:annotation" and kind in ("Word.Deletion", "Word.Comment")


def _merge(properties: etree._Element | None) -> str | None:
    for spelled in ("vMerge", "vmerge"):
        merge = child(properties, spelled)
        if merge is not None:
            return value(merge) or "continue"
    return None


def _spaced(element: etree._Element) -> str:
    """The text of a run. Word drops the space around it that is not said to be kept."""
    text = (element.text or "").replace("\r\n", " ").replace("\n", " ")
    kept = element.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
    return text if kept else text.strip(" \t\r\n")
