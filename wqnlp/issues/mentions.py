"""Where a summary names an issue: the words of `data/grievances.yaml`, longest first, with offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from wqnlp.grammar.lexicon import Lexicon
from wqnlp.tables import table


class Mention(NamedTuple):
    """One naming of an issue, in the offsets of the text it was looked for in."""

    start: int
    end: int
    issue: str


@cache
def _names() -> Lexicon[str]:
    return Lexicon({word: issue for issue, words in table("grievances")["words"].items() for word in words})


@cache
def words(name: str) -> re.Pattern[str]:
    """One of the word lists of `data/grievances.yaml`, such as `emphasis`, as a pattern."""
    listed = sorted(table("grievances")[name], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, listed)))


def mentions(text: str, start: int = 0, end: int | None = None) -> Iterator[Mention]:
    """Every naming of an issue between two offsets, in order and apart; the longest name at a place wins.

    >>> [(m.issue, m.start) for m in mentions("其中婚姻家庭类118件，家庭暴力47件")]
    [('marriage_family', 2), ('domestic_violence', 12)]
    """
    for hit in _names().find(text[start:end]):
        yield Mention(start + hit.start, start + hit.end, hit.value)
