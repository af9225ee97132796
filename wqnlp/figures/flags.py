"""Flags that the words before a quantity give: a target not yet reached, a figure of another body."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

from wqnlp.figures.base import Quantity
from wqnlp.grammar.heads import headed
from wqnlp.span import Span
from wqnlp.structure.base import Line, Summary
from wqnlp.tables import rules, table

REACH = 80              # characters of the sentence before the quantity


@cache
def _words(name: str) -> re.Pattern[str]:
    return headed(table("plans")[name])


@cache
def _spoken() -> re.Pattern[str]:
    """What any of the rules finds."""
    return headed("|".join(f"(?:{rule.pattern.pattern})" for rule in rules("flags")))


def mark(summary: Summary, quantities: Sequence[Quantity]) -> None:
    """Add `planned` and `quoted`, with the rule that said so."""
    sections = _plans(summary)
    starts = [section.start for section in sections]
    for quantity in quantities:
        sentence = summary.sentence_at(quantity.start)
        before = summary.repaired.text[max(sentence.start, quantity.start - REACH):quantity.start]
        for rule in rules("flags") if _spoken().search(before) else ():
            if rule.pattern.search(before):
                quantity.flags.add(str(rule.gives))
                quantity.reasons.append(f"flag: {rule.id}")
        index = bisect_right(starts, quantity.start) - 1
        if index >= 0 and quantity.start < sections[index].end and not _words("looks_back").search(before):
            quantity.flags.add("planned")
            quantity.reasons.append("flag: planned.section")


def _plans(summary: Summary) -> list[Span]:
    """The sections under a heading that tells of what is still to be done, apart and in order."""
    found: list[Span] = []
    open_from: Line | None = None
    for line in summary.lines:
        if line.kind not in ("heading", "signature"):
            continue
        if open_from is not None and (line.kind == "signature" or line.level <= open_from.level):
            found.append(Span(open_from.end, line.start))
            open_from = None
        if open_from is None and line.kind == "heading" and _words("heading").search(_title(summary, line)):
            open_from = line
    if open_from is not None:
        found.append(Span(open_from.end, summary.end))
    return found


def _title(summary: Summary, line: Line) -> str:
    """The words of a heading, up to its first stop: a heading may run on into its text."""
    return re.split(r"[。；，]", summary.repaired.text[max(line.start, line.text_start):line.end])[0][:40]
