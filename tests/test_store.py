"""Stores: the same rows three ways and in the library, streamed, safe to interrupt and to open in a spreadsheet."""

import csv
import json
import sqlite3

import pytest

from wqnlp.errors import NotInLibrary, Unreadable, Unwritable
from wqnlp.library import open_store, read
from wqnlp.pipeline import Result
from wqnlp.records import TABLES, Audit, Copy, Document, ErrorRow, Evidence, Figure, columns, row
from wqnlp.repair.base import Repaired
from wqnlp.source.base import Decoding, Source
from wqnlp.span import Aligned, Edit, Mark
from wqnlp.store.batch import FORMATS, expand
from wqnlp.store.csv import uncell
from wqnlp.store.frames import frame_of
from wqnlp.store.schema import schema
from wqnlp.store.sqlite import LibraryWriter

TEXT = "聯(lián)合接待60件，其中家暴26件，占43%，救助xx名。"


def result(number=1, text=TEXT, title="=HYPERLINK(\"http://x\")", change=-3.5):
    """What one small file might give, with everything in it that is hard to store."""
    sha = f"{number:x}".rjust(64, "a")[::-1]
    source = Source(path=f"f{number}.txt", text=text, sha256=sha, format="text",
                    decoding=Decoding(encoding="gb18030", reason="97% common hanzi", confidence=.98))
    aligned = Aligned.of(text).edit([Edit(1, 7, "", "gloss"), Edit(0, 1, "联", "script")])
    doc_id = f"{sha[:12]}-0"

    def figure(surface, value, **more):
        start = text.index(surface)
        return Figure(id=f"{doc_id}:{start}-{start + len(surface)}", doc_id=doc_id, start=start, text=surface,
                      end=start + len(surface), sentence=aligned.text, value=value, low=value, high=value,
                      **{"kind": "count", "measure": "cases_received", "unit": "件", **more})

    total, part = figure("60件", 60., role="total"), figure("26件", 26., role="part", issue="domestic_violence")
    share = figure("43%", change, unit="%", kind="percent", measure="change", confidence=.5)
    masked = figure("xx名", None, unit="名", kind="people", measure="people_aided", flags=("masked", "approximate"))
    evidence = {"place": (Evidence(rule="title", start=0, end=2, confidence=.9, value="霍山县", text="霍山"),)}
    document = Document(doc_id=doc_id, path=source.path, start=0, end=len(text), title=title, place="霍山县", year=2009,
                        evidence=evidence, damage={"gloss": 1})
    audit = Audit(doc_id=doc_id, kind="ratio", figures=(share.id, part.id, total.id), stated=43., computed=43.3333,
                  status="consistent")
    marks = (Mark(aligned.text.index("xx"), aligned.text.index("xx") + 2, "mask"),)
    return Result(path=source.path, source=source, repaired=Repaired(source=source, aligned=aligned, marks=marks),
                  documents=[document], figures=[total, part, share, masked], audits=[audit])


def written(kind, folder, *results, copies=None):
    with FORMATS[kind](folder) as writer:
        for one in results:
            writer.write(one)
        writer.amend(copies or {})
    return folder


def read_back(kind, path):
    table = path.stem
    if kind == "jsonl":
        return [json.loads(line) for line in path.open(encoding="utf-8")]
    if kind == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == columns(TABLES[table])
        return [{c.name: uncell(cell, c.kind) for c, cell in zip(schema(table), cells, strict=True)}
                for cells in rows[1:]]
    import pyarrow.parquet as pq

    rows = pq.read_table(path).to_pylist()
    nested = [c.name for c in schema(table) if c.kind == "json"]
    return [one | {name: json.loads(one[name]) for name in nested} for one in rows]


@pytest.mark.parametrize("kind", FORMATS)
def test_rows_come_back_as_they_went_in(kind, tmp_path):
    given = [result(1), result(2, title="-开头"), result(3, title="平安家庭，\"维权\"\n总结")]
    written(kind, tmp_path / "out", *given)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(f"{t}.{kind}" for t in TABLES)
    for table in TABLES:
        wanted = [row(record) for one in given for record in one.rows(table)]
        got = read_back(kind, tmp_path / "out" / f"{table}.{kind}")
        for want, have in zip(wanted, got, strict=True):
            assert {key: value if value != "" else None for key, value in want.items()} \
                == {key: value if value != "" else None for key, value in have.items()}


@pytest.mark.parametrize("kind", FORMATS)
def test_copies_are_filled_in_at_the_end(kind, tmp_path):
    one, two = result(1), result(2)
    copy = Copy(doc_id=two.documents[0].doc_id, similarity=.97, differs=("year",))
    written(kind, tmp_path, one, two, copies={one.documents[0].doc_id: (copy,)})
    got = read_back(kind, tmp_path / f"documents.{kind}")
    assert [d["copies"] for d in got] == [[{"doc_id": copy.doc_id, "similarity": .97, "differs": ["year"]}], []]
    assert [d["title"] for d in got] == [one.documents[0].title] * 2


@pytest.mark.parametrize("kind", FORMATS)
def test_what_was_written_before_a_fault_is_kept(kind, tmp_path):
    with pytest.raises(KeyboardInterrupt), FORMATS[kind](tmp_path) as writer:
        writer.write(result(1))
        raise KeyboardInterrupt
    assert len(read_back(kind, tmp_path / f"figures.{kind}")) == 4


def test_rows_are_on_disk_after_each_file_and_old_output_stays_until_the_end(tmp_path):
    written("jsonl", tmp_path, result(1))
    with FORMATS["jsonl"](tmp_path) as writer:
        writer.write(result(2))
        assert len((tmp_path / "figures.jsonl.part").read_text("utf-8").splitlines()) == 4
        old = json.loads((tmp_path / "documents.jsonl").read_text("utf-8").splitlines()[0])
        assert old["path"] == "f1.txt"


def test_a_run_stopped_before_its_first_file_leaves_an_older_output(tmp_path):
    written("jsonl", tmp_path, result(1))
    with pytest.raises(KeyboardInterrupt), FORMATS["jsonl"](tmp_path):
        raise KeyboardInterrupt
    assert len(read_back("jsonl", tmp_path / "figures.jsonl")) == 4
    assert not list(tmp_path.glob("*.part"))


def test_csv_opens_in_a_spreadsheet(tmp_path):
    titles = ["=1+1", "+86", "-3", "@x", "\tx", "＝1"]
    written("csv", tmp_path, *(result(n, title=title) for n, title in enumerate(titles)))
    assert (tmp_path / "documents.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "documents.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [one["title"] for one in csv.DictReader(file)] == ["'" + title for title in titles]
    with (tmp_path / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[2]["value"] == "-3.5"    # a negative number stays a number
    assert not [c for one in rows for c in one.values() if c[:1] in "=+@\t\r" and c != ""]


def test_parquet_has_one_schema_even_when_empty(tmp_path):
    import pyarrow.parquet as pq

    full, empty = written("parquet", tmp_path / "a", result()), written("parquet", tmp_path / "b")
    for table in TABLES:
        assert pq.read_schema(full / f"{table}.parquet").equals(pq.read_schema(empty / f"{table}.parquet"))
    assert pq.read_table(empty / "figures.parquet").num_rows == 0


def test_a_folder_that_cannot_be_written_is_refused_before_work(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unwritable, match=r"E21 .*file.out.*To do"):
        FORMATS["jsonl"](tmp_path / "file" / "out")


def test_half_characters_and_infinite_numbers_are_stored(tmp_path):
    odd = result(text=TEXT.replace("合", "\ud800"), change=float("inf"))
    for kind in FORMATS:
        written(kind, tmp_path / kind, odd)
    with LibraryWriter(tmp_path / "x.db") as writer:
        writer.write(odd)
    with open_store(tmp_path / "x.db") as library:
        assert library.source_text(odd.documents[0].doc_id) == odd.source.text
        assert library.figures().value.isna().sum() == 2


def library_of(path, *results):
    with LibraryWriter(path) as writer:
        for one in results:
            writer.write(one)
    return open_store(path)


def test_library_gives_what_was_put_in(tmp_path):
    one = result()
    with library_of(tmp_path / "x.db", one) as library:
        for table in TABLES:
            got, wanted = library.table(table), frame_of(table, one.rows(table))
            assert got.to_dict("records") == wanted.to_dict("records") or got.equals(wanted)
            assert list(got.columns) == columns(TABLES[table])


def test_reading_a_file_again_replaces_its_rows(tmp_path):
    path = tmp_path / "x.db"
    library_of(path, result(1), result(2)).close()
    with library_of(path, result(1, title="改过的")) as library:
        assert len(library.documents()) == 2 and len(library.figures()) == 8 and len(library.table("audits")) == 2
        assert set(library.documents().title) == {"改过的", "=HYPERLINK(\"http://x\")"}
    changed = result(7)                  # the file f2.txt with other bytes
    changed.path = "f2.txt"
    with library_of(path, changed) as library:
        assert len(library.figures()) == 8
    broken = Result(path="坏.pdf", errors=[ErrorRow(path="坏.pdf", stage="source", error="E12", message="…")])
    with library_of(path, broken, broken) as library:
        assert len(library.table("errors")) == 1


def test_library_is_read_while_it_is_written(tmp_path):
    path = tmp_path / "x.db"
    with LibraryWriter(path) as writer:
        writer.write(result(1))
        with open_store(path) as library:
            assert len(library.figures()) == 4
            with pytest.raises(sqlite3.OperationalError):
                library._db.execute("DELETE FROM figures")
            writer.write(result(2))
            assert len(library.figures()) == 8


def test_a_file_stopped_half_way_leaves_the_library_as_it_was(tmp_path):
    path = tmp_path / "x.db"

    class Stops(Result):
        def rows(self, table):
            if table == "audits":
                raise KeyboardInterrupt
            return super().rows(table)

    with LibraryWriter(path) as writer:
        writer.write(result(1))
        two = result(1, title="半途")
        with pytest.raises(KeyboardInterrupt):
            writer.write(Stops(path=two.path, source=two.source, repaired=two.repaired, documents=two.documents,
                               figures=two.figures))
        writer.write(result(3))
    with open_store(path) as library:
        assert set(library.documents().title) == {"=HYPERLINK(\"http://x\")"} and len(library.figures()) == 8


def test_figures_are_chosen_by_their_columns_and_their_document(tmp_path):
    with library_of(tmp_path / "x.db", result(1), result(2)) as library:
        assert len(library.figures(measure="cases_received")) == 4
        assert len(library.figures(measure=["cases_received", "change"], year=2009)) == 6
        assert len(library.figures(year=2010)) == 0
        assert len(library.figures(issue=None, place="霍山县")) == 6
        assert len(library.figures(flag="masked")) == 2 and len(library.figures(without="masked")) == 6
        assert len(library.figures(min_confidence=.9)) == 6
        assert len(library.documents(level=None)) == 2
        with pytest.raises(NotInLibrary, match=r"E62 .*use one of id, doc_id"):
            library.figures(**{"value; DROP TABLE figures": 1})


def test_a_figure_is_explained_down_to_its_characters(tmp_path):
    one = result()
    with library_of(tmp_path / "x.db", one) as library:
        told = library.explain(one.figures[0].id)
        assert (told.source, told.before + told.source + told.after) == ("60件", TEXT)
        assert [(r["old"], r["new"], r["kinds"]) for r in told.repairs] == [
            ("聯", "联", ["script"]), ("(lián)", "", ["gloss"])]
        assert [m["text"] for m in told.marks] == ["xx"]
        assert [a["kind"] for a in told.audits] == ["ratio"]
        shown = str(told)
        assert "【60件】" in shown and "gb18030" in shown and "2009" in shown and "exact" in shown
        assert "no bounds" in str(library.explain(one.figures[3].id))
        with pytest.raises(NotInLibrary, match="E61"):
            library.explain("nothing:1-2")


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
            LibraryWriter(path)


def test_a_database_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE figures (weight REAL)")
    with pytest.raises(Unwritable, match=r"E22 .*another version"):
        LibraryWriter(path)
    assert [name for name, in sqlite3.connect(path).execute("SELECT name FROM sqlite_master")] == ["figures"]


def test_paths_folders_and_globs_are_files_in_order(tmp_path):
    for name in ("b.txt", "a.txt", ".hidden", "sub/c.txt", "sub/.git/d.txt", "[x].txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    names = [p.removeprefix(f"{tmp_path}/") for p in expand([tmp_path / "b.txt", tmp_path, str(tmp_path / "**/c*")])]
    assert names == ["b.txt", "[x].txt", "a.txt", "sub/c.txt"]
    assert expand([str(tmp_path / "[x].txt"), str(tmp_path / "*.none")]) == [
        str(tmp_path / "[x].txt"), str(tmp_path / "*.none")]
    (tmp_path / "empty").mkdir()
    assert expand([tmp_path / "empty"]) == [str(tmp_path / "empty")]


def test_an_explanation_says_which_rules_spoke(tmp_path):
    path = tmp_path / "总结.txt"
    path.write_text("江平县妇联2013年工作总结\n全年共调处婚姻家庭矛盾29起，调解成功27起。", "utf-8")
    summary = read(path)
    received, resolved = (summary.explain(figure_id) for figure_id in summary.figures.id)
    assert "measure cases_received: cases.mediated_of" in received.rules
    assert any(line.startswith("measure (against, cases_resolved)") for line in received.rules)
    assert "part of: 29起" in resolved.rules
