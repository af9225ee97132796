"""Many words at once: the longest of them at each place, with offsets, in one pass over the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

Value = TypeVar("Value")


class Hit(NamedTuple):
    """A word of a lexicon in a text: its span and what the lexicon holds for it."""

    start: int
    end: int
    value: Any


class Lexicon(Generic[Value]):
    """Words and their values, found together by the Aho-Corasick method, leftmost and longest first.

    Building takes time in proportion to the words; keep a lexicon in a cached function.

    >>> places = Lexicon({"麦积区": "620503", "麦积": "alias", "甘泉镇": "town"})
    >>> [(hit.start, hit.end, hit.value) for hit in places.find("麦积区甘泉镇举办家风故事会")]
    [(0, 3, '620503'), (3, 6, 'town')]
    """

    def __init__(self, words: Mapping[str, Value]) -> None:
        import ahocorasick

        self._automaton = ahocorasick.Automaton()
        for word, value in words.items():
            if word:
                self._automaton.add_word(word, (len(word), value))
        self._empty = len(self._automaton) == 0
        if not self._empty:
            self._automaton.make_automaton()

    def __len__(self) -> int:
        return len(self._automaton)

    def scan_all(self, text: str) -> Iterator[Hit]:
        """Every hit, those inside and across others too, in order of their end."""
        if self._empty or not text:
            return
        for last, (length, value) in self._automaton.iter(text):
            yield Hit(last + 1 - length, last + 1, value)

    def scan(self, text: str) -> Iterator[Hit]:
        """The hits of `find`, one at a time."""
        yield from self.find(text)

    def find(self, text: str) -> list[Hit]:
        """Hits apart from one another, in order: at each place the longest word, read from the left."""
        # Not `iter_long` of pyahocorasick: it misses 丙 in 乙丙 where 乙丙丙 is a word too.
        out: list[Hit] = []
        edge = 0
        for hit in sorted(self.scan_all(text), key=lambda hit: (hit.start, -hit.end)):
            if hit.start >= edge:
                out.append(hit)
                edge = hit.end
        return out
