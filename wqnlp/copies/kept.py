"""What is kept of many texts while copies are looked for: on disk, in files without a name that go with the process.

Of a summary there are in memory some forty bytes. On disk are its sketch, the low bytes of its `least` (which rule out
nearly every pair at a quarter of the cost), the keys of its bands, and the hashes of its runs of numbers.
"""

from __future__ import annotations

import mmap
import pickle
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import IO, TYPE_CHECKING, Any

from wqnlp.copies.sketch import BINS, Sketch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

BAND = 3                                 # of 128 bands: pairs of similarity 0.3 are met with probability 0.97
BANDS = BINS // BAND
BLOCK = 1024                             # texts whose keys stand together, band by band
PART = 2_000_000                         # hashes of runs that are looked at together
RUN = 3                                  # telling numbers in a row
FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


class Kept:
    """Sketches with what their caller knows of them, by their position; what is appended can be looked at at any time.

    >>> from wqnlp.copies.sketch import sketch
    >>> kept = Kept()
    >>> kept.append(sketch("接待来信来访，调解婚姻家庭纠纷186件"), "a")
    >>> len(kept), kept.told(0), kept.sketch(0).numbers
    (1, 'a', (186.0,))
    """

    def __init__(self, sketches: Iterable[Sketch] = ()) -> None:
        self._least, self._low, self._keys, self._runs, self._rest = (tempfile.TemporaryFile() for _ in range(5))  # noqa: SIM115
        self._block: list[Array] = []
        self._written = True
        self._at = array("Q", [0])                         # where the rest of each begins
        self._counts = array("L")                          # of its runs
        self._same = array("Q")                            # two words each: hash of the shingles
        self.sketch = lru_cache(256)(self._sketch)
        for one in sketches:
            self.append(one)

    def __len__(self) -> int:
        return len(self._counts)

    def append(self, one: Sketch, told: Any = None) -> None:
        """Keep a sketch, and what is to come back with it."""
        import numpy as np

        runs = {hash(run) for run in zip(*(one.numbers[at:] for at in range(RUN)), strict=False)}
        self._counts.append(len(runs))
        self._runs.write(np.array(sorted(runs), dtype=np.int64).tobytes())
        self._same.frombytes(blake2b(one.lowest.tobytes(), digest_size=16).digest())
        for kept in (pickle.dumps((one.lowest, one.places, one.size, one.numbers)), pickle.dumps(told)):
            self._at.append(self._at[-1] + self._rest.write(kept))
        self._block.append(one.least)
        self._written = False
        if len(self._block) == BLOCK:
            self._write_block()
            self._block.clear()

    def _write_block(self) -> None:
        """The last block, full or filled up with nothing; written again where it has grown."""
        import numpy as np

        if self._written:
            return
        least = np.zeros((BLOCK, BINS), dtype=np.uint32)
        least[:len(self._block)] = self._block
        number = (len(self) - 1) // BLOCK
        keys = (least.reshape(BLOCK, BANDS, BAND).astype(np.uint64) * np.array(FACTORS, dtype=np.uint64)).sum(
            axis=2, dtype=np.uint64)
        for file, block in ((self._least, least), (self._low, least.astype(np.uint8)), (self._keys, np.ascontiguousarray(keys.T))):
            file.seek(number * block.nbytes)
            file.write(block.tobytes())
            file.flush()
        self._written = True

    def _seen(self, file: IO[bytes], kind: str, *shape: int) -> Array:
        import numpy as np

        self._write_block()
        return np.memmap(file, dtype=kind, mode="r", shape=(-(-len(self) // BLOCK), *shape))

    def low_bytes(self) -> Array:
        """The low byte of each `least`, a row a text."""
        return self._seen(self._low, "u1", BLOCK, BINS).reshape(-1, BINS)

    def least(self) -> Array:
        """The `least` of each, a row a text."""
        return self._seen(self._least, "u4", BLOCK, BINS).reshape(-1, BINS)

    def bands(self) -> Iterator[Array]:
        """For each band, the key of each text."""
        import numpy as np

        held = self._seen(self._keys, "u8", BANDS, BLOCK)
        for band in range(BANDS):
            keys = np.ascontiguousarray(held[:, band]).reshape(-1)[:len(self)]
            let_go(held)
            yield keys

    def runs(self, wanted: Array) -> Iterator[tuple[Array, Array]]:
        """Hashes of the runs of some texts, and whose they are: all of some hashes at a time, owners in order."""
        import numpy as np

        total, ends = sum(self._counts), np.cumsum(np.frombuffer(self._counts, dtype=f"u{self._counts.itemsize}"))
        looked = np.zeros(len(self), dtype=bool)
        looked[wanted] = True
        self._runs.flush()
        if not total:
            return
        held = np.memmap(self._runs, dtype=np.int64, mode="r", shape=(total,))
        parts = -(-total // PART)
        for part in range(parts):
            keys, owners = [], []
            for start in range(0, total, PART):
                some = np.asarray(held[start:start + PART])
                whose = np.searchsorted(ends, np.arange(start, start + len(some)), side="right")
                mine = looked[whose] & (some.view(np.uint64) % np.uint64(parts) == part)
                keys.append(some[mine])
                owners.append(whose[mine])
            let_go(held)
            yield np.concatenate(keys), np.concatenate(owners)

    def told(self, at: int) -> Any:
        """What its caller knows of a text."""
        return self._rested(2 * at + 1)

    def _sketch(self, at: int) -> Sketch:
        import numpy as np

        self._write_block()
        self._least.seek(4 * BINS * at)
        least = np.frombuffer(self._least.read(4 * BINS), dtype=np.uint32)
        return Sketch(least, *self._rested(2 * at))

    def _rested(self, number: int) -> Any:
        self._rest.seek(self._at[number])
        read = self._rest.read(self._at[number + 1] - self._at[number])
        self._rest.seek(0, 2)
        return pickle.loads(read)  # noqa: S301 - a file of this process that nobody else can open

    def classes(self) -> Classes:
        """Texts with the very same shingles together."""
        return Classes(self._same)


def let_go(*seen: Array) -> None:
    """Give the memory back that looking into files took; what is looked at again is read again. Not every system can."""
    for one in seen:
        if (view := getattr(one, "_mmap", None)) is not None and hasattr(mmap, "MADV_DONTNEED"):
            view.madvise(mmap.MADV_DONTNEED)


class Classes:
    """Positions of texts that are the same: `firsts` of each class in order, and all of a class by its first."""

    def __init__(self, hashes: array[int]) -> None:
        import numpy as np

        both = np.frombuffer(hashes, dtype=np.uint64).reshape(-1, 2)
        order = np.lexsort((both[:, 1], both[:, 0]))       # stable: those of a class stay in order
        begins = np.ones(len(order), dtype=bool)
        begins[1:] = (both[order[1:]] != both[order[:-1]]).any(axis=1)
        starts = np.flatnonzero(begins)
        self.firsts: Array = np.sort(order[starts])
        sizes = np.diff(np.append(starts, len(order)))
        self._several = {int(order[start]): [int(one) for one in order[start:start + size]]
                         for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True)}

    def several(self) -> list[list[int]]:
        """The classes of more than one."""
        return list(self._several.values())

    def of(self, first: int) -> list[int]:
        """All of the class that begins with a position."""
        return self._several.get(first, [first])
