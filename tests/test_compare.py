"""Place by year: the right total, one text once, half-years apart, nothing that stands in no table."""

import json
from pathlib import Path

import pandas as pd
import pytest

from wqnlp.compare import cells, clusters, counted_once, panel, panel_of, rates
from wqnlp.compare.choose import choose
from wqnlp.errors import NotInLibrary
from wqnlp.records import Copy, Document, Evidence, Figure, row

GOLD = Path(__file__).parent / "gold/dev/gold"
WANTED = {"d01": (186, 47), "d02": (212, 51), "d03": (238, 52), "d04": (1268, 326), "d05": (1187, 371),
          "d06": (1043, 287), "d07": (9846, 2104), "d08": (63, None), "d09": (None, 94), "d10": (216, 55),
          "d11": (94, None), "d12": (164, 42), "d13": (None, None), "d14": (327, 86)}


def rows(name):
    return [json.loads(line) for line in (GOLD / f"{name}.jsonl").read_text("utf-8").splitlines()]


def sentence(text, told):
    """The sentence around a figure."""
    start = max(text.rfind(end, 0, told["start"]) for end in "。\n") + 1
    return text[start:min(i for end in "。\n" if (i := f"{text}{end}".find(end, told["end"])) >= 0)]


@pytest.fixture(scope="module")
def gold():
    documents = [Document(**r) for r in rows("documents")]
    texts = {p.stem: p.read_text("utf-8") for p in (GOLD.parent / "texts").glob("*.txt")}
    figures = [Figure(**{**r, "sentence": sentence(texts[r["doc_id"]], r), "flags": tuple(r["flags"])})
               for r in rows("figures")]
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


def test_the_own_desk_is_told_from_the_whole_place(gold):
    whole = panel(*gold, ["cases_received", "case_visits"]).set_index("doc_id")
    own = panel(*gold, ["cases_received", "case_visits"], office="own").set_index("doc_id")
    assert (own.loc["d04", "value"], own.loc["d07", "value"]) == (214, 527) and own.loc["d01", "status"] == "none"
    assert "其中本级214件次" in whole.loc["d04", "note"] and whole.loc["d04", "value"] == 1268


def test_what_those_below_report_never_answers():
    below = figure("a", 900, 60, sentence="县区妇联接待900件", text="900件")
    assert panel([document("a")], [below, figure("a", 120)]).loc[0, "value"] == 120
    assert panel([document("a")], [below]).loc[0, "status"] == "none"


def test_a_county_is_one_row_of_cells_through_its_renamings():
    documents = [document("a", year=1995, place="浙江省杭州市临安县", adcode="330124", period_start="1995-01-01",
                          period_end="1995-12-31"),
                 document("b", year=2018, place="浙江省杭州市临安区", adcode="330112", period_start="2018-01-01",
                          period_end="2018-12-31")]
    found = cells(panel(documents, [figure("a", 80), figure("b", 120)]))
    assert set(found["place"]) == {"浙江省杭州市临安区"} and found["value"].tolist() == [80, 120]


def test_half_years_are_never_cells_of_years_and_gaps_are_said():
    documents = [document("a"), document("b", year=2008, period_start="2008-01-01", period_end="2008-12-31"),
                 document("h", year=2007, period_kind="half", period_start="2007-01-01", period_end="2007-06-30")]
    found = cells(panel(documents, [figure("a", 80), figure("b", 120), figure("h", 50)]), every_year=True)
    assert found[["year", "status"]].values.tolist() == [[2006, "given"], [2007, "no_summary"], [2008, "given"]]
    assert pd.isna(found.loc[1, "value"])


def test_two_summaries_that_disagree_make_no_value():
    found = cells(panel([document("a"), document("b")], [figure("a", 80), figure("b", 120)]))
    assert found.loc[0, "status"] == "disputed" and pd.isna(found.loc[0, "value"]) and "120件" in found.loc[0, "note"]


def test_rates_only_of_two_given_numbers_of_one_unit(gold):
    told = ["cases_received", "case_visits"]
    found = rates(panel(*gold, told, "domestic_violence"), panel(*gold, told)).set_index("doc_id")
    assert found.loc["d01", "value"] == pytest.approx(47 / 186) and found.loc["d13", "status"] != "given"
    given = found[found["status"] == "given"]
    assert ((given["low"] < given["value"]) & (given["value"] < given["high"])).all() and len(given) >= 9
    assert found[found["status"] != "given"]["value"].isna().all()


def test_a_part_larger_than_its_whole_has_no_rate():
    figures = [figure("a", 80), figure("a", 120, 50, issue="domestic_violence")]
    found = rates(panel([document("a")], figures, issue="domestic_violence"), panel([document("a")], figures))
    assert found.loc[0, "status"] == "inconsistent" and pd.isna(found.loc[0, "value"])


def test_why_a_copy_is_taken_as_the_original():
    clash = {"year": (Evidence(rule="title_year", start=0, end=4, confidence=0.8, value="2023"),
                      Evidence(rule="law", start=9, end=14, confidence=0.7, value="2009"))}
    sound = {"year": (Evidence(rule="title_year", start=0, end=4, confidence=0.8, value="2009"),
                      Evidence(rule="law", start=9, end=14, confidence=0.7, value="2009"))}
    [found] = clusters([_copy("a", 2023, evidence=clash), _copy("b", 2009, evidence=sound)], {})
    assert found.original.doc_id == "b" and "法规" in found.why


def test_the_panel_of_a_library_is_that_of_its_frames(tmp_path):
    import wqnlp
    texts = sorted((GOLD.parent / "texts").glob("d0[1-4].txt"))
    again = tmp_path / "again.txt"
    again.write_text(texts[0].read_text("utf-8").replace("2006年", "2019年"), "utf-8")
    wqnlp.extract([*texts, again], store=tmp_path / "library.db")
    with wqnlp.open_store(tmp_path / "library.db") as library:
        for issue in (None, "domestic_violence"):
            whole = panel(library.documents(), library.figures(), ["cases_received", "case_visits"], issue)
            pd.testing.assert_frame_equal(panel_of(library, ["cases_received", "case_visits"], issue), whole)
    assert len(whole) == 4


def test_what_became_of_all_cases_is_the_total_of_its_kind():
    received = figure("a", 237, role="total")
    resolved = figure("a", 233, 40, role="part", parent=received.id, measure="cases_resolved")
    quarter = figure("a", 62, 80, role="part", parent="a:99-103", measure="cases_resolved")
    found = panel([document("a")], [received, resolved, quarter], "cases_resolved")
    assert found.loc[0, "value"] == 233
