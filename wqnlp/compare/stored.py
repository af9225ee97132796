"""A library file compared: for a panel only the rows that can answer are read, so that 100,000 summaries take seconds;
and its repaired texts, with the way back."""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wqnlp.compare.keyness import concordance
from wqnlp.compare.panel import panel
from wqnlp.errors import Unreadable
from wqnlp.records import Copy, Document, Evidence, Figure
from wqnlp.span import Repair, replay

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


class StoredText:
    """The repaired text of one summary of a library, with the way back to the source."""

    def __init__(self, text: str, start: int, repairs: Sequence[Repair]) -> None:
        """`text` is the source text of the summary, `start` where it begins in its file, `repairs` those inside."""
        inside = [replace_at(repair, start) for repair in repairs]
        self.text = replay(text, inside)
        self._start = start
        self._at, self._from = [0], [0]                    # where a stretch begins: repaired, source
        moved = 0
        for repair in sorted(inside, key=lambda r: (r.start, r.end)):
            moved += len(repair.new) - (repair.end - repair.start)
            self._at.append(repair.end + moved)
            self._from.append(repair.end)

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Source offsets of a stretch of the repaired text that no repair cuts through."""
        def back(at: int, found: int) -> int:
            return self._start + self._from[found] + at - self._at[found]

        first, last = bisect_right(self._at, start) - 1, bisect_right(self._at, max(start, end - 1)) - 1
        return back(start, first), back(end, last)


def replace_at(repair: Repair, start: int) -> Repair:
    """A repair with its offsets counted from `start`."""
    return repair._replace(start=repair.start - start, end=repair.end - start)


def texts(library: Library, doc_ids: Sequence[str] | None = None) -> dict[str, StoredText]:
    """The repaired texts of a library's summaries (all, or those named), by doc_id.

    >>> StoredText("聯(lián)系群眾", 100, [Repair(101, 107, "", ("gloss",))]).source_span(1, 3)
    (107, 109)
    """
    found = {}
    with closing(sqlite3.connect(f"file:{Path(library.path).resolve().as_posix()}?mode=ro", uri=True)) as db:
        wanted = None if doc_ids is None else set(doc_ids)
        for doc_id, start, end in db.execute('SELECT doc_id, start, "end" FROM documents').fetchall():
            if wanted is not None and doc_id not in wanted:
                continue
            sha = doc_id.rpartition("-")[0]
            repairs = [Repair(low, high, new, ()) for low, high, new in db.execute(
                'SELECT start, "end", new FROM repairs WHERE sha12 = ? AND start >= ? AND "end" <= ?', [sha, start, end])]
            found[doc_id] = StoredText(library.source_text(doc_id)[start:end], start, repairs)
    return found


def concordance_of(library: Library, word: str, *, around: int = 20, most: int = 200) -> pd.DataFrame:
    """`keyness.concordance` over a library, with the path and the source offsets of every line."""
    stored = texts(library)
    lines = concordance({doc_id: one.text for doc_id, one in stored.items()}, word, around=around, most=most)
    spans = [stored[str(line["doc_id"])].source_span(int(line["start"]), int(line["end"])) for line in lines.to_dict("records")]
    paths = library.documents().set_index("doc_id")["path"]
    return lines.assign(start=[span[0] for span in spans], end=[span[1] for span in spans],
                        path=[paths[doc_id] for doc_id in lines["doc_id"]])
