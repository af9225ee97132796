"""A cluster of separate processes: the same results to the byte, whatever becomes of files, workers and the scheduler."""

import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hostile_work import obey
from libraries import dump

from wqnlp.cli import cli
from wqnlp.cluster import Cluster, engine, hands
from wqnlp.errors import ClusterError, MissingExtra
from wqnlp.guard import Ended, Limits
from wqnlp.pipeline import run_many
from wqnlp.store import batch

HERE = Path(__file__).parent
TEXTS = sorted((HERE / "gold" / "dev" / "texts").glob("*.txt"))
TEXT = "江平县妇联{}年工作总结\n全年接待来信来访{}件，其中家庭暴力{}件。"
SOON = Limits(seconds=2.0, megabytes=512)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="signals as POSIX has them")
distributed = pytest.importorskip("distributed")


class Machines:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.held = folder, []
        self.surroundings = os.environ | {"PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE}"} | settings
        told = folder / "scheduler.json"
        self.scheduler = self.start("scheduler", "--port", "0", "--scheduler-file", str(told))
        self.address = ""
        until(lambda: told.exists() and re.search(r'"address": "(tcp://[^"]+)"', told.read_text("utf-8")), "the scheduler")
        self.address = re.search(r'"address": "(tcp://[^"]+)"', told.read_text("utf-8"))[1]

    def start(self, *what: str) -> subprocess.Popen:
        log = (self.folder / f"{len(self.held)}.log").open("wb")
        begun = subprocess.Popen([sys.executable, "-m", "dask", *what, "--host", "127.0.0.1", "--no-dashboard"], stdout=log, stderr=log,
                                 env=self.surroundings, cwd=self.folder, start_new_session=True)
        self.held.append(begun)
        return begun

    def worker(self, *more: str) -> subprocess.Popen:
        return self.start("worker", self.address, "--nthreads", "1", *more)

    def manned(self, number: int) -> None:
        with distributed.Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(number, timeout=60)

    def close(self) -> None:
        for one in reversed(self.held):
            if one.poll() is None:
                os.killpg(one.pid, signal.SIGKILL)
                one.wait()


def until(holds, what, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    held = Machines(tmp_path_factory.mktemp("machines"))
    held.worker()                                            # with a nanny, as the command starts it
    held.worker("--no-nanny")
    held.manned(2)
    yield held
    held.close()


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """A folder of everything, and a relative name for it."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for path in TEXTS[:6]:
        (folder / path.name).write_bytes(path.read_bytes())
    for number in range(30):
        (folder / f"{number:02}.txt").write_bytes(TEXT.format(1990 + number, 100 + number, number + 2).encode("gb18030"))
    (folder / "again.txt").write_bytes(TEXTS[0].read_bytes())
    (folder / "empty.txt").write_bytes(b"")
    with zipfile.ZipFile(folder / "old.zip", "w") as made:
        for path in TEXTS[6:9]:
            made.writestr(f"县妇联/{path.name}", path.read_bytes())
    for page in (1, 2):
        links = "".join(f'<a href="p_{n}.html">{n}</a>' for n in (1, 2) if n != page)
        (folder / f"p_{page}.html").write_text(f"<html><title>江平县妇联2011年工作总结({page})</title><p>全年接待来信来访{page}5件。</p>"
                                               f"{links}</html>", "utf-8")
    monkeypatch.chdir(tmp_path)
    return "archive"


def both(archive, machines, tmp_path, **more):
    """The same run by processes and by the cluster."""
    asked = [archive, "nosuch.txt"]
    one = batch.extract(asked, tmp_path / "processes", store=tmp_path / "processes.db", workers=2, limits=Limits())
    with Cluster(machines.address) as cluster:
        other = batch.extract(asked, tmp_path / "cluster", store=tmp_path / "cluster.db", limits=Limits(), engine=cluster.each, **more)
    return one, other


def same(tmp_path):
    for table in sorted((tmp_path / "processes").iterdir()):
        assert table.read_bytes() == (tmp_path / "cluster" / table.name).read_bytes(), table.name
    one, other = (dump(tmp_path / f"{name}.db") for name in ("processes", "cluster"))
    for held in (one, other):
        held["reads"] = [(row[0], *row[2:]) for row in held["reads"]]          # how a file stood, the older the more is known
    assert one == other


@pytest.mark.slow
def test_the_same_to_the_byte(machines, archive, tmp_path):
    one, other = both(archive, machines, tmp_path)
    assert one == other and one.files > 40 and one.repeated and {e.error for e in one.errors} == {"E01", "E03"}
    same(tmp_path)


@pytest.mark.slow
def test_a_worker_killed_in_mid_run_loses_and_doubles_nothing(machines, archive, tmp_path):
    victim = machines.worker("--no-nanny")
    machines.manned(3)
    seen = []

    def watch(result):
        seen.append(result.path)
        if len(seen) == 5:
            os.kill(victim.pid, signal.SIGKILL)

    one, other = both(archive, machines, tmp_path, watch=watch)
    assert one == other and len(seen) == len(set(seen)) == other.files and victim.wait() == -signal.SIGKILL
    same(tmp_path)


@pytest.mark.slow
def test_a_file_that_costs_its_process_is_named_and_costs_no_other(machines, tmp_path):
    names = []
    for name in ("loops", "fine", "eats", "dies", "good"):
        names.append(str(tmp_path / f"{name}.txt"))
        Path(names[-1]).write_text(TEXT.format(2009, len(names) + 10, 3), "utf-8")
    with Cluster(machines.address) as cluster:
        found = list(run_many(names, work=obey, limits=SOON, engine=cluster.each))
    assert [[error.error for error in result.errors] for result in found] == [["E15"], [], ["E17"], ["E17"], []]
    alone = list(run_many(names, 2, work=obey, limits=SOON))
    assert [result.errors for result in found] == [result.errors for result in alone]
    assert [result.figures for result in found] == [result.figures for result in alone]


@pytest.mark.slow
def test_what_is_out_at_one_time_is_bounded(machines, tmp_path):
    path, taken = str(tmp_path / "slow.txt"), []
    Path(path).write_text(TEXT.format(2009, 10, 3), "utf-8")

    def items():
        for number in range(400):
            taken.append(number)
            yield path

    with Cluster(machines.address) as cluster:
        results = cluster.each(obey, items(), 1, SOON, lambda _: 10.0)
        for got, _ in enumerate(results):
            assert len(taken) - got <= (engine.AHEAD * 2 + 1) * engine.FILES
            if got == 40:
                break
        results.close()


@pytest.mark.slow
def test_a_worker_that_sees_no_such_file_is_named(machines, tmp_path):
    path = tmp_path / "2009.txt"
    path.write_text(TEXT.format(2009, 10, 3), "utf-8")
    with path.open("rb") as file, Cluster(machines.address) as cluster:
        own = f"/proc/self/fd/{file.fileno()}"               # a path that is this process's alone
        assert hands.files_of(own) == ((own, path.stat().st_size),)
        with pytest.raises(ClusterError, match=f"E76 .*tcp://.* does not see the files: {own} .*same path"):
            list(run_many([own, str(path)], limits=SOON, engine=cluster.each))
        first, second = run_many([str(path), own], limits=SOON, engine=cluster.each)
    assert first.figures and not first.errors
    assert [error.error for error in second.errors] == ["E08"] and own in second.errors[0].message and not second.figures


@pytest.mark.slow
def test_a_cluster_that_is_not_right_is_refused_in_one_line(tmp_path):
    """A worker of another version; a file that takes its worker with it; no worker; a scheduler that ends, or is not there."""
    (tmp_path / "other.py").write_text("import wqnlp\nwqnlp.__version__ = '0.0.9'\n", "utf-8")
    text = tmp_path / "2009.txt"
    text.write_text(TEXT.format(2009, 10, 3), "utf-8")
    held = Machines(tmp_path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    try:
        with pytest.raises(ClusterError, match=r"E75 .*no worker for 0.5 seconds.*dask worker tcp"), Cluster(held.address, patience=0.5):
            pass
        other = held.worker("--no-nanny", "--preload", str(tmp_path / "other.py"))
        held.manned(1)
        command = ["extract", str(text), "-o", str(tmp_path / "out"), "--engine", "dask", "--quiet", "--scheduler"]
        told = CliRunner().invoke(cli, [*command, held.address])
        assert told.exit_code == 2 and told.output.count("\n") == 1 and not (tmp_path / "out").exists()
        assert re.match(r"E76 tcp\S+: a worker is of another version: tcp\S+ has wqnlp 0.0.9, .*To do: install the same", told.output)
        other.kill()
        other.wait()
        held.worker()
        held.manned(1)
        last = tmp_path / "takes_its_worker.txt"
        last.write_text(TEXT.format(2010, 11, 3), "utf-8")
        slow = tmp_path / "slow.txt"
        slow.write_text(TEXT.format(2011, 12, 3), "utf-8")
        with Cluster(held.address) as cluster:
            found = dict(cluster.each(obey, [str(text), str(last)], 1, SOON, lambda _: 10.0))
            assert found[str(text)].figures and isinstance(found[str(last)], Ended) and found[str(last)].why == "died"
            with pytest.raises(ClusterError, match=r"E75 .*the scheduler was lost.*what was written before is kept"):
                for number, _ in enumerate(cluster.each(obey, [str(slow)] * 200, 1, SOON, lambda _: 10.0)):
                    if number == 1:
                        held.scheduler.kill()
        told = CliRunner().invoke(cli, [*command, "tcp://127.0.0.1:9"])
        assert told.exit_code == 2 and re.match("E75 tcp://127.0.0.1:9: no scheduler answers there .*dask scheduler", told.output)
    finally:
        held.close()


def test_without_the_extra_one_line_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"E51 tcp://x:1: .*pip install 'wqnlp\[cluster\]'"), Cluster("tcp://x:1"):
        pass


def test_a_cluster_has_to_be_named(tmp_path):
    told = CliRunner(env={"DASK_SCHEDULER_ADDRESS": ""}).invoke(cli, ["extract", "x.txt", "-o", str(tmp_path / "out"), "--engine", "dask"])
    assert told.exit_code == 2 and "--scheduler ADDRESS" in told.output


def test_a_folder_that_a_worker_does_not_have(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "2009.txt").write_text("妇联", "utf-8")
    seen = (("2009.txt", 6),)
    assert hands.unseen(seen, str(tmp_path)) == ""
    assert hands.unseen(seen, str(tmp_path / "nosuch")) == "2009.txt is not there"     # though this folder has one of that name
    assert hands.unseen((("2009.txt", 7),), str(tmp_path)) == "2009.txt has 6 bytes there, and 7 here"
