"""Which issues come back: in how many years of a place, how large, how loudly, and whether they grow.

Only years that have a summary count. A year without one is no year without the issue; and a summary that does not
raise an issue says that nobody wrote of it, not that there was no case. All is done place by place: of a library only
the patterns of its places are held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from math import comb, nan
from typing import TYPE_CHECKING, Any, NamedTuple

from wqnlp.compare.cells import wilson
from wqnlp.compare.joined import place_id, present_name
from wqnlp.compare.originals import counted_once
from wqnlp.compare.tables import documents_of, figures_of
from wqnlp.compare.trends import FEWEST, adjusted, change_point, trend
from wqnlp.records import Document, Figure, by_document

if TYPE_CHECKING:
    import pandas as pd

SALIENCE = ("mentioned", "reported", "key_problem")
SURE = 0.05                              # q at which a pattern is called supported
RECURRING = ["place_id", "place", "issue", "years", "raised", "persistence", "low", "high", "first", "last", "salience",
             "share", "slope", "slope_low", "slope_high", "tau", "changed", "pattern", "p", "q", "supported", "doc_id"]


class Seen(NamedTuple):
    """One issue in one place and year: whether the annual summaries raise it, and how. `share` is in parts of 1."""

    place_id: str
    place: str
    year: int
    issue: str
    raised: bool
    salience: str | None
    cases: float                         # like `share` NaN where the text gives none
    share: float
    doc_id: str
    start: int | None                    # the passage
    end: int | None


class Raised(NamedTuple):
    """An issue that a summary raises; `share` in per cent, as it is written."""

    doc_id: str
    issue: str
    start: int
    end: int
    salience: str
    cases: float | None
    share: float | None


class Place(NamedTuple):
    """A place with the annual summaries of each of its years, each text once."""

    place_id: str
    years: Mapping[int, Sequence[Document]]

    def doc_ids(self) -> list[str]:
        """Its summaries."""
        return [document.doc_id for own in self.years.values() for document in own]

    def seen(self, raised: Mapping[str, Sequence[Raised]], issues: Iterable[str]) -> list[Seen]:
        """The rows of this place for each of the issues, by issue and year; `raised` is what its summaries raise."""
        of: dict[tuple[int, str], list[Raised]] = defaultdict(list)
        for year, own in self.years.items():
            for document in own:
                for one in raised.get(document.doc_id, ()):
                    of[year, one.issue].append(one)
        names = {year: present_name(self.place_id, own[0].place or own[0].organisation or "") for year, own in self.years.items()}
        return [_seen(self.place_id, names[year], year, own[0].doc_id, issue, of.get((year, issue), ()))
                for issue in issues for year, own in self.years.items()]


def places(documents: Iterable[Document], figures: Mapping[str, Sequence[Figure]]) -> list[Place]:
    """The places of annual summaries, in order. Copies count once; of summaries that have copies the figures are asked."""
    kept = [d for d in counted_once(list(documents), figures)[0] if d.year and d.period_kind == "annual"]
    found: dict[str, dict[int, list[Document]]] = defaultdict(lambda: defaultdict(list))
    for document in kept:
        name = place_id(document.place or document.organisation, document.adcode, document.year)
        found[name][int(document.year or 0)].append(document)
    return [Place(name, dict(sorted(years.items()))) for name, years in sorted(found.items())]


def occurrences(documents: Any, figures: Any, issues: Any) -> pd.DataFrame:
    """One row for each place, year and issue: whether the annual summaries of that year raise it, and how.

    Copies count once, half-years and quarters are left out. Every issue that any summary raises has a row for every
    place and year with a summary. `share` is in parts of 1, and like `cases` missing where the text gives none.
    `doc_id`, `start`, `end` lead to the passage. Of a large library take `compare.recurring_of` and `spread_of`, which
    do not hold all of it.
    """
    import pandas as pd

    told, found = by_document(_raised(issues)), places(documents_of(documents), by_document(figures_of(figures)))
    every = sorted({one.issue for place in found for doc_id in place.doc_ids() for one in told.get(doc_id, ())})
    rows = [row for place in found for row in place.seen(told, every)]
    frame = pd.DataFrame(rows, columns=list(Seen._fields)).astype({"cases": "float64", "share": "float64"})
    return frame.sort_values(["place_id", "year", "issue"], ignore_index=True)


def rows_of(seen: pd.DataFrame) -> Iterator[list[Seen]]:
    """The rows of `occurrences`, place by place, by issue and year."""
    rows = [Seen(*row) for row in seen[list(Seen._fields)].itertuples(index=False, name=None)]
    rows.sort(key=lambda row: (row.place_id, row.issue, row.year))
    for _, own in groupby(rows, key=lambda row: row.place_id):
        yield list(own)


def recurring(seen: pd.DataFrame) -> pd.DataFrame:
    """One row for each place and issue that it ever raised, with the pattern over its years.

    `persistence` is the share of its years with a summary that raise the issue, with Wilson's 95 % interval.
    `pattern`: `chronic` (the interval lies above one half), `growing` or `shrinking` (the share of cases: Mann-Kendall
    with q of 0.05 at most, four years at least), `new` or `gone` (raised in just the last, or the first, of its years,
    two at least, after or before two without; p is the chance of that order), `recurring` (two years or more),
    `once`, and `too_few` (under three years with a summary). `q` is p adjusted for all rows tested together
    (Benjamini-Hochberg); `supported` says q of 0.05 at most. `changed` is the first year after a shift of the share,
    where eight years or more allow to say so. `doc_id` is the latest summary that raises the issue.

    >>> import pandas as pd
    >>> told = dict(place_id="a", place="甲县", issue="land_rights", salience="reported", cases=None, share=None)
    >>> rows = [told | dict(year=y, raised=y != 2009, doc_id="d", start=0, end=1) for y in (2006, 2007, 2009, 2011)]
    >>> recurring(pd.DataFrame(rows))[["years", "raised", "pattern"]].values.tolist()
    [[4, 3, 'recurring']]
    """
    return Patterns(rows_of(seen)).frame()


class Patterns:
    """What `recurring` tells, taken in place by place."""

    def __init__(self, places: Iterable[Iterable[Seen]] = ()) -> None:
        self._rows: list[dict[str, Any]] = []
        for rows in places:
            self.take(rows)

    def take(self, rows: Iterable[Seen]) -> None:
        """The rows of one place, by issue and year."""
        for _, own in groupby(rows, key=lambda row: row.issue):
            series = list(own)
            if any(row.raised for row in series):
                self._rows.append(_pattern(series))

    def frame(self) -> pd.DataFrame:
        """The rows of `recurring`."""
        import pandas as pd

        rows = [row | {"q": q, "supported": bool(q <= SURE)}
                for row, q in zip(self._rows, adjusted([row["p"] for row in self._rows]), strict=True)]
        for row in rows:
            if row.pop("trended") and row["supported"]:
                row["pattern"] = "growing" if row["tau"] > 0 else "shrinking"
        return pd.DataFrame(rows, columns=RECURRING)


def _raised(issues: Any) -> Iterator[Raised]:
    """The issues of a frame or of records."""
    rows: Iterable[Any] = issues.to_dict("records") if hasattr(issues, "to_dict") else (
        {name: getattr(one, name) for name in Raised._fields} for one in issues)
    return (Raised(**{name: row.get(name) for name in Raised._fields}) for row in rows)


def _seen(identity: str, name: str, year: int, otherwise: str, issue: str, told: Sequence[Raised]) -> Seen:
    """The row of one place, year and issue out of what its summaries say."""
    best = max(told, key=lambda one: SALIENCE.index(one.salience), default=None)
    if best is None:
        return Seen(identity, name, year, issue, False, None, nan, nan, otherwise, None, None)
    cases, share = (next((float(value) for one in told if _given(value := getattr(one, which))), nan)
                    for which in ("cases", "share"))
    return Seen(identity, name, year, issue, True, best.salience, cases, share / 100, best.doc_id, best.start, best.end)


def _given(value: float | None) -> bool:
    return value is not None and value == value


def _pattern(own: Sequence[Seen]) -> dict[str, Any]:
    """The row of one place and issue out of its years, in order."""
    raised, told = [bool(one.raised) for one in own], [one for one in own if one.raised]
    low, high = wilson(len(told), len(own))
    years, shares = [one.year for one in own], [one.share for one in own]
    grown, shift = trend(years, shares), change_point(years, shares)
    pattern, p = _named(raised, low)
    trended = grown.years >= FEWEST and pattern not in ("new", "gone")
    given = [share for share in shares if _given(share)]
    return {"place_id": own[0].place_id, "place": own[0].place, "issue": own[0].issue, "years": len(own), "raised": len(told),
            "persistence": len(told) / len(own), "low": low, "high": high, "first": told[0].year, "last": told[-1].year,
            "salience": max((one.salience for one in told if one.salience), key=SALIENCE.index),
            "share": sum(given) / len(given) if given else nan, "slope": grown.slope, "slope_low": grown.low,
            "slope_high": grown.high, "tau": grown.tau, "changed": shift[0] if shift and shift[1] <= SURE else None,
            "pattern": pattern, "doc_id": told[-1].doc_id, "p": grown.p if trended else p, "trended": trended}


def _named(raised: Sequence[bool], low: float) -> tuple[str, float]:
    """The pattern of a row of years, and for new and gone the chance of that order."""
    years, count = len(raised), sum(raised)
    if years < 3:
        return "too_few", nan
    if 2 <= count <= years - 2:
        if all(raised[-count:]):
            return "new", 1 / comb(years, count)
        if all(raised[:count]):
            return "gone", 1 / comb(years, count)
    if low > 0.5:
        return "chronic", nan
    return ("recurring" if count > 1 else "once"), nan
