"""A panel made square: one cell for each place, period and year, gaps said; and shares of one panel in another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wqnlp.compare.joined import present_name

if TYPE_CHECKING:
    import pandas as pd

KEY = ["place_id", "period_kind", "year"]
LEVEL = 0.95


def cells(panel: pd.DataFrame, period_kind: str = "annual", *, every_year: bool = False) -> pd.DataFrame:
    """One row for each place and year of one kind of period. Half-years and quarters are never added to years.

    Two summaries of one place and year that give different numbers make a cell `disputed`: no value, the numbers as
    bounds, and both in the note. With `every_year` the years between a place's first and last that have no summary
    are rows too, `status` no_summary: a gap, not a zero. `place` is the name the place has now.

    >>> import pandas as pd
    >>> from wqnlp.compare.panel import COLUMNS
    >>> told = dict.fromkeys(COLUMNS) | dict(place_id="a", place="甲县", period_kind="annual", unit="件", status="given")
    >>> rows = [told | dict(year=y, value=v, low=v, high=v, doc_id=d) for y, v, d in ((2006, 9., "p"), (2008, 7., "q"))]
    >>> cells(pd.DataFrame(rows), every_year=True)[["year", "value", "status"]].values.tolist()
    [[2006, 9.0, 'given'], [2007, nan, 'no_summary'], [2008, 7.0, 'given']]
    """
    import pandas as pd

    asked = panel[(panel["period_kind"] == period_kind) & panel["year"].notna()]
    rows: list[dict[str, Any]] = []
    for (identity, _), own in asked.groupby(["place_id", "period_kind"], sort=True):
        told: dict[int, list[dict[Any, Any]]] = defaultdict(list)
        for one in own.to_dict("records"):
            told[int(one["year"])].append(one)
        by_year = {year: _one(some) for year, some in told.items()}
        name = present_name(str(identity), str(own["place"].iloc[-1]))
        for year in range(min(by_year), max(by_year) + 1) if every_year else sorted(by_year):
            row = by_year.get(year) or dict.fromkeys(panel.columns) | {
                "place_id": identity, "period_kind": period_kind, "year": year, "status": "no_summary",
                "measure": own["measure"].iloc[0], "issue": own["issue"].iloc[0], "note": "没有这一年的总结"}
            rows.append(row | {"place": name})
    frame = pd.DataFrame(rows, columns=list(panel.columns))
    return frame.astype({"year": "Int64", "value": "float64", "low": "float64", "high": "float64"})


def rates(parts: pd.DataFrame, wholes: pd.DataFrame) -> pd.DataFrame:
    """The share of one panel in another (domestic violence in all cases), with Wilson's 95 % intervals.

    Both are panels of the same summaries; a share is made only where both numbers are given, of one measure, unit and
    period. `low` and `high` are the interval, or what the bounds of the two numbers allow where one is approximate or
    masked; then `value` is missing. A part that is larger than its whole has no share, and the note says so. The
    interval speaks of chance alone (Wilson 1927), not of what is never reported.

    >>> import pandas as pd
    >>> told = dict(doc_id="a", place_id="a", place="甲县", year=2006, period_kind="annual", measure="cases_received")
    >>> told |= dict(unit="件", status="given", figure_id="", note="", adcode="", issue="domestic_violence")
    >>> one, all_ = (pd.DataFrame([told | dict(value=v, low=v, high=v)]) for v in (47., 186.))
    >>> [round(x, 3) for x in rates(one, all_)[["value", "low", "high"]].iloc[0]]
    [0.253, 0.196, 0.32]
    """
    import pandas as pd

    both = parts.merge(wholes, on=["doc_id", "period_kind"], suffixes=("", "_of"))
    rows = []
    for row in both.to_dict("records"):
        told = {str(k): v for k, v in row.items()}
        value, low, high, status, note = _share(told)
        rows.append({**{name: told.get(name) for name in ("place_id", "place", "adcode", "year", "period_kind", "issue")},
                     "cases": told["value"], "of": told["value_of"], "value": value, "low": low, "high": high,
                     "status": status, "figure_id": told["figure_id"], "of_figure_id": told["figure_id_of"],
                     "doc_id": told["doc_id"], "note": note})
    names = ["place_id", "place", "adcode", "year", "period_kind", "issue", "cases", "of", "value", "low", "high",
             "status", "figure_id", "of_figure_id", "doc_id", "note"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({"year": "Int64"} | dict.fromkeys(("cases", "of", "value", "low", "high"), "float64"))


@lru_cache(4096)
def wilson(cases: float, of: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval of a share.

    >>> [round(bound, 3) for bound in wilson(0, 20)]
    [0.0, 0.161]
    """
    from scipy.stats import binomtest

    found = binomtest(round(cases), round(of)).proportion_ci(level, method="wilson")
    return float(found.low), float(found.high)


def _share(row: dict[str, Any]) -> tuple[float | None, float | None, float | None, str, str]:
    """Share, its bounds, status and note of a part and its whole (`_of`)."""
    if row["figure_id"] is None or row["figure_id_of"] is None:
        return None, None, None, "none", "两个数字不全"
    if (row["unit"], row["measure"]) != (row["unit_of"], row["measure_of"]):
        return None, None, None, "none", f"所计不同（{row['unit']}、{row['unit_of']}），不能相比"
    if {row["status"], row["status_of"]} == {"given"}:
        if row["value"] > row["value_of"] or not row["value_of"]:
            return None, None, None, "inconsistent", "部分大于总数"
        return row["value"] / row["value_of"], *wilson(row["value"], row["value_of"]), "given", ""
    low = row["low"] / row["high_of"] if row["high_of"] and row["low"] == row["low"] else None
    high = row["high"] / row["low_of"] if row["low_of"] and row["high"] == row["high"] else None
    worst = next(s for s in ("masked", "damaged", "approximate", "none") if s in (row["status"], row["status_of"]))
    return None, low, high if high is None else min(1.0, high), worst, "由数字的上下限得出的范围"


def _one(rows: Sequence[Mapping[Any, Any]]) -> dict[str, Any]:
    """The cell of one place and year out of the rows of its summaries."""
    told = [row for row in rows if row["figure_id"] is not None]
    best = min(told or rows, key=lambda row: ("given", "approximate", "masked", "damaged", "none").index(row["status"]))
    others = [row for row in told if row["value"] == row["value"] and row["value"] is not None]
    if len({(row["value"], row["unit"]) for row in others}) < 2:
        return dict(best)
    texts = "、".join(f"{row['value']:.10g}{row['unit'] or ''}（{row['doc_id']}）" for row in others)
    return dict(best) | {"value": None, "low": min(row["value"] for row in others), "status": "disputed",
                   "high": max(row["value"] for row in others),
                   "note": "；".join(n for n in (best["note"], f"同一地区同一年的总结不一：{texts}") if n)}


def breakdown(panels: Mapping[str, pd.DataFrame], whole: pd.DataFrame) -> pd.DataFrame:
    """How the cases of each summary divide by issue: the rows of `rates` of each panel in the whole, with its issue.

    `panels` are panels by issue; take issues that do not lie in one another (`vocab.parent` is None), or pieces are
    counted twice.
    """
    import pandas as pd

    parts = [rates(part, whole).assign(issue=issue) for issue, part in panels.items()]
    found = pd.concat(parts, ignore_index=True) if parts else rates(whole.head(0), whole)
    return found[found["cases"].notna()].reset_index(drop=True)
