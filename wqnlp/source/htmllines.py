"""The tree of a page to lines as a browser would show them, each with the element that it stands in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from wqnlp.source.base import Cell
from wqnlp.source.htmlmarks import number_of, script
from wqnlp.source.htmltree import Element, named

LONG_CELL = 200          # characters of a cell: more is a page laid out by a table, not a table of data
CELL_LINES = 6           # and so are more lines than this in a cell
WIDEST = 1000            # columns that a cell may span, as in browsers
_PRE = frozenset(["pre", "xmp", "listing", "plaintext"])
_GONE = re.compile("[\xad\u200b-\u200f\u2060\ufeff]+")                        # nothing to see, nothing to read
_TWICE = re.compile(r"&(?:[nem]\w{0,2}sp|[lr][sd]quo|quot|[mn]dash|hellip|middot|times|permil|deg|#\d{2,5}|#[xX][\da-fA-F]{2,5});")
"""What was escaped twice. Tags that were are left to repair, which sees what they part."""
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_INDENTED = re.compile(r"\n(?=[ \t]{0,80}[\u3000\xa0]{2})")
_ENDED = "。！？；：”）》"
_SPACE = " \t\r\n\f"
_PRE_STYLE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)


@dataclass(slots=True)
class Line:
    """A line of a page: its text, the block it stands in, and how much of it is links."""

    text: str
    block: Element
    linked: int = 0                     # characters inside links, white space not counted
    links: int = 0
    cells: list[Cell] = field(default_factory=list)      # their characters counted from the line's start
    prose: float = 0.0
    at: int = -1                        # its number among the lines of its page


class _Open(NamedTuple):
    """What is to be undone once an element's children are written."""

    element: Element
    block: bool
    link: bool
    pre: bool


class Writer:
    """Writes lines. One walk over the tree without recursion; `hidden` keeps what a page does not show."""

    def __init__(self, body: Element, *, hidden: bool = False) -> None:
        self.lines: list[Line] = []
        self.hidden, self.tables, self._blocks = hidden, 0, named("blocks")
        self._block, self._pieces = body, [""]
        self._mark = ""                 # the number of an item, to stand before its text, in whatever block that is
        self._linked = self._links = self._link = self._pre = 0
        self._walk(body)

    def _walk(self, body: Element) -> None:
        todo: list[Element | str | _Open] = [body]
        while todo:
            item = todo.pop()
            if isinstance(item, str):
                self._text(item)
            elif isinstance(item, _Open):
                self._close(item)
            elif not item.hidden or self.hidden:
                if item.tag == "table" and is_data(item):
                    self._table(item)
                    continue
                opened = self._open(item)
                if opened:
                    todo.append(opened)
                    todo += [child for child in reversed(item.children) if not (
                        item.tiny and not self.hidden and isinstance(child, str))]

    def _open(self, item: Element) -> _Open | None:
        """Begin an element; None where nothing in it is to be written."""
        if item.tag in ("br", "hr"):
            self.flush()
            return None
        if item.tag in ("sup", "sub") and (mark := script(item, "".join(self._pieces[-3:]))) is not None:
            self._pieces.append(mark)
            return None
        block = item.tag in self._blocks
        link = item.tag == "a" and not item.attributes.get("href", "#").startswith("#")
        pre = item.tag in _PRE or bool(_PRE_STYLE.search(item.attributes.get("style", "")[:2000]))
        opened = _Open(self._block, block, link, pre)
        if block:
            self.flush()
            self._block = item
            if item.tag == "li":
                self._mark = number_of(item)
        elif item.tag == "q":
            self._pieces.append("“")
        self._link += link
        self._links += link
        self._pre += pre
        return opened._replace(element=opened.element if block else item)

    def _close(self, opened: _Open) -> None:
        if opened.block:
            self.flush()
            if self._block.tag == "li":
                self._mark = ""
            self._block = opened.element
        elif opened.element.tag == "q":
            self._pieces.append("”")
        self._link -= opened.link
        self._pre -= opened.pre

    def _text(self, text: str) -> None:
        text = _GONE.sub("", text)
        if "&" in text:
            text = _TWICE.sub(lambda found: html.unescape(found[0]), text)
        parts = re.split(r"\r\n?|\n", text) if self._pre else _broken(text)
        for number, part in enumerate(parts):
            if number:
                self.flush()
            self._pieces.append(part if self._pre or "\n" not in part else _edged(part))
            if self._link:
                self._linked += len(part) - sum(map(part.count, _SPACE))

    def flush(self) -> None:
        """End the line."""
        raw = "".join(self._pieces)
        text = raw.rstrip(_SPACE) if self._pre else collapse(raw)
        if text.strip():
            self.lines.append(Line(self._mark + text, self._block, self._linked, self._links))
            self._mark = ""
        self._pieces, self._linked, self._links = [""], 0, self._link and 1

    def _table(self, table: Element) -> None:
        """A data table: its caption, then a line a row."""
        self.flush()
        number, self.tables = self.tables, self.tables + 1
        for caption in (one for one in table.children if isinstance(one, Element) and one.tag == "caption"):
            self._walk(caption)
        taken: dict[int, list[tuple[int, int]]] = {}
        all_rows = list(_rows(table, self.hidden))
        for at, (row, cells) in enumerate(all_rows):
            line = _row(number, at, row, cells, taken, len(all_rows) - at, self.hidden)
            if any(cell.end > cell.start for cell in line.cells):
                self.lines.append(line)


def _broken(text: str) -> list[str]:
    """A string at the line ends that its page shows by a style sheet that was not saved: those before an indent, and
    those of a text that has no other breaks."""
    if text.count("\n") > 2:
        lines = [line.strip() for line in text.split("\n")]
        full = [line for line in lines if line]
        if len(full) > 3 and sum(line[-1] in _ENDED for line in full) * 2 >= len(full):
            return lines
    return _INDENTED.split(text)


def _edged(text: str) -> str:
    """A string whose white space beside other elements is a blank; line ends inside it are left to `collapse`."""
    bare = text.strip(_SPACE)
    if not bare:
        return " "
    return (" " if text[0] in _SPACE else "") + bare + (" " if text[-1] in _SPACE else "")


def collapse(raw: str) -> str:
    """Text as browsers show it: white space is one blank, and a line end between hanzi is nothing.

    >>> collapse("接待来信 \\n  来访 286 件，\\n办结\\n280件"), collapse("in 2013\\n286 cases")
    ('接待来信来访 286 件，办结280件', 'in 2013 286 cases')
    """
    def blank(found: re.Match[str]) -> str:
        before, after = raw[found.start() - 1:found.start()], raw[found.end():found.end() + 1]
        return "" if "\n" in found[0] and max(before, after) > "\u2000" else " "

    return _BLANKS.sub(blank, raw).strip(" ")


def is_data(table: Element) -> bool:
    """Whether a table holds data. Else it lays out a page: its cells are then read one after another."""
    if table.nested or table.attributes.get("role") == "presentation":
        return False
    widths, longest = [], 0
    for _, cells in _rows(table, True):
        widths.append(sum(max(1, span(cell, "colspan", WIDEST)) for cell in cells))
        for cell in cells:
            lines = Writer(cell).lines
            if len(lines) > CELL_LINES:
                return False
            longest = max(longest, sum(len(line.text) for line in lines))
    return len(widths) > 1 and sorted(widths)[len(widths) // 2] > 1 and longest <= LONG_CELL


def _rows(table: Element, hidden: bool) -> Iterator[tuple[Element, list[Element]]]:
    parts = [part for part in table.children if isinstance(part, Element)]
    order = {"thead": 0, "tfoot": 2}
    for part in sorted(parts, key=lambda one: order.get(one.tag, 1)):
        rows = [part] if part.tag == "tr" else [one for one in part.children if isinstance(one, Element)]
        for row in rows:
            if row.tag == "tr" and (hidden or not row.hidden):
                yield row, [cell for cell in row.children if isinstance(cell, Element) and cell.tag in ("td", "th")
                            and (hidden or not cell.hidden)]


def _row(table: int, at: int, row: Element, cells: list[Element], taken: dict[int, list[tuple[int, int]]],
         left: int, hidden: bool) -> Line:
    """One row as a line. Where a cell of a row above reaches down, nothing stands between two bars."""
    before = sorted(taken.pop(at, []))
    parts: list[str] = []
    made = Line("", row)
    column = 0

    def covered() -> None:
        nonlocal column
        while before and before[0][0] <= column:
            start, columns = before.pop(0)
            column = max(column, start + columns)
            parts.append("")

    for cell in cells:
        covered()
        rows, columns = min(span(cell, "rowspan", left) or left, left), max(1, span(cell, "colspan", WIDEST))
        inside = Writer(cell, hidden=hidden)
        text = collapse("\n".join(line.text for line in inside.lines))
        made.linked += sum(line.linked for line in inside.lines)
        made.links += sum(line.links for line in inside.lines)
        start = sum(map(len, parts)) + 3 * len(parts)
        made.cells.append(Cell(table, at, column, rows, columns, start, start + len(text)))
        parts.append(text)
        for below in range(at + 1, at + rows):
            taken.setdefault(below, []).append((column, columns))
        column += columns
    covered()
    made.text = " | ".join(parts)
    return made


def span(cell: Element, name: str, most: int) -> int:
    """How many rows or columns a cell says that it spans; 1 where it says nothing that is a number."""
    told = re.match(r"\s*(\d{1,6})", cell.attributes.get(name, ""))
    return min(int(told[1]), most) if told else 1
