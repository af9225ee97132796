"""Numbers in every writing to values and bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wqnlp.grammar import numerals, units
from wqnlp.grammar.fractions import fraction, fraction_pattern

EXACT = {
    "1,234": 1234, "1，234": 1234, "1 234": 1234, "12.5": 12.5, "3万5千": 35000, "1亿2千万": 120_000_000,
    "1.02亿": 102_000_000, "5万4千6百": 54600, "3千": 3000,
    "两百": 200, "三十六": 36, "一百零五": 105, "一千零十二": 1012, "一万零八十": 10080, "廿": 20, "廿三": 23,
    "两千三": 2300,
    "3千5": 3500, "1千零20": 1020,
    "二万三千": 23000, "两亿零七百万": 207_000_000, "十": 10, "十二": 12, "壹佰贰拾": 120, "三点五": 3.5, "一点二万": 12000,
    "六千四百零二": 6402, "2.18万亿": 2.18e12,
}
BOUNDED = {                                 # text: value, low, high
    "百余": (100, 100, None), "十几": (10, 10, None), "二万三千余": (23000, 23000, None), "2.3万余": (23000, 23000, None),
    "40余万": (400_000, 400_000, None), "3千多": (3000, 3000, None), "五十多": (50, 50, None), "二十几": (20, 20, None),
    "几十": (None, 20, 99), "数百": (None, 200, 999), "数千": (None, 2000, 9999), "二三十": (None, 20, 30), "五六百": (None, 500, 600),
    "三四十": (None, 30, 40), "十七八": (None, 17, 18), "一两百": (None, 100, 200), "三十二三": (None, 32, 33),
    "2xx": (None, 200, 299), "20xx多": (None, 2000, None), "XX": (None, None, None), "××": (None, None, None),
    "＊＊": (None, None, None),
    "○○○": (None, None, None), "□00": (None, 100, 999), "□5": (None, 10, 99), "1□00": (None, 1000, 1900),
    "□": (None, 1, 9), "□万": (None, 10000, 90000), ".4万": (None, None, None),
}
PERCENT = {
    "八成": 80, "九成五": 95, "六成半": 65, "三分之二": 66.67, "百分之八十五": 85, "百分之五十九点八": 59.8, "百分之百": 100,
    "百分之6.5": 6.5, "四分之一": 25, "3成": 30,
}


@pytest.mark.parametrize(("text", "value"), EXACT.items())
def test_exact_numbers(text, value):
    assert numerals.read(text)[:3] == (value, value, value)


@pytest.mark.parametrize(("text", "bounds"), BOUNDED.items())
def test_numbers_with_bounds(text, bounds):
    assert numerals.read(text)[:3] == bounds


@pytest.mark.parametrize(("text", "flag"), [("2xx", "masked"), ("□00余", "damaged"), ("300余", "approximate"), ("五六百", "approximate")])
def test_flags_of_a_number(text, flag):
    assert flag in numerals.read(text).flags


@pytest.mark.parametrize("text", ["", "二○○三", "件", "数", "几", "12a", "四万万", "2千零30万", "1" * 40, "□" * 400])
def test_no_number(text):
    assert numerals.read(text) is None


@pytest.mark.parametrize(("first", "last", "bounds"), [("50", "60", (50, 60)), ("3", "5万", (30000, 50000)), ("2万", "3万", (20000, 30000)),
                                                       ("三", "五", (3, 5)), ("100", "200", (100, 200))])
def test_ranges(first, last, bounds):
    number = numerals.read_range(first, last)
    assert number[:3] == (None, *bounds)
    assert number.flags == {"approximate"}


def test_a_falling_pair_is_no_range():
    assert numerals.read_range("12", "5") is None


@pytest.mark.parametrize(("text", "value"), PERCENT.items())
def test_percentages_in_words(text, value):
    assert fraction(fraction_pattern().fullmatch(text)).value == value


@pytest.mark.parametrize(("text", "value"), [("翻了一番", 100), ("翻两番", 300), ("占一半，", 50), ("近半数，", 50), ("占1/3", 33.33)])
def test_percentages_that_need_their_verb(text, value):
    assert fraction(fraction_pattern().search(text)).value == value


@pytest.mark.parametrize("text", ["一成不变", "成员三成员", "12/2016", "2015/3/8"])
def test_no_percentage(text):
    found = fraction_pattern().search(text)
    assert found is None or fraction(found) is None


CHINESE = "零一二三四五六七八九"


def written(n: int) -> str:
    """The usual Chinese writing of 0 to 99 999 999."""
    if n >= 10000:
        rest = n % 10000
        return written(n // 10000) + "万" + ("" if not rest else ("零" if rest < 1000 else "") + written(rest))
    digits, said = f"{n:04d}", ""
    for digit, unit in zip(digits, ["千", "百", "十", ""], strict=True):
        if digit != "0":
            said += CHINESE[int(digit)] + unit
        elif said and not said.endswith("零"):
            said += "零"
    return said.rstrip("零") or "零"


@given(st.integers(0, 99_999_999))
def test_every_chinese_number_is_read(n):
    assert numerals.read(written(n))[:3] == (n, n, n)


@given(st.integers(1000, 999_999_999))
def test_every_arabic_number_is_read(n):
    for text in (str(n), f"{n:,}", f"{n:,}".replace(",", "，"), f"{n:,}".replace(",", " ")):
        assert numerals.read(text).value == n


@given(st.text("0123456789零一二三四五六七八九十百千万亿两数几多余xX×*□○.,， ", max_size=12))
def test_whatever_is_read_has_bounds_in_order(text):
    number = numerals.read(text)
    if number and number.low is not None and number.high is not None:
        assert number.low <= number.high
    if number and number.flags & {"masked", "damaged"}:
        assert number.value is None


@pytest.mark.parametrize(("surface", "name", "kind"), [
    ("件（次）", "件次", "count"), ("人(次)", "人次", "people"), ("块钱", "元", "money"), ("％", "%", "percent"),
    ("百分点", "个百分点", "percent"),
    ("倍", "倍", "percent"), ("场次", "场次", "count"), ("户", "户", "count")])
def test_units(surface, name, kind):
    assert units.unit(surface) == (name, kind)
