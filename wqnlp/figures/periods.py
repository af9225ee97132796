"""The period of a figure, where its sentence narrows or widens the summary's own (今年1-10月份, 近年来, 2009年的)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from wqnlp.figures.context import Context
from wqnlp.grammar.periods import find_periods
from wqnlp.records import Document
from wqnlp.span import Span
from wqnlp.structure.base import Summary

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?![\d年])")


def narrow(summary: Summary, contexts: Sequence[Context], document: Document) -> None:
    """Set `period` of the quantities whose sentence names one that is not the summary's."""
    if document.year is None:
        return
    whole = (document.period_start, document.period_end)
    sentence: Span | None = None
    found: list[tuple[int, int, str, str]] = []
    for context in contexts:
        if context.sentence != sentence:
            sentence = context.sentence
            offset = sentence.start
            found = [(offset + start, offset + end, first, last) for start, end, first, last
                     in find_periods(summary.slice(sentence), document.year)
                     if first is not None and last is not None]
        period = _of_cell(context, document) or _governing(context, found)
        if period is not None and period != whole:
            context.quantity.period = period


def _of_cell(context: Context, document: Document) -> tuple[str, str] | None:
    """The narrowest period that heads and row labels of a table's cell name; an earlier one makes it `previous`."""
    quantity, year = context.quantity, document.year
    if not quantity.dated or year is None:
        return None
    said = ["".join(order) for order in (quantity.dated, quantity.dated[::-1])]
    found = [(first, last) for words in said
             for _, _, first, last in find_periods(_YEAR.sub(r"\1年", words), year) if first is not None and last is not None]
    if not found:
        return None
    period = min(found, key=lambda one: date.fromisoformat(one[1]) - date.fromisoformat(one[0]))
    if document.period_start is not None and period[1] < document.period_start:
        quantity.flags.add("previous")
    return period


def _governing(context: Context, found: Sequence[tuple[int, int, str, str]]) -> tuple[str, str] | None:
    """The last period named before a figure; one in a comparison speaks for the earlier figure alone."""
    quantity = context.quantity
    compared = "previous" in quantity.flags
    for start, end, first, last in reversed(found):
        if end > quantity.start:
            continue
        beside = quantity.start - end <= 14
        if compared:
            return (first, last) if beside else None
        if last < first or _is_base(context, start, end):
            continue
        return first, last
    return None


def _is_base(context: Context, start: int, end: int) -> bool:
    """Whether a period stands in 比2009年…, 与上年同期相比: it dates what is compared with."""
    at = start - context.sentence.start
    before = context.wide[max(0, at - 2):at] if at <= len(context.wide) else ""
    return any(mark in before for mark in "比较与同由从自")
