"""One watcher fills a library from a folder at a time: a lock that ends with the process, however it ends."""

from __future__ import annotations

import os
import platform
from typing import IO

from wqnlp.errors import Unwritable
from wqnlp.store.database import Store
from wqnlp.store.engine import Held

TODO = "end it first, or name another library"


class Alone:
    """The lock of a watcher. Raises `Unwritable` (E22) where another one has it.

    A SQLite file has one watcher. A database has one for each folder of a machine: a team may watch many.
    """

    def __init__(self, store: Store, folder: str) -> None:
        self._store, self._folder = store, folder
        self._held: IO[str] | Held = self._taken()

    def _taken(self) -> IO[str] | Held:
        if self._store.address.file is not None:
            return _of_file(self._store.address.file + ".watch")
        held = self._store.hold("watch", platform.node(), self._folder)
        if held is None:
            raise Unwritable("E22", self._store.path, f"another watcher fills this library from {self._folder}", TODO)
        return held

    def renew(self) -> None:
        """Take it again where the server that held it was restarted."""
        if isinstance(self._held, Held) and not self._held.alive():
            self._held.close()
            self._held = self._taken()

    def close(self) -> None:
        """Let go."""
        self._held.close()


def _of_file(path: str) -> IO[str]:
    file = open(path, "a", encoding="utf-8")  # noqa: SIM115 (held until close)
    try:
        import fcntl
    except ImportError:                                    # not on Windows; two watchers then do the same work twice
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        file.close()
        raise Unwritable("E22", os.fspath(path), "another watcher fills this library", TODO) from fault
    return file
