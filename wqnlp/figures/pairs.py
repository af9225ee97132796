"""Two counts of one thing set side by side, and their parts: 审结16件21人，其中拐卖13件17人: 13 of 16, 17 of 21.

What is left to the rules for single figures takes 17人 for a part of nothing, or 100批次 for one of 310人次.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context
from wqnlp.figures.tree import holds

_OPENS = re.compile(r"^[\s，,；;：:（(]*其中")
_GOES_ON = re.compile(r"^[，、；]?[^，；。〔]{1,16}$")


def part(views: Sequence[Context]) -> None:
    """Give the counts of a pair the counts of the pair that they are of, each that of its unit."""
    whole: tuple[Quantity, Quantity] | None = None
    sentence, within = None, False
    for first, second in _pairs(views):
        one, other = first.quantity, second.quantity
        if first.sentence != sentence:
            whole, sentence, within = None, first.sentence, False
        if whole is None or (whole[0].unit, whole[1].unit) != (one.unit, other.unit):
            whole, within = (one, other), False
            continue
        within = _OPENS.match(first.own) is not None or any(one.parent is of for of in whole) or \
            (within and _GOES_ON.match(first.own) is not None)
        if not within:
            whole = one, other
            continue
        for own, of in ((one, whole[0]), (other, whole[1])):
            if holds(of, own, by_issue=False) or of.measure == own.measure:
                own.parent = of


def _pairs(views: Sequence[Context]) -> Iterator[tuple[Context, Context]]:
    """Counts that stand side by side with nothing between, of two units, and told as done."""
    for first, second in pairwise(views):
        one, other = first.quantity, second.quantity
        if one.end == other.start and one.unit != other.unit and not {one.kind, other.kind} & {"percent", "money"} \
                and "change" not in (one.measure, other.measure) and not (one.flags | other.flags) & {"planned", "quoted", "previous"}:
            yield first, second
