"""Tables without ruling lines, by the blanks between their columns; and tables that go on over the next page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from wqnlp.source.pdf_page import COLUMN_GAP, Grid, GridCell, Run, rows_of

FEWEST = 3              # rows
LONGEST = 24            # characters of a cell
SAME = 4.0              # points by which the columns of a table may differ from page to page
_VALUE = re.compile(r"[-−－+]?[\d,，.．]+\s*(?:%|％|‰|[\u4e00-\u9fff]{0,2})|[-—–/／○]|[xX×*]{1,3}[\u4e00-\u9fff]{0,2}")
_SENTENCE = re.compile(r"[。；：:]")


def find(runs: Sequence[Run]) -> tuple[list[Grid], list[Run]]:
    """The unruled tables among the runs of a page, and the runs that stand in none.

    A table here is three rows and more, one below the other, of short cells in columns, with a value in most rows.
    """
    rows = rows_of(runs)
    grids: list[Grid] = []
    taken: set[int] = set()
    index = 0
    while index < len(rows):
        last = _stretch(rows, index)
        block = rows[index:last]
        if _is_table(block):
            grids.append(_grid(block))
            taken.update(range(index, last))
        index = max(last, index + 1)
    return grids, [run for i, row in enumerate(rows) if i not in taken for run in row]


def _stretch(rows: Sequence[Sequence[Run]], first: int) -> int:
    """The row after the last of a stretch of rows that may be one table."""
    last = first
    while last < len(rows) and _tabular(rows[last]):
        if last > first and rows[last][0].top - rows[last - 1][0].bottom > 2.5 * rows[last][0].size:
            break
        last += 1
    return last


def _tabular(row: Sequence[Run]) -> bool:
    if len(row) < 2 or any(len(run.text) > LONGEST or _SENTENCE.search(run.text) for run in row):
        return False
    return all(b.x0 - a.x1 > 0.5 * COLUMN_GAP * max(a.size, b.size) for a, b in pairwise(row))


def _values(row: Sequence[Run]) -> int:
    return sum(bool(_VALUE.fullmatch(run.text)) for run in row[1:])


def _is_table(rows: Sequence[Sequence[Run]]) -> bool:
    valued = [row for row in rows if 2 * _values(row) >= len(row) - 1]
    return len(rows) >= FEWEST and len(valued) >= 2 and 2 * len(valued) >= len(rows)


def _columns(rows: Sequence[Sequence[Run]]) -> list[tuple[float, float]]:
    """Where the columns stand: what the cells of the rows with most cells cover together."""
    most = max(len(row) for row in rows if _values(row))
    spans = sorted((run.x0, run.x1) for row in rows if len(row) == most for run in row)
    columns: list[tuple[float, float]] = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


Placed = dict[int, tuple[int, list[Run]]]


def _placed(row: Sequence[Run], columns: Sequence[tuple[float, float]]) -> Placed:
    """The runs of a row by their first column, and how many columns each stretches over."""
    placed: Placed = {}
    for run in row:
        over = [i for i, (x0, x1) in enumerate(columns) if min(run.x1, x1) - max(run.x0, x0) > 0]
        if not over:
            middle = (run.x0 + run.x1) / 2
            over = [min(range(len(columns)), key=lambda i: abs(sum(columns[i]) / 2 - middle))]
        first, last = over[0], over[-1]
        while first in placed and first < last:
            first += 1
        count, held = placed.get(first, (last - first + 1, []))
        placed[first] = (count, [*held, run])
    return placed


def _stretch_heads(upper: Placed, lower: Placed, columns: Sequence[tuple[float, float]]) -> None:
    """A head that stands above the middle of several heads stretches over all of them."""
    middles = {c: sum((run.x0 + run.x1) / 2 for run in held) / len(held) for c, (_, held) in upper.items()}
    covered: dict[int, list[int]] = {c: list(range(c, c + count)) for c, (count, _) in upper.items()}
    free = [c for c in lower if not any(c in over for over in covered.values())]
    for column in free:
        middle = sum(columns[column]) / 2
        near = min(middles, key=lambda c: abs(middles[c] - middle))
        covered[near].append(column)
    for column, over in covered.items():
        if len(over) == upper[column][0]:
            continue
        first, held = min(over), upper[column][1]
        del upper[column]
        upper[first] = (max(over) - first + 1, held)


def _grid(rows: Sequence[Sequence[Run]]) -> Grid:
    columns = _columns(rows)
    heads = next((i for i, row in enumerate(rows) if _values(row)), 0)
    places = [_placed(row, columns) for row in rows]
    if len({len(row) for row in rows}) == 1 and any(len(placed) < len(rows[0]) for placed in places):
        # columns that do not stand one below the other, as tabs leave them: in every row the cells follow in turn
        columns = [(min(run.x0 for run in column), max(run.x1 for run in column)) for column in zip(*rows, strict=True)]
        places = [{number: (1, [run]) for number, run in enumerate(row)} for row in rows]
    for index in range(heads - 1):
        _stretch_heads(places[index], places[index + 1], columns)
    x0, x1 = min(r.x0 for row in rows for r in row), max(r.x1 for row in rows for r in row)
    edges = (x0, *[(a[1] + b[0]) / 2 for a, b in pairwise(columns)], x1)
    cells = []
    for number, (row, placed) in enumerate(zip(rows, places, strict=True)):
        top, bottom = min(r.top for r in row), max(r.bottom for r in row)
        covered = {c for first, (count, _) in placed.items() for c in range(first, first + count)}
        for column in range(len(columns)):
            if column in placed:
                count, held = placed[column]
                text = " ".join(run.text for run in held)
                box = (min(r.x0 for r in held), top, max(r.x1 for r in held), bottom)
                cells.append(GridCell(number, column, 1, count, text, box))
            elif column not in covered:
                cells.append(GridCell(number, column, 1, 1, "", (columns[column][0], top, columns[column][1], bottom)))
    return Grid(x0=x0, top=min(r.top for r in rows[0]), x1=x1, bottom=max(r.bottom for r in rows[-1]), cells=cells,
                edges=edges, ruled=False)


def goes_on(before: Grid, after: Grid) -> bool:
    """Whether a table at the top of a page is the rest of the one at the bottom of the page before."""
    return before.ruled == after.ruled and len(before.edges) == len(after.edges) and (
        not before.ruled or all(abs(a - b) <= SAME for a, b in zip(before.edges, after.edges, strict=True))
        or all(abs((a - before.x0) - (b - after.x0)) <= SAME for a, b in zip(before.edges, after.edges, strict=True)))


def repeated(before: Grid, after: Grid) -> int:
    """How many rows at the top of a table's second part are its head said again."""
    count, first, again = 0, _texts(before), _texts(after)
    while count < min(len(first), len(again)) and first[count] == again[count]:
        count += 1
    return count


def _texts(grid: Grid) -> list[list[tuple[int, str]]]:
    rows: dict[int, list[tuple[int, str]]] = {}
    for cell in grid.cells:
        rows.setdefault(cell.row, []).append((cell.column, cell.text))
    return [rows[number] for number in sorted(rows)]
