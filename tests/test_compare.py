"""Place by year: the right total, one text once, half-years apart, nothing that stands in no table."""

import json
from pathlib import Path

import pandas as pd
import pytest

from wqnlp.compare import counted_once, panel
from wqnlp.compare.choose import choose
from wqnlp.errors import NotInLibrary
from wqnlp.records import Copy, Document, Evidence, Figure, row

GOLD = Path(__file__).parent / "gold/dev/gold"
WANTED = {"d01": (186, 47), "d02": (212, 51), "d03": (238, 52), "d04": (1268, 326), "d05": (1187, 371),
          "d06": (1043, 287), "d07": (9846, 2104), "d08": (63, None), "d09": (None, 94), "d10": (216, 55),
          "d11": (94, None), "d12": (164, 42), "d13": (None, None), "d14": (327, 86)}


def rows(name):
    return [json.loads(line) for line in (GOLD / f"{name}.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def gold():
    documents = [Document(**r) for r in rows("documents")]
    figures = [Figure(**{"sentence": "", **r, "flags": tuple(r["flags"])}) for r in rows("figures")]
    return documents, figures


def document(doc_id, **fields):
    return Document(**{"doc_id": doc_id, "path": "", "start": 0, "end": 9, "title": "", "year": 2006, "place": "甲县",
                       "adcode": "110000", "period_start": "2006-01-01", "period_end": "2006-12-31", **fields})


def figure(doc_id, value, start=0, /, **fields):
    told = {"id": f"{doc_id}:{start}-{start + 3}", "doc_id": doc_id, "start": start, "end": start + 3,
            "text": f"{value}件", "sentence": "", "unit": "件", "value": value, "low": value, "high": value,
            "kind": "count", "measure": "cases_received"}
    return Figure(**{**told, **fields})


@pytest.mark.parametrize(("issue", "column"), [(None, 0), ("domestic_violence", 1)])
def test_the_gold_summaries(gold, issue, column):
    found = panel(*gold, ["cases_received", "case_visits"], issue)
    values = {r.doc_id: None if pd.isna(r.value) else int(r.value) for r in found.itertuples()}
    assert values == {name: pair[column] for name, pair in WANTED.items()}


def test_every_value_is_that_of_its_figure(gold):
    by_id = {f.id: f for f in gold[1]}
    found = panel(*gold)
    for one in found[found["figure_id"].notna()].itertuples():
        assert one.value == by_id[one.figure_id].value or (pd.isna(one.value) and by_id[one.figure_id].value is None)
    assert found[found["figure_id"].isna()]["value"].isna().all()


def test_a_masked_total_is_missing_with_its_bounds_and_reason(gold):
    [one] = panel(*gold).query("doc_id == 'd13'").to_dict("records")
    assert pd.isna(one["value"]) and (one["low"], one["high"], one["status"]) == (200, 299, "masked")
    assert "2xx件" in one["note"] and "年份不详" in one["note"]


def test_half_years_and_quarters_keep_their_kind(gold):
    kinds = panel(*gold).set_index("doc_id")["period_kind"]
    assert (kinds["d10"], kinds["d11"], kinds["d09"], kinds["d01"]) == ("quarter", "half", "partial", "annual")


@pytest.mark.parametrize("fields", [
    {"flags": ("previous",)}, {"flags": ("planned",)}, {"flags": ("quoted",)}, {"flags": ("duplicate",)},
    {"actor": "court"}, {"period_start": "2005-01-01", "period_end": "2005-12-31"},
    {"period_start": "2001-01-01", "period_end": "2006-12-31"},
    {"kind": "percent"}, {"measure": "cases_resolved"}, {"issue": "labour"}])
def test_what_is_not_the_years_total(fields):
    chosen = choose(document("a"), [figure("a", 999, **fields), figure("a", 120, 50)], ["cases_received"], None)
    assert chosen.figure.value == 120


def test_a_narrower_period_is_said_and_kept_apart():
    found = panel([document("a")], [figure("a", 80, period_start="2006-01-01", period_end="2006-06-30")])
    assert found.loc[0, "period_kind"] == "half" and "2006-06-30" in found.loc[0, "note"]


def test_a_year_has_no_fewer_cases_than_its_first_ten_months():
    ten = figure("a", 329, period_start="2006-01-01", period_end="2006-10-31")
    found = panel([document("a")], [ten, figure("a", 51, 50)])
    assert found.loc[0, "value"] == 329 and found.loc[0, "period_kind"] == "partial"
    found = panel([document("a")], [ten, figure("a", 402, 50)])
    assert found.loc[0, "value"] == 402 and found.loc[0, "period_kind"] == "annual"


def test_a_masked_year_is_not_replaced_by_its_half():
    half = figure("a", 80, period_start="2006-01-01", period_end="2006-06-30")
    masked = figure("a", 0, 50, value=None, low=None, high=None, flags=("masked",), role="total")
    assert panel([document("a")], [half, masked]).loc[0, "status"] == "masked"


def test_two_single_figures_are_told():
    found = panel([document("a")], [figure("a", 80), figure("a", 120, 50)])
    assert found.loc[0, "value"] == 120 and "80件" in found.loc[0, "note"]


def test_parts_never_stand_for_a_total():
    parts = [figure("a", 80, role="part", parent="a:9-9"), figure("a", 40, 50, role="part", parent="a:9-9")]
    assert panel([document("a")], parts).loc[0, "status"] == "none"


def _copy(doc_id, year, **fields):
    return document(doc_id, year=year, copies=tuple(Copy(doc_id=o, similarity=0.95, differs=("year",)) for o in "abc"
                                                    if o != doc_id), **fields)


def test_one_text_under_three_years_is_counted_once():
    documents = [_copy("a", 2023), _copy("b", 2009), _copy("c", None)]
    found = panel(documents, [figure(d, v, s) for d in "abc" for v, s in ((186, 0), (47, 30))])
    assert found[["year", "doc_id"]].values.tolist() == [[2009, "b"]]
    assert "2023年" in found.loc[0, "note"] and "只计一次" in found.loc[0, "note"]


def test_the_surer_year_stands_for_the_copies():
    sure = {"year": (Evidence(rule="law", start=0, end=4, confidence=0.9),)}
    kept, left = counted_once([_copy("a", 2023, evidence=sure), _copy("b", 2009)], {})
    assert [d.doc_id for d in kept] == ["a"] and left == {"b": "a"}


def test_a_form_filled_in_anew_counts_both_years():
    figures = [figure("a", 186), figure("a", 47, 30), figure("b", 212), figure("b", 51, 30)]
    assert sorted(panel([_copy("a", 2006), _copy("b", 2007)], figures)["year"]) == [2006, 2007]


def test_frames_give_what_records_give(gold):
    frames = [pd.DataFrame([row(r) for r in table]) for table in gold]
    pd.testing.assert_frame_equal(panel(*frames), panel(*gold))


def test_no_summary_gives_an_empty_frame_with_its_columns():
    found = panel([], [])
    assert found.empty and "figure_id" in found


@pytest.mark.parametrize("wrong", [{"measure": "beans"}, {"issue": "beans"}])
def test_an_unknown_code_is_refused(gold, wrong):
    with pytest.raises(NotInLibrary, match="E62 beans"):
        panel(*gold, **wrong)
