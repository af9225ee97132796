"""Numbers, percentages, sums of money and ranges of any Chinese text, with value, bounds, unit and span.

Traditional or simplified, full-width or half-width, formal (壹佰) or plain: spans are those of the text as given.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from wqnlp.grammar import scan
from wqnlp.grammar.scan import Found
from wqnlp.tables import table


class Reading(NamedTuple):
    """What a stretch [start, end) of a text says.

    `value` is nominal and None for a range; `low` and `high` are what the words support, None where they leave it
    open; `unit` is canonical (元 for money, % for percentages), None for a number alone; `kind` is number, percent,
    money, count, people or range.
    """

    start: int
    end: int
    text: str
    value: float | None
    low: float | None
    high: float | None
    unit: str | None
    kind: str


def numbers(text: str) -> list[Reading]:
    """Every number of a text, without units.

    >>> [(r.text, r.value) for r in numbers("負一萬零十二點一五，三分之一")]
    [('負一萬零十二點一五', -10012.15), ('三分之一', 0.3333333333333333)]
    """
    return [Reading(one.start, one.end, text[one.start:one.end], one.value, one.low, one.high, None,
                    "number" if one.value is not None else "range") for one in scan.numbers(text)]


_SIGN = re.compile(r"\s*(?:%|(?:个\s*)?百\s*分\s*点)")
_PER_MILLE = re.compile(r"\s*‰")
_BELOW = re.compile(r"(?<![零一二三四五六七八九十\d])(百万万|百万|千万|万万|百|千|万)\s*分\s*之\s*"
                    r"(?=[\d零一二两三四五六七八九十百千万负.-])")
_BELOWS = {"百": 1.0, "千": 0.1, "万": 0.01, "百万": 1e-4, "千万": 1e-5, "万万": 1e-6, "百万万": 1e-8}
_OFF = re.compile(r"(?P<half>半)\s*折|(?<=打)对折|(?P<first>[\d一二两三四五六七八九])\s*(?P<point>[点.])?\s*"
                  r"(?P<second>[\d一二三四五六七八九])?\s*折")


def percentages(text: str) -> list[Reading]:
    """Every percentage: 22%, 百分之五十九点八, 千分之三, 三个百分点, 七成六, 八五折. Values are in percent.

    >>> [(r.text, r.value) for r in percentages("百分之五十九點八，佔九成半，下降３.５個百分點，打八五折")]
    [('百分之五十九點八', 59.8), ('九成半', 95.0), ('３.５個百分點', 3.5), ('八五折', 85.0)]
    """
    clear = scan.plain(text)
    found = [*_below(clear), *_signed(text, clear), *_off(clear)]
    return [Reading(one.start, one.end, text[one.start:one.end], one.value, one.low, one.high, "%", "percent")
            for one in _apart(found)]


def _below(clear: str) -> list[Found]:
    """百分之五, 千分之三, and 百分之百."""
    out = []
    for start in _BELOW.finditer(clear):
        whole = re.compile("百(?![零一二三四五六七八九十分])").match(clear, start.end())
        one = Found(start.end(), start.end() + 1, 100.0, 100.0, 100.0) if whole else scan.number_at(clear, start.end())
        if one is not None:
            out.append(_times(one._replace(start=start.start()), _BELOWS[start[1]]))
    return out


def _signed(text: str, clear: str) -> list[Found]:
    """A number with % or 个百分点 after it, or with 成."""
    out = []
    tenth = _tenth()
    for one in scan.numbers(text):
        sign, mille, part = (pattern.match(clear, one.end) for pattern in (_SIGN, _PER_MILLE, tenth))
        if sign:
            out.append(one._replace(end=sign.end()))
        elif mille:
            out.append(_times(one._replace(end=mille.end()), 0.1))
        elif part and one.value is not None and 0 < one.value <= 10:
            more = 5.0 if part["more"] == "半" else scan.DIGITS.get(part["more"] or "", 0.0)
            value = round(10 * one.value + more, 6)
            out.append(Found(one.start, part.end(), value, value, None if part["over"] else value))
    out += [Found(m.start(), m.end(), 5.0, 5.0, 5.0) for m in re.finditer(r"(?<![过多一大])半\s*成(?!品|本|[一-龥]品)", clear)]
    return out


@cache
def _tenth() -> re.Pattern[str]:
    stop = table("reading")["not_tenth"]
    return re.compile(rf"\s*成(?![{stop}])(?:\s*(?P<more>[半一二三四五六七八九])(?![个名件次年月级届期条大是]))?(?P<over>[多余])?")


def _off(clear: str) -> list[Found]:
    """Discounts, read as what is left to pay: 八折 is 80 %."""
    out = []
    for m in _OFF.finditer(clear):
        if clear[m.end():m.end() + 1] in set(table("reading")["not_off"]):
            continue
        if m["first"] is None:
            value = 50.0
        else:
            first, second = (scan.DIGITS.get(d, float(d) if d.isdigit() else 0.0) for d in (m["first"], m["second"] or "零"))
            value = 10 * first + second
        out.append(Found(m.start(), m.end(), value, value, value))
    return out


def _times(one: Found, factor: float) -> Found:
    def scaled(value: float | None) -> float | None:
        return None if value is None else float(f"{value * factor:.12g}")
    return one._replace(value=scaled(one.value), low=scaled(one.low), high=scaled(one.high))


def _apart(found: list[Found]) -> list[Found]:
    """In order, of those that overlap the longest from the left."""
    out: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not out or one.start >= out[-1].end:
            out.append(one)
    return out


def amounts(text: str) -> list[Reading]:
    """Every sum of money, in its currency; 元 and 角, 分 as one sum.

    >>> [(r.text, r.value, r.unit) for r in amounts("50元6角三分，￥300，四十九億元，3.5萬美金")]
    [('50元6角三分', 50.63, '元'), ('￥300', 300.0, '元'), ('四十九億元', 4900000000.0, '元'), ('3.5萬美金', 35000.0, '美元')]
    """
    clear = scan.plain(text)
    money, cents, before = _money(), _cents(), _before_money()
    out: list[tuple[Found, str]] = []
    for one in scan.numbers(text):
        after = money.match(clear, one.end)
        sign = before.search(clear, max(0, one.start - 6), one.start)
        small = cents.match(clear, one.end)
        last = out[-1] if out else None
        if sign and last and last[0].end > sign.start():
            sign = None                             # 4人民币5美元: it was the unit before
        if small and last and re.fullmatch(r"[又零\s]{0,2}", clear[last[0].end:one.start]) and last[0].value is not None:
            share = float(table("reading")["cents"][small["cent"]]) * (one.value or 0.0)
            value = round(last[0].value + share, 4)
            out[-1] = Found(last[0].start, small.end(), value, value, value), last[1]
        elif after:
            start = sign.start() if sign and sign.end() == one.start else one.start
            unit = table("reading")["money"][after["unit"]]
            out.append((one._replace(start=start, end=after.end()), unit))
        elif sign and sign.end() == one.start:
            out.append((one._replace(start=sign.start()), table("reading")["signs"][sign["sign"]]))
        elif small and small["cent"] in ("角", "毛", "美分", "欧分"):
            unit = {"美分": "美元", "欧分": "欧元"}.get(small["cent"], "元")
            factor = float(table("reading")["cents"][small["cent"]])
            out.append((_times(one._replace(end=small.end()), factor), unit))
    return [Reading(one.start, one.end, text[one.start:one.end], one.value, one.low, one.high, unit, "money")
            for one, unit in out]


def either(words: list[str]) -> str:
    """A pattern of any of some words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def _money() -> re.Pattern[str]:
    return re.compile(rf"\s*(?P<unit>{either(list(table('reading')['money']))})(?:人民币)?(?![月旦])")


@cache
def _cents() -> re.Pattern[str]:
    return re.compile(rf"\s*(?P<cent>{either(list(table('reading')['cents']))})(?![大形度色落之钟子包人])")


@cache
def _before_money() -> re.Pattern[str]:
    return re.compile(rf"(?P<sign>{either(list(table('reading')['signs']))})\s*$")


