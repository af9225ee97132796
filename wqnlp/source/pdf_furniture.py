"""Headers, footers and page numbers: what recurs at one height over the pages, with nothing but the page's number changed.

A line with a number that is neither the same on all pages nor counts them is never cut, wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from wqnlp.source.pdf_page import Run, Sheet, rows_of
from wqnlp.tables import rules

DEEP = 4                # lines from the edge of a page that may be furniture
ZONE = 0.2              # of the height of the page that it stands in
NEAR = 5.0              # points by which the height may differ
LEAST = 0.3             # share of the pages it recurs on: even and odd pages may differ, the first may have none
_NUMBER = re.compile(r"\d+")
_COUNTED = re.compile(r"\s*[^\s\-—–─/／|·•~～)）】\]页共]")      # what follows a number that counts something else than pages


class _Row(NamedTuple):
    """A line near the edge of a page."""

    sheet: int                           # index
    upper: bool
    away: float                          # points from the edge
    text: str
    runs: tuple[Run, ...]


def cut(sheets: Sequence[Sheet]) -> None:
    """Take the furniture out of the runs of all sheets."""
    edges = [row for index, sheet in enumerate(sheets) for row in _edge(index, sheet)]
    gone = _recurring(edges, sheets)
    blocked: set[tuple[int, bool]] = set()
    dropped: dict[int, set[Run]] = defaultdict(set)
    for row in edges:                                           # from the edge inwards: furniture stands outside of the text
        side = (row.sheet, row.upper)
        if side not in blocked and (row in gone or _says(row, sheets)):
            dropped[row.sheet].update(row.runs)
        else:
            blocked.add(side)
    for index, runs in dropped.items():
        sheets[index].runs = [run for run in sheets[index].runs if run not in runs]


def _edge(index: int, sheet: Sheet) -> list[_Row]:
    """The outermost lines of a page, from its upper edge down, then from its lower edge up."""
    rows = rows_of(sheet.runs)
    inner = [grid.top for grid in sheet.grids], [grid.bottom for grid in sheet.grids]
    first, last = min(inner[0], default=sheet.height), max(inner[1], default=0.0)
    out = []
    for row in rows[:DEEP]:
        top = min(run.top for run in row)
        if top < ZONE * sheet.height and top < first:
            out.append(_Row(index, True, top, _text(row), tuple(row)))
    for row in reversed(rows[-DEEP:]):
        bottom = max(run.bottom for run in row)
        if bottom > (1 - ZONE) * sheet.height and bottom > last:
            out.append(_Row(index, False, sheet.height - bottom, _text(row), tuple(row)))
    return out


def _text(row: Sequence[Run]) -> str:
    return " ".join(run.text for run in row)


def _recurring(rows: Sequence[_Row], sheets: Sequence[Sheet]) -> set[_Row]:
    """The lines that recur on enough pages."""
    if len(sheets) < 2:
        return set()
    alike: dict[tuple[bool, str], list[_Row]] = defaultdict(list)
    for row in rows:
        alike[row.upper, _NUMBER.sub("#", row.text.replace(" ", ""))].append(row)
    found: set[_Row] = set()
    needed = max(2, LEAST * len(sheets))
    for group in alike.values():
        level: list[_Row] = []
        for row in sorted(group, key=lambda r: r.away):
            if level and row.away - level[0].away > NEAR:
                found.update(_counting(level, sheets, needed))
                level = []
            level.append(row)
        found.update(_counting(level, sheets, needed))
    return found


def _counting(level: Sequence[_Row], sheets: Sequence[Sheet], needed: float) -> list[_Row]:
    """The lines of one height whose numbers stay or count the pages."""
    if len({row.sheet for row in level}) < needed:
        return []
    turned: dict[tuple[tuple[bool, int], ...], list[_Row]] = defaultdict(list)
    numbers = [[int(n) for n in _NUMBER.findall(row.text)] for row in level]
    counts = [len({line[place] - level[i].sheet for i, line in enumerate(numbers)}) <=
              len({line[place] for line in numbers}) - 1 for place in range(len(numbers[0]))]
    for row, line in zip(level, numbers, strict=True):
        if any(grows and _COUNTED.match(row.text, found.end())
               for grows, found in zip(counts, _NUMBER.finditer(row.text), strict=True)):
            continue
        key = tuple((grows, number - row.sheet if grows else number) for number, grows in zip(line, counts, strict=True))
        turned[key].append(row)
    return [row for same in turned.values() if len({r.sheet for r in same}) >= needed for row in same]


def _says(row: _Row, sheets: Sequence[Sheet]) -> bool:
    """Whether the outermost line of a page says by its form alone that it is no part of the text."""
    text = unicodedata.normalize("NFKC", row.text)                 # a font may have one glyph for fi
    for rule in rules("page_marks"):
        found = rule.pattern.fullmatch(text)
        if found:
            number = found.groupdict().get("page")
            return rule.gives == "any" or number is None or int(number) == sheets[row.sheet].number
    return False
