"""The watcher: what is dropped lands once, half-written files are waited for, broken ones go aside, kill -9 loses nothing."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from libraries import dump

import wqnlp
from wqnlp.cli import cli
from wqnlp.errors import Unreadable, Unwritable
from wqnlp.store.reader import Reader
from wqnlp.watch import Watcher
from wqnlp.watch.inbox import Inbox, files
from wqnlp.watch.quarantine import put_away

TEXTS = sorted((Path(__file__).parent / "gold" / "dev" / "texts").glob("*.txt"))
FAST = {"settle": 0.0, "every": 0.02}


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def all_of(inbox, store, **more):
    with Watcher(inbox, store, **(FAST | more)) as watcher:
        return list(watcher.once())


def counts(store):
    with Reader(store) as reader:
        return {name: reader.count(name) for name in ("documents", "figures", "activities", "issues", "files", "repairs", "marks")}


def test_what_is_dropped_lands_and_lands_once(inbox, place):
    for path in TEXTS[:3]:
        shutil.copy(path, inbox)
    told = all_of(inbox, place)
    assert [t.state for t in told] == ["stored"] * 3
    first = counts(place)
    assert first["documents"] == 3 and first["figures"] > 50
    assert all_of(inbox, place) == [] and counts(place) == first
    assert len(list(inbox.iterdir())) == 3, "what was dropped stays where it was"


def test_the_library_is_the_one_that_extract_makes(inbox, tmp_path):
    for path in TEXTS[:3]:
        shutil.copy(path, inbox)
    all_of(inbox, tmp_path / "a.db")
    wqnlp.extract([inbox], store=tmp_path / "b.db")
    tables = []
    for name in "ab":
        with wqnlp.open_store(tmp_path / f"{name}.db") as library:
            tables.append(library.figures())
    assert tables[0].equals(tables[1])


def test_the_same_bytes_under_another_name_are_known(inbox, place):
    shutil.copy(TEXTS[0], inbox / "a.txt")
    shutil.copy(TEXTS[0], inbox / "b.txt")
    assert [t.state for t in all_of(inbox, place)] == ["stored", "known"]
    assert counts(place)["documents"] == 1


def test_a_file_that_changes_replaces_what_it_gave(inbox, place):
    (inbox / "a.txt").write_bytes(TEXTS[0].read_bytes())
    all_of(inbox, place)
    (inbox / "a.txt").write_bytes(TEXTS[1].read_bytes())
    all_of(inbox, place)
    assert counts(place)["documents"] == 1
    (inbox / "a.txt").write_bytes(TEXTS[0].read_bytes())          # and back: known by its hash, but no longer held
    assert [t.state for t in all_of(inbox, place)] == ["stored"]
    with wqnlp.open_store(place) as library:
        assert "2006" in library.documents().title[0]


def test_growing_files_settle_only_when_they_stand_still(inbox):
    now = [0.0]
    box = Inbox(str(inbox), 1.0, clock=lambda: now[0])
    path = inbox / "slow.txt"
    for step in range(4):
        with path.open("ab") as file:
            file.write("妇联".encode())
        assert box.settled() == [], f"still growing at step {step}"
        now[0] += 0.9
    assert box.settled() == []
    now[0] += 1.0
    assert box.settled() == [str(path)]


def test_names_of_half_written_files_are_left_alone(inbox):
    for name in ("a.txt.part", ".b.txt", "~$c.docx", "d.crdownload", "e.tmp", "f.txt~"):
        (inbox / name).write_text("x")
    (inbox / "whole.txt").write_text("x")
    os.mkfifo(inbox / "pipe.txt")
    assert [os.path.basename(p) for p in files(str(inbox))] == ["pipe.txt", "whole.txt"]
    assert [os.path.basename(p) for p in Inbox(str(inbox), 0.0).settled()] == ["whole.txt"]


def test_a_file_written_slowly_is_read_whole(inbox, tmp_path):
    data, store = TEXTS[0].read_bytes(), tmp_path / "l.db"
    slow = "import sys,time\nd=open(sys.argv[1],'rb').read()\nwith open(sys.argv[2],'wb',0) as f:\n" \
           "  for i in range(0,len(d),len(d)//12):\n    f.write(d[i:i+len(d)//12]); time.sleep(0.05)"
    with subprocess.Popen([sys.executable, "-c", slow, TEXTS[0], inbox / "a.txt"]) as writer:
        while not (inbox / "a.txt").exists():
            time.sleep(0.01)
        told = all_of(inbox, store, settle=0.4)
        assert writer.wait() == 0
    assert [t.state for t in told] == ["stored"]
    with wqnlp.open_store(store) as library:
        assert library.source_text(library.documents().doc_id[0]) == data.decode()
        assert len(library.documents()) == 1


def test_broken_files_go_beside_with_the_reason(inbox, tmp_path, place):
    (inbox / "坏.txt").write_bytes(b"\x00\x01\x02\xff" * 500)
    (inbox / "空.txt").write_bytes(b"")
    (inbox / "deep").mkdir()
    (inbox / "deep" / "坏.txt").write_bytes(b"\x00\x01\x02\xfe" * 400)
    shutil.copy(TEXTS[0], inbox)
    told = {Path(t.path).relative_to(inbox).as_posix(): t for t in all_of(inbox, place)}
    assert {name: t.state for name, t in told.items()} == {
        "坏.txt": "quarantined", "空.txt": "quarantined", "deep/坏.txt": "quarantined", TEXTS[0].name: "stored"}
    beside = tmp_path / "inbox-quarantine"
    kept = sorted(p.name for p in beside.iterdir())
    assert len(kept) == 6 and "坏.txt" in kept and "坏.txt.reason.txt" in kept
    assert "E05" in (beside / "坏.txt.reason.txt").read_text("utf-8")
    assert {p.name for p in inbox.rglob("*.txt")} == {TEXTS[0].name}
    assert all_of(inbox, place) == []


def test_a_move_cut_off_is_done_again(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"1")
    target = put_away(str(tmp_path / "a.txt"), str(tmp_path / "q"), "ab" * 32, "E05 why")
    (tmp_path / "a.txt").write_bytes(b"1")                         # as if the move had been a copy, and then the end
    assert put_away(str(tmp_path / "a.txt"), str(tmp_path / "q"), "ab" * 32, "E05 why") == target
    (tmp_path / "a.txt").write_bytes(b"2")
    assert put_away(str(tmp_path / "a.txt"), str(tmp_path / "q"), "cd" * 32, "other") != target
    assert (tmp_path / "q" / "a.txt").read_bytes() == b"1"


def page(number, text):
    links = "".join(f'<a href="zj_{at}.html">{at}</a> ' for at in (1, 2)) + (
        '<a href="zj_2.html">下一页</a>' if number == 1 else '<a href="zj_1.html">上一页</a>')
    return (f"<html><head><meta charset=utf-8><title>江平县妇联2013年维权工作总结({number})</title></head><body>"
            f"<h1>江平县妇联2013年维权工作总结</h1>{text}<div>{links}</div></body></html>")


FIRST = "<p>2013年，县妇联共接待来信来访来电186件，其中婚姻家庭类118件，占63.4%。</p><p>一、普法宣传有声势，举办讲座12场。</p>"
SECOND = "<p>二、帮扶救助有实效，慰问单亲母亲36户，发放慰问金2.4万元。</p><p>下一步，将继续做好妇女维权工作。</p>"


@pytest.mark.parametrize(("order", "last"), [((1, 2), ["zj_1.html"]), ((2, 1), ["zj_1.html"]), ((0,), ["zj_1.html"]), ((0, 0), [])])
def test_saved_pages_of_one_article_land_as_one_in_whatever_order_they_come(inbox, place, order, last):
    pages = {1: page(1, FIRST), 2: page(2, SECOND)}
    with Watcher(inbox, place, **FAST) as watcher:
        for number in order:
            for one in (number,) if number else (1, 2):
                (inbox / f"zj_{one}.html").write_text(pages[one], "utf-8")
            told = list(watcher.once())
    with Reader(place) as reader:
        assert reader.count("documents") == reader.count("files") == 1
        assert set(reader.frame("figures")["text"]) >= {"186件", "36户"}
    assert [os.path.basename(one.path) for one in told] == last
    assert all_of(inbox, place) == []                                    # a restart does nothing twice


def test_one_watcher_a_library(inbox, tmp_path):
    with Watcher(inbox, tmp_path / "l.db"), pytest.raises(Unwritable, match="another watcher"):
        Watcher(inbox, tmp_path / "l.db")
    with Watcher(inbox, tmp_path / "l.db"):
        pass
    with pytest.raises(Unreadable, match="E01"):
        Watcher(tmp_path / "none", tmp_path / "l.db")


def test_a_new_summary_is_held_against_the_year_before(inbox, place):
    old = TEXTS[0].read_text("utf-8")
    (inbox / "2006.txt").write_text(old, "utf-8")
    all_of(inbox, place)
    (inbox / "2007.txt").write_text(old.replace("2006", "2007").replace("118件", "131件"), "utf-8")
    [told] = all_of(inbox, place)
    before = told.seen["documents"][0]["last_year"]
    assert before["year"] == 2006
    change = {(c["measure"], c["issue"]): c for c in before["changes"]}["cases_received", "marriage_family"]
    assert (change["before"], change["now"], change["difference"]) == (118.0, 131.0, 13.0)
    assert any("copied" in c["note"] for c in before["changes"]), "186 stayed 186"
    with wqnlp.open_store(place) as library:
        [later] = [d for d in library.documents().to_dict("records") if d["year"] == 2007]
        assert later["copies"][0]["similarity"] > 0.8


def test_a_file_that_ended_the_program_before_is_read_apart(inbox, monkeypatch, place):
    import wqnlp.watch.loop as loop

    shutil.copy(TEXTS[0], inbox / "a.txt")
    monkeypatch.setattr(loop, "PROBE", [sys.executable, "-c", "import os; os._exit(9)"])
    with Watcher(inbox, place, **FAST) as watcher:
        sha = loop.digest(str(inbox / "a.txt"))
        watcher._writer.arrived(loop.Arrival(sha, "a.txt", "", "started", "2"))
        [told] = list(watcher.once())
    assert told.state == "quarantined" and "ends the process" in told.reason


def test_the_commands(inbox, tmp_path):
    def call(*arguments):
        return CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False, prog_name="wqnlp")

    shutil.copy(TEXTS[0], inbox / "a.txt")
    done = call("watch", inbox, "--store", tmp_path / "l.db", "--once", "--settle", 0)
    assert done.exit_code == 0 and "霍山县" in done.output and "in the library after" in done.output
    (inbox / "b.txt").write_bytes(b"")
    done = call("watch", inbox, "--store", tmp_path / "l.db", "--once", "--settle", 0, "--json")
    assert done.exit_code == 3 and json.loads(done.stdout)["state"] == "quarantined"
    done = call("classify", inbox / "a.txt", tmp_path / "none.txt", "--json", "--store", tmp_path / "l.db")
    assert done.exit_code == 3
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert seen[0]["documents"][0]["year"] == 2006 and seen[1]["errors"][0]["error"] == "E01"
    assert "issue      家庭暴力: key problem, 47 cases" in call("classify", inbox / "a.txt").output
    done = call("review-list", "--store", tmp_path / "l.db", "--json")
    gains = [json.loads(line)["gain"] for line in done.stdout.splitlines()]
    assert gains and gains == sorted(gains, reverse=True)
    assert "teaches" in call("review-list", "--store", tmp_path / "l.db", "--top", 3).output


def start(inbox, store):
    return subprocess.Popen([sys.executable, "-m", "wqnlp", "watch", inbox, "--store", str(store), "--settle", "0.1"],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)


def test_terminate_ends_it_cleanly(inbox, place):
    shutil.copy(TEXTS[0], inbox)
    with start(inbox, place) as process:
        line = process.stdout.readline().decode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0 and TEXTS[0].name in line


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1))
def test_killed_at_any_moment_loses_nothing_and_does_nothing_twice(inbox, tmp_path, seed, place):
    dice, store = random.Random(seed), place
    todo = [*TEXTS, "bad0", "bad1", "bad2"]
    dice.shuffle(todo)
    for _ in range(8):
        with start(inbox, store) as process:
            for _ in range(min(3, len(todo))):
                one = todo.pop()
                if isinstance(one, Path):
                    shutil.copy(one, inbox)
                else:
                    (inbox / f"{one}.txt").write_bytes(b"\x00\xff" * dice.randint(50, 900))
            time.sleep(dice.uniform(0.1, 1.6))
            process.send_signal(signal.SIGKILL)
    all_of(inbox, store)
    whole = tmp_path / "whole.db"
    wqnlp.extract(TEXTS, store=whole)
    assert counts(store) == counts(whole)
    with wqnlp.open_store(store) as one, wqnlp.open_store(whole) as other:
        assert set(one.figures().id) == set(other.figures().id) and one.figures().id.is_unique
    beside = {p.name for p in (tmp_path / "inbox-quarantine").iterdir()}
    assert beside == {f"bad{n}.txt{ending}" for n in range(3) for ending in ("", ".reason.txt")}
    assert {p.name for p in inbox.iterdir()} == {p.name for p in TEXTS}
    if isinstance(store, Path):
        with sqlite3.connect(store) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    states = [row[3] for row in dump(store)["arrivals"]]
    assert sorted(states) == ["quarantined"] * 3 + ["stored"] * len(TEXTS)


def test_killed_once_while_reading(inbox, place):
    for path in TEXTS[:6]:
        shutil.copy(path, inbox)
    with start(inbox, place) as process:
        process.stdout.readline()                                  # the first has landed, the others are under way
        process.send_signal(signal.SIGKILL)
    landed = counts(place)["documents"]
    all_of(inbox, place)
    assert 1 <= landed <= 6 and counts(place)["documents"] == 6
