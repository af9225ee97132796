"""Source text to repaired text: the result type that every later stage reads."""

from __future__ import annotations

from dataclasses import dataclass

from wqnlp.source.base import Source
from wqnlp.span import Aligned, Mark, Repair


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A source with its repairs applied, and marks on what could not be repaired."""

    source: Source
    aligned: Aligned
    marks: tuple[Mark, ...] = ()         # repaired offsets, in order

    @property
    def text(self) -> str:
        """The repaired text, simplified Chinese."""
        return self.aligned.text

    @property
    def log(self) -> tuple[Repair, ...]:
        """Every change, in source offsets; replaying it on the source gives the text."""
        return self.aligned.repairs
