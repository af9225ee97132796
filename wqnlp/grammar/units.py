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
    return _surfaces().get(surface.replace(" ", ""))


@cache
def pattern() -> str:
    """A regular expression for any unit, the longest first.

    >>> re.match(pattern(), "件（次）。")[0]
    '件（次）'
    """
    return "|".join(map(re.escape, sorted(_surfaces(), key=len, reverse=True)))
