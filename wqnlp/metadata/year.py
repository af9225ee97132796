"""The year a summary reports on: what it says, where it says it, and the events it tells of."""

from __future__ import annotations

from wqnlp.grammar.periods import month_of, year_of
from wqnlp.metadata import events
from wqnlp.metadata.decide import Decision, Vote, decide
from wqnlp.metadata.period import Months
from wqnlp.metadata.zones import Found, apply
from wqnlp.structure import Summary

LEAST = 0.4                # support below which no year is given
MASKED = 0.35              # the same where the text itself masks its year: nothing plainer can then be expected
OUTSIDE = 0.3              # what is left of a vote for a year that the events named rule out


def find(summary: Summary, months: Decision) -> Decision:
    """The year, with its votes; None where there is no evidence or where votes are level. `months` is what `period` found."""
    last = months.value.last if isinstance(months.value, Months) else 12
    votes = [vote for found in apply("year", summary) if (vote := _vote(found, last)) is not None]
    more, bounds = events.votes(summary)
    votes += more
    stated = {vote.value for vote in votes if vote.rule == "title_year"}
    weighed = [vote if bounds.low <= int(str(vote.value)) <= bounds.high or vote.value in stated
               else vote._replace(trust=vote.trust * OUTSIDE) for vote in votes]
    chosen = decide(weighed, LEAST)
    if chosen.value is None and _masked(summary):
        weaker = decide(weighed, MASKED)
        if weaker.confidence >= MASKED:                      # and nothing to speak of stands against it
            return weaker
    return chosen


def _masked(summary: Summary) -> bool:
    """Whether a year is masked in the summary: 20xx年, 二〇××年, [年份]."""
    return any(mark.kind == "mask" and mark.note in ("year", "placeholder") and summary.start <= mark.start < summary.end
               for mark in summary.repaired.marks)


def _vote(found: Found, last: int) -> Vote | None:
    """`last` is the last month that the summary covers: what is signed after it in spring is of the same year."""
    named = found.match.groupdict()
    year = year_of(named.get("y") or named.get("y2") or "")
    if named.get("yy"):
        year = 1900 + int(named["yy"]) if int(named["yy"]) > 50 else 2000 + int(named["yy"])
    if year is None:
        return None
    if found.rule.id == "title_year" and found.match.start() and _second(found):
        return None
    shift = found.rule.gives or 0
    if shift == "signed":
        month = month_of(named.get("m") or "")
        shift = -1 if month is not None and month <= 3 and last > month else 0
    return Vote(year + int(shift), found.rule.id, found.rule.trust, found.start, found.end)


def _second(found: Found) -> bool:
    """Whether another year stands before this one in the title: 2013年工作总结及2014年计划 is of 2013."""
    return found.rule.pattern.search(found.match.string, 0, found.match.start()) is not None


def first(summary: Summary, decision: Decision) -> int | None:
    """The first of several years that the title names as one stretch (2008—2010年), or None where it names one."""
    if not decision.votes or decision.votes[0].rule != "title_years":
        return None
    vote = decision.votes[0]
    began = year_of(summary.repaired.text[vote.start:vote.start + 4])
    return began if began is not None and began < int(str(vote.value)) else None
