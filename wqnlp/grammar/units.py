"""Units as they are printed: the canonical unit and kind of each, and a pattern that finds the longest."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from wqnlp.tables import table


class Unit(NamedTuple):
    """A canonical unit and the kind of quantity it counts."""

    name: str
    kind: str


@cache
def _surfaces() -> dict[str, Unit]:
    known = table("units")
    kinds = {unit: kind for kind in ("people", "money", "percent", "count") for unit in known[kind]}
    kinds |= known["kind_of"]
    units = {unit: Unit(unit, kind) for unit, kind in kinds.items()}
    return units | {surface: Unit(unit, kinds[unit]) for surface, unit in known["surfaces"].items()}


def unit(surface: str) -> Unit | None:
    """The unit a surface names.

    >>> unit("件（次）"), unit("块钱"), unit("年")
    (Unit(name='件次', kind='count'), Unit(name='元', kind='money'), None)
    """
    return _surfaces().get(surface.replace(" ", "") if " " in surface else surface)


@cache
def pattern() -> str:
    """A regular expression for any unit, the longest first, where no longer word begins.

    >>> re.match(pattern(), "件（次）。")[0], re.match(pattern(), "部门")
    ('件（次）', None)
    """
    tails = table("units")["not_before"]
    return "|".join(re.escape(surface) + (f"(?!{tails[surface]})" if surface in tails else "")
                    for surface in sorted(_surfaces(), key=len, reverse=True))


@cache
def _noun_pattern() -> re.Pattern[str]:
    known = [(noun, name) for name, nouns in table("units")["nouns"].items() for noun in nouns]
    nouns = "|".join(re.escape(noun) for noun, _ in sorted(known, key=lambda pair: -len(pair[0])))
    return re.compile(f"(?:{'|'.join(table('units')['modifiers'])}){{0,3}}(?P<noun>{nouns})")


@cache
def _people() -> re.Pattern[str]:
    nouns = "|".join(map(re.escape, table("units")["nouns"]["人"]))
    return re.compile(rf"(?:{nouns}|人数)(?:共有?|有|约有?|达到?|近|超过?|为)*\s*$")


def ends_in_people(text: str) -> bool:
    """Whether the words before a number name people: 全区妇女 150万."""
    return bool(_people().search(text))


@cache
def _noun_units() -> dict[str, str]:
    return {noun: name for name, nouns in table("units")["nouns"].items() for noun in nouns}


def of_noun(text: str, at: int) -> Unit | None:
    """The unit of a number that counts the noun at `at` without a measure word.

    >>> of_noun("1100多万学生受益", 6), of_noun("3热线", 1)
    (Unit(name='人', kind='people'), None)
    """
    found = _noun_pattern().match(text, at)
    return unit(_noun_units()[found["noun"]]) if found else None
