"""Tables: which heads, row labels and caption the figure of a cell stands under, and which rows and columns are sums.

The heads are the rows above the first value, on several levels where heads are merged; the row labels are the columns
left of the first column of values.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from wqnlp.figures.base import Quantity
from wqnlp.figures.lattice import Lattice, Slot, lattices
from wqnlp.structure.base import Summary
from wqnlp.tables import table

MOST_HEADS = 5
LONGEST = 8             # characters a cell may hold beside its figures: with more it is running text


@cache
def words(name: str) -> re.Pattern[str]:
    """A pattern of `data/grids.yaml`."""
    return re.compile(table("grids")[name])


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure's place in a table: row and column from 0, what they are called, and the table's caption."""

    quantity: Quantity
    table: int
    row: int
    column: int
    labels: tuple[str, ...]         # of its row, the widest first
    path: tuple[str, ...]           # heads over its column, the widest first
    heads: str                      # of all columns, for a unit that one of them gives the table
    caption: str
    alone: bool                     # the cell holds nothing but the number

    @property
    def row_label(self) -> str:
        return self.labels[-1] if self.labels else ""

    @property
    def head(self) -> str:
        return self.path[-1] if self.path else ""

    @property
    def in_sum_row(self) -> bool:
        return bool(words("sum").match(self.row_label))

    @property
    def in_sum_column(self) -> bool:
        return bool(words("sum").match(self.head))


def cells(summary: Summary, quantities: Sequence[Quantity]) -> list[Cell]:
    """The figures that stand in tables, row by row."""
    ordered = sorted(quantities, key=lambda q: q.start)
    starts = [q.start for q in ordered]
    found: list[Cell] = []
    for number, lattice in enumerate(lattices(summary)):
        first, last = lattice.slots[0].start, max(slot.end for slot in lattice.slots)
        if bisect_left(starts, first) < bisect_left(starts, last):
            found += _Reading(summary, number, lattice).cells(ordered, starts)
    return found


class _Reading:
    """One table, read: its heads, labels and values."""

    def __init__(self, summary: Summary, number: int, lattice: Lattice) -> None:
        self._text, self._number, self._lattice = summary.repaired.text, number, lattice
        self._at = lattice.covering()
        self._slots: dict[int, list[Slot]] = defaultdict(list)      # by the row they begin in
        for slot in lattice.slots:
            self._slots[slot.row].append(slot)
        self._height = 1 + max(row for row, _ in self._at)
        self._width = 1 + max(column for _, column in self._at)
        rows = range(self._height)
        first = next((row for row in rows if not self._spread(row)), 0)        # a title in the table, over all columns
        self._titles = [self._said(row, 0) for row in range(first)]
        self._first = next((row for row in rows if row >= first and self._values(row)), self._height)
        if self._first - first > MOST_HEADS:
            self._first = self._height
        self._labelled = self._label_columns()
        self._heads = self._paths(range(first, self._first))
        self._named: list[str] = [""] * self._labelled
        self._section = ""

    def cells(self, ordered: Sequence[Quantity], starts: Sequence[int]) -> list[Cell]:
        """The figures of its cells."""
        heads = "；".join(dict.fromkeys(name for column in sorted(self._heads) for name in self._heads[column]))
        caption = self._caption()
        found: list[Cell] = []
        for row in range(self._first, self._height):
            if self._headlike(row):
                self._heads = self._paths(range(row, row + 1))
                continue
            labels = self._labels(row)
            for slot in (s for s in self._slots[row] if s.column >= self._labelled):
                inside = ordered[bisect_left(starts, slot.start):bisect_left(starts, max(slot.end, slot.start))]
                if not inside or len(self._of(slot)) - sum(q.end - q.start for q in inside) > LONGEST:
                    continue
                path = self._heads.get(slot.column, ())
                alone = len(inside) == 1 and len(self._of(slot).strip().strip(" +-−－　*（）()")) <= len(inside[0].text)
                found += [Cell(q, self._number, row, slot.column, labels, path, heads, caption, alone) for q in inside]
        return found

    def _of(self, slot: Slot) -> str:
        return self._text[slot.start:slot.end]

    def _said(self, row: int, column: int) -> str:
        slot = self._at.get((row, column))
        return "" if slot is None else re.sub(r"\s+", "", self._of(slot))

    def _spread(self, row: int) -> bool:
        """Whether one merged cell is all there is in a row."""
        slots = {self._at[row, column] for column in range(self._width) if (row, column) in self._at}
        return len(slots) == 1 and next(iter(slots)).columns > 1

    def _value(self, row: int, column: int) -> bool:
        slot = self._at.get((row, column))
        if slot is None or (slot.row, slot.column) != (row, column):
            return False
        said = self._said(row, column)
        return bool(said and re.search(r"[\d□xX×*一二三四五六七八九十百千两]", said) and words("value").match(said)
                    and not words("year").match(said))

    def _values(self, row: int) -> int:
        return sum(self._value(row, column) for column in range(1, self._width))

    def _headlike(self, row: int) -> bool:
        """Whether a row below the first values names columns anew."""
        said = [self._said(row, column) for column in range(self._labelled, self._width)]
        return len(said) > 1 and all(said) and len(set(said)) == len(said) and not self._values(row) \
            and not any(words("none").match(one) or len(one) > LONGEST for one in said)

    def _label_columns(self) -> int:
        """How many columns on the left name the rows."""
        body = range(self._first, self._height)
        for column in range(self._width - 1):
            said = [(row, one) for row in body if (one := self._said(row, column)) and not words("none").match(one)]
            counted = any(words("no_count").search(self._said(row, column)) for row in range(self._first))
            values = sum(self._value(row, column) for row, _ in said)
            if said and not counted and 2 * values > len(said):
                return column if column or not self._first else 1
        return self._width - 1

    def _paths(self, rows: range) -> dict[int, tuple[str, ...]]:
        """Of each column the heads over it, from the widest; an empty one above a head is the rest of a merged one."""
        found: dict[int, tuple[str, ...]] = {}
        grid = [[self._said(row, column) for column in range(self._width)] for row in rows]
        for level, row in enumerate(grid[:-1]):
            for column in range(max(self._labelled, 1) + 1, self._width):
                if not row[column] and row[column - 1] and grid[level + 1][column] and column - 1 >= self._labelled \
                        and grid[level + 1][column - 1]:
                    row[column] = row[column - 1]
        for column in range(self._width):
            found[column] = tuple(dict.fromkeys(row[column] for row in grid if row[column]))
        return found

    def _labels(self, row: int) -> tuple[str, ...]:
        """The labels of a row, from the widest; an empty one left of a label is the rest of a merged one."""
        said = [self._said(row, column) for column in range(self._labelled)]
        if self._spread(row) or (words("section").match(said[0] if said else "") and not self._values(row)):
            self._section = said[0] if said else ""
            return (self._section,)
        for column, one in enumerate(said):
            if not one and any(said[column + 1:]):
                said[column] = self._named[column]
        self._named = said
        kept = [one for column, one in enumerate(said)
                if one and not (re.fullmatch(r"[\d.]+", one) and self._counting(column))]
        return tuple(dict.fromkeys([*([self._section] if self._section else []), *kept]))

    def _counting(self, column: int) -> bool:
        """Whether a column numbers the rows."""
        return not any(words("year").match(self._said(row, column)) for row in range(self._first, self._height))

    def _caption(self) -> str:
        """What stands above: the nearest line, and the one above it where the nearest gives the unit alone."""
        above = [line.strip() for line in self._lattice.above]
        near = above[:2] if above and re.match(r"^[（(]?\s*(?:计量)?单位\s*[:：]", above[0]) else above[:1]
        return "　".join([*(line[-80:] for line in reversed(near)), *self._titles])
