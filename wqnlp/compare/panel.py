"""Place by year: one row a summary for one measure, one text counted once, nothing computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wqnlp.compare.choose import choose
from wqnlp.compare.joined import place_id
from wqnlp.compare.originals import Cluster, clusters
from wqnlp.compare.tables import documents_of, figures_of
from wqnlp.errors import NotInLibrary
from wqnlp.records import by_document
from wqnlp.vocab import codes

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["place_id", "place", "adcode", "year", "period_kind", "period_start", "period_end", "measure", "issue",
           "value", "low", "high", "unit", "status", "figure_id", "doc_id", "note"]


def panel(documents: Any, figures: Any, measure: str | Sequence[str] = "cases_received",
          issue: str | None = None, *, office: str = "all") -> pd.DataFrame:
    """A long frame with one row for each summary: what it reports of a measure (and an issue), or why nothing.

    `documents` and `figures` are records or frames; `figures` may be a mapping of doc_ids to records, too. Of several
    measures the first that a summary reports is taken, and `measure` and `unit` of the row say which. `office="own"`
    asks for the cases that came over the reporting federation's own desk (市级51件 of 329件). `place_id` is one through
    renamings (see `joined.place_id`).
    Half-years, quarters and partial periods keep rows of their own (`period_kind`). `status` is given, approximate,
    masked, damaged or none; `value` is missing where the text gives no number, with the reason in
    `note`. `figure_id` leads to the figure and its source characters.
    Raises NotInLibrary (E62) for a code that is not in the taxonomy.

    >>> from wqnlp.records import Document, Figure
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
    records = documents_of(documents)
    by_doc = figures if isinstance(figures, Mapping) else by_document(figures_of(figures))
    repeated = {cluster.original.doc_id: cluster for cluster in clusters(records, by_doc)}
    dropped = {other.doc_id for cluster in repeated.values() for other in cluster.others}
    rows = []
    for document in (document for document in records if document.doc_id not in dropped):
        choice = choose(document, by_doc.get(document.doc_id, []), measures, issue, office)
        figure = choice.figure
        notes = [choice.note, "" if document.year else "年份不详", _again(repeated.get(document.doc_id))]
        rows.append({
            "place_id": place_id(document.place or document.organisation, document.adcode, document.year),
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
    order = ["place_id", "place", "year", "period_kind", "doc_id"]
    return frame.sort_values(order, na_position="last").reset_index(drop=True)


def _again(cluster: Cluster | None) -> str:
    """What is said of a text that stands in the library several times."""
    if cluster is None:
        return ""
    own = cluster.original
    others = dict.fromkeys(f"{d.year}年" if d.year else "年份不详" for d in cluster.others)
    places = dict.fromkeys(str(d.place) for d in cluster.others if d.place and d.place != own.place)
    return f"同一文本另见{'、'.join((*others, *places))}，只计一次（{cluster.why}）"


def _known(measures: Sequence[str], issue: str | None) -> None:
    wrong = [m for m in measures if m not in codes("measures")]
    wrong += [i for i in [issue] if i is not None and i not in codes("issues")]
    if wrong:
        raise NotInLibrary("E62", wrong[0], "no such measure or issue",
                           "take a code of wqnlp/data/taxonomy.yaml")
