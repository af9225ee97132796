"""A library, open for reading: rows with people's corrections laid over them, texts, and what every row was made by.

Nothing is held between two questions, so a batch that writes is never kept waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select
from sqlalchemy.exc import SQLAlchemyError

from wqnlp.errors import NotInLibrary, Unreadable
from wqnlp.records import TABLES, columns
from wqnlp.store import engine
from wqnlp.store.conditions import DOCUMENT_KEYS, condition
from wqnlp.store.corrections import KEY, Correction, Overlay, listed
from wqnlp.store.frames import frame, parsed
from wqnlp.store.past import Past
from wqnlp.store.rows import source_of, unpacked
from wqnlp.store.stamp import Stamp
from wqnlp.store.tables import given, tables
from wqnlp.store.where import Address, Where, located

if TYPE_CHECKING:
    import pandas as pd

    from wqnlp.source.base import Source

AT_ONCE = 2_000                          # rows that are fetched together
Rows = list[dict[str, Any]]


class Held(NamedTuple):
    """One file of a library: where it was, which bytes, as what it was read, and what read it."""

    sha12: str
    path: str
    sha256: str
    format: str
    whole: bool                          # whether its source can be had back from the library alone
    stamp: Stamp


class Reader:
    """A library by its path or URL. Raises `Unreadable` (E22) where there is none."""

    def __init__(self, where: Where) -> None:
        self.address: Address = located(where)
        self._engine = engine.opened_to_read(self.address)
        self._local = threading.local()

    @contextmanager
    def state(self) -> Iterator[Connection]:
        """One state of the library for all that this thread asks in the block, though it may be written meanwhile."""
        with self._asked() as db:
            before, self._local.db = getattr(self._local, "db", None), db
            try:
                yield db
            finally:
                self._local.db = before

    @contextmanager
    def _asked(self) -> Iterator[Connection]:
        held = getattr(self._local, "db", None)
        if held is not None:
            yield held
            return
        try:
            with engine.connected(self._engine) as db:
                yield db
        except SQLAlchemyError as fault:
            raise Unreadable("E22", self.address.shown, f"it cannot be read ({engine.reason(fault)})",
                             "see that it is there, and may be read") from fault

    def rows(self, table: str, where: Mapping[str, Any] | None = None, *, corrected: bool = True) -> Rows:
        """The rows of a table that are asked for (`library.figures(**where)`), as plain values, in their order."""
        return list(self.each(table, where or {}, corrected=corrected))

    def each(self, table: str, where: Mapping[str, Any], *, without: Sequence[str] = (), corrected: bool = True,
             sort: bool = True) -> Iterator[dict[str, Any]]:
        """The same one by one; columns of lists and objects named in `without` are not fetched, and empty.

        Documents come by path, with `sort=False` as they were written, which is quicker; all else as it was written.
        """
        asked = [condition(table, key, wanted) for key, wanted in where.items()]
        with self._asked() as db:
            t, overlay = tables(table), Overlay.read(db) if corrected and table in KEY else Overlay([])
            query = select(*(_picked(column, without) for column in given(table)))
            if table == "figures" and where:
                d = tables("documents")
                query = query.add_columns(*(d.c[name] for name in DOCUMENT_KEYS)).join(d, d.c.doc_id == t.c.doc_id)
            clause = and_(*(one.clause for one in asked)) if asked else None
            ids, doc_ids = overlay.named(table), overlay.named("documents") if table == "figures" else []
            touched = [t.c[KEY[table]].in_(ids)] if ids else []
            touched += [t.c.doc_id.in_(doc_ids)] if doc_ids else []
            if clause is not None:
                query = query.where(or_(clause, *touched))
            order = [t.c.path, t.c.start] if table == "documents" and sort else [t.c.seq]
            width, again = len(columns(TABLES[table])), {*ids, *doc_ids}
            for row in db.execute(query.order_by(*order).execution_options(yield_per=AT_ONCE)):
                values = parsed(table, row)
                if again and (values[KEY[table]] in again or values["doc_id"] in again):
                    values = overlay.over(table, values)
                    document = overlay.over("documents", {"doc_id": values["doc_id"]} | dict(
                        zip(DOCUMENT_KEYS, row[width:], strict=False)))
                    if not all(one.holds(values, document) for one in asked):
                        continue
                yield values

    def frame(self, table: str, where: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The same as a DataFrame."""
        return frame(table, self.each(table, where or {}))

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with self._asked() as db:
            return int(db.execute(select(func.count()).select_from(tables(table))).scalar_one())

    def values(self, table: str, column: str) -> list[str]:
        """The values that a column of text has, in order."""
        c = tables(table).c[column]
        with self._asked() as db:
            return [str(value) for value, in db.execute(select(c).where(c.is_not(None)).distinct().order_by(c))]

    def corrections(self, record: str | None = None, *, state: str | None = None) -> list[Correction]:
        """What people corrected, in order; of one figure or document, or of one state, alone."""
        with self._asked() as db:
            return listed(db, record=record, state=state)

    def files(self) -> list[Held]:
        """All files of the library, by path."""
        t = tables("files")
        query = select(t.c.sha12, t.c.path, t.c.sha256, t.c.format, t.c.layout.is_not(None), t.c.version, t.c.rules, t.c.models)
        with self._asked() as db:
            return [Held(row[0], row[1], row[2], row[3], bool(row[4]) or row[3] == "text", Stamp(*row[5:]))
                    for row in db.execute(query.order_by(t.c.path, t.c.sha12))]

    def source(self, doc_id: str) -> Source:
        """The source of the file that a summary stands in (or of a file, by the first part of its doc_ids), as it was read."""
        t = tables("files")
        with self._asked() as db:
            found = db.execute(select(t).where(t.c.sha12 == _file(doc_id))).mappings().one_or_none()
        if found is None:
            raise self._none(doc_id, "document", "doc_ids stand in documents()")
        return source_of(dict(found))

    def source_text(self, doc_id: str) -> str:
        """Its text alone."""
        t = tables("files")
        with self._asked() as db:
            found = db.execute(select(t.c.text).where(t.c.sha12 == _file(doc_id))).scalar()
        if found is None:
            raise self._none(doc_id, "document", "doc_ids stand in documents()")
        return unpacked(found)

    def text(self, doc_id: str) -> str:
        """The repaired text of one summary."""
        with self._asked() as db:
            found = Past(db).text(doc_id)
        if found is None:
            raise self._none(doc_id, "document", "doc_ids stand in documents()")
        return found

    def made_by(self, doc_id: str) -> Stamp:
        """The version, rules and models that made the rows of a summary."""
        t = tables("files")
        with self._asked() as db:
            found = db.execute(select(t.c.version, t.c.rules, t.c.models).where(t.c.sha12 == _file(doc_id))).one_or_none()
        return Stamp(*found) if found else Stamp("", "", "")

    def near(self, table: str, doc_id: str, start: int, end: int) -> Rows:
        """Repairs or marks of a file that share characters with a stretch of its source text, in order."""
        t = tables(table)
        query = select(*given(table)).where(t.c.sha12 == _file(doc_id), t.c.start < end, t.c.end > start)
        with self._asked() as db:
            return [dict(row) for row in db.execute(query.order_by(t.c.start, t.c.seq)).mappings()]

    def _none(self, name: str, kind: str, todo: str) -> NotInLibrary:
        return NotInLibrary("E61", name, f"{self.address.shown} has no such {kind}", todo)

    def close(self) -> None:
        """Close it."""
        self._engine.dispose()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 where: TracebackType | None) -> None:
        self.close()


def _file(doc_id: str) -> str:
    return doc_id.rpartition("-")[0] or doc_id


def _picked(column: Any, without: Sequence[str]) -> ColumnElement[Any]:
    return literal("{}").label(column.name) if column.name in without else column
