"""What a report asks again of each summary, on disk until it is asked: its figures, its issues, and its document whole.

A private SQLite file that goes with the process. As a mapping it gives the figures of a summary by its doc_id, as
`wqnlp.compare` takes them.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from wqnlp.compare import Raised
from wqnlp.records import Document, Figure, Issue

HELD = 256                               # summaries whose figures are at hand


class Spool(Mapping[str, Sequence[Figure]]):
    """Takes summaries one by one.

    >>> spool = Spool()
    >>> spool.put(Document(doc_id="a", path="甲.txt", start=0, end=9, title="总结"), [], [])
    >>> spool["a"], spool.get("b"), spool.document("a").path, len(spool)
    ([], None, '甲.txt', 1)
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)         # "" is a file of its own in the temporary folder
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("CREATE TABLE kept (doc_id TEXT PRIMARY KEY, document BLOB, figures BLOB, raised BLOB)")
        self._figures = lru_cache(HELD)(lambda doc_id: self._asked("figures", doc_id))

    def put(self, document: Document, figures: Sequence[Figure], issues: Iterable[Issue]) -> None:
        """Take one summary."""
        raised = [Raised(*(getattr(issue, name) for name in Raised._fields)) for issue in issues]
        self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)",
                         (document.doc_id, *map(pickle.dumps, (document, figures, raised))))

    def __getitem__(self, doc_id: str) -> Sequence[Figure]:
        return self._figures(doc_id)  # type: ignore[no-any-return]

    def document(self, doc_id: str) -> Document:
        """A summary's record, with all its evidence."""
        return self._asked("document", doc_id)  # type: ignore[no-any-return]

    def raised(self, doc_ids: Iterable[str]) -> dict[str, list[Raised]]:
        """The issues that some summaries raise."""
        return {doc_id: self._asked("raised", doc_id) for doc_id in doc_ids}

    def _asked(self, column: str, doc_id: str) -> Any:
        row = self._db.execute(f"SELECT {column} FROM kept WHERE doc_id = ?", (doc_id,)).fetchone()
        if row is None:
            raise KeyError(doc_id)
        return pickle.loads(row[0])  # noqa: S301 - a file of this process that nobody else can open

    def __iter__(self) -> Iterator[str]:
        return (str(name) for name, in self._db.execute("SELECT doc_id FROM kept ORDER BY rowid"))

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM kept").fetchone()[0])
