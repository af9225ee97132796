"""The stretch of the year that a summary covers: all of it, a half, a quarter, or some months."""

from __future__ import annotations

from typing import NamedTuple

from wqnlp.grammar.periods import month_of, span_of
from wqnlp.metadata.decide import Decision, Vote, decide
from wqnlp.metadata.zones import Found, apply
from wqnlp.structure import Summary
from wqnlp.structure.outline import matches

_ORDER = "一二三四"


class Months(NamedTuple):
    """First and last month, both within."""

    first: int
    last: int

    @property
    def kind(self) -> str:
        """`annual`, `half`, `quarter` or `partial`, as records give it."""
        if self == (1, 12):
            return "annual"
        if self in ((1, 6), (7, 12)):
            return "half"
        return "quarter" if self.first % 3 == 1 and self.last == self.first + 2 else "partial"


def find(summary: Summary) -> Decision:
    """The months, as a decision whose value is `Months`; None where nothing is said."""
    news = is_news(summary)
    votes = []
    for found in apply("period", summary):
        if found.rule.extra.get("when") == "news" and not news:
            continue
        months = _months(found)
        if months is not None:
            votes.append(Vote(months, found.rule.id, found.rule.trust, found.start, found.end))
    return decide(votes)


def is_news(summary: Summary) -> bool:
    """Whether it is an article of a newspaper: no title of a summary, and words of a reporter."""
    if matches("titles", summary.slice(summary.title)) is not None:
        return False
    for line in summary.lines:
        rule = matches("closing", summary.slice(line)[:200]) if line.kind == "body" else None
        if rule is not None and rule.id.startswith("news"):
            return True
    return False


def dates(months: Months, year: int | None) -> tuple[str | None, str | None]:
    """ISO dates of the months in a year; None and None without one.

    >>> dates(Months(1, 6), 2008), dates(Months(1, 6), None)
    (('2008-01-01', '2008-06-30'), (None, None))
    """
    return (None, None) if year is None else span_of(year, *months)


def _months(found: Found) -> Months | None:
    named = {name: words for name, words in found.match.groupdict().items() if words}
    if found.rule.gives == "first_half":
        return Months(1, 6)
    if "half" in named or found.rule.id.startswith("half"):
        return Months(7, 12) if named.get("half", "").startswith("下") else Months(1, 6)
    if "quarter" in named:
        which = named["quarter"].strip("第季度 　")
        quarter = _ORDER.find(which) + 1 or int(which)
        return Months(3 * quarter - 2, 3 * quarter)
    if named.get("m1") == "前":
        return Months(1, 9)
    if "m1" in named:
        first, last = month_of(named["m1"]), month_of(named["m2"])
        return Months(first, last) if first and last and first <= last else None
    if "until" in named:
        last = month_of(named["until"])
        return Months(1, last) if last else None
    if "month" in named or "m" in named:
        only = month_of(named.get("month") or named["m"])
        return Months(only, only) if only else None
    return Months(1, 12) if named.get("annual") or found.rule.id.startswith("annual") else None
