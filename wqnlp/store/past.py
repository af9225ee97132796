"""What a library holds of the other years of a body: read back body by body, never the whole library."""

from __future__ import annotations

from collections.abc import Container, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal, select

from wqnlp.audits import Told, body_of, told
from wqnlp.copies import near_identical
from wqnlp.copies.search import SHORTEST
from wqnlp.copies.sketch import Sketch, normalised, sketch
from wqnlp.records import Copy, Document, Figure
from wqnlp.span import Repair, replay
from wqnlp.store.frames import parsed
from wqnlp.store.rows import document_of, unpacked
from wqnlp.store.tables import given, tables

SKETCHES = 256                           # texts kept as sketches while one is held against another


def of_file(column: ColumnElement[Any], sha12: str) -> ColumnElement[bool]:
    """The test that a doc_id is of a file: `-` is followed by `.` in ASCII, and so the test uses the index."""
    return (column >= f"{sha12}-") & (column < f"{sha12}.")


class Past:
    """The summaries of a library by the body they are of, as they were extracted. Writes nothing."""

    def __init__(self, db: Connection, texts: Mapping[str, str] | None = None) -> None:
        """`texts` are those of summaries that the library does not hold yet, by doc_id."""
        self._db, self._texts = db, texts or {}
        self._sketch = lru_cache(SKETCHES)(self._sketched)

    def of(self, body: str, but: Container[str] = ()) -> list[Told]:
        """All summaries of a body, as `wqnlp.audits.body_of` calls it, but some."""
        code, level, name = body.split("/")[:3]
        c = tables("documents").c
        test = (c.adcode == code) & (func.coalesce(c.level, "") == level) if code else \
            c.adcode.is_(None) & (c.organisation == name)
        found = (told(document, self._figures(document.doc_id)) for document in self._documents(test)
                 if document.doc_id not in but and body_of(document) == body)
        return [said for said in found if said is not None]

    def bodies_of_file(self, sha12: str) -> set[str]:
        """The bodies whose summaries a file held."""
        held = self._documents(of_file(tables("documents").c.doc_id, sha12))
        return {body for document in held if (body := body_of(document)) is not None}

    def of_file(self, sha12: str) -> tuple[list[Document], list[Figure]]:
        """The summaries of a file and their figures."""
        documents = sorted(self._documents(of_file(tables("documents").c.doc_id, sha12)),
                           key=lambda document: int(document.doc_id.rpartition("-")[2]))
        return documents, [figure for document in documents for figure in self._figures(document.doc_id)]

    def copies(self, said: list[Told]) -> dict[str, tuple[Copy, ...]]:
        """The copies on record of each summary."""
        names = [one.doc_id for one in said]
        return {document.doc_id: document.copies for document in self._documents(tables("documents").c.doc_id.in_(names))}

    def alike(self, one: str, other: str) -> bool:
        """Whether the texts of two summaries are near-identical. False where the library has not both."""
        first, second = self._sketch(one), self._sketch(other)
        return first is not None and second is not None and near_identical(first, second)

    def text(self, doc_id: str) -> str | None:
        """The repaired text of one summary; None where the library has no such summary."""
        sha = doc_id.rpartition("-")[0]
        files, documents, repairs = tables("files"), tables("documents"), tables("repairs")
        found = self._db.execute(select(files.c.text, documents.c.start, documents.c.end).join_from(
            files, documents, documents.c.doc_id == doc_id).where(files.c.sha12 == sha)).one_or_none()
        if found is None:
            return None
        text, (start, end) = unpacked(found[0]), found[1:]
        made = self._db.execute(select(repairs.c.start, repairs.c.end, repairs.c.new).where(
            repairs.c.sha12 == sha, repairs.c.start >= start, repairs.c.end <= end))
        return replay(text[start:end], [Repair(low - start, high - start, new, ()) for low, high, new in made])

    def _sketched(self, doc_id: str) -> Sketch | None:
        text = self._texts.get(doc_id) or self.text(doc_id)
        return None if text is None or len(normalised(text)) < SHORTEST else sketch(text)

    def _documents(self, test: ColumnElement[bool]) -> list[Document]:
        columns = [literal("{}") if column.name in ("evidence", "damage") else column for column in given("documents")]
        rows = self._db.execute(select(*columns).where(test).order_by(tables("documents").c.doc_id)).all()
        return [document_of(parsed("documents", row)) for row in rows]

    def _figures(self, doc_id: str) -> list[Figure]:
        figures = tables("figures")
        rows = self._db.execute(select(*given("figures")).where(figures.c.doc_id == doc_id).order_by(figures.c.seq))
        return [Figure(**(row | {"flags": tuple(row["flags"])})) for row in (parsed("figures", one) for one in rows)]
