"""The command line: exit codes, one broken file among many, tables that stand straight, and the door in Python."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from wqnlp.cli import aligned, cli, width

TEXTS = sorted((Path(__file__).parent / "gold" / "dev" / "texts").glob("*.txt"))


def call(*arguments):
    return CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False, prog_name="wqnlp")


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    (folder / "2009").mkdir(parents=True)
    shutil.copy(TEXTS[0], folder / "a.txt")
    (folder / "2009" / "b.txt").write_bytes(TEXTS[1].read_bytes().decode("utf-8").encode("gb18030"))
    return folder


def rows(path):
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def test_a_folder_into_jsonl(archive, tmp_path):
    done = call("extract", archive, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert [d["path"] for d in rows(tmp_path / "out" / "documents.jsonl")] == [
        str(archive / "a.txt"), str(archive / "2009" / "b.txt")]
    assert rows(tmp_path / "out" / "errors.jsonl") == []
    assert "2 files, 0 with errors" in done.output and str(tmp_path / "out") in done.output


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_other_formats_and_a_library_together(archive, tmp_path, kind):
    done = call("extract", archive, "-o", tmp_path / "out", "--format", kind, "--store", tmp_path / "x.db", "--quiet")
    assert (done.exit_code, done.output) == (0, "")
    assert (tmp_path / "out" / f"figures.{kind}").stat().st_size > 1000
    import wqnlp

    with wqnlp.open_store(tmp_path / "x.db") as library:
        some = library.figures(measure="cases_received").id.iloc[0]
    told = call("explain", some, "--store", tmp_path / "x.db")
    assert told.exit_code == 0 and some in told.output and "【" in told.output
    assert call("explain", "none:1-2", "--store", tmp_path / "x.db").exit_code == 2


def test_one_broken_file_among_many(archive, tmp_path):
    (archive / "bad.txt").write_bytes(b"\x00\x01\x02\xff" * 500)
    (archive / "empty.txt").write_bytes(b"")
    done = call("extract", archive, tmp_path / "missing.txt", "-o", tmp_path / "out")
    assert done.exit_code == 3
    errors = rows(tmp_path / "out" / "errors.jsonl")
    assert {Path(e["path"]).name: e["error"] for e in errors} == {
        "bad.txt": "E05", "empty.txt": "E03", "missing.txt": "E01"}
    assert all(e["path"] in e["message"] and "To do: " in e["message"] and e["message"] in done.stderr for e in errors)
    assert len(rows(tmp_path / "out" / "documents.jsonl")) == 2
    assert "5 files, 3 with errors" in done.output


def test_quiet_still_tells_errors(tmp_path):
    done = call("extract", tmp_path / "missing.txt", "-o", tmp_path / "out", "--quiet")
    assert done.exit_code == 3 and done.stdout == "" and done.stderr.startswith("E01 ")


def test_output_that_cannot_be_written_stops_before_work(archive, tmp_path):
    (tmp_path / "file").write_text("x")
    done = call("extract", archive, "-o", tmp_path / "file" / "out")
    assert done.exit_code == 2 and done.stderr.startswith("E21 ") and "To do: " in done.stderr
    assert call("extract", archive, "--store", tmp_path / "file" / "x.db").exit_code == 2


@pytest.mark.parametrize("wrong", [[], ["a.txt"], ["a.txt", "-o", "out", "--format", "xlsx"],
                                   ["a.txt", "-o", "out", "--workers", "0"]])
def test_wrong_use_is_told(wrong):
    done = call("extract", *wrong)
    assert done.exit_code == 2 and "Error: " in done.stderr


def test_a_file_given_twice_is_counted_once(archive, tmp_path):
    shutil.copy(archive / "a.txt", archive / "c.txt")
    done = call("extract", archive, "-o", tmp_path / "out")
    assert done.exit_code == 0 and "counted once" in done.stderr and "1 repeated" in done.output
    assert len(rows(tmp_path / "out" / "documents.jsonl")) == 2


def test_a_redated_copy_is_told_in_documents(archive, tmp_path):
    text = (archive / "a.txt").read_text("utf-8")
    (archive / "d.txt").write_text(text.replace("2009", "2016").replace("2006", "2016"), "utf-8")
    (archive / "d.txt").write_text((archive / "d.txt").read_text("utf-8") + "\n（完）\n", "utf-8")
    call("extract", archive, "-o", tmp_path / "out", "--store", tmp_path / "x.db", "--quiet")
    documents = {Path(d["path"]).name: d for d in rows(tmp_path / "out" / "documents.jsonl")}
    assert [c["doc_id"] for c in documents["a.txt"]["copies"]] == [documents["d.txt"]["doc_id"]]
    assert documents["b.txt"]["copies"] == []
    import wqnlp

    with wqnlp.open_store(tmp_path / "x.db") as library:
        assert sum(map(len, library.documents().copies)) == 2


def test_show_is_a_table_that_stands_straight():
    done = call("show", TEXTS[0])
    assert done.exit_code == 0 and "186件" in done.output and "summaries" in done.output
    assert call("show", "missing.txt").exit_code == 3


def test_codes_have_labels():
    done = call("codes", "issues")
    assert done.exit_code == 0 and "domestic_violence" in done.output and "家庭暴力" in done.output
    assert "cases_received" in call("codes").output
    assert call("codes", "colours").exit_code == 2


@pytest.mark.parametrize("command", [[], ["extract"], ["show"], ["explain"], ["codes"], ["report"],
                                     ["train", "themes"]])
def test_every_command_explains_itself_with_an_example(command):
    done = call(*command, "--help")
    usage, _, text = done.output.partition("\n")
    assert done.exit_code == 0 and usage.startswith("Usage:") and f"wqnlp {' '.join(command)}".strip() in text


def test_columns_stand_under_one_another_in_any_script():
    lines = aligned([["什么", "n", "id"], ["家庭暴力", "58", "a"], ["x", "1,268", "b"]], right={1})
    assert [width(line[:line.rindex(" ")]) for line in lines] == [16] * 3


def test_version_and_module():
    told = subprocess.run([sys.executable, "-m", "wqnlp", "--version"], capture_output=True, text=True, check=True)
    import wqnlp

    assert wqnlp.__version__ in told.stdout


def test_import_loads_nothing_heavy():
    heavy = {"pandas", "numpy", "sklearn", "jieba", "pyarrow", "yaml", "click"}
    code = f"import sys, wqnlp; print({heavy} & sys.modules.keys())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_the_door(archive, tmp_path):
    import wqnlp
    from wqnlp.records import Figure, columns

    read = wqnlp.read(archive / "a.txt")
    assert list(read.figures.columns) == columns(Figure) and len(read.figures) > 20
    assert len(read.documents) == 1 and read.errors.empty
    told = wqnlp.explain(read.figures.iloc[0], read)
    assert told.source == read.source_text[told.figure["start"]:told.figure["end"]]
    done = wqnlp.extract([archive], tmp_path / "out", store=tmp_path / "x.db")
    assert (done.files, done.errors) == (2, [])
    assert str(wqnlp.explain(read.figures.id[0], tmp_path / "x.db")).splitlines()[0] == str(told).splitlines()[0]
    with pytest.raises(wqnlp.errors.Unreadable, match=r"E01 .*nothing.txt.*To do"):
        wqnlp.read("nothing.txt")
    with pytest.raises(AttributeError):
        _ = wqnlp.nothing
