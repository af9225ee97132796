"""Where in a summary a rule looks: title, opening, headings, signature, body."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from wqnlp.grammar.heads import headed_rules, needed
from wqnlp.span import Span
from wqnlp.structure import Summary
from wqnlp.tables import Rule

OPENING = 2                # paragraphs
LONGEST = 600              # characters of an opening paragraph that are read


class Found(NamedTuple):
    """A rule that spoke, with its match; offsets of the match are repaired ones of the file."""

    rule: Rule
    match: re.Match[str]
    start: int
    end: int
    zone: str


@cache
def _by_zone(name: str) -> dict[str, tuple[tuple[Rule, re.Pattern[str], str], ...]]:
    """The rules of each zone, each with its pattern and what the pattern cannot do without."""
    zones: dict[str, list[tuple[Rule, re.Pattern[str], str]]] = {}
    for rule, pattern in headed_rules(name):
        zones.setdefault(str(rule.extra.get("where", "body")), []).append((rule, pattern, needed(rule.pattern.pattern)))
    return {zone: tuple(found) for zone, found in zones.items()}


def zones(summary: Summary) -> dict[str, tuple[Span, ...]]:
    """The spans of each zone. The title comes before the other lines of the head; the opening is
    the first two paragraphs."""
    by_kind: dict[str, list[Span]] = {"title": [], "heading": [], "signature": [], "body": [], "opening": []}
    if summary.title.end > summary.title.start:
        by_kind["title"].append(summary.title)
    opened = 0
    titled = max((line.end for line in summary.lines if line.kind == "title"), default=0)
    for line in summary.lines:
        if line.kind == "title" and not (line.start < summary.title.end and summary.title.start < line.end):
            by_kind["title"].append(Span(line.start, line.end))
        if line.kind in ("heading", "signature", "body"):
            by_kind[line.kind].append(Span(line.text_start if line.kind == "heading" else line.start, line.end))
        if line.kind == "body" and opened < OPENING and line.start >= titled:
            by_kind["opening"].append(Span(line.start, min(line.end, line.start + LONGEST)))
            opened += 1
    return {zone: tuple(spans) for zone, spans in by_kind.items()}


def apply(name: str, summary: Summary) -> Iterator[Found]:
    """Every match of the rules of `data/rules/NAME.yaml` in the zones they ask for."""
    text = summary.repaired.text
    where = zones(summary)
    for zone, found in _by_zone(name).items():
        for span in where.get(zone, ()):
            words = text[span.start:span.end]
            for rule, pattern, need in found:
                for match in pattern.finditer(words) if need in words else ():
                    yield Found(rule, match, span.start + match.start(), span.start + match.end(), zone)
