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
    return re.compile(rf"(?:{'|'.join(parts)})(?:有|为|达到?|到|的|￥|¥|人民币|在|可以?|可?贷|可达|了)?\s*$")


@cache
def _after() -> re.Pattern[str]:
    words = table("numerals")["after"]
    parts = [f"(?P<{name}>{'|'.join(map(re.escape, sorted(listed, key=len, reverse=True)))})"
             for name, listed in words.items()]
    return re.compile(rf"[ \t　]*(?:{'|'.join(parts)})")


@cache
def _down() -> re.Pattern[str]:
    return re.compile(table("numerals")["down"])


@cache
def _level() -> re.Pattern[str]:
    return re.compile(table("numerals")["level"])


_STOPPED = re.compile(r"(?s:.*)[，。；：:、\n]")
_POWER = re.compile(r"[十百千万亿]+(?![余多])")
_MORE = re.compile(r"[多余](?=[，,。；;、）)\s]|$)")
_AT_LEAST = re.compile(r"(?:至少|最少)[一-龥]{0,4}$")
_MINUS = re.compile(r"(?:[长幅为达率：:]|[|│｜\t]|[ 　]{2,})\s*[-−－]$")     # 增长-3.5%, and a table's cell
_SIGNS = frozenset("-−－")
_BOUNDS = {"at_most": (True, False), "at_least": (False, True), "about": (True, True)}


def quantity(text: str, start: int, end: int, number_end: int, number: Number, unit: Unit | None) -> Quantity:
    """A Quantity of the printed number at [start, end), its bounds set by the words around it."""
    value, low, high = number.value, number.low, number.high
    flags = set(number.flags)
    reach = max(0, start - 24)
    stopped = _STOPPED.match(text, reach, start)
    lead = text[stopped.end() if stopped else reach:start]
    bound = _bound(text, lead, start, end)
    if bound:
        flags.add("approximate")
    if value is not None and bound:
        no_low, no_high = _BOUNDS[bound]
        low, high = (None if no_low else value), (None if no_high else value)
    if (_down().search(lead) and not _level().search(lead)) or (lead[-1:] in _SIGNS and _MINUS.search(lead)):
        value = None if value is None else -value
        low, high = (None if high is None else -high), (None if low is None else -low)
    kind = unit.kind if unit else "count"
    return Quantity(start=start, end=end, text=text[start:end], value=value, low=low, high=high,
                    unit=unit.name if unit else None, kind=kind, flags=flags, number_end=number_end)


def _bound(text: str, lead: str, start: int, end: int) -> str | None:
    """Which bound the words before (近, 超过, 上百) or after (以上, 左右) leave open."""
    if ("少" in lead and _AT_LEAST.search(lead)) or _MORE.match(text, end):
        return "at_least"
    if lead.endswith("上") and _POWER.match(text, start):
        return "at_least"
    word = _before().search(lead)
    tail = None if word else _after().match(text, end)
    return (word and word.lastgroup) or (tail and tail.lastgroup)
