"""Place by year: one row a summary for one measure, one text counted once, nothing computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wqnlp.compare.choose import choose
from wqnlp.compare.tables import documents_of, figures_of
from wqnlp.copies import same_text
from wqnlp.errors import NotInLibrary
from wqnlp.records import Document, Figure
from wqnlp.vocab import codes

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["place", "adcode", "year", "period_kind", "period_start", "period_end", "measure", "issue", "value", "low",
           "high", "unit", "status", "figure_id", "doc_id", "note"]


def panel(documents: Any, figures: Any, measure: str | Sequence[str] = "cases_received",
          issue: str | None = None) -> pd.DataFrame:
    """A long frame with one row for each summary: what it reports of a measure (and an issue), or why nothing.

    `documents` and `figures` are records or frames. Of several measures the first that a summary reports is taken,
    and `measure` and `unit` of the row say which. Half-years, quarters and partial periods keep rows of their own
    (`period_kind`). `status` is given, approximate, masked, damaged or none; `value` is missing where the text
    gives no number, with the reason in `note`. `figure_id` leads to the figure and its source characters.
    Raises NotInLibrary (E62) for a code that is not in the taxonomy.

    >>> told = dict(path="", start=0, end=9, title="", place="安徽省六安市霍山县", adcode="341525")
    >>> counted = Figure(id="a:0-4", doc_id="a", start=0, end=4, text="186件", sentence="", value=186, low=186,
    ...                  high=186, unit="件", kind="count", measure="cases_received", role="total")
    >>> found = panel([Document(doc_id="a", year=2006, **told), Document(doc_id="b", year=2009, **told)], [counted])
    >>> found[["year", "value", "status"]].values.tolist()
    [[2006, 186.0, 'given'], [2009, nan, 'none']]
    """
    import pandas as pd

    measures = [measure] if isinstance(measure, str) else list(measure)
    _known(measures, issue)
    records, by_doc = documents_of(documents), _by_document(figures_of(figures))
    kept, repeated = counted_once(records, by_doc)
    names = {document.doc_id: document for document in records}
    rows = []
    for document in kept:
        choice = choose(document, by_doc.get(document.doc_id, []), measures, issue)
        figure = choice.figure
        again = [names[other] for other, one in repeated.items() if one == document.doc_id]
        notes = [choice.note, "" if document.year else "年份不详", _again(document, again)]
        rows.append({
            "place": document.place or document.organisation, "adcode": document.adcode, "year": document.year,
            "period_kind": choice.period_kind, "period_start": choice.period_start, "period_end": choice.period_end,
            "measure": figure.measure if figure else measures[0], "issue": issue,
            "value": figure.value if figure else None, "low": figure.low if figure else None,
            "high": figure.high if figure else None, "unit": figure.unit if figure else None, "status": choice.status,
            "figure_id": figure.id if figure else None, "doc_id": document.doc_id,
            "note": "；".join(n for n in notes if n),
        })
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame = frame.astype({"year": "Int64", "value": "float64", "low": "float64", "high": "float64"})
    order = ["adcode", "place", "year", "period_kind", "doc_id"]
    return frame.sort_values(order, na_position="last").reset_index(drop=True)


def counted_once(documents: Sequence[Document],
                 figures: dict[str, list[Figure]]) -> tuple[list[Document], dict[str, str]]:
    """Documents with one of each group of copies, and for each one left out the doc_id that stands for it.

    Copies whose figures differ are last year's text filled in anew, and stay. Of real copies the one that stands is
    that with a year, the surest, the fewest unreadable figures, and then the earliest: sites date old texts anew.
    """
    groups = _groups(documents, figures)

    def rank(document: Document) -> tuple[Any, ...]:
        votes = document.evidence.get("year", ())
        unread = sum(f.value is None for f in figures.get(document.doc_id, ()))
        sure = votes[0].confidence if votes else 0.0
        return (document.year is None, -sure, unread, document.year or 0, document.doc_id)

    stands: dict[str, str] = {}
    for group in groups:
        best = min(group, key=rank)
        stands |= {document.doc_id: best.doc_id for document in group if document is not best}
    return [d for d in documents if d.doc_id not in stands], stands


def _groups(documents: Sequence[Document], figures: dict[str, list[Figure]]) -> list[list[Document]]:
    """Documents linked by copies that share their figures, as groups (union-find)."""
    root = {document.doc_id: document.doc_id for document in documents}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for document in documents:
        for copy in document.copies:
            if copy.doc_id in root and same_text(figures.get(document.doc_id, ()), figures.get(copy.doc_id, ())):
                root[find(document.doc_id)] = find(copy.doc_id)
    groups: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        groups[find(document.doc_id)].append(document)
    return list(groups.values())


def _again(document: Document, again: Sequence[Document]) -> str:
    if not again:
        return ""
    others = dict.fromkeys(f"{d.year}年" if d.year else "年份不详" for d in again)
    places = dict.fromkeys(str(d.place) for d in again if d.place and d.place != document.place)
    return f"同一文本另见{'、'.join((*others, *places))}，只计一次"


def _by_document(figures: Sequence[Figure]) -> dict[str, list[Figure]]:
    found: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        found[figure.doc_id].append(figure)
    return dict(found)


def _known(measures: Sequence[str], issue: str | None) -> None:
    wrong = [m for m in measures if m not in codes("measures")]
    wrong += [i for i in [issue] if i is not None and i not in codes("issues")]
    if wrong:
        raise NotInLibrary("E62", wrong[0], "no such measure or issue",
                           "take a code of wqnlp/data/taxonomy.yaml")
