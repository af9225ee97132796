"""Many words at once: the longest of them at each place, with offsets, in one pass over the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from operator import add
from typing import Any, Generic, NamedTuple, TypeVar

Value = TypeVar("Value")
FEW = 600               # first characters that are looked for as a class; of more, most places have one


class Hit(NamedTuple):
    """A word of a lexicon in a text: its span and what the lexicon holds for it."""

    start: int
    end: int
    value: Any


class Lexicon(Generic[Value]):
    """Words and their values, found together: leftmost and longest first.

    A word is looked up only where its first two characters stand; for words of Chinese, where few pairs of
    characters begin one, that is faster than an automaton.

    >>> places = Lexicon({"麦积区": "620503", "麦积": "alias", "甘泉镇": "town"})
    >>> [(hit.start, hit.end, hit.value) for hit in places.find("麦积区甘泉镇举办家风故事会")]
    [(0, 3, '620503'), (3, 6, 'town')]
    """

    def __init__(self, words: Mapping[str, Value]) -> None:
        self._words = {word: value for word, value in words.items() if word}
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[:2], set()).add(len(word))
        self._lengths = {head: tuple(sorted(found)) for head, found in lengths.items()}
        firsts = sorted({word[0] for word in self._words})
        self._first = re.compile(f"[{''.join(map(re.escape, firsts))}]") if 0 < len(firsts) <= FEW else None
        self._short = {head for head in self._lengths if len(head) == 1}
        self._longest = {head: tuple(sorted({*found, *((1,) if head[0] in self._short else ())}, reverse=True))
                         for head, found in self._lengths.items()}

    def __len__(self) -> int:
        return len(self._words)

    def _heads(self, text: str) -> list[tuple[int, str]]:
        """Where a word may begin, in order, with the characters that say so."""
        lengths, short = self._lengths, self._short
        if self._first is not None:
            places = [found.start() for found in self._first.finditer(text)]
            heads = [(at, pair) for at in places if (pair := text[at:at + 2]) in lengths]
            return heads if not short else sorted({*heads, *((at, char) for at in places if (char := text[at]) in short)})
        heads = [(at, pair) for at, pair in enumerate(map(add, text, text[1:])) if pair in lengths]
        return heads if not short else sorted([*heads, *((at, char) for at, char in enumerate(text) if char in short)])

    def scan_all(self, text: str) -> Iterator[Hit]:
        """Every hit, those inside and across others too, in order of their start, the shorter first."""
        lengths, words = self._lengths, self._words
        for at, head in self._heads(text):
            for length in lengths[head]:
                word = text[at:at + length]
                if word in words and len(word) == length:              # a text may end inside a longer one
                    yield Hit(at, at + length, words[word])

    def find(self, text: str) -> list[Hit]:
        """Hits apart from one another, in order: at each place the longest word, read from the left."""
        longest, words = self._longest, self._words
        out: list[Hit] = []
        edge = 0
        for at, head in self._heads(text):
            if at < edge:
                continue
            if len(head) == 1 and (pair := text[at:at + 2]) in longest:        # where longer words begin, too
                head = pair
            for length in longest[head]:
                word = text[at:at + length]
                if word in words and len(word) == length:
                    edge = at + length
                    out.append(Hit(at, edge, words[word]))
                    break
        return out
