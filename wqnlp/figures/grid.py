"""Tables in running text: which column head, row label and caption a cell's figure stands under.

Rows are lines of kind `table`; cells are split at `|`, tabs, or runs of two and more blanks. The head is the
last row above the first figure; the caption the line above the head.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from wqnlp.figures.base import Quantity
from wqnlp.structure.base import Line, Summary

CELL = re.compile(r"[^|│｜\t]+")
BARS = re.compile(r"[|│｜\t]")
BLANKS = re.compile(r"(?:(?! {2,}|　{1,}).)+")
RULE = re.compile(r"[-—=|│｜:+\s─┼]*")
SUM = re.compile(r"^\s*(?:合\s*计|总\s*计|小\s*计|总\s*数|总\s*量|共\s*计|全[市县省区]合计|件数合计|受理总[量数])\s*(?:[（(].*)?$")


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure's place in a table: row and column from 0, their labels, and the table's caption."""

    quantity: Quantity
    table: int
    row: int
    column: int
    row_label: str
    head: str
    heads: str              # of all columns, for a unit that one of them gives the table
    caption: str

    @property
    def in_sum_row(self) -> bool:
        return bool(SUM.match(self.row_label))

    @property
    def in_sum_column(self) -> bool:
        return bool(SUM.match(self.head))


def cells(summary: Summary, quantities: Sequence[Quantity]) -> list[Cell]:
    """The figures that stand in tables, row by row."""
    found: list[Cell] = []
    ordered = sorted(quantities, key=lambda q: q.start)
    starts = [q.start for q in ordered]
    for number, rows in enumerate(_tables(summary)):
        inside = ordered[bisect_left(starts, rows[0].start):bisect_left(starts, rows[-1].end)]
        if inside:
            found += _cells_of(summary, number, rows, inside)
    return found


def _tables(summary: Summary) -> list[list[Line]]:
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


def _split(text: str, start: int) -> list[tuple[int, int]]:
    pattern = CELL if BARS.search(text) else BLANKS
    return [(start + m.start(), start + m.end()) for m in pattern.finditer(text) if m[0].strip()]


def _cells_of(summary: Summary, number: int, rows: list[Line], inside: list[Quantity]) -> list[Cell]:
    text = summary.repaired.text
    rows = [row for row in rows if not RULE.fullmatch(summary.slice(row))]
    grid = [_split(summary.slice(row), row.start) for row in rows]
    starts = [q.start for q in inside]
    held = [bisect_left(starts, row.start) < bisect_left(starts, row.end) for row in rows]
    first = held.index(True) if True in held else len(rows)
    caption, over = _above(summary, rows[0])
    head: list[str] = []
    if first:
        head = [text[a:b].strip() for a, b in grid[first - 1]]
    elif len(_split(caption, 0)) == len(grid[0]) > 1:
        # A head without a digit was not seen as a row; the caption is the line above it.
        head, caption = [caption[a:b].strip() for a, b in _split(caption, 0)], over
    found = []
    for row_number, spans in enumerate(grid[first:]):
        label = text[slice(*spans[0])].strip() if spans else ""
        for column, (a, b) in enumerate(spans):
            index = bisect_left(starts, a)
            if index < len(inside) and starts[index] < b and (column or not head):
                shift = len(head) - len(spans)      # a blank corner cell is not seen
                name = head[column + shift] if head and 0 <= column + shift < len(head) else ""
                found.append(Cell(inside[index], number, row_number, column, label, name, "；".join(head), caption[-80:]))
    return found


def _above(summary: Summary, first: Line) -> tuple[str, str]:
    """The line above a table, which says what it counts or names its columns, and the line above that."""
    index = bisect_left(summary.lines, first.start, key=lambda line: line.start)
    above = [summary.slice(line) for line in reversed(summary.lines[max(0, index - 5):index]) if line.end > line.start]
    nearest, over = [*above, "", ""][:2]
    return nearest, over
