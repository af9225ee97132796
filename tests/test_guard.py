"""A file that loops, eats memory or kills its process is named, and costs no other file; nothing is left behind."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import wqnlp
from wqnlp import guard, pipeline
from wqnlp.errors import Unreadable
from wqnlp.guard import Ended, Limits, Worker, each
from wqnlp.pipeline import Kept, Result, run_many
from wqnlp.source import Content, Decoding, reading

TEXT = "江平县妇联{}年工作总结\n全年接待来信来访{}件，其中家庭暴力{}件。"
SOON = Limits(seconds=2.0, megabytes=160)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="readers of the test are not there in a new process")


class Hostile:
    """A reader of files that begin with HOSTILE: does what the next word says."""

    name = "hostile"
    suffixes: tuple[str, ...] = ()

    def sniff(self, head: bytes) -> bool:
        return head.startswith(b"HOSTILE")

    def read(self, path: str, data: bytes) -> Content:
        getattr(self, data.split()[1].decode())(path)
        return Content(text=TEXT.format(2009, 10, 3), decoding=Decoding(encoding="hostile", reason="", confidence=1.0))

    def loops(self, path: str) -> None:
        while True:
            pass

    def matches(self, path: str) -> None:
        re.match("(a+)+$", "a" * 64 + "b")                   # holds the lock of the interpreter for ever

    def eats(self, path: str) -> None:
        held = []
        while True:
            held.append(bytearray(2**26))                   # too large for what the process that was forked had freed

    def grasps(self, path: str) -> None:
        bytearray(2**40)

    def dies(self, path: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def crashes(self, path: str) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)

    def leaves(self, path: str) -> None:
        os._exit(0)

    def deepens(self, path: str) -> None:
        self.deepens(path)

    def refuses(self, path: str) -> None:
        raise Unreadable("E12", path, "it is broken", "get it again")

    def behaves(self, path: str) -> None:
        pass


CODES = {"loops": "E15", "matches": "E15", "eats": "E17", "grasps": "E17", "dies": "E17", "crashes": "E17", "leaves": "E17",
         "deepens": "E99", "refuses": "E12"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "READERS", (Hostile(), *reading.READERS))
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def filled(folder: Path, *ways: str) -> list[str]:
    """Hostile files with sound ones around them; the names of all in order."""
    for number, way in enumerate(ways):
        (folder / f"{number}-a.txt").write_text(TEXT.format(2000 + number, 20 + number, 4), "utf-8")
        (folder / f"{number}-b-{way}.bad").write_text(f"HOSTILE {way}")
    (folder / "z.txt").write_text(TEXT.format(2020, 90, 4), "utf-8")
    return sorted(str(path) for path in folder.iterdir())


def children() -> set[int]:
    """Processes that this one has started."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found


@pytest.mark.parametrize("workers", [1, 2])
def test_hostile_files_are_named_and_the_others_are_read(folder, tmp_path, workers):
    names = filled(folder, *CODES)
    before = children()
    done = wqnlp.extract([folder], tmp_path / "out", workers=workers, limits=SOON)
    assert done.files == len(names)
    assert {Path(e.path).stem.rpartition("-")[2]: e.error for e in done.errors} == CODES
    assert all(e.path in e.message and "To do: " in e.message for e in done.errors)
    assert done.rows["documents"] == len(CODES) + 1 and done.rows["figures"] == 2 * (len(CODES) + 1)
    assert children() <= before


@pytest.mark.parametrize("workers", [1, 2])
def test_order_and_results_are_those_of_a_run_without_limits(folder, workers):
    names = filled(folder, "behaves", "refuses")
    alone, guarded = list(run_many(names)), list(run_many(names, workers, limits=SOON))
    assert [r.path for r in alone] == [r.path for r in guarded] == names
    assert [(r.documents, r.figures, r.errors) for r in alone] == [(r.documents, r.figures, r.errors) for r in guarded]


def test_a_stage_after_reading_is_ended_too(folder, monkeypatch):
    names = filled(folder, "behaves")
    monkeypatch.setattr(pipeline.audits, "restored",
                        lambda found: Hostile().matches("") if any(f.value == 10 for f in found) else (found, []))
    assert [[e.error for e in r.errors] for r in run_many(names, limits=SOON)] == [[], ["E15"], []]


def test_the_time_is_that_of_one_file_not_of_the_queue():
    def slow(name):
        time.sleep(0.3)
        return Result(path=name)

    made = list(run_many([str(n) for n in range(6)], work=slow, limits=Limits(seconds=1.5)))
    assert [r.errors for r in made] == [[]] * 6


def test_a_consumer_that_is_slow_costs_no_file():
    for result in run_many(["a", "b", "c"], work=lambda name: Result(path=name), limits=Limits(seconds=0.6)):
        time.sleep(0.8)
        assert result.errors == []


def test_an_item_that_dies_once_is_tried_again(tmp_path):
    def moody(item):
        if item == 2 and not (tmp_path / "seen").exists():
            (tmp_path / "seen").touch()
            os._exit(3)
        return item

    assert [r for _, r in each(moody, range(5), 2, SOON, lambda _: 5.0)] == list(range(5))


def test_results_of_any_size_come_through():
    assert [len(r) for _, r in each(lambda n: b"x" * n, [0, 2**16, 2**24, 5], 2, SOON, lambda _: 9.0)] == [0, 2**16, 2**24, 5]


def test_a_worker_that_leaks_gets_a_new_process():
    held = []

    def leaks(_):
        held.append(bytearray(2**27))
        return os.getpid()

    pids = [r for _, r in each(leaks, range(12), 1, Limits(megabytes=512), lambda _: 9.0)]
    assert not any(isinstance(pid, Ended) for pid in pids) and len(set(pids)) > 1


def test_a_kept_process_goes_on_after_one_that_was_ended(folder):
    names = filled(folder, "loops")
    before = children()
    with Kept(SOON) as guarded:
        assert [[e.error for e in guarded(name).errors] for name in (*names, names[0])] == [[], ["E15"], [], []]
    assert children() <= before


def test_stopping_in_the_middle_ends_the_processes(folder, tmp_path):
    filled(folder, "loops", "behaves")
    before = children()

    def stops(_):
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        wqnlp.extract([folder], tmp_path / "out", workers=2, watch=stops, limits=Limits(seconds=60.0))
    assert time.monotonic() - started < 20 and children() <= before


def test_a_pool_of_thousands_of_small_pieces_keeps_order():
    assert list(each(abs, range(-3000, 0), 2, SOON, lambda _: 9.0)) == [(-n, n) for n in range(3000, 0, -1)]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["spawn", "forkserver"])
def test_processes_that_are_not_forked(tmp_path, how):
    script = tmp_path / "main.py"
    script.write_text(f"""
import multiprocessing, wqnlp
from wqnlp.guard import Limits
if __name__ == "__main__":
    multiprocessing.set_start_method({how!r})
    names = [f"{tmp_path}/{{n}}.txt" for n in range(4)]
    for name in names[:3]:
        open(name, "w", encoding="utf-8").write({TEXT!r}.format(name[-5], 9, 3))
    done = wqnlp.extract(names, "{tmp_path}/out", workers=2, limits=Limits(seconds=60.0))
    print(done.rows["documents"], [e.error for e in done.errors])
""")
    assert subprocess.run([sys.executable, script], capture_output=True, text=True, check=False).stdout.strip() == "3 ['E01']"


def test_limits_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("WQNLP_TIMEOUT", "7.5")
    monkeypatch.setenv("WQNLP_MEMORY", "much")
    assert Limits.from_environment() == Limits(seconds=7.5)


def test_a_worker_that_hears_nothing_of_the_end_of_its_parent_ends_itself(tmp_path):
    """Killed with no time to clean up, in the middle of C code that nothing can interrupt."""
    script = tmp_path / "parent.py"
    script.write_text("""
import os, re, sys, threading, time
from wqnlp import guard
guard.GRACE = 0.5
def work(kind):
    open(sys.argv[1], "w").write(str(os.getpid()))
    if kind == "sleeps": time.sleep(600)
    re.match("(a+)+$", "a" * 64 + "b")
worker = guard.Worker(work, guard.Limits())
threading.Timer(1.0, lambda: os.kill(os.getpid(), 9)).start()
worker.call(sys.argv[2], 2.0 if sys.argv[2] == "matches" else 600.0)
""")
    for kind in ("sleeps", "matches"):
        subprocess.run([sys.executable, script, tmp_path / "pid", kind], check=False)
        pid = int((tmp_path / "pid").read_text())
        deadline = time.monotonic() + 10
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not alive(pid), kind


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


HOSTILE_CLI = """
import sys
sys.path.insert(0, {tests!r})
from test_guard import Hostile
from wqnlp.source import reading
reading.READERS = (Hostile(), *reading.READERS)
from wqnlp.cli import main
main()
"""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_command(folder, tmp_path, workers):
    filled(folder, "loops", "eats", "dies")
    script = tmp_path / "cli.py"
    script.write_text(HOSTILE_CLI.format(tests=str(Path(__file__).parent)))
    done = subprocess.run([sys.executable, script, "extract", folder, "-o", tmp_path / "out", "--workers", workers, "--timeout", "1",
                           "--memory", "256", "--quiet"], capture_output=True, text=True, check=False)
    assert done.returncode == 3 and sorted(re.findall("^E1[57]", done.stderr, re.MULTILINE)) == ["E15", "E17", "E17"]
    assert "Traceback" not in done.stderr
    assert len((tmp_path / "out" / "documents.jsonl").read_text("utf-8").splitlines()) == 4


def test_ctrl_c_ends_the_command_and_its_processes(folder, tmp_path):
    filled(folder, "loops")
    script = tmp_path / "cli.py"
    script.write_text(HOSTILE_CLI.format(tests=str(Path(__file__).parent)))
    running = subprocess.Popen([sys.executable, script, "extract", folder, "-o", tmp_path / "out", "--workers", "2", "--quiet"],
                               stderr=subprocess.PIPE, text=True)
    started = time.monotonic()
    while not workers_of(running.pid) and time.monotonic() - started < 30:
        time.sleep(0.1)
    time.sleep(2)
    own = workers_of(running.pid)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=20)
    assert running.returncode == 130 and "Traceback" not in told and own and not any(map(alive, own))


def workers_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def test_no_worker_is_started_for_nothing(monkeypatch):
    monkeypatch.setattr(guard.Worker, "_start", lambda _: pytest.fail("started"))
    assert list(run_many([], 4, limits=SOON)) == []
    with Worker(abs, SOON):
        pass
