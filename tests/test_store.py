"""Stores: the same rows three ways and in the library, streamed, safe to interrupt and to open in a spreadsheet."""

import csv
import json

import pytest
from libraries import TEXT, result

from wqnlp.errors import Unwritable
from wqnlp.library import read
from wqnlp.records import TABLES, Copy, columns, row
from wqnlp.store.batch import FORMATS, expand, inputs
from wqnlp.store.csv import uncell
from wqnlp.store.listing import Listing
from wqnlp.store.schema import schema


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
        rows = read_back(kind, tmp_path / kind / f"figures.{kind}")
        assert [one["value"] for one in rows].count(None) == 2


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


def test_a_listing_is_the_inputs_of_a_run_and_takes_no_memory_of_them(tmp_path):
    """Pages of an article together, files of an archive with their sizes, names that are in no encoding, each once."""
    import os
    import zipfile

    page = '<html><head><meta charset="utf-8"><title>霍山县妇联工作总结{}</title></head><body>{}{}</body></html>'
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p.html").write_text(page.format("", "全年接待", '<a href="p_2.html">下一页</a>'), "utf-8")
        (tmp_path / folder / "p_2.html").write_text(page.format("(2)", "来信来访", '<a href="p.html">上一页</a>'), "utf-8")
        (tmp_path / folder / "x.html").write_text(page.format("其他", "来信来访", ""), "utf-8")
    with zipfile.ZipFile(tmp_path / "b" / "m.zip", "w") as packed:
        packed.writestr("1.txt", "一")
        packed.writestr("2.txt", "二二")
    (tmp_path / os.fsdecode(b"\xbb\xf4\xc9\xbd.txt")).write_text("x")
    given = [tmp_path / "b" / "p_2.html", tmp_path, tmp_path / "none.txt", tmp_path / "a"]
    listing = Listing(given)
    assert list(listing) == inputs(given) and len(listing) == 8
    assert [type(one) for one in listing][:1] == [tuple] and [one.size for one in listing if hasattr(one, "size")] == [3, 6]
    assert list(listing.between(2, 4)) == list(listing)[2:4]


def test_an_explanation_says_which_rules_spoke(tmp_path):
    path = tmp_path / "总结.txt"
    path.write_text("江平县妇联2013年工作总结\n全年共调处婚姻家庭矛盾29起，调解成功27起。", "utf-8")
    summary = read(path)
    received, resolved = (summary.explain(figure_id) for figure_id in summary.figures.id)
    assert "measure cases_received: cases.mediated_of" in received.rules
    assert any(line.startswith("measure (against, cases_resolved)") for line in received.rules)
    assert "part of: 29起" in resolved.rules
