"""A file as it was read: its text before any repair, where its pages stand, and how it was decoded."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple


class Page(NamedTuple):
    """One page of a paged format: its number from 1 and its span of the source text."""

    number: int
    start: int
    end: int


class Place(NamedTuple):
    """Where a stretch of the source text stands in its file, so that it can be shown there.

    `node` names a part of a document without pages: `p12` (paragraph), `t2r3c1` (cell), `fn4` (footnote), the path of
    an HTML element. `box` is left, top, right, bottom from the page's upper left corner, in points for a PDF and in
    pixels for an image.
    """

    start: int
    end: int
    node: str = ""
    page: int | None = None
    box: tuple[float, float, float, float] | None = None


class Cell(NamedTuple):
    """A cell of a table of the file: where it stands in the grid, how many rows and columns it spans, and its text.

    Rows and columns count from 0. The text of an empty cell is an empty span. A table that goes on over a page keeps
    its number; its repeated head is not there twice.
    """

    table: int
    row: int
    column: int
    rows: int
    columns: int
    start: int
    end: int


class Doubt(NamedTuple):
    """A stretch that was recognised rather than read, with the recogniser's confidence from 0 to 1."""

    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How bytes became text: the encoding chosen, the evidence for it, and what else was possible."""

    encoding: str                       # Python codec name, or `pdf` and the like for a text layer
    reason: str                         # in words: "BOM", "strict UTF-8", "97% common hanzi as GB18030" ...
    confidence: float
    runner_up: str | None = None
    undecodable: int = 0                # bytes that fit no character and stand as U+FFFD


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a reader makes of a file's bytes: its text in reading order, and what is known of where things stand.

    In the text a table is one line a row, its cells parted by ` | `, so that it reads as one; `cells` says the same
    exactly. All tuples are in order of their start.
    """

    text: str
    decoding: Decoding
    pages: tuple[Page, ...] = ()
    places: tuple[Place, ...] = ()
    cells: tuple[Cell, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The text of one file, unchanged. All offsets of all records count its code points."""

    path: str
    text: str
    sha256: str                         # of the file's bytes
    format: str                         # `text`, `pdf`, ...
    decoding: Decoding
    pages: tuple[Page, ...] = ()
    places: tuple[Place, ...] = ()
    cells: tuple[Cell, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def place_of(self, start: int, end: int) -> Place | None:
        """Where the characters `start` to `end` stand in the file: the first place that shares one with them.

        >>> how = Decoding(encoding="docx", reason="", confidence=1.0)
        >>> shown = Source(path="", text="总结\\n接访9件", sha256="", format="docx", decoding=how,
        ...                places=(Place(0, 2, "p1"), Place(3, 7, "p2")))
        >>> shown.place_of(5, 7).node
        'p2'
        """
        index = bisect_right(self.places, start, key=lambda place: place.start) - 1
        for place in self.places[max(index, 0):index + 2]:
            if place.start < end and place.end > start:
                return place
        return None
