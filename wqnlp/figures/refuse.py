"""Numbers that are no figures, in one pass, each with its reason: dates, phones, ordinals, names with numbers …"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from wqnlp.figures.base import Refusal
from wqnlp.grammar.heads import Search
from wqnlp.tables import rules


class Refused(NamedTuple):
    """A stretch that holds no figure, and why."""

    start: int
    end: int
    reason: str


@cache
def _rules() -> tuple[Search, tuple[str, ...]]:
    """All rules in file order: at one place the first that matches speaks."""
    known = rules("not_figures")
    return Search([rule.pattern.pattern for rule in known]), tuple(str(rule.gives) for rule in known)


class Refusals:
    """The refused stretches of a text, to be asked about one place at a time."""

    def __init__(self, text: str, start: int, end: int) -> None:
        search, reasons = _rules()
        self.found = [Refused(m.start(), m.end(), reasons[which]) for m, which in search.finditer(text, start, end)]
        self._starts = [r.start for r in self.found]

    def over(self, start: int, end: int) -> Refused | None:
        """The refused stretch that shares characters with [start, end), if any."""
        index = bisect_right(self._starts, start) - 1
        for refused in self.found[max(index, 0):index + 2]:
            if refused.start < end and refused.end > start:
                return refused
        return None

    def apart(self, covered: Sequence[tuple[int, int]]) -> list[Refused]:
        """The refused stretches that share no character with the spans `covered` (sorted, apart)."""
        starts = [start for start, _ in covered]
        left = []
        for refused in self.found:
            index = bisect_left(starts, refused.end) - 1
            if index < 0 or covered[index][1] <= refused.start:
                left.append(refused)
        return left


_DIGITS = re.compile(r"[0-9０-９]+")


def with_digits(text: str, refused: Refused) -> Refusal:
    """A refused stretch as it goes on record."""
    return Refusal(start=refused.start, end=refused.end, text=text[refused.start:refused.end], reason=refused.reason)


def unaccounted(text: str, start: int, end: int, covered: list[tuple[int, int]]) -> list[Refusal]:
    """Runs of Arabic digits that neither a figure nor a refusal holds: set aside, too: all are accounted for."""
    covered = sorted(covered)
    starts = [a for a, _ in covered]
    left = []
    for run in _DIGITS.finditer(text, start, end):
        index = bisect_right(starts, run.start()) - 1
        if index >= 0 and covered[index][1] > run.start():
            continue
        left.append(Refusal(start=run.start(), end=run.end(), text=run[0], reason="no_unit"))
    return left
