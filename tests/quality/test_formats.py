"""The scores of the formats: floors that hold, and the arithmetic of the harness."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import formats
import gate

PINNED = json.loads(formats.RESULT.read_text("utf-8"))
TEXT = {"format": "text", "manner": "plain", "reader": "text", "errors": {}, "found": 1.0, "complete": 0.99, "false_per_document": 0.0,
        "invented": 0, "seconds": 1.0}


READ = sorted({way.format for way in formats.render.WAYS if way.name in PINNED["floors"] and not way.recognised})


@pytest.mark.slow
@pytest.mark.parametrize("form", READ)                   # scans take minutes: they are held by the command alone
def test_no_format_falls_under_its_floors(form):
    if not gate.SCORER.is_file():
        pytest.skip("the scorer stands in the folder shared, which is not beside this repository")
    ways = {way.name for way in formats.render.WAYS if way.format == form}
    floors = {name: floor for name, floor in PINNED["floors"].items() if name in ways}
    assert formats.faults(formats.run([form]), {**PINNED, "floors": floors}) == []


def test_every_way_has_its_floors():
    assert set(PINNED["floors"]) == {way.name for way in formats.render.WAYS}


def test_the_pinned_floors_are_of_the_gold_in_this_repository():
    assert PINNED["gold"] == gate.fingerprint("dev")
    assert not [name for name, floors in PINNED["floors"].items() if floors["invented"]], "a value was given where the digits are lost"


@pytest.mark.parametrize(("path", "known"), [
    ("/in/d03.docx", ("d03", 1)), ("/in/d03_2.html", ("d03", 2)), ("/in/all.zip/总结/下/d14.txt", ("d14", 1)),
    ("/in/d01.eml/d01 工作总结.docx", ("d01", 1)), ("/in/all.zip!旧.zip!d02.pdf", ("d02", 1)), ("/in/readme.txt", None),
    ("/in/d011.txt", None)])
def test_which_summary_a_file_holds(path, known):
    assert formats.summary_of(path, [f"d{n:02}" for n in range(1, 15)]) == known


def test_the_second_page_is_put_behind_the_first(tmp_path):
    out, made = tmp_path / "out", tmp_path / "made"
    out.mkdir()
    rows = [{"doc_id": "a", "path": "/in/d01.html", "start": 0, "end": 9}, {"doc_id": "b", "path": "/in/d01_2.html", "start": 0, "end": 9}]
    (out / "documents.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (out / "figures.jsonl").write_text(json.dumps({"doc_id": "b", "start": 3, "end": 5}), "utf-8")
    formats.gather(out, Path("/in"), ["d01"], made)
    assert [row["path"] for row in formats.rows_of(made / "documents.jsonl")] == ["d01.txt", "d01.txt"]
    assert formats.rows_of(made / "figures.jsonl")[0]["start"] == formats.PAGE + 3


@pytest.mark.parametrize(("changed", "fault"), [
    ({}, False), ({"found": 0.97}, True), ({"false_per_document": 0.2}, True), ({"invented": 1}, True), ({"reader": None}, True),
    ({"found": 1.0}, False)])
def test_what_is_a_fault(changed, fault):
    pinned = {"gold": gate.fingerprint("dev"), "floors": formats.floors_of({"text plain": {**TEXT, "found": 0.98}})}
    assert bool(formats.faults({"text plain": {**TEXT, **changed}}, pinned)) is fault


def test_floors_only_rise_unless_lowered():
    pinned = {"floors": {"text plain": {"found": 0.99}}}
    rows = {"text plain": {**TEXT, "found": 0.95}}
    assert formats.repin(rows, pinned, lower=False)["text plain"]["found"] == 0.99
    assert formats.repin(rows, pinned, lower=True)["text plain"]["found"] == 0.95


def test_a_format_without_a_reader_is_told_so():
    none = {**TEXT, "format": "docx", "reader": None, "errors": {"E05": 14}}
    told = formats.table({"text plain": TEXT, "docx plain": none}, markdown=False)
    assert "no reader (E05 × 14)" in told
    assert "docx" not in formats.table({"text plain": TEXT, "docx plain": none}, markdown=True)
