"""Every rule of measure gives its measure for what it says, whatever rules stand above it."""

import re
from pathlib import Path

import pytest

from wqnlp import vocab
from wqnlp.figures import measure
from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context, _last_boundary
from wqnlp.figures.issue import named
from wqnlp.span import Span
from wqnlp.tables import rules, table

ROWS = [(rule, said) for rule in rules("measures") for said in rule.says if rule.gives != measure.SAME]


@pytest.mark.parametrize(("rule", "said"), ROWS, ids=lambda x: getattr(x, "id", None))
def test_rule_wins_its_own_examples(rule, said):
    unit = re.search("【(.+?)】", said)[1]
    groups = measure.groups(unit)
    found = (measure._first(said, groups, "first") or
             measure._first(said, groups, rule.extra.get("wide", False)))
    assert found is not None
    assert found.measure == rule.gives


def test_measures_and_groups_are_of_the_vocabulary():
    given = {rule.gives for rule in rules("measures")} - {measure.SAME}
    assert given <= set(vocab.codes("measures"))
    groups = table("measures")["groups"]
    assert {g["default"] for g in groups.values()} <= set(vocab.codes("measures"))
    assert {name for rule in rules("measures") for name in rule.extra["for"]} <= set(groups)


def test_issue_words_are_of_the_vocabulary():
    known = table("issues")
    assert set(known["words"]) <= set(vocab.codes("issues"))
    words = [word for listed in known["words"].values() for word in listed]
    assert len(words) == len(set(words)), "a word in two issues names neither"


@pytest.mark.parametrize(("phrase", "issue"), [
    ("婚姻家庭类中，家庭暴力", "domestic_violence"),
    ("调解离婚、抚养等纠纷", "marriage_family"),
    ("拖欠工资等劳动纠纷", "labour_dispute"),
    ("出嫁女责任田和征地补偿款分配问题", "land_rights"),
    ("离婚的财产分割", "property_dispute"),
    ("学习《反家庭暴力法》", None),
    ("发放宣传资料", None),
])
def test_named_issue(phrase, issue):
    assert named(phrase) == issue


CASES = [line.split("\t") for line in (Path(__file__).parent / "cases" / "measures" / "synthetic.tsv")
         .read_text("utf-8").splitlines() if not line.startswith("#")]


def context(said):
    """The context of 【unit】 in a phrase, and the figures before it."""
    at, end = said.index("【"), said.index("】")
    before, unit, ahead = said[:at], said[at + 1:end], said[end + 1:]
    cut = _last_boundary(before)
    own = before[cut:].rpartition("〕")[2]
    here = f"【{unit}】"
    earlier = [quantity(u, "cases_received" if u == "件" else "people_aided") for u in re.findall("〔(.+?)〕", before)]
    return Context(quantity(unit), Span(0, 1), own, re.split("[，；。〔]", ahead)[0], before[cut:] + here + ahead,
                   before + here + ahead, before[:cut], ahead, ""), earlier


def quantity(unit, counts=""):
    return Quantity(start=0, end=1, text="1", value=1, low=1, high=1, unit=unit, measure=counts,
                    kind="percent" if unit == "%" else "count")


@pytest.mark.parametrize(("said", "counts"), CASES)
def test_phrases(said, counts):
    assert measure.measure(*context(said)).measure == counts
