"""A run into a folder of tables, until it is whole: one hidden SQLite file in the folder, a transaction a file read.

What a file gave is one row: its tables, and how the file stood. The row is the commit point: a run that ends in any way
(Ctrl-C, kill -9, a full disk, a power cut) has finished the files that have a row, and no other. The same command goes on
from there. When the last file has a row, the tables are written from the rows, in the order of the files, and named when
they are whole; then the journal goes. So what is left is the same, byte for byte, however often the run was stopped.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from wqnlp.errors import Unwritable
from wqnlp.pipeline import called
from wqnlp.records import TABLES, Audit, Copy, ErrorRow, Figure, columns
from wqnlp.store.finished import Kept, Stand, shown_of
from wqnlp.store.folder import FolderWriter, writable
from wqnlp.store.rows import document_of
from wqnlp.store.schema import plain
from wqnlp.store.stamp import current

if TYPE_CHECKING:
    from wqnlp.pipeline import Result
    from wqnlp.store.listing import Listing

NAME = ".wqnlp-run.db"
FORM = 1                                 # of the tables below
PATIENCE = 3.0                           # seconds for a run that is just ending to let go of it
TABLE_ROWS = "CREATE TABLE done (path BLOB PRIMARY KEY, state TEXT, sha TEXT, ended TEXT, repeats INTEGER, counts TEXT, " \
             "rows BLOB, texts BLOB)"
FREE = "free some space, or name another folder with -o; the same command then goes on where this one stopped"


class Entry(NamedTuple):
    """What a journal keeps of one file: rows by table, packed rows and packed texts of its summaries."""

    counts: str
    rows: bytes
    texts: bytes


def entry_of(result: Result) -> Entry:
    """All that one file gave, packed.

    >>> from wqnlp.pipeline import run_text
    >>> entry_of(run_text("江平县妇联2013年工作总结\\n全年接待来信来访96件。")).counts
    '{"documents": 1, "figures": 1, "set_aside": 1}'
    """
    made = {table: [list(plain(record).values()) for record in result.rows(table)] for table in TABLES}
    counts = {table: len(rows) for table, rows in made.items() if rows}
    return Entry(json.dumps(counts), _packed(made), _packed(shown_of(result)))


class Journal:
    """The journal of one run into one folder. Raises `Unwritable` (E21) where the folder cannot be written, or another
    run writes into it."""

    def __init__(self, folder: str | os.PathLike[str], writer: Callable[[Path], FolderWriter], *, fresh: bool = False) -> None:
        """`writer` makes the tables at the end. With `fresh` what a stopped run left is thrown away."""
        self.folder, self._writer = writable(folder), writer
        self.path = self.folder / NAME
        with self._writing():
            try:
                self._db = self._opened(fresh)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:                   # not what it was: of no use, and nobody's work but ours
                self._unlink()
                self._db = self._opened(fresh)
        self.found = len(self)
        for part in self.folder.glob("*.part*"):            # of tables that were being written when a run was killed
            if part.name.partition(".")[0] in TABLES:
                part.unlink(missing_ok=True)

    def __len__(self) -> int:
        """How many files are finished."""
        return int(self._db.execute("SELECT count(*) FROM done").fetchone()[0])

    def stand(self, path: str) -> Stand | None:
        """How a file stood when it was read; None where it was not."""
        row = self._row("state, sha, ended, repeats", path)
        return None if row is None else Stand(path, row[0], row[1], row[2], bool(row[3]))

    def write(self, entry: Entry, stand: Stand) -> None:
        """Keep all that one file gave, and how it stood."""
        row = (_key(stand.path), stand.state, stand.sha256, stand.ended, stand.repeats, *entry)
        with self._writing():
            self._db.execute("INSERT OR REPLACE INTO done VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def kept(self, path: str) -> Kept:
        """What is kept of a finished file."""
        row = self._row("sha, counts, rows, texts", path)
        assert row is not None
        made = _named(_unpacked(row[2]))
        figures = [Figure(**(one | {"flags": tuple(one["flags"])})) for one in made["figures"]]
        return Kept(row[0], [document_of(one) for one in made["documents"]], figures,
                    [ErrorRow(**one) for one in made["errors"]], _unpacked(row[3]), Counter(json.loads(row[1])))

    def across(self, audits: Iterable[Audit]) -> None:
        """Audits between summaries of several files: they stand after all others."""
        with self._writing():
            self._db.executemany("INSERT INTO across (row) VALUES (?)", ((json.dumps(list(plain(audit).values())),) for audit in audits))

    def forget_across(self) -> None:
        """Those of an earlier run are found anew."""
        with self._writing():
            self._db.execute("DELETE FROM across")

    def finish(self, files: Listing, copies: Mapping[str, tuple[Copy, ...]]) -> None:
        """Write the tables, and forget the journal. Cut off anywhere, it is done again."""
        with self._writer(self.folder) as writer:
            writer.whole_or_nothing = True
            writer.amend(copies)
            for number, given in enumerate(files):
                row = self._row("sha, rows", called(given))
                if row is not None and (row[0] is None or files.first(row[0], number) is None):
                    for table, rows in _named(_unpacked(row[1])).items():
                        writer.append(table, rows)
            for (told,) in self._db.execute("SELECT row FROM across ORDER BY seq"):
                writer.append("audits", [dict(zip(columns(Audit), json.loads(told), strict=True))])
        self.close()
        self._unlink()

    def close(self) -> None:
        """Let go of it; safe to call twice."""
        self._db.close()

    def _row(self, names: str, path: str) -> tuple[Any, ...] | None:
        row = self._db.execute(f"SELECT {names} FROM done WHERE path = ?", (_key(path),)).fetchone()
        return None if row is None else tuple(row)

    def _opened(self, fresh: bool) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
        try:
            db.execute("PRAGMA locking_mode=EXCLUSIVE")     # goes with the process, and no child of it holds it on
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("BEGIN EXCLUSIVE")
            stamp = f"{FORM} {current()}"
            known = {name for name, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if fresh or "stamp" not in known or db.execute("SELECT stamp FROM stamp").fetchone() != (stamp,):
                for name in known:
                    db.execute(f'DROP TABLE "{name}"')
                db.execute(TABLE_ROWS)
                db.execute("CREATE TABLE across (row TEXT, seq INTEGER PRIMARY KEY)")
                db.execute("CREATE TABLE stamp (stamp TEXT)")
                db.execute("INSERT INTO stamp VALUES (?)", (stamp,))
            db.execute("COMMIT")
        except BaseException:
            db.close()
            raise
        return db

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as fault:
            if "locked" in str(fault):
                raise Unwritable("E21", str(self.folder), "another run writes into this folder",
                                 "wait for it, or name another folder with -o") from fault
            raise Unwritable("E21", str(self.folder), f"writing failed ({fault})", FREE) from fault

    def _unlink(self) -> None:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, where: TracebackType | None) -> None:
        self.close()


def _key(path: str) -> bytes:
    return path.encode("utf-8", "surrogatepass")


def _packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass"), 1)


def _unpacked(blob: bytes) -> Any:
    return json.loads(zlib.decompress(blob).decode("utf-8", "surrogatepass"))


def _named(made: Mapping[str, list[list[Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Rows by table, with the names of their columns."""
    return {table: [dict(zip(columns(TABLES[table]), row, strict=True)) for row in rows] for table, rows in made.items()}
