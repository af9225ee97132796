"""What a text says of the size of a number: over, at most, between, 20~100, 500多亿."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from wqnlp.grammar import scan, units
from wqnlp.grammar.reading import Reading, either, numbers, percentages
from wqnlp.tables import table

_BETWEEN = re.compile(r"(?P<and>\s*(?:—{1,2}|–|-|~|至|到|(?P<needs>与|和))\s*)第?\s*")
_ENDS = re.compile(r"\s*之?间")
_HEAD = re.compile(r"(?:位于|介于|在)?\s*第?\s*$")
_JOIN = re.compile(r"\s*的?\s*(?:,?\s*(?:并且|同时|并|而且|且))?\s*,?\s*")
_THAN = re.compile(r"比\s*$")
_REACH = 12                                 # characters before a number in which a word of bounds is looked for


class _Bound(NamedTuple):
    start: int
    end: int
    low: float | None
    high: float | None
    said: bool                              # by a word, not by 余 or by two digits


def ranges(text: str) -> list[Reading]:
    """Every bound that a text sets to a number; the span has the words that set it.

    Whether the bound itself is in is not told: by law 以上 and 以下 have their number in them, in speech they need not.

    >>> [(r.text, r.low, r.high) for r in ranges("大於二十的同時小於等於三十五，20~100個，500多億，三成以上")]
    [('大於二十的同時小於等於三十五', 20.0, 35.0), ('20~100', 20.0, 100.0), ('500多億', 50000000000.0, None), ('三成以上', 30.0, None)]
    """
    clear = scan.plain(text)
    items = _items(text)
    found: list[tuple[_Bound, Reading]] = []
    index = 0
    while index < len(items):
        two = _pair(clear, items[index], items[index + 1]) if index + 1 < len(items) else None
        one = two or _single(clear, items[index])
        if one is not None:
            found.append((one, items[index]))
        index += 2 if two else 1
    return [Reading(b.start, b.end, text[b.start:b.end], None if b.low != b.high else b.low, b.low, b.high, item.unit, "range")
            for b, item in _joined(clear, found)]


def _items(text: str) -> list[Reading]:
    """The percentages of a text, and the numbers that are in none."""
    shares = percentages(text)
    inside = {at for share in shares for at in range(share.start, share.end)}
    rest = [one for one in numbers(text) if inside.isdisjoint(range(one.start, one.end))]
    return sorted([*shares, *rest], key=lambda one: one.start)


def _pair(clear: str, first: Reading, last: Reading) -> _Bound | None:
    """20~100, 一千到一千五百, 10000与20000之间."""
    between = _BETWEEN.fullmatch(clear, first.end, last.start)
    if not between or first.value is None or last.value is None or first.value >= last.value:
        return None
    ends = _ENDS.match(clear, last.end)
    if between["needs"] and not ends:
        return None
    head = _HEAD.search(clear, max(0, first.start - 4), first.start) if ends else None
    return _Bound(head.start() if head else first.start, ends.end() if ends else last.end, first.value, last.value, True)


def _single(clear: str, item: Reading) -> _Bound | None:
    """A number with a word that bounds it, or with bounds of its own."""
    start, end = item.start, item.end
    before = _before().search(clear, max(0, start - _REACH), start)
    after = _after().match(clear, end)
    than = _THAN.search(clear, max(0, start - 3), start)
    compared = _compared().match(clear, end) if than else None
    if item.value is None:
        return _Bound(start, end, item.low, item.high, False)
    if than and compared:
        side = str(table("reading")["compare"][compared["word"]])
        return _bound(than.start(), compared.end(), item.value, side)
    if before and before.lastgroup:
        return _bound(before.start(before.lastgroup), end, item.value, before.lastgroup)
    if after and after.lastgroup:
        return _bound(start, after.end(), item.value, after.lastgroup)
    return _Bound(start, end, item.low, item.high, False) if item.high is None else None


def _bound(start: int, end: int, value: float, side: str) -> _Bound:
    low = value if side in ("low", "low_strict", "equal") else None
    high = value if side in ("high", "high_strict", "equal") else None
    return _Bound(start, end, low, high, True)


def _joined(clear: str, found: list[tuple[_Bound, Reading]]) -> list[tuple[_Bound, Reading]]:
    """大于二十 and 小于三十 side by side are one range."""
    out: list[tuple[_Bound, Reading]] = []
    for one, item in found:
        last = out[-1][0] if out else None
        if (last and last.said and one.said and _JOIN.fullmatch(clear, last.end, one.start)
                and (last.low is None) == (one.high is None) and (last.high is None) == (one.low is None)):
            low = last.low if last.low is not None else one.low
            high = last.high if last.high is not None else one.high
            if low is not None and high is not None and low < high and None in (last.low, last.high):
                out[-1] = _Bound(last.start, one.end, low, high, True), out[-1][1]
                continue
        out.append((one, item))
    return out


def _loose(words: list[str]) -> str:
    """Words with spaces allowed between their characters; one character alone is no part of a longer word."""
    spaced = (r"\s*".join(map(re.escape, word.replace(" ", ""))) for word in sorted(words, key=len, reverse=True))
    return "|".join(f"(?<![经通路度难错胜附最远靠临]){word}" if len(word) == 1 else word for word in spaced)


@cache
def _before() -> re.Pattern[str]:
    groups = [f"(?P<{side}>{_loose(words)})" for side, words in table("reading")["before"].items()]
    return re.compile(rf"(?:{'|'.join(groups)})\s*$")


@cache
def _after() -> re.Pattern[str]:
    groups = [f"(?P<{side}>{either(words)})" for side, words in table("reading")["after"].items()]
    return re.compile(rf"\s*(?:{units.pattern()})?\s*(?:{'|'.join(groups)})")


@cache
def _compared() -> re.Pattern[str]:
    return re.compile(rf"\s*(?P<word>{either(list(table('reading')['compare']))})")
