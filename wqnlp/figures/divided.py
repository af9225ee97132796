"""A total and what it was in each year, or by each way that people came, where these add up to it.

    三年来接待900件次，其中2013年280件次、2014年300件次、2015年320件次
    接待来信来访来电416件次，其中来信31件次，来访264人次，来电121次

A year before the report's own is else a base of comparison, and visits are else no part of letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context

_YEAR = re.compile(r"^[\s，,、；;：:（(]*(?:其中|分别为?|即)?[：:，]?(?:19|20)?\d\d年(?:度|[上下]半年|全年|\d{1,2}[-—－至~～]\d{1,2}月)?"
                   r"[^，；。〔\d]{0,8}$")
_WAY = re.compile(r"^[\s，,、；;：:（(]*(?:其中|即|分别[是为]?)?[：:，]?(?:接待|接听|接|收到|受理|处理)?(?:群众|妇女)?"
                  r"(?:来信|来访|来电|信件|信访件|电话|热线|网络|网上|网信|微信|邮件|上访|走访)(?:咨询|求助|信访|投诉|来访|热线)?(?:的|有|为)?$")
_ONE_WAY = re.compile(r"(?<!来信)(?<!来访)(?<!来电)(?<!、)(?:来信|来访|来电|信件|电话|热线|网上|网络|上访)(?:群众|妇女)?$")
FEWEST = 2                               # figures that a total is divided into


def divide(views: Sequence[Context]) -> None:
    """Make figures that name a year, or a way, each parts of the total before them that they add up to."""
    for index, view in enumerate(views):
        whole = view.quantity
        if not _counts(whole) or whole.value is None:
            continue
        for label in (_YEAR, _WAY):
            parts = [] if label.match(view.own) or (label is _WAY and _ONE_WAY.search(view.own)) else _run(views, index, label)
            if len(parts) >= FEWEST and sum(one.value or 0.0 for one in parts) == whole.value \
                    and all((one.parent is None or one.parent is whole) or label is _YEAR for one in parts):
                _link(whole, parts, label is _YEAR)


def _run(views: Sequence[Context], first: int, label: re.Pattern[str]) -> list[Quantity]:
    """The figures after one, of its sentence or of the next that begins with 其中, which follow one another with a label each;
    shares and changes between them do not count."""
    found: list[Quantity] = []
    sentence, unit = views[first].sentence, views[first].quantity.unit
    for at in range(first + 1, len(views)):
        view, one = views[at], views[at].quantity
        if not _counts(one):
            continue
        if view.sentence != sentence:
            if found or not view.wide.lstrip().startswith("其中"):
                break
            sentence = view.sentence
        if one.value is None or not label.match(view.own) or (label is _YEAR and one.unit != unit):
            break
        found.append(one)
    return found


def _counts(one: Quantity) -> bool:
    return one.kind in ("count", "people") and one.measure != "change"


def _link(whole: Quantity, parts: Sequence[Quantity], years: bool) -> None:
    for one in parts:
        one.parent = whole
        one.reasons.append("part of: the total it adds up to with others")
        if years:
            one.measure, one.issue = whole.measure, one.issue or whole.issue
            one.flags.discard("previous")
