"""What each summary of a run says that its other years can be held against, kept on disk until all are read.

A private SQLite file that goes with the process: memory stays flat however many summaries there are, and what comes
out is ordered by body, year and doc_id, whatever the order in which files came.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby

from wqnlp.audits import Told, told
from wqnlp.records import Document, Figure, by_document


class Shelf:
    """Takes summaries one by one, and gives them back by the body they are of.

    >>> shelf = Shelf()
    >>> for year in (2010, 2009):
    ...     shelf.add([Document(doc_id=f"{year}-0", path="", start=0, end=9, title="", organisation="霍山县妇联", year=year)], [])
    >>> [(body, [one.year for one in said]) for body, said in shelf.bodies()]
    [('//霍山县妇联', [2009, 2010])]
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)         # "" is a file of its own in the temporary folder
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("CREATE TABLE told (body TEXT, year INTEGER, doc_id TEXT PRIMARY KEY, row TEXT)")
        self._db.execute("CREATE INDEX told_body ON told (body, year, doc_id)")

    def add(self, documents: Iterable[Document], figures: Iterable[Figure]) -> None:
        """Take the summaries of one file with all figures of the file."""
        own = by_document(figures)
        self.take(said for document in documents if (said := told(document, own[document.doc_id])) is not None)

    def take(self, said: Iterable[Told]) -> None:
        """The same of summaries that were asked before."""
        for one in said:
            row = json.dumps(one, ensure_ascii=True)
            self._db.execute("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?)", [one.body, one.year, one.doc_id, row])

    def bodies(self) -> Iterator[tuple[str, list[Told]]]:
        """Each body with its summaries, one body at a time."""
        rows = self._db.execute("SELECT body, row FROM told ORDER BY body, year, doc_id")
        for body, same in groupby(rows, key=lambda row: str(row[0])):
            yield body, [Told.of(json.loads(row)) for _, row in same]
