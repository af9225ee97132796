"""Places side by side over some years: the question a reader asks most, answered by one call or one command."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wqnlp.compare.cells import cells, rates
from wqnlp.compare.joined import former_names, present_name
from wqnlp.compare.stored import panel_of
from wqnlp.errors import NotInLibrary
from wqnlp.library import Library, open_store
from wqnlp.store.batch import extract
from wqnlp.store.where import Where, is_url

if TYPE_CHECKING:
    import pandas as pd

RECEIVED = ("cases_received", "case_visits")


@contextmanager
def library_at(path: Where) -> Iterator[Library]:
    """A library (a file, or the URL of a database), or a folder (or one text) read into a library that lasts as long as the block.

    Raises Unreadable (E22) where there is neither.
    """
    if is_url(path):
        with open_store(path) as library:
            yield library
        return
    if Path(path).is_dir() or (Path(path).is_file() and Path(path).read_bytes()[:15] != b"SQLite format 3"):
        with tempfile.TemporaryDirectory() as scratch:
            store = Path(scratch) / "library.db"
            extract([path], store=store)
            with open_store(store) as library:
                yield library
        return
    with open_store(path) as library:
        yield library


def side_by_side(library: Library, *, years: tuple[int | None, int | None] = (None, None), places: Sequence[str] = (),
                 measure: str | Sequence[str] = RECEIVED, issue: str | None = None) -> pd.DataFrame:
    """One row for each place and year: what is reported, and with an issue its share of all that is reported.

    `years` are the first and the last, either may be None; `places` are names or parts of names, former ones too;
    none means all. Columns: place, year, value, low, high, unit, status, note, figure_id, doc_id, and with an issue
    of (all cases), share, share_low, share_high (Wilson, 95 %). Years between that have no summary are rows without a
    number. Only annual figures: shorter periods are not set beside years. Raises NotInLibrary (E62) for an unknown
    code or a place that the library has nothing of.
    """
    part = panel_of(library, measure, issue)
    _all_known(part, places)
    asked = _within(cells(_of_places(part, places), every_year=True), years, places)
    kept = ["place", "year", "value", "low", "high", "unit", "status", "note", "figure_id", "doc_id"]
    if issue is None:
        return asked[kept].reset_index(drop=True)
    share = rates(part, panel_of(library, measure)).rename(
        columns={"value": "share", "low": "share_low", "high": "share_high"})
    share = share[share["period_kind"] == "annual"][["doc_id", "of", "share", "share_low", "share_high"]]
    found = asked[kept].merge(share, on="doc_id", how="left")
    found.loc[found["status"] == "disputed", ["of", "share", "share_low", "share_high"]] = float("nan")
    return found


def told(frame: pd.DataFrame) -> list[list[str]]:
    """The rows of `side_by_side` as text, a head first: numbers with their bounds, a word for each gap.

    >>> import pandas as pd
    >>> row = dict(place="甲县", year=2006, value=47.0, low=47.0, high=47.0, unit="件", status="given", note="")
    >>> told(pd.DataFrame([row | dict(of=186.0, share=0.2527, share_low=0.1957, share_high=0.3197)]))[1]
    ['甲县', '2006', '47件', '186', '25.3% (19.6–32.0)', '']
    """
    shares = "share" in frame.columns
    rows = [["place", "year", "value", *(["of", "share (95%)"] if shares else []), "note"]]
    for row in frame.to_dict("records"):
        one = {str(key): value for key, value in row.items()}
        rows.append([one["place"], str(one["year"]), _number(one), *(_of(one) if shares else []), one["note"] or ""])
    return rows


def _number(row: dict[str, Any]) -> str:
    unit = row["unit"] if isinstance(row["unit"], str) else ""
    if row["value"] == row["value"] and row["value"] is not None:
        rough = "" if row["low"] == row["high"] == row["value"] else "~"
        return f"{rough}{row['value']:.10g}{unit}"
    if row["low"] == row["low"] and row["high"] == row["high"]:
        return f"{row['low']:.10g}–{row['high']:.10g}{unit} ({row['status']})"
    return f"({row['status']})"


def _of(row: dict[str, Any]) -> list[str]:
    whole = f"{row['of']:.10g}" if row["of"] == row["of"] else ""
    low, high = row["share_low"], row["share_high"]
    if low != low or high != high:
        return [whole, ""]
    bounds = f"{100 * low:.1f}–{100 * high:.1f}"
    return [whole, f"{100 * row['share']:.1f}% ({bounds})" if row["share"] == row["share"] else f"{bounds}%"]


def _names(identity: str, place: str) -> list[str]:
    return [place, *(name for name, _, _ in former_names(identity))]


def _within(frame: pd.DataFrame, years: tuple[int | None, int | None], places: Sequence[str]) -> pd.DataFrame:
    first, last = years
    frame = frame[frame["year"].between(first or 0, last or 9999)]
    if not places:
        return frame
    return frame[[any(asked in name for asked in places for name in _names(str(row["place_id"]), str(row["place"])))
                  for row in frame.to_dict("records")]]


def _of_places(part: pd.DataFrame, places: Sequence[str]) -> pd.DataFrame:
    """The rows of those places alone, so that a cell is made of nothing else; `_within` has the last word."""
    if not places:
        return part
    told = part[["place_id", "place"]].drop_duplicates()
    wanted = {row["place_id"] for row in told.to_dict("records") if any(
        asked in name for asked in places for name in (*_names(str(row["place_id"]), str(row["place"])),
                                                       present_name(str(row["place_id"]), str(row["place"]))))}
    return part[part["place_id"].isin(wanted)]


def _all_known(part: pd.DataFrame, places: Sequence[str]) -> None:
    have = {name for row in part[["place_id", "place"]].drop_duplicates().to_dict("records")
            for name in _names(str(row["place_id"]), str(row["place"]))}
    for asked in places:
        if not any(asked in name for name in have):
            raise NotInLibrary("E62", asked, "the library has no summary of such a place",
                               "wqnlp compare without --places shows all there are")
