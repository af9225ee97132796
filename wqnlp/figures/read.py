"""From a printed quantity and the words beside it to value, bounds, sign, flags and canonical unit."""

from __future__ import annotations

import re
from functools import cache

from wqnlp.figures.base import Quantity
from wqnlp.grammar import approx
from wqnlp.grammar.heads import headed
from wqnlp.grammar.numerals import Number
from wqnlp.grammar.units import Unit
from wqnlp.tables import table


@cache
def _down() -> re.Pattern[str]:
    return headed(table("numerals")["down"])


@cache
def _level() -> re.Pattern[str]:
    return headed(table("numerals")["level"])


_MINUS = headed(r"(?:[长幅为达率：:]|[|│｜\t]|[ 　]{2,})\s*[-−－]$")     # 增长-3.5%, and a table's cell
_SIGNS = frozenset("-−－")


def quantity(text: str, start: int, end: int, number_end: int, number: Number, unit: Unit | None) -> Quantity:
    """A Quantity of the printed number at [start, end), its bounds set by the words around it."""
    value, low, high = number.value, number.low, number.high
    flags = set(number.flags)
    lead = approx.lead(text, start)
    bound = approx.bound(text, lead, start, end)
    if bound:
        flags.add("approximate")
    if value is not None and bound:
        no_low, no_high = approx.OPEN[bound]
        low, high = (None if no_low else value), (None if no_high else value)
    if (_down().search(lead) and not _level().search(lead)) or (lead[-1:] in _SIGNS and _MINUS.search(lead)):
        value = None if value is None else -value
        low, high = (None if high is None else -high), (None if low is None else -low)
    kind = unit.kind if unit else "count"
    return Quantity(start=start, end=end, text=text[start:end], value=value, low=low, high=high,
                    unit=unit.name if unit else None, kind=kind, flags=flags, number_end=number_end)
