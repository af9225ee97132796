"""Which issue a figure is about: words beside it, the figure it is part of, 其他 beside named ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from wqnlp import vocab
from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context
from wqnlp.tables import table

_TOPIC = re.compile(r"(?:中|里|内|当中|之中)(?:，|$|[^，；。]{0,2}(?:的|涉及|属))|方面[^，；。]{0,3}中")
_SHARE_OF_LAST = re.compile(r"^[\s，,；;（(]*(?:约?占|比例|所占|比重|同比|比|较|与|增|减|上升|下降|降|升|分别占|其比)")


@cache
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    codes = {word: code for code, words in table("issues")["words"].items() for word in words}
    codes |= dict.fromkeys(table("issues")["not_about"], "")
    return re.compile("|".join(map(re.escape, sorted(codes, key=len, reverse=True)))), codes


def named(text: str) -> str | None:
    """The one issue a phrase names: the nearest to its end, or the category of several.

    >>> named("调解离婚、抚养等纠纷"), named("婚姻家庭类中，家庭暴力"), named("发放宣传资料")
    ('marriage_family', 'domestic_violence', None)
    """
    pattern, codes = _words()
    cut = max((mark.end() for mark in _TOPIC.finditer(text)), default=0)
    found = [codes[hit[0]] for hit in pattern.finditer(text, cut) if codes[hit[0]]]
    if not found and cut:
        found = [codes[hit[0]] for hit in pattern.finditer(text) if codes[hit[0]]]
    if not found:
        return None
    kinds = set(found)
    families = {vocab.parent(code) or code for code in kinds}
    if len(kinds) > 1 and len(families) == 1 and (kinds & families or len(kinds) > 1):
        return families.pop()
    return found[-1]


def issue(context: Context, earlier: Sequence[Quantity]) -> str | None:
    """The issue of a measured quantity. `earlier` are the quantities before it, already told."""
    quantity, known = context.quantity, table("issues")
    if quantity.measure in known["about_if_strong"]:
        found = named(_close(context)) or named(context.lead[-30:])
        return found if found in known["strong"] else None
    if quantity.measure not in known["about"]:
        return None
    if quantity.kind == "percent" or quantity.measure == "change":
        return _of_percent(context, earlier)
    if re.search(known["rest"], context.own.rstrip("：: ")):
        return "other"                       # or the category it is part of: see tree
    found = named(context.own) or named(context.after[:12])
    if found:
        return found
    if quantity.measure in ("cases_resolved", "cases_pending"):
        return _of_total(earlier, context)
    if _LISTED.match(context.own) and context.own.strip():
        return None
    return named(_close(context)) or _of_subject(context)


_LISTED = re.compile(r"^[、，；\s]*(?:其中)?(?:来信|来访|来电|网络|上访|信访|本级|.{0,6}妇联)")


def _close(context: Context) -> str:
    """The words of its own clause, on both sides."""
    return re.sub(r"[【〔][^】〕]*[】〕]", "", context.clause[: context.clause.index("【")]) + context.after


def _of_subject(context: Context) -> str | None:
    """The issue that the clause before names, where that clause has no figure: 接处家庭暴力警情，共58起."""
    clauses = [c for c in re.split(r"[，；：。]", context.lead) if c.strip()]
    if context.bare and clauses and "〔" not in clauses[-1]:
        return named(clauses[-1])
    return None


def _of_percent(context: Context, earlier: Sequence[Quantity]) -> str | None:
    """A percentage is about its own words, or about the figure it follows."""
    own = named(re.sub(r"占[^占]*$", "", context.own)) if not _SHARE_OF_LAST.match(context.own) else None
    if own:
        return own
    here = [q for q in earlier if q.start >= context.sentence.start]
    if _SHARE_OF_LAST.match(context.own) or "率" in context.own or context.bare or not context.lead:
        for other in reversed(here):
            if other.measure in table("issues")["about"]:
                return other.issue
    return named(_close(context)) or (named(context.lead[-24:]) if not here else None)


def _of_total(earlier: Sequence[Quantity], context: Context) -> str | None:
    """办结 and 其余 are of what was received: about the same issue."""
    for other in reversed([q for q in earlier if q.start >= context.sentence.start]):
        if other.measure in ("cases_received", "case_visits") and other.parent is None:
            return other.issue
        if other.measure == "cases_resolved":
            return other.issue
    return named(_close(context))
