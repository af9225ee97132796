"""The files of a run in their order, kept on disk: memory is the same for a thousand files and for ten million."""

from __future__ import annotations

import glob
import os
import sqlite3
from collections.abc import Iterable, Iterator

from wqnlp.guard import Ended, Limits, Worker
from wqnlp.source import Input, Member, gather, looks_packed, members
from wqnlp.source.gather import may_be_page
from wqnlp.source.packed import member
from wqnlp.store.where import is_url

Paths = Iterable[str | os.PathLike[str]]
NOT_READ = (".", "~$")                   # hidden files and the locks of office programs, inside folders
AT_ONCE = 200                            # inputs that are held
BETWEEN = b"\0"                          # between the pages of one article; no path has it


class Listing:
    """The inputs of a run, numbered from 0, and what is known of each: the hash of its bytes once it is read.

    A private SQLite file that goes with the process. Paths are kept as bytes: a name that is not in the encoding of the
    system has halves of characters.

    >>> listing = Listing(["没有这个文件.txt", "2009.txt", "没有这个文件.txt"])
    >>> len(listing), list(listing), listing.first("ab", 0), listing.first("ab", 1)
    (2, ['没有这个文件.txt', '2009.txt'], None, '没有这个文件.txt')
    """

    def __init__(self, paths: Paths, limits: Limits | None = None) -> None:
        """List the files of paths, folders and globs, as `expand` does, pages of one article together as `gather` does."""
        self._db = sqlite3.connect("", isolation_level=None)         # "" is a file of its own in the temporary folder
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("CREATE TABLE input (number INTEGER PRIMARY KEY, name BLOB UNIQUE, size INTEGER)")
        self._db.execute("CREATE TABLE page (folder BLOB, number INTEGER)")
        self._db.execute("CREATE TABLE seen (sha TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID")
        self._db.execute("CREATE TABLE expected (sha TEXT PRIMARY KEY) WITHOUT ROWID")
        self._db.execute("BEGIN")
        for path in expanded(paths, limits):
            self._add(path)
        self._join_pages()
        self._renumber()
        self._db.execute("COMMIT")
        self._count = int(self._db.execute("SELECT count(*) FROM input").fetchone()[0])

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Input]:
        return self.between(0, self._count)

    def between(self, first: int, end: int) -> Iterator[Input]:
        """The inputs from one number to before another."""
        for start in range(first, end, AT_ONCE):
            rows = self._db.execute("SELECT name, size FROM input WHERE number >= ? AND number < ? ORDER BY number",
                                    (start, min(end, start + AT_ONCE)))
            yield from [_input(name, size) for name, size in rows]

    def first(self, sha256: str, number: int) -> str | None:
        """The input that had these bytes first; None where this one has. Ask in the order of the numbers."""
        self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (sha256, number))
        (other,) = self._db.execute("SELECT number FROM seen WHERE sha = ?", (sha256,)).fetchone()
        if other == number:
            return None
        [given] = self.between(other, other + 1)
        return given[0] if isinstance(given, tuple) else str(given)

    def expect(self, sha256: str | None) -> None:
        """Note bytes that a finished file of this listing has, before its turn comes."""
        self._db.execute("INSERT OR IGNORE INTO expected VALUES (?)", (sha256,))

    def expects(self, sha256: str | None) -> bool:
        """Whether a finished file before this one has these bytes."""
        return self._db.execute("SELECT 1 FROM expected WHERE sha = ?", (sha256,)).fetchone() is not None

    def close(self) -> None:
        """Forget it; safe to call twice."""
        self._db.close()

    def _add(self, path: str) -> None:
        size = path.size if isinstance(path, Member) else None
        made = self._db.execute("INSERT OR IGNORE INTO input (name, size) VALUES (?, ?)", (_bytes(path), size))
        if made.rowcount and may_be_page(path):
            self._db.execute("INSERT INTO page VALUES (?, ?)", (_bytes(os.path.dirname(path)), made.lastrowid))

    def _join_pages(self) -> None:
        """Pages of an article are in one folder: one folder at a time is held."""
        self._db.execute("CREATE INDEX page_folder ON page (folder, number)")
        for folder in self._db.execute("SELECT DISTINCT folder FROM page ORDER BY folder"):
            rows = self._db.execute("SELECT name, number FROM page JOIN input USING (number) WHERE folder = ? ORDER BY number", folder)
            numbers = {_text(name): int(number) for name, number in rows.fetchall()}
            for pages in gather(numbers):
                if isinstance(pages, tuple):
                    own = [(numbers[page],) for page in pages]
                    self._db.executemany("DELETE FROM input WHERE number = ?", own)
                    self._db.execute("INSERT INTO input VALUES (?, ?, NULL)", (*min(own), BETWEEN.join(map(_bytes, pages))))

    def _renumber(self) -> None:
        self._db.execute("CREATE TABLE ordered AS SELECT row_number() OVER (ORDER BY number) - 1 AS number, name, size FROM input")
        self._db.execute("DROP TABLE input")
        self._db.execute("ALTER TABLE ordered RENAME TO input")
        self._db.execute("CREATE UNIQUE INDEX input_number ON input (number)")


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogatepass")


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogatepass")


def _input(name: bytes, size: int | None) -> Input:
    if BETWEEN in name:
        return tuple(map(_text, name.split(BETWEEN)))
    return _text(name) if size is None else member(_text(name), size)


def expand(paths: Paths, limits: Limits | None = None) -> list[str]:
    """Files of paths, folders (recursively, hidden files left out) and globs, sorted within each, each once.

    Of an archive (zip, tar, gz, bz2, xz, 7z, saved mail) the files in it, in its order, as `ARCHIVE!FILE`; with
    `limits` a process that may be ended lists them. What does not exist is kept, and so is an archive that cannot be
    listed to its end: reading it is what gives the error row that names it.

    >>> expand(["没有这个文件.txt"])
    ['没有这个文件.txt']
    """
    return list(dict.fromkeys(expanded(paths, limits)))


def inputs(paths: Paths, limits: Limits | None = None) -> list[Input]:
    """What a run reads: the files of `expand`, the pages of one article among them together as one.

    >>> inputs(["没有这个文件.txt"])
    ['没有这个文件.txt']
    """
    return gather(expand(paths, limits))


def expanded(paths: Paths, limits: Limits | None = None) -> Iterator[str]:
    """`expand` one by one; a file that is named twice comes twice."""
    with Worker[str, "list[str] | None"](members, limits or Limits()) as worker:
        for path in _found(paths):
            if is_url(path) or not looks_packed(path):
                yield path
            elif limits is None:
                yield from members(path) or [path]
            else:                        # what ends the process that lists an archive ends the one that reads it, too
                listed = worker.call(path, limits.allowed(os.path.getsize(path)))
                yield from [path] if isinstance(listed, Ended) or not listed else listed


def _found(paths: Paths) -> Iterator[str]:
    for path in (os.fspath(one) for one in paths):
        if is_url(path):
            yield path
        elif os.path.isdir(path):
            yield from _inside(path)
        elif not os.path.exists(path) and glob.has_magic(path):
            matched = (files for one in sorted(glob.glob(path, recursive=True))
                       for files in (_inside(one, itself=False) if os.path.isdir(one) else [one]))
            yield next(matched, path)
            yield from matched
        else:
            yield path


def _inside(folder: str, *, itself: bool = True) -> Iterator[str]:
    """Files under a folder, in order. A folder that may not be listed stands for itself, so that it is reported; with
    `itself`, one without a file does, too."""
    refused: list[str] = []
    empty = itself
    for here, folders, files in os.walk(folder, onerror=lambda fault: refused.append(str(fault.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(NOT_READ):
                empty = False
                yield os.path.join(here, name)
    yield from refused or ([folder] if empty else [])
