"""Libraries, in SQLite and in PostgreSQL by the same tests: what goes in comes out, again changes nothing, all or nothing."""

import re
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from libraries import TEXT, dump, library_of, result
from sqlalchemy.exc import DBAPIError

import wqnlp
from wqnlp.errors import CODES, MissingExtra, NotInLibrary, Unreadable, Unwritable, WqnlpError
from wqnlp.library import open_store
from wqnlp.pipeline import Result
from wqnlp.records import TABLES, Copy, ErrorRow, columns
from wqnlp.store.batch import extract
from wqnlp.store.database import Arrival, Store
from wqnlp.store.frames import frame_of
from wqnlp.store.reader import Reader
from wqnlp.store.stamp import Stamp, current
from wqnlp.store.where import located, shown

GOLD = sorted((Path(__file__).parent / "gold" / "dev" / "texts").glob("*.txt"))
TITLE = "=HYPERLINK(\"http://x\")"


def same_rows(one, other):
    return one.to_dict("records") == other.to_dict("records") or one.equals(other)


def test_it_gives_what_was_put_in(place):
    one = result()
    with library_of(place, one) as library:
        for table in TABLES:
            got, wanted = library.table(table), frame_of(table, one.rows(table))
            assert same_rows(got, wanted) and list(got.columns) == columns(TABLES[table])
        assert "1 documents, 4 figures" in repr(library)
    with Store(place) as store:
        assert all(same_rows(frame, frame_of(table, one.rows(table))) for table, frame in store.frames().items())


def test_half_characters_nul_and_infinite_numbers_are_stored(place):
    odd = result(text=TEXT.replace("合", "\ud800").replace("，其中", "\0其中"), change=float("inf"))
    with library_of(place, odd) as library:
        assert library.source_text(odd.documents[0].doc_id) == odd.source.text
        assert library.figures().value.isna().sum() == 2
        assert "\0" not in library.figures().sentence[0] and "�其中" in library.figures().sentence[0]


def test_a_file_whose_name_is_in_another_encoding_is_stored_and_known_again(place):
    name = "总结.txt".encode("gb18030").decode("utf-8", "surrogateescape")
    one = result(1)
    one.path = name
    with Store(place) as store:
        assert store.write(one, Arrival(one.source.sha256, name, "", "stored"))
        assert store.write(one, Arrival(one.source.sha256, name, "", "stored")) == {}
        broken = Result(path=name, errors=[ErrorRow(path=name, stage="source", error="E03", message=name)])
        assert store.write(broken)["documents"] == (0, 1) and store.write(broken) == {}


def test_reading_a_file_again_replaces_its_rows(place):
    library_of(place, result(1), result(2)).close()
    with library_of(place, result(1, title="改过的")) as library:
        assert len(library.documents()) == 2 and len(library.figures()) == 8 and len(library.table("audits")) == 2
        assert set(library.documents().title) == {"改过的", TITLE}
    changed = result(7)                  # the file f2.txt with other bytes
    changed.path = "f2.txt"
    with library_of(place, changed) as library:
        assert len(library.figures()) == 8
        assert not set(library.figures().doc_id) & {d.doc_id for d in result(2).documents}
    broken = Result(path="坏.pdf", errors=[ErrorRow(path="坏.pdf", stage="source", error="E12", message="…")])
    with library_of(place, broken, broken) as library:
        assert len(library.table("errors")) == 1
    now_broken = Result(path="f1.txt", errors=[ErrorRow(path="f1.txt", stage="source", error="E03", message="…")])
    with library_of(place, now_broken) as library:
        assert len(library.documents()) == 1 and len(library.table("errors")) == 2


def test_the_same_again_changes_nothing_at_all(place):
    with Store(place) as store:
        first = [store.write(result(n)) for n in (1, 2, 3)]
        before = dump(place)
        assert first[0]["figures"] == (4, 0) and first[0]["documents"] == (1, 0)
        assert [store.write(result(n)) for n in (3, 1, 2)] == [{}, {}, {}]
        assert store.changes(result(1)) == {}
        assert store.changes(result(1, change=-4.0)) == {"figures": (1, 1)} and dump(place) == before
        assert store.write(result(1, change=-4.0)) == {"figures": (1, 1)} and dump(place) != before


def test_a_batch_again_changes_nothing_at_all(place, tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    text = GOLD[0].read_text("utf-8")
    for name, told in {"a": text, "b": text.replace("2006", "2009") + "\n完\n", "c": GOLD[1].read_text("utf-8")}.items():
        (folder / f"{name}.txt").write_text(told, "utf-8")
    (folder / "坏.txt").write_bytes(b"\x00\xff" * 99)
    extract([folder], store=place)
    before = dump(place)
    assert sum(row[-1] != "[]" for row in before["documents"]) == 2, "two are copies of one another"
    extract([folder], store=place)
    assert dump(place) == before
    extract([folder / "a.txt"], store=place)
    assert dump(place) == before, "a part of it alone changes nothing either: its copies stay"
    (folder / "b.txt").write_text(GOLD[2].read_text("utf-8"), "utf-8")
    extract([folder / "b.txt"], store=place)
    assert {row[-1] for row in dump(place)["documents"]} == {"[]"}, "what is no more is nobody's copy"


def test_copies_of_a_run_take_the_place_of_those_before(place):
    one, two, three = (result(n).documents[0].doc_id for n in (1, 2, 3))

    def copies(store):
        return {row["doc_id"]: [copy["doc_id"] for copy in row["copies"]]
                for row in store.frames()["documents"].to_dict("records") if row["copies"]}

    with Store(place) as store:
        for n in (1, 2, 3):
            store.write(result(n))
        store.amend({one: (Copy(doc_id=two, similarity=.9), Copy(doc_id=three, similarity=.8)), two: (Copy(doc_id=one, similarity=.9),)})
    with Store(place) as store:
        store.write(result(1))
        store.write(result(2))
        store.amend({})
        assert copies(store) == {one: [three]}


def test_it_is_read_while_it_is_written(place):
    with Store(place) as store:
        store.write(result(1))
        with open_store(place) as library, library.reader.state() as db:
            assert len(library.figures()) == 4
            store.write(result(2))
            assert len(library.figures()) == 4, "one state in a block"
            with pytest.raises(DBAPIError):
                db.exec_driver_sql("DELETE FROM figures")
        with open_store(place) as library:
            assert len(library.figures()) == 8
            store.write(result(3))
            assert len(library.figures()) == 12, "no block, no state that is held"


def test_a_reader_does_not_wait_for_a_writer(place, monkeypatch):
    """In the middle of a file's transaction a reader sees what was there before, at once."""
    import time

    import wqnlp.store.replace as module

    seen, add = [], module.add

    def looking(db, table, rows):
        add(db, table, rows)
        if table == "audits":
            began = time.monotonic()
            with open_store(place) as library:
                seen.append((len(library.figures()), time.monotonic() - began))

    with Store(place) as store:
        store.write(result(1))
        monkeypatch.setattr(module, "add", looking)
        store.write(result(2))
    assert seen and seen[0][0] == 4 and seen[0][1] < 3


def test_a_file_stopped_half_way_leaves_the_library_as_it_was(place, monkeypatch):
    import wqnlp.store.replace as module

    with Store(place) as store:
        store.write(result(1))
        before, add = dump(place), module.add

        def stopping(db, table, rows):
            if table == "audits":
                raise KeyboardInterrupt
            add(db, table, rows)

        monkeypatch.setattr(module, "add", stopping)
        for half in (result(1, title="半途"), result(2)):
            half.audits = half.audits * 2
            with pytest.raises(KeyboardInterrupt):
                store.write(half)
        monkeypatch.undo()
        assert dump(place) == before
        store.write(result(3))
    with open_store(place) as library:
        assert set(library.documents().title) == {TITLE} and len(library.figures()) == 8


def test_figures_are_chosen_by_their_columns_and_their_document(place):
    with library_of(place, result(1), result(2)) as library:
        assert len(library.figures(measure="cases_received")) == 4
        assert len(library.figures(measure=["cases_received", "change"], year=2009)) == 6
        assert len(library.figures(year=2010)) == 0
        assert len(library.figures(issue=None, place="霍山县")) == 6
        assert len(library.figures(flag="masked")) == 2 and len(library.figures(without="masked")) == 6
        assert len(library.figures(flag="mask%")) == 0, "a flag is no pattern"
        assert len(library.figures(min_confidence=.9)) == 6
        assert len(library.documents(level=None)) == 2
        with pytest.raises(NotInLibrary, match=r"E62 .*use one of id, doc_id"):
            library.figures(**{"value; DROP TABLE figures": 1})


def test_a_figure_is_explained_down_to_its_characters(place):
    one = result()
    with library_of(place, one) as library:
        told = library.explain(one.figures[0].id)
        assert (told.source, told.before + told.source + told.after) == ("60件", TEXT)
        assert [(r["old"], r["new"], r["kinds"]) for r in told.repairs] == [
            ("聯", "联", ["script"]), ("(lián)", "", ["gloss"])]
        assert [m["text"] for m in told.marks] == ["xx"]
        assert [a["kind"] for a in told.audits] == ["ratio"]
        shown_lines = str(told)
        assert "【60件】" in shown_lines and "gb18030" in shown_lines and "2009" in shown_lines and "exact" in shown_lines
        assert f"made by    {current()}" in shown_lines
        assert "no bounds" in str(library.explain(one.figures[3].id))
        with pytest.raises(NotInLibrary, match="E61"):
            library.explain("nothing:1-2")
        with pytest.raises(NotInLibrary, match="E61"):
            library.text("nothing-0")
        with pytest.raises(NotInLibrary, match="E61"):
            library.source_text("nothing-0")


def test_every_file_says_what_read_it(place):
    old = Stamp("0.0.1", "r", "m")
    with Store(place) as store:
        store.write(result(1), stamp=old)
        sha = result(1).source.sha256
        assert store.holds(sha) == store.holds(sha, old) == "f1.txt"
        assert store.holds(sha, current()) is None and store.holds("0" * 64) is None
        before = dump(place)
        assert store.write(result(1)) == {} and store.holds(sha, current()) == "f1.txt"
        after = dump(place)
        assert {name for name in before if before[name] != after[name]} == {"files"}
    with Reader(place) as reader:
        assert reader.made_by(result(1).documents[0].doc_id) == current()
        assert reader.source(result(1).sha12()).text == TEXT


def test_arrivals_stand_with_their_file_or_not_at_all(place):
    with Store(place) as store:
        arrival = Arrival(result(1).source.sha256, "f1.txt", "2026-01-01T00:00:00+00:00", "stored", "{}")
        store.write(result(1), arrival)
        store.write(result(1), arrival)
        assert store.arrival(arrival.sha256) == arrival and store.arrival("0" * 64) is None
        store.arrived(arrival._replace(state="quarantined"))
        assert store.arrival(arrival.sha256).state == "quarantined"


def test_a_watcher_and_a_report_take_it(place, tmp_path):
    from wqnlp.report import main_job
    from wqnlp.watch import Watcher

    inbox = tmp_path / "inbox"
    inbox.mkdir()
    text = GOLD[0].read_text("utf-8")
    (inbox / "2006.txt").write_text(text, "utf-8")
    with Watcher(inbox, place, settle=0.0, every=0.02) as watcher:
        assert [told.state for told in watcher.once()] == ["stored"]
        with pytest.raises(Unwritable, match="another watcher"):
            Watcher(inbox, place)
        (inbox / "2007.txt").write_text(text.replace("2006", "2007").replace("118件", "131件"), "utf-8")
        (inbox / "坏.txt").write_bytes(b"\x00\xff" * 99)
        told = {Path(one.path).name: one for one in watcher.once()}
    assert told["坏.txt"].state == "quarantined" and told["2007.txt"].seen["documents"][0]["last_year"]["doc_id"]
    with Watcher(inbox, place, settle=0.0) as watcher:
        assert list(watcher.once()) == []
    done = main_job([place], tmp_path / "out.html")
    assert any("2 份总结" in line for line in done)
    from wqnlp.compare.asked import library_at, side_by_side

    with library_at(place) as library:
        assert list(side_by_side(library)["year"]) == [2006], "2007 is a copy of it"
        assert wqnlp.compare.stored.concordance_of(library, "维权")["start"].notna().all()


def test_layouts_come_back(place, tmp_path):
    page = tmp_path / "p.html"
    rows = "".join(f"<tr><td>{name}</td><td>{n}</td></tr>" for name, n in (("来信", 12), ("来访", 30)))
    page.write_text(f"<html><head><meta charset=utf-8><title>江平县妇联2013年工作总结</title></head><body><h1>江平县妇联2013年工作总结</h1>"
                    f"<p>全年接待来信来访96件。</p><table><tr><th>项目</th><th>件</th></tr>{rows}</table></body></html>", "utf-8")
    from wqnlp.pipeline import run

    made = run(page)
    with Store(place) as store:
        store.write(made)
    with Reader(place) as reader:
        assert reader.source(made.documents[0].doc_id) == made.source
    assert made.source.cells and made.source.places


@pytest.mark.parametrize("content", [b"not a database at all, only some text that is long enough" * 20, b""])
def test_what_is_no_library_is_refused(content, tmp_path):
    path = tmp_path / "x.db"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="E22"):
        open_store(path)
    with pytest.raises(Unreadable, match="E22"):
        open_store(tmp_path / "missing.db")
    if content:
        with pytest.raises(Unwritable, match="E22"):
            Store(path)


def test_a_database_of_something_else_is_left_alone(place):
    from wqnlp.store.engine import engine

    other = engine(located(place), write=True)
    with other.begin() as db:
        db.exec_driver_sql("CREATE TABLE figures (weight REAL)")
    other.dispose()
    for door in (Store, open_store):
        with pytest.raises(WqnlpError, match=r"E22 .*another version"):
            door(place)
    with other.connect() as db:
        from sqlalchemy import inspect

        assert inspect(db).get_table_names() == ["figures"]
    other.dispose()


def test_an_empty_database_has_no_library(cluster):
    with pytest.raises(Unreadable, match=r"E22 .*no library in it"):
        open_store(cluster.new())


def at_one_time(work, *given):
    """`work` on each of these in a thread of its own; raises what one of them raised."""
    with ThreadPoolExecutor(len(given)) as pool:
        return list(pool.map(work, given))


def test_many_write_at_one_time(place):
    """Four threads with a store each, all files by every one."""
    def fill(first):
        with Store(place) as store:
            for n in [*range(first, 13), *range(1, first)]:
                store.write(result(n))
            for body in sorted(store.pending()):
                store.relate(body)

    at_one_time(fill, 1, 4, 7, 10)
    with open_store(place) as library:
        assert len(library.documents()) == 12 and len(library.figures()) == 48 and library.figures().id.is_unique
        assert len(library.table("audits")) == 12


def test_programs_that_swap_their_files_do_not_stand_in_each_others_way(place):
    """Each path takes the bytes that the other one had: rows are deleted crosswise."""
    def swap(path):
        with Store(place) as store:
            for n in [1, 2] * 8 if path == "a.txt" else [2, 1] * 8:
                one = result(n)
                one.path = path
                store.write(one)

    at_one_time(swap, "a.txt", "b.txt")
    with open_store(place) as library:
        assert len(library.figures()) in (4, 8) and library.figures().id.is_unique


def test_summaries_of_one_body_that_arrive_at_one_time_are_held_against_one_another(place, tmp_path):
    from wqnlp.pipeline import run_text

    def arrive(told):
        year, said = told
        made = run_text(f"霍山县妇联{year}年维权工作总结\n全年县妇联共接待妇女群众来信来访{said}。\n", f"{year}.txt")
        with Store(place) as store:
            store.write(made, Arrival(made.source.sha256, made.path, "", "stored"))

    at_one_time(arrive, (2008, "180件"), (2009, "212件，比上年增加32件"), (2010, "238件，比上年增加16件"))
    with open_store(place) as library:
        across = [one for one in library.table("audits").itertuples() if len({f.rpartition(":")[0] for f in one.figures}) > 1]
        assert sorted(one.status for one in across) == ["consistent", "inconsistent"]


def test_batches_of_several_processes_fill_one_library(place, places, tmp_path):
    code = "import sys, wqnlp; wqnlp.extract(sys.argv[2:], store=sys.argv[1])"
    halves = [GOLD[:4], GOLD[2:6]]
    running = [subprocess.Popen([sys.executable, "-c", code, str(place), *map(str, half)]) for half in halves]
    assert [one.wait(120) for one in running] == [0, 0]
    alone = places()
    extract(GOLD[:6], store=alone)
    with open_store(place) as one, open_store(alone) as other:
        for table in ("documents", "figures", "issues", "audits", "activities", "set_aside"):
            together = [sorted(map(str, frame.drop(columns="copies", errors="ignore").to_dict("records")))
                        for frame in (one.table(table), other.table(table))]
            assert together[0] == together[1]


@pytest.mark.parametrize(("url", "secret"), [
    ("postgresql://li:geheim@127.0.0.1:1/fulian", "geheim"), ("postgresql://li:ge@heim@127.0.0.1:1/fulian", "heim"),
    ("postgres://li@127.0.0.1:1/fulian?password=geheim", "geheim"), ("postgresql://li:geheim@127.0.0.1:port/fulian", "geheim"),
    ("postgresql://li:1/geheim@127.0.0.1/fulian", "geheim"), ("postgresql://li:x?geheim@127.0.0.1/fulian", "geheim")])
def test_a_password_is_never_shown(url, secret):
    pytest.importorskip("psycopg")
    for door in (Store, open_store, Reader):
        with pytest.raises(WqnlpError, match="E22") as told:
            door(url)
        assert secret not in str(told.value) + repr(told.value.__cause__) and "li" in str(told.value)
    assert secret not in shown(url) and "127.0.0.1" in shown(url)
    from click.testing import CliRunner

    from wqnlp.cli import cli

    done = CliRunner().invoke(cli, ["extract", str(GOLD[0]), "--store", url], prog_name="wqnlp")
    assert done.exit_code == 2 and secret not in done.output and done.stderr.startswith("E22 ")


def test_without_its_driver_a_database_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=re.escape("pip install 'wqnlp[postgres]'")) as told:
        open_store("postgresql://li:geheim@localhost/fulian")
    assert told.value.code == "E51" and "geheim" not in str(told.value) and "E51" in CODES


def test_urls_of_files_are_files(tmp_path):
    library_of(f"sqlite:///{tmp_path}/a.db", result(1)).close()
    with open_store(tmp_path / "a.db") as library:
        assert len(library.figures()) == 4
    for wrong in ("sqlite://", "sqlite:///:memory:"):
        with pytest.raises(Unreadable, match=r"E22 .*names no file"):
            open_store(wrong)


def test_the_database_keeps_its_word_on_sqlite(tmp_path):
    library_of(tmp_path / "a.db", result(1), result(2)).close()
    with sqlite3.connect(tmp_path / "a.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
