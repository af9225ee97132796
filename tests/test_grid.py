"""Tables of running text: heads on two levels, empty cells, sub-totals, years, transposed tables."""

import pytest

from wqnlp.figures.lattice import split
from wqnlp.pipeline import run_text

TOP = "江平县妇联2013年维权工作总结\n全县各级妇联认真接待群众来信来访，现将情况列表如下。\n"
END = "\n今后，要继续做好信访接待工作。"


def told(table):
    found = run_text(TOP + table + END).figures
    names = {f.id: f.text for f in found}
    return [(f.text, f.unit, f.measure, f.issue, names.get(f.parent)) for f in found]


@pytest.mark.parametrize("mark", [" | ", "\t"])
def test_two_heads_empty_cells_and_a_part(mark):
    rows = [["类别", "来信来访", "", "来电"], ["", "件数", "人次", "件数"], ["婚姻家庭", "31", "", "12"],
            ["其中：家庭暴力", "11", "15", "—"], ["合计", "40", "46", "13"]]
    assert told("\n".join(mark.join(row) for row in rows)) == [
        ("31", "件", "cases_received", "marriage_family", "40"), ("12", "件", "cases_received", "marriage_family", "13"),
        ("11", "件", "cases_received", "domestic_violence", "31"), ("15", "人次", "case_visits", "domestic_violence", "46"),
        ("40", "件", "cases_received", None, None), ("46", "人次", "case_visits", None, None),
        ("13", "件", "cases_received", None, None)]


def test_measures_as_rows():
    assert told("项目 | 一季度 | 二季度\n接待来访（人次） | 62 | 71\n调解成功（件） | 25 | 30\n调解成功率（%） | 40 | 42") == [
        ("62", "人次", "case_visits", None, None), ("71", "人次", "case_visits", None, None),
        ("25", "件", "cases_resolved", None, None), ("30", "件", "cases_resolved", None, None),
        ("40", "%", "resolution_rate", None, None), ("42", "%", "resolution_rate", None, None)]


def test_heads_of_case_statistics_need_no_unit():
    assert told("乡镇 | 收案 | 结案 | 结案率 | 热线\n东游镇 | 25 | 20 | 80% | 6\n合计 | 25 | 20 | 80% | 6") == [
        ("25", "件", "cases_received", None, "25"), ("20", "件", "cases_resolved", None, "25"), ("80%", "%", "resolution_rate", None, None),
        ("25", "件", "cases_received", None, None), ("20", "件", "cases_resolved", None, "25"), ("80%", "%", "resolution_rate", None, None)]


def test_sub_totals_without_groups():
    table = "单位：件\n乡镇 | 件数\n城关镇 | 31\n河口镇 | 12\n小计 | 43\n东山乡 | 8\n西山乡 | 9\n小计 | 17\n总计 | 60"
    assert [(name, parent) for name, *_, parent in told(table)] == [
        ("31", "43"), ("12", "43"), ("43", "60"), ("8", "17"), ("9", "17"), ("17", "60"), ("60", None)]


def test_years_in_the_heads_are_no_figures_and_date_their_columns():
    found = run_text(TOP + "类别 | 2012年 | 2013年\n婚姻家庭（件） | 31 | 28\n劳动保障（件） | 9 | 12" + END).figures
    assert [(f.text, f.period_start, "previous" in f.flags) for f in found] == [
        ("31", "2012-01-01", True), ("28", None, False), ("9", "2012-01-01", True), ("12", None, False)]


@pytest.mark.parametrize("head", ["序号", "联系电话", "年份", "编号"])
def test_columns_of_names_that_are_numbers(head):
    assert [name for name, *_ in told(f"乡镇 | 件数 | {head}\n城关镇 | 31 | 12\n河口镇 | 12 | 2011")] == ["31", "12"]


@pytest.mark.parametrize(("row", "cells"), [
    ("| 合计 | 46 |", ["合计", "46"]), ("合计 |  | 46", ["合计", "", "46"]), ("\t件数\t人次", ["", "件数", "人次"]),
    ("合计  46  31", ["合计", "46", "31"])])
def test_cells_of_a_row(row, cells):
    assert [row[a:b] for a, b in split(row, 0)] == cells


def test_words_under_a_table_are_not_of_its_last_cell():
    [*_, last] = run_text(TOP + "类别 | 件数\n婚姻家庭 | 31\n劳动保障 | 12\n以上情况，特此报告。").figures
    assert (last.text, last.high, last.flags) == ("12", 12, ())
