"""One watcher fills a library from a folder at a time: a lock that ends with the process, however it ends."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Protocol

from wqnlp.errors import Unwritable

if TYPE_CHECKING:
    from wqnlp.store.database import Store

TODO = "end it first, or name another library"


class Lock(Protocol):
    """What is held until it is closed."""

    def close(self) -> None:
        """Let go."""


def watching(store: Store, folder: str) -> Lock:
    """The lock of a watcher. Raises `Unwritable` (E22) where another one has it.

    A SQLite file has one watcher. A database has one for each folder of a machine: a team may watch many.
    """
    if store.address.file is not None:
        return _of_file(store.address.file + ".watch")
    held = store.hold("watch", platform.node(), folder)
    if held is None:
        raise Unwritable("E22", store.path, f"another watcher fills this library from {folder}", TODO)
    return held


def _of_file(path: str) -> Lock:
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
