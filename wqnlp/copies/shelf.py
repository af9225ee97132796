"""Sketches and briefs of many summaries, kept on disk: in memory stay some forty bytes of each.

What is asked of all at once lies in plain files that NumPy maps (the least hashes, the runs of numbers); what is asked
of one at a time in a private SQLite file. All of it goes with the process.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, overload

from wqnlp.copies.differ import Brief
from wqnlp.copies.sketch import BINS, Sketch
from wqnlp.records import Copy

if TYPE_CHECKING:
    from numpy.typing import NDArray

LATELY = 512                             # sketches that stay at hand: candidates come sorted


class Sketches(Sequence[Sketch]):
    """Sketches in the order in which they came.

    >>> from wqnlp.copies.sketch import sketch
    >>> kept = Sketches()
    >>> kept.append(sketch("全年接待妇女来信来访186件，其中家庭暴力47件"))
    >>> len(kept), kept[0].size, kept[0].numbers, kept.least().shape
    (1, 14, (186.0, 47.0), (1, 384))
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("CREATE TABLE sketch (number INTEGER PRIMARY KEY, size INTEGER, lowest BLOB, places BLOB, numbers BLOB)")
        self._least, self._runs = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 (gone with the object)
        self._mapped: NDArray[Any] | None = None
        self._many = array("I")          # runs of numbers of each
        self._same = array("Q"), array("Q")
        self._read = lru_cache(LATELY)(self._one)

    def append(self, one: Sketch) -> None:
        """Take one more."""
        import numpy as np

        lowest = one.lowest.tobytes()
        digest = np.frombuffer(blake2b(lowest, digest_size=16).digest(), dtype=np.uint64)
        runs = {hash(run) for run in zip(one.numbers, one.numbers[1:], one.numbers[2:], strict=False)}
        self._least.write(one.least.astype(np.uint32).tobytes())
        self._runs.write(np.array(sorted(runs), dtype=np.int64).tobytes())
        self._db.execute("INSERT INTO sketch VALUES (?, ?, ?, ?, ?)", (
            len(self), one.size, lowest, one.places.tobytes(), array("d", one.numbers).tobytes()))
        for held, half in zip(self._same, digest, strict=True):
            held.append(int(half))
        self._many.append(len(runs))

    def __len__(self) -> int:
        return len(self._many)

    @overload
    def __getitem__(self, at: int) -> Sketch: ...

    @overload
    def __getitem__(self, at: slice) -> list[Sketch]: ...

    def __getitem__(self, at: int | slice) -> Sketch | list[Sketch]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        return self._read(at)

    def least(self) -> NDArray[Any]:
        """The least hashes of all, a row each."""
        import numpy as np

        if self._mapped is None or len(self._mapped) != len(self):
            self._least.flush()
            self._mapped = np.memmap(self._least, dtype=np.uint32, mode="r", shape=(len(self), BINS))
        return self._mapped

    def runs(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Runs of three telling numbers, and how many each has of them."""
        import numpy as np

        self._runs.flush()
        many = np.array(self._many, dtype=np.uint32)
        total = int(many.sum())
        return np.memmap(self._runs, dtype=np.int64, mode="r", shape=(total,)) if total else np.zeros(0, dtype=np.int64), many

    def firsts(self) -> NDArray[Any]:
        """For each the first one with the very same shingles, itself most often."""
        import numpy as np

        one, other = (np.array(half, dtype=np.uint64) for half in self._same)
        order = np.lexsort((np.arange(len(self)), other, one))
        begins = np.ones(len(self), dtype=bool)
        begins[1:] = (one[order][1:] != one[order][:-1]) | (other[order][1:] != other[order][:-1])
        first = np.empty(len(self), dtype=np.int64)
        first[order] = order[begins][np.cumsum(begins) - 1]
        return first

    def _one(self, at: int) -> Sketch:
        import numpy as np

        size, lowest, places, numbers = self._db.execute(
            "SELECT size, lowest, places, numbers FROM sketch WHERE number = ?", (at,)).fetchone()
        return Sketch(self.least()[at], np.frombuffer(lowest, dtype=np.uint32), np.frombuffer(places, dtype=np.float16), size,
                      tuple(array("d", numbers)))


class Briefs:
    """Doc_ids with what is compared of their summaries, in the order in which they came."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("CREATE TABLE brief (number INTEGER PRIMARY KEY, doc_id TEXT, told TEXT)")
        self._count = 0
        self._read = lru_cache(LATELY)(self._one)

    def append(self, doc_id: str, one: Brief) -> None:
        """Take one more."""
        told = json.dumps([one.place, one.year, one.period, [[*key, count] for key, count in one.values.items()]])
        self._db.execute("INSERT INTO brief VALUES (?, ?, ?)", (self._count, doc_id, told))
        self._count += 1

    def __getitem__(self, at: int) -> tuple[str, Brief]:
        return self._read(at)

    def _one(self, at: int) -> tuple[str, Brief]:
        doc_id, told = self._db.execute("SELECT doc_id, told FROM brief WHERE number = ?", (at,)).fetchone()
        place, year, period, values = json.loads(told)
        return doc_id, Brief(None if place is None else (place[0], place[1]), year, period,
                             Counter({(kind, value): count for kind, value, count in values}))


class Found(Mapping[str, tuple[Copy, ...]]):
    """For each doc_id with copies: those, most similar first.

    >>> found = Found()
    >>> found.link("a", "b", 0.97, ("year",))
    >>> list(found), found["a"][0].doc_id, "c" in found, len(found)
    (['a', 'b'], 'b', False, 2)
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("CREATE TABLE copy (doc_id TEXT, less REAL, other TEXT, differs TEXT, PRIMARY KEY (doc_id, less, other)) "
                         "WITHOUT ROWID")

    def link(self, one: str, other: str, similarity: float, differs: tuple[str, ...]) -> None:
        """Two summaries are copies."""
        told = ",".join(differs)
        self._db.executemany("INSERT OR REPLACE INTO copy VALUES (?, ?, ?, ?)", (
            (one, -similarity, other, told), (other, -similarity, one, told)))

    def __getitem__(self, doc_id: str) -> tuple[Copy, ...]:
        rows = self._db.execute("SELECT less, other, differs FROM copy WHERE doc_id = ? ORDER BY less, other", (doc_id,))
        made = tuple(Copy(doc_id=other, similarity=-less, differs=tuple(told.split(",")) if told else ()) for less, other, told in rows)
        if not made:
            raise KeyError(doc_id)
        return made

    def __iter__(self) -> Iterator[str]:
        return (doc_id for doc_id, in self._db.execute("SELECT DISTINCT doc_id FROM copy ORDER BY doc_id"))

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(DISTINCT doc_id) FROM copy").fetchone()[0])
