"""Work in child processes, with a limit of time and memory for each piece of it.

A piece that loops, eats memory or takes its process down natively costs itself and no other: its process is ended, the
piece is named, and a new process goes on. Nothing is left behind: a worker ends with the process that started it, at
the latest when the time for its piece of work is over, whatever it is doing.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

AHEAD = 16                                # pieces a worker may be ahead of what was taken, so that memory stays flat
QUEUED = 2                               # pieces a worker has at hand: the next is there when the first is done
LONGEST = 3600.0                         # seconds that one call of the system waits
LOOK = 0.5                               # seconds between two looks whether the parent still lives
NO_MEMORY = 112                          # exit code of a worker that ran out of memory
GRACE = 10.0                             # seconds after which a worker ends itself, should nobody have ended it

X = TypeVar("X")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may take. Where the system cannot limit memory (macOS, Windows), the time alone holds.

    `seconds` are for each megabyte begun, as a long file takes longer. `megabytes` are memory beside what the program
    itself takes.

    >>> Limits(seconds=60.0).allowed(3_000_000)
    180.0
    """

    seconds: float = 120.0
    megabytes: int = 2048

    @classmethod
    def from_environment(cls) -> Limits:
        """The limits of WQNLP_TIMEOUT (seconds) and WQNLP_MEMORY (MB), each as above where it is not set, or no number."""
        found = {}
        for name, key, kind in (("seconds", "WQNLP_TIMEOUT", float), ("megabytes", "WQNLP_MEMORY", int)):
            with suppress(KeyError, ValueError):
                if (number := kind(os.environ[key])) > 0:
                    found[name] = number
        return cls(**found)  # type: ignore[arg-type]

    def allowed(self, size: int) -> float:
        """Seconds for a file of so many bytes."""
        return self.seconds * max(1, -(-size // 2**20))


def usual() -> Limits | None:
    """The limits of the environment, where they cost nothing: where processes fork. Elsewhere a child imports the
    caller's script first, which has to be written for that; limits then have to be asked for.

    >>> usual() is None or usual().seconds > 0
    True
    """
    return Limits.from_environment() if multiprocessing.get_start_method() == "fork" else None


class Ended(NamedTuple):
    """Why a piece of work has no result."""

    why: str                             # time, memory, died; of a cluster also unseen
    told: str                            # SIGKILL, SIGSEGV ..., `exit 9`


class Closable(Protocol):
    """A lock, a pipe: what a child must not hold on to."""

    def close(self) -> None:
        """Let go of it."""


class Worker(Generic[X, R]):
    """A child process that does one piece of work after the other; started when there is one, and again when it died.

    >>> with Worker(abs, Limits()) as worker:
    ...     worker.call(-3, 10.0)
    3
    """

    def __init__(self, work: Callable[[X], R], limits: Limits, *, closing: Sequence[Closable] = (),
                 method: str | None = None) -> None:
        """`method` is how its process is started (`fork`, `forkserver`, `spawn`); the usual one where it is not said."""
        self._work, self._limits, self._closing, self._method = work, limits, closing, method
        self._process: Any = None
        self._pipe: Connection | None = None
        self.given: deque[tuple[X, float]] = deque()
        self._since = 0.0

    def give(self, item: X, seconds: float) -> None:
        """Hand over a piece of work that may take so long."""
        if self._process is None:
            self._start()
        if not self.given:
            self._since = time.monotonic()
        self.given.append((item, seconds))
        assert self._pipe is not None
        with suppress(OSError):                             # it has just died: `take` says so
            self._pipe.send((item, seconds))

    def ready(self) -> Connection | None:
        """What to wait for."""
        return self._pipe if self.given else None

    def left(self) -> float:
        """Seconds left for the piece that is being done."""
        return self._since + self.given[0][1] - time.monotonic()

    def take(self) -> R | Ended:
        """The result of the first piece given; call it when it is ready, or when no time is left.

        After `Ended` the worker has nothing at hand: what was given besides has to be given again.
        """
        assert self._pipe is not None
        try:
            if not self._pipe.poll():
                return self._ended(over=True)
            result, tired = self._pipe.recv()
        except (EOFError, OSError):
            return self._ended(over=False)
        self.given.popleft()
        self._since = time.monotonic()
        if tired:                                           # a new process, with all its memory
            others = list(self.given)
            self.end()
            for other in others:
                self.give(*other)
        return result  # type: ignore[no-any-return]

    def call(self, item: X, seconds: float) -> R | Ended:
        """One piece of work, waited for. Use this, or the three methods above."""
        self.give(item, seconds)
        assert self._pipe is not None
        try:
            while not wait([self._pipe], max(0.0, min(LONGEST, self.left()))) and self.left() > 0:
                pass
            return self.take()
        except BaseException:                               # Ctrl-C: what it was doing is of no use any more
            self.end()
            raise

    def _start(self) -> None:
        context: Any = multiprocessing.get_context(self._method)
        self._pipe, theirs = context.Pipe()
        forked = context.get_start_method() == "fork"
        closing = (self._pipe, *self._closing) if forked else ()
        self._process = context.Process(target=_serve, args=(theirs, self._work, self._limits, closing), daemon=True)
        self._process.start()
        theirs.close()

    def _ended(self, *, over: bool) -> Ended:
        if not over:
            self._process.join(GRACE)                       # its pipe is closed a moment before it is gone
        code = self._process.exitcode
        self.end()
        if over or code == -getattr(signal, "SIGALRM", 0):
            return Ended("time", "")
        if code == NO_MEMORY:
            return Ended("memory", "")
        return Ended("died", signal.Signals(-code).name if code is not None and -code in set(signal.Signals) else f"exit {code}")

    def end(self) -> None:
        """End the process, whatever it is doing, and what it started; safe to call twice."""
        if self._process is not None:
            with suppress(OSError, AttributeError):         # no groups on Windows
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None
        self.given.clear()

    def __enter__(self) -> Worker[X, R]:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def each(work: Callable[[X], R], items: Iterable[X], workers: int, limits: Limits,
         seconds: Callable[[X], float]) -> Generator[tuple[X, R | Ended], None, None]:
    """Each item with its result, in order, through so many processes; `seconds` is what an item may take.

    A process that dies is not always the fault of the item in hand (an earlier one may have spoilt its memory, others
    may have taken it all): such an item is tried once more, in a new process.

    >>> list(each(abs, [-1, 2], 1, Limits(), lambda _: 10.0))
    [(-1, 1), (2, 2)]
    """
    coming = iter(enumerate(items))
    pool = [Worker(_Numbered(work), limits) for _ in range(workers)]
    again: deque[tuple[int, X]] = deque()
    begun: dict[int, X] = {}
    done: dict[int, R | Ended] = {}
    died: set[int] = set()
    shown = 0
    try:
        while True:
            _hand_out(pool, again, coming, begun, workers * AHEAD, seconds)
            if not begun:
                return
            if shown in done:
                yield begun.pop(shown), done.pop(shown)
                shown += 1
                continue
            for worker in _ready(pool):
                at_hand = [piece for piece, _ in worker.given]
                number, result = at_hand[0][0], worker.take()
                if isinstance(result, Ended):
                    retry = result.why == "died" and number not in died
                    died.add(number)
                    again.extendleft(reversed(at_hand if retry else at_hand[1:]))
                    if retry:
                        continue
                done[number] = result
    finally:
        for worker in pool:
            worker.end()


def _hand_out(workers: list[Worker[tuple[int, X], R]], again: deque[tuple[int, X]], coming: Iterator[tuple[int, X]],
              begun: dict[int, X], most: int, seconds: Callable[[X], float]) -> None:
    """Give each worker what it may have at hand, the idle ones first."""
    for worker in sorted(workers, key=lambda worker: len(worker.given)):
        while len(worker.given) < QUEUED and (again or len(begun) < most):
            piece = again.popleft() if again else next(coming, None)
            if piece is None:
                return
            begun[piece[0]] = piece[1]
            worker.give(piece, seconds(piece[1]))


@dataclass(frozen=True, slots=True)
class _Numbered(Generic[X, R]):
    """The work on an item, for one that carries its number. (No closure: it is pickled where there is no fork.)"""

    work: Callable[[X], R]

    def __call__(self, piece: tuple[int, X]) -> R:
        return self.work(piece[1])


def _ready(workers: list[Worker[X, R]]) -> list[Worker[X, R]]:
    """Those with a result, a dead process, or no time left."""
    busy = {pipe: worker for worker in workers if (pipe := worker.ready()) is not None}
    found = wait(list(busy), max(0.0, min(LONGEST, *(worker.left() for worker in busy.values()))))
    return [worker for pipe, worker in busy.items() if pipe in found or worker.left() <= 0]


def _serve(pipe: Connection, work: Callable[[X], R], limits: Limits, closing: Sequence[Closable]) -> None:
    """The child: one piece after the other, each against the clock."""
    for held in closing:
        held.close()
    with suppress(AttributeError, OSError):
        os.setpgid(0, 0)                                    # Ctrl-C goes to the parent, which ends the children
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    top = _limit_memory(limits)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            item, seconds = pipe.recv()
        except (EOFError, OSError):
            return
        _alarm(seconds + GRACE)
        try:
            result = work(item)
            told = pickle.dumps((result, top > 0 and _taken() > top - limits.megabytes * 2**19))
        except MemoryError:
            os._exit(NO_MEMORY)
        try:
            pipe.send_bytes(told)
        except OSError:                                     # the parent was killed: nobody waits for it
            return
        _alarm(0.0)
        del result, item, told


def _alarm(seconds: float) -> None:
    """The system ends this process then, even in a loop of C code that no thread and no handler could interrupt."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _end_with_parent() -> None:
    """End this process with its parent, which may have been killed in the middle of anything.

    Its pipe alone does not tell: processes forked after this one hold an end of it, too.
    """
    known, above = multiprocessing.parent_process(), os.getppid()
    while os.getppid() == above and (known is None or known.is_alive()):
        time.sleep(LOOK)
    os._exit(1)


def _limit_memory(limits: Limits) -> int:
    """Let this process grow so far and no further, and leave no core file; its top in bytes, 0 where there is no limit."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        taken = _taken()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        top = taken + limits.megabytes * 2**20
        if taken == 0 or (hard != resource.RLIM_INFINITY and hard < top):
            return 0
        resource.setrlimit(resource.RLIMIT_AS, (top, hard))
    except (ImportError, OSError, ValueError):
        return 0
    return top


def _taken() -> int:
    """The address space of this process in bytes; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 0
