"""Reading order: columns from left to right, what stands across them in its place, and lines put together to paragraphs."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wqnlp.source.pdf_page import Grid, Run, Sheet, after, rows_of

FEWEST = 3              # lines of a column
NARROWEST = 8           # characters of a line of a column, in the mean
INDENT = 1.2            # heights of a character
LEADING = 1.35          # of the usual distance of lines: more parts paragraphs
_TOKEN = re.compile(r"[“‘（《〈【〔(]*(?:[0-9A-Za-z.,%/]+(?:件次|人次|[\u4e00-\u9fff％])?|.)[，。；：、！？）》”’,.;:!?)]*", re.DOTALL)
_HANGS = re.compile(r"[，。；：、！？）》」』”’,.;:!?)]$")
_ENDED = re.compile(r"[。！？；：!?;:…][”’」』）)》]*$")
_BEGINS = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)、．.]|[（(]?\d{1,2}[）)、．](?!\d)|"
                     r"\d{1,2}\.(?!\d)|[①-⑳●■◆★▲]|第[一二三四五六七八九十]+[章节条部分]|[一二三四五六]是")


@dataclass(slots=True, kw_only=True)
class Line:
    """A line of running text with the edges of the column it stands in."""

    page: int
    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    width: float                         # of the page
    left: float = 0.0
    right: float = 0.0


Item = Run | Grid


def blocks(items: Sequence[Item]) -> list[list[Item]]:
    """The items of a page by the column they stand in, in reading order."""
    found = _gutter(items)
    if found is None:
        return [list(items)] if items else []
    out: list[list[Item]] = []
    across = sorted((i for i in items if i.x0 < found < i.x1), key=_middle)
    rest = [i for i in items if not i.x0 < found < i.x1]
    held: list[Item] = []                                       # across both columns
    for index in range(len(across) + 1):
        above = _middle(across[index - 1]) if index else float("-inf")
        below = _middle(across[index]) if index < len(across) else float("inf")
        band = [i for i in rest if above <= _middle(i) < below]
        sides = [[i for i in band if i.x1 <= found], [i for i in band if i.x0 >= found]]
        if not all(sides) and _height(band) <= 1:
            held += band                                        # the last line of a paragraph over both columns
        elif band:
            out += [held] if held else []
            held = []
            for side in sides:
                out += blocks(side)
        held += across[index:index + 1]
    return [*out, held] if held else out


def _middle(item: Item) -> float:
    return (item.top + item.bottom) / 2


def _height(items: Sequence[Item]) -> int:
    return len(rows_of(i for i in items if isinstance(i, Run)))


def _gutter(items: Sequence[Item]) -> float | None:
    """Where the blank between two columns stands, or None where there is one column."""
    runs = [i for i in items if isinstance(i, Run)]
    if len(runs) < 2 * FEWEST:
        return None
    wanted: Counter[int] = Counter()
    for row in rows_of(runs):
        for a, b in pairwise(row):
            if b.x0 - a.x1 > 0.8 * a.size:
                wanted.update({round((a.x1 + b.x0) / 2), round(b.x0) - 1})       # before the column: what hangs over a line ends there
    best: tuple[int, float] | None = None
    for x, _ in wanted.most_common(12):
        across = sum(i.x0 < x < i.x1 for i in items)
        if (best is None or across < best[0]) and _parts(runs, x, across):
            best = (across, float(x))
    return best[1] if best else None


def _parts(runs: Sequence[Run], x: float, across: int) -> bool:
    """Whether running text stands on both sides of `x`, and little across it."""
    sides = [r for r in runs if r.x1 <= x], [r for r in runs if r.x0 >= x]
    if across > 0.5 * sum(map(len, sides)):
        return False
    for side in sides:
        rows = rows_of(side)
        if len(rows) < FEWEST or sum(len(r.text) for r in side) < NARROWEST * len(rows):
            return False
        width = max(r.x1 for r in side) - min(r.x0 for r in side)
        if sum(row[-1].x1 - row[0].x0 for row in rows) < 0.5 * width * len(rows):
            return False
    first, second = ((min(r.top for r in side), max(r.bottom for r in side)) for side in sides)
    return min(first[1], second[1]) - max(first[0], second[0]) > 0


def lines_of(sheet: Sheet, block: Sequence[Item]) -> list[Line | Grid]:
    """The lines and tables of a block, from the top."""
    out: list[Line | Grid] = [i for i in block if isinstance(i, Grid)]
    lines = [_line(sheet, row) for row in rows_of(i for i in block if isinstance(i, Run))]
    if lines:
        left, right = _left(lines), _right(lines)
        for line in lines:
            line.left, line.right = left, right
    return sorted([*out, *lines], key=lambda one: (one.top + one.bottom) / 2)


def _line(sheet: Sheet, row: Sequence[Run]) -> Line:
    text = row[0].text
    for a, b in pairwise(row):
        text += after(a, b)[len(a.text):]
    size = max(row, key=lambda r: len(r.text)).size
    return Line(page=sheet.number, text=text, x0=row[0].x0, top=min(r.top for r in row), x1=max(r.x1 for r in row),
                bottom=max(r.bottom for r in row), size=size, width=sheet.width)


def _left(lines: Sequence[Line]) -> float:
    """Where the lines of a column begin that are not the first of a paragraph."""
    begins = Counter(round(line.x0 / 3) for line in lines)
    most = max(begins.values())
    return min(line.x0 for line in lines if 2 * begins[round(line.x0 / 3)] >= most)


def _right(lines: Sequence[Line]) -> float:
    """Where the lines of a column end; a mark of punctuation may hang out over it."""
    return max(line.x1 - line.size * bool(_HANGS.search(line.text)) for line in lines)


def widen(lines: Sequence[Line]) -> None:
    """Give columns the right edge that columns at the same place have on other pages.

    Where fewer than three lines reach it, nothing shows where lines are broken: the column then ends as far from
    the right of the page as it begins from the left.
    """
    columns: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        columns[round(line.left / 30)].append(line)
    for column in columns.values():
        right = max(line.right for line in column)
        full = sum(right - line.x1 < 2 * line.size for line in column)
        for line in column:
            line.right = right if full >= 3 else max(right, line.width - line.left)


def indents(lines: Sequence[Line]) -> bool:
    """Whether paragraphs of a document begin with an indent."""
    return sum(INDENT * line.size < line.x0 - line.left < 4 * line.size for line in lines) >= 2


def leading(lines: Sequence[Line]) -> float:
    """The usual distance of lines, from top to top."""
    steps = Counter(round(b.top - a.top) for a, b in pairwise(lines)
                    if a.page == b.page and 0 < b.top - a.top < 4 * a.size)
    return float(min((step for step, n in steps.items() if 2 * n >= max(steps.values())), default=0)) if steps else 0.0


def goes_on(a: Line, b: Line, *, usual: float, indented: bool) -> bool:
    """Whether a line goes on with the paragraph of the line before it."""
    size = max(a.size, b.size)
    if abs(a.size - b.size) > 0.12 * size or b.x0 - b.left > INDENT * size:
        return False
    if a.right - a.x1 > _width(_TOKEN.match(b.text), b.size) + 0.6 * size:
        return False                                            # the next word had room on this line
    below = a.page == b.page and b.top > a.top
    begins = _BEGINS.match(unicodedata.normalize("NFKC", b.text[:8]))       # a font may have radicals for hanzi
    if below and b.top - a.top > max(LEADING * usual, 1.2 * size):
        return False
    return not (_ENDED.search(a.text) and (begins or not (below or indented)))


def _width(found: re.Match[str] | None, size: float) -> float:
    return size * sum(0.55 if char.isascii() else 1.0 for char in found[0]) if found else size
