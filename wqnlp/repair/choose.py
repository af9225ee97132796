"""How likely a stretch is as Chinese, and which of several restored texts is clearly the right one.

The measure is a unigram word model: the natural-log probability of the best cutting into words, with the
word frequencies of jieba's dictionary (Sun Junyi, `jieba.dt.FREQ`) and a few words of our field beside them.
Traditional text is judged as the simplified text it becomes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, NamedTuple

from wqnlp.tables import table

LONGEST = 6                          # characters of the longest word looked up
UNSEEN = -21.0                       # log-probability of a hanzi that no dictionary word holds
COSTS = {"，": -3.0, ",": -3.0, "。": -3.5, "、": -3.5, "“": -5.0, "”": -5.0, "；": -5.0,
         ";": -5.0, "：": -5.0, ":": -5.0,
         "《": -6.0, "》": -6.0, "（": -6.0, "）": -6.0, "(": -6.0, ")": -6.0, "□": -4.0,
         "\n": -4.0, "·": -9.0, "—": -7.0}
DIGIT, OTHER = -4.0, -12.0
CLEAR = 2.3                          # log-odds of ten to one over the next best reading


class Choice(NamedTuple):
    """The likeliest of several texts: whether it is clearly so, how sure, and what came second."""

    text: str
    confidence: float
    runner_up: str | None
    clear: bool


@lru_cache(maxsize=4096)
def likelihood(text: str) -> float:
    """Natural-log probability of a text under the word model, traditional or simplified.

    >>> likelihood("基層婦聯號召") > likelihood("基層媍聯號召")
    True
    """
    simple = _simplifier().convert(text)
    words, total = _words(), _total()
    best = [0.0] * (len(simple) + 1)
    for start in range(len(simple) - 1, -1, -1):
        value = _single(simple[start]) + best[start + 1]
        for end in range(start + 2, min(len(simple), start + LONGEST) + 1):
            count = words.get(simple[start:end])
            if count:
                value = max(value, math.log(count) - total + best[end])
        best[start] = value
    return best[0]


def choose(before: str, texts: Iterable[tuple[str, float]], after: str) -> Choice | None:
    """The likeliest of some texts (each with its own log prior) between what stands before and after them.

    >>> choose("家庭", [("幸福", 0.0), ("幸保", 0.0)], "”為主題")
    Choice(text='幸福', confidence=0.99, runner_up='幸保', clear=True)
    """
    ranked = sorted(((likelihood(before + text + after) + prior, text) for text, prior in texts), reverse=True)
    if not ranked:
        return None
    if len(ranked) == 1:
        return Choice(ranked[0][1], 0.99, None, True)
    margin = ranked[0][0] - ranked[1][0]
    sure = min(0.99, 1 / (1 + math.exp(-margin)))
    return Choice(ranked[0][1], round(sure, 4), ranked[1][1], margin >= CLEAR)


@lru_cache(maxsize=32768)
def commonness(char: str) -> float:
    """Log-probability of one character, alone or inside words; a cheap first sieve.

    >>> commonness("眾") > commonness("睘")
    True
    """
    if not "\u4e00" <= char <= "\u9fff":
        return COSTS.get(char, DIGIT if char.isdigit() else OTHER)
    count = _characters().get(_simplifier().convert(char), 0)
    return math.log(count) - _all_characters() if count else UNSEEN


def _single(char: str) -> float:
    if not "\u4e00" <= char <= "\u9fff":
        return COSTS.get(char, DIGIT if char.isdigit() else OTHER)
    count = _words().get(char, 0)
    # A character that is common only inside words may still stand alone, at a price.
    return max(math.log(count) - _total() if count else UNSEEN, commonness(char) - 4.0)


@cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@cache
def _words() -> dict[str, int]:
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    words = dict(jieba.dt.FREQ)
    field = table("domain_words")
    for word in field["words"].split():
        words[word] = max(words.get(word, 0), field["weight"])
    return words


@cache
def _total() -> float:
    return math.log(sum(_words().values()))


@cache
def _characters() -> dict[str, int]:
    found: dict[str, int] = {}
    for word, count in _words().items():
        for char in word if count else "":
            found[char] = found.get(char, 0) + count
    return found


@cache
def _all_characters() -> float:
    return math.log(sum(_characters().values()))
