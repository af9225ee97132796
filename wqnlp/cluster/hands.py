"""What runs on a worker of the cluster: bundles of files, each file in a child process that may be ended.

A worker keeps its children for the next bundle, one for each of its threads; they end when they have had nothing to do
for a while, and with the worker.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import wqnlp
from wqnlp.guard import Ended, Limits, Worker
from wqnlp.source import Input
from wqnlp.source.packed import parted
from wqnlp.store.stamp import Stamp, current, digest

IDLE = 30.0                              # seconds after which a child without work is ended
ANSWER = 60.0                            # seconds in which a worker must have looked whether it sees a file
FORKS = "forkserver"                     # from threads, as a worker's are, a plain fork may copy a lock that is held
Seen = tuple[tuple[str, int], ...]       # files with their bytes


class Same(NamedTuple):
    """What has to be the same on every machine for the same results."""

    stamp: Stamp
    code: str

    def __str__(self) -> str:
        return f"{self.stamp}, code {self.code}"


@cache
def same() -> Same:
    """The program as it is here.

    >>> len(same().code)
    12
    """
    home = Path(wqnlp.__file__).parent
    return Same(current(), digest(home, sorted(home.rglob("*.py"))))


class Piece(NamedTuple):
    """One input: what to read, the seconds it may take, and what its sender sees of its files."""

    item: Input
    seconds: float
    seen: Seen


class Stranger(Exception):
    """A worker that is of another version. (Not a `WqnlpError`: those do not come whole through a pickle.)"""


@dataclass(frozen=True, slots=True)
class Order:
    """What is the same for all bundles of a run. `home` is the sender's folder, which relative paths start from."""

    work: Callable[[Any], Any]
    limits: Limits
    home: str
    same: Same

    def __call__(self, piece: Piece) -> bytes:
        """In the child: the pickled result of one input, or of an `Ended` where it is not what the sender sees."""
        told = unseen(piece.seen, self.home)
        return pickle.dumps(Ended("unseen", told) if told else self.work(piece.item))


def files_of(item: Input) -> Seen:
    """The files of an input that are there, with their bytes: the file, its pages, the archive that it is in.

    >>> files_of("没有这个文件.txt")
    ()
    """
    if isinstance(item, tuple):
        return tuple(found for one in item for found in files_of(one))
    within = parted(item)
    path = within[0] if within else str(item)
    size = _bytes(path)
    return () if size is None else ((path, size),)


def unseen(files: Seen, home: str) -> str:
    """How a file differs from what its sender sees; empty where none does. Moves this process to the sender's folder.

    >>> unseen((("没有这个文件.txt", 7),), os.getcwd())
    '没有这个文件.txt is not there'
    """
    moved = False
    with suppress(OSError):
        os.chdir(home)
        moved = True
    for path, size in files:
        here = _bytes(path) if moved or os.path.isabs(path) else None
        if here is None:
            return f"{path} is not there"
        if here != size:
            return f"{path} has {here} bytes there, and {size} here"
    return ""


def _bytes(path: str) -> int | None:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return None


async def look(files: Seen, home: str) -> tuple[Same, str]:
    """What a worker is, and how the files differ that it sees. Asked of every worker before a run."""
    return await asyncio.to_thread(_looked, files, home)


def _looked(files: Seen, home: str) -> tuple[Same, str]:
    """In a thread and a child: a folder of the network that does not answer keeps nobody else waiting."""
    if not files:
        return same(), ""
    _may_have_children()
    with Worker(_Look(home), Limits(), method=_method()) as worker:
        told = worker.call(files, ANSWER)
    return same(), told if isinstance(told, str) else f"it does not come to look at {files[0][0]} ({told.why})"


@dataclass(frozen=True, slots=True)
class _Look:
    home: str

    def __call__(self, files: Seen) -> str:
        return unseen(files, self.home)


def bundle(order: Order, pieces: Sequence[Piece]) -> list[bytes | Ended]:
    """The task of the cluster: the result of each piece, pickled, or why it has none."""
    if order.same != same():
        raise Stranger(f"it has {same()}, and not {order.same}")
    hand = _hands.taken(order)
    try:
        done = [_one(hand, piece) for piece in pieces]
    except BaseException:
        hand.end()
        raise
    _hands.put(order, hand)
    return done


def _one(hand: Worker[Piece, bytes], piece: Piece) -> bytes | Ended:
    """As `guard.each` does: what died may have died of an earlier piece, and is tried once more in a new process."""
    result = hand.call(piece, piece.seconds)
    if isinstance(result, Ended) and result.why == "died":
        return hand.call(piece, piece.seconds)
    return result


class _Hands:
    """The children of this process that wait for work, by the order that they are for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[float, Order, Worker[Piece, bytes]]] = []
        self._sweeping = False

    def taken(self, order: Order) -> Worker[Piece, bytes]:
        """A child for this order, one that waits or a new one."""
        with self._lock:
            for at, (_, known, hand) in enumerate(self._idle):
                if known == order:
                    del self._idle[at]
                    return hand
        _may_have_children()
        return Worker(order, order.limits, method=_method())

    def put(self, order: Order, hand: Worker[Piece, bytes]) -> None:
        """Keep a child for the next bundle."""
        with self._lock:
            self._idle.append((time.monotonic(), order, hand))
            if not self._sweeping:
                self._sweep_later()

    def _sweep_later(self) -> None:
        timer = threading.Timer(IDLE, self._sweep)
        timer.daemon = self._sweeping = True
        timer.start()

    def _sweep(self) -> None:
        with self._lock:
            old = [one for one in self._idle if one[0] <= time.monotonic() - IDLE]
            self._idle = [one for one in self._idle if one not in old]
            self._sweeping = False
            if self._idle:
                self._sweep_later()
        for _, _, hand in old:
            hand.end()


_hands = _Hands()


def _may_have_children() -> None:
    """A nanny starts its worker as a daemon, which may have none; ours watch their parent, and end with it."""
    process = multiprocessing.current_process()
    if process.daemon:
        process.daemon = False


@cache
def _method() -> str | None:
    """How children are started: from a server that has read what every file needs, where the system has such a thing."""
    if FORKS not in multiprocessing.get_all_start_methods():
        return None
    multiprocessing.get_context(FORKS).set_forkserver_preload(["wqnlp.cluster.warm"])
    return FORKS
