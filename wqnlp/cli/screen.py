"""Text in columns of a terminal, Chinese taken at its width."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

WIDEST = 44                              # columns of the terminal that one cell may take


def width(text: str) -> int:
    """Columns of a terminal a text takes: a Chinese character takes two.

    >>> width("186件")
    5
    """
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, widest: int = WIDEST) -> str:
    """A text that fits so many columns, in one line.

    >>> cut("家庭暴力警情", 7)
    '家庭暴…'
    """
    text = " ".join(text.split())
    if width(text) <= widest:
        return text
    kept = ""
    for character in text:
        if width(kept + character) >= widest:
            break
        kept += character
    return kept + "…"


def aligned(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Rows as lines with columns under one another, Chinese taken at its width; the first row is the head.

    >>> aligned([["unit", "n"], ["件", "12"]], right={1})
    ['unit   n', '件    12']
    """
    rows = [[cut(cell) for cell in row] for row in rows]
    widths = [max(width(row[at]) for row in rows) for at in range(len(rows[0]))]
    to_right = set(right)
    lines = []
    for row in rows:
        pads = [" " * (widths[at] - width(cell)) for at, cell in enumerate(row)]
        lines.append("  ".join(pad + cell if at in to_right else cell + pad
                               for at, (cell, pad) in enumerate(zip(row, pads, strict=True))).rstrip())
    return lines
