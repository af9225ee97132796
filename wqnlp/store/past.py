"""What a library holds of the other years of a body: read back body by body, never the whole library."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Container, Mapping
from functools import lru_cache

from wqnlp.audits import Told, body_of, told
from wqnlp.copies import near_identical
from wqnlp.copies.search import SHORTEST
from wqnlp.copies.sketch import Sketch, normalised, sketch
from wqnlp.records import TABLES, Copy, Document, Figure, columns
from wqnlp.span import Repair, replay
from wqnlp.store.frames import parsed

SKETCHES = 256                           # texts kept as sketches while one is held against another


class Past:
    """The summaries of a library by the body they are of. Reads through an open connection, and writes nothing."""

    def __init__(self, db: sqlite3.Connection, texts: Mapping[str, str] | None = None) -> None:
        """`texts` are those of summaries that the library does not hold yet, by doc_id."""
        self._db, self._texts = db, texts or {}
        self._sketch = lru_cache(SKETCHES)(self._sketched)

    def of(self, body: str, but: Container[str] = ()) -> list[Told]:
        """All summaries of a body, as `wqnlp.audits.body_of` calls it, but some."""
        code, level, name = body.split("/")[:3]
        test, values = ("adcode = ? AND coalesce(level, '') = ?", [code, level]) if code else \
            ("adcode IS NULL AND organisation = ?", [name])
        found = (told(document, self._figures(document.doc_id)) for document in self._documents(test, values)
                 if document.doc_id not in but and body_of(document) == body)
        return [said for said in found if said is not None]

    def bodies_of_file(self, sha12: str) -> set[str]:
        """The bodies whose summaries a file held."""
        held = self._documents("doc_id >= ? AND doc_id < ?", [f"{sha12}-", f"{sha12}."])
        return {body for document in held if (body := body_of(document)) is not None}

    def copies(self, said: list[Told]) -> dict[str, tuple[Copy, ...]]:
        """The copies on record of each summary."""
        found = {one.doc_id: self._documents("doc_id = ?", [one.doc_id]) for one in said}
        return {doc_id: documents[0].copies for doc_id, documents in found.items() if documents}

    def alike(self, one: str, other: str) -> bool:
        """Whether the texts of two summaries are near-identical. False where the library has not both."""
        first, second = self._sketch(one), self._sketch(other)
        return first is not None and second is not None and near_identical(first, second)

    def text(self, doc_id: str) -> str | None:
        """The repaired text of one summary; None where the library has no such summary."""
        sha = doc_id.rpartition("-")[0]
        found = self._db.execute("SELECT s.text, d.start, d.end FROM sources AS s JOIN documents AS d ON d.doc_id = ? "
                                 "WHERE s.sha12 = ?", [doc_id, sha]).fetchone()
        if found is None:
            return None
        text, (start, end) = zlib.decompress(found[0]).decode("utf-8", "surrogatepass"), found[1:]
        made = self._db.execute('SELECT start, "end", new FROM repairs WHERE sha12 = ? AND start >= ? AND "end" <= ?',
                                [sha, start, end])
        return replay(text[start:end], [Repair(low - start, high - start, new, ()) for low, high, new in made])

    def _sketched(self, doc_id: str) -> Sketch | None:
        text = self._texts.get(doc_id) or self.text(doc_id)
        return None if text is None or len(normalised(text)) < SHORTEST else sketch(text)

    def _documents(self, test: str, values: list[str]) -> list[Document]:
        names = [name for name in columns(Document) if name not in ("evidence", "damage")]
        picked = ", ".join(f'"{name}"' if name in names else "'{}'" for name in columns(Document))
        rows = self._db.execute(f"SELECT {picked} FROM documents WHERE {test} ORDER BY doc_id", values).fetchall()
        return [_document(parsed("documents", row)) for row in rows]

    def _figures(self, doc_id: str) -> list[Figure]:
        names = ", ".join(f'"{name}"' for name in columns(TABLES["figures"]))
        rows = self._db.execute(f"SELECT {names} FROM figures WHERE doc_id = ? ORDER BY rowid", [doc_id])
        return [Figure(**(row | {"flags": tuple(row["flags"])})) for row in (parsed("figures", one) for one in rows)]


def _document(row: Mapping[str, object]) -> Document:
    copies = row["copies"] if isinstance(row["copies"], list) else []
    return Document(**{**row, "copies": tuple(Copy(**{**one, "differs": tuple(one["differs"])}) for one in copies)})  # type: ignore[arg-type]
