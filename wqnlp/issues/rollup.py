"""Narrow issues rolled up into the broad one they belong to, with no case counted twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wqnlp import vocab
from wqnlp.records import Figure

COUNTS = ("cases_received", "case_visits", "cases_resolved", "cases_pending")
NOT_COUNTED = frozenset({"previous", "planned", "quoted", "duplicate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """A broad issue with what its narrow ones add up to. Every case counted once."""

    issue: str
    cases: float | None                  # None where a part is masked or lost, or nothing is counted
    low: float                           # what is certain: never more than was printed
    how: str                             # stated (the class's own figure), summed (of its parts), at_least, none
    parts: dict[str, float | None]       # narrow issue to its cases
    figures: tuple[str, ...]             # ids of the figures that `cases` is made of
    measure: str | None = None
    unit: str | None = None


def rollup(figures: Iterable[Figure]) -> dict[str, Rolled]:
    """Cases of each broad issue of one summary.

    Method: where the class has a figure of its own (婚姻家庭类118件, 其中家庭暴力47件) that is its number, and its
    parts are not added to it. Else the parts are summed, those alone that one measure and unit count; a figure that
    stands under another one that is counted, a restatement, and a figure of last year are left out.

    >>> def f(at, value, issue, parent=None):
    ...     return Figure(id=f"d:{at}", doc_id="d", start=at, end=at + 3, text="", sentence="", value=value, low=value,
    ...                   high=value, unit="件", kind="count", measure="cases_received", issue=issue, parent=parent)
    >>> told = rollup([f(0, 118.0, "marriage_family"), f(9, 47.0, "domestic_violence", "d:0"), f(20, 9.0, "trafficking"),
    ...                f(30, 4.0, "sexual_assault")])
    >>> [(one.issue, one.cases, one.how) for one in told.values()]
    [('marriage_family', 118.0, 'stated'), ('personal', 13.0, 'summed')]
    """
    families: dict[str, list[Figure]] = defaultdict(list)
    chosen = [f for f in figures if f.issue is not None and f.measure in COUNTS and not NOT_COUNTED & set(f.flags)]
    for figure in chosen:
        families[vocab.parent(figure.issue or "") or figure.issue or ""].append(figure)
    order = vocab.codes("issues")
    return {issue: _rolled(issue, families[issue]) for issue in sorted(families, key=order.index)}


def _rolled(issue: str, family: Sequence[Figure]) -> Rolled:
    own = [f for f in family if f.issue == issue]
    measure, unit = _counted_by(own or family)
    same = [f for f in family if (f.measure, f.unit) == (measure, unit)]
    parts = _one_each([f for f in same if f.issue != issue])
    values = {str(f.issue): f.value for f in parts}
    known = sum(f.value if f.value is not None else f.low or 0.0 for f in parts)
    stated = _one_each([f for f in same if f.issue == issue])
    if stated:
        [figure] = stated[:1]
        low = figure.value if figure.value is not None else max(figure.low or 0.0, 0.0)
        return Rolled(issue=issue, cases=figure.value, low=low, how="stated", parts=values, figures=(figure.id,),
                      measure=measure, unit=unit)
    whole = all(f.value is not None for f in parts)
    return Rolled(issue=issue, cases=known if whole else None, low=known, how="summed" if whole else "at_least",
                  parts=values, figures=tuple(f.id for f in parts), measure=measure, unit=unit)


def _counted_by(family: Sequence[Figure]) -> tuple[str, str | None]:
    """The measure and unit that count the most of a family; of equals, cases received before visits."""
    issues: dict[tuple[str, str | None], set[str | None]] = defaultdict(set)
    for figure in family:
        issues[figure.measure, figure.unit].add(figure.issue)
    return max(issues, key=lambda key: (len(issues[key]), -COUNTS.index(key[0]), str(key[1])))


def _one_each(figures: Sequence[Figure]) -> list[Figure]:
    """One figure an issue, none that stands under another of them: the federation's own, then the largest."""
    best: dict[str | None, Figure] = {}
    for figure in sorted(figures, key=lambda f: (f.actor != "womens_federation", f.value is None, -(f.value or 0.0),
                                                 f.start)):
        best.setdefault(figure.issue, figure)
    above = {figure.id: figure.parent for figure in figures}
    kept = {figure.id for figure in best.values()}

    def under(figure: Figure) -> bool:
        seen, parent = {figure.id}, figure.parent
        while parent is not None and parent not in seen:
            if parent in kept:
                return True
            seen.add(parent)
            parent = above.get(parent)
        return False

    return sorted((f for f in best.values() if not under(f)), key=lambda f: f.start)
