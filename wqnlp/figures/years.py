"""A total over several years, and what it was in each: 三年来接待900件次，其中2013年280件次、2014年300件次、2015年320件次.

A year before the report's own is else a base of comparison. Where the years named add up to the total just before them,
they are its parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context

_YEAR = re.compile(r"^[\s，,、；;：:（(]*(?:其中|分别为?|即)?[：:，]?(?:19|20)?\d\d年(?:度|[上下]半年|全年|\d{1,2}[-—－至~～]\d{1,2}月)?"
                   r"[^，；。〔\d]{0,8}$")
FEWEST = 2                               # years that a total is divided into


def divide(views: Sequence[Context]) -> None:
    """Make the years that add up to a total its parts."""
    for index, view in enumerate(views):
        whole = view.quantity
        if whole.kind == "percent" or whole.measure == "change" or whole.value is None or _YEAR.match(view.own):
            continue
        parts: list[Quantity] = []
        for later in views[index + 1:]:
            one = later.quantity
            if later.sentence != view.sentence or one.unit != whole.unit or one.value is None or not _YEAR.match(later.own):
                break
            parts.append(one)
        if len(parts) >= FEWEST and sum(one.value or 0.0 for one in parts) == whole.value:
            for one in parts:
                one.parent, one.role, one.measure, one.issue = whole, "part", whole.measure, one.issue or whole.issue
                one.flags.discard("previous")
                one.reasons.append("part of: the total over these years")
            whole.role = "total" if whole.parent is None else whole.role
