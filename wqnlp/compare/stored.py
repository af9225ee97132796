"""The panel of a library file: only the rows that can answer are read, so that 100,000 summaries take seconds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wqnlp.compare.panel import panel
from wqnlp.errors import Unreadable
from wqnlp.records import Copy, Document, Evidence, Figure

if TYPE_CHECKING:
    import pandas as pd

    from wqnlp.library import Library

NEEDED = ("id", "doc_id", "start", "end", "text", "sentence", "value", "low", "high", "unit", "kind", "measure", "issue",
          "actor", "role", "parent", "period_start", "period_end", "flags", "confidence")


def panel_of(library: Library, measure: str | Sequence[str] = "cases_received", issue: str | None = None, *,
             office: str = "all") -> pd.DataFrame:
    """`panel` of a library file, without loading the rest of it. The same rows as `panel(documents, figures, ...)`.

    Raises NotInLibrary (E62) for an unknown code and Unreadable (E22) where the file cannot be read.
    """
    measures = [measure] if isinstance(measure, str) else list(measure)
    try:
        with closing(sqlite3.connect(f"file:{Path(library.path).resolve().as_posix()}?mode=ro", uri=True)) as db:
            documents = list(_documents(db))
            copied = [d.doc_id for d in documents if d.copies]
            figures = [*_figures(db, "measure", measures), *_figures(db, "doc_id", copied, measures)]
    except sqlite3.Error as fault:
        raise Unreadable("E22", str(library.path), f"it cannot be read ({fault})", "make the library anew") from fault
    return panel(documents, figures, measures, issue, office=office)


def _documents(db: sqlite3.Connection) -> Iterator[Document]:
    names = ("doc_id", "path", "start", "end", "title", "organisation", "place", "adcode", "level", "year",
             "period_start", "period_end", "period_kind")
    wanted = ", ".join(f'"{name}"' for name in names)
    for *told, copies, evidence in db.execute(
            f"SELECT {wanted}, copies, CASE WHEN copies = '[]' THEN '{{}}' ELSE evidence END FROM documents"):
        linked = tuple(Copy(**{**copy, "differs": tuple(copy["differs"])}) for copy in json.loads(copies))
        votes = {field: tuple(Evidence(**vote) for vote in found) for field, found in json.loads(evidence).items()}
        yield Document(**dict(zip(names, told, strict=True)), copies=linked, evidence=votes)


def _figures(db: sqlite3.Connection, column: str, values: Sequence[Any],
             without: Sequence[str] = ()) -> Iterator[Figure]:
    """Figures whose column has one of the values, and whose measure is none of `without`."""
    wanted = ", ".join(f'"{name}"' for name in NEEDED)
    but = f" AND measure NOT IN ({', '.join('?' * len(without))})" if without else ""
    for start in range(0, len(values), 500):
        some = list(values[start:start + 500])
        query = f'SELECT {wanted} FROM figures WHERE "{column}" IN ({", ".join("?" * len(some))}){but}'
        for row in db.execute(query, [*some, *without]):
            told = dict(zip(NEEDED, row, strict=True))
            yield Figure(**told | {"flags": tuple(json.loads(told["flags"]))})
