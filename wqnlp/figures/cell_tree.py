"""Totals and parts in a table: its total row and column, the sub-totals of groups, and what stands under 其中.

A cell has one parent: a whole in its row where there is one that can hold it (the sub-total of its group of columns,
else the total column), else one in its column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wqnlp.figures.base import Quantity
from wqnlp.figures.grid import Cell, words
from wqnlp.figures.tree import CASES, OUTCOMES, alike, holds

Names = Mapping[int, tuple[str, ...]]


def link_cells(cells: Sequence[Cell]) -> None:
    """Give the figures of tables their parents and roles, and to the rest of a group the issue of its group."""
    for table in dict.fromkeys(cell.table for cell in cells):
        mine = [cell for cell in cells if cell.table == table and cell.quantity.kind != "percent"
                and cell.quantity.measure != "change"]
        _link(mine)
        parents = {id(c.quantity.parent) for c in mine}
        for cell in mine:
            if cell.quantity.parent is not None:
                cell.quantity.role = "part"
                if cell.quantity.issue == "other":
                    cell.quantity.issue = cell.quantity.parent.issue or "other"
            elif id(cell.quantity) in parents:
                cell.quantity.role = "total"


def _link(cells: Sequence[Cell]) -> None:
    at: dict[tuple[int, int], Quantity] = {}
    for cell in cells:
        at.setdefault((cell.row, cell.column), cell.quantity)
    rows, columns = {cell.row: cell.labels for cell in cells}, {cell.column: cell.path for cell in cells}
    upper, left = wholes(rows), wholes(columns)
    for part, subtotal in _blocks(rows, at).items():
        upper[part] = [subtotal, *upper[part]]
    received = _received(cells)
    for cell in cells:
        came_in = received.get(cell.row)
        if cell.quantity.measure in OUTCOMES and came_in is not None and _fits(came_in, cell.quantity):
            cell.quantity.parent = came_in          # 受理数 | 办结数: what was closed is of what came in
            continue
        places = [*((cell.row, column) for column in left[cell.column]), *((row, cell.column) for row in upper[cell.row])]
        cell.quantity.parent = next((at[place] for place in places if place in at and _fits(at[place], cell.quantity)), None)


def _received(cells: Sequence[Cell]) -> dict[int, Quantity]:
    """Of each row the one cell that counts cases received, where the table has one such column."""
    columns = {cell.column for cell in cells if cell.quantity.measure in CASES}
    return {cell.row: cell.quantity for cell in cells if cell.column in columns} if len(columns) == 1 else {}


def _fits(whole: Quantity, part: Quantity) -> bool:
    return alike(whole, part) and holds(whole, part, by_issue=False)


def wholes(names: Names) -> dict[int, list[int]]:
    """Of each row (or column), by its labels, the rows that it is part of, the closest first.

    >>> wholes({0: ("合计",), 1: ("婚姻家庭", "小计"), 2: ("婚姻家庭", "离婚"), 3: ("其中：协议离婚",), 4: ("劳动",)})
    {0: [], 1: [0], 2: [1, 0], 3: [2, 1, 0], 4: [0]}
    """
    sums = {i: split for i in names if (split := _sum(names[i])) is not None}
    grand = [i for i, (group, _, sub) in sums.items() if not group and not sub] or [i for i, split in sums.items() if not split[0]]
    found: dict[int, list[int]] = {}
    for i in sorted(names):
        base = _base(names, i)
        if base is not None:
            found[i] = [base, *found[base]]
            continue
        own = sums[i][0] if i in sums else names[i][:-1]
        above = [j for j, (group, tail, _) in sums.items() if group and group == names[i][:len(group)] and tail == _end(names[i], tail)
                 and (i not in sums or len(group) < len(own))]
        above.sort(key=lambda j: -len(sums[j][0]))
        if own:
            above += [j for j in names if names[j] == own]
        if i not in grand:
            above += [j for j in grand if sums[j][1] == _end(names[i], sums[j][1])]
        found[i] = [j for j in dict.fromkeys(above) if j != i]
    return found


def _sum(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...], bool] | None:
    """Of a row that sums up: the labels before 合计, those after it, and whether it is a 小计; None for any other."""
    at = next((at for at, name in enumerate(names) if words("sum").match(name)), None)
    return None if at is None else (names[:at], names[at + 1:], bool(words("sub").match(names[at])))


def _end(names: tuple[str, ...], tail: tuple[str, ...]) -> tuple[str, ...]:
    return names[-len(tail):] if tail else ()


def _base(names: Names, i: int) -> int | None:
    """The row that 其中 is of: the last before it that does not stand under 其中 itself."""
    if not any(words("of_which").match(name) for name in names[i]):
        return None
    return max((j for j in names if j < i and names[j] and not any(words("of_which").match(name) for name in names[j])),
               default=None)


def _blocks(names: Names, at: Mapping[tuple[int, int], Quantity]) -> dict[int, int]:
    """Rows of no group that add up, between one 小计 and the next, to the 小计 after or before them."""
    subs = [i for i in sorted(names) if len(names[i]) == 1 and words("sub").match(names[i][0])]
    found: dict[int, int] = {}
    if len(subs) < 2 and not any(len(n) == 1 and words("sum").match(n[0]) and i not in subs for i, n in names.items()):
        return found
    plain = [i for i in names if not (names[i] and words("sum").match(names[i][-1])) and _base(names, i) is None]
    for index, sub in enumerate(subs):
        last, following = (subs[index - 1] if index else -1), [*subs, max(names, default=0) + 1][index + 1]
        for block in ([i for i in plain if last < i < sub], [i for i in plain if sub < i < following]):
            if block and not any(i in found for i in block) and _adds_up(block, sub, at):
                found.update(dict.fromkeys(block, sub))
                break
    return found


def _adds_up(block: Sequence[int], sub: int, at: Mapping[tuple[int, int], Quantity]) -> bool:
    columns = [column for row, column in at if row == sub]
    return bool(columns) and all(
        sum((at[row, column].value or 0.0) for row in block if (row, column) in at) == at[sub, column].value for column in columns)
