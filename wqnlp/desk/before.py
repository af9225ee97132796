"""A new summary beside the one that its place reported the year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from wqnlp.compare.choose import choose
from wqnlp.records import Document, Figure
from wqnlp.vocab import codes

COUNTED_BY_ISSUE = ("cases_received", "case_visits", "cases_resolved")
LARGE = 2.0                              # a number that doubled or halved is worth a look


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One measure in both years. `difference` is missing where either number is none, masked or of other units."""

    measure: str
    issue: str | None
    unit: str | None
    now: float | None
    before: float | None
    difference: float | None
    now_id: str
    before_id: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The summary of the year before, and what changed. `doc_id` is None where the library has none."""

    doc_id: str | None
    title: str = ""
    year: int | None = None
    changes: tuple[Change, ...] = ()
    issues_new: tuple[str, ...] = ()
    issues_gone: tuple[str, ...] = ()
    note: str = ""

    def row(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def same_body(new: Document, others: Sequence[Document]) -> list[Document]:
    """Summaries of the same place (or, where none is known, the same body) for the year before, the likest first."""
    if new.year is None:
        return []
    found = [d for d in others if d.doc_id != new.doc_id and d.year == new.year - 1
             and ((new.adcode is not None and d.adcode == new.adcode and d.level == new.level and d.place == new.place)
                  or (new.adcode is None and new.organisation is not None and d.organisation == new.organisation))]
    return sorted(found, key=lambda d: (d.organisation != new.organisation, d.period_kind != new.period_kind,
                                        d.start - d.end, d.doc_id))


def beside(new: Document, figures: Sequence[Figure], issues: Sequence[str], old: Document,
           old_figures: Sequence[Figure], old_issues: Sequence[str]) -> Before:
    """What a summary reports beside the earlier one. Nothing is computed out of numbers that are not comparable."""
    changes = []
    for measure in codes("measures"):
        for issue in (None, *(codes("issues") if measure in COUNTED_BY_ISSUE else ())):
            now = choose(new, figures, [measure], issue)
            then = choose(old, old_figures, [measure], issue)
            if now.figure is None or then.figure is None:
                continue
            if measure == "other" or (issue is None and "single" in (now.figure.role, then.figure.role)
                                      and measure not in COUNTED_BY_ISSUE):
                continue                                    # a lone mention is no total of the year
            changes.append(_change(now.figure, then.figure, issue, now.period_kind == then.period_kind))
    return Before(doc_id=old.doc_id, title=old.title, year=old.year, changes=tuple(changes),
                  issues_new=tuple(i for i in issues if i not in old_issues),
                  issues_gone=tuple(i for i in old_issues if i not in issues))


def _change(now: Figure, then: Figure, issue: str | None, same_period: bool) -> Change:
    told = Change(measure=now.measure, issue=issue, unit=now.unit, now=now.value, before=then.value, difference=None,
                  now_id=now.id, before_id=then.id)
    if now.value is None or then.value is None:
        return replace(told, note="one of them is masked, lost or a range")
    if now.unit != then.unit:
        return replace(told, note=f"counted in {now.unit} and in {then.unit}")
    if not same_period:
        return replace(told, note="for periods of different length")
    small, large = sorted((abs(now.value), abs(then.value)))
    note = "more than doubled or halved" if large >= LARGE * small and large > 9 else ""
    if now.value == then.value and large > 99:
        note = "the same number as the year before: copied?"
    return replace(told, difference=now.value - then.value, note=note)
