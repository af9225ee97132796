"""Which issue a figure is about: words beside it, the figure it is part of, 其他 beside named ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from wqnlp import vocab
from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context
from wqnlp.grammar.heads import headed
from wqnlp.tables import table

_TOPIC = headed(r"(?:中|里|内|当中|之中)(?:，|$|[^，；。]{0,2}(?:的|涉及|属))|(?:类|案件|纠纷|方面|权益|投诉|问题|信访)中")
_DEALT = re.compile(r"依次|各自|分别|各(?=为|有|占|是)")
_LIST_AHEAD = re.compile(r"(?:[、，和与及]\s*〔[^〕]*〕)+")
_COUNT_OF_KINDS = headed(r"(?:等)?[两二三四五六七八九十]+[大]?[类项种个](?:问题|案件|权益|纠纷|家庭|方面)?$")
_BASE = re.compile(r"(?:比|较|与|同)[^，；。〔【]{0,10}(?:年|同期|季度|月|上期|去年|上年)[^，；。〔【]{0,8}$")
_FROM = re.compile(r"(?:由|从)[^，；。〔【]{0,12}$")
_ABOUT_LAST = re.compile(r"^[\s，,；;（(]*(?:约|各|分别|均|所|共|总体|也|又)?(?:占|比|较|与|为|达|和|、)|^\s*$")
_YEAR_BRACKET = headed(r"(?:(?:19|20)\d\d年度?|同比|环比|[上去]年(?:同期)?|上季度|上月)（$")
_LAST_TERM = headed(r"(?:上半年|上季度|上一季度|上月|[一二三]季度)(?:为|是|的)?$")
_GIVEN = re.compile(r"^[\s，,]*(?:计|为|即|共|达|有|是|共有|共计)+$")
_YEAR_ALONE = re.compile(r"^(?:(?:19|20)\d\d|[上去前]|今|本)年(?:度|同期)?[为是有]?$")
_BY_YEAR = re.compile(r"^[\d、，年和至—-]*(?:同期)?(?:分别|依次|各)?(?:为|是|有)$")
_SUCH = re.compile(r"相关|有关|此类|该类|这类|上述")
_THEN = re.compile(r"(?:去年|上年|前年|同期|往年|此前[^，；。]{0,4}年)(?:度|同期)?(?:是|为|的|有|仅|只有|合计|检查|共)*$")
_GROWN = re.compile(r"^[^，；。〔]{0,3}(?:增加|增|升|上升|发展|减少|降|下降|扩大|增长|提高|减|提升|上涨|回落)(?:到|至)|^[^，；。〔]{0,3}翻")
_ALONE = re.compile(r"^[\s，,；;：:、（(）)]*(?:其中|涉及|反映|属于?|有关|关于)?|"
                    r"(?:类|方面|问题|纠纷|案件|权益|权利|维权)*(?:的|达|为|共|有|计)?$")
_SHARE_END = re.compile(r"占[^占]*$")
_STOPS = re.compile(r"[，；、〔〕）以]")
_JOINTS = re.compile(r"[、和与及]")
_CLAUSES = re.compile(r"[，；：。]")
_FIGURES = re.compile(r"[【〔][^】〕]*[】〕]")
_OBJECTS = re.compile(r"信访|来信|来访|来电|案件|纠纷|投诉|矛盾")
_CARE = re.compile(r"慰问|资助|走访|培训|帮扶|困难|贫困|结对")
_OTHERS = re.compile(r"派出所|公安|警|法院")
_SHARE_OF_LAST = re.compile(r"^[\s，,；;（(]*(?:约?占|比例|所占|比重|同比|比|较|与|增|减|上升|下降|降|升|分别占|其比)")


@cache
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    codes = {word: code for code, words in table("issues")["words"].items() for word in words}
    codes |= dict.fromkeys(table("issues")["not_about"], "")
    return re.compile("|".join(map(re.escape, sorted(codes, key=len, reverse=True)))), codes


@cache
def _rest() -> re.Pattern[str]:
    return headed(table("issues")["rest"])


def named(text: str) -> str | None:
    """The one issue a phrase names: the nearest to its end, or the category of several.

    >>> named("调解离婚、抚养等纠纷"), named("婚姻家庭类中，家庭暴力"), named("发放宣传资料")
    ('marriage_family', 'domestic_violence', None)
    """
    pattern, codes = _words()
    cut = 0
    if "中" in text or "里" in text or "内" in text:
        cut = max((mark.end() for mark in _TOPIC.finditer(text)), default=0)
    found = [codes[hit[0]] for hit in pattern.finditer(text, cut) if codes[hit[0]]]
    if not found and cut:
        found = [codes[hit[0]] for hit in pattern.finditer(text) if codes[hit[0]]]
    if not found:
        return _alone(text)
    kinds = set(found)
    families = {vocab.parent(code) or code for code in kinds}
    if len(kinds) > 1 and len(families) == 1 and (kinds & families or len(kinds) > 1):
        return families.pop()
    return found[-1]


def _alone(text: str) -> str | None:
    """The issue of a word that names one only where it stands alone: 婚姻方面, but not 婚姻登记处."""
    if _alone_words().search(text):
        known, word = table("issues")["alone"], _ALONE.sub("", text)
        if word in known:
            return str(known[word])
    return "marriage_family" if "夫妻" in text else None


@cache
def _alone_words() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, table("issues")["alone"])))


def begins_with_issue(own: str) -> bool:
    """Whether a figure's own words begin with an issue's name, as a category of a list does: 住房判决1起."""
    pattern, codes = _words()
    found = pattern.match(own.lstrip(" ，、；（和及"))
    return bool(found and codes[found[0]])


def is_base(context: Context) -> bool:
    """Whether a figure is an earlier period's, given for comparison: 比2009年的212件, 由上年的21件增加到."""
    if context.quantity.measure == "change":
        return False
    if _BASE.search(context.own):
        return True
    return bool(_FROM.search(context.own) and _GROWN.match(context.ahead.lstrip("）)")))


def was_then(context: Context, earlier: Sequence[Quantity]) -> bool:
    """Whether a figure is last year's, said beside this year's: 受理108起，去年同期122起; 为去年同期1550人的1.2倍."""
    if context.quantity.measure == "change":
        return False
    if context.lead.endswith(("（", "（\n")) and _YEAR_BRACKET.search(context.lead) and not context.own.strip():
        return True                          # 相当于2006年（4320件次）的2倍
    if "环比" in context.ahead and _LAST_TERM.search(context.own):
        return True
    if not _THEN.search(context.own):
        return False
    return "同期" in context.own or any(q.unit == context.quantity.unit for q in earlier)


def issue(context: Context, earlier: Sequence[Quantity]) -> str | None:
    """The issue of a measured quantity. `earlier` are the quantities before it, already told."""
    quantity, known = context.quantity, table("issues")
    if quantity.measure in known["about_if_strong"]:
        found = named(_close(context)) or (None if _CARE.search(context.own) else named(context.lead[-30:]))
        return found if found in known["strong"] else None
    if quantity.measure in known["about_if_own"]:
        found = named(context.own)
        return found if found in known["strong"] else None
    if quantity.measure not in known["about"]:
        return None
    if quantity.kind == "percent" or quantity.measure == "change":
        return _of_percent(context, earlier)
    apart = _respectively(context)
    if quantity.measure != "cases_pending" and _rest().search((apart or context.own).rstrip("：: ")):
        return "other"                       # or the category it is part of: see tree
    if not context.own.strip() and context.lead.endswith("（"):
        return named(_STOPS.split(context.lead[:-1])[-1])      # 家庭暴力（78例）、离婚（62例）
    found = (named(apart) if apart else None) or named(context.own) or named(context.after.partition("、")[0][:12])
    if found:
        return found
    if earlier and _GIVEN.match(context.own) and earlier[-1].kind == "percent" and earlier[-1].measure == "share":
        return earlier[-1].issue             # 七成二是婚姻家庭问题，计395宗
    if is_base(context) or (_YEAR_ALONE.match(context.own) and earlier and earlier[-1].start < context.sentence.start):
        return _of_last(earlier, context)    # 2008年家庭暴力投诉6686件。2009年6870件。
    if quantity.measure in ("cases_resolved", "cases_pending"):
        return _of_total(earlier, context)
    if _LISTED.match(context.own) and context.own.strip():
        return None
    if _SUCH.search(context.own):
        return named(context.lead[-60:])     # 排查出相关案件27起
    return named(_close(context)) or _of_subject(context) or _strong_before(context)


def _dealt(context: Context) -> tuple[str, int, int] | None:
    """Of a 分别 list: the words before it, which of its figures this is, and how many there are."""
    names, found, values = _DEALT.sub("分别", context.stem).rpartition("分别")
    if not found:
        return None
    turn = values.count("〔")
    ahead = _LIST_AHEAD.match(context.ahead)
    return names, turn, turn + 1 + (ahead[0].count("〔") if ahead else 0)


def _respectively(context: Context) -> str:
    """The name that answers to a quantity of a 分别 list: 劳动类和财产类分别为43件和29件."""
    dealt = _dealt(context)
    if dealt is None:
        return ""
    names, turn, count = dealt
    parts = _JOINTS.split(_COUNT_OF_KINDS.sub("", names))
    parts = parts[-count:]
    return parts[turn] if len(parts) == count else ""


_LISTED = re.compile(r"^[、，；\s]*(?:其中)?(?:来信|来访|来电|网络|上访|信访|本级|.{0,6}妇联)")


def _close(context: Context) -> str:
    """The words of its own clause, on both sides."""
    return _FIGURES.sub("", context.stem) + context.after


def _of_subject(context: Context) -> str | None:
    """The issue that the clause before names, where that clause has no figure: 接处家庭暴力警情，共58起."""
    clauses = [c for c in _CLAUSES.split(context.lead) if c.strip()]
    if clauses and "〔" not in clauses[-1] and (context.bare or _BY_YEAR.match(context.own) or _TOPIC.search(clauses[-1])):
        return named(clauses[-1].removesuffix("中"))
    return None


def _strong_before(context: Context) -> str | None:
    """派出所设“家庭暴力投诉点”，共接警65起: a count with no object of its own is about the strong issue named before."""
    if _OBJECTS.search(context.own) or _CARE.search(context.own):
        return None
    found = named(context.lead.rpartition("；")[2][-60:])
    return found if found in table("issues")["strong"] and quantity_of_another(context) else None


def quantity_of_another(context: Context) -> bool:
    """Whether somebody else than the federation reports: police and courts count cases of the thing they are there for."""
    return context.quantity.actor in ("police", "court", "procuratorate") or bool(_OTHERS.search(context.wide))


def _of_percent(context: Context, earlier: Sequence[Quantity]) -> str | None:
    """A percentage is about its own words, or about the figure it follows."""
    own = named(_SHARE_END.sub("", context.own)) if not _SHARE_OF_LAST.match(context.own) else None
    if own:
        return own
    if earlier and not _ABOUT_LAST.match(context.own) and context.quantity.measure == "share":
        return None                          # 县区覆盖率100%, 两类合计占22%
    counts = [q for q in earlier if q.kind != "percent" and q.measure != "change"]
    if counts and counts[-1].measure not in table("issues")["about"]:
        return counts[-1].issue if context.quantity.measure == "change" else None
    here = [q for q in earlier if q.measure in table("issues")["about"]]
    apart = _apart(context, here) or before_bracket(context, earlier)
    if apart is not None:
        return apart.issue
    return here[-1].issue if here else named(_close(context)) or named(context.lead[-24:])


def before_bracket(context: Context, earlier: Sequence[Quantity]) -> Quantity | None:
    """The figure that a percentage after a bracket belongs to: 婚姻家庭类26起（…，其他5起），占43%."""
    if context.between.count("）") <= context.between.count("（"):
        return None
    lead, depth, inside = context.told, 0, 0
    for char in reversed(lead[:lead.rindex("）") + 1]):
        depth += (char == "）") - (char == "（")
        inside += char == "〔"
        if depth == 0:
            break
    return earlier[-inside - 1] if depth == 0 and inside < len(earlier) else None


def _apart(context: Context, here: Sequence[Quantity]) -> Quantity | None:
    """The figure that answers to a percentage of a 分别占 list: 分别为43件和29件，分别占13.1%和8.9%."""
    dealt = _dealt(context)
    if dealt is None:
        return None
    _, turn, count = dealt
    counted = [q for q in here if q.kind != "percent"]
    return counted[-count + turn] if len(counted) >= count else None


def _of_last(earlier: Sequence[Quantity], context: Context) -> str | None:
    """An earlier period's figure is about what it is compared with."""
    here = [q for q in earlier if q.kind != "percent" and q.measure != "change"]
    return here[-1].issue if here else named(_close(context))


def _of_total(earlier: Sequence[Quantity], context: Context) -> str | None:
    """办结 and 其余 are of what was received: about the same issue."""
    here = [q for q in earlier if q.start >= context.sentence.start]
    if any(q.measure in ("cases_received", "case_visits") and q.issue is None for q in here) and context.bare:
        return None                          # 接待九件，其中人身类两件；已办结八件: of all
    for other in reversed(here):
        if other.high is not None and context.quantity.low is not None and other.high < context.quantity.low:
            return None                      # 受理100件，其中婚姻家庭60件，办结98件: not of the 60; the tree will tell
        if other.measure in ("cases_received", "case_visits") and other.parent is None:
            return other.issue
        if other.measure == "cases_resolved":
            return other.issue
    return named(_close(context))
