"""Rule evidence for the theme of a unit: seed words in it and in its opening clause.

Headings above a unit add nothing once its own opening is read (measured on the dev gold), so they are left out."""

from __future__ import annotations

import math
import re
from functools import cache

from wqnlp import vocab
from wqnlp.grammar.lexicon import Lexicon
from wqnlp.tables import table

STRONG, WEAK = 2.0, 0.5
OPENING_REACH = 40
SIGNALS = ("opening", "opening_rank", "body", "body_share", "body_top")
"""Names of the numbers that `signals` gives for each theme."""

NOTHING = (0.0, 0.0, 0.0, 0.0, 0.0)
Scores = dict[str, float]


@cache
def _seeds() -> Lexicon[tuple[tuple[str, float], ...]]:
    """Each seed word with the themes it speaks for, and how loudly."""
    words: dict[str, tuple[tuple[str, float], ...]] = {}
    for theme, lists in table("themes")["seeds"].items():
        for strength, weight in (("strong", STRONG), ("weak", WEAK)):
            for word in dict.fromkeys(lists[strength]):
                words[word] = (*words.get(word, ()), (theme, weight))
    return Lexicon(words)


@cache
def _openings() -> Lexicon[tuple[str, ...]]:
    """Words that name a theme when they stand in a heading."""
    words: dict[str, tuple[str, ...]] = {}
    for theme, lists in table("themes")["seeds"].items():
        for word in dict.fromkeys([*lists["strong"], *lists["opening"]]):
            words[word] = (*words.get(word, ()), theme)
    return Lexicon(words)


def opening(text: str) -> str:
    """The clause a unit opens with, which serves as its heading.

    >>> opening("二是用好热线。“12338”热线于3月2日开通。")
    '二是用好热线'
    """
    stop = re.search(r"[。；：:\n]", text[:OPENING_REACH])
    if stop is None:
        stop = re.search(r"[，,]", text[:OPENING_REACH])
    return text[:stop.start()] if stop else text[:OPENING_REACH]


def _named(text: str) -> Scores:
    return {theme: 1.0 for themes in _openings().said(text).values() for theme in themes}


def signals(text: str) -> dict[str, tuple[float, ...]]:
    """For each theme, the numbers named in `SIGNALS`; a seed word counts once a unit."""
    body: Scores = dict.fromkeys(vocab.codes("themes"), 0.0)
    for themes in _seeds().said(text).values():
        for theme, weight in themes:
            body[theme] += weight
    lead = _named(opening(text))
    total, top = sum(body.values()) or 1.0, max(body.values()) or 1.0
    rank = 1.0 / len(lead) if lead else 0.0
    return {theme: (lead[theme], lead[theme] * rank, math.log1p(score), score / total, float(score == top))
            if theme in lead else (0.0, 0.0, math.log1p(score), score / total, float(score == top)) if score else NOTHING
            for theme, score in body.items()}


def by_rules(text: str) -> Scores:
    """Scores from 0 to 1 by the rules alone, for use without a model; not calibrated.

    >>> found = by_rules("走访慰问单亲特困母亲45名，发放慰问金2万元。")
    >>> max(found, key=found.get)
    'care_hardship'
    """
    scores = {}
    for theme, (lead, _, body, share, top) in signals(text).items():
        raw = 2.0 * lead + 1.0 * body + 3.0 * share + 0.5 * top - 3.8
        scores[theme] = 1.0 / (1.0 + math.exp(-raw))
    return scores
