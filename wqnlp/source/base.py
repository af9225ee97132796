"""A file as it was read: its text before any repair, where its pages stand, and how it was decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Page(NamedTuple):
    """One page of a paged format: its number from 1 and its span of the source text."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How bytes became text: the encoding chosen, the evidence for it, and what else was possible."""

    encoding: str                       # Python codec name, or `pdf` and the like for a text layer
    reason: str                         # in words: "BOM", "strict UTF-8", "97% common hanzi as GB18030" ...
    confidence: float
    runner_up: str | None = None
    undecodable: int = 0                # bytes that fit no character and stand as U+FFFD


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The text of one file, unchanged. All offsets of all records count its code points."""

    path: str
    text: str
    sha256: str                         # of the file's bytes
    format: str                         # `text`, `pdf`, ...
    decoding: Decoding
    pages: tuple[Page, ...] = ()
