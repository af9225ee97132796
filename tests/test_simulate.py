"""The damage simulator: gold goes along, equal seeds agree, and what is lost is said to be lost."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from wqnlp.quality import simulate
from wqnlp.quality.simulate import KINDS, damage, read_gold, several
from wqnlp.quality.simulate_base import Change, Draft, halved, lost_lead_bounds

GOLD = Path(__file__).parent / "gold" / "dev"
FILES = read_gold(GOLD)
DIGITS = {"byte_gloss", "traditional", "gloss", "spun", "redated", "year_masks", "furniture", "tag_residue",
          "hard_wrap", "set_apart"}


def digits(text):
    return re.sub(r"\D", "", halved(text))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_gold_goes_along(kind):
    for path, (text, rows) in FILES.items():
        shown, moved = damage(text, rows, kind, 7)
        before = sorted(rows["figures"], key=lambda row: (row["start"], row["end"]))
        after = sorted(moved["figures"], key=lambda row: (row["start"], row["end"]))
        assert len(before) == len(after)
        names = {row["id"] for row in after}
        for old, new in zip(before, after, strict=True):
            surface = shown[new["start"]:new["end"]]
            assert re.sub(r"[\n ]", "", new["text"]) == re.sub(r"[\n ]", "", surface) and surface, (path, old["text"])
            assert new["id"] == f"{new['doc_id']}:{new['start']}-{new['end']}"
            assert new.get("parent") is None or new["parent"] in names
            if new["value"] is not None and kind in DIGITS:
                assert digits(surface) == digits(old["text"]), (path, old["text"], surface)
            if {"masked", "damaged"} & set(new["flags"]):
                assert new["value"] is None
        for audit in moved["audits"]:
            assert set(audit["figures"]) <= names
        for row in [*moved["documents"], *moved["activities"]]:
            assert 0 <= row["start"] < row["end"] <= len(shown)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_equal_seeds_agree_and_others_differ(kind):
    text, rows = FILES["d03.txt"]
    untouched = json.dumps(rows, ensure_ascii=False)
    assert damage(text, rows, kind, 5) == damage(text, rows, kind, 5)
    assert json.dumps(rows, ensure_ascii=False) == untouched
    if kind in {"figure_masks", "mixed", "digits_dropped", "swallowed_digit"}:
        assert damage(text, rows, kind, 5) != damage(text, rows, kind, 6)


def test_swallowed_digits_follow_the_real_mechanism():
    found = 0
    for text, rows in FILES.values():
        shown, moved = damage(text, rows, "swallowed_digit", 7)
        for row in moved["figures"]:
            if "damaged" in row["flags"]:
                found += 1
                assert row["text"].startswith("?") and row["value"] is None
                assert row["low"] is None or row["low"] < row["high"]
                assert "?" in shown[row["start"] - 40:row["start"]]
    assert found > 20


def test_swallowed_digit_bounds():
    assert lost_lead_bounds({"value": 300.0, "high": 300.0}, "300") == (100, 999)
    assert lost_lead_bounds({"value": 30000.0, "high": 30000.0}, "3") == (10000, 90000)
    assert lost_lead_bounds({"value": 66.9, "high": 66.9}, "66.9") == (10, 99.9)
    assert lost_lead_bounds({"value": -4.2, "high": -4.2}, "4.2") == (-9.9, -1)
    assert lost_lead_bounds({"value": None, "high": 60}, "50") == (None, 60)


def test_masks_keep_the_bounds_of_the_digits_still_seen():
    partial = 0
    for text, rows in FILES.values():
        for row, old in zip(damage(text, rows, "figure_masks", 3)[1]["figures"], rows["figures"], strict=True):
            if row["value"] != old["value"] and re.match(r"\d", halved(row["text"])):
                partial += 1
                assert row["low"] <= old["value"] <= row["high"]
    assert partial


def test_audits_over_lost_figures_are_undetermined():
    for text, rows in FILES.values():
        moved = damage(text, rows, "figure_masks", 7)[1]
        lost = {row["id"] for row in moved["figures"] if "masked" in row["flags"]}
        for audit in moved["audits"]:
            if lost & set(audit["figures"]):
                assert audit["status"] == "undetermined"


def test_several_in_one_file():
    names = sorted(FILES)[:3]
    text, rows = several([FILES[name] for name in names], "three.txt")
    assert [row["path"] for row in rows["documents"]] == ["three.txt"] * 3
    assert all(text[row["start"]:row["end"]] == row["text"] for row in rows["figures"])
    assert {row["id"] for row in rows["figures"]} >= {i for audit in rows["audits"] for i in audit["figures"]}


def test_what_is_put_in_at_an_edge_stays_outside():
    draft = Draft("共287人次。", {"figures": [{"id": "d:1-6", "doc_id": "d", "start": 1, "end": 6, "text": ""}]})
    draft.apply([Change(1, 1, "(gòng)"), Change(6, 6, "(cì)"), Change(2, 2, "，")])
    assert draft.rows["figures"][0]["text"] == "2，87人次"


@pytest.mark.parametrize("kind", ["mixed", "several_in_one"])
def test_command_writes_the_layout_it_reads(tmp_path, kind):
    for out in ("one", "two"):
        done = CliRunner().invoke(simulate.main, [str(GOLD), str(tmp_path / out), "--kind", kind, "--seed", "7"])
        assert done.exit_code == 0, done.output
    files = [sorted((tmp_path / out).rglob("*.*")) for out in ("one", "two")]
    assert [p.read_bytes() for p in files[0]] == [p.read_bytes() for p in files[1]]
    again = read_gold(tmp_path / "one")
    assert sum(len(rows["figures"]) for _, rows in again.values()) == sum(len(r["figures"]) for _, r in FILES.values())


def test_command_names_a_missing_text(tmp_path):
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "documents.jsonl").write_text('{"doc_id": "d", "path": "gone.txt"}\n', "utf-8")
    done = CliRunner().invoke(simulate.main, [str(tmp_path), str(tmp_path / "out"), "--kind", "gloss"])
    assert done.exit_code != 0 and "gone.txt" in str(done.exception or done.output)
