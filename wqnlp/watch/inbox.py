"""The files of a folder, and which of them nobody is writing to any more."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

from wqnlp.source import State, state

HIDDEN = (".", "~$")                     # hidden files, locks of office programs
GROWING = (".part", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".partial", ".swp", "~", ".lock")
"""Endings that programs give a file until it is whole; they rename it then."""


def files(folder: str) -> Iterator[str]:
    """Files under a folder, in order; hidden ones and those that carry the name of a half-written one left out."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(HIDDEN))
        yield from (os.path.join(here, name) for name in sorted(names)
                    if not name.startswith(HIDDEN) and not name.lower().endswith(GROWING))


class Inbox:
    """Looks at a folder again and again; a file is settled once its size and time stood still for `settle` seconds."""

    def __init__(self, folder: str, settle: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder, self.settle, self._clock = folder, settle, clock
        self._since: dict[str, tuple[State, float]] = {}
        self._done: dict[str, State] = {}

    def settled(self) -> list[str]:
        """Files that are whole and were not dealt with in this state. Call it every fraction of a second."""
        now, here, found = self._clock(), {}, []
        for path in files(self.folder):
            seen = state(path)
            if seen is None or self._done.get(path) == seen:
                continue
            known, since = self._since.get(path, (seen, now))
            here[path] = (seen, since if known == seen else now)
            if now - here[path][1] >= self.settle:
                found.append(path)
        self._since = here
        return found

    def whole(self, path: str) -> bool:
        """Whether nobody writes to a file any more, or it was dealt with as it is."""
        seen = state(path)
        if seen is None or self._done.get(path) == seen:
            return seen is not None
        known, since = self._since.get(path, (None, self._clock()))
        return known == seen and self._clock() - since >= self.settle

    def waiting(self) -> bool:
        """Whether a file was seen, the last time, that is not dealt with."""
        return bool(self._since)

    def done(self, path: str, seen: State | None) -> None:
        """The file was dealt with as it was then; it comes back only when it changes."""
        if seen is not None:
            self._done[path] = seen
        self._since.pop(path, None)

    def again(self, path: str) -> None:
        """The file changed while it was read: wait for it once more."""
        self._since.pop(path, None)
