"""Searches that look only where a match can begin find what `re` finds."""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wqnlp.grammar.heads import Search, _after_digits, headed_rules, heads, needed
from wqnlp.tables import rules

NOT_FIGURES = [rule.pattern.pattern for rule in rules("not_figures")]
SEARCH = Search(NOT_FIGURES)                      # built once: compiling takes longer than a search
WHOLE = re.compile("|".join(f"(?P<r{i}>{pattern})" for i, pattern in enumerate(NOT_FIGURES)))
SAID = [text for rule in rules("not_figures") for text in map(str, (*rule.says, *rule.but_not))]


@given(st.lists(st.sampled_from(SAID), max_size=6).map("，".join) | st.text(alphabet="第一二十年月日12-.（）()件 \n三八节", max_size=40))
def test_finds_what_the_alternatives_find(text):
    wanted = [(m.span(), m.lastgroup) for m in WHOLE.finditer(text) if m.end() > m.start()]
    assert [(m.span(), f"r{which}") for m, which in SEARCH.finditer(text)] == wanted


@pytest.mark.parametrize(("pattern", "wanted"), [
    ("(?:a|b)c", {"a", "b"}), ("a?b", {"a", "b"}), ("(?=x)[^a]", None), ("(?i)a", None), ("(?:a|)b", {"a", "b"}),
    ("a*", None), ("(?>ab|c)", {"a", "c"}), ("[a-c]+?d", {"a", "b", "c"}), (r"(x)\1", {"x"})])
def test_heads(pattern, wanted):
    assert heads(pattern) == wanted


@pytest.mark.parametrize("pattern", ["件?", "(?i)件", "[^件]"])
def test_what_may_begin_with_anything_is_not_searched(pattern):
    with pytest.raises(ValueError, match="not known"):
        Search(["三八", pattern])


@pytest.mark.parametrize(("pattern", "wanted"), [
    (r"\d+件", "件"), (r"[1-9]\d{0,3}(?:\.\d+)?%", ".%"), (r"\d+(?=[年月])", "年月"), (r"(?:\d|第)+[年月]", "第年月"), (r"\d+", None),
    (r"\d+.", None), (r"\d+[^件]", None), (r"\d+$", None), (r"(?i)\d+a", None), (r"(?<!第)\d+(?!人)件?起", "件起")])
def test_what_follows_the_digits_that_a_match_begins_with(pattern, wanted):
    assert _after_digits(pattern) == (None if wanted is None else frozenset(wanted))


@given(st.text(alphabet="0123456789年月日件.件：第万余岁多", max_size=30), st.integers(0, 6), st.integers(0, 30))
def test_a_stretch_is_searched_as_a_pattern_searches_it(text, start, end):
    wanted = [(m.span(), m.lastgroup) for m in WHOLE.finditer(text, start, end) if m.end() > m.start()]
    assert [(m.span(), f"r{which}") for m, which in SEARCH.finditer(text, start, end)] == wanted


@pytest.mark.parametrize(("pattern", "wanted"), [
    ("(?:共)?妇联", "妇联"), ("(?:来信|来访)件", "来"), ("信|电话", ""), ("(?:告诫书)+", "告诫书"), ("(?:告诫书)*份", "份"),
    ("(?i)妇联", ""), ("妇(?!女)联", "妇"), ("(?:妇联){0,2}", "")])
def test_needed(pattern, wanted):
    assert needed(pattern) == wanted


@pytest.mark.parametrize("name", ["issue_silence", "measures", "not_figures", "organisation", "own_level", "period", "place", "year"])
def test_what_a_rule_needs_is_in_all_that_it_finds(name):
    said = "。".join(str(text) for rule in rules(name) for text in (*rule.says, *rule.but_not))
    for rule in rules(name):
        assert all(needed(rule.pattern.pattern) in found[0] for found in rule.pattern.finditer(said) if found[0])


@pytest.mark.parametrize("name", ["flags", "issue_silence", "measures", "not_figures", "organisation", "own_level", "period",
                                  "titles", "year"])
def test_headed_rules_find_what_the_rules_find(name):
    said = "。".join(str(text) for rule in rules(name) for text in (*rule.says, *rule.but_not))
    for rule, pattern in headed_rules(name):
        assert [m.span() for m in pattern.finditer(said)] == [m.span() for m in rule.pattern.finditer(said)]


def test_digits_and_blanks_of_all_scripts():
    every = list(map(chr, range(sys.maxunicode + 1)))
    assert heads(r"\d件") == frozenset(filter(str.isdecimal, every))
    assert heads(r"\s件") == frozenset(filter(str.isspace, every))
