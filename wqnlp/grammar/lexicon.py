"""Many words at once: the longest of them at each place, with offsets, in one pass over the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

Value = TypeVar("Value")
_START: Callable[[re.Match[str]], int] = re.Match.start


class Hit(NamedTuple):
    """A word of a lexicon in a text: its span and what the lexicon holds for it."""

    start: int
    end: int
    value: Any


class Lexicon(Generic[Value]):
    """Words and their values, found together: leftmost and longest first.

    A word is looked up only where a first character of one stands before a second of one, and both begin one
    together; for words of Chinese, where few pairs of characters do, that is faster than an automaton.

    >>> places = Lexicon({"麦积区": "620503", "麦积": "alias", "甘泉镇": "town"})
    >>> [(hit.start, hit.end, hit.value) for hit in places.find("麦积区甘泉镇举办家风故事会")]
    [(0, 3, '620503'), (3, 6, 'town')]
    """

    def __init__(self, words: Mapping[str, Value]) -> None:
        self._words = {word: value for word, value in words.items() if word}
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[:2], set()).add(len(word))
        self._short = short = {head for head in lengths if len(head) == 1}
        self._longest = {head: tuple(sorted(found | ({1} if head[0] in short else set()), reverse=True))
                         for head, found in lengths.items()}
        firsts, seconds = ({head[at] for head in lengths if len(head) == 2} for at in (0, 1))
        self._begin = re.compile("|".join(
            [*([f"[{_class(firsts)}](?=[{_class(seconds)}])"] if firsts else []), *([f"[{_class(short)}]"] if short else [])]
            or ["(?!)"]))

    def __len__(self) -> int:
        return len(self._words)

    def scan_all(self, text: str) -> Iterator[Hit]:
        """Every hit, those inside and across others too, in order of their start, the shorter first."""
        words, longest, short = self._words, self._longest, self._short
        for at in map(_START, self._begin.finditer(text)):
            lengths = longest.get(text[at:at + 2]) or (short and longest.get(text[at]))
            if not lengths:
                continue
            for length in reversed(lengths):
                word = text[at:at + length]
                if word in words and len(word) == length:              # a text may end inside a longer one
                    yield Hit(at, at + length, words[word])

    def _found(self, text: str) -> list[tuple[int, str]]:
        """At each place the longest word, read from the left."""
        words, longest, short = self._words, self._longest, self._short
        out: list[tuple[int, str]] = []
        edge = 0
        for at in map(_START, self._begin.finditer(text)):
            if at < edge:
                continue
            for length in longest.get(text[at:at + 2]) or (short and longest.get(text[at])) or ():
                word = text[at:at + length]
                if word in words and len(word) == length:
                    edge = at + length
                    out.append((at, word))
                    break
        return out

    def find(self, text: str) -> list[Hit]:
        """Hits apart from one another, in order: at each place the longest word, read from the left."""
        return [Hit(at, at + len(word), self._words[word]) for at, word in self._found(text)]

    def said(self, text: str) -> dict[str, Value]:
        """The words of `find`, each once, with their values, in order.

        >>> Lexicon({"维权": 1, "维权站": 2}).said("维权站和维权岗，维权站")
        {'维权站': 2, '维权': 1}
        """
        return {word: self._words[word] for _, word in self._found(text)}


def _class(chars: set[str]) -> str:
    return "".join(map(re.escape, sorted(chars)))
