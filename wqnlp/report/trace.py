"""From a figure back to its file: its sentence as repaired and as it stood, with the figure's place in each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

from wqnlp.records import Figure
from wqnlp.repair.base import Repaired

WIDEST = 600                             # characters of a sentence that are shown; a table may be one sentence


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `figure` is the id of the figure it is, empty between figures."""

    text: str
    figure: str = ""


@dataclass(slots=True)
class Passage:
    """A sentence with the figures in it: repaired, and the source characters where they differ."""

    start: int                           # source offsets
    end: int
    pieces: list[Piece]
    source: list[Piece] = field(default_factory=list)     # empty where the source reads the same
    figures: list[Figure] = field(default_factory=list)


class Tracer:
    """Source offsets to repaired ones for one file, by bisection; built once, so that all figures cost little."""

    def __init__(self, repaired: Repaired) -> None:
        self.source = repaired.source.text
        self.text = repaired.text
        self._aligned = repaired.aligned
        self._ends = [repair.end for repair in repaired.log]
        self._shifts = list(accumulate((len(r.new) - (r.end - r.start) for r in repaired.log), initial=0))

    def repaired(self, at: int) -> int:
        """Repaired offset of a source offset that stands at the edge of a repair, or outside all."""
        return min(max(at + self._shifts[bisect_right(self._ends, at)], 0), len(self.text))

    def passages(self, figures: Iterable[Figure]) -> list[Passage]:
        """The sentences of the figures in order, each once, with the figures marked."""
        found: list[Passage] = []
        inside: dict[tuple[int, int], list[Figure]] = {}
        for figure in sorted(figures, key=lambda f: (f.start, f.end)):
            inside.setdefault(self._sentence(figure), []).append(figure)
        for (start, end), own in inside.items():
            span = self._aligned.source_span(start, end)
            pieces = _cut(self.text, start, end, [(self.repaired(f.start), self.repaired(f.end), f.id) for f in own])
            source = _cut(self.source, span.start, span.end, [(f.start, f.end, f.id) for f in own])
            same = self.source[span.start:span.end] == self.text[start:end]
            found.append(Passage(span.start, span.end, pieces, [] if same else source, own))
        return found

    def _sentence(self, figure: Figure) -> tuple[int, int]:
        """The figure's sentence in repaired offsets: where the record's sentence stands around it, or its line."""
        start, end = self.repaired(figure.start), self.repaired(figure.end)
        told = figure.sentence.strip()
        if told and len(told) <= WIDEST:
            at = self.text.find(told, max(0, end - len(told)), start + len(told))
            if 0 <= at <= start and end <= at + len(told):
                return at, at + len(told)
        low = max(self.text.rfind("\n", 0, start) + 1, start - WIDEST // 2)
        stop = self.text.find("\n", end)
        return low, min(len(self.text) if stop < 0 else stop, end + WIDEST // 2)


def _cut(text: str, start: int, end: int, marks: list[tuple[int, int, str]]) -> list[Piece]:
    """The text cut at the marks; a mark that overlaps the one before it is left out.

    >>> [piece.text for piece in _cut("接待186件，其中来信14件。", 0, 15, [(2, 6, "a"), (11, 14, "b")])]
    ['接待', '186件', '，其中来信', '14件', '。']
    """
    pieces, done = [], start
    for low, high, name in marks:
        if low < done or high > end:
            continue
        if low > done:
            pieces.append(Piece(text[done:low]))
        pieces.append(Piece(text[low:high], name))
        done = high
    if done < end:
        pieces.append(Piece(text[done:end]))
    return pieces
