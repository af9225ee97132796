"""Readers and broken files: what comes out is a `Source` or `Unreadable`, in time, nothing else touched, nobody called.

    python tests/test_fuzz_readers.py --count 100000 --jobs 2 --keep FOLDER     counts by outcome; the failures kept there
    python tests/test_fuzz_readers.py --start 100000 --count 100000             further seeds
    python tests/test_fuzz_readers.py --count 100000 --pictures 40              pictures, recognised slowly, in one round of 40
    python tests/test_fuzz_readers.py --seed 4711                               one seed again, with its traceback

A seed says everything: which rendering of tests/render is broken, and how.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from render import WAYS, Gold, hostile
from render.mutate import mutate

from wqnlp.errors import CODES, Unreadable
from wqnlp.source import Source, packed, reading

LIMIT = 20.0                             # seconds a broken file may take; a sound one takes well under one
TABLE = "许昌市妇联2013年信访统计表\n类别,受理（件）,办结（件）\n婚姻家庭,120,110\n财产权益,50,45\n\"其他,咨询\",30,25\n合计,200,180\n"
DEADLY = 120.0                           # after which a process that does not answer is ended
MEMORY = 8 * 2**30                       # bytes of address space of a process that breaks files
GOLDS = [hostile.GOLD, Gold("g02", "许昌市妇联2013年第一季度维权工作总结\n表1　信访情况（单位：件）\n单位 | 合计 | 婚姻家庭 | 其他\n"
                            "禹州市 | 38 | 25 | 13\n长葛市 | 31 | 21 | 10\n１至3月接访69件，占67.6％。\n二季度继续努力。\n")]
OUTSIDE = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.chmod", "os.chown", "os.utime")
CALLS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "subprocess.Popen", "os.system", "os.exec",
         "os.posix_spawn", "os.fork", "urllib.Request", "webbrowser.open")


class TooLong(BaseException):
    """The time is over. No reader may catch it, so it is no `Exception`."""


class Guard:
    """Told of every file opened and every call made while it is on; refuses and remembers those that are not allowed."""

    def __init__(self) -> None:
        self.folder: str | None = None
        self.seen: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple) -> None:
        if self.folder is None:
            return
        if event in CALLS or event in OUTSIDE or event == "open":
            path = os.fspath(args[0]) if args and isinstance(args[0], str | bytes | os.PathLike) else ""
            path = os.fsdecode(path)
            if event == "open" and not (isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)):
                return
            if event not in CALLS and (not path or "__pycache__" in path or path == os.devnull
                                       or os.path.realpath(path).startswith(self.folder)):
                return
            self.seen.append(f"{event} {path or args[:2]!r}")
            raise PermissionError(f"not allowed: {self.seen[-1]}")

    @contextlib.contextmanager
    def on(self, folder: Path) -> Iterator[None]:
        self.folder, self.seen = os.path.realpath(folder), []
        try:
            yield
        finally:
            self.folder = None


@cache
def guard() -> Guard:
    return Guard()


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise `TooLong` in what runs longer; where there are no signals, only afterwards."""
    start = time.monotonic()
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
    else:
        def over(*_: object) -> None:
            raise TooLong

        before = signal.signal(signal.SIGALRM, over)
        signal.setitimer(signal.ITIMER_REAL, seconds, 1)         # again each second, should it have been swallowed
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    if time.monotonic() - start > seconds + 1:
        raise TooLong


def read_all(path: Path) -> list[Source]:
    """All that a file holds: one source, or those of an archive that can be read. Raises `Unreadable` where none can."""
    inside = packed.members(str(path))
    if not inside:
        return [reading.read(path)]
    sources, last = [], None
    for name in inside:
        try:
            sources.append(reading.read(name))
        except Unreadable as error:
            if error.code not in CODES or str(path) not in str(error):
                raise
            last = error
    if last is not None and not sources:
        raise last
    return sources


def outcome(path: Path, limit: float = LIMIT) -> str:
    """What reading a file came to: the format it was read as, a code of errors.py, or `FAULT` and why."""
    scratch = path.parent / "tmp"
    scratch.mkdir(exist_ok=True)
    before, tempfile.tempdir = tempfile.tempdir, str(scratch)
    try:
        with guard().on(path.parent), within(limit):
            sources = read_all(path)
        told = ", ".join(sorted({source.format for source in sources})) or "nothing"
        told = next((f"FAULT {fault}" for source in sources if (fault := unsound(source))), told)
    except Unreadable as error:
        told = error.code if error.code in CODES and error.todo and str(path) in str(error) else f"FAULT message: {error}"
    except TooLong:
        told = f"FAULT longer than {limit:.0f} s"
    except MemoryError:
        told = "FAULT memory"
    except Exception as error:  # noqa: BLE001 - what a reader lets out is what this test is for
        last = traceback.extract_tb(error.__traceback__)[-1]
        told = f"FAULT {type(error).__name__} in {Path(last.filename).name}:{last.name}: {str(error)[:80]}"
        if os.environ.get("FUZZ_TRACE"):
            traceback.print_exc()
    finally:
        tempfile.tempdir = before
    if guard().seen:
        return f"FAULT touched {guard().seen[0]}"
    left = os.listdir(scratch) + [name for name in os.listdir(path.parent) if name not in (path.name, "tmp", "canary.txt")]
    return f"FAULT left behind {left[0]}" if left else told


def unsound(source: Source) -> str:
    """What a source says that cannot be so: a place outside the text, out of order, half a character; else nothing."""
    for name in ("pages", "places", "cells", "doubts"):
        spans = [(row.start, row.end) for row in getattr(source, name)]
        if any(not 0 <= start <= end <= len(source.text) for start, end in spans):
            return f"{name} outside the text"
        if [start for start, _ in spans] != sorted(start for start, _ in spans):
            return f"{name} out of order"
    if any("\ud800" <= char <= "\udfff" for char in source.text):
        return "half a surrogate pair"
    return f"{hostile.CANARY} was read" if hostile.CANARY in source.text else ""


@cache
def seeds() -> list[tuple[str, str, bytes]]:
    """The name of a way, a file name and its bytes: every rendering of two small summaries, of one where it is a picture."""
    told = [(way.name, file.name, file.data) for way in WAYS for file in way.files(GOLDS)[:1 if way.recognised else 2]]
    return [*told, ("csv", "统计表.csv", TABLE.encode("gb18030"))]


def warm(folder: Path) -> None:
    """Read one sound file of every format, so that libraries are loaded and their caches written before the guard is on."""
    first = {Path(name).suffix: (name, data) for _, name, data in reversed(seeds())}
    for name, data in first.values():
        path = folder / name
        path.write_bytes(data)
        with contextlib.suppress(Unreadable):
            read_all(path)
        path.unlink()


def broken(seed: int) -> tuple[str, str, bytes]:
    """The way, the file name and the bytes of a seed."""
    dice = Random(seed)
    way, name, data = seeds()[seed % len(seeds())]
    return way, name, mutate(data, dice, dice.choice(seeds())[2])


def tried(seed: int, folder: Path) -> str:
    """The outcome of a seed. `folder` is left as it was."""
    way, name, data = broken(seed)
    path = folder / name
    path.write_bytes(data)
    try:
        return outcome(path, LIMIT * (6 if is_recognised(way) else 1))
    finally:
        path.unlink()


def is_recognised(way: str) -> bool:
    return any(one.recognised for one in WAYS if one.name == way)


def due(seed: int, slow_share: int) -> bool:
    """Whether a seed is tried: of the pictures only those of one round in some, or with 0 none."""
    slow = is_recognised(seeds()[seed % len(seeds())][0])
    return not slow or (slow_share > 0 and (seed // len(seeds())) % slow_share == 0)


def some(count: int, folder: Path, slow_share: int = 8) -> Counter[str]:
    """Outcomes of the first seeds; of the pictures, which are recognised slowly, only one in some, or with 0 none."""
    told: Counter[str] = Counter()
    for seed in range(count):
        if due(seed, slow_share):
            result = tried(seed, folder)
            told[f"seed {seed}: {result}" if result.startswith("FAULT") else result] += 1
    return told


@pytest.fixture(scope="module", autouse=True)
def still(tmp_path_factory):
    logging.disable(logging.CRITICAL)
    warm(tmp_path_factory.mktemp("warm"))
    yield
    logging.disable(logging.NOTSET)


def test_the_guard_sees_what_is_written_elsewhere_and_who_is_called(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    for act in (lambda: outside.write_text("x"), lambda: (inside / ".." / "out").write_text("x"), outside.mkdir,
                lambda: socket.create_connection(("127.0.0.1", 9), 1), lambda: subprocess.run(["true"])):
        with guard().on(inside), pytest.raises(PermissionError):
            act()
        assert len(guard().seen) == 1
    with guard().on(inside):
        (inside / "x.txt").write_text("x")
        Path(__file__).read_bytes()
    assert guard().seen == []


def test_what_takes_too_long_is_seen(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("妇联")
    monkeypatch.setattr(reading, "read", lambda path: time.sleep(9))
    assert outcome(path, limit=0.05).startswith("FAULT longer")


@pytest.mark.parametrize("recognised", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_sound_seeds_are_read_or_have_no_reader(tmp_path, recognised):
    told = set()
    for way, name, data in seeds():
        if is_recognised(way) is not recognised:
            continue
        path = tmp_path / name
        path.write_bytes(data)
        result = outcome(path, 60)
        assert not result.startswith("FAULT"), f"{way}: {result}"
        told.update(result.split(", "))
        path.unlink()
    wanted = {"image", "pdf"} if recognised else {reader.name for reader in reading.READERS} - {"image"}
    assert wanted <= told, f"nothing is rendered that the readers {sorted(wanted - told)} read: they are not broken here"


def test_broken_files(tmp_path):
    told = some(len(seeds()) * 6, tmp_path, 0)              # tests/test_ocr.py breaks pictures, too
    assert not [result for result in told if "FAULT" in result]
    assert sum(told.values()) > 200


@pytest.mark.slow
def test_thousands_of_broken_files(tmp_path):
    assert not [result for result in some(5000, tmp_path, 40) if "FAULT" in result]


def hostile_outcome(make: hostile.Hostile, folder: Path, limit: float) -> str:
    canary = folder / "canary.txt"
    canary.write_text(hostile.CANARY, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        name, data = make(str(canary), server.getsockname()[1])
        (folder / name).write_bytes(data)
        told = outcome(folder / name, limit)
        with contextlib.suppress(BlockingIOError):
            server.accept()
            told = "FAULT called out"                      # seen by the listener, whoever opened the connection
    return told


@pytest.mark.parametrize("make", hostile.QUICK, ids=lambda make: make.__name__)
def test_hostile_files(tmp_path, make):
    told = hostile_outcome(make, tmp_path, LIMIT)
    assert not told.startswith("FAULT"), told
    assert not Path("/tmp/escaped-absolute.txt").exists() and not Path("/tmp/escaped-through.txt").exists()


@pytest.mark.slow
@pytest.mark.parametrize("make", hostile.HEAVY, ids=lambda make: make.__name__)
def test_heavy_hostile_files(tmp_path, make):
    told = hostile_outcome(make, tmp_path, 60)
    assert not told.startswith("FAULT"), told


def worker(start: int, stop: int, step: int, slow_share: int) -> None:
    """Try seeds and print each outcome as a line; a process of its own, for it may die."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        warm(Path(folder))
        for seed in (seed for seed in range(start, stop, step) if due(seed, slow_share)):
            faulthandler.dump_traceback_later(DEADLY, exit=True)
            print(seed, tried(seed, Path(folder)), sep="\t", flush=True)
            faulthandler.cancel_dump_traceback_later()


def watch(start: int, stop: int, step: int, slow_share: int, note) -> None:
    """Workers one after another until all seeds are tried: one that dies takes its seed with it, and that is a failure."""
    while (start := next((seed for seed in range(start, stop, step) if due(seed, slow_share)), stop)) < stop:
        command = [sys.executable, __file__, "--worker", str(start), str(stop), str(step), str(slow_share)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            assert process.stdout
            for line in process.stdout:
                seed, told = line.rstrip("\n").split("\t", 1)
                note(int(seed), told)
                start = int(seed) + step
            code = process.wait()
        start = next((seed for seed in range(start, stop, step) if due(seed, slow_share)), stop)
        if start < stop and code:
            note(start, f"FAULT the process died ({code})")
            start += step


def campaign(start: int, count: int, jobs: int, keep: Path | None, slow_share: int) -> int:
    """Try many seeds, print counts by way and outcome, keep the files of failures; how many failed."""
    told: Counter[tuple[str, str]] = Counter()
    failed: list[tuple[int, str]] = []
    lock = threading.Lock()

    def note(seed: int, result: str) -> None:
        with lock:
            told[seeds()[seed % len(seeds())][0], "FAULT" if result.startswith("FAULT") else result] += 1
            if result.startswith("FAULT"):
                failed.append((seed, result))
                print(f"seed {seed} ({seeds()[seed % len(seeds())][0]}): {result}", flush=True)
                if keep:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{seed}-{broken(seed)[1]}").write_bytes(broken(seed)[2])

    threads = [threading.Thread(target=watch, args=(start + job, start + count, jobs, slow_share, note)) for job in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for way in dict.fromkeys(name for name, _, _ in seeds()):
        print(f"{way:20}", ", ".join(f"{result} {times}" for (name, result), times in told.most_common() if name == way))
    print(f"{sum(told.values())} files broken by seeds from {start} to {start + count - 1}, {len(failed)} failures")
    return len(failed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--pictures", type=int, default=1)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--worker", type=int, nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        worker(*options.worker)
    elif options.seed is not None:
        os.environ["FUZZ_TRACE"] = "1"
        with tempfile.TemporaryDirectory() as folder:
            print(broken(options.seed)[0], tried(options.seed, Path(folder)))
    else:
        sys.exit(bool(campaign(options.start, options.count, options.jobs, options.keep, options.pictures)))


if __name__ == "__main__":
    main()
