"""Figures of a scan: what the recogniser doubts of their characters is taken from their confidence, and a number it
hardly knows has no value."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from wqnlp.figures.base import Quantity
from wqnlp.source.base import Doubt
from wqnlp.structure.base import Summary
from wqnlp.tables import table

_PARTED = re.compile(r"(?<![\d，,第])\d{1,3}[，,]\d{1,2}(?=\s?(?:[%％]|个百分点|[万亿]元))")


def weigh(summary: Summary, quantities: Sequence[Quantity]) -> None:
    """Lower confidences by the doubts of the source; flag `damaged` and take the value where a digit is under the floor.

    Does nothing for a source that was read rather than recognised. A page on which much is in doubt makes every figure
    of it less sure: what the recogniser takes for certain there is wrong more often, too. A full-width point is read as
    a comma with certainty: neither part of 占13，6% has a value.
    """
    doubts = summary.repaired.source.doubts
    if not doubts:
        return
    known, ends = table("confidence")["recognised"], [doubt.end for doubt in doubts]
    parted = [found.span() for found in _PARTED.finditer(summary.repaired.text, summary.start, summary.end)]
    for quantity in quantities:
        span = summary.to_source(quantity.start, quantity.number_end or quantity.end)
        own = _over(doubts, ends, span.start - 1, span.end + 1)
        at_all = [d.confidence for d in own if d.start < span.end and d.end > span.start]
        least = min(at_all, default=1.0)
        beside = min((d.confidence for d in own), default=1.0)
        near = _over(doubts, ends, span.start - known["reach"], span.end + known["reach"])
        lost = sum(1 - d.confidence for d in near) / (2 * known["reach"])
        if least < known["floor"] or beside < known["floor_beside"]:
            _unread(quantity, "recognised: under the floor")
        elif any(start <= quantity.start < end for start, end in parted):
            _unread(quantity, "recognised: a comma for a point")
        quantity.confidence *= least * max(1 - known["page"] * lost, known["least"])


def _unread(quantity: Quantity, reason: str) -> None:
    quantity.reasons.append(reason)
    if "masked" not in quantity.flags:
        quantity.flags.add("damaged")
    quantity.flags.discard("approximate")
    quantity.value = quantity.low = quantity.high = None


def _over(doubts: Sequence[Doubt], ends: Sequence[int], start: int, end: int) -> list[Doubt]:
    found = []
    for doubt in doubts[bisect_left(ends, start + 1):]:
        if doubt.start >= end:
            break
        found.append(doubt)
    return found
