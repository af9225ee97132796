"""Every rule of `data/rules` is held to its own examples: what it says it matches, and what it must not."""

import re
from importlib.resources import files

import pytest

from wqnlp.tables import rules

NAMES = sorted(path.name.removesuffix(".yaml") for path in (files("wqnlp") / "data" / "rules").iterdir()
               if path.name.endswith(".yaml"))
RULES = [pytest.param(name, rule, id=f"{name}:{rule.id}") for name in NAMES for rule in rules(name)]


@pytest.mark.parametrize(("name", "rule"), RULES)
def test_rule_keeps_to_its_examples(name, rule):
    def find(text):
        # A list marker is only looked for where a line begins; `unless` silences a rule.
        found = rule.pattern.match(text) if name == "headings" else rule.pattern.search(text)
        return found and not ("unless" in rule.extra and re.search(rule.extra["unless"], text))

    missed = [text for text in map(str, rule.says) if not find(text)]
    wrong = [text for text in map(str, rule.but_not) if find(text)]
    assert not missed, f"{name}:{rule.id} does not match what it says: {missed}"
    assert not wrong, f"{name}:{rule.id} matches what it must not: {wrong}"
