"""Paragraphs, cells and rows as .rtf and .doc give them: a stream of ends (of a paragraph, a cell, a row), nothing nested.

A cell's column follows from where its right edge stands among all the edges of its table.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from wqnlp.errors import Unreadable
from wqnlp.source.flow import Block, Entry, grid, paragraph, series
from wqnlp.source.package import Limits

SAME = 60                # twentieths of a point: edges that are nearer were drawn as one


class Shape(NamedTuple):
    """How a cell of a row is drawn: its right edge, and whether it is merged with the one above or before it."""

    right: int
    above: bool = False         # goes on with the cell above
    below: bool = False         # the cell below may go on with it
    before: bool = False        # goes on with the cell to its left


@dataclass(slots=True)
class _Table:
    number: int
    rows: list[tuple[list[list[str | Block]], Sequence[Shape]]] = field(default_factory=list)
    row: list[list[str | Block]] = field(default_factory=list)
    cell: list[str | Block] = field(default_factory=list)


class Rows:
    """Blocks out of a stream of ends. `level` is how many tables a thing stands in.

    >>> rows = Rows("信访.doc", Limits())
    >>> rows.paragraph("信访情况", 0), rows.cell("类别", 1), rows.cell("件数", 1), rows.row(1, [Shape(900), Shape(1800)])
    (None, None, None, None)
    >>> rows.cell("家暴", 1), rows.cell("12", 1), rows.row(1, [Shape(900), Shape(1800)])
    (None, None, None)
    >>> [block.text for block in rows.blocks()]
    ['信访情况', '类别 | 件数\\n家暴 | 12']
    """

    def __init__(self, path: str, limits: Limits, prefix: str = "p") -> None:
        self._path, self._limits = path, limits
        self._named, self._count = series(prefix, counting=prefix.endswith("p")), 0
        self._blocks: list[Block] = []
        self._open: list[_Table] = []

    def paragraph(self, text: str, level: int) -> None:
        """A paragraph ends that stands in `level` tables."""
        self._reach(level)
        if level:
            self._open[-1].cell.append(text)
        else:
            self._blocks.append(paragraph(text, self._named()))

    def cell(self, text: str, level: int) -> None:
        """A cell ends, and with it its last paragraph."""
        self._reach(max(level, 1))
        table = self._open[-1]
        table.cell.append(text)
        table.row.append(table.cell)
        table.cell = []

    def row(self, level: int, shapes: Sequence[Shape]) -> None:
        """A row ends, whose cells are drawn so."""
        self._reach(max(level, 1))
        table = self._open[-1]
        if table.cell:
            table.row.append(table.cell)
        table.rows.append((table.row, shapes))
        table.row, table.cell = [], []

    def block(self, block: Block) -> None:
        """Something that stands between paragraphs, such as a note; after the table that is open."""
        self._reach(0)
        self._blocks.append(block)

    @property
    def level(self) -> int:
        """How many tables are open."""
        return len(self._open)

    def blocks(self) -> list[Block]:
        """All blocks, with what is open closed."""
        self._reach(0)
        return self._blocks

    def _reach(self, level: int) -> None:
        if level > self._limits.depth:
            raise Unreadable("E14", self._path, f"{level} tables stand within each other", "do not trust it; if it is "
                             "sound, save it as text")
        while len(self._open) > level:
            made = self._made(self._open.pop())
            if not made.text:
                continue
            if self._open:
                self._open[-1].cell.append(made)
            else:
                self._blocks.append(made)
        while len(self._open) < level:
            self._open.append(_Table(self._count))
            self._count += 1

    def _made(self, table: _Table) -> Block:
        if table.row or table.cell:                     # a row that was never ended
            table.rows.append(([*table.row, table.cell] if table.cell else table.row, ()))
        edges = _edges([shapes for _, shapes in table.rows])
        rows: list[list[Entry]] = []
        above: dict[int, Entry] = {}
        for at, (cells, shapes) in enumerate(table.rows):
            rows.append(_row(f"t{table.number + 1}r{at + 1}", cells, _columns(edges, shapes, len(cells)), above))
        made = grid(table.number, rows)
        return made if made.text.strip(" |\n\u3000") else Block("")


def _edges(rows: Sequence[Sequence[Shape]]) -> list[int]:
    """Right edges of all columns of a table, those that are nearly the same taken as one."""
    found: list[int] = []
    for right in sorted({shape.right for row in rows for shape in row}):
        if not found or right - found[-1] > SAME:
            found.append(right)
    return found


def _columns(edges: list[int], shapes: Sequence[Shape], cells: int) -> list[tuple[int, int, Shape]]:
    """Column, columns and shape of each cell of a row; one column each where the drawing does not fit."""
    if len(shapes) < cells or not edges:
        return [(column, 1, Shape(0)) for column in range(cells)]
    made, column = [], 0
    for shape in shapes[:cells]:
        last = max(column, bisect_left(edges, shape.right - SAME))
        made.append((column, last - column + 1, shape))
        column = last + 1
    return made


def _row(node: str, cells: list[list[str | Block]], places: list[tuple[int, int, Shape]], above: dict[int, Entry]) -> list[Entry]:
    entries: list[Entry] = []
    current: dict[int, Entry] = {}
    for content, (column, columns, shape) in zip(cells, places, strict=False):
        if shape.before and entries:
            entries[-1].columns += columns
            continue
        entry = Entry(column, f"{node}c{column + 1}", columns=columns)
        over = above.get(column)
        if shape.above and over is not None:
            over.rows += 1
            entry.merged, current[column] = True, over
        else:
            entry.blocks = [part if isinstance(part, Block) else paragraph(part, entry.node) for part in content]
            if shape.below:
                current[column] = entry
        entries.append(entry)
    above.clear()
    above.update(current)
    return entries
