"""What a figure counts: the rules of `data/rules/measures.yaml` over its context, then lists, then its unit.

The order of evidence is that of a reader: the words of its own clause; where those name nothing
(其中来信14件, 和85人) the figure it stands in a list with; the rest of its sentence; at last its unit alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from re import Pattern, compile

from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context
from wqnlp.figures.issue import begins_with_issue, named
from wqnlp.grammar.heads import headed_rules
from wqnlp.tables import Rule, table

SAME = "same_as_before"
LIST_OF_CHANGES = "list of changes"
BECAME = "rate that became another"
CARRIED = {"cases_received", "case_visits", "participants", "people_aided", "people_trained", "people_served",
           "volunteers", "members", "jobs", "offenders", "honours", "organisations", "funds", "loans", "consultations",
           "goods", "materials", "events", "insured", "other", "fees_waived", "cases_pending", "cases_resolved"}
GENERAL = {"cases.received", "share.of", "money.funds", "papers.materials", "sessions.events", "bodies.courts"}
"""Rows that any figure of their unit matches: a list that the figure stands in is better evidence."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A measure, the id of the rule that gave it, and how far it is to be trusted."""

    measure: str
    rule: str
    trust: float


@dataclass(frozen=True, slots=True)
class _Row:
    rule: Rule
    pattern: Pattern[str]
    unless: Pattern[str] | None
    reading: Reading

    def speaks(self, text: str) -> bool:
        """Whether the rule matches, and its exception does not."""
        return bool(self.pattern.search(text)) and not (self.unless and self.unless.search(text))


@cache
def _rows(group: str, wide: bool | str) -> tuple[_Row, ...]:
    """The rows that speak for a unit group, in file order: of its clause, `wide`, or wide and tried `first`."""
    return tuple(_Row(rule, pattern, compile(rule.extra["unless"]) if "unless" in rule.extra else None,
                      Reading(str(rule.gives), rule.id, rule.trust))
                 for rule, pattern in headed_rules("measures")
                 if group in rule.extra["for"] and rule.extra.get("wide", False) == wide)


@cache
def groups(unit: str | None, of: str = "") -> tuple[str, ...]:
    """The groups of `measures.yaml` a unit belongs to; 个 counts people where it is `of` people.

    >>> groups("件"), groups("次")
    (('cases',), ('visits', 'sessions'))
    """
    if unit == "个" and _PERSON.match(of):
        return ("people", "bodies")
    found = tuple(name for name, group in table("measures")["groups"].items() if unit in group["units"])
    return found or ("things",)


def _groups_of(context: Context) -> tuple[str, ...]:
    """The groups of a quantity's unit; the words after it are asked for 个 alone."""
    unit = context.quantity.unit
    return groups(unit, context.after[:8]) if unit == "个" else groups(unit)


def measure(context: Context, earlier: Sequence[Quantity]) -> Reading:
    """The measure of a quantity. `earlier` are the quantities before it in its sentence, already measured."""
    unit_groups = _groups_of(context)
    beside = _beside(context, earlier)
    if beside:
        return beside
    here = _first(context.clause, unit_groups)
    found = _first(context.wide, unit_groups, "first")
    tied = not (here and here.measure == "change") and _tied(context, earlier)
    partial = _listed(context, earlier) if tied and not found else None
    if partial:
        return partial
    found = found or here
    if found and found.rule == "cases.pending" and _REST.search(context.own) and not _after_outcome(earlier):
        return Reading("cases_received", "the rest of a list", 0.9)
    if found and found.measure == SAME:
        return _same(context, earlier) or Reading("funds", found.rule, 0.7)
    if found and found.rule not in GENERAL:
        return found
    listed = _listed(context, earlier) or _in_sum(context, earlier)
    if listed:
        return listed
    if "visits" in unit_groups and (not found or found.rule in GENERAL) and named(context.own):
        return Reading("case_visits", "visits about an issue", 0.8)
    wide = _first(context.wide, unit_groups, wide=True)
    if found and not wide and not context.bare:
        return found
    wide = wide or _again(context, unit_groups)
    if wide and wide.rule not in GENERAL and wide.measure != SAME:
        return Reading(wide.measure, wide.rule, min(wide.trust, 0.8))
    if found:
        return Reading(found.measure, found.rule, 0.6)
    return Reading(str(table("measures")["groups"][unit_groups[0]]["default"]), f"unit {context.quantity.unit}", 0.5)


def speakers(context: Context) -> list[tuple[str, str]]:
    """Every rule that matches a quantity's words, with the measure it gives: the first in file order has spoken."""
    found = []
    for group in _groups_of(context):
        for wide, text in (("first", context.wide), (False, context.clause), (True, context.wide)):
            found += [(row.rule.id, str(row.rule.gives)) for row in _rows(group, wide)
                      if row.speaks(text)]
    return found


def in_words(said: Sequence[str], unit: str | None) -> Reading:
    """The measure of a table's cell, from what is said of it, what speaks first standing first.

    >>> in_words(["婚姻家庭", "信访接待情况"], "件").measure
    'cases_received'
    """
    unit_groups, found = groups(unit), None
    for told in said:
        found = _first(f"{_CAPTION_EXTRA.sub('', told).strip()}【{unit or ''}】", unit_groups) or found
        if found and (found.rule not in GENERAL or _NAMES_CASES.search(told)) and found.measure != SAME:
            return found
    return found or Reading(str(table("measures")["groups"][unit_groups[0]]["default"]), f"unit {unit}", 0.5)


_NAMES_CASES = compile(r"^(?:受理|接待|收到|接收|新收|登记)[^，；。办结]{0,6}$")
_CAPTION_EXTRA = compile(r"^表\S{1,3}[\s　]+|[（(]?单位\s*[:：].*$")


def _beside(context: Context, earlier: Sequence[Quantity]) -> Reading | None:
    """A figure that goes on a list of changes, or a percentage that another one is compared with.

    各上升3.7%、6.2%和58.1%; 调撤率69.0%，比上年的65.4%高出3.6个百分点.
    """
    if not earlier:
        return None
    goes_on = _AND.match(context.own) or earlier[-1].end == context.quantity.start
    if earlier[-1].measure == "change" and goes_on and "percent" not in (context.quantity.kind, earlier[-1].kind):
        return Reading("change", LIST_OF_CHANGES, 0.85)          # 分别比上年增加5期和430人次, 减少1批12人次
    if context.quantity.unit != "%":
        return None
    if earlier[-1].measure == "change" and _AND.match(context.own) and earlier[-1].unit == "%":
        return Reading("change", LIST_OF_CHANGES, 0.9)
    if earlier[-1].unit == "%" and earlier[-1].measure != "change" and _RISES_TO.match(context.own):
        return Reading(earlier[-1].measure, BECAME, 0.9)       # 成功率由去年的76%提高到85%
    compared = _THAN.search(context.own) and _MORE_THAN.match(context.after)
    rates = [q for q in earlier if q.unit == "%" and q.measure != "change"] if compared else []
    return Reading(rates[-1].measure, "rate compared with", 0.9) if rates else None


def _tied(context: Context, earlier: Sequence[Quantity]) -> bool:
    """Whether a figure stands in a list with the one before it, whatever its own words say."""
    return bool(_PART.search(context.own) or begins_with_issue(context.own) or _goes_on(context, earlier)
                or (context.lead.endswith(("，", "，\n")) and _OF_LAST.search(context.lead)) or (context.bare and "〔" in context.stem))


def _goes_on(context: Context, earlier: Sequence[Quantity]) -> bool:
    """Whether a bare noun goes on a list: 其中来访148人次，来电93人次，网络留言15人次."""
    last = earlier[-1] if earlier else None
    return bool(last and last.unit == context.quantity.unit and last.reasons and last.reasons[-1] == "measure: list"
                and len(context.own.strip("，、； ")) <= 8 and not _CHANGED.search(context.own))


def _in_sum(context: Context, earlier: Sequence[Quantity]) -> Reading | None:
    """每场观众150人，累计6000人次: people counted once and together."""
    if not context.bare or not earlier or earlier[-1].kind != "people" or context.quantity.kind != "people":
        return None
    return Reading(earlier[-1].measure, "sum of the figure before", 0.85)


def _after_outcome(earlier: Sequence[Quantity]) -> bool:
    """Whether the last count is of what was resolved: only after it is the rest what is pending."""
    counts = [q for q in earlier if q.kind != "percent" and q.measure != "change"]
    return bool(counts) and counts[-1].measure in ("cases_resolved", "cases_pending")


def _first(text: str, unit_groups: Sequence[str], wide: bool | str = False) -> Reading | None:
    for group in unit_groups:
        for row in _rows(group, wide):
            if row.pattern.search(text) and not (row.unless and row.unless.search(text)):
                return row.reading
    return None


def _again(context: Context, unit_groups: Sequence[str]) -> Reading | None:
    """The rules of the clause, over the clauses before: 成立维权岗，目前共有21个 counts posts.

    Clause by clause from the nearest, its words joined to the quantity as if nothing stood between.
    """
    clauses = [c for c in _SPLIT.split(context.lead) if c.strip()]
    here = context.clause[len(context.stem):]
    for clause in reversed(clauses[-3:]):
        if "〔" in clause and clause.rstrip().endswith("〕"):
            continue                        # that clause has a figure of its own
        found = _first(clause[-30:] + here, unit_groups)
        if found and found.rule not in GENERAL and found.measure not in (SAME, "change"):
            return found
    return None


_SPLIT = compile(r"[，,；;：:。]")
_NOMINAL = compile(r"^(?:[\s，、：:；;（(]|其中|另有|另|和|与|及|以及|包括|分别|为|是|有|在|已)*[^，；。]{0,14}$")
_VERB = compile(r"(?:发放|举办|开展|组织|培训|慰问|救助|表彰|调解|办结|建立|成立|设立|评选|资助|聘|投入|筹|接待|受理|"
                r"解答|帮助|悬挂|印发|出动|查处|走访|命名|化解|处结|正在处理|息诉|息访|办复|出具|参保|参与|参加|就业|上岗|结业|答复|调处|了结|已结|在办|待办|未结|重归于好|移交|转交|移送|引导|结案|办结|审结|成功|赔偿|支付|追回|撤|准许|驳回|签|设|建|配|聘)")
_PART = compile(r"^(?:[\s，；;（(]*其中|[、和及])")
_OF_LAST = compile(r"〔[^〕]*〕[^，；。〔]{0,14}(?:中|里|当中)，$")
_PERSON = compile(r"[^，]{0,4}(?:孤儿|儿童|孩子|妇女|母亲|女童|学生|姐妹|老人|青年|女工|村民|居民"
                  r"|家庭(?!辅导|教育|纠纷|调解)|所长|院长|庭长|主任|主席|干部|民警|律师|调解员|志愿者|陪审员|人(?!民|大))")
_CHANGED = compile(r"[增减升降多少比较]")
_REST = compile(r"(?:其余|剩余|余下|剩下|其它)的?$")
_TIES = compile(r"其中|分别")
_AND = compile(r"^[、和及与]$")
_RISES_TO = compile(r"^(?:，)?(?:提高|上升|增加|增长|提升|下降|降低|减少|回落|升|降|增|减|达|变|扩大|跃升)?(?:到|至|为)(?:了)?$")
_THAN = compile(r"(?:比|较)[^，；。〔]{1,12}的?$")
_MORE_THAN = compile(r"(?:高|低|多|少|上升|下降|提高|增加|降低|有所)")


def _listed(context: Context, earlier: Sequence[Quantity]) -> Reading | None:
    """The measure of the figure it is a list with: same unit, and only a noun of its own before it."""
    if context.quantity.kind == "percent" or not earlier:
        return None
    if not _NOMINAL.match(context.own) or _VERB.search(context.own + context.after):
        return None
    for other in reversed(earlier[-12:]):
        alike = other.unit == context.quantity.unit or (_AND.match(context.own) and other is earlier[-1] and
                                                        set(groups(other.unit)) & set(groups(context.quantity.unit)))
        if alike and other.measure in CARRIED:
            # A breakdown by issue after "办结90件" is of what was received, unless 其中 or 分别为 ties it, or the part
            # before it, to 办结.
            beside = other.measure in ("cases_pending", "cases_resolved") and not context.bare and not _TIES.search(context.own) \
                and other.reasons[-1:] != ["measure: list"]
            return Reading("cases_received" if beside else other.measure, "list", 0.85)
        if other.kind != "percent" and other.measure != "change":
            return None
    return None


def _same(context: Context, earlier: Sequence[Quantity]) -> Reading | None:
    """人均 5万元 counts what the sum of money before it counts."""
    for other in reversed(earlier):
        if other.unit == context.quantity.unit and other.measure != "change":
            return Reading(other.measure, "per head of the sum before", 0.9)
    return None
