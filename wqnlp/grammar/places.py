"""Names of places to divisions: code, level and full name, as of a year. Knows names, no document.

The tables and their sources are described in `data/places/README.md`.

>>> lookup("霍山县", 2006)[0].code, lookup("霍山县", 2006)[0].full
('341525', '安徽省六安市霍山县')
>>> [(place.code, place.full) for place in lookup("襄樊市", 2009)], lookup("襄樊市", 2015)
([('420600', '湖北省襄樊市')], [])
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from wqnlp.errors import DataError
from wqnlp.grammar.lexicon import Hit, Lexicon
from wqnlp.tables import table

NOW = 9999
_STEM = re.compile(r"(?:^|[^\u4e00-\u9fff]|[年度])(?:关于|中共)?(?P<stem>(?!关于|中共|[年度])[\u4e00-\u9fff]{1,2})\Z", re.MULTILINE)
_SUFFIX = re.compile(r"(?:特别行政区|地区|省|市|县|区|盟|旗|林区|特区)$")


@dataclass(frozen=True, slots=True)
class Division:
    """A province, prefecture, county or township with its name and code of some years."""

    code: str                   # six digits of GB/T 2260; a township has its county's
    id: str                     # the code the same place has now, and so the same through renamings
    name: str                   # its own name: 剑川县
    full: str                   # with its parents: 云南省大理白族自治州剑川县
    level: str                  # province, prefecture, county, township
    since: int
    until: int

    @property
    def parents(self) -> tuple[str, ...]:
        """Codes above this one, nearest first: a county has its prefecture and province."""
        codes = (self.code, f"{self.code[:4]}00", f"{self.code[:2]}0000")
        return tuple(dict.fromkeys(code for code in codes if self.level == "township" or code != self.code))


class Mention(NamedTuple):
    """A place name in a text. `ids` are all places of that name; `kind` is name, short, alias, town or generic."""

    start: int
    end: int
    name: str
    kind: str
    ids: tuple[str, ...]


@cache
def _rows(name: str) -> list[list[str]]:
    path = files("wqnlp") / "data" / "places" / name
    if not path.is_file():
        raise DataError("E33", name, "the package has no such data table", "reinstall wqnlp")
    return [line.split("\t") for line in path.read_text("utf-8").splitlines() if line and line[0] != "#"]


@cache
def _history() -> dict[str, tuple[Division, ...]]:
    """Id to the divisions it was, oldest first."""
    found: dict[str, list[Division]] = {}
    for code, identity, province, prefecture, county, since, until in _rows("divisions.tsv"):
        level = "county" if county else "prefecture" if prefecture else "province"
        division = Division(code, identity, county or prefecture or province, province + prefecture + county, level,
                            int(since), int(until) if until else NOW)
        found.setdefault(identity, []).append(division)
    return {identity: tuple(sorted(past, key=lambda d: (d.until, d.since))) for identity, past in found.items()}


@cache
def _towns() -> dict[str, tuple[str, ...]]:
    """Name of a township to the ids of the counties that have one so called."""
    found: dict[str, list[str]] = {}
    for county, names in _rows("townships.tsv"):
        for name in names.split(" "):
            found.setdefault(name, []).append(county)
    return {name: tuple(counties) for name, counties in found.items()}


@cache
def _autonomous() -> re.Pattern[str]:
    peoples = "|".join(table("places/names")["peoples"])
    return re.compile(rf"(?:{peoples})*(?:自治[州县旗区]|民族乡)$")


def short_names(name: str) -> tuple[str, ...]:
    """What people write for a division: 大理州 and 大理 for 大理白族自治州.

    >>> short_names("大理白族自治州"), short_names("霍山县"), short_names("内蒙古自治区"), short_names("莘县")
    (('大理州', '大理'), ('霍山',), ('内蒙古',), ())
    """
    special = table("places/names")["short"].get(name)
    if special is not None:
        return tuple(special)
    own = _autonomous().search(name)
    if own:
        stem, end = name[:own.start()], own.group()[-1]
        whole = (stem + end,) if end != "区" and len(stem) > 1 else ()
        return whole + ((stem,) if len(stem) > 1 else ())
    stem = _SUFFIX.sub("", name)
    return (stem,) if len(stem) > 1 and stem != name else ()


@cache
def _names() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Every name to its kind and ids: full names first, then townships, then short names."""
    kinds: dict[str, str] = {}
    ids: dict[str, list[str]] = {}

    def put(name: str, kind: str, identity: str) -> None:
        if kinds.setdefault(name, kind) == kind and identity not in ids.setdefault(name, []):
            ids[name].append(identity)

    generic, everyday = (frozenset(table("places/names")[kind]) for kind in ("generic", "everyday"))
    every = [division for past in _history().values() for division in past]
    for division in every:
        put(division.name, "generic" if division.name in generic else "name", division.id)
    for name, counties in _towns().items():
        for county in counties:
            put(name, "generic" if name in generic else "town", county)
    for division in every:
        for short in short_names(division.name):
            if short in everyday:
                continue
            put(short, "short" if short[-1] in "州县旗" and len(short) > 2 else "alias", division.id)
    return {name: (kind, tuple(ids[name])) for name, kind in kinds.items()}


@cache
def _lexicon() -> Lexicon[tuple[str, tuple[str, ...]]]:
    return Lexicon(_names())


def find(text: str) -> list[Mention]:
    """The place names of a text, longest first, in order. Ambiguous ones keep all their places.

    A name that stands right after its parent's is narrowed to the places inside it, and so read rather than a longer one
    that runs into the parent's: 山西吉县, not 西吉县.

    >>> [(m.name, m.kind, len(m.ids)) for m in find("家住南京市鼓楼区，在剑川县金华镇设站")]
    [('南京市', 'name', 1), ('鼓楼区', 'name', 1), ('剑川县', 'name', 1), ('金华镇', 'town', 1)]
    """
    found: list[Mention] = []
    for start, end, (kind, ids) in _chosen(list(_lexicon().scan_all(text))):
        before = found[-1] if found and found[-1].end == start else None
        if before is not None:
            inside = tuple(i for i in ids if any(is_within(i, other, same=kind == "town") for other in before.ids))
            ids = inside or ids
        if kind == "generic":
            if before is None or not inside:
                continue
            kind = "town" if text[end - 1] in "镇乡" else "name"
        found.append(Mention(start, end, text[start:end], kind, ids))
    return found


def stem_of_longer(words: str, mention: Mention) -> str:
    """What makes a name that begins a line the end of a longer one, of a place that is in no table: 青 of 青岚县; else empty.

    >>> [stem_of_longer(text, find(text)[-1]) for text in ("青岚县妇联总结", "2015年青岚县妇联总结", "关于岚县妇联的总结", "吕梁岚县妇联")]
    ['青', '青', '', '']
    """
    found = None if mention.kind == "alias" else _STEM.search(words, 0, mention.start)
    if found is None:
        return ""
    stem, known = found["stem"], table("places/names")
    return "" if stem in _names() or any(stem in known[kind] for kind in ("leads", "everyday")) else stem


def _chosen(hits: list[Hit]) -> list[Hit]:
    """Hits that do not overlap; two of which one lies in the other go before one that begins in the midst of the first."""
    ending: dict[int, list[Hit]] = {}
    for hit in hits:
        ending.setdefault(hit.end, []).append(hit)
    out: list[Hit] = []
    for hit in _apart(hits):
        low = out[-1].end if out else 0
        pair = next(((outer, inner) for inner in ending[hit.end] if inner.start > hit.start
                     for outer in ending.get(inner.start, ()) if low <= outer.start < hit.start
                     and any(is_within(one, other) for one in inner.value[1] for other in outer.value[1])), None)
        out += pair or (hit,)
    return out


def _apart(hits: list[Hit]) -> list[Hit]:
    """Hits that do not overlap, chosen so that long names win, and divisions before townships.

    In 党委和平乡县妇联 the county 平乡县 stands, not a town 和平乡: reading from the left would take the town.
    """
    hits.sort(key=lambda hit: hit.end)
    ends = [hit.end for hit in hits]
    best: list[tuple[int, bool]] = []                       # weight of the best choice so far; is this hit in it
    weight = [0]
    for index, hit in enumerate(hits):
        own = (hit.end - hit.start) ** 2 * 2 + (hit.value[0] == "name")
        taken = own + weight[bisect_right(ends, hit.start, 0, index)]
        best.append((taken, taken > weight[-1]))
        weight.append(max(weight[-1], taken))
    out: list[Hit] = []
    index = len(hits) - 1
    while index >= 0:
        if best[index][1]:
            out.append(hits[index])
            index = bisect_right(ends, hits[index].start, 0, index)
        index -= 1
    return out[::-1]


def is_within(inner: str, outer: str, *, same: bool = False) -> bool:
    """Whether place `inner` (an id) lies in place `outer`, now or at any time since 1985.

    >>> is_within("532931", "532900"), is_within("532931", "530000"), is_within("532931", "532931")
    (True, True, False)
    """
    if inner == outer:
        return same
    return outer in _above().get(inner, ())


def holders(identity: str) -> tuple[str, ...]:
    """Ids of the prefectures that a county lies in or lay in; none for a prefecture, or a county under its province.

    >>> holders("341525"), holders("341500"), holders("429004")
    (('341500',), (), ('421000',))
    """
    return tuple(sorted(i for i in _above().get(identity, ()) if i[2:] != "0000"))


@cache
def _above() -> dict[str, frozenset[str]]:
    """Id to the ids of all that it ever lay in."""
    prefectures = {(d.full, d.level): d.id for past in _history().values() for d in past}
    found = {}
    for identity, past in _history().items():
        over = set()
        for division in past:
            over.add(f"{division.id[:2]}0000")
            if division.level == "county":
                over.add(prefectures.get((division.full[:-len(division.name)], "prefecture"), ""))
        found[identity] = frozenset(over - {"", identity})
    return found


def as_of(identity: str, year: int | None, name: str | None = None) -> Division | None:
    """The division that a place was in a year; the latest where no year is known, of that `name` if given.

    Two that later became one share an id; `name` tells them apart.

    >>> as_of("231283", 1998).code, as_of("231283", 2003).code, as_of("231283", None).full
    ('232304', '231283', '黑龙江省绥化市海伦市')
    """
    past = _history().get(identity, ())
    if not past:
        return None
    if year is not None:
        now = [d for d in past if d.since <= year <= d.until]
        if not now:
            return min(past, key=lambda d: min(abs(year - d.since), abs(year - d.until)))
        past = tuple(now)
    named = [d for d in past if name is not None and (d.name == name or name in short_names(d.name))]
    return (named or past)[-1]


def lookup(name: str, year: int | None = None, within: str | None = None) -> list[Division]:
    """All divisions so called in a year (in any year, without one), provinces first.

    `within` is the id of a place they must lie in. A township comes with its county's code.

    >>> [place.full for place in lookup("千灯镇", 2016)]
    ['江苏省苏州市昆山市千灯镇']
    >>> len(lookup("鼓楼区", 2016)), [place.code for place in lookup("鼓楼区", 2016, within="320100")]
    (4, ['320106'])
    """
    kind, ids = _names().get(name, ("", ()))
    out = []
    for identity in ids:
        if within is not None and identity != within and not is_within(identity, within):
            continue
        division = as_of(identity, year, name)
        if division is None:
            continue
        if kind == "town":
            out.append(township(division, name))
        elif year is None or (division.since <= year <= division.until
                              and (division.name == name or name in short_names(division.name))):
            out.append(division)
    return sorted(out, key=lambda d: (d.code[2:] != "0000", d.code[4:] != "00", d.code))


def township(county: Division, name: str) -> Division:
    """A town or street of a county, which carries the county's code."""
    return Division(county.code, county.id, name, county.full + name, "township", county.since, county.until)


def history(identity: str) -> tuple[Division, ...]:
    """All the divisions that a place (an id) was, oldest first.

    >>> [(place.name, place.since) for place in history("330112")]
    [('临安县', 1985), ('临安市', 1996), ('临安区', 2017)]
    """
    return _history().get(identity, ())


@cache
def _by(field: str) -> dict[str, tuple[Division, ...]]:
    found: dict[str, list[Division]] = {}
    for past in _history().values():
        for division in past:
            found.setdefault(getattr(division, field), []).append(division)
    return {key: tuple(divisions) for key, divisions in found.items()}


def named_in_full(full: str) -> tuple[Division, ...]:
    """The divisions of a full name, of any year.

    >>> [place.code for place in named_in_full("浙江省杭州市临安县")]
    ['330124']
    """
    return _by("full").get(full, ())


def coded(code: str) -> tuple[Division, ...]:
    """The divisions that ever had a code.

    >>> [place.name for place in coded("420600")]
    ['襄樊市', '襄阳市']
    """
    return _by("code").get(code, ())
