"""Words that leave a number open: 约, 近, 超过, 不少于, 上百 before it, 以上, 左右, 多 after its unit."""

from __future__ import annotations

import re
from functools import cache

from wqnlp.grammar.heads import headed
from wqnlp.tables import table

OPEN = {"at_most": (True, False), "at_least": (False, True), "about": (True, True)}
"""Of each kind of word, whether it leaves the lower and the upper bound open."""
REACH = 24                  # characters before a number in which such a word may stand
_STOPPED = re.compile(r"(?s:.*)[，。；：:、\n]")
_POWER = re.compile(r"[十百千万亿]+(?![余多])")
_MORE = re.compile(r"[多余](?=[，,。；;、）)\s]|$)")
_AT_LEAST = re.compile(r"(?:至少|最少)[一-龥]{0,4}$")


def lead(text: str, start: int) -> str:
    """The words before a number, back to the last mark.

    >>> lead("全年接待，共约287人次", 7)
    '共约'
    """
    reach = max(0, start - REACH)
    stopped = _STOPPED.match(text, reach, start)
    return text[stopped.end() if stopped else reach:start]


def bound(text: str, before: str, start: int, end: int) -> str | None:
    """Which bound the words leave open of the number and unit at `start` to `end`; `before` is its `lead`.

    >>> bound("共约287人次", "共约", 2, 7), bound("287人左右", "", 0, 4), bound("上千件", "上", 1, 3), bound("287件", "", 0, 4)
    ('about', 'about', 'at_least', None)
    """
    if ("少" in before and _AT_LEAST.search(before)) or _MORE.match(text, end):
        return "at_least"
    if before.endswith("上") and _POWER.match(text, start):
        return "at_least"
    word = _before().search(before)
    tail = None if word else _after().match(text, end)
    return (word and word.lastgroup) or (tail and tail.lastgroup)


@cache
def _before() -> re.Pattern[str]:
    return headed(rf"(?:{_words('before')})(?:有|为|达到?|到|的|￥|¥|人民币|在|可以?|可?贷|可达|了)?\s*$")


@cache
def _after() -> re.Pattern[str]:
    return re.compile(rf"[ \t　]*(?:{_words('after')})")


def _words(place: str) -> str:
    """The words of `data/numerals.yaml` that stand before or after a number, the longest first, by the bound they set."""
    return "|".join(f"(?P<{name}>{'|'.join(map(re.escape, sorted(listed, key=len, reverse=True)))})"
                    for name, listed in table("numerals")[place].items())
