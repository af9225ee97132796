"""A sheet of rows and columns as blocks: what stands alone above and below is text, the rest are tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from wqnlp.source.flow import Block, Entry, grid, paragraph

_NUMERIC = re.compile(r"[-+]?[\d,，.]+\s*[%％]?")
_NOTE = re.compile(r"^\s*(?:注|备注|说明|附注|填表|制表|审核|单位|联系|日期)")
LONG = 20                                # characters of a line that stands alone below a table


class Merge(NamedTuple):
    """A rectangle of cells that are one; all from 0 and within."""

    top: int
    left: int
    bottom: int
    right: int


class Sheet(NamedTuple):
    """The filled cells of a sheet by row and column, from 0, and which were merged."""

    name: str
    rows: Mapping[int, Mapping[int, str]]
    merges: Sequence[Merge] = ()


def blocks(sheets: Iterable[Sheet], table: int = 0) -> Iterator[Block]:
    """The sheets in order. An empty row parts tables; a sheet's name is text where there are several.

    >>> rows = {0: {0: "信访统计表"}, 1: {0: "类别", 1: "件数"}, 2: {0: "家暴", 1: "12"}, 3: {0: "注：截至11月底"}}
    >>> [block.text for block in blocks([Sheet("一", rows)])]
    ['信访统计表', '类别 | 件数\\n家暴 | 12', '注：截至11月底']
    """
    filled = [sheet for sheet in sheets if sheet.rows]
    for number, sheet in enumerate(filled, 1):
        if len(filled) > 1 and not re.fullmatch(r"Sheet\s*\d+|工作表\s*\d+", sheet.name):
            yield paragraph(sheet.name, f"s{number}")
        for group in _groups(sorted(sheet.rows)):
            told: list[int] = []
            for row in [*group, None]:
                alone = row is not None and _stands_alone(sheet.rows[row], first=not told)
                if told and (row is None or alone):
                    yield grid(table, list(_entries(sheet, told, number)))
                    table, told = table + 1, []
                if row is not None and alone:
                    yield paragraph(_text(sheet.rows[row]), f"s{number}r{row + 1}")
                elif row is not None:
                    told.append(row)


def _groups(rows: Sequence[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for row in rows:
        if found and found[-1][-1] == row - 1:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def _stands_alone(cells: Mapping[int, str], *, first: bool) -> bool:
    """Whether a row is a line of text: one cell that is no number, above a table, or long, or a note."""
    text = _text(cells)
    if len(cells) != 1 or _NUMERIC.fullmatch(text.strip()) is not None:
        return False
    return first or len(text) > LONG or _NOTE.match(text) is not None


def _text(cells: Mapping[int, str]) -> str:
    return "".join(cells.values())


def _entries(sheet: Sheet, group: Sequence[int], number: int) -> Iterator[list[Entry]]:
    used = sorted({column for row in group for column in sheet.rows[row]})
    merges = [merge for merge in sheet.merges if merge.top <= group[-1] and merge.bottom >= group[0]]
    for row in group:
        here = [merge for merge in merges if merge.top <= row <= merge.bottom]
        entries = []
        for column in used:
            merge = next((one for one in here if one.left <= column <= one.right), None)
            node = f"s{number}r{row + 1}c{column + 1}"
            if merge is not None and (merge.top, merge.left) != (row, column):
                entries.append(Entry(column, node, merged=True))
                continue
            text = sheet.rows[row].get(column, "")
            entries.append(Entry(column, node, [paragraph(text, node)] if text else [],
                                 columns=merge.right - merge.left + 1 if merge else 1, rows=merge.bottom - merge.top + 1 if merge else 1))
        yield entries
