"""Which issues come back: in how many years of a place, in how many places, how large, how loudly, and whether they grow.

Only years that have a summary count. A year without one is no year without the issue; and a summary that does not
raise an issue says that nobody wrote of it, not that there was no case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import comb, nan
from typing import TYPE_CHECKING, Any

from wqnlp.compare.cells import wilson
from wqnlp.compare.joined import place_id, present_name
from wqnlp.compare.originals import counted_once
from wqnlp.compare.tables import documents_of, figures_of
from wqnlp.compare.trends import FEWEST, adjusted, change_point, trend
from wqnlp.records import Document

if TYPE_CHECKING:
    import pandas as pd

SALIENCE = ("mentioned", "reported", "key_problem")
SURE = 0.05                              # q at which a pattern is called supported
SEEN = ["place_id", "place", "year", "issue", "raised", "salience", "cases", "share", "doc_id", "start", "end"]
RECURRING = ["place_id", "place", "issue", "years", "raised", "persistence", "low", "high", "first", "last", "salience",
             "share", "slope", "slope_low", "slope_high", "tau", "changed", "pattern", "p", "q", "supported", "doc_id"]


def occurrences(documents: Any, figures: Any, issues: Any) -> pd.DataFrame:
    """One row for each place, year and issue: whether the annual summaries of that year raise it, and how.

    Copies count once, half-years and quarters are left out. Every issue that any summary raises has a row for every
    place and year with a summary. `share` is in parts of 1, and like `cases` missing where the text gives none.
    `doc_id`, `start`, `end` lead to the passage.
    """
    import pandas as pd

    records, counted = documents_of(documents), defaultdict(list)
    for figure in figures_of(figures):
        counted[figure.doc_id].append(figure)
    kept = {d.doc_id: d for d in counted_once(records, counted)[0] if d.year and d.period_kind == "annual"}
    by_doc: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(issues):
        if row["doc_id"] in kept:
            by_doc[row["doc_id"], row["issue"]].append(row)
    every = sorted({issue for _, issue in by_doc})
    cells: dict[tuple[str, int], list[Document]] = defaultdict(list)
    for document in kept.values():
        name = place_id(document.place or document.organisation, document.adcode, document.year)
        cells[name, int(document.year or 0)].append(document)
    rows = [_seen(identity, year, own, issue, [row for d in own for row in by_doc[d.doc_id, issue]])
            for (identity, year), own in sorted(cells.items(), key=lambda cell: cell[0]) for issue in every]
    return pd.DataFrame(rows, columns=SEEN).astype({"cases": "float64", "share": "float64"})


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
    import pandas as pd

    rows = [_pattern(own) for _, own in seen.groupby(["place_id", "issue"], sort=True) if own["raised"].any()]
    for row, q in zip(rows, adjusted([row["p"] for row in rows]), strict=True):
        row["q"], row["supported"] = q, bool(q <= SURE)
        if row.pop("trended") and row["supported"]:
            row["pattern"] = "growing" if row["tau"] > 0 else "shrinking"
    return pd.DataFrame(rows, columns=RECURRING)


def spread(seen: pd.DataFrame, by: Sequence[str] = ("issue",)) -> pd.DataFrame:
    """In how many places, of those with a summary, an issue is raised, with Wilson's 95 % interval.

    `by=("issue", "year")` gives it year by year. Other places report in other years: a change from year to year is
    one of the places too.
    """
    import pandas as pd

    rows = []
    for key, own in seen.groupby(list(by), sort=True):
        told = own.groupby("place_id")["raised"].any()
        low, high = wilson(int(told.sum()), len(told))
        rows.append({**dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True)), "places": len(told),
                     "raised": int(told.sum()), "spread": told.mean(), "low": low, "high": high,
                     "key_problem": int((own["salience"] == "key_problem").sum())})
    frame = pd.DataFrame(rows, columns=[*by, "places", "raised", "spread", "low", "high", "key_problem"])
    return frame.sort_values(["spread", "raised"], ascending=False, kind="stable").reset_index(drop=True) \
        if tuple(by) == ("issue",) else frame


def _rows(issues: Any) -> Iterable[dict[str, Any]]:
    if hasattr(issues, "to_dict"):
        return issues.to_dict("records")  # type: ignore[no-any-return]
    return [{name: getattr(one, name) for name in ("doc_id", "issue", "start", "end", "salience", "cases", "share")}
            for one in issues]


def _seen(identity: str, year: int, own: Sequence[Document], issue: str, told: list[dict[str, Any]]) -> dict[str, Any]:
    """The row of one place, year and issue out of what its summaries say."""
    best = max(told, key=lambda row: SALIENCE.index(row["salience"]), default=None)

    def first(name: str) -> float:
        return next((float(row[name]) for row in told if row.get(name) is not None and row[name] == row[name]), nan)

    return {"place_id": identity, "place": present_name(identity, own[0].place or own[0].organisation or ""),
            "year": year, "issue": issue, "raised": best is not None, "salience": best["salience"] if best else None,
            "cases": first("cases"), "share": first("share") / 100, "doc_id": best["doc_id"] if best else own[0].doc_id,
            "start": best.get("start") if best else None, "end": best.get("end") if best else None}


def _pattern(own: pd.DataFrame) -> dict[str, Any]:
    own = own.sort_values("year")
    raised = [bool(one) for one in own["raised"]]
    years, count = len(raised), sum(raised)
    low, high = wilson(count, years)
    when = [int(y) for y, one in zip(own["year"], raised, strict=True) if one]
    grown = trend(list(own["year"]), list(own["share"]))
    shift = change_point(list(own["year"]), list(own["share"]))
    pattern, p = _named(raised, low)
    trended = grown.years >= FEWEST and pattern not in ("new", "gone")
    loud = own["salience"].dropna()
    return {"place_id": own["place_id"].iloc[0], "place": own["place"].iloc[0], "issue": own["issue"].iloc[0],
            "years": years, "raised": count, "persistence": count / years, "low": low, "high": high, "first": when[0],
            "last": when[-1], "salience": max(loud, key=SALIENCE.index), "share": own["share"].mean(),
            "slope": grown.slope, "slope_low": grown.low, "slope_high": grown.high, "tau": grown.tau,
            "changed": shift[0] if shift and shift[1] <= SURE else None, "pattern": pattern,
            "doc_id": own["doc_id"][own["raised"].astype(bool)].iloc[-1], "p": grown.p if trended else p, "trended": trended}


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
