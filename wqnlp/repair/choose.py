"""How likely a stretch is as Chinese, and which of several restored texts is clearly the right one.

The measure joins two: the natural-log probability of the best cutting into words, with the word
frequencies of jieba's dictionary (Sun Junyi, `jieba.dt.FREQ`) and some words of our field beside them, and that
of a character bigram model (counts of `data/pairs.txt` and of the words' insides, backed off to single characters).
Traditional text is judged as the simplified text it becomes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from wqnlp.tables import table

LONGEST = 6                          # characters of the longest word looked up
UNSEEN = -21.0                       # log-probability of a hanzi that no dictionary word holds
COSTS = {"，": -3.0, ",": -3.0, "。": -3.5, "、": -3.5, "“": -5.0, "”": -5.0, "；": -5.0,
         ";": -5.0, "：": -5.0, ":": -5.0,
         "《": -6.0, "》": -6.0, "（": -6.0, "）": -6.0, "(": -6.0, ")": -6.0, "□": -4.0,
         "X": -5.0, "x": -5.0, "×": -6.0, "\n": -4.0, "·": -9.0, "—": -7.0}
DIGIT, OTHER = -4.0, -12.0
PAIRS = (("《", "》"), ("“", "”"), ("（", "）"), ("(", ")"), ("‘", "’"))
ODD = ("、\n", "，\n", "，<", "、<", "。。", "，，", "、、", "，。", "。，", "、。", "、，", "。、", "，、",
       "“。", "《。", "“，", "《，")
UNPAIRED = 4.0
WEIGHT = 0.7                         # of each model; they tell much the same, so their sum is too sure
WORDS_TO_TEXT = 52.0                 # running text behind the dictionary for each character of text behind the pairs
BACK = 20.0                          # pairs unseen weigh as much as so many seen ones
CLEAR = 2.3                          # log-odds of ten to one over the next best reading


class Choice(NamedTuple):
    """The likeliest of several texts: whether it is clearly so, how sure, and what came second."""

    text: str
    confidence: float
    runner_up: str | None
    clear: bool
    close: tuple[str, ...] = ()      # all that are not clearly worse than the likeliest, itself among them


@lru_cache(maxsize=65536)
def likelihood(text: str) -> float:
    """Natural-log probability of a text, traditional or simplified: the two models together.

    >>> likelihood("基層婦聯號召") > likelihood("基層媍聯號召")
    True
    """
    simple = text.translate(_SIMPLE)
    return WEIGHT * (_by_words(simple) + _by_pairs(simple))


def _by_words(simple: str) -> float:
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


def _by_pairs(simple: str) -> float:
    value, before = 0.0, ""
    for char in simple:
        value += follows(before, char)
        before = char
    return value


@lru_cache(maxsize=1 << 18)
def follows(before: str, char: str) -> float:
    """Natural-log probability of a character after another (or at the start), traditional or simplified.

    >>> follows("婦", "女") > follows("婦", "汝")
    True
    """
    pairs, firsts = _pairs()
    before, char = before.translate(_SIMPLE).translate(_LIKE), char.translate(_SIMPLE).translate(_LIKE)
    if char == before == "0":
        return 0.0
    back = math.exp(max(commonness(char), UNSEEN))
    known = firsts.get(before, 0.0)
    # Witten-Bell style: what was never seen after a character is drawn from single characters.
    return math.log((pairs.get(before + char, 0.0) + BACK * back) / (known + BACK))


def choose(before: str, texts: Iterable[tuple[str, float]], after: str) -> Choice | None:
    """The likeliest of some texts (each with its own log prior) between what stands before and after them.

    >>> choose("家庭", [("幸福", 0.0), ("幸保", 0.0)], "”為主題")
    Choice(text='幸福', confidence=0.99, runner_up='幸保', clear=True, close=('幸福',))
    """
    ranked = sorted(((likelihood(before + text + after) + prior, text) for text, prior in texts), reverse=True)
    if not ranked:
        return None
    if len(ranked) == 1:
        return Choice(ranked[0][1], 0.99, None, True)
    margin = ranked[0][0] - ranked[1][0]
    sure = min(0.99, 1 / (1 + math.exp(-margin)))
    close = tuple(text for score, text in ranked if score > ranked[0][0] - CLEAR)
    return Choice(ranked[0][1], round(sure, 4), ranked[1][1], margin >= CLEAR, close)


def balance(before: str, text: str, after: str) -> float:
    """Log prior of how quotation marks and brackets of a restored text pair up with what stands around it.

    >>> balance("《婚姻", "法》", "") > balance("《婚姻", "法。", "")
    True
    """
    cost = 0.0
    for opening, closing in PAIRS:
        depth = before.count(opening) - before.count(closing)
        for char in text:
            depth += (char == opening) - (char == closing)
            if depth < 0:
                cost, depth = cost - UNPAIRED, 0
        if depth > 0 and closing not in after:
            cost -= UNPAIRED
    return cost - UNPAIRED * sum(text.count(pair) for pair in ODD)


@lru_cache(maxsize=32768)
def commonness(char: str) -> float:
    """Log-probability of one character, alone or inside words; a cheap first sieve.

    >>> commonness("眾") > commonness("睘")
    True
    """
    if not "\u4e00" <= char <= "\u9fff":
        return COSTS.get(char, DIGIT if char.isdigit() else OTHER)
    count = _characters().get(char.translate(_SIMPLE), 0)
    return math.log(count) - _all_characters() if count else UNSEEN


def _single(char: str) -> float:
    if not "\u4e00" <= char <= "\u9fff":
        return COSTS.get(char, DIGIT if char.isdigit() else OTHER)
    count = _words().get(char, 0)
    # A character that is common only inside words may still stand alone, at a price.
    return max(math.log(count) - _total() if count else UNSEEN, commonness(char) - 4.0)


@cache
def _pairs() -> tuple[dict[str, float], dict[str, float]]:
    """How often a character follows another: running text, and the insides of dictionary words."""
    pairs: dict[str, float] = {}
    for line in (files("wqnlp") / "data" / "pairs.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            for group in line[2:].split(" "):
                count = 2.0 ** (ord(group[0]) - ord("a"))
                pairs.update((line[0] + char, count) for char in group[1:])
    for word, frequency in _words().items():
        if frequency:
            for at in range(len(word) - 1):
                two = word[at:at + 2]
                pairs[two] = pairs.get(two, 0.0) + frequency / WORDS_TO_TEXT
    firsts: dict[str, float] = {}
    for two, count in pairs.items():
        firsts[two[0]] = firsts.get(two[0], 0.0) + count
    return pairs, firsts


class _Simple(dict[int, str]):
    """Traditional to simplified, character by character; enough to look words up."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = str(_simplifier().convert(char)) if "\u3400" <= char <= "\u9fff" else char
        return self[code]


_SIMPLE = _Simple()


def simple(char: str) -> str:
    """A character as simplified script has it.

    >>> simple("會"), simple("会")
    ('会', '会')
    """
    return char.translate(_SIMPLE)


_LIKE = str.maketrans("0123456789０１２３４５６７８９□%％\n<,;:()!?", "00000000000000000000000¶¶，；：（）！？")


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
    for name, weight in (("words", "weight"), ("strong", "strong_weight")):
        for word in field[name].split():
            words[word] = max(words.get(word, 0), field[weight])
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
