"""How much weight a summary gives an issue: key_problem, reported or mentioned.

- key_problem: the largest class of cases among several, an issue whose cases are said to grow or to stand
  foremost, one that a heading or the title is about.
- reported: its cases are counted as a class of a breakdown, or it is a broad class (劳动权益类21件) or domestic
  violence and its cases are counted, or (domestic violence) a unit of work is given to it.
- mentioned: anything less.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence

from wqnlp import vocab
from wqnlp.issues.mentions import Mention, mentions, words
from wqnlp.issues.silence import silence
from wqnlp.records import Activity, Figure
from wqnlp.span import Span
from wqnlp.structure.base import Summary

COUNTED = ("cases_received", "case_visits")
AHEAD, BACK = 60, 4          # characters in which words of emphasis speak of a mention
_DIGIT_WITHIN = re.compile(r"[^\d（(\s]\D*\d")
RESIDUAL = ("other", "general")
_CUT = re.compile(r"[，；、：]")         # what stands before a comma speaks of the issue before
HANDLED = (*COUNTED, "cases_resolved", "cases_pending")


class Weigher:
    """Weighs the issues of one summary; made once from all its figures and activities."""

    def __init__(self, summary: Summary, figures: Sequence[Figure], activities: Sequence[Activity],
                 pressed: Collection[str] = ()) -> None:
        self.summary = summary
        self.headed, self.stressed = _headed(summary), _stressed_units(summary)
        self.pressed = pressed                # issues that the summary calls foremost, figures or none
        self.fights_violence = any("anti_violence" in a.themes for a in activities)
        self.sizes: dict[tuple[str, str], dict[str, float]] = {}     # (total, measure) to size of each issue's part
        self.broken_down: dict[str | None, set[str]] = {}           # a total to the issues of its parts
        issue_of = {figure.id: figure.issue for figure in figures}
        for figure in figures:
            if figure.parent is not None and figure.issue is not None:
                self.broken_down.setdefault(figure.parent, set()).add(figure.issue)
            size = figure.value if figure.value is not None else figure.low
            if figure.parent is None or figure.issue in (None, *RESIDUAL, issue_of.get(figure.parent)):
                continue                                    # no class of cases, or the rest of its own class
            if figure.issue and figure.measure in COUNTED:
                parts = self.sizes.setdefault((figure.parent, figure.measure), {})
                parts[figure.issue] = max(size or 0.0, parts.get(figure.issue, 0.0))

    def __call__(self, issue: str, own: Sequence[Figure], named: Sequence[Mention]) -> str:
        """key_problem, reported or mentioned: `own` are the issue's figures, `named` its mentions."""
        counted = [f for f in own if f.measure in COUNTED and not {"previous", "planned"} & set(f.flags)]
        if issue not in RESIDUAL and self._is_key(issue, own, named, counted):
            return "key_problem"
        ids = {f.id for f in own}
        classes = [f for f in own if f.role == "part" and f.parent not in ids and "previous" not in f.flags]
        if any(f.measure in COUNTED or (f.measure in HANDLED and len(self.broken_down.get(f.parent, ())) > 1)
               for f in classes):
            return "reported"                                # a class of a breakdown
        if counted and (vocab.parent(issue) is None or issue == "domestic_violence"):
            return "reported"
        return "reported" if issue == "domestic_violence" and self.fights_violence else "mentioned"

    def _is_key(self, issue: str, own: Sequence[Figure], named: Sequence[Mention],
                counted: Sequence[Figure]) -> bool:
        if issue in self.pressed or any(m.end <= self.summary.title.end for m in named):
            return True
        if not counted:
            return False
        return self._largest(issue, counted) or _rises(own) or issue in self.headed or \
            _emphasised(self.summary, named, counted) or self._stressed(issue, own)

    def _stressed(self, issue: str, own: Sequence[Figure]) -> bool:
        """Whether its share is printed in a unit that speaks of what weighs most."""
        if vocab.parent(issue) is None or not self.stressed:
            return False
        aligned = self.summary.repaired.aligned
        shares = sorted(aligned.repaired_span(f.start, f.end).start for f in own if f.measure == "share")
        return any(bisect_left(shares, unit.start) < bisect_left(shares, unit.end) for unit in self.stressed)

    def _largest(self, issue: str, counted: Sequence[Figure]) -> bool:
        """Whether its cases outnumber every other class of the same total, and there are other classes."""
        if vocab.parent(issue) is not None:
            return False
        totals = [self.sizes.get((f.parent, f.measure), {}) for f in counted if f.parent]
        return any(len(sizes) > 1 and all(sizes.get(issue, 0) > size for other, size in sizes.items() if other != issue)
                   for sizes in totals)


def _rises(own: Sequence[Figure]) -> bool:
    return any(f.measure == "change" and f.value is not None and f.value > 0 for f in own)


def _emphasised(summary: Summary, named: Sequence[Mention], counted: Sequence[Figure]) -> bool:
    """Whether words of emphasis follow a counted mention before the next issue is named."""
    text, emphasis = summary.repaired.text, words("emphasis")
    starts = sorted(summary.repaired.aligned.repaired_span(f.start, f.end).start for f in counted)
    for mention in named:
        sentence = summary.sentence_at(mention.start)
        if bisect_left(starts, sentence.start) == bisect_left(starts, sentence.end):
            continue                                        # no figure of its cases in this sentence
        if emphasis.search(text, *_reach(summary, mention)):
            return True
    return False


def foremost(summary: Summary, mention: Mention) -> bool:
    """Whether the summary calls this issue foremost in so many words: 农村妇女土地权益问题不容忽视."""
    return words("foremost").search(summary.repaired.text, *_reach(summary, mention)) is not None


def _reach(summary: Summary, mention: Mention) -> tuple[int, int]:
    """From where to where words of emphasis speak of a mention: to the next issue, back to the last comma."""
    text, sentence = summary.repaired.text, summary.sentence_at(mention.start)
    stop = min(sentence.end, mention.end + AHEAD)
    rival = next((m.start for m in mentions(text, mention.end, stop)
                  if m.issue != mention.issue and vocab.parent(mention.issue) != m.issue), stop)
    back = max(sentence.start, mention.start - BACK)
    return max([back, *(cut.end() for cut in _CUT.finditer(text, back, mention.start))]), rival


def _headed(summary: Summary) -> set[str]:
    """Narrow issues that a heading, or the opening clause of a unit, is about."""
    calm, text = words("calm_heading"), summary.repaired.text
    openings = (_opening(summary, Span(u.start, u.end)) for u in summary.units)
    headings = [Span(line.start, line.end) for line in summary.lines if line.kind == "heading"]
    return {mention.issue for heading in (*headings, *(span for span in openings if span is not None))
            if not calm.search(text, heading.start, heading.end) and not _has_digit(text[heading.start:heading.end])
            for mention in mentions(text, heading.start, heading.end)
            if vocab.parent(mention.issue) is not None and silence(text, mention) not in ("title", "denied")}


def _stressed_units(summary: Summary) -> list[Span]:
    """Units that open with a lead such as 二是抓重点."""
    text, lead = summary.repaired.text, words("stressed_lead")
    openings = ((Span(u.start, u.end), _opening(summary, Span(u.start, u.end))) for u in summary.units)
    return [unit for unit, span in openings if span is not None and lead.search(text, span.start, span.end)]


def _opening(summary: Summary, unit: Span) -> Span | None:
    """The short first sentence of a unit, which serves as its heading: 二是抓重点。"""
    stop = summary.repaired.text.find("。", unit.start, min(unit.end, unit.start + 40))
    return Span(unit.start, stop) if stop >= 0 else None


def _has_digit(heading: str) -> bool:
    """Whether figures stand in it, list marker aside: then it is a sentence of the report, not a heading."""
    return bool(_DIGIT_WITHIN.search(heading))
