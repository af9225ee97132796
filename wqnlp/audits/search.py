"""Relations that the words did not tie and the digits do: shares, changes, remainders and amounts each.

Run last, over what nothing else explained, and only to find what is right: one reading of a printed share or change
that fits to its last digit, among the few figures near it, is no chance. Nothing is called a contradiction here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wqnlp.audits.base import Placed, Reading, audit_of, judge, of_one_kind
from wqnlp.audits.ratios import FORMER, LATTER, fraction
from wqnlp.records import Audit

NEAR = 3                # counted figures before a share or a change, and after it, that may be its own
WHOLES = 12             # figures further back among which the whole of a share may stand
SMALL, LARGE = 5.0, 20.0        # a difference below the one is met by chance, below the other from sentence to sentence
ROOM = 1.35             # how far above the number it is said to exceed a share may be: 六成以上 of 0.61 to 0.81
LEFT = re.compile(r"其余|余下|剩|尚|还有|净增|多出|相差|缺口|再[建添增]")
EACH = re.compile(r"(?:每|平均|各派?|均)[^，。；,;\d]{0,8}$")
YEARS = re.compile(r"末|首|\d年?(?:比|较)")
GIVES = re.compile(r"^[，,]?(?:为|计|即|达|共|有|是)+$")
_STOP = re.compile(r"[。；;\n]")


def untied(reading: Reading, made: Sequence[Audit]) -> list[Audit]:
    """What figures that head no relation yet are the share, the change, the rest or the average of."""
    stated = {audit.figures[0] for audit in made}
    summed = {frozenset(audit.figures) for audit in made if audit.kind == "sum"}
    found: list[Audit] = []
    for one in reading.placed:
        if one.figure.id not in stated and one.value is not None:
            ways = list({frozenset(way.figures): way for way in _ways(reading, one)}.values())
            if ways and (len(ways) == 1 or ways[0].kind != "ratio") and frozenset(ways[0].figures) not in summed:
                found.append(ways[0])
    return found


def _ways(reading: Reading, one: Placed) -> Iterator[Audit]:
    """The relations that fit a figure, by what it is."""
    if one.figure.measure == "change":
        return iter(()) if one.vague else _changes(reading, one)
    if one.percent and one.figure.measure != "satisfaction_rate":
        return _roughly(reading, one) if one.vague else _shares(reading, one)
    if EACH.search(one.lead):
        return _each(reading, one)
    if LEFT.search(one.lead) and not one.vague:
        return _remainders(reading, one)
    return iter(())


def _counted(placed: Sequence[Placed]) -> list[Placed]:
    return [p for p in placed if p.counted and p.value and not p.vague and "planned" not in p.figure.flags]


def _beside(reading: Reading, one: Placed) -> list[Placed]:
    """Counted figures close to one, the likeliest first: the next where the words give it, those before, the next."""
    before = _counted(reading.before(one.index, sentences=1))
    following = reading.placed[one.index + 1:one.index + 2]
    after = [p for p in _counted(following) if p.sentence == one.sentence and not _STOP.search(p.lead) and len(p.lead) <= 24]
    if after and GIVES.match(after[0].lead):
        return after
    if LATTER.search(one.lead):
        return before[:1]
    return before[1:2] if FORMER.search(one.lead) else [*before[:NEAR], *after]


def _shares(reading: Reading, one: Placed) -> Iterator[Audit]:
    """A share printed to a tenth of a percent of any near part; one printed in whole percent of the nearest alone."""
    fine = one.step < 1
    parts = _beside(reading, one)
    for part in parts if fine else parts[:1]:
        wholes = [p for p in _counted(reading.before(part.index, sentences=4 if fine else 1)) if of_one_kind(p, part)]
        wholes += [p for p in _counted(reading.placed[part.index + 1:one.index]) if of_one_kind(p, part)]
        above = reading.parent(part)
        for whole in [*([above] if above is not None and above not in wholes else []), *wholes[:WHOLES if fine else NEAR]]:
            if (whole.value or 0.0) > (part.value or 0.0) and _fits(one, part, whole):
                yield audit_of("ratio", (one, part, whole), fraction((part,), whole)[0], "consistent")
                if whole is above:
                    return


def _fits(one: Placed, part: Placed, whole: Placed) -> bool:
    _, low, high = fraction((part,), whole)
    return judge(one.value or 0.0, low, high, one.step) == "consistent"


def _roughly(reading: Reading, one: Placed) -> Iterator[Audit]:
    """六成以上, 约七成: of the part just before it and the total that the tree gives it, where the bounds hold."""
    part = next(iter(_counted(reading.before(one.index))), None)
    whole = reading.parent(part) if part is not None else None
    if part is None or whole is None or not whole.value or whole.vague:
        return
    exact, low, high, said = fraction((part,), whole)[0], one.figure.low, one.figure.high, one.value or 0.0
    holds = low <= exact <= low * ROOM if low is not None else exact <= high if high is not None and exact > high / ROOM \
        else abs(exact - said) <= one.step
    if holds:
        yield audit_of("ratio", (one, part, whole), exact, "consistent")


def _changes(reading: Reading, one: Placed) -> Iterator[Audit]:
    """A difference or a growth between two near figures of one unit, the nearest of them or one given to compare with."""
    near = _beside(reading, one)
    if YEARS.search(one.lead):
        near = _counted(reading.before(one.index, sentences=2))[:NEAR * 2]
    for at, current in enumerate(near):
        for base in near[at + 1:]:
            if current.unit != base.unit or not (at == 0 or base.base or YEARS.search(one.lead)):
                continue
            pair = (base, current) if current.base and not base.base else (current, base)
            if _changed(one, *pair):
                yield _change(one, *pair)
            elif not pair[0].base and _changed(one, *pair[::-1]):
                yield _change(one, *pair[::-1])


def _relative(one: Placed) -> bool:
    return one.figure.unit in ("%", "倍")


def _changed(one: Placed, current: Placed, base: Placed) -> bool:
    """Whether a printed change, with its sign, is that from one figure to the other."""
    apart, said = (current.value or 0.0) - (base.value or 0.0), one.value or 0.0
    if not _relative(one):
        here = one.sentence == base.sentence == current.sentence or base.base
        return one.unit == current.unit and abs(said) >= (SMALL if here else LARGE) and apart == said
    exact = 100 * apart / (base.value or 1.0)
    return one.step < 1 and (said < 0) == (exact < 0) and judge(abs(said), abs(exact), abs(exact), one.step) == "consistent"


def _change(one: Placed, current: Placed, base: Placed) -> Audit:
    apart = (current.value or 0.0) - (base.value or 0.0)
    return audit_of("change", (one, current, base), 100 * apart / (base.value or 1.0) if _relative(one) else apart, "consistent")


def _remainders(reading: Reading, one: Placed) -> Iterator[Audit]:
    """其余18处, 还剩5件: a whole less what was told before of it."""
    if not one.counted:
        return
    near = [p for p in _counted(reading.before(one.index, sentences=1)) if of_one_kind(p, one)]
    for at, part in enumerate(near[:NEAR]):
        for whole in near[at + 1:at + 1 + NEAR]:
            if (whole.value or 0.0) - (part.value or 0.0) == one.value:
                yield audit_of("remainder", (one, whole, part), one.value, "consistent")


def _each(reading: Reading, one: Placed) -> Iterator[Audit]:
    """每组五名, 每户两袋: the figure of its unit before it, over the number of those it is for."""
    near = [p for p in [*_counted(reading.before(one.index))[:NEAR], *_counted(reading.placed[one.index + 1:one.index + 2])]
            if p.sentence == one.sentence]
    for whole in near:
        for heads in near:
            alike = whole.unit == one.unit or whole.figure.kind == one.figure.kind == "people"
            if alike and whole is not heads and heads.unit != whole.unit and not EACH.search(whole.lead) \
                    and heads.figure.kind != "money" and (whole.value or 0.0) > (heads.value or 0.0) > 1 \
                    and _is_each(one, whole, heads):
                yield audit_of("ratio", (one, whole, heads), (whole.value or 0.0) / (heads.value or 1.0), "consistent")


def _is_each(one: Placed, whole: Placed, heads: Placed) -> bool:
    exact = (whole.value or 0.0) / (heads.value or 1.0)
    return judge(one.value or 0.0, exact, exact, one.step) == "consistent"
