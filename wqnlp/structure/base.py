"""One summary and where things stand in it. All spans are of the repaired text."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from wqnlp.repair.base import Repaired
from wqnlp.span import SourceSpan, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a summary, as the outline sees it."""

    start: int
    end: int
    kind: str                            # title, heading, body, table, caption, signature, furniture
    level: int = 0                       # of a heading: 1 一、 2 （一） 3 1. 4 一是 ; 0 where none
    marker: str = ""                     # the list marker as printed: 一、 （二） 3. 一是
    text_start: int = 0                  # first character after the marker


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit of work described: a numbered item or a paragraph, with the headings above it."""

    start: int
    end: int
    heading_path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One summary of a file: a window on the repaired text with its outline."""

    repaired: Repaired
    start: int
    end: int
    title: Span
    lines: tuple[Line, ...] = ()
    sentences: tuple[Span, ...] = ()     # in order, apart; title and headings are sentences too
    units: tuple[Unit, ...] = ()
    _sentence_starts: tuple[int, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sentence_starts", tuple(s.start for s in self.sentences))

    @property
    def text(self) -> str:
        """The repaired text of this summary alone."""
        return self.repaired.text[self.start:self.end]

    def slice(self, span: Span | Line | Unit) -> str:
        """The repaired characters of a span."""
        return self.repaired.text[span.start:span.end]

    def sentence_at(self, offset: int) -> Span:
        """The sentence that holds a repaired offset, or the summary itself where none does."""
        index = bisect_right(self._sentence_starts, offset) - 1
        if index >= 0 and offset < self.sentences[index].end:
            return self.sentences[index]
        return Span(self.start, self.end)

    def to_source(self, start: int, end: int) -> SourceSpan:
        """Repaired offsets as source offsets, for a record."""
        return self.repaired.aligned.source_span(start, end)
