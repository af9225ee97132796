"""One place through its renamings: 临安县, 临安市 and 临安区 are rows of one place in a panel."""

from __future__ import annotations

from functools import cache

from wqnlp.grammar import places


@cache
def place_id(place: str | None, adcode: str | None, year: int | None) -> str:
    """What a place is called in all years: the code it has now (with the town's name for a town), or its name.

    A code that a later place was given again is told by the year; a name alone is looked up.

    >>> place_id("浙江省杭州市临安县", "330124", 1995) == place_id("浙江省杭州市临安区", "330112", 2018)
    True
    >>> place_id("湖北省襄樊市", "420600", 2009) == place_id("湖北省襄阳市", "420600", 2015)
    True
    >>> place_id("江苏省苏州市昆山市千灯镇", "320583", 2016), place_id(None, None, None)
    ('320583 千灯镇', '')
    """
    if not place:
        return adcode or ""
    found = [d for d in places.named_in_full(place) if adcode is None or d.code == adcode]
    if found:
        near = min(found, key=lambda d: 0 if year is None or d.since <= year <= d.until
                   else min(abs(year - d.since), abs(year - d.until)))
        return near.id
    county = next((d for d in places.coded(adcode or "") if place.startswith(d.full) and place != d.full), None)
    return f"{county.id} {place.removeprefix(county.full)}" if county else adcode or place


@cache
def present_name(identity: str, otherwise: str) -> str:
    """The full name a place has now; `otherwise` for what is in no table.

    >>> present_name("330112", "浙江省杭州市临安县"), present_name("", "甲县")
    ('浙江省杭州市临安区', '甲县')
    """
    code, _, town = identity.partition(" ")
    division = places.as_of(code, None)
    return division.full + town if division else otherwise


def former_names(identity: str) -> list[tuple[str, int, int | None]]:
    """The names a place has had as (full name, first year, last year), oldest first.

    >>> [name[6:] for name, _, _ in former_names("330112")]
    ['临安县', '临安市', '临安区']
    """
    return [(d.full, d.since, None if d.until == places.NOW else d.until)
            for d in places.history(identity.partition(" ")[0])]
