"""The pipeline: every stage in turn, faults kept apart, order kept, one policy for a file given twice."""

import os
import shutil
from pathlib import Path

import pytest

from wqnlp import pipeline
from wqnlp.errors import DataError
from wqnlp.pipeline import Result, run, run_many
from wqnlp.records import TABLES
from wqnlp.span import replay

TEXTS = sorted((Path(__file__).parent / "gold" / "dev" / "texts").glob("*.txt"))


def test_one_file_gives_every_table():
    made = run(TEXTS[0])
    assert made.errors == []
    assert all(made.rows(table) for table in TABLES if table != "errors")
    assert made.documents[0].doc_id == f"{made.source.sha256[:12]}-0"
    assert {f.doc_id for f in made.figures} == {d.doc_id for d in made.documents}


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.stem)
def test_records_keep_the_contract(path):
    made = run(path)
    text, repaired = made.source.text, made.repaired
    assert replay(text, repaired.log) == repaired.text
    ids = [f.id for f in made.figures]
    assert len(set(ids)) == len(ids)
    for table in ("documents", "figures", "set_aside", "activities", "issues"):
        for record in made.rows(table):
            assert 0 <= record.start < record.end <= len(text)
    for f in made.figures:
        assert f.id == f"{f.doc_id}:{f.start}-{f.end}" and 0 <= f.confidence <= 1
        assert f.parent is None or f.parent in ids
        assert f.low is None or f.high is None or f.low <= f.high
        assert f.sentence and f.kind in ("count", "people", "money", "percent")
    for a in made.audits:
        assert set(a.figures) <= set(ids)
        assert (a.computed is None) == (a.status == "undetermined")


def test_the_same_bytes_give_the_same_records():
    assert run(TEXTS[1]).figures == run(TEXTS[1]).figures


def test_a_fault_in_a_late_stage_keeps_what_the_others_gave(monkeypatch):
    def falls(*_):
        raise ZeroDivisionError("division by zero")

    def refuses(*_):
        raise DataError("E41", "models/themes", "the folder is missing", "wqnlp train themes")

    monkeypatch.setattr(pipeline.issues, "find", falls)
    monkeypatch.setattr(pipeline.themes, "activities", refuses)
    made = run(TEXTS[0])
    assert made.figures and made.audits and not made.issues
    assert [(e.stage, e.error) for e in made.errors] == [("themes", "E41"), ("issues", "E99")]
    assert "wqnlp train themes" in made.errors[0].message
    assert str(TEXTS[0]) in made.errors[1].message and "ZeroDivisionError" in made.errors[1].message


def test_a_fault_in_one_summary_keeps_the_others(monkeypatch, tmp_path):
    whole = "\n\n".join(path.read_text("utf-8") for path in TEXTS[:3])
    (tmp_path / "three.txt").write_text(whole, "utf-8")
    sound = run(tmp_path / "three.txt")
    assert len(sound.documents) == 3
    asked = []

    def falls_once(summary, document, do=pipeline.figures.extract):
        asked.append(document.doc_id)
        if len(asked) == 2:
            raise RecursionError("too deep")
        return do(summary, document)

    monkeypatch.setattr(pipeline.figures, "extract", falls_once)
    made = run(tmp_path / "three.txt")
    lost = sound.documents[1].doc_id
    assert [f for f in sound.figures if f.doc_id != lost] == made.figures
    assert [(e.stage, e.error) for e in made.errors] == [("figures", "E99")]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_ctrl_c_is_not_swallowed(monkeypatch, stop):
    def stops(*_):
        raise stop

    monkeypatch.setattr(pipeline.audits, "restored", stops)
    with pytest.raises(stop):
        run(TEXTS[0])


def test_order_is_kept_with_any_number_of_processes(tmp_path):
    for number, path in enumerate(TEXTS[:4]):
        shutil.copy(path, tmp_path / f"{number}.txt")
    paths = [*sorted(map(str, tmp_path.iterdir())), str(tmp_path / "missing.txt")]
    alone, shared = list(run_many(paths)), list(run_many(paths, workers=2))
    assert [r.path for r in alone] == [r.path for r in shared] == paths
    assert [r.figures for r in alone] == [r.figures for r in shared]
    assert [e.error for e in shared[-1].errors] == ["E01"]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_bytes_are_counted_once(tmp_path, workers):
    for name in ("a.txt", "b.txt"):
        shutil.copy(TEXTS[0], tmp_path / name)
    first, second = run_many([tmp_path / "a.txt", tmp_path / "b.txt"], workers=workers)
    assert first.same_as is None and first.figures
    assert second.same_as == str(tmp_path / "a.txt") and not second.figures and not second.documents


def dies(name):
    """A file that takes its process down, as one does when memory runs out."""
    if "bad" in name:
        os._exit(9)
    return Result(path=name)


def test_a_process_that_dies_costs_only_its_own_file():
    names = [f"{n}" for n in range(6)] + ["bad"] + [f"{n}" for n in range(7, 20)]
    made = list(run_many(names, workers=2, work=dies))
    assert [r.path for r in made] == names
    assert [(r.path, r.errors[0].error) for r in made if r.errors] == [("bad", "E17")]


def test_results_come_as_they_are_made():
    asked = []

    def work(name):
        asked.append(name)
        return Result(path=name)

    results = run_many(["a", "b", "c"], work=work)
    assert next(results).path == "a" and asked == ["a"]
