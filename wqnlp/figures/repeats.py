"""Restatements: a figure said again (回顾全年，238件信访…) is one figure, and counted once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context

RECAP = re.compile(r"^\W*(?:回顾|总的看|总体上?看|总之|综上|纵观|总结|综观|如前所述|以上|上述|这)")
_ALL_OF_THEM = re.compile(r"(?:全部|上述|以上|这)[^，；。]{0,6}$")
_LETTERS = re.compile(r"信访|来信|来访")
_DONE = re.compile(r"受理|接待|接到|办理|处理|处置|收到|化解|的")
_PART = re.compile(r"其中|来信|来访|来电|网络|热线")             # 其中来信31件次来访155件次, without a comma
HEADLINE = {"cases_received", "case_visits", "cases_resolved"}


def mark(contexts: Sequence[Context]) -> None:
    """Flag what restates an earlier figure, and take it out of the tree."""
    first: dict[tuple[object, ...], Quantity] = {}
    totals: dict[str, Quantity] = {}
    for context in contexts:
        quantity = context.quantity
        if quantity.kind == "percent" or "previous" in quantity.flags or quantity.measure == "change":
            continue
        key = (quantity.measure, quantity.unit, quantity.value, quantity.issue, quantity.actor)
        again = quantity.measure in HEADLINE and (key in first or (quantity.measure in totals and quantity.issue is None))
        if again and (RECAP.match(context.wide) or _bare_total(context)):
            quantity.flags.add("duplicate")
            quantity.role, quantity.parent = "single", None
            continue
        if key in first and quantity.value is not None and quantity.value >= 20 and quantity.measure in HEADLINE \
                and _same_place(first[key], quantity):
            quantity.flags.add("duplicate")
            continue
        first.setdefault(key, quantity)
        if quantity.role == "total" and quantity.issue is None:
            totals.setdefault(quantity.measure, quantity)


def _bare_total(context: Context) -> bool:
    """前三季度，138件信访件件有回音: no verb of receiving before the number, and the letters after it."""
    if _ALL_OF_THEM.search(context.own):
        return True
    return bool(_LETTERS.match(context.after)) and not _DONE.search(context.own) and not _PART.search(context.own)


def _same_place(first: Quantity, again: Quantity) -> bool:
    """Whether both are totals, or both the same part of totals that restate each other."""
    if first.parent is None or again.parent is None:
        return first.parent is None and again.parent is None
    return again.issue is not None and again.parent is not first.parent and "duplicate" in again.parent.flags
