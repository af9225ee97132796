"""One picture of a page recognised: turned upright, straightened, its lines read, its tables found, as a `Sheet` of the layout.

Nothing here knows of other pages. A page stays in the pixels of its picture; `sheets` brings all pages of a document to
the lengths that the layout knows, in which a character is twelve points high.
"""

from __future__ import annotations

import math
import re
import statistics
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple

from wqnlp.source import ocr_rules
from wqnlp.source.ocr_engine import Char, Engine
from wqnlp.source.pdf_page import Run, Sheet, grid_of, holds, inside

if TYPE_CHECKING:
    from wqnlp.source.ocr_engine import Picture, Quad

LONG = 3.0              # times as wide as high: a line that tells how the page is turned
SURE = 0.85             # mean confidence of a page that stands upright; below, it is tried upside down
SAMPLE = 8              # lines that are tried
ASKEW = 0.15            # degrees from which a page is straightened
LEAST = 0.5             # mean confidence of a line that is text
SPLIT = 2.6             # heights of a character between the middles of two that stand in two columns
HIGH = 12.0             # points of a character in the lengths of the layout
NEAR = 0.18             # of the size of most characters: what differs less is measured, not printed, so
FEW, SHORT_NEAR = 14, 0.4                # of fewer characters the size is hardly measured
_HANGS = re.compile("[，。；：、！？）》」』”’%％]{1,4}$")
_WIDE = re.compile("[\u2e80-\u9fff\uff01-\uff60\u3000-\u303f]")


class Seen(NamedTuple):
    """A run of characters as they were recognised, in pixels of the straightened picture."""

    chars: tuple[Char, ...]
    left: float
    middle: float
    right: float
    size: float

    @property
    def text(self) -> str:
        return "".join(char.text for char in self.chars)


@dataclass
class Page:
    """A recognised page. `back` brings a point of the straightened picture to one of the page as it is shown."""

    number: int
    wide: float
    high: float
    seen: list[Seen] = field(default_factory=list)
    tables: list[list[ocr_rules.Box]] = field(default_factory=list)
    size: float = HIGH
    back: Picture | None = None          # 2 × 3
    fault: str = ""


def recognise(engine: Engine, picture: Picture, number: int, scale: float = 1.0) -> Page:
    """Everything that is read of a picture; `scale` brings its pixels to the measure that places have.

    A page without text is a page without runs.
    """
    import numpy as np

    wide = picture.shape[1]
    quads, back = engine.lines(picture), np.eye(3)
    sideways = sum(_length(q) for q in quads if _ratio(q) < 1 / LONG) > sum(_length(q) for q in quads if _ratio(q) > LONG)
    if sideways:
        picture, back = np.ascontiguousarray(np.rot90(picture)), np.array([[0, -1, wide], [1, 0, 0], [0, 0, 1.0]])
        quads = engine.lines(picture)
    picture, quads, back = _straight(picture, quads, back)
    size = statistics.median(float(q[3, 1] - q[0, 1]) for q in quads) if quads else HIGH
    rules = ocr_rules.find(picture, size) if quads else ocr_rules.NONE
    picture, quads = ocr_rules.erased(picture, rules), ocr_rules.parted(quads, rules)
    read = engine.read(picture, quads)
    if _mean(read) < SURE and (turned := _upside_down(engine, picture, quads, read)):
        read = turned
        high, wide = picture.shape[:2]
        quads = [np.array([[wide, high]]) - quad[[2, 3, 0, 1]] for quad in quads]
        rules = ocr_rules.Rules([], [], [[(wide - r, high - b, wide - x, high - t) for x, t, r, b in one] for one in rules.tables])
        back = back @ np.array([[-1, 0, wide], [0, -1, high], [0, 0, 1.0]])
    seen = _seen(quads, read)
    return Page(number, float(picture.shape[1]), float(picture.shape[0]), seen, rules.tables,
                _body(seen), back[:2] * scale)


def _length(quad: Quad) -> float:
    return float(max(abs(quad[2] - quad[0])))


def _ratio(quad: Quad) -> float:
    return _wide(quad) / _high(quad)


def _mean(read: Sequence[Sequence[Char]]) -> float:
    sure = [char.confidence for line in read for char in line]
    return sum(sure) / len(sure) if sure else 0.0


def _straight(picture: Picture, quads: list[Quad], back: Picture) -> tuple[Picture, list[Quad], Picture]:
    """Picture and boxes turned by the few degrees by which most lines are askew."""
    import cv2
    import numpy as np

    told = [(math.degrees(math.atan2(float(q[1, 1] - q[0, 1]), float(q[1, 0] - q[0, 0]))), _length(q))
            for q in quads if _ratio(q) > LONG]
    if not told:
        return picture, quads, back
    angle = _median(told)
    if abs(angle) < ASKEW:
        return picture, quads, back
    high, wide = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1.0)
    made = cv2.warpAffine(picture, turn, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    moved = [quad @ turn[:, :2].T + turn[:, 2] for quad in quads]
    return made, moved, back @ np.linalg.inv(np.vstack([turn, [0, 0, 1]]))


def _upside_down(engine: Engine, picture: Picture, quads: Sequence[Quad], read: list[list[Char]]) -> list[list[Char]] | None:
    """The lines as they read the other way up, in the same order, where that is surer."""
    longest = sorted(range(len(quads)), key=lambda i: -_length(quads[i]))[:SAMPLE]
    other = engine.read(picture, [quads[i][[2, 3, 0, 1]] for i in longest])
    if _mean(other) <= _mean([read[i] for i in longest]) + 0.05:
        return None
    return engine.read(picture, [quad[[2, 3, 0, 1]] for quad in quads])


def _seen(quads: Sequence[Quad], read: Sequence[Sequence[Char]]) -> list[Seen]:
    """Runs of characters, those far apart on one line as two."""
    kept = [(quad, chars) for quad, line in zip(quads, read, strict=True)
            if (chars := _one_width(line)) and _mean([chars]) >= LEAST]
    told = [pitch / _high(quad) for quad, chars in kept if (pitch := _pitch(chars, _wide(quad)))]
    share = statistics.median(told) if told else 0.85           # of the height of a box
    out = []
    for quad, chars in kept:
        left, right = float(quad[[0, 3], 0].mean()), float(quad[[1, 2], 0].mean())
        middle, wide = float(quad[:, 1].mean()), right - left
        size = _pitch(chars, _wide(quad)) or share * _high(quad)
        cuts = [0, *(i for i in range(1, len(chars)) if (chars[i].at - chars[i - 1].at) * wide > SPLIT * size), len(chars)]
        for a, b in pairwise(cuts):
            x0 = left if a == 0 else left + chars[a].at * wide - size / 2
            x1 = right if b == len(chars) else left + chars[b - 1].at * wide + size / 2
            out.append(Seen(tuple(chars[a:b]), x0, middle, x1, size))
    return out


def _high(quad: Quad) -> float:
    return max(math.dist(quad[0], quad[3]), 1.0)


def _wide(quad: Quad) -> float:
    return math.dist(quad[0], quad[1])


def _pitch(chars: Sequence[Char], wide: float) -> float:
    """The width of a hanzi: the usual distance of two neighbours; 0 where too few stand together."""
    steps = [(b.at - a.at) * wide for a, b in pairwise(chars)
             if _WIDE.match(a.text) and _WIDE.match(b.text)]
    if len(steps) < 5:
        return 0.0
    usual = statistics.median(steps)                            # a step is told in eighths of a line's height: the mean is finer
    return statistics.fmean(step for step in steps if 0.6 * usual < step < 1.6 * usual)


_HALF = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
_ONE_WAY = {"・": "·", "•": "·", "‧": "·", "﹒": "．"}           # signs that look the same, as Chinese text has them


def _one_width(line: Sequence[Char]) -> list[Char]:
    """Marks of punctuation in the width of what stands beside them, which is all that tells it on paper.

    >>> [char.text for char in _one_width([Char("件", 1), Char(";", 0.5, "；", 0.4), Char("人", 1)])]
    ['件', '；', '人']
    """
    out = []
    for at, char in enumerate(line):
        if char.other and unicodedata.normalize("NFKC", char.other) == unicodedata.normalize("NFKC", char.text):
            char = char._replace(confidence=min(char.confidence + char.share, 1.0), other="", share=0.0)
        char = char._replace(text=_ONE_WAY.get(char.text, char.text))
        if char.text in _HALF and any(_WIDE.match(line[i].text) for i in (at - 1, at + 1) if 0 <= i < len(line)):
            char = char._replace(text=_HALF[char.text])
        out.append(char)
    return out


def _body(seen: Sequence[Seen]) -> float:
    """The size of most characters of a page."""
    return _median([(one.size, len(one.chars)) for one in seen])


def _median(weighted: Sequence[tuple[float, float]]) -> float:
    """The value with half of the weight on either side, 0 of nothing."""
    half = sum(weight for _, weight in weighted) / 2
    for value, weight in sorted(weighted):
        half -= weight
        if half <= 0:
            return value
    return 0.0


Found = dict[tuple[int, float, float, str], Seen]


def sheets(pages: Sequence[Page]) -> tuple[list[Sheet], Found, dict[int, float]]:
    """The pages in the lengths of the layout, what was seen of each run, and the scale of each page to these lengths.

    Pages are taken to be of one width on paper, so that columns stand at one place on all of them.
    """
    told = [page.size / page.wide for page in pages if page.seen]
    share = statistics.median(told) if told else HIGH / 595
    out: list[Sheet] = []
    found: Found = {}
    scales: dict[int, float] = {}
    for page in pages:
        scale = HIGH / (share * page.wide) if page.wide else 1.0
        body = page.size * scale
        runs = []
        for one in page.seen:
            size = one.size * scale
            size = HIGH if abs(size - body) < (NEAR if len(one.chars) >= FEW else SHORT_NEAR) * body else size
            middle = one.middle * scale
            right = one.right * scale - size * _hanging(one.text)
            run = Run(one.text, one.left * scale, middle - size / 2, right, middle + size / 2, size)
            runs.append(run)
            found[page.number, round(run.x0, 2), round(middle, 2), run.text] = one
        sheet = Sheet(number=page.number, width=page.wide * scale, height=page.high * scale, fault=page.fault,
                      letters=sum(len(one.chars) for one in page.seen))
        _tables(sheet, runs, [[tuple(x * scale for x in box) for box in one] for one in page.tables])
        out.append(sheet)
        scales[page.number] = scale
    return out, found, scales


def _hanging(text: str) -> float:
    """How many characters at the end of a line may stand out over its column, beside the one that the layout knows of.

    >>> _hanging("（见附件）》，"), _hanging("占95%"), _hanging("接访，")
    (2, 1, 0)
    """
    found = _HANGS.search(text)
    return max(len(found[0]) - (found[0][-1] not in "%％"), 0) if found else 0


def _tables(sheet: Sheet, runs: Sequence[Run], tables: Sequence[Sequence[tuple[float, ...]]]) -> None:
    """Give a sheet its ruled tables and the runs outside of them."""
    chars = [{"text": r.text, "x0": r.x0, "x1": r.x1, "top": r.top, "bottom": r.bottom, "size": r.size} for r in runs]
    made = [grid for one in tables if (grid := grid_of(SimpleNamespace(cells=one), chars, [])) is not None]
    sheet.grids = [grid for grid in made if not any(inside(grid, other) for other in made if other is not grid)]
    sheet.runs = [run for run, char in zip(runs, chars, strict=True) if not any(holds(grid, char) for grid in sheet.grids)]
