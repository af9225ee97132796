"""Shares and rates of a total, and amounts a head: 26件，占43%; 办结179件，办结率96.2%; 每人600元."""

from __future__ import annotations

import re

from wqnlp.audits.base import Placed, Reading, audit_of, is_base, judge, of_one_kind, span_of, step, unit_of
from wqnlp.records import Audit

EACH = re.compile(r"(?:每(?:人|名|户|位|个|家|例|对|所|生|孩)|人均|户均|平均每?[人名户位个家]?)[^，。；,;\d]{0,8}$")
TOGETHER = re.compile(r"([两二三四五六])[类项者个]?[^，。；]{0,4}(?:合计|共|总共|一共|合起来)")
CLOSE_BY = re.compile(r"占|^[（(]$")
WHOLE = re.compile(r"总[数量件]|全部|信访总|受理总|接待总")
NUMBER = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}
LIST = 20                                # shares told in one breath
NEAR = 0.1                               # an amount a head is not rounded by more than this share of it
EXTREME = re.compile(r"最[高多低少大小]|其中|至少|不低于")


def shares(reading: Reading) -> list[Audit]:
    """Percentages that follow the part they are the share of."""
    found = []
    for index, one in enumerate(reading.placed):
        unclear = one.vague or (one.value is None and not one.unread)
        if one.figure.unit != "%" or one.figure.measure in ("change", "satisfaction_rate") or unclear or is_base(one):
            continue
        made = _together(reading, index) or _share(reading, index)
        if made:
            found.append(made)
    return found


def _share(reading: Reading, index: int) -> Audit | None:
    one = reading.placed[index]
    part = _part(reading, index)
    if part is None:
        return None
    total = _total(reading, part, one)
    if one.value is None:                # the share itself is lost: only where it stands right behind its part
        clear = total is not None and part.sentence == one.sentence and len(one.lead) <= 12
        return _ratio(one, part, total) if total is not None and clear else None
    if total is not None:
        made = _ratio(one, part, total)
        # A vague member or a rate of something else cannot contradict.
        if made.status != "inconsistent" or (_sure(reading, one, part, total)):
            return made
        if total.broken or part.broken or one.broken:
            return audit_of("ratio", (one, part, total), None, "undetermined")
    return _by_arithmetic(reading, one, part, total)


def _part(reading: Reading, index: int) -> Placed | None:
    """The counted figure a share belongs to, with 分别占13.1%和8.9% dealt out in order."""
    one, placed = reading.placed[index], reading.placed
    run = end = index
    while run > max(0, index - LIST) and placed[run - 1].figure.unit == "%" \
            and placed[run - 1].sentence == one.sentence:
        run -= 1
    while end + 1 < min(len(placed), index + LIST) and placed[end + 1].figure.unit == "%" \
            and placed[end + 1].sentence == one.sentence and len(placed[end + 1].lead) <= 2:
        end += 1
    # 劳动类10起（其中欠薪1起），占16%: what stands in a bracket that is closed is not what the share is of.
    counted = [p for p in reading.before(run) if p.counted and not is_base(p) and p.depth <= one.depth]
    if end > run and "分别" in placed[run].lead:
        before = counted[:end - run + 1][::-1]
        return before[index - run] if index - run < len(before) else None
    if run < index and len(one.lead) <= 2:
        return None
    return counted[0] if counted else _resolved(reading, index)


def _resolved(reading: Reading, index: int) -> Placed | None:
    """办结58起。办结率97%: a rate in a sentence of its own belongs to what was resolved in the one before."""
    if reading.placed[index].figure.measure != "resolution_rate":
        return None
    return next((p for p in reading.before(index, sentences=1) if p.figure.measure == "cases_resolved"), None)


def _total(reading: Reading, part: Placed, one: Placed) -> Placed | None:
    parent = reading.parent(part)
    if parent is None:
        return None
    if WHOLE.search(one.lead):
        above = reading.parent(parent)
        if above is not None and not _fits(one, part, parent) and _fits(one, part, above):
            return above
    return parent


def _ratio(one: Placed, part: Placed, total: Placed) -> Audit:
    if one.value is None or part.value is None or not total.value:
        return audit_of("ratio", (one, part, total), None, "undetermined")
    (low, high), (least, most) = span_of(part), span_of(total)
    exact = 100 * part.value / total.value
    status = judge(one.value or 0.0, 100 * low / most, 100 * high / least if least > 0 else exact, step(one.figure))
    return audit_of("ratio", (one, part, total), exact, status, _fix(one, exact) if status == "inconsistent" else None)


def _fix(one: Placed, exact: float) -> str | None:
    """A share ten or a hundred times too small has lost zeros; that is clear enough to suggest."""
    stated = one.value or 0.0
    for times in (10, 100):
        if stated and judge(stated * times, exact, exact, step(one.figure) * times) == "consistent":
            return f"{stated * times:g}%：末位的零脱落，按部分与总数计算为{exact:.2f}%"
    return None


def _fits(one: Placed, part: Placed, total: Placed) -> bool:
    return _ratio(one, part, total).status in ("consistent", "rounding")


def _sure(reading: Reading, one: Placed, part: Placed, total: Placed) -> bool:
    """Whether a contradiction can be believed: all three exact, near one another, of one unit, a share below 100."""
    if part.vague or total.vague or total.broken or not reading.whole((part, one)) or unit_of(part) != unit_of(total):
        return False
    if not total.value or part.value is None:
        return False
    # A total that is less than one of its parts has most likely lost a digit itself.
    if any((child.value or 0.0) > total.value for child in reading.children[total.figure.id]):
        return False
    # A number between the two that cannot be read may be the true total.
    if any(p.unread and p.counted and of_one_kind(p, part) for p in reading.placed[total.index + 1:part.index]):
        return False
    near = one.sentence == part.sentence and len(one.lead) <= 12 and not re.search("[；;。]", one.lead)
    if one.figure.measure == "resolution_rate":
        return near and part.figure.measure == "cases_resolved" and not _by_arithmetic(reading, one, part, total)
    return near and bool(CLOSE_BY.search(one.lead)) and not _by_arithmetic(reading, one, part, total)


def _by_arithmetic(reading: Reading, one: Placed, part: Placed, tried: Placed | None) -> Audit | None:
    """The nearest earlier total for which the share comes out right: the digits themselves are the evidence.

    Only for shares printed finely enough that a chance fit is unlikely.
    """
    if part.value is None or not part.value:
        return None
    fine = step(one.figure) < 1
    for total in reading.before(part.index, sentences=12 if fine else 0):
        if (total is not tried and total.counted and total.value
                and (total.value > part.value or (total.value == part.value and total.sentence == part.sentence))
                and of_one_kind(total, part) and not is_base(total)
                and (total.figure.role == "total" or total.sentence == part.sentence) and _fits(one, part, total)):
            return _ratio(one, part, total)
    return None


def _together(reading: Reading, index: int) -> Audit | None:
    """两类合计占22%: several parts of one total, taken together."""
    one = reading.placed[index]
    told = TOGETHER.search(one.lead)
    if not told:
        return None
    parts = [p for p in reading.before(index) if p.counted][:NUMBER[told.group(1)]][::-1]
    totals = {p.figure.parent for p in parts}
    total = reading.parent(parts[0]) if parts and len(totals) == 1 else None
    if total is None or len(parts) < 2:
        return None
    members = (one, *parts, total)
    if any(m.value is None for m in members) or not total.value:
        return audit_of("ratio", members, None, "undetermined")
    exact = 100 * sum(p.value or 0.0 for p in parts) / total.value
    status = judge(one.value or 0.0, exact, exact, step(one.figure))
    return audit_of("ratio", members, exact, status) if status != "inconsistent" or reading.whole(parts) else None


def per_head(reading: Reading) -> list[Audit]:
    """Amounts a head: total money over the number of people or households, within one clause or sentence."""
    found = []
    for index, one in enumerate(reading.placed):
        unclear = one.vague or (one.value is None and not one.unread)
        if one.figure.kind != "money" or unclear or not EACH.search(one.lead):
            continue
        made = _head(reading, index)
        if made:
            found.append(made)
    return found


def _head(reading: Reading, index: int) -> Audit | None:
    one = reading.placed[index]
    near = [p for p in reading.placed[max(0, index - 8):index + 9]
            if p is not one and p.sentence == one.sentence and p.clause == one.clause]
    sums = [p for p in near if p.figure.kind == "money" and not p.vague and not EACH.search(p.lead)
            and not EXTREME.search(p.lead)]
    heads = [p for p in near if p.figure.kind in ("people", "count") and not p.vague and p.counted
             and unit_of(p) in ("名", "户", "个", "人次", "家", "对")]
    made = [_each(one, total, head) for total in sums for head in heads]
    for status in ("consistent", "rounding"):
        for each in made:
            if each.status == status and abs((each.computed or 0.0) - (one.value or 0.0)) <= NEAR * (one.value or 0.0):
                return each
    if len(sums) == len(heads) == 1 and made[0].status == "undetermined":
        return made[0]
    # Only a sum that stands before its amount a head can contradict it: 共15万元，每人1万元.
    if len(sums) == len(heads) == 1 and max(sums[0].index, heads[0].index) == index - 1 and len(one.lead) <= 8:
        return made[0]
    return None


def _each(one: Placed, total: Placed, head: Placed) -> Audit:
    if one.value is None or total.value is None or not head.value:
        return audit_of("ratio", (one, total, head), None, "undetermined")
    low, high = span_of(total)
    exact = total.value / head.value
    status = judge(one.value or 0.0, low / head.value, high / head.value, max(step(one.figure), 1))
    return audit_of("ratio", (one, total, head), exact, status)
