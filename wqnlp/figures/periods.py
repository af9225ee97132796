"""The period of a figure, where its sentence narrows or widens the summary's own (今年1-10月份, 近年来, 2009年的).

A figure of a year before the summary's, told beside this one's, is `previous`; one of a time to come is `planned`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context
from wqnlp.grammar.periods import find_periods
from wqnlp.records import Document
from wqnlp.span import Span
from wqnlp.structure.base import Summary

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?![\d年])")
_THEN = re.compile(r"^[，,]?(?:全年|同期|末|底|度|全[县市省区州旗镇乡])*(?:仅|只|才|还)?(?:有|是|为|的|达|共)*"
                   r"(?:(?:受理|接待|接访|接报|收到|审结)(?:各类|群众|妇女|来信|来访|来电|信访|投诉|案件|纠纷)*)?(?:约|近)?$")
_TO_COME = re.compile(r"将|要|拟|计划|打算|力争|争取|确保|准备|再|提高到|增加到|扩大到|新增|新建|实现|完成|培训|举办|安排")
_LOOKS_BACK = re.compile(r"已|去年|今年|比|较|由|从|目前|截至|累计")
Dated = tuple[int, int, str, str]
"""A period in a sentence: where its words stand, its first and its last day."""


def set_apart(summary: Summary, contexts: Sequence[Context], document: Document, dated: Sequence[Sequence[Dated]]) -> None:
    """Flag figures of an earlier year as `previous` (2008年为212件，今年…) and those of a time to come as `planned`."""
    if document.year is None or document.period_start is None or document.period_end is None:
        return
    for context, found in zip(contexts, dated, strict=True):
        quantity = context.quantity
        named = next((period for period in reversed(found) if period[1] <= quantity.start), None)
        if named is None:
            continue
        between = summary.repaired.text[named[1]:quantity.start]
        if quantity.measure != "change" and named[3] < document.period_start and _THEN.match(between) and quantity.kind != "percent":
            quantity.flags.add("previous")
            quantity.reasons.append("flag: a period before this one")
        elif named[2] > document.period_end and _TO_COME.search(between) and not _LOOKS_BACK.search(between):
            quantity.flags.add("planned")
            quantity.reasons.append("flag: a period to come")


def dated(summary: Summary, contexts: Sequence[Context], year: int | None) -> list[Sequence[Dated]]:
    """Of each context the periods that its sentence names, where the year of the summary is known."""
    sentence: Span | None = None
    found: list[Dated] = []
    each: list[Sequence[Dated]] = []
    for context in contexts if year is not None else ():
        if context.sentence != sentence:
            sentence = context.sentence
            offset = sentence.start
            found = [(offset + start, offset + end, first, last) for start, end, first, last
                     in find_periods(summary.slice(sentence), year) if first is not None and last is not None]
        each.append(found)
    return each or [()] * len(contexts)


def narrow(contexts: Sequence[Context], document: Document, dated: Sequence[Sequence[Dated]]) -> None:
    """Set `period` of the quantities whose sentence names one that is not the summary's."""
    if document.year is None:
        return
    whole = (document.period_start, document.period_end)
    for context, found in zip(contexts, dated, strict=True):
        period = of_cell(context.quantity, document) or _governing(context, found)
        if period is not None and period != whole:
            context.quantity.period = period


def of_cell(quantity: Quantity, document: Document) -> tuple[str, str] | None:
    """The narrowest period that heads and row labels of a table's cell name; an earlier one makes it `previous`."""
    year = document.year
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


def _governing(context: Context, found: Sequence[Dated]) -> tuple[str, str] | None:
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
