"""Percentages that are printed as words: 百分之五十九点八, 三分之二, 九成五, 翻了一番."""

from __future__ import annotations

import re
from functools import cache

from wqnlp.grammar.heads import headed
from wqnlp.grammar.numerals import DASH, Number, read

_CN = "零〇一二两三四五六七八九十百千万"


@cache
def fraction_pattern() -> re.Pattern[str]:
    """Every percentage in words; `number` is where the figure starts.

    >>> fraction_pattern().search("占百分之六，翻了一番")["number"]
    '百分之六'
    """
    one = rf"(?:[{_CN}]{{1,12}}(?:点[{_CN}]{{1,12}})?[多余几]?|\d{{1,9}}(?:\.\d{{1,9}})?)"
    cent = rf"百分之(?P<cent>{one})(?:{DASH}(?:百分之)?(?P<cent_to>{one})(?![个件名人户份年月日]))?"
    part = rf"(?P<below>[{_CN}]{{1,12}}|\d{{1,9}})分之(?P<above>[{_CN}]{{1,12}}(?:点[{_CN}]{{1,12}})?|\d{{1,9}}(?:\.\d{{1,9}})?)"
    slash = (r"(?<=[占近约的有过达到降增长少加足])(?<![\d/])(?P<over>\d{1,2})/(?P<under>\d{1,3})(?![\d/年月])")
    tenth = (rf"(?:(?P<tenth_from>[一二两三四五六七八]|(?<![\d.])[1-9])成?{DASH}|(?P<pair>[一二三四五六七八]))?"
             r"(?P<tenth>[一二两三四五六七八九](?:点[一二三四五六七八九])?|(?<![\d.])[1-9](?:\.\d)?)成"
             r"(?P<half>[半一二三四五六七八九](?![个名件次年月级届期条大]))?(?P<more>[多余])?"
             r"(?![立为员功果绩长效都熟型就份套品本人年交活婚名不群])")
    half = (r"(?:(?<=占)|(?<=[近约逾达足有])|(?<=超过)|(?<=了)|(?<=占到))(?:一半|半数)"
            r"|一半(?=以上|左右|的(?:妇女|家庭|案件))|半数(?=以上)")
    times = r"(?:(?<=翻)|(?<=翻了)|(?<=翻了近)|(?<=翻近))(?P<double>[一二两三四五]|\d)番"
    return headed(f"(?P<number>{cent}|{part}|{slash}|{tenth}|{half}|{times})")


def fraction(match: re.Match[str]) -> Number | None:
    """The value in percent of a match of `fraction_pattern`.

    >>> [fraction(fraction_pattern().search(t)).value for t in ("百分之五十九点八", "三分之二", "九成五", "翻两番")]
    [59.8, 66.67, 95.0, 300.0]
    >>> fraction(fraction_pattern().search("三四成"))[:3]
    (None, 30.0, 40.0)
    """
    if match["cent"]:
        return _range(match["cent"], match["cent_to"]) if match["cent_to"] else read(match["cent"])
    if match["below"]:
        below, above = read(match["below"]), read(match["above"])
        if not below or not above or not below.value or above.value is None or above.value > below.value:
            return None
        return _exact(round(100 * above.value / below.value, 2))
    if match["tenth"]:
        return _tenths(match)
    if match["over"]:
        share = float(match["over"]) / float(match["under"]) if float(match["under"]) else 1.0
        return _exact(round(100 * share, 2)) if share < 1 else None
    if match["double"] is None:
        return _exact(50.0)                                     # 一半, 半数
    times = _decimal(match["double"])
    return None if times is None else _exact(100 * (2 ** times - 1))


def _tenths(match: re.Match[str]) -> Number | None:
    """九成五, 六成多, 三四成, 六至七成."""
    first, tenth = match["tenth_from"] or match["pair"], _decimal(match["tenth"])
    half = 5.0 if match["half"] == "半" else _decimal(match["half"]) if match["half"] else 0.0
    if tenth is None or half is None:
        return None
    if first:
        return _range(first, match["tenth"], 10)
    value = 10 * tenth + half
    return Number(value, value, None, frozenset({"approximate"})) if match["more"] else _exact(value)


def _range(first: str, last: str, times: int = 1) -> Number | None:
    low, high = _decimal(first), _decimal(last)
    if low is None or high is None or low >= high:
        return None
    return Number(None, low * times, high * times, frozenset({"approximate"}))


def _exact(value: float | None) -> Number | None:
    return None if value is None else Number(value, value, value)


def _decimal(text: str) -> float | None:
    number = read(text)
    return None if number is None else number.value
