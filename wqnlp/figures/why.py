"""Why a figure says what it says: the rules that spoke for it, those that spoke against, and what it was tied to."""

from __future__ import annotations

from wqnlp.figures.context import Context
from wqnlp.figures.find import candidates
from wqnlp.figures.measure import speakers
from wqnlp.figures.tell import tell
from wqnlp.records import Document
from wqnlp.structure.base import Summary


def reasons(summary: Summary, document: Document, start: int, end: int) -> list[str]:
    """Lines about the figure at source characters `start` to `end`; none where there is no such figure.

    The summary is read again: what speaks is decided by the words, so nothing has to be kept for it.
    """
    quantities = sorted(candidates(summary)[0], key=lambda q: q.start)
    for view in tell(summary, quantities, document):
        if summary.to_source(view.quantity.start, view.quantity.end) == (start, end):
            return _lines(view)
    return []


def _lines(view: Context) -> list[str]:
    quantity = view.quantity
    told = [reason.partition(": ") for reason in quantity.reasons]
    lines = [f"{kind} {quantity.measure if kind == 'measure' else ''}".strip() + f": {rule}" for kind, _, rule in told]
    chosen = {rule for _, _, rule in told}
    for rule, measure in speakers(view):
        if rule not in chosen:
            side = "also" if measure == quantity.measure else f"against, {measure}"
            lines.append(f"measure ({side}): {rule}")
    lines.append(f"read in: {view.clause.strip()}")
    if quantity.parent is not None:
        lines.append(f"part of: {quantity.parent.text}")
    return lines
