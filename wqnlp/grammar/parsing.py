"""All that a text counts or measures: numbers with their units, money, percentages, ranges, masks."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from wqnlp.grammar import approx, numerals, scan, units
from wqnlp.grammar.bounds import ranges
from wqnlp.grammar.reading import Reading, amounts, numbers, percentages


def parse(text: str) -> list[Reading]:
    """Every number of a text with the unit it is printed with and the bounds its words give it, in order, apart.

    The span is that of number and unit; words such as 超过 and 以上 are outside it and in `low` and `high`.

    >>> for r in parse("全年接待來訪超過２８７人次，調解五六百件，發放3.5萬元，佔九成以上，另有2xx件"):
    ...     print(r.text, r.value, r.low, r.high, r.unit, r.kind)
    ２８７人次 287.0 287.0 None 人次 people
    五六百件 None 500.0 600.0 件 range
    3.5萬元 35000.0 35000.0 35000.0 元 money
    九成 90.0 90.0 None % percent
    2xx件 None 200.0 299.0 件 count
    """
    clear = scan.plain(text)
    bounds = ranges(text)
    found = [*_masked(text, clear), *(_both(text, clear, one) for one in bounds if _two_ended(one)),
             *amounts(text), *percentages(text), *_powers(text, clear), *(_with_unit(text, clear, one) for one in numbers(text))]
    out: list[Reading] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not out or one.start >= out[-1].end:
            out.append(_roughly(clear, _bounded(one, bounds)))
    return out


def _roughly(clear: str, one: Reading) -> Reading:
    """约287人次, 287人左右, 近百名: the bounds that such words leave open."""
    if one.value is None or one.low is None or one.low != one.high:
        return one
    bound = approx.bound(clear, approx.lead(clear, one.start), one.start, one.end)
    if bound is None:
        return one
    no_low, no_high = approx.OPEN[bound]
    return one._replace(low=None if no_low else one.low, high=None if no_high else one.high)


def _powers(text: str, clear: str) -> list[Reading]:
    """上千件, 近百名: a power of ten alone counts where a word leaves it open and a unit follows."""
    out = []
    for found in _power().finditer(clear):
        number, unit = numerals.read(found["number"]), units.unit(found["unit"])
        if number is not None and unit is not None:
            out.append(Reading(found.start(), found.end(), text[found.start():found.end()], number.value, number.low, number.high,
                               unit.name, unit.kind))
    return out


def _two_ended(one: Reading) -> bool:
    return one.low is not None and one.high is not None and one.low != one.high


def _both(text: str, clear: str, one: Reading) -> Reading:
    return _with_unit(text, clear, one) if one.unit is None else one


def _with_unit(text: str, clear: str, one: Reading) -> Reading:
    """The number with the unit right after it."""
    found = _unit().match(clear, one.end)
    unit = units.unit(found["unit"]) if found else None
    if found is None or unit is None:
        return one
    kind = one.kind if one.value is None and one.kind == "range" else unit.kind
    return one._replace(end=found.end(), text=text[one.start:found.end()], unit=unit.name, kind=kind)


def _bounded(one: Reading, bounds: list[Reading]) -> Reading:
    """The reading with the bounds of the words around it."""
    for bound in bounds:
        if bound.start <= one.start < bound.end and one.value is not None and not _two_ended(bound):
            if one.value in (bound.low, bound.high):
                return one._replace(low=bound.low, high=bound.high)
            if bound.low is None and bound.high is not None and one.unit is not None:
                return one._replace(low=None)
            if bound.high is None:
                return one._replace(high=None)
    return one


def _masked(text: str, clear: str) -> list[Reading]:
    """2xx件, □00余人次, ××户: a unit must stand after a mask, for ×× alone may be a name."""
    out = []
    for found in _mask().finditer(clear):
        number = numerals.read(found["number"])
        unit = units.unit(found["unit"])
        if number is not None and number.value is None and unit is not None:
            out.append(Reading(found.start(), found.end(), text[found.start():found.end()], None, number.low, number.high,
                               unit.name, unit.kind))
    return out


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(rf"[ \u3000]?(?P<unit>{units.pattern()})")


@cache
def _power() -> re.Pattern[str]:
    return re.compile(rf"(?<=[近上逾超达过约])(?P<number>[百千万亿]+)[ \u3000]?(?P<unit>{units.pattern()})")


@cache
def _mask() -> re.Pattern[str]:
    return re.compile(rf"(?P<number>(?:{numerals.MASKED}|{numerals.LOST})[十百千万亿]*[多余]?)[ \u3000]?(?P<unit>{units.pattern()})")


def _whole(text: str, finder: Callable[[str], list[Reading]]) -> Reading | None:
    found = finder(text.strip())
    return found[0] if len(found) == 1 and found[0].text == text.strip() else None


def read_number(text: str) -> Reading | None:
    """A text that is one number and nothing else.

    >>> read_number("壹佰伍拾萬").value, read_number("三百五又三分之一").value, read_number("四川")
    (1500000.0, 350.3333333333333, None)
    """
    return _whole(text, numbers)


def read_percent(text: str) -> Reading | None:
    """A text that is one percentage.

    >>> read_percent("百分之二点四").value, read_percent("七成六").value, read_percent("287件")
    (2.4, 76.0, None)
    """
    return _whole(text, percentages)


def read_amount(text: str) -> Reading | None:
    """A text that is one sum of money.

    >>> read_amount("五元三毛")[3:7], read_amount("人民币8千元").value
    ((5.3, 5.3, 5.3, '元'), 8000.0)
    """
    return _whole(text, amounts)


def read_range(text: str) -> Reading | None:
    """A text that is one range, or one number with a bound.

    >>> read_range("20~100")[3:6], read_range("不少于三十")[3:6], read_range("五六百")[3:6]
    ((None, 20.0, 100.0), (None, 30.0, None), (None, 500.0, 600.0))
    """
    return _whole(text, ranges)
