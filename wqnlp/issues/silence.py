"""Namings of an issue that tell of no case: titles of laws, denials, dangers kept off, what a lecture is about."""

from __future__ import annotations

import re
from functools import cache

from wqnlp.grammar.heads import headed, headed_rules
from wqnlp.issues.mentions import Mention

BEFORE, AFTER = 45, 36                   # characters that a sentence part may reach either side of a naming
SHOWN = "◇"                              # stands for the naming in what a rule reads
_STOP = re.compile(r"[。；;！!？?\n◇]")


def part_around(text: str, start: int, end: int) -> str:
    """The part of a sentence around a naming, the naming shown as ◇.

    >>> part_around("工作扎实。全年未发现拐卖案件，受理12件。", 10, 12)
    '全年未发现◇案件，受理12件'
    """
    low, high = max(0, start - BEFORE), min(len(text), end + AFTER)
    before = _STOP.split(text[low:start])[-1]
    after = _STOP.split(text[end:high])[0]
    return f"{before}{SHOWN}{after}"


def silence(text: str, mention: Mention) -> str | None:
    """Why a naming tells of no case (title, denied, warded, publicity), or None where it may.

    >>> silence("宣传《反家庭暴力法》", Mention(4, 8, "domestic_violence"))
    'title'
    >>> silence("受理家庭暴力投诉12件", Mention(2, 6, "domestic_violence")) is None
    True
    """
    part = part_around(text, mention.start, mention.end)
    for gives, pattern, unless in _rules():
        if pattern.search(part) and not (unless and unless.search(part)):
            return gives
    return None


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...]:
    """What each rule gives, what it finds, and what speaks against it."""
    return tuple((str(rule.gives), pattern, re.compile(rule.extra["unless"]) if "unless" in rule.extra else None)
                 for rule, pattern in headed_rules("issue_silence"))


_NONE_BEFORE = headed(r"(?:未|没有?|无)(?:再|曾)?(?:发现|发生|出现|接到|收到)过?[^，。；：0-9]{0,6}$|(?:没有|无)$")


def denied_count(text: str, start: int) -> bool:
    """Whether the number at an offset is denied: 从未发生过1起.

    >>> denied_count("全年未发生1起命案", 5), denied_count("全年发生1起命案", 4)
    (True, False)
    """
    return _NONE_BEFORE.search(text[max(0, start - 14):start]) is not None
