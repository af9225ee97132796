"""Whose summary it is: the body named in the title or under the text, or 市妇联 with the place put before it."""

from __future__ import annotations

from wqnlp.grammar.places import Division, short_names
from wqnlp.metadata.decide import Decision, Vote, decide
from wqnlp.metadata.zones import apply
from wqnlp.structure import Summary

FEDERATION = ("妇联", "妇女联合会")
LEAST = 0.3
_GENERIC = frozenset("省市县区州盟旗镇乡")


def find(summary: Summary, place: Division | None) -> Decision:
    """The organisation's name. A federation is called by its place: 霍山县妇联, whatever the text leaves out.

    None where the text names no body, or only 市妇联 and no place is known.
    """
    votes = []
    for found in apply("organisation", summary):
        name = _named(found.match.group("name"), place)
        if name is not None:
            votes.append(Vote(name, found.rule.id, found.rule.trust, found.start, found.end))
    if not votes and place is not None:
        at = summary.text.find("妇联")
        if at >= 0:
            votes.append(Vote(common(place) + "妇联", "place_and_federation", 0.4,
                              summary.start + at, summary.start + at + 2))
    return decide(votes, LEAST)


def _named(words: str, place: Division | None) -> str | None:
    """The name as people write it: short where the text is formal, with its place where the text leaves that out."""
    end = next((word for word in FEDERATION if words.endswith(word)), None)
    if end is None:                              # 市妇儿工委办公室 of a known place
        return common(place) + words[1:] if place is not None and words[0] in _GENERIC and words[1] in "妇人公司民总信法检政" else words
    stem = words[:-len(end)].lstrip("0123456789年度的 　")
    generic = stem in _GENERIC or stem.removeprefix("全") in _GENERIC or stem in ("", "自治区", "街道")
    if place is None:
        return None if generic else stem + "妇联"
    if generic:
        return common(place) + "妇联"
    if stem.endswith(place.name):
        return place.name + "妇联"
    shorts = short_names(place.name)
    if stem in shorts and stem[-1] in "州县旗":
        return stem + "妇联"
    if stem in shorts or place.full.startswith(stem) or stem in place.name:
        return common(place) + "妇联"
    return stem + "妇联"


def common(place: Division) -> str:
    """What a federation is called by: 大理州 for 大理白族自治州, else the name itself.

    >>> from wqnlp.grammar.places import lookup
    >>> common(lookup("大理白族自治州")[0]), common(lookup("剑川县")[0])
    ('大理州', '剑川县')
    """
    return next((short for short in short_names(place.name) if place.name.endswith("自治州") and short[-1] == "州"),
                place.name)
