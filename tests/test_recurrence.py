"""What recurs: tests that keep the false-alarm rate they claim, gaps that are no zeros, copies counted once."""

import json
from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wqnlp.compare import occurrences, recurring, recurring_of, spread, spread_of
from wqnlp.compare.trends import adjusted, change_point, trend
from wqnlp.library import open_store
from wqnlp.records import Copy, Document, Figure, Issue
from wqnlp.store.batch import extract

GOLD = Path(__file__).parent / "gold/dev/gold"
SERIES = 400


def rejected(test, size, ties, level=0.05):
    """How often a test finds something in series where nothing is."""
    rng = np.random.default_rng(size * 10 + ties)
    alarms = 0
    for _ in range(SERIES):
        values = rng.normal(20, 5, size)
        alarms += test(range(size), np.round(values / 4) if ties else values) <= level
    return alarms / SERIES


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("size", [4, 5, 6, 7, 10, 15])
def test_a_trend_is_seen_where_there_is_none_no_more_often_than_claimed(size, ties):
    assert rejected(lambda years, values: trend(years, values).p, size, ties) <= 0.05 + 2.5 * (0.05 * 0.95 / SERIES) ** .5


@pytest.mark.parametrize("size", [8, 12])
def test_a_change_is_seen_where_there_is_none_no_more_often_than_claimed(size):
    assert rejected(lambda years, values: change_point(years, values)[1], size, False) <= 0.08


def test_a_known_trend_is_seen_and_its_slope_lies_in_the_interval():
    rng = np.random.default_rng(1)
    found = [trend(range(10), 10 + 1.5 * np.arange(10) + rng.normal(0, 2.5, 10)) for _ in range(200)]
    assert sum(one.p <= 0.05 for one in found) / 200 > 0.9
    assert sum(one.low <= 1.5 <= one.high for one in found) / 200 >= 0.9


def test_of_many_comparisons_few_finds_are_false():
    rng = np.random.default_rng(2)
    shares = []
    for _ in range(60):
        still = [trend(range(9), rng.normal(20, 3, 9)).p for _ in range(30)]
        grown = [trend(range(9), rng.normal(20, 3, 9) + 3 * np.arange(9)).p for _ in range(10)]
        found = [q <= 0.05 for q in adjusted(still + grown)]
        shares.append(sum(found[:30]) / max(1, sum(found)))
    assert np.mean(shares) <= 0.06


def test_a_known_change_is_dated():
    assert change_point(range(2001, 2013), [5, 6, 5, 7, 6, 5, 15, 16, 14, 15, 17, 16])[0] == 2007
    assert change_point(range(7), range(7)) is None


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0, 3.0], [None] * 6])
def test_too_few_years_say_nothing(values):
    assert isnan(trend(range(len(values)), values).p)


def test_a_missing_year_is_no_zero():
    gap = trend([2006, 2007, 2009, 2010], [12.0, 14.0, 18.0, 20.0])
    assert (gap.slope, gap.tau) == (2.0, 1.0)
    assert trend(range(2006, 2011), [12.0, 14.0, None, 18.0, 20.0]).slope == pytest.approx(2.0)


def library(years, place="甲县", shares=None, code="110101"):
    """Documents and issues of one county: `years` maps a year to the issues it raises."""
    documents, issues = [], []
    for year, raised in years.items():
        name = f"{code}-{year}"
        documents.append(Document(doc_id=name, path="", start=0, end=9, title="", place=place, adcode=code, year=year,
                                  period_start=f"{year}-01-01", period_end=f"{year}-12-31"))
        issues += [Issue(doc_id=name, issue=issue, start=0, end=4, text="", salience="reported",
                         share=(shares or {}).get(year)) for issue in raised]
    return documents, issues


def patterns(years, **told):
    documents, issues = library(years, **told)
    return recurring(occurrences(documents, [], issues)).set_index("issue")


def test_chronic_new_gone_and_once():
    years = {2003 + n: ["marriage_family", *(["land_rights"] if n > 5 else ["trafficking"] if n < 3 else []),
                        *(["labour"] if n == 4 else [])] for n in range(9)}
    found = patterns(years)
    assert found["pattern"].to_dict() == {"marriage_family": "chronic", "land_rights": "new", "trafficking": "gone",
                                          "labour": "once"}
    assert found.loc["land_rights", "p"] == pytest.approx(1 / 84) and found.loc["marriage_family", "persistence"] == 1
    assert found.loc["land_rights", "first"] == 2009 and found.loc["trafficking", "last"] == 2005


def test_three_of_three_years_are_not_yet_chronic():
    assert patterns({y: ["labour"] for y in (2006, 2007, 2008)}).loc["labour", "pattern"] == "recurring"
    assert patterns({2006: ["labour"], 2007: []}).loc["labour", "pattern"] == "too_few"


def test_a_growing_share_is_called_so_only_with_enough_years():
    shares = {2003 + n: 10.0 + 2 * n for n in range(7)}
    grown = patterns({y: ["domestic_violence"] for y in shares}, shares=shares).loc["domestic_violence"]
    assert grown["pattern"] == "growing" and grown["slope"] == pytest.approx(0.02) and grown["supported"]
    four = dict(list(shares.items())[:4])
    assert patterns({y: ["domestic_violence"] for y in four}, shares=four).loc["domestic_violence", "pattern"] != "growing"


def test_years_without_a_summary_do_not_count():
    documents, issues = library({2003: ["labour"], 2009: ["labour"]})
    seen = occurrences(documents, [], issues)
    assert seen["year"].tolist() == [2003, 2009] and seen["raised"].all()


def test_copies_and_half_years_do_not_count():
    documents, issues = library({2006: ["labour"], 2007: ["labour"]})
    again = Document(doc_id="again", path="", start=0, end=9, title="", place="甲县", adcode="110101", year=2019,
                     copies=(Copy(doc_id="110101-2006", similarity=0.99, differs=("year",)),))
    half = Document(doc_id="half", path="", start=0, end=9, title="", place="甲县", adcode="110101", year=2012,
                    period_kind="half")
    more = [Issue(doc_id=d, issue="labour", start=0, end=4, text="", salience="reported") for d in ("again", "half")]
    told = {"start": 0, "end": 3, "sentence": "", "unit": "件", "kind": "count", "measure": "cases_received"}
    figures = [Figure(id=f"{d}:0", doc_id=d, text="186件", value=186, low=186, high=186, **told)
               for d in ("again", "110101-2006")]
    assert occurrences([*documents, again, half], figures, [*issues, *more])["year"].tolist() == [2006, 2007]


def test_spread_over_places():
    one, two = library({2006: ["labour"]}), library({2006: ["divorce"]}, place="乙县", code="110102")
    found = spread(occurrences(one[0] + two[0], [], one[1] + two[1])).set_index("issue")
    assert found.loc["labour", ["places", "raised", "spread"]].tolist() == [2, 1, 0.5]
    assert found.loc["labour", "low"] < 0.5 < found.loc["labour", "high"]


def test_the_gold_leads_to_its_passages():
    def rows(name):
        return [json.loads(line) for line in (GOLD / f"{name}.jsonl").read_text("utf-8").splitlines()]
    documents = [Document(**r) for r in rows("documents")]
    issues = pd.DataFrame([{"start": 0, "end": 1, "cases": None, "share": None, **r} for r in rows("issues")])
    seen = occurrences(documents, [], issues)
    assert not seen.duplicated(["place_id", "year", "issue"]).any() and set(seen["doc_id"]) <= {d.doc_id for d in documents}
    assert seen[~seen["raised"]]["share"].isna().all()
    found = spread(seen).set_index("issue")
    assert found.loc["domestic_violence", "spread"] > 0.7 and recurring(seen)["q"].dropna().between(0, 1).all()


def test_nothing_gives_empty_frames():
    seen = occurrences([], [], [])
    assert recurring(seen).empty and spread(seen).empty


def test_a_library_gives_what_its_frames_give(tmp_path):
    texts = sorted((GOLD.parent / "texts").glob("*.txt"))
    extract([*texts, *_again(texts[0], tmp_path)], store=tmp_path / "l.db")
    with open_store(tmp_path / "l.db") as held:
        seen = occurrences(held.documents(), held.figures(), held.table("issues"))
        pd.testing.assert_frame_equal(recurring_of(held), recurring(seen), check_dtype=False)
        for by in (("issue",), ("issue", "year")):
            pd.testing.assert_frame_equal(spread_of(held, by), spread(seen, by), check_dtype=False)
    assert len(seen)


def _again(text, folder):
    """The text once more under another year, a copy; and as that of a half-year, which counts in no frame."""
    told = text.read_text("utf-8")
    (folder / "2019.txt").write_text(told + "\n（转载）", "utf-8")
    (folder / "half.txt").write_text("丙县妇联2012年上半年维权工作总结\n上半年接待来访9件，其中拐卖妇女案2件。", "utf-8")
    return [folder / "2019.txt", folder / "half.txt"]
