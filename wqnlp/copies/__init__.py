"""Near-identical summaries across a batch or a library: one county's text put up again under other years or places."""

from wqnlp.copies.differ import differences, listed, same_text, shared_figures, with_copies
from wqnlp.copies.search import ALIKE, TRACE, Search, find_copies, near_identical
from wqnlp.copies.sketch import jaccard, normalised, sketch

__all__ = ["ALIKE", "TRACE", "Search", "differences", "find_copies", "listed", "near_identical", "normalised", "same_text",
           "shared_figures", "similarity", "with_copies"]


def similarity(one: str, other: str) -> float:
    """Jaccard similarity of the shingles of two texts, 0 to 1.

    >>> round(similarity("全年接待妇女来信来访186件", "全年接待妇女来信来访二百一十二件"), 2)
    1.0
    """
    return jaccard(sketch(one), sketch(other))
