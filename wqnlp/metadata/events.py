"""Events that can be dated (laws in force, congresses, campaigns) to votes for the year that mentions them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from wqnlp.grammar.lexicon import Lexicon
from wqnlp.metadata.decide import Vote
from wqnlp.metadata.zones import zones
from wqnlp.structure import Summary
from wqnlp.tables import Rule, rules, table

MOST = 60                  # mentions of one event that are read
AROUND = 44                # characters before and after a mention that its rules may read
_DAY = re.compile(r"([0-9]{1,2})月([0-9]{1,2})日")
_PLAN = re.compile(r"(?:下一步|下步|明年|来年|今后|新的一年|20[0-9]{2}年[，,]?[^。]{0,14}将|我们将|将以)[^。]*$")
_NUMBERS = {c: v for v, c in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True, slots=True)
class Event:
    """A row of `data/events.yaml`: its name pattern and the day, or first and last day."""

    id: str
    kind: str
    first: date
    last: date | None
    other: date | None                   # a second event of the same words: a law revised twice
    until: int | None                    # of a meeting: the year of the next of its kind
    keys: tuple[str, ...]                # words one of which every mention has
    pattern: re.Pattern[str]


@cache
def _events() -> tuple[Event, ...]:
    return tuple(Event(entry["id"], entry["kind"], _day(entry["from"]), _day(entry.get("to")), _day(entry.get("also")),
                       entry.get("next"), (entry["key"],) if isinstance(entry["key"], str) else tuple(entry["key"]),
                       re.compile(entry["pattern"]))
                 for entry in table("events"))


@cache
def _keys() -> Lexicon[str]:
    return Lexicon({key: key for event in _events() for key in event.keys})


def _day(value: Any) -> Any:
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))


@cache
def _uses(kind: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules("event_use") if kind in rule.extra["kinds"])


@dataclass(slots=True)
class Bounds:
    """Years between which a summary must lie, for the events it knows of; soft."""

    low: int = 0
    high: int = 9999


def votes(summary: Summary) -> tuple[list[Vote], Bounds]:
    """Votes of all mentions of datable events, and the years they leave possible."""
    found: list[Vote] = []
    bounds = Bounds()
    text = summary.repaired.text
    where = zones(summary)
    spans = sorted((*where["title"], *where["heading"], *where["body"]))
    starts = [span.start for span in spans]
    present = {hit.value for hit in _keys().scan_all(summary.text)}
    for event in _events():
        if present.isdisjoint(event.keys):
            continue
        for low, high in _mentions(text, event, summary.start, summary.end):
            index = bisect_right(starts, low) - 1
            if index < 0 or high > spans[index].end:
                continue                                    # in a table or a signature
            span = spans[index]
            window = _window(text, span.start, span.end, low, high)
            planned = _PLAN.search(text, max(span.start, low - 60), low) is not None
            found += _uses_of(event, window, low, high, planned)
            _narrow(bounds, event, planned)
    return found, bounds


def _mentions(text: str, event: Event, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of an event's mentions: its key words are looked for first, its pattern only around them."""
    for key in event.keys:
        done, left = start, MOST
        while left and (at := text.find(key, done, end)) >= 0:
            match = event.pattern.search(text, max(done, at - 20), min(end, at + len(key) + 24))
            done, left = max(at + len(key), match.end() if match else 0), left - 1
            if match:
                yield match.span()


def _window(text: str, start: int, end: int, low: int, high: int) -> str:
    return f"{text[max(start, low - AROUND):low]}〈{text[low:high]}〉{text[high:min(end, high + AROUND)]}"


def _narrow(bounds: Bounds, event: Event, planned: bool) -> None:
    if event.kind == "anniversary":
        return
    # A law is talked of from the year before it comes into force, a plan from the year before it begins.
    slack = 1 if planned or event.kind in ("law", "plan") else 0
    bounds.low = max(bounds.low, event.first.year - slack)
    if event.until is not None:
        bounds.high = min(bounds.high, event.until + (0 if "plenum" in event.id else 1) + 1)


def _uses_of(event: Event, window: str, low: int, high: int, planned: bool) -> Iterator[Vote]:
    for rule in _uses(event.kind):
        match = rule.pattern.search(window)
        if match is None or (rule.extra.get("unless") and re.search(rule.extra["unless"], window)):
            continue
        shift = -1 if planned else 0
        for year, trust in _years(event, rule, match):
            yield Vote(year + shift, f"{rule.id}:{event.id}", trust, low, high)
        return


def _years(event: Event, rule: Rule, match: re.Match[str]) -> Iterator[tuple[int, float]]:
    days = [event.first, *([event.other] if event.other else [])]
    stated = _DAY.search(match.group())
    if stated and event.kind == "law":
        same = [day for day in days if (day.month, day.day) == (int(stated.group(1)), int(stated.group(2)))]
        if not same:
            return                                          # some other day: not this event's own
        days = same
    trust = rule.trust if len(days) == 1 else rule.trust * 0.6
    if rule.gives == "within":
        last = (event.last or event.first).year
        span = last - event.first.year + 1
        for year in range(event.first.year, last + 1):
            yield year, trust if span == 1 else trust / span ** 0.5
    elif rule.gives == "last":
        yield (event.last or event.first).year, trust
    elif rule.gives == "ordinal":
        named = match.groupdict()
        count = number(named.get("n") or named.get("n2") or "")
        if count:
            for day in days:
                yield day.year + count, trust
    elif isinstance(rule.gives, list):
        for shift, share in rule.gives:
            # A meeting late in the year is studied in the year after; one in spring, at once.
            yield days[0].year + int(shift), float(share)
    else:
        for day in days:
            yield day.year + int(rule.gives), trust


def number(word: str) -> int | None:
    """A small number in Arabic or Chinese digits.

    >>> number("104"), number("二十"), number("一百"), number("十五"), number("一百零四")
    (104, 20, 100, 15, 104)
    """
    if word.isascii() and word.isdigit():
        return int(word)
    total = digit = 0
    for c in word:
        if c in "十百":
            total += (digit or 1) * (10 if c == "十" else 100)
            digit = 0
        elif c in _NUMBERS:
            digit = _NUMBERS[c]
        else:
            return None
    return total + digit or None
