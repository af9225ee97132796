"""Relations that the words did not tie and the digits do: shares, changes, remainders and amounts each.

Run last, over what nothing else explained, and only to find what is right: one reading of a printed share or change
that fits to its last digit, among the few figures near it, is no chance. Nothing is called a contradiction here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wqnlp.audits.base import Placed, Reading, audit_of, judge, of_one_kind
from wqnlp.audits.ratios import EACH, fraction
from wqnlp.records import Audit

NEAR = 3                # counted figures before a share or a change, and after it, that may be its own
WHOLES = 12             # figures further back among which the whole of a share may stand
SMALL = 5.0             # a difference below this is met by chance
LEFT = re.compile(r"其余|余下|剩|尚|还有|另有|净增|多出|相差|缺口")
ORDER = re.compile(r"前者|后者|首|末")
_STOP = re.compile(r"[。；;\n]")


def untied(reading: Reading, made: Sequence[Audit]) -> list[Audit]:
    """What figures that head no relation yet are the share, the change, the rest or the average of."""
    stated = {audit.figures[0] for audit in made}
    found: list[Audit] = []
    for one in reading.placed:
        if one.figure.id in stated or one.vague or one.value is None or "planned" in one.figure.flags:
            continue
        if one.figure.measure == "change":
            ways = _changes(reading, one)
        elif one.percent:
            ways = _shares(reading, one)
        elif EACH.search(one.lead):
            ways = _each(reading, one)
        elif LEFT.search(one.lead):
            ways = _remainders(reading, one)
        else:
            continue
        made_of = list({frozenset(way.figures): way for way in ways}.values())
        if made_of and (len(made_of) == 1 or made_of[0].kind != "ratio"):
            found.append(made_of[0])
    return found


def _counted(placed: Sequence[Placed]) -> list[Placed]:
    return [p for p in placed if p.counted and p.value and not p.vague and "planned" not in p.figure.flags]


def _beside(reading: Reading, one: Placed) -> list[Placed]:
    """Counted figures close to one: those before it in its sentence and the one before, and the next in its clause."""
    before = _counted([p for p in reading.before(one.index, sentences=1)])[:NEAR]
    after = [p for p in reading.placed[one.index + 1:one.index + 2]
             if p.sentence == one.sentence and p.counted and not _STOP.search(p.lead) and len(p.lead) <= 24]
    return [*before, *_counted(after)]


def _shares(reading: Reading, one: Placed) -> Iterator[Audit]:
    """A share printed to a tenth of a percent of any near part; one printed in whole percent of the nearest alone."""
    fine = one.step < 1
    parts = _beside(reading, one)
    for part in parts if fine or ORDER.search(one.lead) else parts[:1]:
        wholes = [p for p in _counted(reading.before(part.index, sentences=4 if fine else 1)) if of_one_kind(p, part)]
        wholes += [p for p in _counted(reading.placed[part.index + 1:one.index]) if of_one_kind(p, part)]
        for whole in wholes[:WHOLES if fine else NEAR]:
            if (whole.value or 0.0) > (part.value or 0.0) and _fits(one, part, whole):
                yield audit_of("ratio", (one, part, whole), fraction((part,), whole)[0], "consistent")


def _fits(one: Placed, part: Placed, whole: Placed) -> bool:
    _, low, high = fraction((part,), whole)
    return judge(one.value or 0.0, low, high, one.step) == "consistent"


def _changes(reading: Reading, one: Placed) -> Iterator[Audit]:
    """A difference or a growth between two near figures of one unit."""
    near = _beside(reading, one)
    relative = one.figure.unit in ("%", "倍")
    for at, current in enumerate(near):
        for base in near[at + 1:]:
            if current.unit != base.unit or (not relative and current.unit != one.unit):
                continue
            pair = (base, current) if current.base and not base.base else (current, base)
            if relative and one.step < 1 and _grows(one, *pair):
                yield _change(one, *pair, relative)
            elif relative and one.step < 1 and _grows(one, *pair[::-1]) and not pair[0].base:
                yield _change(one, *pair[::-1], relative)
            elif not relative and one.figure.unit != "个百分点" and abs(one.value or 0.0) >= SMALL \
                    and abs((current.value or 0.0) - (base.value or 0.0)) == abs(one.value or 0.0):
                yield _change(one, *pair, relative)


def _grows(one: Placed, current: Placed, base: Placed) -> bool:
    """Whether a growth in percent, with its sign, is that from one figure to the other."""
    exact = 100 * ((current.value or 0.0) - (base.value or 0.0)) / (base.value or 1.0)
    said = (one.value or 0.0) * (100 if one.figure.unit == "倍" else 1)
    return judge(abs(said), abs(exact), abs(exact), one.step) == "consistent" and (said < 0) == (exact < 0)


def _change(one: Placed, current: Placed, base: Placed, relative: bool) -> Audit:
    apart = (current.value or 0.0) - (base.value or 0.0)
    return audit_of("change", (one, current, base), 100 * apart / (base.value or 1.0) if relative else apart, "consistent")


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
    near = [p for p in _counted(reading.before(one.index)) if p is not one][:NEAR]
    for whole in near:
        for heads in near:
            if whole is not heads and whole.unit == one.unit and heads.unit != one.unit and heads.value \
                    and judge(one.value or 0.0, *[(whole.value or 0.0) / heads.value] * 2, one.step) == "consistent":
                yield audit_of("ratio", (one, whole, heads), (whole.value or 0.0) / heads.value, "consistent")
