"""Flags that the words before a quantity give: a target not yet reached, a figure of another body."""

from __future__ import annotations

from wqnlp.figures.base import Quantity
from wqnlp.structure.base import Summary
from wqnlp.tables import rules

REACH = 80              # characters of the sentence before the quantity


def mark(summary: Summary, quantity: Quantity) -> None:
    """Add `planned` and `quoted`, with the rule that said so."""
    sentence = summary.sentence_at(quantity.start)
    before = summary.repaired.text[max(sentence.start, quantity.start - REACH):quantity.start]
    for rule in rules("flags"):
        if rule.pattern.search(before):
            quantity.flags.add(str(rule.gives))
            quantity.reasons.append(f"flag: {rule.id}")
