"""From a printed quantity and the words beside it to value, bounds, sign, flags and canonical unit."""

from __future__ import annotations

import re
from functools import cache

from wqnlp.figures.base import Quantity
from wqnlp.grammar.numerals import Number
from wqnlp.grammar.units import Unit
from wqnlp.tables import table


@cache
def _before() -> re.Pattern[str]:
    words = table("numerals")["before"]
    parts = [f"(?P<{name}>{'|'.join(map(re.escape, sorted(listed, key=len, reverse=True)))})"
             for name, listed in words.items()]
    return re.compile(rf"(?:{'|'.join(parts)})(?:有|为|达|到|的|￥|¥|人民币|在)?\s*$")


@cache
def _after() -> re.Pattern[str]:
    words = table("numerals")["after"]
    parts = [f"(?P<{name}>{'|'.join(map(re.escape, sorted(listed, key=len, reverse=True)))})"
             for name, listed in words.items()]
    return re.compile(rf"\s*(?:{'|'.join(parts)})")


@cache
def _down() -> re.Pattern[str]:
    return re.compile(table("numerals")["down"])


def quantity(text: str, start: int, end: int, number_end: int, number: Number, unit: Unit | None) -> Quantity:
    """A Quantity of the printed number at [start, end), its bounds set by the words around it."""
    value, low, high = number.value, number.low, number.high
    flags = set(number.flags)
    lead = text[max(0, start - 24):start]
    lead = re.split(r"[，。；：:、\n]", lead)[-1]
    word = _before().search(lead)
    tail = _after().match(text, end)
    bound = (word and word.lastgroup) or (tail and tail.lastgroup)
    if value is not None and bound:
        flags.add("approximate")
        low, high = {"at_most": (None, value), "at_least": (value, None), "about": (None, None)}[bound]
    if _down().search(lead) and not re.search(r"(?:到|至|为)\s*$", lead):
        value = None if value is None else -value
        low, high = (None if high is None else -high), (None if low is None else -low)
    kind = unit.kind if unit else "count"
    return Quantity(start=start, end=end, text=text[start:end], value=value, low=low, high=high,
                    unit=unit.name if unit else None, kind=kind, flags=flags, number_end=number_end)
