"""Faults on purpose: whatever ends or hinders a run, the same command again leaves what an undisturbed run leaves."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from faulting import archive_in, contents, forked, killed, rows_of, small_disk, sound, summary, warm

from wqnlp.errors import Unwritable
from wqnlp.guard import Limits
from wqnlp.pipeline import run
from wqnlp.store.batch import FORMATS, extract
from wqnlp.store.database import Store
from wqnlp.store.rows import unpacked

KILLS = {"sqlite": 50, "postgresql": 25}
FILES = 13                               # inputs of the archive
LIMITS = Limits(seconds=60.0)
@pytest.fixture
def said(record_property):
    """What a test counted; it stands in the summary of the terminal."""
    return lambda line: record_property("counted", line)


@pytest.fixture
def archive(tmp_path):
    made = archive_in(tmp_path / "in")
    warm(made)
    return made


def fails(*_):
    raise AssertionError("read again")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_run_that_was_stopped_goes_on_and_reads_nothing_twice(archive, tmp_path, kind, monkeypatch):
    monkeypatch.setattr("wqnlp.source.states.SETTLED", 0)     # a file in an archive that has just been made is read again
    extract([archive], tmp_path / "whole", format=kind, store=tmp_path / "whole.db")
    seen = []

    def stops(result):
        seen.append(result.path)
        if len(seen) == 5:
            raise KeyboardInterrupt

    for _ in range(2):
        seen.clear()
        with pytest.raises(KeyboardInterrupt):
            extract([archive], tmp_path / "out", format=kind, store=tmp_path / "l.db", watch=stops)
    results = []
    done = extract([archive], tmp_path / "out", format=kind, store=tmp_path / "l.db", watch=results.append)
    assert [result.kept for result in results[:5]] == [True] * 4 + [True] and not results[-1].kept
    assert done.files == FILES and done.kept == 5
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert rows_of(tmp_path / "l.db") == rows_of(tmp_path / "whole.db")


def test_another_format_takes_over_what_was_read(archive, tmp_path):
    def stops(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract([archive], tmp_path / "out", watch=stops)
    assert extract([archive], tmp_path / "out", format="csv").kept == 1
    extract([archive], tmp_path / "whole", format="csv")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_fresh_and_other_rules_begin_anew(archive, tmp_path, monkeypatch):
    def stops(_):
        raise KeyboardInterrupt

    def stopped(**more):
        with pytest.raises(KeyboardInterrupt):
            extract([archive], tmp_path / "out", store=place, watch=stops, **more)

    place = tmp_path / "l.db"
    stopped()
    stopped(fresh=True)
    assert extract([archive], tmp_path / "out", store=place, fresh=True).kept == 0
    stopped()
    for module in ("journal", "reads", "database"):
        monkeypatch.setattr(f"wqnlp.store.{module}.current", lambda: ("9", "rules", "models"))
    assert extract([archive], tmp_path / "out", store=place).kept == 0


def test_the_archive_may_change_while_a_run_is_stopped(archive, tmp_path):
    """A file that is new, gone, changed, moved; and one whose bytes another has, which was there first and is not any more."""
    seen = []

    def stops(result):
        seen.append(result.path)
        if len(seen) == FILES - 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract([archive], tmp_path / "out", store=tmp_path / "l.db", watch=stops)
    (archive / "0-new.txt").write_text(summary("金安区", 2011, 77), "utf-8")
    (archive / "bad.txt").unlink()
    (archive / "霍山县2008.txt").write_text(summary("霍山县", 2008, 999), "utf-8")
    (archive / "金寨县2010.txt").rename(archive / "moved.txt")
    done = extract([archive], tmp_path / "out", store=tmp_path / "l.db")
    extract([archive], tmp_path / "whole", store=tmp_path / "whole.db")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole") and 0 < done.kept < FILES - 3
    one, other = (rows_of(tmp_path / name, order=False) for name in ("l.db", "whole.db"))
    gone = str(archive / "bad.txt")          # a library keeps what it knows of files that are gone
    assert [row for row in one["errors"] if row[0] != gone] == other["errors"]
    assert [one[name] for name in ("documents", "figures", "files")] == [other[name] for name in ("documents", "figures", "files")]
    sound(tmp_path / "l.db")


def test_a_library_is_not_read_into_again(archive, place, monkeypatch):
    monkeypatch.setattr("wqnlp.source.states.SETTLED", 0)
    extract([archive], store=place)
    before = rows_of(place)
    (archive / "金寨县2010.txt").write_text((archive / "金寨县2010.txt").read_text("utf-8"), "utf-8")      # touched, and the same
    done = extract([archive], store=place)
    assert done.kept == done.files == FILES
    assert rows_of(place) == before
    assert done.rows["figures"] == len(before["figures"]) and len(done.errors) == 2 and len(done.repeated) == 1


def test_a_file_of_the_same_size_and_time_with_other_bytes_is_read_again(archive, tmp_path):
    """Whoever sets the clock back, or restores times, is not believed."""
    path = archive / "霍山县2008.txt"
    extract([path], store=tmp_path / "l.db")
    text = path.read_text("utf-8")
    path.write_text(text.replace("212件", "213件"), "utf-8")
    os.utime(path, (1.6e9, 1.6e9))
    assert extract([path], store=tmp_path / "l.db").kept == 0
    assert any("213件" in map(str, row) for row in rows_of(tmp_path / "l.db")["figures"])


@pytest.mark.parametrize("by", [-10**9, 10**9])
def test_a_clock_that_is_set(archive, place, tmp_path, monkeypatch, by):
    """Back or forth by thirty years in the midst of a run, and again before the next one."""
    import datetime as dates

    now = time.time_ns

    class Clock(dates.datetime):
        @classmethod
        def now(cls, tz=None):
            return dates.datetime.now(tz) + dates.timedelta(seconds=by)

    def stops(result):
        monkeypatch.setattr("time.time_ns", lambda: now() + by * 10**9)
        monkeypatch.setattr("time.time", lambda: now() / 1e9 + by)
        monkeypatch.setattr("wqnlp.watch.loop.datetime", Clock)
        if result.path.endswith("m.zip!裕安区2009.txt"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract([archive], tmp_path / "out", store=place, watch=stops)
    extract([archive], tmp_path / "out", store=place, workers=2)
    monkeypatch.undo()
    assert extract([archive], store=place).kept >= FILES - 2         # an archive that is new is looked into again
    extract([archive], tmp_path / "whole", store=tmp_path / "whole.db")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole") and rows_of(place) == rows_of(tmp_path / "whole.db")


def test_a_limit_that_ended_a_file_ends_it_again_only_where_it_is_the_same(archive, tmp_path, monkeypatch):
    def slow(path):
        time.sleep(3)
        return run(path)

    path = archive / "霍山县2008.txt"
    monkeypatch.setattr("wqnlp.store.ready.run", slow)
    assert [e.error for e in extract([path], store=tmp_path / "l.db", limits=Limits(seconds=1.0)).errors] == ["E15"]
    again = extract([path], store=tmp_path / "l.db", limits=Limits(seconds=1.0))
    assert again.kept == 1 and [e.error for e in again.errors] == ["E15"]
    assert extract([path], store=tmp_path / "l.db", limits=LIMITS).errors == []


@pytest.mark.slow
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_the_command_is_stopped_and_given_again(archive, tmp_path, by):
    """As a person sees it: how many files are done, how it goes on, and what was kept."""
    command = [sys.executable, "-m", "wqnlp", "extract", archive, "-o", tmp_path / "out", "--store", tmp_path / "l.db"]
    running = subprocess.Popen([*command, "--workers", "2"], stderr=subprocess.PIPE, text=True)
    for _ in range(1200):                    # until two files are in the library, and one in the journal
        time.sleep(0.05)
        try:
            with sqlite3.connect(f"file:{tmp_path / 'l.db'}?mode=ro", uri=True) as db:
                if db.execute("SELECT count(*) FROM reads").fetchone()[0] > 1:
                    break
        except sqlite3.OperationalError:
            continue
    running.send_signal(by)
    told = running.communicate(timeout=30)[1]
    if running.returncode == 3:
        pytest.skip("it was over before it could be stopped")
    assert running.returncode == (130 if by == signal.SIGINT else -by) and "Traceback" not in told
    if by == signal.SIGINT:
        assert f" of {FILES} files are finished, and kept; the same command goes on from there" in told
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3 and "going on with a run that was stopped" in done.stderr
    assert f"{FILES} files, 2 with errors, 1 repeated, " in done.stdout and "finished before and not read again" in done.stdout
    extract([archive], tmp_path / "whole", store=tmp_path / "whole.db")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole") and rows_of(tmp_path / "l.db") == rows_of(tmp_path / "whole.db")


def test_one_run_a_folder(archive, tmp_path):
    running = []

    def second(_):
        if not running:
            running.append(True)
            with pytest.raises(Unwritable, match=r"E21 .*another run writes into this folder"):
                extract([archive], tmp_path / "out")

    extract([archive], tmp_path / "out", watch=second)
    assert running and (tmp_path / "out" / "figures.jsonl").exists()


def test_a_journal_that_is_broken_is_begun_anew(archive, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".wqnlp-run.db").write_bytes(b"no database at all" * 100)
    assert extract([archive], tmp_path / "out").files == FILES


@pytest.fixture
def filled(archive, tmp_path):
    """Fills a library with the archive as it was before one of its files became another body's; a summary of the first body
    stands elsewhere, and said something of the year that the file was of."""
    elsewhere, changing = tmp_path / "elsewhere", archive / "霍山县2009.txt"
    elsewhere.mkdir()
    (elsewhere / "叶集区2010.txt").write_text(summary("叶集区", 2010, 90), "utf-8")
    now = changing.read_text("utf-8")

    def fill(place):
        changing.write_text(summary("叶集区", 2009, 64), "utf-8")
        extract([archive, elsewhere], store=place)
        told = rows_of(place)
        [later] = [row[0] for row in told["documents"] if "elsewhere" in row[1]]
        assert any(row[0] == later for row in told["audits"])
        changing.write_text(now, "utf-8")
        return place

    return fill


def test_a_body_that_lost_a_summary_to_a_run_that_was_stopped(archive, filled, place, tmp_path):
    """What another body's year said of it, in a file that the run does not read, is held against it no more."""
    def stops(result):
        if result.path.endswith("霍山县2009.txt"):
            raise KeyboardInterrupt

    filled(place)
    with pytest.raises(KeyboardInterrupt):
        extract([archive], store=place, watch=stops)
    assert rows_of(place)["pending"]
    extract([archive], store=place)
    extract([archive], store=filled(tmp_path / "whole.db"))
    assert rows_of(place, order=False) == rows_of(tmp_path / "whole.db", order=False)
    sound(place)


def kills(place, out, archive, dice, whole, many):
    """Runs that are killed, until so many were; each that came to its end is held against the whole, and the next begins anew."""
    counted, ends, here, kind, first = 0, 0, place(), "jsonl", place()
    begun = time.monotonic()
    extract([archive], out, store=first, limits=LIMITS)
    took = time.monotonic() - begun
    shutil.rmtree(out)

    def compare():
        assert contents(out) == contents(whole / kind)
        assert rows_of(here, order=False) == rows_of(whole / "l.db", order=False)
        sound(here)
        shutil.rmtree(out)

    tries = 0
    while counted < many or ends == 0:
        more = {"format": kind, "store": here, "workers": dice.choice((1, 2)), "limits": LIMITS}
        tries += 1
        if killed(lambda more=more: extract([archive], out, **more), dice.uniform(0.01, took * (0.3 + 0.15 * tries))):
            counted += 1
            continue
        ends, tries = ends + 1, 0
        compare()
        here, kind = place(), dice.choice(list(FORMATS))
    extract([archive], out, format=kind, store=here)
    compare()
    return counted, ends + 1


@pytest.mark.slow
def test_a_batch_is_killed_at_fifty_moments(request, archive, tmp_path, place, places, filled, said):
    filled(tmp_path / "whole.db")
    for kind in FORMATS:
        extract([archive], tmp_path / "whole" / kind, format=kind, store=tmp_path / "whole.db")
    (tmp_path / "whole.db").rename(tmp_path / "whole" / "l.db")
    many = KILLS[request.node.callspec.params["place"]]
    counted, ends = kills(lambda: filled(places()), tmp_path / "out", archive, random.Random(8), tmp_path / "whole", many)
    said(f"batch into tables and {'PostgreSQL' if isinstance(place, str) else 'SQLite'}: {counted} times kill -9, "
         f"{ends} runs compared, nothing lost, nothing twice")


@pytest.mark.slow
def test_a_watch_is_killed_at_fifty_moments(request, archive, tmp_path, place, places, said):
    from wqnlp.watch import Watcher

    def watch(folder, where):
        with Watcher(folder, where, settle=0.0, every=0.02, limits=LIMITS) as watcher:
            list(watcher.once())

    def inbox(name):
        shutil.copytree(archive, tmp_path / name, ignore=shutil.ignore_patterns("*.zip"))
        return tmp_path / name

    def told(where, folder):
        """The rows, wherever the inbox was."""
        return {name: sorted(repr(row).replace(str(folder), "inbox") for row in rows) for name, rows in rows_of(where).items()}

    whole = inbox("in0")
    begun = time.monotonic()
    watch(whole, tmp_path / "whole.db")
    took = time.monotonic() - begun
    dice, counted, ends = random.Random(9), 0, 0
    aside = sorted(path.name for path in (tmp_path / "in0-quarantine").iterdir())
    wanted = told(tmp_path / "whole.db", whole)
    while counted < KILLS[request.node.callspec.params["place"]] or ends == 0:
        folder, here = inbox(f"in{ends + 1}"), places()
        for tries in range(1, 1000):
            if not killed(lambda folder=folder, here=here: watch(folder, here), dice.uniform(0.01, took * (0.3 + 0.15 * tries))):
                break
            counted += 1
        ends += 1
        assert told(here, folder) == wanted
        sound(here)
        beside = tmp_path / f"{folder.name}-quarantine"
        assert sorted(path.name for path in beside.iterdir()) == aside
        assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in whole.iterdir())
    said(f"watch into {'PostgreSQL' if isinstance(place, str) else 'SQLite'}: {counted} times kill -9, {ends} runs compared, "
         "nothing lost, nothing twice")


@pytest.mark.slow
@pytest.mark.parametrize("size", [150_000, 250_000, 400_000, 600_000])
def test_a_full_disk_is_told_and_the_run_goes_on(archive, tmp_path, size, said):
    extract([archive], tmp_path / "whole", store=tmp_path / "whole.db")
    with small_disk(tmp_path / "disk", 3_000_000) as disk:
        for name, given in (("tables", {"out": disk / "out"}), ("library", {"store": disk / "l.db"})):
            (disk / "ballast").write_bytes(b"\1" * (3_000_000 - size))
            with pytest.raises(Unwritable, match=rf"E2[12] {disk}.*To do: free some space") as full:
                for number in range(20):     # until the disk is full, whatever fits into it
                    extract([archive], given.get("out", disk) if "out" in given else None, store=given.get("store"))
                    (disk / f"more{number}").write_bytes(b"\1" * 40_000)
            assert "full" in str(full.value) or "space" in str(full.value)
            for path in disk.glob("more*"):
                path.unlink()
            (disk / "ballast").unlink()
            extract([archive], given.get("out"), store=given.get("store"))
            said(f"disk of {size // 1000} kB full under {name}: {full.value.seen}; then the same run to its end")
        assert contents(disk / "out") == contents(tmp_path / "whole")
        assert rows_of(disk / "l.db") == rows_of(tmp_path / "whole.db")
        sound(disk / "l.db")


@pytest.mark.slow
def test_a_full_folder_for_temporary_files_is_told(archive, tmp_path):
    with small_disk(tmp_path / "disk", 30_000_000) as disk:
        code = f"import wqnlp; wqnlp.extract([{str(archive)!r}], {str(tmp_path / 'out')!r})"
        environment = {**os.environ, "TMPDIR": str(disk), "SQLITE_TMPDIR": str(disk)}

        def run():
            return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)

        (disk / "ballast").write_bytes(b"\1" * 29_980_000)
        made = run()
        assert made.returncode == 1 and f"E21 {disk}: the folder for temporary files cannot be written" in made.stderr
        (disk / "ballast").unlink()
        assert run().returncode == 0, made.stderr
    extract([archive], tmp_path / "whole")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.parametrize("how", ["reader", "writer"])
def test_a_library_that_another_program_holds(archive, tmp_path, how):
    """A reader in the midst of a long question, a writer in a transaction of a second: the run waits, or does not care."""
    place = tmp_path / "l.db"
    Store(place).close()
    ready, over = threading.Event(), threading.Event()

    def other():
        with sqlite3.connect(place, isolation_level=None) as db:
            db.execute("BEGIN" if how == "reader" else "BEGIN IMMEDIATE")
            db.execute("SELECT count(*) FROM figures").fetchone()
            ready.set()
            over.wait(1.0 if how == "writer" else 60.0)
            db.execute("ROLLBACK")

    thread = threading.Thread(target=other)
    thread.start()
    ready.wait()
    extract([archive], store=place)
    over.set()
    thread.join()
    extract([archive], store=tmp_path / "whole.db")
    assert rows_of(place) == rows_of(tmp_path / "whole.db")
    sound(place)


def test_a_library_that_another_program_does_not_let_go(archive, tmp_path, monkeypatch):
    monkeypatch.setattr("wqnlp.store.engine.PATIENCE", 0.1)
    monkeypatch.setattr("wqnlp.store.engine.PAUSES", (0.05,))
    place, other = tmp_path / "l.db", []

    def holds(result):
        if not other and result.path.endswith("bad.txt"):
            other.append(sqlite3.connect(place, isolation_level=None))
            other[0].execute("BEGIN IMMEDIATE")

    with pytest.raises(Unwritable, match=r"E22 .*l\.db: .*locked.*To do: .*close the program that holds it"):
        extract([archive], tmp_path / "out", store=place, watch=holds)
    other[0].close()
    assert extract([archive], tmp_path / "out", store=place).kept == 2
    extract([archive], tmp_path / "whole", store=tmp_path / "whole.db")
    assert rows_of(place) == rows_of(tmp_path / "whole.db") and contents(tmp_path / "out") == contents(tmp_path / "whole")
    sound(place)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["immediate", "fast"])
def test_postgresql_is_restarted_in_the_midst(archive, tmp_path, how, said):
    import postgres

    if postgres.missing():
        pytest.skip(postgres.missing())
    cluster = postgres.Cluster("synchronous_commit=on")
    try:
        place, times = cluster.new(), []

        def restarts(result):
            if len(times) < 2 and result.path.endswith(("a-copy.txt", "霍山县2009.txt")):
                times.append(result.path)
                cluster.restart(how, down=1.0 if len(times) == 1 else 0.0)

        done = extract([archive], store=place, watch=restarts)
        assert done.files == FILES and len(times) == 2
        extract([archive], store=tmp_path / "whole.db")
        assert rows_of(place) == rows_of(tmp_path / "whole.db")
        sound(place)
        said(f"PostgreSQL stopped ({how}) and started {len(times)} times in a run: the run went on")
    finally:
        cluster.close()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["immediate", "fast"])
def test_postgresql_is_restarted_under_a_watch(archive, tmp_path, how, said):
    """At any moment of it, again and again: between files, in the midst of one, and while nothing comes."""
    import postgres

    from wqnlp.watch import Watcher

    if postgres.missing():
        pytest.skip(postgres.missing())
    inbox = tmp_path / "inbox"
    shutil.copytree(archive, inbox, ignore=shutil.ignore_patterns("*.zip"))
    with Watcher(inbox, tmp_path / "whole.db", settle=0.0, every=0.02) as watcher:
        wanted, aside = [told.state for told in watcher.once()], sorted((tmp_path / "inbox-quarantine").iterdir())
    for folder in (inbox, tmp_path / "inbox-quarantine"):
        shutil.rmtree(folder)
    shutil.copytree(archive, inbox, ignore=shutil.ignore_patterns("*.zip"))
    cluster, over, times = postgres.Cluster("synchronous_commit=on"), threading.Event(), []
    dice = random.Random(11)

    def restarts():
        while not over.wait(dice.uniform(0.05, 0.4)) and len(times) < 12:
            cluster.restart(how, down=dice.choice((0.0, 0.3)))
            cluster.started()
            times.append(time.monotonic())

    try:
        place = cluster.new()
        with Watcher(inbox, place, settle=0.0, every=0.02) as watcher:
            thread = threading.Thread(target=restarts)
            thread.start()
            found = [told.state for told in watcher.once()]
            over.set()
            thread.join()
            cluster.restart(how)             # nothing comes: the lock goes with the server, and is taken again
            cluster.started()
            (inbox / "霍山县2011.txt").write_text(summary("霍山县", 2011, 77), "utf-8")
            found += [told.state for told in watcher.once()]
            with pytest.raises(Unwritable, match="another watcher"):
                Watcher(inbox, place)
        assert found == [*wanted, "stored"] and sorted((tmp_path / "inbox-quarantine").iterdir()) == aside
        with Watcher(inbox, tmp_path / "whole.db", settle=0.0, every=0.02) as watcher:
            list(watcher.once())
        assert rows_of(place, order=False) == rows_of(tmp_path / "whole.db", order=False)
        sound(place)
        said(f"PostgreSQL stopped ({how}) and started {len(times) + 1} times under a watch: it went on, nothing lost, nothing twice")
    finally:
        over.set()
        cluster.close()


@pytest.mark.slow
def test_two_batches_at_once_fill_one_library(archive, place, tmp_path, said):
    more = archive_in(tmp_path / "more")
    for path in list(more.iterdir()):
        (path.unlink() if path.suffix != ".txt" else path.rename(path.with_name("x-" + path.name)))
    (more / "x-霍山县2010.txt").write_text(summary("霍山县", 2011, 300), "utf-8")
    pids = [forked(lambda given=given: extract(given, store=place, workers=2, limits=LIMITS))
            for given in ([archive], [more, archive / "霍山县2008.txt"], [archive])]
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids] == [0, 0, 0]
    extract([archive, more], store=tmp_path / "whole.db")
    one, other = (rows_of(where, order=False) for where in (place, tmp_path / "whole.db"))
    for table in ("figures", "audits", "activities", "issues", "set_aside", "repairs", "marks"):
        assert one[table] == other[table], table
    assert {row[0] for row in one["documents"]} == {row[0] for row in other["documents"]}
    sound(place)
    said("three batches at once into one library: every row once")


@pytest.mark.slow
@pytest.mark.parametrize("in_place", [True, False])
def test_files_that_change_while_they_are_read(archive, tmp_path, place, in_place, said):
    """Two versions of each file, in turn: what is stored is one of them, or an error that says so; then the last one."""
    versions = {path: [path.read_text("utf-8"), path.read_text("utf-8").replace("来信来访2", "来信来访12")]
                for path in sorted(archive.glob("*县20*.txt"))}
    over = threading.Event()

    def changes():
        turn = 0
        while not over.is_set():
            turn += 1
            for path, texts in versions.items():
                new = path if in_place else path.with_name(".new")
                new.write_text(texts[turn % 2], "utf-8")
                if not in_place:
                    new.replace(path)
            time.sleep(0.002)

    thread = threading.Thread(target=changes)
    thread.start()
    runs = 0
    try:
        for _ in range(5):
            runs += 1
            extract([archive], tmp_path / "out", store=place, limits=LIMITS)
            for row in rows_of(place)["files"]:              # written in place, a file may be half there; a mix it never is
                if "县20" in row[1]:
                    texts, text = versions[Path(row[1])], unpacked(row[8])
                    assert text in texts or (in_place and any(one.startswith(text) for one in texts))
            sound(place)
    finally:
        over.set()
        thread.join()
    for path, texts in versions.items():
        path.write_text(texts[0], "utf-8")
    extract([archive], tmp_path / "out", store=place)
    extract([archive], tmp_path / "whole", store=tmp_path / "whole.db")
    one, other = (rows_of(where, order=False) for where in (place, tmp_path / "whole.db"))
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert one == other
    sound(place)
    said(f"{len(versions)} files rewritten all the time ({'in place' if in_place else 'replaced'}) during {runs} runs: "
         "one version or the other, and the last one at the end")
