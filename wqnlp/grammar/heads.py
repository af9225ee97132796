"""With which characters a regular expression can begin a match, and searches that look only there.

`re` tries an expression of many alternatives at every character. Where the first characters of a match are known,
a look for any of them goes before it, and before each alternative a look for those that it can begin with. What is
found is the same.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from wqnlp.tables import Rule, rules

Heads = frozenset[str] | None               # None: any character, or none at all
Part = Callable[[Any, Any], tuple[Heads, bool]]
FEW = 3                                     # patterns that begin with a character, worth an expression of their own
MOST = 8192                                 # of a range of characters: more is any


@cache
def _category(kind: Any) -> Heads:
    """All digits, or all blanks. Digits stand ten in a row (The Unicode Standard, 4.6), so that one in ten characters tells of
    all; no blank lies beyond U+3000."""
    if kind is op.CATEGORY_SPACE:
        return frozenset(filter(str.isspace, map(chr, range(0x3001))))
    if kind is op.CATEGORY_DIGIT:
        tens = (at for at in range(0, sys.maxunicode + 1, 10) if chr(at).isdecimal())
        return frozenset(filter(str.isdecimal, (chr(near) for at in tens for near in range(at - 9, at + 10))))
    return None


@cache
def heads(pattern: str) -> Heads:
    """The characters that a match of a pattern can begin with; None where it may be any, or the match empty.

    >>> sorted(heads(r"(?<!第)[一二]件|三(?=起)")), heads("[^件]"), heads(r"件?")
    (['一', '三', '二'], None, None)
    """
    tree = parser.parse(pattern)
    if tree.state.flags & re.IGNORECASE:
        return None
    found, empty = _in_row(tree, _part)
    return None if empty else found


def _in_row(items: Any, part: Part) -> tuple[Heads, bool]:
    """What can come first of parts in a row, asking `part` of each, and whether all of them may be passed over."""
    found: set[str] = set()
    for kind, value in items:
        own, through = part(kind, value)
        if own is None:
            return None, True
        found |= own
        if not through:
            return frozenset(found), False
    return frozenset(found), True


def _grouped(kind: Any, value: Any, part: Part) -> tuple[Heads, bool]:
    """The same of a group, a repetition, a choice, and of what takes up no character."""
    if kind in (op.AT, op.ASSERT, op.ASSERT_NOT):
        return frozenset(), True
    if kind is op.SUBPATTERN:
        return _in_row(value[3], part) if not value[1] else (None, True)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        own, through = _in_row(value[2], part)
        return own, through or value[0] == 0
    if kind is op.BRANCH:
        branches = [_in_row(branch, part) for branch in value[1]]
        if any(own is None for own, _ in branches):
            return None, True
        return frozenset().union(*(own or () for own, _ in branches)), any(through for _, through in branches)
    return None, True                       # any character, a group again, what is not one character


def _part(kind: Any, value: Any) -> tuple[Heads, bool]:
    """The heads of one part, and whether it may match nothing."""
    if kind is op.LITERAL:
        return frozenset(chr(value)), False
    if kind is op.IN:
        return _class(value), False
    if kind is op.ATOMIC_GROUP:
        return _in_row(value, _part)
    return _grouped(kind, value, _part)


def _class(items: Any) -> Heads:
    found: set[str] = set()
    for kind, value in items:
        own: Heads = None
        if kind is op.LITERAL:
            own = frozenset(chr(value))
        elif kind is op.RANGE and value[1] - value[0] < MOST:
            own = frozenset(map(chr, range(value[0], value[1] + 1)))
        elif kind is op.CATEGORY:
            own = _category(value)
        if own is None:
            return None
        found |= own
    return frozenset(found)


@cache
def needed(pattern: str) -> str:
    """A text that every match of a pattern holds, the longest that is plain to see; empty where none is.

    >>> needed("(?:全|我)县妇联(?!的)"), needed("信|电话"), needed("(?<=^市)妇联.{0,3}(?:委员会)+")
    ('县妇联', '', '委员会')
    """
    tree = parser.parse(pattern)
    return "" if tree.state.flags & re.IGNORECASE else max(_literals(tree), key=len, default="")


def _literals(items: Any) -> Iterator[str]:
    """The runs of single characters that parts in a row cannot do without."""
    run = ""
    for kind, value in items:
        if kind is op.LITERAL:
            run += chr(value)
            continue
        if run:
            yield run
        run = ""
        if kind is op.SUBPATTERN and not value[1]:
            yield from _literals(value[3])
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT) and value[0]:
            yield from _literals(value[2])
    if run:
        yield run


def _any_of(chars: frozenset[str]) -> str:
    """A class of characters, with categories by name: hundreds of digits of all scripts, one by one, are slow."""
    named = ""
    for kind, name, one in ((op.CATEGORY_DIGIT, r"\d", "0"), (op.CATEGORY_SPACE, r"\s", " ")):
        category = _category(kind) if one in chars else None
        if category is not None and category <= chars:
            chars, named = chars - category, named + name
    return f"[{named}{''.join(map(re.escape, sorted(chars)))}]"


def _sought(items: Any) -> bool:
    """Whether `re` itself looks for the first characters: a literal, a class, a choice of literals, or the beginning."""
    if not len(items):
        return False
    kind, value = items[0]
    if kind is op.SUBPATTERN and not value[1]:
        return _sought(value[3])
    if kind is op.BRANCH:
        return all(len(branch) and branch[0][0] is op.LITERAL for branch in value[1])
    return kind in (op.LITERAL, op.IN) or (kind is op.AT and value is op.AT_BEGINNING)


@cache
def headed(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern compiled so that places where it cannot begin are passed over at once; it finds the same.

    >>> headed("(?:一|[二三])月").pattern, headed("一?[二三]月").pattern, headed("月?").pattern
    ('(?:一|[二三])月', '(?=[一三二])(?:一?[二三]月)', '月?')
    """
    own = None if _sought(parser.parse(pattern)) else heads(pattern)
    return re.compile(pattern if own is None else f"(?={_any_of(own)})(?:{pattern})", flags)


@cache
def headed_rules(name: str) -> tuple[tuple[Rule, re.Pattern[str]], ...]:
    """The rules of `data/rules/NAME.yaml` in file order, each with its pattern `headed`."""
    return tuple((rule, headed(rule.pattern.pattern)) for rule in rules(name))


@cache
def _after_digits(pattern: str) -> Heads:
    """What can stand right after the digits that a match begins with; None where it may be anything, or nothing.

    >>> sorted(_after_digits(r"[1-9]\\d*(?:\\.\\d+)?[件起]|第\\d+") or ()), _after_digits(r"\\d+件?")
    (['.', '件', '第', '起'], None)
    """
    tree = parser.parse(pattern)
    found, through = _in_row(tree, _follow_part)
    return None if through or tree.state.flags & re.IGNORECASE else found


def _follow_part(kind: Any, value: Any) -> tuple[Heads, bool]:
    """What is no digit and can come first in one part, and whether it may be digits alone."""
    if kind in (op.LITERAL, op.IN):
        chars = frozenset(chr(value)) if kind is op.LITERAL else _class(value)
        return (None, True) if chars is None else (frozenset(c for c in chars if not c.isdecimal()), any(map(str.isdecimal, chars)))
    if kind is op.ASSERT and value[0] > 0:
        return _in_row(value[1], _follow_part)
    return _grouped(kind, value, _follow_part)


class Search:
    """`finditer` of several patterns at once: at each place the first of them that matches, as `|` between them has it.

    No pattern may match nothing, and with which characters each begins must be known. Tried at a character are the few
    patterns that begin with it; at a digit, where most begin, what stands after the digits tells whether most can match.

    >>> both = Search(["三八", "[一二三]件"])
    >>> [(m[0], which) for m, which in both.finditer("三八节三件")]
    [('三八', 0), ('三件', 1)]
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        own = [heads(pattern) or frozenset() for pattern in patterns]
        if not all(own):
            raise ValueError(f"with what it begins is not known: {patterns[own.index(frozenset())]}")
        self._patterns, self._heads = tuple(patterns), own
        self._follows = [_after_digits(pattern) for pattern in patterns]
        others = frozenset(char for char in frozenset[str]().union(*own) if not char.isdecimal())
        self._begin = re.compile(rf"\d+|{_any_of(others)}" if others else r"\d+")
        self._by_head: dict[str, re.Pattern[str]] = {}
        self._by_follow: dict[str, re.Pattern[str]] = {}
        self._made: dict[tuple[int, ...], re.Pattern[str]] = {}

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[tuple[re.Match[str], int]]:
        """The matches in order, each with the index of its pattern."""
        by_head, by_follow, end = self._by_head, self._by_follow, min(end, len(text))
        edge = start
        for begin in self._begin.finditer(text, start, end):
            at, stop = begin.span()
            if stop <= edge:
                continue
            head = text[at]
            if head.isdecimal():
                follow = text[stop] if stop < end else ""
                pattern = by_follow.get(follow) or self._of_follow(follow)
            else:
                pattern = by_head.get(head) or self._of_head(head)
            at = max(at, edge)
            while at < stop:
                found = pattern.match(text, at, end)
                if found is None:
                    at += 1
                else:
                    yield found, int(str(found.lastgroup)[1:])
                    at = edge = found.end()

    def _of_head(self, head: str) -> re.Pattern[str]:
        """The patterns that can begin with a character."""
        found = self._by_head[head] = self._joined(tuple(n for n, own in enumerate(self._heads) if head in own))
        return found

    def _of_follow(self, follow: str) -> re.Pattern[str]:
        """The patterns that can begin with digits that a character follows."""
        found = self._by_follow[follow] = self._joined(tuple(
            n for n, own in enumerate(self._heads)
            if any(map(str.isdecimal, own)) and ((told := self._follows[n]) is None or follow in told)))
        return found

    def _joined(self, which: tuple[int, ...]) -> re.Pattern[str]:
        """Some of the patterns, each tried only where it can begin."""
        if which not in self._made:
            self._made[which] = re.compile("|".join(
                f"(?={_any_of(self._heads[n])})(?P<r{n}>{self._patterns[n]})" for n in which) or "(?!)")
        return self._made[which]
