"""Audits: each relation in each status, the tolerance of printed digits, and the dev gold."""

import json
import re
from pathlib import Path

import pytest

from wqnlp.audits import audit
from wqnlp.audits.base import judge
from wqnlp.records import Figure

GOLD = Path(__file__).parent / "gold" / "dev"
UNITS = {"%": "percent", "元": "money", "名": "people", "人次": "people"}


def told(text, *given):
    """Figures of a text: (surface, measure, surface of the parent, more fields), in reading order."""
    found, at = {}, 0
    for surface, measure, *rest in given:
        parent, more = (rest[0] if rest else None), (rest[1] if len(rest) > 1 else {})
        start = text.index(surface, at)
        end = at = start + len(surface)
        unit = re.sub(r"[\d.,万xX×]", "", surface).strip() or "件"
        raw = re.match(r"[\d.]+", surface)
        value = float(raw[0]) * (1e4 if "万" in surface else 1) if raw and not re.search("[xX×]", surface) else None
        here = max(text.rfind(mark, 0, start) for mark in "。\n") + 1
        stop = min([i for i in (text.find(mark, end) for mark in "。\n") if i >= 0] or [len(text)])
        above = found[parent].id if parent else None
        fields = {"role": "part" if above else "single", "value": value, "low": value, "high": value, "unit": unit,
                  "kind": UNITS.get(unit, "count"), "flags": ("masked",) if value is None and not more else ()} | more
        found[surface] = Figure(id=f"d:{start}-{end}", doc_id="d", start=start, end=end, text=surface, measure=measure,
                                sentence=text[here:stop + 1].strip(), parent=above, **fields)
    return found


def said(figures, kind=None):
    """Audits of the figures as (kind, status, surfaces)."""
    names = {figure.id: surface for surface, figure in figures.items()}
    found = [a for a in audit(figures.values()) if kind in (None, a.kind)]
    return [(a.kind, a.status, [names[i] for i in a.figures]) for a in found]


@pytest.mark.parametrize(("stated", "part", "total", "unit", "status"), [
    (43, 26, 60, 1, "consistent"), (16, 10, 60, 1, "rounding"), (76.3, 218, 287, .1, "inconsistent"),
    (13.6, 29, 212, .1, "rounding"), (100, 60, 60, 1, "consistent"), (0, 0, 60, 1, "consistent"),
    (17, 10, 60, 1, "consistent"), (18, 10, 60, 1, "inconsistent"), (66.67, 2, 3, .01, "consistent"),
])
def test_tolerance_is_that_of_the_printed_digits(stated, part, total, unit, status):
    exact = 100 * part / total
    assert judge(stated, exact, exact, unit) == status


@pytest.mark.parametrize(("share", "status"), [("43%", "consistent"), ("43.3%", "consistent"), ("44%", "rounding"),
                                               ("47%", "inconsistent"), ("34%", "inconsistent")])
def test_share_of_a_total(share, status):
    figures = told(f"全年接待60件，其中家庭暴力26件，占{share}。", ("60件", "cases_received"),
                   ("26件", "cases_received", "60件"), (share, "share"))
    assert said(figures) == [("ratio", status, [share, "26件", "60件"])]


def test_shares_dealt_out_and_taken_together():
    text = "接待327件，其中劳动类和财产类分别为43件和29件，分别占13.1%和8.9%，两类合计占22%。"
    figures = told(text, ("327件", "cases_received"), ("43件", "cases_received", "327件"),
                   ("29件", "cases_received", "327件"), ("13.1%", "share"), ("8.9%", "share"), ("22%", "share"))
    assert said(figures) == [("ratio", "consistent", ["13.1%", "43件", "327件"]),
                             ("ratio", "consistent", ["8.9%", "29件", "327件"]),
                             ("ratio", "consistent", ["22%", "43件", "29件", "327件"])]


def test_a_share_whose_total_was_not_linked_is_found_by_its_digits_and_never_contradicted():
    right = told("接待287件，家庭暴力218件，占76.0%。", ("287件", "cases_received"), ("218件", "cases_received"),
                 ("76.0%", "share"))
    assert said(right) == [("ratio", "consistent", ["76.0%", "218件", "287件"])]
    wrong = told("接待287件，家庭暴力218件，占76.3%。", ("287件", "cases_received"), ("218件", "cases_received"),
                 ("76.3%", "share"))
    assert said(wrong) == []


@pytest.mark.parametrize("text", ["接待60件，家庭暴力26件，占比较上年的41%有所上升。",
                                  "接待60件，其中家庭暴力26件，约占四成，满意率99%。"])
def test_percentages_that_are_no_share_of_the_part_before(text):
    share = re.search(r"\d+%", text)[0]
    measure = "satisfaction_rate" if "满意" in text else "share"
    figures = told(text, ("60件", "cases_received"), ("26件", "cases_received", "60件"),
                   (share, measure, None, {"flags": ("previous",)} if measure == "share" else {}))
    assert said(figures, "ratio") == []


def test_amount_a_head_chooses_the_people_it_fits():
    text = "为9012名妇女免费检查，向15名贫困母亲发放救助金15万元，每人10000元。"
    figures = told(text, ("9012名", "people_served"), ("15名", "people_aided"),
                   ("15万元", "funds", None, {"unit": "元", "kind": "money"}), ("10000元", "funds"))
    assert said(figures) == [("ratio", "consistent", ["10000元", "15万元", "15名"])]


@pytest.mark.parametrize(("last", "status"), [("51件", "consistent"), ("50件", None)])
def test_a_list_without_a_rest_is_a_sum_only_where_it_adds_up(last, status):
    figures = told(f"接待186件，其中来信14件，来访121件，来电{last}。", ("186件", "cases_received"),
                   ("14件", "cases_received", "186件"), ("121件", "cases_received", "186件"),
                   (last, "cases_received", "186件"))
    assert [s for _, s, _ in said(figures)] == ([status] if status else [])


def test_a_list_that_ends_in_the_rest_is_contradicted_by_a_slip():
    figures = told("接待327件，其中婚姻类214件；劳动类72件；人身类25件；其他19件。", ("327件", "cases_received"),
                   ("214件", "cases_received", "327件"), ("72件", "cases_received", "327件"),
                   ("25件", "cases_received", "327件"), ("19件", "cases_received", "327件"))
    [found] = audit(figures.values())
    assert (found.status, found.stated, found.computed, found.suggestion) == ("inconsistent", 327, 330, None)


def test_a_number_between_the_parts_that_was_not_read_silences_the_contradiction():
    figures = told("接待327件，其中婚姻类214件；劳动类69件；涉农类3件；其他19件。", ("327件", "cases_received"),
                   ("214件", "cases_received", "327件"), ("69件", "cases_received", "327件"),
                   ("19件", "cases_received", "327件"))
    assert said(figures) == []


def test_lost_zeros_are_suggested_and_not_corrected():
    figures = told("来电5件，其中家暴44件，离婚3件，其他4件。", ("5件", "cases_received"),
                   ("44件", "cases_received", "5件"), ("3件", "cases_received", "5件"),
                   ("4件", "cases_received", "5件"))
    assert said(figures) == []           # 51 is not 5 with zeros lost
    figures = told("来电5件，其中家暴44件，离婚3件，其他03件。", ("5件", "cases_received"),
                   ("44件", "cases_received", "5件"), ("3件", "cases_received", "5件"),
                   ("03件", "cases_received", "5件"))
    [found] = audit(figures.values())
    assert (found.status, found.stated, found.computed) == ("inconsistent", 5, 50)
    assert found.suggestion.startswith("50件") and "44+3+3=50" in found.suggestion


def test_parts_of_which_only_some_are_told_are_no_sum():
    figures = told("庇护受暴妇女7名，其中携带子女的3名、残疾妇女1名。", ("7名", "people_aided"),
                   ("3名", "people_aided", "7名"), ("1名", "people_aided", "7名"))
    assert said(figures) == []


def test_masked_members_leave_a_relation_undetermined():
    figures = told("接待2xx件，其中婚姻类1xx件，占58.4%；劳动类36件；人身类××件。", ("2xx件", "cases_received"),
                   ("1xx件", "cases_received", "2xx件"), ("58.4%", "share"), ("36件", "cases_received", "2xx件"),
                   ("××件", "cases_received", "2xx件"))
    assert sorted(said(figures)) == [("ratio", "undetermined", ["58.4%", "1xx件", "2xx件"]),
                                     ("sum", "undetermined", ["2xx件", "1xx件", "36件", "××件"])]
    assert all(a.computed is None for a in audit(figures.values()))


@pytest.mark.parametrize(("left", "status"), [("3件", "consistent"), ("4件", "inconsistent")])
def test_what_is_left_is_received_less_resolved(left, status):
    figures = told(f"受理34件，办结31件，其余{left}正在办理。", ("34件", "cases_received"),
                   ("31件", "cases_resolved", "34件"), (left, "cases_pending", "34件"))
    assert said(figures, "remainder") == [("remainder", status, [left, "34件", "31件"])]


CHANGE = "受理238件，比2009年的212件增加{}，增长{}。"


@pytest.mark.parametrize(("more", "percent", "statuses"), [
    ("26件", "12.3%", ["consistent", "consistent"]), ("25件", "12.3%", ["inconsistent", "inconsistent"]),
    ("26件", "12.2%", ["consistent", "rounding"]), ("26件", "13.9%", ["consistent", "inconsistent"])])
def test_a_change_with_its_base(more, percent, statuses):
    figures = told(CHANGE.format(more, percent), ("238件", "cases_received"), ("212件", "cases_received"),
                   (more, "change"), (percent, "change"))
    assert said(figures) == [("change", statuses[0], [more, "238件", "212件"]),
                             ("change", statuses[1], [percent, more, "212件"])]


@pytest.mark.parametrize(("text", "value", "status"), [
    ("全年接到276件，比去年同期减少31件，降幅10.1%。", -31, "consistent"),
    ("全年接到276件，比去年同期增加31件，增幅12.7%。", 31, "consistent"),
    ("全年接到276件，比去年同期减少31件，降幅11.2%。", -31, "inconsistent")])
def test_a_change_whose_base_is_not_printed_works_it_out(text, value, status):
    percent = re.search(r"[\d.]+%", text)[0]
    figures = told(text, ("276件", "cases_received"), ("31件", "change", None, {"value": value}), (percent, "change"))
    assert said(figures) == [("change", status, [percent, "31件", "276件"])]


def test_percentage_points_lie_between_percentages():
    text = "婚姻类812件，占68.4%，比上年的71.9%下降3.5个百分点。"
    points = ("3.5个百分点", "change", None, {"unit": "个百分点", "kind": "percent", "value": -3.5})
    figures = told(text, ("812件", "cases_received"), ("68.4%", "share"), ("71.9%", "share"), points)
    assert said(figures, "change") == [("change", "consistent", ["3.5个百分点", "68.4%", "71.9%"])]


@pytest.mark.parametrize(("again", "status"), [("94件", "consistent"), ("96件", "inconsistent"), ("960件", None)])
def test_a_number_said_twice(again, status):
    text = f"全县共接待信访94件，其中婚姻61件。\n回顾上半年，{again} 信访件件有回音。"
    figures = told(text, ("94件", "cases_received", None, {"role": "total"}), ("61件", "cases_received", "94件"))
    figures["again"] = told(text, (f"{again} ", "cases_received"))[f"{again} "] if again != "94件" else \
        Figure(**{**{k: getattr(figures["94件"], k) for k in Figure.__slots__}, "id": "d:again", "start": 40, "end": 43,
                  "role": "single", "sentence": text.split("\n")[1]})
    found = [a for a in audit(figures.values()) if a.kind == "restatement"]
    assert [a.status for a in found] == ([status] if status else [])


def test_nothing_relates_across_documents():
    figures = told("接待60件，其中26件，占43%。", ("60件", "cases_received"), ("26件", "cases_received", "60件"),
                   ("43%", "share"))
    moved = [Figure(**{**{k: getattr(f, k) for k in Figure.__slots__}, "doc_id": f"d{n}"})
             for n, f in enumerate(figures.values())]
    assert audit(moved) == []


def gold_figures():
    documents = {row["doc_id"]: row for row in map(json.loads, (GOLD / "gold/documents.jsonl").open(encoding="utf-8"))}
    texts = {key: (GOLD / "texts" / row["path"]).read_bytes().decode("utf-8") for key, row in documents.items()}
    for row in map(json.loads, (GOLD / "gold/figures.jsonl").open(encoding="utf-8")):
        text = texts[row["doc_id"]]
        start = max(text.rfind(mark, 0, row["start"]) for mark in "。！？\n") + 1
        end = min([i for i in (text.find(mark, row["end"]) for mark in "。！？\n") if i >= 0] or [len(text)])
        known = {key: value for key, value in row.items() if key in Figure.__slots__}
        yield Figure(**(known | {"sentence": text[start:end + 1].strip(), "flags": tuple(row["flags"])}))


def test_gold_figures_give_the_gold_audits_and_no_false_alarm():
    gold = [json.loads(line) for line in (GOLD / "gold/audits.jsonl").open(encoding="utf-8")]
    wanted = {(row["kind"], tuple(sorted(row["figures"]))): row["status"] for row in gold}
    given = {(a.kind, tuple(sorted(a.figures))): a.status for a in audit(gold_figures())}
    shared = wanted.keys() & given.keys()
    assert 2 * len(shared) / (len(wanted) + len(given)) > 0.95
    assert sum(wanted[key] == given[key] for key in shared) / len(shared) > 0.98
    assert not [key for key, status in given.items() if status == "inconsistent" and wanted.get(key) != "inconsistent"]


def test_figures_lost_or_unlinked_raise_no_false_alarm():
    """Every tenth figure gone, every seventh without its parent: what is left must not accuse a sound sum."""
    gold = [json.loads(line) for line in (GOLD / "gold/audits.jsonl").open(encoding="utf-8")]
    wrong = {tuple(sorted(row["figures"])) for row in gold if row["status"] == "inconsistent"}
    alarms = 0
    for shift in range(10):
        figures = [f for n, f in enumerate(gold_figures()) if (n + shift) % 10]
        kept = {f.id for f in figures}
        figures = [Figure(**{**{k: getattr(f, k) for k in Figure.__slots__},
                             "parent": f.parent if f.parent in kept and (n + shift) % 7 else None})
                   for n, f in enumerate(figures)]
        alarms += sum(a.status == "inconsistent" and tuple(sorted(a.figures)) not in wrong for a in audit(figures))
    assert alarms <= 10                  # one in a run of fourteen summaries at worst


def test_a_long_summary_takes_time_in_proportion():
    import time

    def seconds(times):
        figures = []
        for n in range(times):
            for f in told(f"第{n}村接待60件，其中26件，占43%，比上年的41%高。", ("60件", "cases_received"),
                          ("26件", "cases_received", "60件"), ("43%", "share")).values():
                parent = f.parent and f"{n}-{f.parent}"
                figures.append(Figure(**{**{k: getattr(f, k) for k in Figure.__slots__}, "id": f"{n}-{f.id}",
                                         "start": f.start + 100 * n, "end": f.end + 100 * n, "parent": parent}))
        start = time.process_time()
        assert len(audit(figures)) == times
        return time.process_time() - start

    short, long = (min(seconds(times) for _ in range(3)) for times in (400, 4000))
    assert long < 40 * max(short, 0.005)             # ten times the length; a hundred times the time if quadratic


def test_what_stands_in_a_closed_bracket_is_not_what_the_share_is_of():
    text = "接待60人次，其中婚姻类44起（家暴34起，离婚10起），占73%；劳动类11起（欠薪3起，医疗8起），占18%；其他5起。"
    cases = "cases_received"
    figures = told(text, ("60人次", "case_visits"), ("44起", cases, "60人次"), ("34起", cases, "44起"),
                   ("10起", cases, "44起"), ("73%", "share"), ("11起", cases, "60人次"), ("3起", cases, "11起"),
                   ("8起", cases, "11起"), ("18%", "share"), ("5起", cases, "60人次"))
    assert sorted(said(figures)) == [
        ("ratio", "consistent", ["18%", "11起", "60人次"]), ("ratio", "consistent", ["73%", "44起", "60人次"]),
        ("sum", "consistent", ["11起", "3起", "8起"]), ("sum", "consistent", ["44起", "34起", "10起"]),
        ("sum", "consistent", ["60人次", "44起", "11起", "5起"])]


def test_a_rate_in_the_next_sentence():
    figures = told("受理60件，处理58件。半年的处理率为97%。", ("60件", "cases_received"),
                   ("58件", "cases_resolved", "60件"), ("97%", "resolution_rate"))
    assert said(figures) == [("ratio", "consistent", ["97%", "58件", "60件"])]


def test_broken_characters_before_a_number_leave_the_relation_undetermined():
    figures = told("接待?38件，其中家暴19件，占70.4%。", ("38件", "cases_received"), ("19件", "cases_received", "38件"),
                   ("70.4%", "share"))
    assert said(figures) == [("ratio", "undetermined", ["70.4%", "19件", "38件"])]


@pytest.mark.parametrize("value", [35., 33.33])
def test_a_third_is_said_roughly(value):
    third = ("三分之一", "share", None, {"value": 33.33, "unit": "%", "kind": "percent"})
    figures = told(f"接待1000件，其中家暴{value * 10:.0f}件，占三分之一。", ("1000件", "cases_received"),
                   (f"{value * 10:.0f}件", "cases_received", "1000件"), third)
    assert [status for _, status, _ in said(figures)] == ["consistent"]
