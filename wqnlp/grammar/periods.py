"""Words for a stretch of time to dates: 今年1-10月份, 上半年, 去年同期, 第三季度. Knows a year, no document.

>>> read("今年1-10月份", 2014)
('2014-01-01', '2014-10-31')
>>> read("上半年", 2008), read("去年同期", 2008), read("2019年", None)
(('2008-01-01', '2008-06-30'), ('2007-01-01', '2007-12-31'), ('2019-01-01', '2019-12-31'))
"""

from __future__ import annotations

import re
from calendar import monthrange
from functools import cache
from typing import NamedTuple

from wqnlp.grammar.heads import headed

DIGITS = {c: str(value) for row in ("零一二三四五六七八九", "０１２３４５６７８９", "0123456789")
          for value, c in enumerate(row)} | dict.fromkeys("○〇ОＯoO", "0")
_MONTHS = {"十二": 12, "十一": 11, "十": 10} | {c: v for v, c in enumerate("一二三四五六七八九", 1)}
_MONTH = r"(?:[01]?[0-9]|十[一二]?|[一二三四五六七八九])"
_YEAR = r"(?:[12][0-9]{3}|[12２１][0-9０-９]{3}|[一二][○〇ОＯoO0零一二三四五六七八九]{3})"
_WHOSE = rf"(?P<whose>{_YEAR}年度?|今年以?来?|本年度?|去年|上年度?|前年|明年|当年|同年)?"
_TERM = (
    r"(?<![0-9.])(?:"
    rf"(?P<y1>{_YEAR})年?[　 ]*[-－—–~～至到][　 ]*(?P<y2>{_YEAR})年度?"
    rf"|(?:自|从)?(?P<since>{_YEAR})年[^，。；、0-9]{{0,8}}?以来"
    rf"|{_WHOSE}[，,的]?(?:"
    rf"(?P<m1>{_MONTH})月?份?[　 ]*[-－—–~～至到、][　 ]*(?P<m2>{_MONTH})月(?:份|底|末)?(?![0-9]{{1,2}}[日号])"
    rf"|(?P<half>上半年|下半年|半年来)|(?P<three>前三季度)|(?P<quarter>(?:第[　 ]*)?[一二三四1-4][　 ]*季度)"
    rf"|前(?P<first>{_MONTH})个月"
    rf"|(?:截至|截止)(?:到)?(?:今年|目前)?(?P<until>{_MONTH})月(?:底|末|份|(?P<day>[0-3]?[0-9])[日号])"
    rf"|(?P<month>{_MONTH})月(?:份|中旬|上旬|下旬|底|初)?(?![0-9]{{1,2}}[日号])(?![一二三四五六七八九十]+[日号])"
    rf"|(?P<whole>全年|同期|年内|年初以来)"
    rf")"
    rf"|(?P<alone>{_YEAR}年度?|今年以来|今年|本年度|去年同期|去年|上年同期|上年度?|前年|明年|来年|下一?年度?(?![级龄])|一年来|全年|近年来|历年|近[几两三五]年来?))"
)
_OPEN = ("近年来", "历年")


class Period(NamedTuple):
    """A stretch of time as the text names it: its span, and ISO dates, None where the text gives no bound."""

    start: int
    end: int
    period_start: str | None
    period_end: str | None


def year_of(word: str) -> int | None:
    """The year a four-digit word names, in Arabic, full-width or Chinese digits.

    >>> year_of("二○○三年"), year_of("２００９年度"), year_of("20xx年")
    (2003, 2009, None)
    """
    figures = [DIGITS.get(c) for c in word[:4]]
    if len(figures) < 4 or None in figures:
        return None
    value = int("".join(f for f in figures if f is not None))
    return value if 1900 <= value <= 2100 else None


def month_of(word: str) -> int | None:
    """A month of the year, 1 to 12, or None."""
    word = word.strip()
    value = int(word) if word.isascii() and word.isdigit() else _MONTHS.get(word)
    return value if value is not None and 1 <= value <= 12 else None


@cache
def span_of(year: int, first: int, last: int) -> tuple[str, str]:
    """Months of one year as dates.

    >>> span_of(2012, 1, 2)
    ('2012-01-01', '2012-02-29')
    """
    return f"{year:04d}-{first:02d}-01", f"{year:04d}-{last:02d}-{monthrange(year, last)[1]:02d}"


def find_periods(text: str, year: int | None) -> list[Period]:
    """The stretches of time named in a text, in order. `year` is the one that 今年 means.

    Without it, words that need it give None and None. 近年来 and its kind have no bounds.

    去年同期 takes the months of the period named before it.

    >>> find_periods("今年1至10月，接到投诉276件，比去年同期少31件", 2016)     # doctest: +NORMALIZE_WHITESPACE
    [Period(start=0, end=7, period_start='2016-01-01', period_end='2016-10-31'),
     Period(start=18, end=22, period_start='2015-01-01', period_end='2015-10-31')]
    """
    out: list[Period] = []
    for found in headed(_TERM).finditer(text):
        dates = _dates(found, year, out)
        if dates is not None:
            out.append(Period(found.start(), found.end(), *dates))
    return out


def read(text: str, year: int | None) -> tuple[str | None, str | None] | None:
    """The dates of one such word, or None where it names no time.

    >>> read("第三季度", 2013), read("近年来", 2013), read("妇联", 2013)
    (('2013-07-01', '2013-09-30'), (None, None), None)
    """
    found = find_periods(text, year)
    return (found[0].period_start, found[0].period_end) if found else None


def _dates(found: re.Match[str], year: int | None, before: list[Period]) -> tuple[str | None, str | None] | None:
    if found.group("y1"):
        first, last = year_of(found.group("y1")), year_of(found.group("y2"))
        return (f"{first}-01-01", f"{last}-12-31") if first and last and first <= last else None
    if found.group("since"):
        return f"{year_of(found.group('since'))}-01-01", None
    alone = found.group("alone")
    own = _year(found.group("whose") or alone or "", year)
    if alone is not None:
        if alone in _OPEN or alone.startswith("近"):
            return None, None
        return (None, None) if own is None else \
            _same_months(own, before) if alone.endswith("同期") else span_of(own, 1, 12)
    if found.group("whole") == "同期":
        return (None, None) if own is None else _same_months(own, before)
    months = _months(found)
    if months is None:
        return None
    return (None, None) if own is None else _until(found, span_of(own, *months))


def _same_months(year: int, before: list[Period]) -> tuple[str, str]:
    """The months of the period named last, in another year; the whole year where none was named."""
    for past in reversed(before[-3:]):
        if past.period_start and past.period_end and past.period_start[:4] == past.period_end[:4] != str(year):
            return span_of(year, int(past.period_start[5:7]), int(past.period_end[5:7]))
    return span_of(year, 1, 12)


def _year(word: str, year: int | None) -> int | None:
    if word[:1] in "12２１一二" and len(word) >= 4 and word[:2] != "一年":
        return year_of(word)
    shift = {"去": -1, "上": -1, "前": -2, "明": 1, "来": 1, "下": 1}.get(word[:1], 0)
    return None if year is None else year + shift


def _months(found: re.Match[str]) -> tuple[int, int] | None:
    named = found.groupdict()
    if named["m1"]:
        first, last = month_of(named["m1"]), month_of(named["m2"])
        return (first, last) if first and last and first <= last else None
    if named["half"]:
        return (7, 12) if named["half"].startswith("下") else (1, 6)
    if named["quarter"]:
        which = "一二三四".find(named["quarter"].strip("第季度 　")) + 1 or int(named["quarter"].strip("第季度 　"))
        return 3 * which - 2, 3 * which
    if named["three"]:
        return 1, 9
    if named["whole"]:
        return 1, 12
    if named["month"]:
        only = month_of(named["month"])
        return (only, only) if only else None
    last = month_of(named["first"] or named["until"] or "")
    return (1, last) if last else None


def _until(found: re.Match[str], dates: tuple[str, str]) -> tuple[str, str]:
    day = found.group("day")
    if day and 1 <= int(day) <= int(dates[1][-2:]):
        return dates[0], f"{dates[1][:8]}{int(day):02d}"
    return dates
