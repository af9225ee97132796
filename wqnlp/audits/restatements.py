"""A number said twice: the later figure against the first. 总的看，全年1268件次信访……"""

from __future__ import annotations

import re
from collections import defaultdict

from wqnlp.audits.base import Placed, Reading, audit_of
from wqnlp.records import Audit

LOOKING_BACK = re.compile(r"^[\W]*(?:回顾|总的看|总的来看|总的来说|综上|总之|总体(?:上|来)看|纵观)")
CLOSE = 0.1                              # a slip of the pen, not another count


def restatements(reading: Reading) -> list[Audit]:
    """Figures flagged as duplicates, or said again in a sentence that looks back, with the figure they repeat."""
    found = []
    kin: dict[tuple[object, ...], list[Placed]] = defaultdict(list)
    for one in reading.placed:
        if not one.counted:
            continue
        key = (one.unit, one.figure.measure, one.figure.issue)
        again = "duplicate" in one.figure.flags
        if again or LOOKING_BACK.search(one.figure.sentence):
            first = _first(one, kin[key])
            if first is not None:
                status = "consistent" if first.value == one.value else "inconsistent"
                found.append(audit_of("restatement", (one, first), first.value, status))
        if not again and "previous" not in one.figure.flags and len(kin[key]) < 200:
            kin[key].append(one)
    return found


def _first(one: Placed, kin: list[Placed]) -> Placed | None:
    """The first earlier figure of the same value, else the first total of the same measure that is close to it."""
    earlier = [p for p in kin if p.sentence < one.sentence]
    same = [p for p in earlier if p.value == one.value is not None]
    if same:
        return next((p for p in same if p.figure.role == "total"), same[0])
    if one.unread or any(p.unread for p in earlier):
        return next((p for p in earlier if p.figure.role == "total"), None)
    if one.value is None or one.vague:
        return None
    near = [p for p in earlier if p.figure.role == "total" and not p.vague and p.value
            and abs(p.value - one.value) <= CLOSE * p.value and p.figure.actor == one.figure.actor]
    return near[0] if near else None
