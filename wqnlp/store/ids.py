"""Names in a set on disk: a run knows which summaries are its own, and memory stays flat."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

PART = 500                               # names that one statement of a database takes


class Ids:
    """A set of names, in order.

    >>> ids = Ids()
    >>> ids.update(["b-0", "a-0", "b-0"])
    >>> "a-0" in ids, "c-0" in ids, list(ids.parts())
    (True, False, [['a-0', 'b-0']])
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("CREATE TABLE id (name TEXT PRIMARY KEY) WITHOUT ROWID")

    def update(self, names: Iterable[str]) -> None:
        """Put names in."""
        self._db.executemany("INSERT OR IGNORE INTO id VALUES (?)", ((name,) for name in names))

    def __contains__(self, name: object) -> bool:
        return self._db.execute("SELECT 1 FROM id WHERE name = ?", (name,)).fetchone() is not None

    def parts(self) -> Iterator[list[str]]:
        """All of them in order, some at a time."""
        rows = self._db.execute("SELECT name FROM id ORDER BY name")
        while some := rows.fetchmany(PART):
            yield [str(name) for name, in some]
