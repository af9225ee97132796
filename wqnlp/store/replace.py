"""One file's rows in a library, in place of those it had of the file: what is the same stays untouched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    bindparam,
    delete,
    exists,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.exc import DBAPIError

from wqnlp.records import TABLES
from wqnlp.store.corrections import carry
from wqnlp.store.engine import lock
from wqnlp.store.past import Past, of_file
from wqnlp.store.rows import Row, clean
from wqnlp.store.schema import to_json
from wqnlp.store.tables import BY_FILE, given, tables

if TYPE_CHECKING:
    from wqnlp.pipeline import Result

OF_DOCUMENTS = tuple(table for table in TABLES if table not in ("documents", "errors"))
STAMPED = 3                              # the last columns of `files` say what read it


class Change(NamedTuple):
    """How many rows of a table are new, and how many are gone. A row that differs counts as both."""

    new: int = 0
    gone: int = 0


Changes = dict[str, Change]
"""What a file changes, by table; tables without a change are left out."""


@cache
def names(table: str) -> list[str]:
    """The columns of a table that are given out."""
    return [column.name for column in given(table)]


def across(audit: Row) -> bool:
    """Whether a row of `audits` sets two summaries side by side.

    >>> across(("b-0", "change", '["b-0:1-3", "a-0:5-9"]', 1.0, 1.0, "consistent", None))
    True
    """
    return any(figure.rpartition(":")[0] != audit[0] for figure in json.loads(audit[2]))


def add(db: Connection, table: str, rows: list[Row]) -> None:
    """Append rows to a table, in the order of its columns. Straight through the driver: nothing here costs more.

    So errors are the driver's, too: they become what those of all other statements are.
    """
    if not rows:
        return
    driver: Any = db.connection
    statement = _appending(table, db.dialect.name)
    try:
        if db.dialect.name == "postgresql":
            with driver.cursor() as cursor, cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            driver.cursor().executemany(statement, rows)
    except db.dialect.loaded_dbapi.Error as fault:
        lost = db.dialect.name == "postgresql" and bool(driver.dbapi_connection.closed)
        raise DBAPIError(statement, None, fault, hide_parameters=True, connection_invalidated=lost) from fault


@cache
def _appending(table: str, dialect: str) -> str:
    columns = ", ".join(f'"{name}"' for name in names(table))
    if dialect == "postgresql":
        return f'COPY "{table}" ({columns}) FROM STDIN'
    return f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(names(table)))})'


@cache
def _standing() -> CompoundSelect[Any]:
    """What a library has: files of this path or these bytes, errors of the path, corrections of any. One statement, made
    once, as a batch asks it of each file."""
    c, none = tables("files").c, literal("")
    path: BindParameter[str] = bindparam("path")
    return union_all(
        select(literal("files").label("kind"), c.sha12.label("sha12")).where((c.path == path) | (c.sha12 == bindparam("own"))),
        select(literal("errors"), none).where(exists().where(tables("errors").c.path == path)),
        select(literal("corrections"), none).where(exists(select(tables("corrections").c.seq))))


class Replacing:
    """A file that is read again, or for the first time. `lost` are bodies that had a summary in rows that changed."""

    def __init__(self, db: Connection, result: Result, made: Mapping[str, list[Row]]) -> None:
        self._db, self._result, self._made = db, result, made
        self._path = clean(result.path)  # a name that is not in the system's encoding has halves of characters
        self._new, self._gone = Counter[str](), Counter[str]()
        self.lost: set[str] = set()

    def run(self) -> Changes:
        """Do it, and say what changed."""
        own, held = self._result.sha12(), self._held()
        for sha in held["files"]:
            self._of_file(sha, self._made if sha == own else {})
            own = None if sha == own else own
        if own is not None:
            for table in ("files", *BY_FILE, "documents", *OF_DOCUMENTS):
                self._add(table, self._made[table])
        if held["errors"]:
            self._differ("errors", self._made["errors"], tables("errors").c.path == self._path)
        else:
            self._add("errors", self._made["errors"])
        changed = +self._new + self._gone
        if changed and held["corrections"]:
            carry(self._db, self._result)
        return {table: Change(self._new[table], self._gone[table]) for table in (*TABLES, "files", *BY_FILE) if changed[table]}

    def _held(self) -> dict[str, list[str]]:
        """What the library holds of these bytes or this path, files by their hash; nobody else touches them now.

        First the path is locked, then all its files in their order: two programs that swap files do not wait in a ring.
        """
        own = self._result.sha12()

        def held() -> dict[str, list[str]]:
            found: dict[str, list[str]] = {"files": [], "errors": [], "corrections": []}
            for kind, sha in self._db.execute(_standing(), {"path": self._path, "own": own or ""}):
                found[kind].append(sha)
            found["files"].sort()
            return found

        if self._db.dialect.name != "postgresql":           # there is no other writer
            return held()
        lock(self._db, ("path", self._path))
        lock(self._db, *(("file", sha) for sha in sorted({*held()["files"], *([own] if own else [])})))
        return held()

    def _of_file(self, sha: str, made: Mapping[str, list[Row]]) -> None:
        """The rows of a file that the library holds become those made, or none."""
        bodies = Past(self._db).bodies_of_file(sha)
        before = self._new.total() + self._gone.total()
        for table in BY_FILE:
            self._differ(table, made.get(table, []), tables(table).c.sha12 == sha)
        self._documents(sha, made.get("documents", []))
        for table in OF_DOCUMENTS:
            self._differ(table, made.get(table, []), of_file(tables(table).c.doc_id, sha))
        if self._new.total() + self._gone.total() > before:
            self.lost |= bodies
        self._file(sha, made.get("files", []))

    def _differ(self, table: str, rows: list[Row], which: ColumnElement[bool]) -> None:
        """Rows of a table become others; where they are the same, nothing happens. Audits across years are left alone."""
        t = tables(table)
        had = [(row[0], tuple(row[1:])) for row in self._db.execute(select(t.c.seq, *given(table)).where(which).order_by(t.c.seq))]
        if table == "audits":
            had = [one for one in had if not across(one[1])]
        if [row for _, row in had] == rows:
            return
        self._count(table, rows, [row for _, row in had])
        if had:
            self._db.execute(delete(t).where(t.c.seq == bindparam("which")), [{"which": seq} for seq, _ in had])
        add(self._db, table, rows)

    def _documents(self, sha: str, rows: list[Row]) -> None:
        """Documents that stay keep their copies, which are found among many files, and their number."""
        t, columns = tables("documents"), names("documents")
        at = columns.index("copies")
        had = {row[0]: tuple(row) for row in self._db.execute(select(*given("documents")).where(of_file(t.c.doc_id, sha)))}
        kept = [(*row[:at], had[row[0]][at], *row[at + 1:]) if row[0] in had and row[at] == "[]" else row for row in rows]
        gone = [doc_id for doc_id in had if doc_id not in {row[0] for row in rows}]
        changed = [row for row in kept if row[0] in had and row != had[row[0]]]
        self._count("documents", kept, list(had.values()))
        if gone:
            lock(self._db, ("copies",))
            for table in OF_DOCUMENTS:
                gone_rows = self._db.execute(select(tables(table).c.doc_id).where(tables(table).c.doc_id.in_(gone))).all()
                self._gone[table] += len(gone_rows)
            self._db.execute(delete(t).where(t.c.doc_id.in_(gone)))        # and with them all that is theirs
            self._unlink(gone)
        for row in changed:
            self._db.execute(update(t).where(t.c.doc_id == row[0]).values(dict(zip(columns, row, strict=True))))
        add(self._db, "documents", [row for row in kept if row[0] not in had])

    def _unlink(self, gone: list[str]) -> None:
        """Summaries that are no more are nobody's copies."""
        t = tables("documents")
        for doc_id in gone:
            for other, copies in self._db.execute(select(t.c.doc_id, t.c.copies).where(
                    t.c.copies != "[]", t.c.copies.contains(f'"{doc_id}"', autoescape=True))).all():
                left = [copy for copy in json.loads(copies) if copy["doc_id"] != doc_id]
                self._db.execute(update(t).where(t.c.doc_id == other).values(copies=to_json(left)))

    def _file(self, sha: str, rows: list[Row]) -> None:
        t, columns = tables("files"), names("files")
        had = [tuple(row) for row in self._db.execute(select(*given("files")).where(t.c.sha12 == sha))]
        if had == rows:
            return
        if not rows:
            self._db.execute(delete(t).where(t.c.sha12 == sha))
        else:
            self._db.execute(update(t).where(t.c.sha12 == sha).values(dict(zip(columns, rows[0], strict=True))))
        if not rows or had[0][:-STAMPED] != rows[0][:-STAMPED]:
            self._count("files", rows, had)

    def _add(self, table: str, rows: list[Row]) -> None:
        self._new[table] += len(rows)
        add(self._db, table, rows)

    def _count(self, table: str, rows: list[Row], had: list[Row]) -> None:
        new, old = Counter(rows), Counter(had)
        self._new[table] += (new - old).total()
        self._gone[table] += (old - new).total()


def changed_copies(stands: Mapping[str, str], found: Mapping[str, list[dict[str, Any]]], run: Container[str]) -> dict[str, str]:
    """The column `copies` of documents where it changes, from what stands there and what was found in a run.

    Copies between two summaries of the run are those found; copies of others stay.

    >>> changed_copies({"a": '[{"doc_id": "b", "similarity": 0.9}, {"doc_id": "x", "similarity": 0.8}]'}, {}, {"a", "b"})
    {'a': '[{"doc_id": "x", "similarity": 0.8}]'}
    """
    changed = {}
    for doc_id, stood in sorted(stands.items()):
        new = found.get(doc_id, [])
        named = {copy["doc_id"] for copy in new}
        kept = [copy for copy in json.loads(stood) if copy["doc_id"] not in named and copy["doc_id"] not in run]
        told = to_json(sorted([*new, *kept], key=lambda copy: (-copy["similarity"], copy["doc_id"])))
        if told != stood:
            changed[doc_id] = told
    return changed
