"""The sender's side of a cluster: bundles out, results in the order of the files, whatever becomes of the workers.

A bundle is a handful of files, so that a task's own cost is small beside its work. So many are out at one time as keep the
workers busy, and no more: the sender, the scheduler and the workers hold as much for a million files as for a hundred.
A worker that is lost is lost with its bundles, which others do again; a result is taken once.
"""

from __future__ import annotations

import logging
import os
import pickle
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar

from wqnlp.cluster import hands
from wqnlp.cluster.hands import Order, Piece
from wqnlp.errors import ClusterError, MissingExtra
from wqnlp.guard import Ended, Limits
from wqnlp.source import Input

FILES = 8                                # of a bundle, or fewer where they are large
BYTES = 2**20
AHEAD = 3                                # bundles for each thread of the cluster
LOOK = 2.0                               # seconds between two looks at who is there
REACH = 10.0                             # seconds to reach the scheduler
R = TypeVar("R")


class Cluster:
    """The workers of a Dask scheduler, as an engine of `run_many` and `store.batch.extract`.

        with Cluster("tcp://10.0.0.1:8786") as cluster:
            wqnlp.extract(["/shared/archive"], store="library.db", engine=cluster.each)

    Every worker needs this version of the package, and has to see the files under the same paths. Raises `ClusterError`:
    E75 where no scheduler answers, or it is without workers for `patience` seconds; E76 where a worker is of another
    version or does not see the files. Raises `MissingExtra` (E51) without the extra.
    """

    def __init__(self, scheduler: str, *, patience: float = 60.0) -> None:
        self.scheduler, self.patience = scheduler, patience
        self._client: Any = None
        self._threads, self._looked, self._manned = 0, 0.0, 0.0

    def __enter__(self) -> Cluster:
        try:
            from distributed import Client
            from distributed.comm.addressing import get_address_host_port
        except ImportError as fault:
            raise MissingExtra("E51", self.scheduler, f"a cluster needs the package distributed ({fault})",
                               "pip install 'wqnlp[cluster]'") from fault
        try:
            get_address_host_port(self.scheduler)          # a client of an address that is none is long in closing
            self._client = Client(self.scheduler, timeout=REACH, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, ImportError) as fault:
            raise ClusterError("E75", self.scheduler, f"no scheduler answers there ({_reason(fault)})",
                               "start one with `dask scheduler`, and give the address that it shows, such as "
                               "tcp://10.0.0.1:8786") from fault
        try:
            self._manned = time.monotonic()
            self._wait_for_workers()
            self._refuse_strangers(())
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Let go of the cluster; what it was doing for us is given up. Safe to call twice."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, TimeoutError):
                client.close()

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 where: TracebackType | None) -> None:
        self.close()

    def each(self, work: Callable[[Input], R], items: Iterable[Input], workers: int, limits: Limits,
             seconds: Callable[[Input], float]) -> Generator[tuple[Input, R | Ended], None, None]:
        """As `guard.each`: each item with its result, in order. How many go at one time the cluster knows, not `workers`."""
        order = Order(work, limits, os.getcwd(), hands.same())
        coming = _bundles(items, seconds)
        out: deque[tuple[Sequence[Piece], Any]] = deque()
        begun = False
        try:
            while True:
                while len(out) < max(2, AHEAD * self._at_hand()) and (given := next(coming, None)) is not None:
                    if not begun:
                        self._refuse_strangers(next((piece.seen for piece in given if piece.seen), ()))
                        begun = True
                    out.append((given, self._sent(order, given)))
                if not out:
                    return
                pieces, future = out.popleft()
                for piece, packed in zip(pieces, self._taken(order, pieces, future), strict=True):
                    yield piece.item, packed if isinstance(packed, Ended) else pickle.loads(packed)  # noqa: S301 - our own workers'
                del future
        finally:
            with suppress(OSError, TimeoutError):
                self._given_up([future for _, future in out])

    def _sent(self, order: Order, pieces: Sequence[Piece]) -> Any:
        return self._client.submit(hands.bundle, order, pieces, pure=False)

    def _given_up(self, futures: list[Any]) -> None:
        if self._client is not None and futures:
            self._client.cancel(futures)

    def _taken(self, order: Order, pieces: Sequence[Piece], future: Any) -> list[bytes | Ended]:
        """The results of a bundle. One that cost several workers their lives is tried file by file."""
        from distributed import KilledWorker

        try:
            self._wait(future)
            return list(future.result())
        except KilledWorker as fault:
            if len(pieces) == 1:
                return [Ended("died", f"several workers of the cluster were lost with it, the last {fault.last_worker.address}")]
            return [self._taken(order, [piece], self._sent(order, [piece]))[0] for piece in pieces]
        except (hands.Stranger, ImportError, AttributeError) as fault:      # one that came later than `_refuse_strangers`
            raise self._strange(str(fault)) from fault
        except (CancelledError, OSError) as fault:
            raise ClusterError("E75", self.scheduler, f"the scheduler was lost ({_reason(fault)})", "see why it ended, and run "
                               "again; what was written before is kept") from fault

    def _wait(self, future: Any) -> None:
        """Until it is done; as long as there are workers, which may have died and come again."""
        from distributed import wait

        while True:
            with suppress(TimeoutError), self._client.as_current():
                wait(future, timeout=LOOK)  # type: ignore[no-untyped-call]
                return
            self._wait_for_workers()

    def _at_hand(self) -> int:
        """How many threads the workers have; asked now and then."""
        if time.monotonic() - self._looked > LOOK:
            self._threads = sum(self._client.nthreads().values())
            self._looked = time.monotonic()
            if self._threads:
                self._manned = self._looked
        return self._threads

    def _wait_for_workers(self) -> None:
        """Until a worker is there. Raises where there has been none for too long."""
        while not self._at_hand():
            if time.monotonic() - self._manned > self.patience:
                raise ClusterError("E75", self.scheduler, f"the scheduler has had no worker for {self.patience:g} seconds",
                                   f"start one on each machine with: dask worker {self.scheduler}")
            self._looked = 0.0
            time.sleep(min(LOOK, self.patience) / 4)

    def _refuse_strangers(self, files: hands.Seen) -> None:
        """No work for a cluster of which a worker is of another version, or does not see the files."""
        found = self._client.run(hands.look, files, os.getcwd(), on_error="return")
        for address, told in found.items():
            if isinstance(told, BaseException):
                raise self._strange(f"{address} cannot run it ({type(told).__name__}: {told})")
            program, unseen = told
            if program != hands.same():
                raise self._strange(f"{address} has {program}, and not {hands.same()}")
            if unseen:
                raise ClusterError("E76", self.scheduler, f"the worker {address} does not see the files: {unseen}",
                                   "put them into a folder that all machines see under the same path")

    def _strange(self, seen: str) -> ClusterError:
        return ClusterError("E76", self.scheduler, f"a worker is of another version: {seen}",
                            "install the same wqnlp on all machines, and start their workers again")


def quiet() -> None:
    """Let Dask not tell of a lost connection on stderr: our error does. For a program that has stderr to itself."""
    with suppress(ImportError):
        from distributed import client  # its loggers get their levels when it is imported

        logging.getLogger(client.__name__).setLevel(logging.CRITICAL)


def _bundles(items: Iterable[Input], seconds: Callable[[Input], float]) -> Iterator[list[Piece]]:
    """The items in handfuls.

    >>> [len(pieces) for pieces in _bundles(map(str, range(19)), lambda _: 1.0)]
    [8, 8, 3]
    """
    held: list[Piece] = []
    size = 0
    for item in items:
        piece = Piece(item, seconds(item), hands.files_of(item))
        held.append(piece)
        size += sum(number for _, number in piece.seen)
        if len(held) == FILES or size > BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


def _reason(fault: BaseException) -> str:
    told = str(fault).strip().splitlines()
    return told[0] if told else type(fault).__name__
