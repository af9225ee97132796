"""Offsets that travel with the text: spans, repairs, and text aligned to its source.

Two kinds of span have two types, so that the type checker notices a mix: a `Span` counts code points of
the repaired text, a `SourceSpan` those of the text as it was read from the file. Ends are exclusive.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from wqnlp.errors import RepairOverlap


class Span(NamedTuple):
    """A stretch of repaired text."""

    start: int
    end: int


class SourceSpan(NamedTuple):
    """A stretch of source text, as every record gives it."""

    start: int
    end: int


class Edit(NamedTuple):
    """A change that one repair step asks for, in the coordinates of the text that step was given."""

    start: int
    end: int
    new: str
    kind: str                       # a code of data/damage.yaml, such as `gloss` or `gbk_gloss`
    confidence: float = 1.0
    runner_up: str | None = None    # the next best reading, kept for the reader to judge


class Repair(NamedTuple):
    """One change of the log, in source offsets. The log is the explanation, and replaying it is the proof.

    `kinds` has one entry for each step that touched these characters: a broken gloss restored and then
    simplified is one repair of two kinds.
    """

    start: int
    end: int
    new: str
    kinds: tuple[str, ...]
    confidence: float = 1.0
    runner_up: str | None = None


class Mark(NamedTuple):
    """Damage that cannot be undone, in repaired offsets: marked, never filled."""

    start: int
    end: int
    kind: str                       # a code of data/damage.yaml: `mask`, `lost_digit`, `unrepaired` ...
    note: str = ""


def replay(source: str, repairs: Iterable[Repair]) -> str:
    """Apply a log to the source text.

    >>> replay("聯(lián)系群眾", [Repair(1, 7, "", ("gloss",)), Repair(0, 1, "联", ("script",))])
    '联系群眾'
    """
    parts: list[str] = []
    done = 0
    for repair in sorted(repairs, key=lambda r: (r.start, r.end)):
        if repair.start < done:
            raise RepairOverlap("E32", f"{repair}", "starts inside the repair before it")
        parts += source[done:repair.start], repair.new
        done = repair.end
    parts.append(source[done:])
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Aligned:
    """Repaired text that knows, for each of its characters, the source characters it answers for.

    Built by `Aligned.of(source)` and then `edit`; never by hand. `repairs` are in source offsets, sorted
    and apart, and `replay(source, repairs) == text` always holds.

    >>> shown = Aligned.of("聯(lián)系羣眾287人次").edit([Edit(1, 7, "", "gloss"), Edit(0, 1, "联", "script")])
    >>> shown.text
    '联系羣眾287人次'
    >>> shown.source_span(4, 9)                       # 287人次, as the file has it
    SourceSpan(start=10, end=15)
    """

    source: str
    text: str
    repairs: tuple[Repair, ...] = ()
    _starts: tuple[int, ...] = field(default=(), repr=False)       # repaired start of each repair

    @classmethod
    def of(cls, source: str) -> Aligned:
        """Text as read: nothing repaired yet."""
        return cls(source, source)

    @classmethod
    def _of_repairs(cls, source: str, repairs: Sequence[Repair]) -> Aligned:
        starts, shift = [], 0
        for repair in repairs:
            starts.append(repair.start + shift)
            shift += len(repair.new) - (repair.end - repair.start)
        return cls(source, replay(source, repairs), tuple(repairs), tuple(starts))

    def source_span(self, start: int, end: int) -> SourceSpan:
        """The source characters that repaired characters `start` to `end` answer for."""
        if start >= end:
            edge = self._source_start(start) if start < len(self.text) else len(self.source)
            return SourceSpan(edge, edge)
        if not self.repairs:
            return SourceSpan(start, end)
        return SourceSpan(self._source_start(start), self._source_end(end))

    def repaired_span(self, start: int, end: int) -> Span:
        """The repaired characters that stand for source characters `start` to `end`."""
        if not self.repairs:
            return Span(start, end)
        return Span(self._repaired_edge(start, upper=False), self._repaired_edge(end, upper=True))

    def edit(self, edits: Iterable[Edit]) -> Aligned:
        """All edits of one step together (repaired offsets, apart from one another), as a new Aligned."""
        ordered = sorted(edits, key=lambda e: (e.start, e.end))
        if not ordered:
            return self
        merged: list[Repair] = []
        old = list(self.repairs)
        at = 0                                              # first old repair not yet passed on
        for group in self._grouped(ordered):
            lo, hi = group.start, group.end                 # repaired offsets, whole repairs swallowed
            while at < len(old) and self._starts[at] + len(old[at].new) <= lo and not self._touches(at, lo, hi):
                merged.append(old[at])
                at += 1
            swallowed = []
            while at < len(old) and self._touches(at, lo, hi):
                swallowed.append(old[at])
                at += 1
            source_start = min([self._source_start(lo), *(r.start for r in swallowed)])
            source_end = max([self._source_end(hi) if hi > lo else source_start, *(r.end for r in swallowed)])
            kinds = tuple(dict.fromkeys([k for r in swallowed for k in r.kinds] + [e.kind for e in group.edits]))
            sure = min([r.confidence for r in swallowed] + [e.confidence for e in group.edits])
            second = next((x for x in [*(e.runner_up for e in group.edits), *(r.runner_up for r in swallowed)] if x),
                          None)
            merged.append(Repair(source_start, source_end, group.new(self.text), kinds, sure, second))
        merged += old[at:]
        # A step that puts back what was there leaves no trace in the log.
        kept = [r for r in merged if r.new != self.source[r.start:r.end]]
        return Aligned._of_repairs(self.source, kept)

    def _touches(self, index: int, lo: int, hi: int) -> bool:
        """Whether repair `index` must be one with an edit of repaired [lo, hi).

        It must where they share characters. What is put in at one point joins any repair it stands beside,
        so that no two repairs of the log stand at one place of the source.
        """
        start = self._starts[index]
        end = start + len(self.repairs[index].new)
        if lo == hi:
            return start <= lo <= end
        return lo < start < hi if start == end else start < hi and end > lo

    def _grouped(self, edits: Sequence[Edit]) -> Iterable[_Group]:
        """Edits that end up in the same repairs, with the repaired stretch they cover."""
        group: _Group | None = None
        for edit in edits:
            lo, hi = self._widen(edit.start, edit.end)
            if group is not None and edit.start < group.edits[-1].end:
                raise RepairOverlap("E32", f"{edit}", f"overlaps {group.edits[-1]}")
            if group is not None and lo < group.end:
                group.edits.append(edit)
                group.end = max(group.end, hi)
            else:
                if group is not None:
                    yield group
                group = _Group(lo, hi, [edit])
        if group is not None:
            yield group

    def _widen(self, lo: int, hi: int) -> tuple[int, int]:
        """The stretch grown until no repair stands half inside it."""
        first = bisect_left(self._starts, lo)
        while first and self._starts[first - 1] + len(self.repairs[first - 1].new) >= lo:
            first -= 1
        grown = lo, hi
        for index in range(first, len(self._starts)):
            if self._starts[index] > hi:
                break
            if self._touches(index, lo, hi):
                end = self._starts[index] + len(self.repairs[index].new)
                grown = min(grown[0], self._starts[index]), max(grown[1], end)
        return grown

    def _source_start(self, at: int) -> int:
        """Source offset of the first character that repaired character `at` answers for."""
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return at
        repair = self.repairs[index]
        inside = at - self._starts[index]
        if inside < len(repair.new):
            # A repair of the same length changed its characters one for one.
            return repair.start + (inside if len(repair.new) == repair.end - repair.start else 0)
        return repair.end + inside - len(repair.new)

    def _source_end(self, at: int) -> int:
        """Source offset just after the last character that repaired characters up to `at` answer for."""
        if at == 0:
            return 0
        index = bisect_right(self._starts, at - 1) - 1
        if index < 0:
            return at
        repair = self.repairs[index]
        inside = at - 1 - self._starts[index]
        if inside < len(repair.new):
            return repair.start + inside + 1 if len(repair.new) == repair.end - repair.start else repair.end
        return repair.end + inside - len(repair.new) + 1

    def _repaired_edge(self, at: int, *, upper: bool) -> int:
        index = bisect_left(self.repairs, at, key=attrgetter("start"))         # repairs before start before `at`
        if not upper:
            while index < len(self.repairs) and self.repairs[index].end == at:    # put in just here: before the span
                index += 1
        if not index:
            return at
        repair, start = self.repairs[index - 1], self._starts[index - 1]
        if repair.end <= at:
            return start + len(repair.new) + at - repair.end
        if len(repair.new) == repair.end - repair.start:
            return start + at - repair.start
        return start + (len(repair.new) if upper else 0)


class _Group:
    __slots__ = ("edits", "end", "start")

    def __init__(self, start: int, end: int, edits: list[Edit]) -> None:
        self.start, self.end, self.edits = start, end, edits

    def new(self, text: str) -> str:
        parts: list[str] = []
        done = self.start
        for edit in self.edits:
            parts += text[done:edit.start], edit.new
            done = edit.end
        parts.append(text[done:self.end])
        return "".join(parts)
