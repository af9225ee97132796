"""The library: one SQLite file with all TABLES, the source texts, the repairs and the marks.

Write-ahead logging: a notebook reads while a batch is written. Each input file is one transaction; a file read
again replaces its rows, so running twice changes nothing.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from wqnlp.audits import Links, Told, between, body_of
from wqnlp.errors import Unwritable
from wqnlp.records import TABLES, Audit, Copy, columns, row
from wqnlp.store.past import Past
from wqnlp.store.schema import plain, schema, to_json

if TYPE_CHECKING:
    from wqnlp.pipeline import Result

VERSION = 1                              # of the tables below; raised where an older library cannot be read
TYPES = {"text": "TEXT", "integer": "INTEGER", "real": "REAL", "strings": "TEXT", "json": "TEXT"}
INDEXED = {"figures": ("id", "doc_id", "measure", "issue"), "documents": ("path", "adcode", "year"),
           "activities": ("id", "doc_id"), "set_aside": ("doc_id",), "issues": ("doc_id", "issue"),
           "audits": ("doc_id",), "errors": ("path",)}
OWN = """
CREATE TABLE IF NOT EXISTS sources (sha12 TEXT PRIMARY KEY, path TEXT, sha256 TEXT, format TEXT, encoding TEXT,
    reason TEXT, confidence REAL, characters INTEGER, text BLOB);
CREATE TABLE IF NOT EXISTS repairs (sha12 TEXT, start INTEGER, "end" INTEGER, new TEXT, kinds TEXT, confidence REAL,
    runner_up TEXT);
CREATE TABLE IF NOT EXISTS marks (sha12 TEXT, start INTEGER, "end" INTEGER, text TEXT, kind TEXT, note TEXT);
CREATE TABLE IF NOT EXISTS arrivals (sha256 TEXT PRIMARY KEY, path TEXT, at TEXT, state TEXT, told TEXT);
CREATE INDEX IF NOT EXISTS repairs_at ON repairs (sha12, start);
CREATE INDEX IF NOT EXISTS marks_at ON marks (sha12, start);
CREATE INDEX IF NOT EXISTS sources_path ON sources (path);
"""


def _tables() -> str:
    """The CREATE statements of all TABLES, columns as the records have them."""
    made = []
    for table in TABLES:
        cells = ", ".join(f'"{column.name}" {TYPES[column.kind]}' for column in schema(table))
        key = ', PRIMARY KEY ("doc_id")' if table == "documents" else ""
        link = ', FOREIGN KEY ("doc_id") REFERENCES documents ("doc_id") ON DELETE CASCADE' \
            if table not in ("documents", "errors") else ""
        made.append(f'CREATE TABLE IF NOT EXISTS "{table}" ({cells}{key}{link});')
        made += [f'CREATE INDEX IF NOT EXISTS "{table}_{name}" ON "{table}" ("{name}");' for name in INDEXED[table]]
    return "\n".join(made)


class Arrival(NamedTuple):
    """What became of one file that a watcher found: the hash of its bytes, where, when, and what was told of it."""

    sha256: str
    path: str
    at: str                              # ISO time, UTC
    state: str                           # started, stored, quarantined; unpacked: an archive
    told: str = ""                       # JSON of what was seen in it, or the reason


class LibraryWriter:
    """A library file open for writing. Raises `Unwritable` (E22) where it cannot be."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("PRAGMA foreign_keys=ON")
            self._prepare()
            self._past = Past(self._db)
            self._replaced: set[str] = set()
        except (sqlite3.Error, OSError, ValueError) as fault:
            raise self._refused(fault) from fault

    def _prepare(self) -> None:
        [version] = self._db.execute("PRAGMA user_version").fetchone()
        known = {name for name, in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        strange = version != VERSION if known else False
        for table in TABLES if known and not strange else ():
            have = [name for _, name, *_ in self._db.execute(f'PRAGMA table_info("{table}")')]
            strange = strange or have != columns(TABLES[table])
        if strange:
            raise Unwritable("E22", self.path, "it was made by another version, or is not a library of this program",
                             "name another file with --store, and read the texts into it again")
        self._db.executescript(_tables() + OWN)
        self._db.execute(f"PRAGMA user_version = {VERSION}")

    def _refused(self, fault: Exception) -> Unwritable:
        return Unwritable("E22", self.path, f"the library file cannot be written ({fault})",
                          "name another file with --store, or close the program that holds it")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, whatever ends it: Ctrl-C inside a file leaves the library as it was before the file."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            with self._db:
                yield
        except sqlite3.Error as fault:
            raise self._refused(fault) from fault

    def write(self, result: Result, arrival: Arrival | None = None) -> None:
        """Put in all that one file gave, in place of what the library had of the same bytes or the same path.

        `arrival` is told of it in the same transaction, and its summaries are held against their other years in the
        library: all of it stands in the library, or nothing. Without an arrival `relate` does that once for a batch.
        """
        with self._transaction():
            if arrival is not None:
                self._put_arrival(arrival)
            self._forget(result)
            self._put_source(result)
            for table in TABLES:
                self._put(table, result.rows(table))
            if arrival is not None:
                own = {body for document in result.documents if (body := body_of(document)) is not None}
                for body in sorted(own | self.replaced()):
                    self._relate(body, ())

    def _put(self, table: str, records: Iterable[Any]) -> None:
        marks = ", ".join("?" * len(columns(TABLES[table])))
        nested = {column.name for column in schema(table) if column.kind in ("strings", "json")}
        self._db.executemany(
            f'INSERT OR REPLACE INTO "{table}" VALUES ({marks})',
            ([to_json(value) if name in nested else value for name, value in plain(record).items()]
             for record in records))

    def replaced(self) -> set[str]:
        """Bodies that lost a summary to a file written again, since this was last asked."""
        bodies, self._replaced = self._replaced, set()
        return bodies

    def relate(self, body: str, said: Iterable[Told] = ()) -> list[Audit]:
        """Hold all summaries of a body against one another, and put what is found in place of what was found before.

        `said` is what the caller knows of some of them already; the others are read back.
        """
        with self._transaction():
            return self._relate(body, said)

    def _relate(self, body: str, said: Iterable[Told]) -> list[Audit]:
        known = list(said)
        known += self._past.of(body, but={one.doc_id for one in known})
        links = Links(self._past.copies(known), self._past.alike)
        found = between(known, links)
        self._db.executemany(
            "DELETE FROM audits WHERE doc_id = ?1 AND EXISTS (SELECT 1 FROM json_each(audits.figures) "
            "WHERE substr(value, 1, length(?1) + 1) <> ?1 || ':')", [[one.doc_id] for one in known])
        self._put("audits", found)
        return found

    def arrived(self, arrival: Arrival) -> None:
        """Note what became of a file that gave nothing to write: broken, or there already."""
        with self._transaction():
            self._put_arrival(arrival)

    def arrival(self, sha256: str) -> Arrival | None:
        """What is noted of a file by the hash of its bytes; None where it never arrived."""
        found = self._db.execute("SELECT * FROM arrivals WHERE sha256 = ?", [sha256]).fetchone()
        return None if found is None else Arrival(*found)

    def holds(self, sha256: str) -> str | None:
        """The path under which the library holds these bytes, or None."""
        found = self._db.execute("SELECT path FROM sources WHERE sha12 = ? AND sha256 = ?",
                                 [sha256[:12], sha256]).fetchone()
        return None if found is None else str(found[0])

    def _put_arrival(self, arrival: Arrival) -> None:
        self._db.execute("INSERT OR REPLACE INTO arrivals VALUES (?, ?, ?, ?, ?)", arrival)

    def _forget(self, result: Result) -> None:
        """Rows of an earlier reading: of these bytes, or of what this path held before."""
        old = [sha for sha, in self._db.execute("SELECT sha12 FROM sources WHERE path = ?", [result.path])]
        own = result.sha12()
        for sha in {*old, *([own] if own else [])}:
            self._replaced |= self._past.bodies_of_file(sha)
            # `-` is followed by `.` in ASCII: the range holds every doc_id of the file, and uses the index.
            self._db.execute("DELETE FROM documents WHERE doc_id >= ? AND doc_id < ?", [f"{sha}-", f"{sha}."])
            for table in ("sources", "repairs", "marks"):
                self._db.execute(f"DELETE FROM {table} WHERE sha12 = ?", [sha])
        self._db.execute("DELETE FROM errors WHERE path = ?", [result.path])

    def _put_source(self, result: Result) -> None:
        source, sha = result.source, result.sha12()
        if source is None:
            return
        text = zlib.compress(source.text.encode("utf-8", "surrogatepass"), 6)
        self._db.execute("INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [
            sha, result.path, source.sha256, source.format, source.decoding.encoding, source.decoding.reason,
            source.decoding.confidence, len(source.text), text])
        if result.repaired is None:
            return
        self._db.executemany("INSERT INTO repairs VALUES (?, ?, ?, ?, ?, ?, ?)", (
            [sha, r.start, r.end, r.new, to_json(list(r.kinds)), r.confidence, r.runner_up]
            for r in result.repaired.log))
        aligned = result.repaired.aligned
        self._db.executemany("INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?)", (
            [sha, *aligned.source_span(m.start, m.end), aligned.text[m.start:m.end], m.kind, m.note]
            for m in result.repaired.marks))

    def amend(self, copies: Mapping[str, tuple[Copy, ...]]) -> None:
        """Fill in `copies` of the documents, once the last file is read."""
        with self._transaction():
            self._db.executemany("UPDATE documents SET copies = ? WHERE doc_id = ?", (
                [to_json([row(copy) for copy in found]), doc_id] for doc_id, found in copies.items()))

    def close(self) -> None:
        """Close the file; readers keep what they had."""
        self._db.close()

    def __enter__(self) -> LibraryWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 where: TracebackType | None) -> None:
        self.close()
