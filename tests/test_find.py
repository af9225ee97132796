"""Every figure of a sentence, with value, bounds, unit and flags, and every other number set aside with its reason."""

import json
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standin import summary_of

from wqnlp import repair, structure
from wqnlp.figures import find
from wqnlp.source.base import Decoding, Source

CASES = Path(__file__).parent / "cases" / "figures"


def shelf(name):
    rows = [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()]
    return [pytest.param(row, id=row["text"][:24]) for row in rows]


def found(text):
    quantities, aside = find.candidates(summary_of("题目\n" + text))
    return [{"text": q.text, "value": q.value, "low": q.low, "high": q.high, "unit": q.unit} for q in quantities], aside


@pytest.mark.parametrize("row", [*shelf("wild"), *shelf("synthetic"), *shelf("negative")])
def test_figures_of_a_sentence(row):
    assert found(row["text"])[0] == row["figures"]


@pytest.mark.xfail(strict=True, reason="written down so that a cure is noticed")
@pytest.mark.parametrize("row", shelf("known_failures"))
def test_not_yet(row):
    assert found(row["text"])[0] == row["figures"]


@pytest.mark.parametrize(("text", "surface", "reason"), [
    ("2013年，接访12件。", "2013年", "date"), ("每日9:00接访。", "9:00", "clock_time"),
    ("王某，43岁。", "43岁", "age"),
    ("第十二届全国人大。", "第十二届", "ordinal"), ("拨打12338。", "12338", "phone"), ("“6·26”国际禁毒日。", "“6·26”", "named_day"),
    ("判处有期徒刑3年。", "有期徒刑3年", "term_of_sentence"), ("结婚19年屡遭殴打。", "19年", "duration"),
    ("做到“四必访”。", "“四必访”", "name"),
    ("1、加强领导。", "1、", "list_marker"), ("妇发〔2013〕15号文件。", "〔2013〕15号", "document_number"),
])
def test_reasons(text, surface, reason):
    assert (surface, reason) in [(one.text, one.reason) for one in found(text)[1]]


@pytest.mark.parametrize(("text", "flags"), [
    ("接访20xx多人次。", {"masked", "approximate"}), ("接访□00余人次。", {"damaged", "approximate"}), ("约3000人参加。", {"approximate"}),
    ("接访300人次。", set()),
])
def test_flags(text, flags):
    quantities, _ = find.candidates(summary_of("题目\n" + text))
    assert quantities[0].flags == flags


def test_a_cell_takes_its_unit_from_the_caption():
    text = ("甲市妇联2013年维权工作总结\n2013年各县情况如下。\n表1 2013年信访情况（单位：件）\n地区 | 总数 | 家暴\n甲县 | 46 | 31\n"
            "乙县 | 38 | 25\n合计 | 84 | 56\n二、主要做法\n举办培训班3期。\n")
    source = Source(path="t.txt", text=text, sha256="0" * 64, format="text",
                    decoding=Decoding(encoding="utf-8", reason="given", confidence=1.0))
    quantities, aside = find.candidates(structure.summaries(repair.repair(source))[0])
    assert [(q.value, q.unit) for q in quantities] == [(v, "件") for v in (46, 31, 38, 25, 84, 56)] + [(3, "期")]
    assert "表1" in " ".join(one.text for one in aside)


def test_every_run_of_digits_is_accounted_for():
    text = "题目\n2013年，接访12件，电话0731-8123456，A4纸，图3。1/2，7，见P12，x=3"
    summary = summary_of(text)
    quantities, aside = find.candidates(summary)
    covered = {at for one in (*quantities, *aside) for at in range(one.start, one.end)}
    assert [run[0] for run in re.finditer(r"\d+", text) if run.start() not in covered] == []


WORDS = st.sampled_from(["2013年", "12件", "约", "近", "、", "，", "。", "其中", "分别为", "三", "百", "余", "人次", "×", "□0",
                         "万元", "第", "“", "”", "%", "下降", "至", "8", "婚姻", "12338", "岁", "\n", "一", "个", "—", "."])


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=40).map("".join))
def test_spans_stay_inside_in_order_and_apart(text):
    summary = summary_of("题目\n" + text)
    quantities, aside = find.candidates(summary)
    for rows in (quantities, aside):
        edges = [(one.start, one.end) for one in rows]
        assert edges == sorted(edges)
        assert all(0 <= a < b <= summary.end for a, b in edges)
    for first, second in pairwise(quantities):
        assert first.end <= second.start
    covered = {at for one in (*quantities, *aside) for at in range(one.start, one.end)}
    assert all(at in covered for at, char in enumerate(summary.text) if char in "0123456789")


def test_time_grows_with_length():
    text = "接待来信来访1234件（次），其中婚姻家庭类占43.5%，2013年下降8%，约300余名妇女参加第三期“四必访”活动。\n"

    def seconds(times):
        summary = summary_of("题目\n" + text * times)
        start = time.process_time()
        find.candidates(summary)
        return time.process_time() - start

    seconds(10)
    assert seconds(4000) < 40 * seconds(400)


def of_lines(text):
    source = Source(path="t.txt", text=text, sha256="0" * 64, format="text",
                    decoding=Decoding(encoding="utf-8", reason="given", confidence=1.0))
    return find.candidates(structure.summaries(repair.repair(source))[0])[0]


def test_a_section_of_plans_holds_targets():
    text = ("甲市妇联2013年维权工作总结\n一、主要工作\n全年接访120件，已办结118件，培训维权骨干56人次，发放资料3000份。\n"
            "二、下一步打算\n新建维权站20个，培训骨干300人次。目前全市已有维权站15个。\n")
    assert [(q.text, "planned" in q.flags) for q in of_lines(text)] == [
        ("120件", False), ("118件", False), ("56人次", False), ("3000份", False), ("20个", True), ("300人次", True), ("15个", False)]


TOP, END = "甲市妇联2013年维权工作总结\n一、基本情况\n", "二、主要工作\n举办培训班3期。\n"


@pytest.mark.parametrize(("table", "cells"), [
    ("单位：件\n地区\t总数\t占比\n甲县\t46\t67.4%\n合计\t84\t66.7%\n", [(46, "件"), (67.4, "%"), (84, "件"), (66.7, "%")]),
    ("表1 统计表\n地区 | 受理数（件） | 救助金（万元） | 占比（%）\n甲县 | 46 | 3.1 | 67.4\n乙县 | XX | 2.5 | 65.8\n",
     [(46, "件"), (31000, "元"), (67.4, "%"), (None, "件"), (25000, "元"), (65.8, "%")]),
    ("|序号|乡镇|案件数|调解员人数|\n|---|---|---|---|\n|1|甲镇|46|12|\n|2|乙镇|38|9|\n",
     [(46, "件"), (12, "人"), (38, "件"), (9, "人")]),
    ("类别  2012年  2013年  增减\n来信  46件  31件  -15件\n来访  38人次  25人次  -13人次\n",
     [(46, "件"), (31, "件"), (-15, "件"), (38, "人次"), (25, "人次"), (-13, "人次")]),
])
def test_tables(table, cells):
    assert [(q.value, q.unit) for q in of_lines(TOP + table + END)] == [*cells, (3, "期")]


@pytest.mark.parametrize("unit", ["1", "一", "百万", "□", "“一", "1,111", "1 ", "1.", "12、", "1|", "1\n", "1-", "百分之一", "?1", " "])
def test_no_row_of_signs_is_slow(unit):
    def seconds(length):
        summary = summary_of("题目\n" + unit * (length // len(unit)))
        start = time.process_time()
        find.candidates(summary)
        return time.process_time() - start

    def least(length):
        return min(seconds(length) for _ in range(3))

    seconds(100)
    assert least(24_000) < max(12 * least(6_000), 1.0)
