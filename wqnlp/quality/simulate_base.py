"""A gold text under damage: its rows move along with every change of the text.

`Rows` are the rows of `gold/*.jsonl` that belong to one file, by table: documents, figures, activities,
issues, audits. Spans are code points, `end` exclusive. A change before a span moves it; what is put in at
an edge of a span stays outside it, as a gloss after a unit does by the contract.
"""

from __future__ import annotations

import copy
import random
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

Row = dict[str, Any]
Rows = dict[str, list[Row]]
NUMBER = re.compile(r"[0-9０-９](?:[0-9０-９]|[,， ](?=[0-9０-９]{3}))*(?:[.．][0-9０-９]+)?")


class Change(NamedTuple):
    """Characters `start` to `end` become `new`."""

    start: int
    end: int
    new: str


class Mapping:
    """Old offsets to new ones. `starts[i]` and `ends[i]`: where character `i` now begins and ends."""

    def __init__(self, starts: list[int], ends: list[int]) -> None:
        self.starts, self.ends = starts, ends

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span's new offsets; empty (at one place) where nothing of it is left."""
        if start >= end or not self.starts:
            edge = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return edge, edge
        return self.starts[start], max(self.starts[start], self.ends[end - 1])


class Draft:
    """A text with its gold rows, changed step by step.

    >>> figure = {"id": "d:2-7", "doc_id": "d", "start": 2, "end": 7, "text": "287人次"}
    >>> draft = Draft("接待287人次", {"figures": [figure]})
    >>> draft.apply([Change(0, 2, "受理来访")])
    >>> draft.rows["figures"][0]["id"], draft.cut(draft.rows["figures"][0])
    ('d:4-9', '287人次')
    """

    def __init__(self, text: str, rows: Rows) -> None:
        self.text, self.rows = text, copy.deepcopy(rows)

    def cut(self, row: Row) -> str:
        """The characters of a row's span."""
        return self.text[row["start"]:row["end"]]

    @property
    def figures(self) -> list[Row]:
        """The figures in reading order."""
        return sorted(self.rows.get("figures", ()), key=lambda row: (row["start"], row["end"]))

    def apply(self, changes: Iterable[Change]) -> None:
        """Change the text; changes are apart, and one that overlaps the one before it is left out."""
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = size = 0

        def keep(start: int, end: int) -> None:
            nonlocal size
            parts.append(self.text[start:end])
            starts.extend(range(size, size + end - start))
            ends.extend(range(size + 1, size + end - start + 1))
            size += end - start

        for start, end, new in sorted(changes):
            if start < done:
                continue
            keep(done, start)
            same = len(new) == end - start
            for index in range(end - start):
                starts.append(size + (index if same else 0))
                ends.append(size + (index + 1 if same else len(new)))
            parts.append(new)
            size += len(new)
            done = end
        keep(done, len(self.text))
        self.replace("".join(parts), Mapping(starts, ends))

    def replace(self, text: str, mapping: Mapping) -> None:
        """Take a new text, and move every row by a mapping of the old offsets."""
        self.text = text
        for rows in self.rows.values():
            for row in rows:
                if row.get("start") is not None:
                    row["start"], row["end"] = mapping.span(row["start"], row["end"])
                    if "text" in row:
                        row["text"] = self.cut(row)
        self._rename()

    def shift(self, by: int) -> None:
        """The text moves back by so many characters: it now stands in a longer file."""
        for rows in self.rows.values():
            for row in rows:
                if row.get("start") is not None:
                    row["start"], row["end"] = row["start"] + by, row["end"] + by
        self._rename()

    def _rename(self) -> None:
        """Ids say where a thing stands, so they change with it; what refers to them changes too."""
        names: dict[str, str] = {}
        for table in ("figures", "activities"):
            for row in self.rows.get(table, ()):
                old = row.get("id")
                if old is None:
                    continue
                ranged = "-" in old.rsplit(":", 1)[1]
                names[old] = f"{row['doc_id']}:{row['start']}" + (f"-{row['end']}" if ranged else "")
                row["id"] = names[old]
        for row in self.rows.get("figures", ()):
            if row.get("parent"):
                row["parent"] = names.get(row["parent"], row["parent"])
        for row in self.rows.get("audits", ()):
            row["figures"] = [names.get(name, name) for name in row["figures"]]

    def unreadable(self, row: Row, flag: str, low: float | None, high: float | None) -> None:
        """A figure whose digits are gone: no value, the bounds given, a flag; audits over it are undetermined."""
        row["value"], row["low"], row["high"] = None, low, high
        row["flags"] = [*(f for f in row["flags"] if f != flag), flag]
        for audit in self.rows.get("audits", ()):
            if row["id"] in audit["figures"]:
                audit["status"] = "undetermined"


def factor(row: Row, printed: str) -> float | None:
    """What the printed number is multiplied with to give the row's value: 10000 for 万元, -1 for a decrease."""
    number = plain_number(printed)
    if row.get("value") is None or not number:
        return None
    return float(row["value"]) / number


def plain_number(printed: str) -> float:
    """A printed Arabic number as a float.

    >>> plain_number("１,２00.5")
    1200.5
    """
    return float(halved(printed).replace(",", "").replace(" ", "") or 0)


def halved(text: str) -> str:
    """Full-width ASCII as half-width."""
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)


def lost_lead_bounds(row: Row, printed: str) -> tuple[float | None, float | None]:
    """Bounds of a figure whose leading digit is gone: any number with as many digits.

    >>> lost_lead_bounds({"value": 300, "high": 300}, "300")
    (100.0, 999.0)
    """
    scale = factor(row, printed)
    whole = len(halved(printed).replace(",", "").replace(" ", "").split(".")[0])
    decimals = len(halved(printed).split(".")[1]) if "." in halved(printed) else 0
    low, high = float(10 ** (whole - 1)), 10.0 ** whole - 10.0 ** -decimals
    if scale is None:
        return None, row.get("high")
    first, second = sorted((low * scale, round(high * scale, 6)))
    return first, second


def some(draw: random.Random, things: list[Any], share: float) -> list[Any]:
    """A share of some things, at least one where there are any, in their order."""
    if not things:
        return []
    count = max(1, round(share * len(things)))
    return [things[i] for i in sorted(draw.sample(range(len(things)), count))]


def inside(spans: list[tuple[int, int]]) -> Callable[[int], bool]:
    """Whether an offset lies strictly inside one of some spans (apart from one another)."""
    spans = sorted(spans)
    begins = [start for start, _ in spans]

    def asked(offset: int) -> bool:
        index = bisect_right(begins, offset) - 1
        return index >= 0 and spans[index][0] < offset < spans[index][1]
    return asked
