"""Character error rate: how many characters one would have to change, put in or take out.

Levenshtein distance by the bit-parallel method of Myers (1999) in the form of Hyyrö (2003); a row of the table is
one integer, so summaries of some thousand characters take milliseconds.
"""

from __future__ import annotations


def distance(truth: str, found: str) -> int:
    """Levenshtein distance of two texts, in characters.

    >>> distance("基层妇联组织", "基层?jì)D联组织")
    5
    """
    if not truth or not found:
        return len(truth) + len(found)
    places: dict[str, int] = {}
    for index, char in enumerate(truth):
        places[char] = places.get(char, 0) | 1 << index
    last, mask = 1 << (len(truth) - 1), (1 << len(truth)) - 1
    more, less, score = mask, 0, len(truth)
    for char in found:
        match = places.get(char, 0)
        diagonal = (((match & more) + more) ^ more) | match | less
        plus = less | ~(diagonal | more) & mask
        minus = more & diagonal
        score += bool(plus & last) - bool(minus & last)
        plus, minus = (plus << 1 | 1) & mask, minus << 1 & mask
        more, less = minus | ~(diagonal | plus) & mask, plus & diagonal
    return score


def cer(truth: str, found: str) -> float:
    """Character error rate of a text against the true one: distance over the length of the truth.

    >>> cer("一年来接待群众", "一年来接侍群众")
    0.14285714285714285
    """
    return distance(truth, found) / len(truth) if truth else float(bool(found))
