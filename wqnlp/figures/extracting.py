"""From a summary to its figures: found, told what they count, tied together, given a confidence and source offsets."""

from __future__ import annotations

from bisect import bisect_left

from wqnlp.figures.base import Quantity, Refusal
from wqnlp.figures.confidence import sureness
from wqnlp.figures.context import Context
from wqnlp.figures.find import candidates
from wqnlp.figures.recognised import weigh
from wqnlp.figures.tell import tell
from wqnlp.records import Document, Figure, SetAside
from wqnlp.span import SourceSpan
from wqnlp.structure.base import Summary

LESS_SURE = 0.85                # of a figure's confidence, where a scanner had misread its number


def extract(summary: Summary, document: Document) -> tuple[list[Figure], list[SetAside]]:
    """All figures and all numbers set aside of one summary, in order of the text, in source offsets."""
    quantities, refusals = candidates(summary)
    quantities.sort(key=lambda q: q.start)
    views = tell(summary, quantities, document)
    misread = _misread(summary)
    for view in views:
        view.quantity.confidence = sureness(view)
        if bisect_left(misread, view.quantity.start) < bisect_left(misread, view.quantity.end):
            _repaired(view.quantity)
    weigh(summary, quantities)
    spans = [summary.to_source(view.quantity.start, view.quantity.end) for view in views]
    ids = {id(view.quantity): f"{document.doc_id}:{span.start}-{span.end}" for view, span in zip(views, spans, strict=True)}
    words = {sentence: summary.slice(sentence).strip() for sentence in {view.sentence for view in views}}
    found = [_figure(document, view, span, words[view.sentence], ids) for view, span in zip(views, spans, strict=True)]
    return found, [_set_aside(summary, document, refusal) for refusal in refusals]


def _misread(summary: Summary) -> list[int]:
    """Repaired offsets in the summary of what a scanner had misread and repair put right."""
    aligned = summary.repaired.aligned
    places = (aligned.repaired_span(one.start, one.end).start for one in summary.repaired.log if "ocr" in one.kinds)
    return [at for at in places if summary.start <= at < summary.end]


def _repaired(quantity: Quantity) -> None:
    """A value that stands on a character put right by what stands around it."""
    if not {"masked", "damaged"} & quantity.flags:
        quantity.flags.add("repaired")
    quantity.confidence *= LESS_SURE


def _figure(document: Document, view: Context, span: SourceSpan, sentence: str, ids: dict[int, str]) -> Figure:
    quantity = view.quantity
    start, end = quantity.period or (None, None)
    return Figure(
        id=ids[id(quantity)], doc_id=document.doc_id, start=span.start, end=span.end, text=quantity.text,
        sentence=sentence, value=quantity.value, low=quantity.low, high=quantity.high,
        unit=quantity.unit, kind=quantity.kind, measure=quantity.measure, issue=quantity.issue, actor=quantity.actor,
        role=quantity.role, parent=ids.get(id(quantity.parent)), period_start=start, period_end=end,
        flags=tuple(sorted(quantity.flags)) if quantity.flags else (), confidence=round(quantity.confidence, 3))


def _set_aside(summary: Summary, document: Document, refusal: Refusal) -> SetAside:
    span = summary.to_source(refusal.start, refusal.end)
    return SetAside(doc_id=document.doc_id, start=span.start, end=span.end, text=refusal.text, reason=refusal.reason)
