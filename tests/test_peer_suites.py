"""Another recogniser's 617 cases: all run; what fails must stand in `cases/peer_suites/differences.tsv` with its class."""

import json
import re
from pathlib import Path

import pytest

from wqnlp import grammar

DIFFERENCES = Path(__file__).parent / "cases" / "peer_suites" / "differences.tsv"
MODELS = {"Number": grammar.numbers, "Percent": grammar.percentages, "Currency": grammar.amounts, "NumberRange": grammar.ranges}
CURRENCIES = {"Chinese yuan": "元", "United States dollar": "美元", "Dollar": "美元", "Euro": "欧元", "Japanese yen": "日元",
              "Hong Kong dollar": "港元", "New Taiwan dollar": "新台币", "Swiss franc": "瑞士法郎", "Nigerian naira": "奈拉",
              "Bitcoin": "比特币"}


def known():
    """Case to the class of its difference."""
    rows = [line.split("\t") for line in DIFFERENCES.read_text("utf-8").splitlines() if line and line[0] != "#"]
    return dict(rows)


def near(a, b):
    return a is None and b is None if None in (a, b) else abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))


def wanted(model, result):
    """Span, value, unit (or bounds) that a case asks for. Of a range only the bounds: see the table's head."""
    span, gives = (result["Start"], result["End"] + 1), result.get("Resolution", {})
    if model == "NumberRange":
        low, high = re.fullmatch(r"[\[(](.*),(.*)[\])]", gives["value"]).groups()
        return (*span, float(low) if low else None, float(high) if high else None, None)
    value = gives.get("value")
    value = float(str(value).rstrip("%")) if value is not None else None
    return (*span, value, value, CURRENCIES[gives["unit"]] if model == "Currency" else None)


def given(model, text):
    """What is read in a text, in the suite's terms: a number's span ends before 多 and 余 that end it."""
    rows = []
    for one in MODELS[model](text):
        if model == "NumberRange":
            rows.append((one.start, one.end, one.low, one.high, None))
        elif one.value is not None:
            end = one.end - (model == "Number" and one.text[-1] in "多余餘")
            rows.append((one.start, end, one.value, one.value, one.unit if model == "Currency" else None))
    return rows


def passes(model, case):
    want, got = [wanted(model, r) for r in case["Results"]], given(model, case["Input"])
    return len(want) == len(got) and all(
        a[:2] == b[:2] and near(a[2], b[2]) and near(a[3], b[3]) and a[4] == b[4] for a, b in zip(want, got, strict=True))


def outcomes(folder):
    """Case id to whether it passes."""
    found = {}
    for model in MODELS:
        cases = json.loads((folder / f"recognizers_{model}Model.json").read_text("utf-8"))
        found |= {f"{model}:{index}": passes(model, case) for index, case in enumerate(cases)}
    return found


@pytest.fixture(scope="module")
def results(shared):
    return outcomes(shared / "peer_suites")


def test_every_case_passes_or_has_its_reason(results):
    assert len(results) == 617
    failed = {case for case, right in results.items() if not right}
    assert failed - known().keys() == set(), "neither passed nor given a reason"
    assert known().keys() - failed == set(), "these pass now: take them from the table"


def test_reasons_are_of_a_known_class():
    classes = set(re.findall(r"^# (\w+):", DIFFERENCES.read_text("utf-8"), re.MULTILINE))
    assert set(known().values()) <= classes


@pytest.mark.parametrize(("text", "value"), [("壹佰伍拾", 150), ("四百零五亿", 40500000000), ("4.78萬億", 4.78e12), ("７ 万５ 千", 75000),
                                             ("半百", 50), ("負三十二", -32), ("五分之一", 0.2), ("二〇〇八", 2008), ("廿三", 23)])
def test_numbers_in_any_script(text, value):
    assert grammar.read_number(text).value == pytest.approx(value)


@pytest.mark.parametrize("text", ["四川的队伍", "一切", "两两", "海陆空", "万", "", "　", "点", "分之", "-", "负"])
def test_no_number(text):
    assert grammar.numbers(text) == []
