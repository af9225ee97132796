"""Text in the making: paragraphs and tables become blocks, blocks are put one under the other, places and cells move along.

What the readers of Word files share. A table is one line a row, its cells parted by ` | `. A row that holds prose or
a table of its own (a form with a summary in its widest cell) is not squeezed into a line: its cells stand one under
the other, as they are read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from wqnlp.source.base import Cell, Place

JOINT = " | "
PROSE = 120              # a cell of more characters, in sentences or several paragraphs, is prose and no entry of a table
WORD = re.compile("[\u4e00-\u9fff]{1,5}")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text with what is known of it; all offsets count from its own start."""

    text: str
    places: tuple[Place, ...] = ()
    cells: tuple[Cell, ...] = ()


@dataclass(slots=True)
class Entry:
    """A cell before it is written: where it begins in the grid, what it spans, and what is in it.

    `merged` is a cell that a neighbour has taken over: it holds its column in the line and is no cell of its own.
    """

    column: int
    node: str
    blocks: list[Block] = field(default_factory=list)
    columns: int = 1
    rows: int = 1
    merged: bool = False


def series(prefix: str, *, counting: bool = True) -> Callable[[], str]:
    """Names of nodes one after the other: `p1`, `p2` ...; without counting always the prefix.

    >>> named = series("tb2p")
    >>> named(), named()
    ('tb2p1', 'tb2p2')
    """
    numbers = count(1)
    return (lambda: f"{prefix}{next(numbers)}") if counting else (lambda: prefix)


def paragraph(text: str, node: str) -> Block:
    """One paragraph and its place.

    >>> paragraph("接访9件", "p3")
    Block(text='接访9件', places=(Place(start=0, end=4, node='p3', page=None, box=None),), cells=())
    """
    return Block(text, (Place(0, len(text), node),) if text else ())


def stack(blocks: Iterable[Block], joint: str = "\n") -> Block:
    """Blocks one after the other, parted by `joint`.

    >>> stack([paragraph("总结", "p1"), paragraph("接访9件", "p2")]).places[1][:3]
    (3, 7, 'p2')
    """
    texts: list[str] = []
    places: list[Place] = []
    cells: list[Cell] = []
    at = 0
    for block in blocks:
        places += [place._replace(start=place.start + at, end=place.end + at) for place in block.places]
        cells += [cell._replace(start=cell.start + at, end=cell.end + at) for cell in block.cells]
        texts.append(block.text)
        at += len(block.text) + len(joint)
    return Block(joint.join(texts), tuple(places), tuple(cells))


def grid(table: int, rows: Sequence[Sequence[Entry]]) -> Block:
    """A table as text: number `table` from 0, its rows from above. A frame of one cell is no table.

    >>> made = grid(0, [[Entry(0, "t1r1c1", [paragraph("类别", "")]), Entry(1, "t1r1c2", [paragraph("件数", "")])],
    ...                 [Entry(0, "t1r2c1", [paragraph("家暴", "")]), Entry(1, "t1r2c2", [paragraph("12", "")])]])
    >>> made.text, made.cells[3]
    ('类别 | 件数\\n家暴 | 12', Cell(table=0, row=1, column=1, rows=1, columns=1, start=13, end=15))
    """
    if sum(len(row) for row in rows) == 1:
        return stack(block for row in rows for entry in row for block in entry.blocks)
    starts = sorted({entry.column for row in rows for entry in row})
    return stack(_row(table, number, [_narrowed(entry, starts) for entry in row]) for number, row in enumerate(rows))


def _narrowed(entry: Entry, starts: list[int]) -> Entry:
    """A cell among the columns in which some cell begins: programs keep others, for a border drawn a little aside."""
    column = bisect_left(starts, entry.column)
    node = entry.node.rpartition("c")[0] + f"c{column + 1}"
    blocks = [Block(block.text, tuple(place._replace(node=node) if place.node == entry.node else place
                                      for place in block.places), block.cells) for block in entry.blocks]
    columns = bisect_left(starts, entry.column + entry.columns) - column
    return Entry(column, node, blocks, max(1, columns), entry.rows, entry.merged)


def _row(table: int, number: int, row: Sequence[Entry]) -> Block:
    """One row. On a line every column of the grid has its bar, so that what is merged does not shift the others."""
    wide = any(_prose(entry) for entry in row)
    made: list[Block] = []
    column = 0
    for entry in row:
        gap = 0 if wide else entry.column - column
        made += [Block("")] * gap
        if not entry.merged:
            inside = stack(entry.blocks) if wide else _line(entry)
            cell = Cell(table, number, entry.column, entry.rows, entry.columns, 0, len(inside.text))
            made.append(Block(inside.text, inside.places, (cell, *inside.cells)))
        elif not wide:
            made.append(Block(""))
        column = entry.column + 1
    if not wide and row:
        made += [Block("")] * (row[-1].column + row[-1].columns - column)
    return stack(made, "\n" if wide else JOINT)


def _prose(entry: Entry) -> bool:
    texts = [block.text for block in entry.blocks if block.text.strip()]
    return (any(block.cells for block in entry.blocks) or (len(texts) > 1 and sum(map(len, texts)) > PROSE)
            or any(len(text) > PROSE and "。" in text for text in texts))


def _line(entry: Entry) -> Block:
    """The paragraphs of a cell on one line. A head that was broken to fit its column (婚姻/家庭) is one word again."""
    parts = [part.strip() for block in entry.blocks for part in block.text.split("\n") if part.strip()]
    joint = "" if all(WORD.fullmatch(part) for part in parts) and sum(map(len, parts)) <= 10 else " "
    return paragraph(joint.join(parts), entry.node)
