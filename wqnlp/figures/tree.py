"""Totals and their parts: 其中, lists, brackets, topics (家暴类中，…), what was resolved of what was received.

A part has the nearest figure that can hold it: one of the same kind, not smaller, and about the same or a
broader issue. Where no figure can, there is no parent: a wrong tree is worse than a missing one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from wqnlp import vocab
from wqnlp.figures import partitions
from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context
from wqnlp.figures.issue import before_bracket, is_base, named, was_then
from wqnlp.figures.measure import groups
from wqnlp.grammar.heads import headed
from wqnlp.span import Span

CASES = {"cases_received", "case_visits"}
OUTCOMES = {"cases_resolved", "cases_pending"}
ROW = 12                    # how many figures back one of its own sentence is looked for
SECTION = 150               # how many figures back the total of a section may stand

_OF_WHICH = re.compile(r"^[\s，,；;：:（(]*(?:这|与|对)?(?:其中|当中|里头|里面)|^[\s，；]*(?:内含|内有|含|包括|被采纳|获采纳)|"
                       r"[，；。]其中[^，；。]{0,14}$")
_OF_WHICH_APART = re.compile(r"其中[，：]\s*$")
_OF_ALL = re.compile(r"占(?:全部|总数|所有|全体|全[市县区镇省旗州])[^，；。〔]{0,6}$")
_OF_ALL_CASES = re.compile(r"(?:所有|全部|上述|以上)[^，；。〔]{0,4}(?:案件|信访|纠纷|来信来访|诉求)")
_CLOSED = re.compile(r"(?:审结|办结|结案|执结|成功|化解|调处)[^，；。〔]{0,8}中，")
_TOPIC = re.compile(r"([^，；。〔〕]{2,24}?)(?:中|里|当中)，[^，；。〔]{0,6}$|^[^，；。〔]{2,24}(?:类|案件|方面|纠纷|投诉|问题)中")
_OF_LAST = re.compile(r"〔[^〕]*〕[^，；。〔〕]{0,14}(?:(?<![集初高])中|(?<![邻家村镇乡])里)[，,]?[^，；。〔]{0,20}$")     # no 邻里
_BRACKET = re.compile(r"[（()）]")
_COUNTS = re.compile(r"〔(?!%|个百分点)")
_CHANNEL = re.compile(r"(?:来信|来访|来电|来电来访|网络|网上|微信|电话|上访|信件|热线|本级|妇联|县区|基层|本地|外来|乡镇)[^，；。]{0,8}$")
_BREAKDOWN = headed(r"(?:从|按|就|分|论)[^，；。〔]{1,10}(?:看|分|来看|划分|分类|统计|讲|由)?[，：]|(?:分类|构成|分布)")
_OBJECT = re.compile(r"纠纷|案件|矛盾|事件|隐患|诉求")
_TOGETHER = re.compile(r"^[\s，；]*(?:合计|总计|共计|一共|共|总共|累计|[两三四五六]期共)(?:是|为|有|达)?$")
_ALL_TOGETHER = re.compile(r"^(?:全[省市县区州旗镇乡]|[两三]级|以上(?:[两三四五]项)?)(?:妇联)?(?:系统)?"
                           r"(?:合计|总计|共计)(?:受理|接待)?(?:是|为|有|达)?$")
_SUCH_ONES = headed(r"(?<![的、])〔[^〕]*〕[，；]?[^，；。〔〕]{2,14}的(?:有|为|只有|仅|仅有)?$")
_AND_ONE = re.compile(r"^[、和与及]")
_AFTER_CHANNEL = headed(r"(?<!来信)(?<!来访)(?<!来电)(?:来信|来访|来电|网络|微信|电话|热线|信件)〔[^〕]*〕[，；]"
                        r"(?:[^，；。〔]{0,10}(?:[增减升降多少]|增[加长]|减少|上升|下降)了?〔[^〕]*〕[，；]|持平[，；])?$")
_APART = frozenset({"planned", "quoted"})
_JURY = re.compile(r"陪审|参审|参与审理")
_AVERAGE = re.compile(r"平均|日均|月均|人均|户均|每[天日月周年人户名位村所站队场期]")
_COLLECTIVE = re.compile(r"集体访|集体上访|联名信|越级")
_VERBED = re.compile(r"调解|调撤|撤诉|和解|结案|审结|办结|化解|处理|移送|成功")
_WAY = re.compile(r"调解|调撤|撤诉|和解|判决|以[^，；。]{1,10}方式")
_NEW_COUNT = re.compile(r"(?:收到|新收|申请|受理|接待|调解|调处|审理|审结|排查|梳理|摸排|处理|接到|接报|办理|立案)")
_CATEGORY = re.compile(r"类|权益|权利|方面|其他|其它")
_LIST = re.compile(r"^(?:[\s、，,；;（(]|其中|和|与|及|以及|另有|另|涉及|反映|受理|属|属于)*[^，；。]{0,22}$")


def link(contexts: Sequence[Context], cells: Sequence[Quantity] = ()) -> None:
    """Give every quantity its parent. Quantities carry measure, issue and actor already.

    `cells` are figures of tables, which have parents of their own: a topic may name them.
    """
    brackets = _Brackets(contexts)
    named_cells = [cell for cell in cells if cell.issue and "previous" not in cell.flags]
    cells_at = [cell.start for cell in named_cells]
    counted: list[Quantity] = []             # what may hold a part: counts of this period, with their places in `at`
    at: list[int] = []
    done: list[Quantity] = []                # of them those told as done and as one's own, as nearly all are
    done_at: list[int] = []
    rows: dict[Span, list[tuple[int, Quantity]]] = {}
    for index, context in enumerate(contexts):
        quantity = context.quantity
        told = rows.setdefault(context.sentence, [])
        row = [q for place, q in told[-ROW:] if place >= index - ROW]
        told.append((index, quantity))
        if is_base(context) or was_then(context, row):
            quantity.flags.add("previous")
        if quantity.kind == "percent" or quantity.measure == "change" or "previous" in quantity.flags:
            continue
        if quantity.flags.isdisjoint(_APART):
            before = done[bisect_left(done_at, index - SECTION):]
            done.append(quantity)
            done_at.append(index)
        else:
            before = [q for q in counted[bisect_left(at, index - SECTION):] if _told_alike(q, context)]
        counted.append(quantity)
        at.append(index)
        if _OF_ALL.search(context.own) and before and before[-1].parent is None and holds(quantity, before[-1]):
            before[-1].parent = quantity          # 女性39名，占全部82名陪审员的50%: the whole comes second
            continue
        if _sums_up(context, row, before):
            continue
        stop = bisect_left(cells_at, quantity.start)
        above = named_cells[max(0, stop - SECTION):stop]
        quantity.parent = _parent(context, before, row, brackets, above)
        if quantity.parent is not None and (quantity.issue == "other" or (quantity.measure in OUTCOMES and not quantity.issue)):
            quantity.issue = quantity.parent.issue or quantity.issue
    partitions.prove(contexts)


def tell_roles(contexts: Sequence[Context]) -> None:
    """Total, part or single, once all parents are known."""
    parents = {id(c.quantity.parent) for c in contexts if c.quantity.parent}
    for context in contexts:
        quantity = context.quantity
        quantity.role = "part" if quantity.parent else "total" if id(quantity) in parents else "single"


def _parent(context: Context, before: Sequence[Quantity], row: Sequence[Quantity], brackets: _Brackets,
            cells: Sequence[Quantity]) -> Quantity | None:
    quantity = context.quantity
    if _COLLECTIVE.search(context.own) or _AVERAGE.search(context.own):
        return None                          # 集体访3批 counts groups, not letters; 平均每天1.5起 is no part
    here = [q for q in before if q.start >= context.sentence.start]
    holder = brackets.holder(context)
    if holder is not None and holds(holder, quantity, by_issue=False):
        return holder
    if _OF_LAST.search(context.told):
        return _nearest(here, quantity)
    if _OF_WHICH.search(context.own) or _OF_WHICH_APART.search(context.lead):
        return _of_which(context, here, before)
    topic = _topic(context, before, cells)
    if topic is not None:
        return topic
    if _JURY.search(context.own):
        return None                          # 参审案件87件 are not of what the court received, but of what jurors sat on
    if quantity.measure in OUTCOMES and quantity.unit == "对" and not (here and here[-1].unit == "对"):
        return None                          # 调解成功662件，劝和夫妻156对: couples are no part of cases, unless 其中 says so
    if quantity.measure in OUTCOMES:
        anew = _OBJECT.search(context.own) and not _OF_ALL_CASES.search(context.own)     # 调解家庭矛盾44起 begins another count
        if "方式" in context.own and (closed := _resolved(context, before[-12:])):
            return closed                    # 以调解、撤诉方式结案1128件 of 审结1790件, not of what came in
        return _listed_outcome(context, here) or _received(quantity, here, context.bare or not _OBJECT.search(context.own)) or \
            _resolved(context, here) or (None if anew else _before_it(context, here, before))
    return _sibling_parent(context, here, row) or _those(context, here) or _of_section(context, here, before)


def _those(context: Context, here: Sequence[Quantity]) -> Quantity | None:
    """回访180人次，表示满意的175人次: those of the last figure of whom something is said."""
    quantity, last = context.quantity, here[-1] if here else None
    if last is None or not _SUCH_ONES.search(context.told) or _CHANNEL.search(context.own) \
            or last.unit != quantity.unit or last.measure != quantity.measure or quantity.kind != "people":
        return None
    return last if holds(last, quantity) else None


def _told_alike(other: Quantity, context: Context) -> bool:
    """Whether a figure is told as the one before it was: what is planned or another's is no part of what was done.

    其余9个村明年建齐 is of the villages its sentence began with.
    """
    flags = context.quantity.flags & _APART
    return other.flags & _APART == flags or (flags == {"planned"} and other.start >= context.sentence.start)


def _before_it(context: Context, here: Sequence[Quantity], before: Sequence[Quantity]) -> Quantity | None:
    """What a figure of outcomes is of, where its sentence has nothing: what was closed or received in those before."""
    quantity = context.quantity
    return (None if here else _resolved(context, before[-8:])) or _received(quantity, before) or _only_total(quantity, before)


def holds(total: Quantity, part: Quantity, *, by_issue: bool = True) -> bool:
    """Whether a figure may be the whole that another is part of: same kind of thing, not smaller, issue no narrower."""
    if total is part or not alike(total, part):
        return False
    if by_issue and total.issue and part.issue and part.issue not in (total.issue, "other") and vocab.parent(part.issue) != total.issue:
        return False
    least, most = part.low, total.high if total.value is None else (total.value if total.high is not None else None)
    return least is None or most is None or least <= most


def alike(a: Quantity, b: Quantity) -> bool:
    if a.kind == "money" or b.kind == "money":
        return a.kind == b.kind
    if {a.measure, b.measure} <= CASES | OUTCOMES:
        return True
    return a.unit == b.unit or ((a.measure == b.measure and a.kind == b.kind) or
                                (bool(set(groups(a.unit)) & set(groups(b.unit))) and a.measure == b.measure))


def _nearest(here: Sequence[Quantity], quantity: Quantity) -> Quantity | None:
    return next((q for q in reversed(here) if holds(q, quantity)), None)


def _of_which(context: Context, here: Sequence[Quantity], before: Sequence[Quantity]) -> Quantity | None:
    """其中 is of the figure just before; where that one opened a list of parts, of the figure that fits."""
    quantity = context.quantity
    near = [q for q in (here or before[-6:]) if holds(q, quantity)]
    if not near:
        return None
    last = near[-1]
    if last.measure in OUTCOMES and quantity.measure in CASES and last.parent is not None:
        return last.parent                  # 接待94件，办结90件，其中婚姻家庭61件: of what was received
    return last


def _topic(context: Context, before: Sequence[Quantity], cells: Sequence[Quantity]) -> Quantity | None:
    """婚姻家庭类中，家庭暴力47件: part of the figure for the topic."""
    if context.quantity.measure not in CASES | OUTCOMES:
        return None
    closed = _CLOSED.search(context.lead) if context.quantity.measure == "cases_resolved" else None
    if closed and not _WAY.search(context.own):
        above = _above(before, context.told, closed[0])
        return next((q for q in reversed(above) if q.measure == "cases_resolved" and holds(q, context.quantity)), None)
    words = context.told
    if "中" not in words and "里" not in words:
        return None
    found = _TOPIC.search(context.lead[-40:] + context.own) or _TOPIC.search(words)
    if not found:
        return None
    about = named(found[0].split("中")[0])
    if about is None:
        return None
    above = _above(before, context.told, found[0])
    return next((q for q in [*reversed(above), *reversed(cells)]
                 if q.issue == about and q.measure in CASES and holds(q, context.quantity)), None)


def _sums_up(context: Context, row: Sequence[Quantity], before: Sequence[Quantity]) -> bool:
    """第一期23人、第二期22人，共45人: a total that comes after its parts, where they add up to it.

    全县合计379件 may begin the sentence after them.
    """
    quantity, total = context.quantity, 0.0
    if not row and _ALL_TOGETHER.search(context.own):
        row = [one for one in before[-ROW:] if one.unit == quantity.unit]
    elif not _TOGETHER.search(context.own):
        return False
    if not quantity.value:
        return False
    parts = []
    for one in reversed(row):
        elsewhere = one.parent is not None and not any(one.parent is other for other in row)
        if one.unit != quantity.unit or one.value is None or elsewhere or one.measure != quantity.measure:
            break
        parts.append(one)
        total += one.value
        if total == quantity.value and len(parts) > 1:
            for part in parts:
                part.parent = quantity
            return True
        if total > quantity.value:
            break
    return False


def _above(before: Sequence[Quantity], told: str, topic: str) -> Sequence[Quantity]:
    """The figures before a topic's words: those after it are listed under it."""
    listed = len(_COUNTS.findall(told[told.rfind(topic) + len(topic):]))
    return before[:len(before) - listed] if listed else before


def _listed_outcome(context: Context, here: Sequence[Quantity]) -> Quantity | None:
    """其中强奸7件、猥亵儿童5件, of 审结12件: the list goes on under what was closed."""
    last = here[-1] if here else None
    if last is None or last.measure != context.quantity.measure or last.parent is None:
        return None
    way = last.parent.measure == "cases_resolved" and _WAY.search(context.own)      # 其中调解163件、判决结案1件
    if _VERBED.search(context.own) and not way:
        return None
    return last.parent if last.parent.measure == last.measure and holds(last.parent, context.quantity) else None


def _only_total(quantity: Quantity, before: Sequence[Quantity]) -> Quantity | None:
    """What was received, where a summary counts one thing alone: 家事纠纷238件 … 目前已办结221件."""
    totals = [q for q in before if q.measure in CASES and q.parent is None and q.actor == quantity.actor]
    return totals[0] if len(totals) == 1 and holds(totals[0], quantity) else None


def _received(quantity: Quantity, before: Sequence[Quantity], any_issue: bool = False) -> Quantity | None:
    """What was received, for what was resolved or is pending: of the same actor, and of no other issue."""
    for other in reversed(before):
        if other.measure not in CASES or other.actor != quantity.actor or not holds(other, quantity):
            continue
        same = other.issue == quantity.issue and (other.parent is None or other.issue is not None)
        if same or (any_issue and quantity.issue is None and other.parent is None):
            return other
    return None


def _resolved(context: Context, here: Sequence[Quantity]) -> Quantity | None:
    """审理案件63件，调解结案41件: a way of closing is part of what was closed."""
    if not _WAY.search(context.own):
        return None
    return next((q for q in reversed(here) if q.measure == "cases_resolved" and q.actor == context.quantity.actor
                 and (q.parent is None or q.parent.measure in CASES) and holds(q, context.quantity)), None)


def _sibling_parent(context: Context, here: Sequence[Quantity], row: Sequence[Quantity]) -> Quantity | None:
    """A list goes on: the parent of the figure before, or a whole above it that fits."""
    quantity = context.quantity
    last = before_bracket(context, row) or next((q for q in reversed(here) if q.measure not in OUTCOMES), None)
    if last is None or last.parent is None or not _LIST.match(context.own):
        return None
    if last.measure != quantity.measure or not alike(last, quantity) or _full(last.parent, row):
        return None
    whole: Quantity | None = last.parent
    while whole is not None:
        fits = holds(whole, quantity) and (whole.issue is None or quantity.issue is None or quantity.issue == "other"
                                           or vocab.parent(quantity.issue) == whole.issue
                                           or quantity.issue == whole.issue == last.issue)
        if fits and not (quantity.issue and vocab.parent(quantity.issue) is None and whole.issue == quantity.issue
                         and last.issue != quantity.issue and "其他" not in context.own):
            return whole
        whole = whole.parent
    return None


def _full(whole: Quantity, row: Sequence[Quantity]) -> bool:
    """Whether the parts told so far are all of a whole of one word, 告诫书72份: what follows them is of something else."""
    parts = [q.value for q in row if q.parent is whole]
    return whole.measure not in CASES and len(parts) > 1 and None not in parts and sum(filter(None, parts)) == whole.value


def _of_section(context: Context, here: Sequence[Quantity], before: Sequence[Quantity]) -> Quantity | None:
    """A category or a channel named by itself is of the section's total: 从类别看，婚姻家庭类118件."""
    quantity = context.quantity
    if quantity.measure not in CASES:
        return None
    if _NEW_COUNT.search(context.own) and not _CATEGORY.search(context.own):
        return None                          # 梳理土地隐患17起 is another count, not a share of the letters
    if quantity.issue is not None and vocab.parent(quantity.issue) is not None:
        broader = next((q for q in reversed(before) if q.issue == vocab.parent(quantity.issue or "") and q.measure == quantity.measure
                        and q.actor == quantity.actor and holds(q, quantity)), None)
        return broader or _section_total(quantity, here, before, context)
    if _AND_ONE.match(context.own) or (_CHANNEL.search(context.own) and _AFTER_CHANNEL.search(context.lead)):
        before = [q for q in before if q.start < context.sentence.start]        # 来信9件、来访5件: neither is of the other
    named_part = quantity.issue not in (None, "other") or _CHANNEL.search(context.own) or _BREAKDOWN.search(context.lead)
    return _section_total(quantity, here, before, context) if named_part else None


def _section_total(quantity: Quantity, here: Sequence[Quantity], before: Sequence[Quantity],
                   context: Context) -> Quantity | None:
    for measure in dict.fromkeys((quantity.measure, "case_visits")):
        for other in reversed(before):
            if other.measure == measure and other.issue is None and other.parent is None and other.actor == quantity.actor \
                    and holds(other, quantity):
                return other
    return None


class _Brackets:
    """Which figure a bracket belongs to: 婚姻家庭类26起（财产纠纷4起，…）."""

    def __init__(self, contexts: Sequence[Context]) -> None:
        self._before: dict[int, Quantity] = {}
        open_holders: list[Quantity | None] = []
        last: Quantity | None = None
        sentence = None
        for context in contexts:
            if context.sentence != sentence:
                sentence, open_holders, last = context.sentence, [], None
            between = context.between if last is not None else context.told
            for bracket in _BRACKET.finditer(between):
                if bracket[0] in "（(":
                    open_holders.append(last if bracket.start() <= 2 else None)
                elif open_holders:
                    open_holders.pop()
            if open_holders and open_holders[-1] is not None:
                self._before[id(context.quantity)] = open_holders[-1]
            if context.quantity.kind != "percent" and context.quantity.measure != "change":
                last = context.quantity

    def holder(self, context: Context) -> Quantity | None:
        """The figure just before the bracket that a quantity stands in."""
        return self._before.get(id(context.quantity))
