"""The corpus is what its manifest says, and every file of it can be read."""

import csv
import hashlib
from pathlib import Path

import pytest

from wqnlp import repair, source, structure

CORPUS = Path(__file__).parents[1] / "corpus"
ROWS = list(csv.DictReader((CORPUS / "manifest.tsv").open(encoding="utf-8", newline=""), delimiter="\t"))


def text_of(name):
    return repair.repair(source.read(CORPUS / "raw" / name))


def test_manifest_and_folder_name_the_same_files():
    assert {row["path"] for row in ROWS} == {f"raw/{path.name}" for path in (CORPUS / "raw").iterdir()}
    assert len(ROWS) >= 12 and all(all(row.values()) for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["path"])
def test_files_are_unchanged_and_readable(row):
    data = (CORPUS / row["path"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == row["sha256"], "the file was edited, or its row is old"
    if row["encoding"] != "pdf":
        data.decode(row["encoding"])
    text = text_of(Path(row["path"]).name).text
    assert "妇联" in text and "\ufffd" not in text


@pytest.mark.parametrize(("damaged", "said"), [
    ("tianshui-2016.txt", "全年受理信访1187件次"),
    ("yiwu-2013.txt", "全年共接待来信来访来电487件"),
    ("jiangxi-2016.txt", "共受理群众来信、来访、来电和网络投诉9846件次"),
    ("yichang-2017.txt", "全市妇联系统受理信访742件次"),
    ("baoji-2011.pdf", "全市各级妇联共接待信访1024件"),
])
def test_what_was_damaged_reads_as_it_was_written(damaged, said):
    assert said in text_of(damaged).text


def test_several_summaries_in_one_file_are_split():
    assert len(structure.summaries(text_of("mianyang-2010-2012-2015.txt"))) == 3


def test_a_swallowed_digit_is_never_a_number():
    assert "其中婚姻家庭类871宗" not in text_of("dongguan-2011-half.txt").text
