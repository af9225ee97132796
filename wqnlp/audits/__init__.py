"""Arithmetic between figures: sums, shares, remainders, restatements, changes. An audit suggests, it does not correct.

The one exception is `restored`: zeros and percent signs that a converter stripped, where arithmetic proves them.

Within a summary: `audit`. Between a summary and its own earlier year in a library: `audit_years`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wqnlp.audits.base import Reading
from wqnlp.audits.changes import changes
from wqnlp.audits.ratios import per_head, shares
from wqnlp.audits.remainders import remainders
from wqnlp.audits.restatements import restatements
from wqnlp.audits.restore import restore
from wqnlp.audits.search import untied
from wqnlp.audits.solve import suggest
from wqnlp.audits.sums import sums
from wqnlp.audits.told import Told, body_of, told
from wqnlp.audits.years import Links, audit_years, between, is_between
from wqnlp.records import Audit, Figure, by_document

RELATIONS = (sums, shares, per_head, remainders, restatements, changes)


def audit(figures: Iterable[Figure]) -> list[Audit]:
    """Every arithmetic relation between the figures of each summary, in reading order of the stated figure.

    >>> def piece(start, text, value, unit, measure, parent=None):
    ...     return Figure(id=f"d:{start}", doc_id="d", start=start, end=start + len(text), text=text, value=value,
    ...                   low=value, high=value, sentence="办理60件，其中家暴26件，占43%。", unit=unit, measure=measure,
    ...                   parent=parent, kind="percent" if unit == "%" else "count")
    >>> [found] = audit([piece(2, "60件", 60, "件", "cases_received"), piece(15, "43%", 43, "%", "share"),
    ...                  piece(10, "26件", 26, "件", "cases_received", "d:2")])
    >>> found.kind, found.status, found.figures, found.computed
    ('ratio', 'consistent', ('d:15', 'd:10', 'd:2'), 43.3333)
    """
    found: list[Audit] = []
    for own in by_document(figures).values():
        found += _of_one(Reading.of(own))
    return found


def _of_one(reading: Reading) -> list[Audit]:
    """The relations between the figures of one summary."""
    place = {p.figure.id: p.index for p in reading.placed}
    made = {(a.kind, frozenset(a.figures)): a for relation in RELATIONS for a in relation(reading)}
    made |= {(a.kind, frozenset(a.figures)): a for a in untied(reading, list(made.values()))}
    made = {key: one for key, one in made.items() if not _summed(one, made.values())}
    return suggest(reading, sorted(made.values(), key=lambda a: place[a.figures[0]]))


def _summed(one: Audit, made: Iterable[Audit]) -> bool:
    """Whether what looks like a wrong remainder is the last part of a list that adds up: 准许7件、驳回1件，另有1件."""
    return one.kind == "remainder" and one.status == "inconsistent" and any(
        other.kind == "sum" and other.status == "consistent" and one.figures[0] in other.figures[1:] for other in made)


def restored(figures: Sequence[Figure]) -> tuple[list[Figure], list[Audit]]:
    """The figures with stripped zeros and percent signs put back where arithmetic proves them, and their audits.

    What was printed stays in `text`, and the proof in the suggestion of the audit; `audits.restore` says what proof is.
    """
    return restore(figures, _of_one)


__all__ = ["Links", "Told", "audit", "audit_years", "between", "body_of", "is_between", "restored", "told"]
