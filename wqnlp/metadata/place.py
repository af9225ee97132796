"""Which place a summary is of: the names in it, what stands around them, and what it calls its own area.

市妇联 may be of a prefecture or of a county, and many a summary never names itself. So every place named votes: by
the words around it (`rules/place.yaml`), for those it lies in, and townships for their county; what the text calls
its own area (全县, 我市: `rules/own_level.yaml`) says which kind of place can win.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from wqnlp.grammar import places
from wqnlp.grammar.places import Division, Mention
from wqnlp.metadata.decide import Decision, Vote
from wqnlp.metadata.hints import Hints
from wqnlp.metadata.zones import apply, zones
from wqnlp.structure import Summary
from wqnlp.tables import Rule, rules

BEFORE, AFTER = 18, 26     # characters around a name that its rules read
LEAST = 0.42               # support below which no place is given
MOST = 400                 # mentions that are read; a longer text repeats itself
TOWN = 0.45                # what a township is worth for its county, where no other has one of that name
CHILD = 0.3                # what a county named is worth for its prefecture
ABOVE = {"name": 0.12, "short": 0.12, "alias": 0.04}       # what a parent named is worth
_TOWN_TITLE = re.compile(r"(?:[12][0-9]{3}年(?:度)?)?(?P<town>[\u4e00-\u9fff]{2,6}?(?:镇|乡|街道))妇(?:女)?联")
_TOWN_UNDER = re.compile(r"(?P<town>[\u4e00-\u9fff]{1,5}?(?:镇|乡|街道|苏木))(?:妇(?:女)?联|妇女联合会)")
SELF_KINDS = {"省": ("province",), "市": ("prefecture", "county", "province"), "县": ("county",),
              "区": ("county", "province"), "州": ("prefecture",), "盟": ("prefecture",), "旗": ("county",),
              "镇": ("township",), "乡": ("township",), "街道": ("township",)}
ENOUGH = 1.0               # weight of what a text calls its own area, under which it says nothing
CLOSE = 0.02               # two places that lie apart and are this close: neither is given
_PLAIN = ("title_organisation", "signature", "opening_subject")
_ALIAS_NEEDS = (*_PLAIN, "title_place", "organisation", "slogan", "led_by", "institution")


class Key(NamedTuple):
    """A candidate: the id of a division, and the township's name where it is one."""

    id: str
    town: str = ""


class Said(NamedTuple):
    """A mention, the rule that fits its surroundings, and what it says: self, parent, other, mention."""

    mention: Mention
    rule: Rule
    role: str
    zone: str


class Place(NamedTuple):
    """The place chosen, as of the year, with the votes."""

    division: Division
    decision: Decision


def find(summary: Summary, year: int | None) -> tuple[Place | None, Decision]:
    """The place of a summary as it was in `year`, or None where its text gives none; and all votes."""
    hints = Hints(summary.text)
    said = [one._replace(mention=one.mention._replace(ids=hints.narrowed(_possible(one.mention, year)))) for one in _said(summary)]
    own = own_kinds(summary)
    votes = _votes(said, own)
    fits = {key: _fit(key, own, year) for key in {vote.value for vote in votes} if isinstance(key, Key)}
    decision = _choose(votes, fits)
    if not isinstance(decision.value, Key):
        decision = _unlisted_town(summary, said) or decision
    if not isinstance(decision.value, Key):
        return None, decision
    division = _division(decision.value, year, decision.votes, summary)
    return (Place(division, decision), decision) if division else (None, decision)


def _unlisted_town(summary: Summary, said: list[Said]) -> Decision | None:
    """A town that names itself in the title and is in no table (dissolved, renamed), in the county that leads it."""
    for one in said:
        if one.zone == "title" and len(one.mention.ids) == 1 and one.mention.ids[0][4:] != "00":
            under = _TOWN_UNDER.match(summary.repaired.text, one.mention.end)
            if under is not None:
                vote = Vote(Key(one.mention.ids[0], under.group("town")), "unlisted_town", 0.7, one.mention.start, under.end())
                return Decision(vote.value, 0.7, (vote,))
    named = _TOWN_TITLE.match(summary.slice(summary.title))
    led = [one for one in said if one.role == "parent" and len(one.mention.ids) == 1
           and one.mention.kind in ("name", "short") and one.mention.ids[0][4:] != "00"]
    if named is None or len({one.mention.ids for one in led}) != 1:
        return None
    vote = Vote(Key(led[0].mention.ids[0], named.group("town")), "unlisted_town", 0.6,
                led[0].mention.start, led[0].mention.end)
    return Decision(vote.value, 0.6, (vote,))


def own_kinds(summary: Summary) -> dict[str, float]:
    """What the text calls its own area, as shares: {"县": 0.9, "市": 0.1}.

    The kind is that of the words 全县, 我市, and of 县妇联 where it is not the one above.
    """
    counts: Counter[str] = Counter()
    for found in apply("own_level", summary):
        counts[found.match.group("kind")] += found.rule.trust  # type: ignore[assignment]
    total = sum(counts.values())
    return {kind: count / total for kind, count in counts.most_common()} if total >= ENOUGH else {}


def _said(summary: Summary) -> Iterable[Said]:
    text = summary.repaired.text
    where = zones(summary)
    opening = {span.start for span in where["opening"]}
    read = 0
    longer: set[str] = set()             # names in no table, of which one that is in it is the end
    for zone, spans in (("title", where["title"]), ("signature", where["signature"]),
                        ("opening", [span for span in where["body"] if span.start in opening]),
                        ("body", [*(span for span in where["body"] if span.start not in opening), *where["heading"]])):
        for span in spans:
            words = text[span.start:span.end]
            for mention in places.find(words):
                stem = places.stem_of_longer(words, mention) if zone in ("title", "signature") else ""
                if stem:
                    longer.add(stem + mention.name)
                if any(words.endswith(name, 0, mention.end) for name in longer):
                    continue
                found = _rule(words, mention, zone)
                if found is None or (mention.kind == "alias" and found.id not in _ALIAS_NEEDS):
                    continue
                role = str(found.gives or "self")
                if role == "none":
                    continue
                yield Said(mention._replace(start=mention.start + span.start, end=mention.end + span.start),
                           found, role, zone)
                read += 1
                if read >= MOST:
                    return


def _rule(words: str, mention: Mention, zone: str) -> Rule | None:
    low, high = mention.start, mention.end
    edge = "⏎" if zone == "opening" and low <= BEFORE else ""
    window = f"{edge}{words[max(0, low - BEFORE):low]}〈{mention.name}〉{words[high:high + AFTER]}"
    for rule in rules("place"):
        if rule.extra.get("where", zone) == zone and rule.pattern.search(window):
            return rule
    return None


def _votes(said: list[Said], own: dict[str, float]) -> list[Vote]:
    """Votes of every mention for the places it may be, and for those above and below that are named too."""
    named: dict[Key, list[Said]] = defaultdict(list)
    for one in said:
        for identity in one.mention.ids:
            named[Key(identity, one.mention.name if one.mention.kind == "town" else "")].append(one)
    above = {key.id for key in named if not key.town}
    votes: list[Vote] = []
    towns = sum(own.get(kind, 0.0) for kind in ("镇", "乡", "街道"))
    for key, ones in named.items():
        seen: set[str] = set()
        share = _share(key, ones[0].mention, above)
        for one in ones:
            start, end = one.mention.start, one.mention.end
            if one.role == "self" or (one.role == "mention" and not key.town):
                votes.append(Vote(key, one.rule.id, one.rule.trust * share, start, end))
            if key.town and one.role in ("self", "mention"):
                if one.mention.name not in seen and towns < 0.5:
                    votes.append(Vote(Key(key.id), f"township:{one.mention.name}", TOWN * share, start, end))
                if one.role == "mention":
                    votes.append(Vote(key, one.rule.id, one.rule.trust * share * 0.5, start, end))
            seen.add(one.mention.name)
    return votes + _family(named, votes)


def _possible(mention: Mention, year: int | None) -> tuple[str, ...]:
    """The places of that name which had it in the year, or about then; all, where none had."""
    if year is None or len(mention.ids) == 1 or mention.kind == "town":
        return mention.ids
    then = tuple(i for i in mention.ids if (d := places.as_of(i, year, mention.name)) is not None
                 and d.since <= year <= d.until and (d.name == mention.name or mention.kind in ("alias", "short")))
    return then or mention.ids


def _share(key: Key, mention: Mention, above: set[str]) -> float:
    """How much of a vote goes to one of several places of a name: more where its parent is named too."""
    others = len(mention.ids)
    if others == 1:
        return 1.0
    known = [i for i in mention.ids if _supported(i, above, same=bool(key.town))]
    if known:
        return (1.0 / len(known)) * 0.9 if key.id in known else 0.1 / others
    return 1.0 / others


def _supported(identity: str, above: set[str], *, same: bool) -> bool:
    return any(places.is_within(identity, other, same=same) for other in above)


def _family(named: dict[Key, list[Said]], votes: list[Vote]) -> list[Vote]:
    """Votes for places above by those inside them, and for those inside by the ones above, with what leads them."""
    out: list[Vote] = []
    candidates = {vote.value for vote in votes if isinstance(vote.value, Key)}
    for key, ones in named.items():
        if key.town:
            continue
        mention = ones[0].mention
        share = 1.0 if len(mention.ids) == 1 else 1.0 / len(mention.ids)
        if any(one.role in ("self", "mention") for one in ones) and mention.kind != "alias":
            holders = [Key(i) for i in places.holders(key.id)]
            if key.id[2:] != "0000" and key.id[4:] == "00":
                holders.append(Key(f"{key.id[:2]}0000"))
            candidates.update(holders)
            out += [Vote(holder, f"holds:{mention.name}", CHILD * share, mention.start, mention.end)
                    for holder in holders]
        led = next((one for one in ones if one.role == "parent"), None)
        for other in candidates:
            if other != key and places.is_within(other.id, key.id, same=bool(other.town)):
                trust = led.rule.trust * _directly(other, key) if led else ABOVE.get(mention.kind, 0.1)
                out.append(Vote(other, f"inside:{mention.name}", trust * share, mention.start, mention.end))
    return out


def _directly(inner: Key, outer: Key) -> float:
    """A federation is led by the one right above: a county's by its prefecture's, seldom by the province's."""
    if inner.town:
        return 1.0 if inner.id == outer.id else 0.2
    if outer.id[2:] != "0000" or not places.holders(inner.id):
        return 1.0
    return 0.2


def _fit(key: Key, own: dict[str, float], year: int | None) -> float:
    """How well a candidate is what the text calls its own area: 1 where it says nothing."""
    if not own:
        return 1.0
    division = places.as_of(key.id, year)
    if division is None:
        return 0.0
    name, level = (key.town, "township") if key.town else (division.name, division.level)
    ending = "街道" if name.endswith("街道") else "乡" if name.endswith("苏木") else name[-1]
    fit = 0.0
    for kind, share in own.items():
        if level in SELF_KINDS[kind] and (kind == ending or (kind in "镇乡" and ending in "镇乡")):
            fit += share
    return 0.15 + 0.85 * min(1.0, fit / max(own.values()))


def _choose(votes: list[Vote], fits: dict[Key, float]) -> Decision:
    by_key: dict[Key, list[Vote]] = defaultdict(list)
    for vote in votes:
        if isinstance(vote.value, Key):
            by_key[vote.value].append(vote)
    support = {key: _fitted(mine, fits[key]) for key, mine in by_key.items()}
    ranked = sorted(support, key=lambda key: (-support[key], key.town == "", key.id))
    ordered = tuple(vote for key in ranked for vote in sorted(by_key[key], key=lambda v: (-v.trust, v.start)))
    if not ranked or support[ranked[0]] < LEAST:
        return Decision(None, 0.0, ordered)
    first, second = ranked[0], ranked[1] if len(ranked) > 1 else None
    rival = support[second] if second else 0.0
    if second and support[first] - rival < CLOSE:
        if not _related(first, second):
            return Decision(None, 0.0, ordered)
        named = {key: _support([vote for vote in by_key[key] if vote.rule in _PLAIN]) for key in (first, second)}
        if named[second] > named[first]:
            first, rival = second, support[first]
    doubt = 0.0 if second and _related(first, second) else 0.4 * rival
    return Decision(first, round(support[first] * (1 - doubt), 4), ordered)


def _related(one: Key, other: Key) -> bool:
    """Whether one lies in the other: a county and its prefecture do not contradict each other."""
    return one.id == other.id or places.is_within(one.id, other.id) or places.is_within(other.id, one.id)


def _fitted(votes: list[Vote], fit: float) -> float:
    """Support, damped where the kind of place does not fit; a federation that names itself needs no fit."""
    plain = [vote for vote in votes if vote.rule in _PLAIN]
    return 1 - (1 - _support(plain)) * (1 - _support([vote for vote in votes if vote.rule not in _PLAIN]) * fit)


def _support(votes: list[Vote]) -> float:
    by_rule: dict[str, list[float]] = defaultdict(list)
    for vote in votes:
        by_rule[vote.rule].append(vote.trust)
    against = 1.0
    for trusts in by_rule.values():
        for rank, trust in enumerate(sorted(trusts, reverse=True)[:6]):
            against *= 1 - trust * 0.6 ** rank
    return 1 - against


def _division(key: Key, year: int | None, votes: tuple[Vote, ...], summary: Summary) -> Division | None:
    text = summary.repaired.text
    name = next((text[v.start:v.end] for v in votes if v.value == key and ":" not in v.rule), None)
    county = places.as_of(key.id, year, name)
    if county is None or not key.town:
        return county
    return places.township(county, key.town)
