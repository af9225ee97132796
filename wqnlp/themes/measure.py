"""How well themes are found: F1, expected calibration error, and what would be named from which threshold on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from wqnlp.themes.activities import FLOOR
from wqnlp.themes.rows import Row

Scored = Sequence[tuple[Row, dict[str, float]]]
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)


def chosen(scores: dict[str, float], threshold: float) -> set[str]:
    """The themes that `activities` would name for these scores.

    >>> chosen({"hotline": 0.3, "legal_aid": 0.1}, 0.5)
    {'hotline'}
    """
    best = max(scores, key=lambda code: scores[code])
    over = {code for code, score in scores.items() if score >= threshold}
    return over or ({best} if scores[best] >= FLOOR else set())


def f1(pairs: Sequence[tuple[frozenset[str], set[str]]]) -> dict[str, float]:
    """Micro and macro F1 of (gold, found) sets, macro over the themes that gold has."""
    hits, gold, found = Counter[str](), Counter[str](), Counter[str]()
    for wanted, given in pairs:
        hits.update(wanted & given)
        gold.update(wanted)
        found.update(given)
    each = {code: 2 * hits[code] / (gold[code] + found[code]) for code in gold}
    return {"micro": 2 * sum(hits.values()) / max(1, sum(gold.values()) + sum(found.values())),
            "macro": sum(each.values()) / max(1, len(each)), **each}


def f1_at(scored: Scored, threshold: float) -> dict[str, float]:
    """`f1` of what the scores name from a threshold on."""
    return f1([(row.themes, chosen(scores, threshold)) for row, scores in scored])


def best_threshold(scored: Scored, dev: int) -> float:
    """The threshold of the highest micro F1, the mean of that on the first `dev` rows (gold) and that on the others.

    The mean of the two sets, and not of all rows: the gold is what we want to find, but too small to choose by alone.
    """
    def both(threshold: float) -> float:
        return f1_at(scored[:dev], threshold)["micro"] + f1_at(scored[dev:], threshold)["micro"]

    return max(THRESHOLDS, key=lambda t: (round(both(t), 3), -t))


def calibration(scored: Scored) -> float:
    """Expected calibration error over ten bins of probability, themes pooled."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for row, scores in scored:
        for code, score in scores.items():
            bins[min(9, int(score * 10))].append((score, code in row.themes))
    total = sum(map(len, bins))
    return sum(abs(sum(s for s, _ in one) - sum(r for _, r in one)) for one in bins) / max(1, total)
