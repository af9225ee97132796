"""The issues a summary raises, how much weight it gives each, and the figures that count its cases.

An issue is raised by a figure that is about it; a mention without a figure counts only where a unit of work
speaks of cases (离婚、抚养等纠纷). Words alone would list every law that a summary quotes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from wqnlp import vocab
from wqnlp.issues.mentions import Mention, mentions, words
from wqnlp.issues.salience import Weigher, foremost
from wqnlp.issues.silence import denied_count, silence
from wqnlp.records import Activity, Document, Figure, Issue
from wqnlp.span import Span
from wqnlp.structure.base import Summary

CASES = ("cases_received", "case_visits", "cases_resolved", "cases_pending")
PUBLICITY = frozenset({"events", "materials", "people_trained", "participants", "honours"})
"""Measures of publicity: a lecture about an issue (防性侵讲座12场) is no case of it."""
SIDE_BY_SIDE = ("measure", "unit", "actor", "parent", "role", "period_start", "period_end")
CASE_THEMES = frozenset({"petition_handling", "legal_aid"})
NEAR = 8                     # characters after a mention in which a case noun must stand
HOLLOW = frozenset({"other", "general", "marriage_family", "labour", "personal", "property"})
"""Codes that a mention without a figure does not raise: 婚姻家庭 stands in every summary's name of something."""


@dataclass(slots=True)
class Found:
    """What a summary has on one issue. Spans are repaired ones."""

    issue: str
    figures: list[Figure] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)


def find(summary: Summary, document: Document, figures: Sequence[Figure],
         activities: Sequence[Activity]) -> list[Issue]:
    """The issues of one summary, in order of their first mention.

    `figures` and `activities` are those of this summary. `cases` is the value of the figure that counts the
    issue's cases received (None where it is masked, lost or not given), `share` its printed share in per cent.

    Method: a figure's `issue` raises that issue; see `Weigher` for the weight.
    """
    found, pressed = _by_issue(summary, figures, activities)
    weight = Weigher(summary, figures, activities, pressed)
    issues = []
    for one in sorted(found.values(), key=lambda f: f.mentions[0].start if f.mentions else summary.end):
        span = _best_mention(summary, one)
        source = summary.to_source(span.start, span.end)
        count = _case_figure(one)
        share = _share_figure(one, count, figures)
        issues.append(Issue(
            doc_id=document.doc_id, issue=one.issue, start=source.start, end=source.end, text=summary.slice(span),
            salience=weight(one.issue, one.figures, one.mentions),
            cases=_cases(summary, one, count), share=share.value if share else None))
    return issues


def _by_issue(summary: Summary, figures: Sequence[Figure], activities: Sequence[Activity]
              ) -> tuple[dict[str, Found], set[str]]:
    """What there is on each issue, and the issues that are called foremost."""
    text = summary.repaired.text
    named: dict[str, list[Mention]] = defaultdict(list)
    silent: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions(text, summary.start, summary.end):
        (silent if silence(text, mention) else named)[mention.issue].append(mention)
    found: dict[str, Found] = {}
    for figure in figures:
        if figure.issue is not None and "quoted" not in figure.flags \
                and _tells_of_cases(summary, figure, named.get(figure.issue, ()), silent.get(figure.issue, ())):
            found.setdefault(figure.issue, Found(figure.issue)).figures.append(figure)
    told, pressed = _told(summary, named, activities)
    for issue in told | pressed:
        found.setdefault(issue, Found(issue))
    for issue, one in found.items():
        one.mentions = named.get(issue) or silent.get(issue, [])
    return found, pressed


def _tells_of_cases(summary: Summary, figure: Figure, named: Sequence[Mention], silent: Sequence[Mention]) -> bool:
    """Whether a figure raises its issue: not none (0起), not denied (未发生1起), not what a lecture was about."""
    if figure.measure in PUBLICITY or figure.value == 0:
        return False
    at = summary.repaired.aligned.repaired_span(figure.start, figure.end)
    if figure.measure in CASES:
        return not denied_count(summary.repaired.text, at.start)
    sentence = summary.sentence_at(at.start)
    return not any(sentence.start <= m.start < sentence.end for m in silent) \
        or any(sentence.start <= m.start < sentence.end for m in named)


def _told(summary: Summary, named: dict[str, list[Mention]], activities: Sequence[Activity]
          ) -> tuple[set[str], set[str]]:
    """Issues told of as cases, figures or none, in a unit that handles cases; and those called foremost there."""
    text, told, pressed = summary.repaired.text, set(), set()
    windows = sorted(summary.repaired.aligned.repaired_span(a.start, a.end) for a in activities
                     if CASE_THEMES & set(a.themes))
    for issue, places in named.items():
        if issue in HOLLOW or vocab.parent(issue) is None:
            continue
        places = [m for m in places if _inside(m.start, windows)]
        if any(words("case_nouns").search(text, m.end, m.end + NEAR) for m in places):
            told.add(issue)
        if any(foremost(summary, m) for m in places):
            pressed.add(issue)
    if "domestic_violence" in named and any("anti_violence" in a.themes for a in activities):
        told.add("domestic_violence")                  # a unit of work given to it raises it, figures or none
    return told, pressed


def _inside(offset: int, windows: Sequence[Span]) -> bool:
    """Whether one of the windows (sorted, apart) holds an offset."""
    index = bisect_right(windows, offset, key=lambda w: w.start) - 1
    return index >= 0 and offset < windows[index].end


def _case_figure(one: Found) -> Figure | None:
    """The figure that counts the issue's cases: received before visits, a part of a total before one alone."""
    ids = {f.id for f in one.figures if f.measure in CASES}       # a part of the issue's own cases is not its number
    counts = [f for f in one.figures if f.measure in CASES and f.parent not in ids
              and not {"previous", "planned"} & set(f.flags)]
    return min(counts, key=lambda f: (CASES.index(f.measure), f.actor != "womens_federation", f.parent is None,
                                      f.start), default=None)


def _cases(summary: Summary, one: Found, count: Figure | None) -> float | None:
    """The issue's cases; where one sentence counts two names of it side by side (抚养9件，赡养4件), their sum."""
    if count is None or count.value is None:
        return None
    span = summary.repaired.aligned.repaired_span
    sentence = summary.sentence_at(span(count.start, count.end).start)
    ids, total = {f.id for f in one.figures}, count.value
    if count.parent in ids:
        return total
    for other in one.figures:
        beside = all(getattr(other, key) == getattr(count, key) for key in SIDE_BY_SIDE) and other.id != count.id
        if beside and sentence.start <= span(other.start, other.end).start < sentence.end \
                and not {"previous", "planned", "duplicate"} & set(other.flags):
            if other.value is None:
                return None
            total += other.value
    return total


def _share_figure(one: Found, count: Figure | None, figures: Sequence[Figure]) -> Figure | None:
    """The printed share of its cases: the figure right after the count (占63.4%), else none is certain."""
    following = (f for f in figures if count is not None and f.start > count.start)
    first = min(following, key=lambda f: f.start, default=None)
    if first is not None and first.measure == "share" and first.issue == one.issue and "previous" not in first.flags:
        return first
    own = [f for f in one.figures if f.measure == "share" and not {"previous", "planned"} & set(f.flags)]
    return own[0] if count is None and len({f.value for f in own}) == 1 else None


def _best_mention(summary: Summary, one: Found) -> Span:
    """The name that stands closest before the counting figure; else the first name; else the figure itself."""
    figure = _case_figure(one) or next(iter(one.figures), None)
    if figure is None:
        return Span(one.mentions[0].start, one.mentions[0].end)
    at = summary.repaired.aligned.repaired_span(figure.start, figure.end)
    sentence = summary.sentence_at(at.start)
    before = [m for m in one.mentions if sentence.start <= m.start and m.end <= at.start]
    if before:
        return Span(before[-1].start, before[-1].end)
    if one.mentions:
        return Span(one.mentions[0].start, one.mentions[0].end)
    return at
