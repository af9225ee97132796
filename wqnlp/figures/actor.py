"""By whom: the actor named nearest before a figure in its sentence; the federation, which reports, where none is."""

from __future__ import annotations

import re
from functools import cache

from wqnlp.figures.context import Context
from wqnlp.grammar.heads import headed
from wqnlp.tables import table

# Whom the federation works with, or what it goes to, does not report the figure.
_PARTNER = re.compile(r"(?:联合|会同|协同|依托|联系|协调|争取|走进|走访|深入|培训|组织|邀请|请|向|移交|转交|移送|转送|转介)"
                      r"[^，；。【〔]{1,24}")
_BODIES = re.compile(r"部门|单位|成员单位")
_HELPERS = re.compile(r"志愿|爱心妈妈|禁毒妈妈|代理妈妈|义工|网格员|律师|【[^】]*】")
REPORTER = "womens_federation"


@cache
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    codes = {name: code for code, names in table("actors")["names"].items() for name in names}
    return re.compile("|".join(map(re.escape, sorted(codes, key=len, reverse=True)))), codes


@cache
def _acts() -> re.Pattern[str]:
    acts = table("actors")["acts"]
    return headed("|".join(f"(?P<{code}>{'|'.join(map(re.escape, words))})" for code, words in acts.items()))


@cache
def _own_acts() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, table("actors")["own_act"])))


def reporter(organisation: str | None) -> str:
    """Who reports in a summary of an organisation: the court in a court's, the federation in most.

    >>> reporter("如皋市人民法院"), reporter("霍山县妇联"), reporter(None)
    ('court', 'womens_federation', 'womens_federation')
    """
    pattern, codes = _names()
    found = [codes[hit[0]] for hit in pattern.finditer(organisation or "")]
    return REPORTER if not found or REPORTER in found else found[-1]


def _alone(words: str) -> str | None:
    """Who alone does what the words tell of."""
    act = _acts().search(words)
    return act.lastgroup if act else None


def of_cell(named: str, by_default: str) -> str:
    """Who did what a table's heads and row labels name: 接报警情 the police, 人身安全保护令 the court.

    >>> of_cell("人身安全保护令（份）一季度", "womens_federation"), of_cell("来信来访（件）", "womens_federation")
    ('court', 'womens_federation')
    """
    act = _alone(named)
    if act:
        return act
    pattern, codes = _names()
    found = pattern.search(named)
    return codes[found[0]] if found else by_default


def is_of_bodies(context: Context) -> bool:
    """Whether a quantity counts departments: 联合司法、公安等5部门 did not do alone what follows."""
    return context.quantity.measure == "organisations" and _BODIES.match(context.after) is not None


def actor(context: Context, by_default: str = REPORTER) -> str | None:
    """The code of who did it or reported it; None for a count of places, which nobody did."""
    quantity = context.quantity
    if quantity.measure == "other" and quantity.unit in ("个", "所", "处", "家", "户"):
        return None
    if is_of_bodies(context):
        return "government"
    clause = context.stem + context.after
    if quantity.measure == "volunteers":
        return "volunteers" if _HELPERS.search(context.wide) else REPORTER
    if _own_acts().search(clause):
        return REPORTER
    act = _alone(clause)
    if act:
        return act
    pattern, codes = _names()
    for stretch, nearest in ((clause, 0), (context.lead.rpartition("；")[2], -1)):
        found = [codes[hit[0]] for hit in pattern.finditer(_PARTNER.sub("", stretch))] if pattern.search(stretch) else []
        if found:
            return found[nearest]
    return by_default
