"""What all archives share: limits, the entries of one, and what is said where something cannot be unpacked."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import IO, Any, NamedTuple, Protocol

AGAIN = "get the archive again, or unpack it with another program"
MOST_DEEP = 10
FREE = 64 * 2**20                        # bytes that any archive may unfold to, whatever its own size


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacking:
    """How far archives are unpacked.

    `depth` archives in one another; `members` of a file and of all archives in it; `member_bytes` a file, `archive_bytes`
    an archive within an archive; `bytes` in all; `ratio` of unpacked to packed, from 64 MB on; `seconds` for listing.

    >>> Unpacking(depth=2).depth
    2
    """

    depth: int = 5
    members: int = 200_000
    member_bytes: int = 64 * 2**20
    archive_bytes: int = 2**30
    bytes: int = 64 * 2**30
    ratio: int = 200
    seconds: float = 600.0

    @classmethod
    def from_environment(cls) -> Unpacking:
        """The limits of WQNLP_UNPACK_DEPTH, _MEMBERS, ..., _SECONDS, each as above where it is not set, or no number."""
        found: dict[str, float] = {}
        for one in fields(cls):
            with suppress(KeyError, ValueError):
                number = float(os.environ[f"WQNLP_UNPACK_{one.name.upper()}"])
                found[one.name] = number if one.name == "seconds" else int(number)
        return cls(**found)  # type: ignore[arg-type]


class Broken(Exception):
    """An archive, or one entry of it, cannot be unpacked: the code, what was seen, what to do."""

    def __init__(self, code: str, seen: str, todo: str = AGAIN) -> None:
        self.code, self.seen, self.todo = code, seen, todo
        super().__init__(seen)


class Entry(NamedTuple):
    """A file in an archive: its name as it was meant, its size unpacked and packed (0 where unknown), and why it cannot
    be read, where it cannot."""

    name: str
    size: int
    packed: int = 0
    fault: Broken | None = None


class Opened(Protocol):
    """A member that is being read."""

    def read(self, size: int = -1, /) -> bytes:
        """As of any file. Raises `Broken`."""

    def __enter__(self) -> Opened: ...

    def __exit__(self, *_: Any) -> None: ...


class Archive(Protocol):
    """An archive that is open. `fault` says why its entries end early, where they do."""

    entries: list[Entry]
    fault: Broken | None

    def open(self, number: int) -> Opened:
        """The bytes of an entry, from its beginning. Raises `Broken`, as reading from it may."""

    def head(self, number: int) -> bytes:
        """The first bytes of an entry; empty where they are known to begin no archive. Raises `Broken`."""

    def close(self) -> None:
        """Let go of the file."""


@dataclass(slots=True)
class Budget:
    """What the unpacking of one file, and of all archives in it, has taken of its limits."""

    limits: Unpacking
    own: int                             # bytes of the file itself
    members: int = 0
    unfolded: int = 0
    until: float = field(default=0.0)
    deep: int = 0                        # archives that lie too deep
    spent: bool = False                  # whether a limit of the whole was met

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """The time runs from here."""
        self.until = time.monotonic() + self.limits.seconds

    def take(self, size: int) -> None:
        """One more member. Raises `Broken` (E19)."""
        self.members += 1
        self.unfolded += size
        self.spent = True                # until all is found to be well
        if self.members > self.limits.members:
            raise Broken("E19", f"it holds more than {self.limits.members} files", "unpack it, and name its folders")
        if self.unfolded > self.limits.bytes:
            raise Broken("E19", f"it unfolds to more than {self.limits.bytes / 2**20:.0f} MB", "unpack it, and name its folders")
        refuse_ratio(self.unfolded, self.own, self.limits.ratio)
        self.check()
        self.spent = False

    def too_deep(self, depth: int) -> Broken:
        """What is said of an archive that lies too deep; from the eleventh on, of the whole."""
        self.deep += 1
        self.spent = self.deep > MOST_DEEP
        return Broken("E19", f"{'many files lie' if self.spent else 'it lies'} in more than {depth - 1} archives, one in another",
                      "unpack it, and name its folders")

    def check(self) -> None:
        """Raises `Broken` (E19) where the time is over."""
        if time.monotonic() > self.until:
            self.spent = True
            raise Broken("E19", f"listing it takes more than {self.limits.seconds:g} seconds", "unpack it, and name its folders")


def said(fault: Exception) -> str:
    """What a library says of a fault, in one line."""
    return " ".join(str(fault).split())[:80] or type(fault).__name__


class Checked:
    """A member being read: what goes wrong in it is `Broken`, and so is too few bytes of a member of known size."""

    def __init__(self, file: IO[bytes], faults: tuple[type[Exception], ...], size: int = 0) -> None:
        self._file, self._faults, self._left = file, faults, size

    def read(self, size: int = -1) -> bytes:
        """As of any file."""
        try:
            found = self._file.read(size)
        except self._faults as fault:
            raise Broken("E18", f"it is broken in the archive ({said(fault)})") from fault
        self._left -= len(found)
        if self._left > 0 and (size < 0 or len(found) < size):
            raise Broken("E18", "it is cut off in the archive")
        return found

    def close(self) -> None:
        """As of any file."""
        self._file.close()

    def __enter__(self) -> Checked:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def refuse_ratio(unpacked: int, packed: int, ratio: int) -> None:
    """Raise `Broken` (E19) for what no honest file unfolds to."""
    if unpacked > FREE and unpacked > ratio * packed:
        raise Broken("E19", f"it unfolds to {unpacked / 2**20:.0f} MB, more than {ratio} times its size",
                     "leave it out: archives of texts do not do that")


def unique(names: list[str]) -> list[str]:
    """Names, each once: a second file of one name is called `NAME#2`.

    >>> unique(["总结.txt", "总结.txt", "总结.txt#2"])
    ['总结.txt', '总结.txt#2', '总结.txt#2#2']
    """
    taken: set[str] = set()
    counts: dict[str, int] = {}
    out = []
    for name in names:
        own = name
        while own in taken:
            counts[name] = counts.get(name, 1) + 1
            own = f"{name}#{counts[name]}"
        taken.add(own)
        out.append(own)
    return out
