"""The review list of a library: what is uncertain in all of it, what a label would teach most first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from wqnlp.compare.tables import documents_of
from wqnlp.desk.doubts import Doubt, doubts, ordered, rarity
from wqnlp.store.schema import plain

if TYPE_CHECKING:
    import pandas as pd

    from wqnlp.library import Library


def review(library: Library) -> list[Doubt]:
    """Every doubt of a library, ordered. Codes that are rare in this library weigh more."""
    activities, figures = library.activities(), library.figures()
    weights = rarity([*(code for themes in activities["themes"] for code in themes), *figures["measure"]])
    by_document, numbers = _grouped(activities), _grouped(figures)
    found: list[Doubt] = []
    for document in documents_of(library.documents()):
        units = by_document.get(document.doc_id, [])
        found += doubts(plain(document), library.text(document.doc_id), units, numbers.get(document.doc_id, []), weights)
    return ordered(found)


def _grouped(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in frame.to_dict("records"):
        rows[row["doc_id"]].append({str(name): value for name, value in row.items()})
    return rows


def told(found: Iterable[Doubt]) -> list[list[str]]:
    """Doubts as rows of a table with a head."""
    return [["teaches", "kind", "guess", "text", "why", "where"],
            *([f"{d.gain:.2f}", d.kind, d.guess or "", d.text, d.why, f"{d.doc_id}:{d.start}-{d.end}"] for d in found)]
