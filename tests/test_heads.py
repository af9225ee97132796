"""Searches that look only where a match can begin find what `re` finds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wqnlp.grammar.heads import Search, headed_rules, heads
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


@pytest.mark.parametrize("name", ["flags", "issue_silence", "measures", "not_figures", "organisation", "own_level", "period",
                                  "titles", "year"])
def test_headed_rules_find_what_the_rules_find(name):
    said = "。".join(str(text) for rule in rules(name) for text in (*rule.says, *rule.but_not))
    for rule, pattern in headed_rules(name):
        assert [m.span() for m in pattern.finditer(said)] == [m.span() for m in rule.pattern.finditer(said)]
