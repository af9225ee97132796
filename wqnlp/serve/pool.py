"""Processes that work for the service, each alone, so that one can be ended at the deadline and no other notices."""

from __future__ import annotations

import asyncio
import logging
import math
import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections.abc import AsyncIterator, Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import asynccontextmanager, suppress
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from wqnlp.serve import preloaded
from wqnlp.serve.problems import problem

T = TypeVar("T")
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
AGAIN = 1.0                              # seconds until a process that did not start is tried again


class Pool:
    """So many processes, and so many requests that may wait for one. To be used within one event loop.

    Take a place with `place` before anything of a request is held in memory, then `run`.
    """

    def __init__(self, workers: int, waiting: int, seconds: float) -> None:
        self.workers, self.places, self.seconds = workers, workers + waiting, seconds
        self.taken = 0
        self._pace = 0.1                 # seconds a piece of work took of late
        self._slots: set[_Slot] = set()
        self._free: asyncio.LifoQueue[_Slot] = asyncio.LifoQueue()
        self._starting: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start every process and load what the work needs. Raises `BrokenExecutor` where that fails."""
        await asyncio.gather(*(self._add(tries=1) for _ in range(self.workers)))

    def close(self) -> None:
        """End all processes at once, whatever they do."""
        for task in self._starting:
            task.cancel()
        for slot in self._slots:
            slot.end()
        self._slots.clear()

    def pids(self) -> list[int]:
        """The processes that are ready or at work."""
        return [slot.pid for slot in self._slots if slot.pid is not None]

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place in the line. Raises `Problem` (E73, 503) where it is full."""
        if self.taken >= self.places:
            raise self._busy(f"{self.taken} requests are being dealt with or wait")
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """The work's result, from another process. Raises `Problem`: E73 (503) where no process came free in time,
        E15 (504) where the work took longer than the limit, E99 (500) where its process died."""
        slot, future = await self._begun(work, *arguments)
        began, whole = time.monotonic(), False
        try:
            result = await self._result(future)
            whole = True
        except BrokenExecutor:
            raise problem("E99", "service", "the process that worked on it died (most often too little memory)",
                          "post a smaller file; if it happens again, report it") from None
        finally:
            if whole:
                self._free.put_nowait(slot)
            else:
                self._replace(slot)
        self._pace += 0.2 * (time.monotonic() - began - self._pace)
        return result

    async def _begun(self, work: Callable[..., T], *arguments: object) -> tuple[_Slot, Future[T]]:
        """The work handed to a free process; one that died while it had nothing to do costs nobody's request."""
        while True:
            try:
                slot = await asyncio.wait_for(self._free.get(), self.seconds)
            except TimeoutError:
                raise self._busy(f"no process came free within {self.seconds:g} seconds") from None
            try:
                return slot, slot.submit(work, *arguments)
            except BrokenExecutor:
                self._replace(slot)

    async def _result(self, future: Future[T]) -> T:
        """What comes of the work before the deadline."""
        waited = asyncio.wrap_future(future)
        waited.add_done_callback(lambda done: done.cancelled() or done.exception())     # heard of, also where nobody waits
        await asyncio.wait({waited}, timeout=self.seconds)
        if not waited.done():
            raise problem("E15", "service", f"the work took more than {self.seconds:g} seconds",
                          "post a smaller file, or start the service with a longer --timeout")
        return waited.result()

    def _busy(self, seen: str) -> Exception:
        after = min(max(1, math.ceil(self._pace * self.taken / self.workers)), max(1, math.ceil(self.seconds)))
        return problem("E73", "service", seen, f"ask again in {after} seconds", Retry_After=str(after))

    def _replace(self, slot: _Slot) -> None:
        """End a process and start another; requests go on meanwhile with those that are left."""
        self._slots.discard(slot)
        slot.end()
        task = asyncio.get_running_loop().create_task(self._add())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _add(self, tries: float = math.inf) -> None:
        """One more process, as soon as it is ready."""
        while True:
            tries -= 1
            slot = _Slot()
            self._slots.add(slot)
            try:
                slot.pid = await asyncio.wrap_future(slot.submit(os.getpid))
            except BrokenExecutor:
                self._slots.discard(slot)
                slot.end()
                if tries <= 0:
                    raise
                await asyncio.sleep(AGAIN)
            else:
                self._free.put_nowait(slot)
                return


class _Slot:
    """One process, with an executor of its own."""

    def __init__(self) -> None:
        self._executor = ProcessPoolExecutor(1, mp_context=_context(), initializer=_begin)
        self.pid: int | None = None

    def submit(self, work: Callable[..., T], *arguments: object) -> Future[T]:
        """Hand over work. Raises `BrokenExecutor` where the process is dead already."""
        return self._executor.submit(work, *arguments)

    def end(self) -> None:
        """End the process, whatever it does. One that is still starting ends when it has nothing to do."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        if self.pid is not None:
            with suppress(ProcessLookupError):             # dead already is what was asked for
                os.kill(self.pid, KILL)


def _context() -> BaseContext:
    """Processes that hold nothing of the server's: no socket, no lock of a thread, no text of another request."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context: Any = multiprocessing.get_context("forkserver")
    os.environ[preloaded.VARIABLE] = "1"                   # the forkserver takes it over; it starts with the first process
    context.set_forkserver_preload([preloaded.__name__])
    return context  # type: ignore[no-any-return]


def _begin() -> None:
    """In a new process: Ctrl-C is the server's to deal with; without the server there is nothing to do; libraries that
    read what was posted say nothing of it; all is loaded."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    threading.Thread(target=_follow, daemon=True).start()
    from wqnlp.serve import work

    work.warm()


def _follow() -> None:
    """End with the server, however it ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
