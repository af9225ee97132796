"""Stripped zeros and percent signs: put back where arithmetic proves it, no value where it does not, sound text as it is."""

import json
from pathlib import Path

import pytest

from wqnlp import audits
from wqnlp.pipeline import run_text
from wqnlp.quality.simulate import damage, read_gold

GOLD = Path(__file__).parent / "gold"
HEAD = "江平县妇联2013年工作总结\n"


def values(text):
    made = run_text(HEAD + text)
    assert not made.errors
    return {one.text: (one.value, *(set(one.flags) & {"repaired", "damaged"})) for one in made.figures}, made


PROVEN = [
    ("来电5件，其中来访44，来信3，来电3，结案率为1。", "5件", 50, "44+3+3=50"),
    ("接待来访6件，其中来信21件，来电33件，其他6件，办结58件，办结率97。", "6件", 60, "21+33+6=60"),
    ("接待来访5件，其中来访44件，来信3件，来电3件，其中婚姻家庭类26件，占52。", "52", 52, "26/50"),
    ("受理来信来访287件，其中婚姻家庭类218件，占76；咨询37件，求助32件。", "76", 76, "218/287"),
    ("受理来信来访287件，办结287件，办结率为1。", "1", 100, "287/287"),
]


@pytest.mark.parametrize(("text", "shown", "value", "why"), PROVEN)
def test_what_arithmetic_proves_is_put_back_with_its_proof(text, shown, value, why):
    found, made = values(text)
    told = [one for one in made.figures if one.value == value and "repaired" in one.flags]
    assert [one.text for one in told][:1] == [shown], found
    assert (told[0].low, told[0].high) == (value, value)
    assert any(told[0].id in one.figures and one.suggestion and why in one.suggestion and one.status == "consistent"
               for one in made.audits), made.audits


@pytest.mark.parametrize(("text", "shown"), [
    ("来电5件，其中来访44，来信3，来电3，结案率为1。", "1"),                # 10, 100 or 1: nothing says which
    ("接待来访287件，婚姻家庭类多，占52。", "52"),                          # of what?
    ("接待来访6件，其中来信21件，来电33件，其他6件，发放资料2余份，办结率97。", "2余份"),
    ("接待来访6件，其中来信21件，来电33件，其他6件，发放资料2余份，举办讲座3场，办结率97。", "3场"),
])
def test_what_nothing_singles_out_has_no_value(text, shown):
    found, _ = values(text)
    assert found[shown] == (None, "damaged")


def test_one_torn_number_among_many_without_a_zero_is_a_stripped_summary():
    counts = (12, 3, 45, 17, 28, 6, 19, 34, 23, 14, 37, 52, 8, 11, 26, 33, 9, 16, 21, 5)
    counted = "，".join(f"慰问{name}{count}户" for name, count in zip("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉", counts, strict=True))
    found, _ = values(f"接待群众8余人次，发放资料25册。{counted}。")
    assert found["25册"] == (None, "damaged") and found["8余人次"] == (None, "damaged")
    found, _ = values(f"接待群众8余人次，发放资料25册。{counted}，共10户。")
    assert found["25册"] == (25,)


def test_what_stands_left_of_a_torn_group_grows_by_a_thousand():
    found, made = values("接待来访6件，其中来信21件，来电33件，其他6件，结对136名，发放助学金68，元，每人5元，占52。")
    assert found["68"] == (None, "damaged") and found["5元"] == (None, "damaged"), made.audits


@pytest.mark.parametrize("text", [
    "接待来访5件，其中来信44件，来电3件，其他3件。发放资料2000份，慰问120户。",        # a slip of the pen
    "接待来访60件，其中来信21件，来电33件，其他6件，占10%。",
    "举办培训班5期，培训妇女44人次，发放资料3份。",
    "接待来访287件，其中来访218件，来信37件，来电31件。",
    "慰问5户，其中单亲母亲44人次、儿童6人次。",
    "增加了3名，减少了2名，占52%。",
])
def test_sound_text_and_slips_of_the_pen_keep_their_values(text):
    _, made = values(text)
    assert not [one for one in made.figures if {"repaired", "damaged"} & set(one.flags)]
    assert made.audits == audits.audit(made.figures)


@pytest.mark.parametrize("gold", ["dev", "own", "held", "fresh", "mainstream", "regions", "voices"])
def test_the_sound_gold_is_untouched(gold):
    for path in sorted((GOLD / gold / "texts").glob("*.txt")):
        made = run_text(path.read_text("utf-8"))
        assert not [one for one in made.figures if "repaired" in one.flags], path
        assert made.audits == audits.audit(made.figures)


@pytest.mark.parametrize("kind", ["zeros_stripped", "percent_signs"])
def test_no_stripped_number_of_dev_has_a_wrong_value(kind):
    wrong, right = [], 0
    for path, (text, rows) in read_gold(GOLD / "dev").items():
        shown, moved = damage(text, rows, kind, 7)
        true = {(row["start"], row["end"]): row["value"] for row in moved["figures"]}
        for one in run_text(shown).figures:
            if one.value is not None and true.get((one.start, one.end)) != pytest.approx(one.value):
                wrong.append((path, one.text, one.value, true.get((one.start, one.end))))
            right += "repaired" in one.flags
    assert wrong == []
    assert right > 40


def test_a_record_carries_what_was_printed(tmp_path):
    _, made = values(PROVEN[0][0])
    [one] = [one for one in made.figures if "repaired" in one.flags]
    assert one.text == "5件" and made.source.text[one.start:one.end] == "5件"
    assert json.loads(json.dumps(one.value)) == 50
    parts = [other for other in made.figures if other.parent == one.id]
    assert [other.text for other in parts] == ["44", "3", "3"] and one.role == "total"
