"""The gold of the repository: built from its sources, spans that hold what they say, sums as their status says."""

import json
from pathlib import Path

import pytest

from wqnlp import vocab
from wqnlp.errors import DataError
from wqnlp.quality.goldset import build, parse

GOLD = Path(__file__).parent / "gold"
SETS = sorted(path.parent.name for path in GOLD.glob("*/texts"))
HEAD = "---\ntitle: 总结\nyear: 2010\n{}---\n总结\n"


def rows(name, table):
    return [json.loads(line) for line in (GOLD / name / "gold" / f"{table}.jsonl").read_text("utf-8").splitlines()]


def texts(name):
    return {path.stem: path.read_bytes().decode() for path in (GOLD / name / "texts").glob("*.txt")}


@pytest.mark.parametrize("name", sorted(path.parent.name for path in GOLD.glob("*/src")))
def test_gold_is_what_its_sources_say(name, tmp_path):
    build(GOLD / name / "src", tmp_path)
    for path in sorted(tmp_path.rglob("*.*")):
        assert path.read_bytes() == (GOLD / name / path.relative_to(tmp_path)).read_bytes(), f"rebuild {path.name}"


@pytest.mark.parametrize("name", SETS)
def test_spans_codes_and_bounds(name):
    text = texts(name)
    for row in rows(name, "figures"):
        assert text[row["doc_id"]][row["start"]:row["end"]] == row["text"]
        assert row["measure"] in vocab.codes("measures")
        assert row["issue"] is None or row["issue"] in vocab.codes("issues")
        if None not in (row["low"], row["high"]):
            assert row["low"] <= row["high"]
        assert not (row["value"] is not None and {"masked", "damaged"} & set(row["flags"]))
    ids = {row["id"]: row for row in rows(name, "figures")}
    assert all(row["parent"] in ids for row in ids.values() if row["parent"])
    assert all(figure in ids for row in rows(name, "audits") for figure in row["figures"])


@pytest.mark.parametrize("name", SETS)
def test_sums_are_what_their_status_says(name):
    values = {row["id"]: row["value"] for row in rows(name, "figures")}
    for row in rows(name, "audits"):
        stated, *parts = [values[figure] for figure in row["figures"]]
        if row["kind"] == "sum":
            known = None not in (stated, *parts)
            right = "consistent" if known and abs(stated - sum(parts)) < 1e-6 else \
                "inconsistent" if known else "undetermined"
            assert row["status"] == right, row


@pytest.mark.parametrize(("body", "fault"), [
    ("接听{{12次|id=f1;v=12;m=consultations;p=f9}}", "unknown parent"),
    ("接听{{12次|id=f1;v=12;m=calls}}", "not one of the measures"),
    ("@hot_line@ 接听热线", "not in the taxonomy"),
])
def test_a_slip_of_the_author_is_named(body, fault):
    with pytest.raises(DataError, match=fault):
        parse(HEAD.format("") + body, "x")


def test_an_audit_line_must_be_one():
    with pytest.raises(DataError, match="not an audit line"):
        parse(HEAD.format("audit: f1 = f2\n") + "全文", "x")
