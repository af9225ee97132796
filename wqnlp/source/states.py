"""Whether a file is the one that was read: by its size and times, and where those differ, by the hash of its bytes.

Times are held against one another for sameness alone, never for order: a clock that was set back does no harm. What
changed less than `SETTLED` ago may change again without its time telling, and has no state to go by.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from typing import NamedTuple

from wqnlp.source.gather import Input
from wqnlp.source.packed import parted

SETTLED = 2 * 10**9                      # ns; FAT counts time in steps of two seconds


class State(NamedTuple):
    """What of a file changes while it is written. Times in ns."""

    size: int
    changed: int
    node: int
    touched: int                         # the inode's: no program can set it


def state(path: str) -> State | None:
    """The state of a regular file; None where it is gone, may not be looked at, or is no file (a pipe, a socket)."""
    try:
        seen = os.stat(path)
    except (OSError, ValueError):
        return None
    return State(seen.st_size, seen.st_mtime_ns, seen.st_ino, seen.st_ctime_ns) if stat.S_ISREG(seen.st_mode) else None


def state_of(given: Input, *, settled: bool = True) -> str:
    """The state of all files of an input in one line; of a file in an archive, that of the archive. Empty: none to go by;
    with `settled` false, also what changed just now has one.

    >>> state_of("没有这个文件.txt")
    ''
    """
    told = []
    for path in given if isinstance(given, tuple) else (given,):
        within = parted(path)
        seen = state(path if within is None else within[0])
        if seen is None or (settled and time.time_ns() - max(seen.changed, seen.touched) < SETTLED):
            return ""
        told.append(f"{seen.size}:{seen.changed}:{seen.touched}")
    return " ".join(told)


def digest(given: Input) -> str | None:
    """The hash that a `Source` of this input has; None where it cannot be read, or lies in an archive.

    >>> digest("没有这个文件.txt") is None
    True
    """
    if isinstance(given, tuple):
        pages = [digest(path) for path in given]
        return None if None in pages else hashlib.sha256("".join(map(str, pages)).encode("ascii")).hexdigest()
    try:
        with open(given, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None
