"""The stage itself: a summary to its `Document`, each field with the votes that gave it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from wqnlp.metadata import organisation, period, place, title, year
from wqnlp.metadata.decide import Decision, evidence
from wqnlp.metadata.period import Months
from wqnlp.records import Document, Evidence
from wqnlp.structure import Summary

ANNUAL = Months(1, 12)


def describe(summary: Summary, doc_id: str, path: str) -> Document:
    """Organisation, place, level, year and period of a summary, with evidence; None where the text gives none.

    The code is the one the place had in that year. A township has its county's.
    """
    months = period.find(summary)
    when = year.find(summary, months)
    years = int(str(when.value)) if when.value is not None else None
    span = months.value if isinstance(months.value, Months) else ANNUAL
    found, where = place.find(summary, years)
    division = found.division if found else None
    body = organisation.find(summary, division)
    period_start, period_end = period.dates(span, years)
    first = year.first(summary, when) if span == ANNUAL else None
    if first is not None:
        period_start = f"{first}-01-01"                 # 2008—2010年…回顾: the years together are its period
    source = summary.to_source(summary.start, summary.end)
    return Document(
        doc_id=doc_id, path=path, start=source.start, end=source.end, title=title.find(summary),
        organisation=None if body.value is None else str(body.value),
        place=division.full if division else None,
        adcode=division.code if division else None,
        level=division.level if division else None,
        year=years, period_start=period_start, period_end=period_end, period_kind=span.kind if first is None else "partial",
        evidence=_evidence(summary, when, months, where, body, place_name=division.full if division else ""),
        damage=damage(summary))


def _evidence(summary: Summary, when: Decision, months: Decision, where: Decision, body: Decision, *,
              place_name: str) -> dict[str, tuple[Evidence, ...]]:
    given = {"year": evidence(summary, when), "period": evidence(summary, months),
             "place": _place_evidence(summary, where, place_name), "organisation": evidence(summary, body)}
    if summary.title.end > summary.title.start:
        span = summary.to_source(*summary.title)
        given["title"] = (Evidence(rule="title_line", start=span.start, end=span.end, confidence=0.95,
                                   value=title.find(summary), text=summary.slice(summary.title)),)
    return {field: votes for field, votes in given.items() if votes}


def _place_evidence(summary: Summary, where: Decision, name: str) -> tuple[Evidence, ...]:
    """Votes with the place in words rather than as ids."""
    out = []
    for vote, record in zip(where.votes, evidence(summary, where), strict=False):
        words = name if vote.value == where.value else getattr(vote.value, "town", "") or getattr(vote.value, "id", "")
        out.append(Evidence(rule=record.rule, start=record.start, end=record.end, confidence=record.confidence,
                            value=words, text=record.text))
    return tuple(out)


def damage(summary: Summary) -> dict[str, int]:
    """How many repairs of each kind the summary holds, and under `unrepaired` how many marked spans stay."""
    source = summary.to_source(summary.start, summary.end)
    log, marks = summary.repaired.log, summary.repaired.marks
    counts: Counter[str] = Counter()
    for index in range(bisect_left(log, source.start, key=lambda repair: repair.start), len(log)):
        if log[index].start >= source.end:
            break
        counts.update(log[index].kinds)
    stay = sum(summary.start <= mark.start < summary.end for mark in marks)
    return dict(sorted(counts.items())) | ({"unrepaired": stay} if stay else {})
