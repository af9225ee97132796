"""Percentages that are printed as words: 百分之五十九点八, 三分之二, 九成五, 翻了一番."""

from __future__ import annotations

import re
from functools import cache

from wqnlp.grammar.numerals import Number, read

_CN = "零〇一二两三四五六七八九十百千万"


@cache
def fraction_pattern() -> re.Pattern[str]:
    """Every percentage in words; `number` is where the figure starts.

    >>> fraction_pattern().search("占百分之六，翻了一番")["number"]
    '百分之六'
    """
    cent = rf"百分之(?P<cent>[{_CN}]+(?:点[{_CN}]+)?|\d+(?:\.\d+)?)"
    part = rf"(?P<below>[{_CN}]+|\d+)分之(?P<above>[{_CN}]+|\d+)"
    tenth = (r"(?<![完建形组构变养达造促落收集赞现生速])(?P<tenth>[一二两三四五六七八九]|[1-9](?:\.\d)?)成(?P<half>[半一二三四五六七八九])?"
             r"(?![立为员功果绩长效都熟型就份套品本人年交活婚名])")
    times = r"(?:(?<=翻)|(?<=翻了))(?P<double>[一二两三四五]|\d)番"
    return re.compile(f"(?P<number>{cent}|{part}|{tenth}|{times})")


def fraction(match: re.Match[str]) -> Number | None:
    """The value in percent of a match of `fraction_pattern`.

    >>> [fraction(fraction_pattern().search(t)).value for t in ("百分之五十九点八", "三分之二", "九成五", "翻两番")]
    [59.8, 66.67, 95.0, 300.0]
    """
    if match["cent"]:
        return _exact(_decimal(match["cent"]))
    if match["below"]:
        below, above = read(match["below"]), read(match["above"])
        if not below or not above or not below.value or above.value is None or above.value > below.value:
            return None
        return _exact(round(100 * above.value / below.value, 2))
    if match["tenth"]:
        tenth = _decimal(match["tenth"])
        half = 5.0 if match["half"] == "半" else _decimal(match["half"]) if match["half"] else 0.0
        return None if tenth is None or half is None else \
            Number(10 * tenth + half, 10 * tenth + half, 10 * tenth + half, frozenset())
    times = _decimal(match["double"])
    return None if times is None else _exact(100 * (2 ** times - 1))


def _exact(value: float | None) -> Number | None:
    return None if value is None else Number(value, value, value)


def _decimal(text: str) -> float | None:
    whole, _, part = text.partition("点")
    number = read(whole)
    if number is None or number.value is None:
        return None
    if not part:
        return number.value
    digits = [read(c) for c in part]
    if any(d is None or d.value is None or d.value > 9 for d in digits):
        return None
    return float(f"{int(number.value)}." + "".join(str(int(d.value or 0)) for d in digits if d))
