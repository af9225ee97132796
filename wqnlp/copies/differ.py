"""What two near-identical summaries do not agree on, and whether they are one text or a form filled in anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from wqnlp.records import Copy, Document, Figure

SAME_FIGURES = 0.8                       # share of figures in common that makes a copy of a look-alike
UNREAD = {"masked", "damaged"}


@dataclass(frozen=True, slots=True)
class Brief:
    """What is compared of a summary: its place, year, kind of period, and the values of its figures."""

    place: tuple[str | None, str | None] | None
    year: int | None
    period: str | None
    values: Counter[tuple[str, float]]


def brief(document: Document | None, figures: Iterable[Figure]) -> Brief:
    """What is compared of a summary."""
    values = Counter(_values(figures))
    if document is None:
        return Brief(None, None, None, values)
    return Brief((document.adcode, document.place), document.year, document.period_kind, values)


def apart(one: Brief, other: Brief) -> tuple[str, ...]:
    """Which of place, year, period and figures two summaries do not agree on."""
    found = []
    if one.place is not None and other.place is not None:
        found += [name for name in ("place", "year", "period") if getattr(one, name) != getattr(other, name)]
    if _share(one.values, other.values) < 1:
        found.append("figures")
    return tuple(found)


def differences(one: Document | None, other: Document | None, figures: Sequence[Figure],
                others: Sequence[Figure]) -> tuple[str, ...]:
    """What two near-identical summaries do not agree on: place, year, period, figures."""
    return apart(brief(one, figures), brief(other, others))


def listed(one: Document, other: Document, figures: Sequence[Figure],
           others: Sequence[Figure]) -> list[tuple[str, str, str]]:
    """Every difference of two copies as (what, here, there): place, year, period, and each figure that only one has.

    Figures are set against one another in the order of the text, where what they count is the same.

    >>> a, b = (Document(doc_id=i, path="", start=0, end=9, title="", place="霍山县", year=y)
    ...         for i, y in (("a", 2006), ("b", 2009)))
    >>> listed(a, b, [], [])
    [('year', '2006', '2009')]
    """
    found = [(what, str(here), str(there)) for what, here, there in (
        ("place", one.place, other.place), ("year", one.year, other.year),
        ("period", one.period_kind, other.period_kind)) if here != there]
    left, right = _unshared(figures, others), _unshared(others, figures)
    for figure in left:
        match = next((f for f in right if (f.measure, f.issue, f.unit) == (figure.measure, figure.issue, figure.unit)),
                     None)
        if match is not None:
            right.remove(match)
        found.append(("figures", figure.text, match.text if match else ""))
    return found + [("figures", "", figure.text) for figure in right]


def _unshared(figures: Sequence[Figure], others: Sequence[Figure]) -> list[Figure]:
    """Figures whose value the others do not have, in order."""
    have = Counter((f.kind, f.value, f.text if f.value is None else "") for f in others)
    found = []
    for figure in sorted(figures, key=lambda f: f.start):
        key = (figure.kind, figure.value, figure.text if figure.value is None else "")
        if have[key]:
            have[key] -= 1
        else:
            found.append(figure)
    return found


def shared_figures(figures: Iterable[Figure], others: Iterable[Figure]) -> float:
    """Share of the readable figures of the poorer of two summaries that the other gives too, 1 where one has none.

    A text copied under another year keeps its figures; a text written again over last year's has new ones.
    Masked and damaged figures say nothing either way. Percentages and small counts (under ten) are alike in
    texts that have nothing to do with each other, so they are left out unless there is nothing else.
    """
    return _share(Counter(_values(figures)), Counter(_values(others)))


def same_text(one: Iterable[Figure], other: Iterable[Figure]) -> bool:
    """Whether two near-identical summaries are one text put up twice, and not a form filled in anew."""
    return shared_figures(one, other) >= SAME_FIGURES


def with_copies(documents: Iterable[Document], found: Mapping[str, tuple[Copy, ...]]) -> list[Document]:
    """The documents with their copies filled in."""
    return [replace(d, copies=found[d.doc_id]) if d.doc_id in found else d for d in documents]


def _share(one: Counter[tuple[str, float]], other: Counter[tuple[str, float]]) -> float:
    poorer = min(one.total(), other.total())
    return (one & other).total() / poorer if poorer else 1.0


def _values(figures: Iterable[Figure]) -> list[tuple[str, float]]:
    read = [f for f in figures if f.value is not None and not UNREAD & set(f.flags)]
    telling = [f for f in read if f.kind != "percent" and abs(f.value or 0) >= 10]
    return [(f.kind, f.value) for f in telling or read if f.value is not None]
