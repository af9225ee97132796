"""Tables as grids: from the cells that a reader of a format gives, else from rows of running text.

A text's cells stand between `|`, tabs, or runs of two and more blanks. An empty cell between bars or tabs keeps its
column; between blanks it cannot be seen, and a row is then read from its right end.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from wqnlp.structure.base import Line, Summary

_BAR, _TAB = re.compile(r"[|│｜]"), re.compile(r"\t")
_BLANKS = re.compile(r"(?:(?! {2,}|　{1,}).)+")
_RULE = re.compile(r"[-—=|│｜:+\s─┼]*")


class Slot(NamedTuple):
    """A cell of a table: its place in the grid, how far it spans, and its characters in the repaired text."""

    row: int
    column: int
    rows: int
    columns: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lattice:
    """A table of a summary, its slots in order of the text, and the lines above it, the nearest first."""

    slots: tuple[Slot, ...]
    above: tuple[str, ...]

    def covering(self) -> dict[tuple[int, int], Slot]:
        """The slot over each place of the grid; a merged one is over several."""
        return {(row, column): slot for slot in self.slots
                for row in range(slot.row, slot.row + slot.rows)
                for column in range(slot.column, slot.column + slot.columns)}


def lattices(summary: Summary) -> list[Lattice]:
    """The tables of a summary, in order of the text."""
    exact = list(_exact(summary))
    taken = [(min(s.start for s in one.slots), max(s.end for s in one.slots)) for one in exact]
    loose = [lattice for rows in _runs(summary) if not any(a <= rows[0].start < b for a, b in taken)
             if (lattice := _of_text(summary, rows)) is not None]
    return sorted([*exact, *loose], key=lambda one: one.slots[0].start)


def _exact(summary: Summary) -> Iterator[Lattice]:
    """The tables whose cells the reader of the file gave."""
    aligned = summary.repaired.aligned
    for _, group in groupby(summary.repaired.source.cells, key=lambda cell: cell.table):
        slots = []
        for cell in group:
            start, end = aligned.repaired_span(cell.start, cell.end)
            slots.append(Slot(cell.row, cell.column, cell.rows, cell.columns, start, max(start, end)))
        if slots and any(summary.start <= slot.start and slot.end <= summary.end for slot in slots if slot.end > slot.start):
            yield Lattice(tuple(slots), _above(summary, slots[0].start))


def _runs(summary: Summary) -> list[list[Line]]:
    """Runs of table lines, two rows at least."""
    runs: list[list[Line]] = []
    open_run = False
    for line in summary.lines:
        if line.kind == "table":
            if open_run:
                runs[-1].append(line)
            else:
                runs.append([line])
        # The end of a row that was too long for its line does not end the table.
        open_run = line.kind == "table" or (open_run and line.end - line.start <= 4)
    return [run for run in runs if len(run) > 1]


def _of_text(summary: Summary, lines: Sequence[Line]) -> Lattice | None:
    """The table that rows of running text make."""
    lines = [line for line in lines if not _RULE.fullmatch(summary.slice(line))]
    above = list(_above(summary, lines[0].start)) if lines else []
    rows = [split(summary.repaired.text[a:b], a) for a, b in (_whole(summary, line) for line in lines)]
    if not rows:
        return None
    if above and len(head := split(above[0], 0)) == len(rows[0]) > 1 and not re.search(r"\d", above[0]):
        # A head without a digit was not seen as a row.
        at = summary.repaired.text.rfind(above[0], summary.start, lines[0].start)
        rows.insert(0, [(at + a, at + b) for a, b in head])
        above = above[1:]
    width = max(map(len, rows))
    blank = not any(_BAR.search(summary.slice(line)) or _TAB.search(summary.slice(line)) for line in lines)
    short_head = [len(row) < width for row in rows]
    heads = short_head.index(False)                             # rows above the first whole one lack their corner
    slots = [Slot(number, column + (width - len(row) if blank or number < heads else 0), 1, 1, a, b)
             for number, row in enumerate(rows) for column, (a, b) in enumerate(row)]
    return Lattice(tuple(slots), tuple(above))


def _whole(summary: Summary, line: Line) -> tuple[int, int]:
    """A row with the blanks at its edges, where empty cells may stand."""
    text, start, end = summary.repaired.text, line.start, line.end
    while start and text[start - 1] in " \t　":
        start -= 1
    while end < len(text) and text[end] in " \t　":
        end += 1
    return start, end


def split(text: str, start: int) -> list[tuple[int, int]]:
    """The cells of a row of text that stands at `start`, without the blanks at their edges.

    >>> [("合计 |  | 46"[a:b]) for a, b in split("合计 |  | 46", 0)]
    ['合计', '', '46']
    """
    mark = _BAR if _BAR.search(text) else _TAB if _TAB.search(text) else None
    if mark is None:
        spans = [(m.start(), m.end()) for m in _BLANKS.finditer(text) if m[0].strip()]
    else:
        cuts = [m.start() for m in mark.finditer(text)]
        spans = list(zip([0, *[cut + 1 for cut in cuts]], [*cuts, len(text)], strict=True))
        if mark is _BAR and not text[slice(*spans[0])].strip() and text[:1] in "|│｜":
            spans = spans[1:]                                   # | a | b |
        if mark is _BAR and len(spans) > 1 and not text[slice(*spans[-1])].strip() and text.rstrip()[-1:] in "|│｜" \
                and text[:1] in "|│｜":
            spans = spans[:-1]
    return [_stripped(text, a, b, start) for a, b in spans]


def _stripped(text: str, a: int, b: int, start: int) -> tuple[int, int]:
    words = text[a:b]
    if not words.strip():
        return start + a, start + a
    return start + a + len(words) - len(words.lstrip()), start + b - len(words) + len(words.rstrip())


def _above(summary: Summary, offset: int) -> tuple[str, ...]:
    """The lines above a table, which say what it counts or name its columns, the nearest first."""
    index = bisect_left(summary.lines, offset, key=lambda line: line.end)
    return tuple(summary.slice(line) for line in reversed(summary.lines[max(0, index - 5):index]) if line.end > line.start)[:3]
