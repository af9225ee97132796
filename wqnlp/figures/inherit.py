"""What a figure is about where its own words do not say: that of its total, of the figure it is compared with or a share of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context
from wqnlp.figures.issue import named
from wqnlp.tables import table

_OF_LAST = re.compile(r"^[\s，,；;（(]*(?:约|仅|只|只有|各|分别|均|所|共|总体|也|又|却)?"
                      r"(?:占|比|较|与|为|达|和|、|同比|环比|增|减|上升|下降|升|降|多|少)|^[\s，]*的?$")
_FROM = re.compile(r"(?:^|，)(?:由|从)[^，；。〔]{0,8}$")
_ROSE = re.compile(r"^，?(?:增|升|降|减|增加|上升|下降|减少|提高|增长|扩大|跌|回落|变)(?:到|至|为)(?:了)?$")
_ALSO_PEOPLE = frozenset({"offenders", "people_aided", "people_served", "other"})


def inherit(views: Sequence[Context]) -> None:
    """Fill in missing issues, in order of the text, once parents are known."""
    about = frozenset(table("issues")["about"])
    for before, view in pairwise(views):
        if view.quantity.measure in about:
            _risen(view, before)
    for index, view in enumerate(views):
        quantity = view.quantity
        if quantity.issue is not None:
            continue
        last = views[index - 1] if index and views[index - 1].sentence == view.sentence else None
        if quantity.measure in about or quantity.measure in _ALSO_PEOPLE:
            quantity.issue = _of_whole(quantity, about)
            if quantity.issue is not None:
                quantity.reasons.append("issue: of its total")
        if quantity.issue is None and last is not None:
            quantity.issue = _of_neighbour(view, last, views[max(0, index - 8):index], about)
            if quantity.issue is not None:
                quantity.reasons.append("issue: of the figure beside it")


def _risen(view: Context, last: Context) -> None:
    """家暴信访量不降反升，由33件增至47件: both are about what the clause before them speaks of, or either names."""
    one, other = last.quantity, view.quantity
    if one.unit != other.unit or one.measure != other.measure or last.sentence != view.sentence or not _ROSE.match(view.own) \
            or not _FROM.search(last.own):
        return
    told = last.lead.rstrip("，").rpartition("，")[2]
    about = other.issue or one.issue or (named(told) if "〔" not in told else None)
    for quantity in (one, other):
        if quantity.issue is None and about is not None:
            quantity.issue = about
            quantity.reasons.append("issue: of what rose or fell")


def _of_whole(quantity: Quantity, about: frozenset[str]) -> str | None:
    """A part whose own words name nothing is about what its total is about."""
    whole = quantity.parent
    if whole is None or quantity.kind == "percent" or (quantity.measure not in about and whole.measure in about):
        return None
    return whole.issue


def _of_neighbour(view: Context, last: Context, before: Sequence[Context], about: frozenset[str]) -> str | None:
    """An earlier period's figure, a change, a share, the people of cases: about the figure they stand beside."""
    quantity, other = view.quantity, last.quantity
    if quantity.kind == "people" and quantity.measure in _ALSO_PEOPLE and not view.own.strip(" ，、") and other.measure in about \
            and quantity.start == other.end:
        return other.issue                       # 审结拐卖案件17件23人
    if quantity.measure not in about or not _OF_LAST.match(view.between):
        return None
    if "previous" in quantity.flags:
        alike = [one.quantity for one in before if one.sentence == view.sentence and one.quantity.unit == quantity.unit]
        return alike[-1].issue if alike else None
    if quantity.kind == "percent" or quantity.measure == "change":
        counted = [one.quantity for one in before if one.sentence == view.sentence and one.quantity.kind != "percent"
                   and one.quantity.measure != "change" and "previous" not in one.quantity.flags]
        return counted[-1].issue if counted and counted[-1].measure in about else None
    return None
