"""Votes to a value: its confidence, and the evidence with the winner first. A clash is kept, not hidden."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from wqnlp.records import Evidence
from wqnlp.structure import Summary

KEPT = 8                   # votes kept as evidence for one field
AGAIN = 0.35               # what a second match of the same rule for the same value is worth


class Vote(NamedTuple):
    """One rule's word for one value, and the repaired characters it read."""

    value: Hashable
    rule: str
    trust: float           # 0 to 1
    start: int
    end: int


class Decision(NamedTuple):
    """The value chosen (None where no vote is good enough), how sure, and all votes, the winner's first."""

    value: Hashable
    confidence: float
    votes: tuple[Vote, ...]


def decide(votes: Iterable[Vote], least: float = 0.0) -> Decision:
    """The value with the most support. Rules that agree add up as independent witnesses do; each rule counts
    fully once. What speaks for the runner-up is taken off the confidence.

    >>> title, body = Vote(2009, "title_year", 0.9, 0, 5), Vote(2008, "any_year", 0.2, 40, 45)
    >>> chosen = decide([body, title])
    >>> chosen.value, round(chosen.confidence, 2), chosen.votes[0].rule
    (2009, 0.81, 'title_year')
    """
    by_value: dict[Hashable, dict[str, list[Vote]]] = {}
    for vote in votes:
        by_value.setdefault(vote.value, {}).setdefault(vote.rule, []).append(vote)
    if not by_value:
        return Decision(None, 0.0, ())
    support = {value: _support(rules) for value, rules in by_value.items()}
    ranked = sorted(support, key=lambda value: -support[value])
    best = ranked[0]
    rival = support[ranked[1]] if len(ranked) > 1 else 0.0
    ordered = tuple(vote for value in ranked
                    for vote in sorted((one for rules in by_value[value].values() for one in rules),
                                       key=lambda one: (-one.trust, one.start)))
    if support[best] < least or support[best] == rival:
        return Decision(None, 0.0, ordered)
    return Decision(best, round(support[best] * (1 - 0.5 * rival), 4), ordered)


def _support(rules: dict[str, list[Vote]]) -> float:
    against = 1.0
    for votes in rules.values():
        best = sorted((vote.trust for vote in votes), reverse=True)
        against *= 1 - best[0]
        if len(best) > 1:
            against *= 1 - best[1] * AGAIN
    return 1 - against


def evidence(summary: Summary, decision: Decision) -> tuple[Evidence, ...]:
    """Votes as records: source offsets, the winner's own confidence first, each other vote with its trust."""
    out = []
    for index, vote in enumerate(decision.votes[:KEPT]):
        span = summary.to_source(vote.start, vote.end)
        sure = decision.confidence if index == 0 and decision.value is not None else vote.trust
        out.append(Evidence(rule=vote.rule, start=span.start, end=span.end, confidence=round(sure, 4),
                            value=str(vote.value), text=summary.repaired.text[vote.start:vote.end]))
    return tuple(out)
