"""Characters of a PDF that a line strikes out: what its author withdrew, or deleted where changes are shown."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

THIN = 0.16                 # of the size of a character: a line that is thicker is a bar or a ground of colour
RAISED = (0.12, 0.5)        # how far over the foot of the characters, in their size, it stands; under it, it underlines them
COVERED = 0.7               # share of the line with characters on it: the rule of a table is longer than what it crosses
MOST = 2000                 # lines of a page: more are a drawing
LEAST = 0.5                 # share of the page's characters: were more struck out, the lines are something else


def without_struck(chars: list[dict[str, Any]], page: Any) -> list[dict[str, Any]]:
    """The upright characters of a page that no line goes through. Takes time linear in them for each height of a line."""
    lines = _lines(page)
    if not lines or len(lines) > MOST:
        return chars
    ordered = sorted(chars, key=lambda char: (char["top"] + char["bottom"]) / 2)
    middles = [(char["top"] + char["bottom"]) / 2 for char in ordered]
    tallest = max((char["size"] for char in chars), default=0.0)
    gone: set[int] = set()
    for x0, x1, y, thick in lines:
        near = ordered[bisect_left(middles, y - tallest):bisect_left(middles, y + tallest)]
        crossed = [char for char in near if x0 <= (char["x0"] + char["x1"]) / 2 <= x1 and thick <= THIN * char["size"]
                   and RAISED[0] * char["size"] <= _foot(char) - y <= RAISED[1] * char["size"]]
        if sum(char["x1"] - char["x0"] for char in crossed) >= COVERED * (x1 - x0):
            gone.update(map(id, crossed))
    return [char for char in chars if id(char) not in gone] if len(gone) <= LEAST * len(chars) else chars


def _foot(char: dict[str, Any]) -> float:
    """The line that a character stands on, from the top of the page. Its box reaches down as far as its font says."""
    return float(char["bottom"] - (char["matrix"][5] - char["y0"]))


def _lines(page: Any) -> Sequence[tuple[float, float, float, float]]:
    """Level lines, and boxes as thin as lines: left, right, height on the page, thickness."""
    found = [(line["x0"], line["x1"], (line["top"] + line["bottom"]) / 2, line.get("linewidth") or 0) for line in page.lines
             if line["bottom"] - line["top"] < 0.5]
    found += [(box["x0"], box["x1"], (box["top"] + box["bottom"]) / 2, box["bottom"] - box["top"]) for box in page.rects
              if box["bottom"] - box["top"] < 3]
    return [one for one in found if one[1] - one[0] > 1]
