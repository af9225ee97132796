"""Changes against an earlier figure: 238件，比2009年的212件增加26件，增长12.3%."""

from __future__ import annotations

import re
from collections.abc import Callable

from wqnlp.audits.base import EPS, Placed, Reading, audit_of, comes_from, judge, span_of
from wqnlp.records import Audit

DOWN = re.compile(r"减少|下降|降低|少了|少|降幅|减幅|下滑|回落|跌|降")
UP = re.compile(r"增加|上升|增长|提高|多了|多|升幅|增幅|上涨|翻|升")
OF_A_YEAR = re.compile("年均|平均每|每年|年平均|月均|递增|递减|可比价|不变价|扣除|实际")
OVER = re.compile("(?:我|本|全)[省市县区州旗镇乡](?:妇联)?(?:要|还|则)?[高低多少]")        # 全省为96.5%，我区高出1.4个百分点
CLOSE = 16                               # characters between two figures and a change that they can contradict


def changes(reading: Reading) -> list[Audit]:
    """Differences with both figures stated, and percentages with their difference or both figures."""
    found = []
    for index, one in enumerate(reading.placed):
        if one.figure.measure != "change" or one.vague or (one.value is None and not one.unread) or _of_a_year(reading, index):
            continue
        made = _percent(reading, index) if _relative(one) else _difference(reading, index)
        if made:
            found.append(made)
    return found


def _of_a_year(reading: Reading, index: int) -> bool:
    """Whether a change is an average by the year, or what is left of one when prices are taken out, itself or as one of a list."""
    while index and reading.placed[index].lead in ("、", "和", "及"):
        index -= 1
    return bool(OF_A_YEAR.search(reading.placed[index].lead))


def _clear(reading: Reading, one: Placed, pair: tuple[Placed, Placed]) -> bool:
    """Whether two figures that a change does not fit can be said to contradict it: it stands close behind them, in their clause, and
    no other count stands nearer (这些农场面积404万亩，增长45% is not about the farms before)."""
    if pair[0].vague or pair[1].vague or len(one.lead) > CLOSE or one.clause != max(p.clause for p in pair):
        return False
    nearest = next((p for p in reading.before(one.index) if p.counted), None)
    return nearest in pair and reading.whole((one, *pair))


def _pair(reading: Reading, index: int, wanted: Callable[[Placed], bool]) -> tuple[Placed, Placed] | None:
    """The current figure and its base: 238件比212件; 由21件增加到42件. The base stands in the change's sentence."""
    one = reading.placed[index]
    near = [p for p in reading.before(index, sentences=1) if wanted(p)]
    here = [p for p in near if p.sentence == one.sentence]
    base = next((p for p in here[:3] if p.base or (OVER.search(one.lead) and "quoted" in p.figure.flags)), None)
    if base is None:
        return None
    after = [p for p in here if p.index > base.index]
    if comes_from(base) and after:
        return after[-1], base
    if after:                            # 238件，比上年的221件多，其中家暴150件，增加20件: of what stands between, if of any
        return (after[-1], base) if _fits(one, after[-1], base) else None
    before = [p for p in near if p.index < base.index and not p.base]
    fitting = [p for p in before if _fits(one, p, base)]
    if not fitting:
        fitting = [p for p in reading.before(base.index, sentences=3) if wanted(p) and not p.base and _fits(one, p, base)]
    if fitting:
        return fitting[0], base
    return (before[0], base) if before and before[0].sentence == one.sentence else None


def _fits(one: Placed, current: Placed, base: Placed) -> bool:
    if one.value is None or current.value is None or base.value is None:
        return False
    apart = abs(current.value - base.value)
    if _relative(one):
        return bool(base.value) and judge(_growth_said(one), *_growth(apart, base), one.step) != "inconsistent"
    return judge(abs(one.value), apart, apart, max(one.step, base.step)) != "inconsistent"


def _relative(one: Placed) -> bool:
    """Whether a change is told in proportion: 下降12.3%, 增长1.5倍, and 下降12.3 without its sign."""
    return one.figure.unit in ("%", "倍") or one.sign_lost


def _alike(one: Placed) -> Callable[[Placed], bool]:
    """Which figures a difference may lie between: percentages for 个百分点, else numbers of the same unit."""
    if one.figure.unit == "个百分点":
        return lambda p: p.figure.unit == "%" and p.figure.measure != "change"
    return lambda p: p.counted and p.unit == one.unit


def _difference(reading: Reading, index: int) -> Audit | None:
    one = reading.placed[index]
    pair = _pair(reading, index, _alike(one))
    if pair is None:
        return None
    current, base = pair
    members = (one, current, base)
    if any(m.value is None for m in members):
        return audit_of("change", members, None, "undetermined") if any(m.unread for m in members) else None
    exact = (current.value or 0.0) - (base.value or 0.0)
    unit = max(m.step for m in members)
    status = judge(abs(one.value or 0.0), abs(exact), abs(exact), unit if unit != 1 else 0)
    if status == "inconsistent" and not _clear(reading, one, pair):
        return None
    return audit_of("change", members, exact, status)


def _growth_said(one: Placed) -> float:
    """The growth in percent, without its sign: 增长1.5倍 is 150."""
    if one.figure.unit == "倍" and not UP.search(one.lead):
        return 100.0 * ((one.value or 0.0) - 1)          # 是上年的1.5倍 is 50 more in a hundred
    return abs(one.value or 0.0) * (100.0 if one.figure.unit == "倍" else 1.0)


def _growth(apart: float, base: Placed) -> tuple[float, float]:
    low, high = span_of(base)
    return 100 * apart / high if high else 0.0, 100 * apart / low if low > 0 else 0.0


def _percent(reading: Reading, index: int) -> Audit | None:
    """[percent, difference, base or current] where the difference is printed, else [percent, current, base]."""
    one = reading.placed[index]
    apart = _printed_difference(reading, index)
    if apart is None:
        return _percent_of_pair(reading, index)
    pair = _pair(reading, apart.index, _alike(apart))
    if pair is not None:
        base = pair[1]
        return _judged(reading, one, apart, base, base.value)
    near = [p for p in reading.before(apart.index) if p.counted and p.unit == apart.unit and not p.base]
    if not near:
        return _of_sentence_before(reading, one, apart)
    made = [_of_current(reading, one, apart, current) for current in near]
    fitting = next((audit for audit in made if audit is not None and audit.status != "inconsistent"), None)
    # 接待198件，其中县级62件，乡镇136件，比上年减少24件: after parts it is most likely of their total, which accuses nobody.
    return fitting or (None if reading.parent(near[0]) in near else made[0])


def _of_current(reading: Reading, one: Placed, apart: Placed, current: Placed) -> Audit | None:
    base = None if current.value is None or apart.value is None else current.value - signed(apart, apart.value)
    return _judged(reading, one, apart, current, base)


def _of_sentence_before(reading: Reading, one: Placed, apart: Placed) -> Audit | None:
    """劳动权益246件。这类问题比上年增加89件，增长56.7%: of a figure of the sentence before, where one alone fits."""
    made = {p.value: audit for p in reading.before(apart.index, sentences=1) if p.counted and p.unit == apart.unit and not p.base
            and (audit := _of_current(reading, one, apart, p)) and audit.status == "consistent"}
    return next(iter(made.values())) if len(made) == 1 else None


def _printed_difference(reading: Reading, index: int) -> Placed | None:
    """减少26件，下降12.3%: the change in numbers that stands just before the change in percent."""
    if not index:
        return None
    before, one = reading.placed[index - 1], reading.placed[index]
    if _of_a_year(reading, index - 1):
        return None
    near = before.sentence == one.sentence and before.clause == one.clause and len(one.lead) <= 10
    counted = before.figure.measure == "change" and not _relative(before) and before.figure.unit != "个百分点"
    return before if near and counted and not before.vague else None


def signed(apart: Placed, value: float) -> float:
    """The difference with its sign: from the record, else from the words before it."""
    if value > 0 and DOWN.search(apart.lead) and not UP.search(apart.lead):
        return -value
    return value


def _judged(reading: Reading, one: Placed, apart: Placed, other: Placed, base: float | None) -> Audit | None:
    members = (one, apart, other)
    if apart.value is None or other.value is None:
        return audit_of("change", members, None, "undetermined") if apart.unread or other.unread else None
    if not base or base <= 0:
        return None
    exact = 100 * abs(apart.value) / base
    loose = _looseness(apart)
    around = _looseness(other) + (loose if base != other.value else 0.0)             # of what was worked out, both
    least, most = (abs(apart.value) - loose) / (base + around), (abs(apart.value) + loose) / max(base - around, EPS)
    status = judge(_growth_said(one), 100 * least, 100 * most, one.step)
    if status == "inconsistent" and (other.vague or not reading.whole(members)):
        return None
    return audit_of("change", members, exact if (one.value or 0.0) >= 0 else -exact, status)


def _looseness(one: Placed) -> float:
    """How far a printed value may be from what it was before it was rounded: 30亿元 half of 1亿元, a plain count not at all."""
    low, high = span_of(one)
    return (high - low) / 2


def _percent_of_pair(reading: Reading, index: int) -> Audit | None:
    one = reading.placed[index]
    pair = _pair(reading, index, lambda p: p.counted)
    if pair is None or pair[0].unit != pair[1].unit:
        return None
    current, base = pair
    members = (one, current, base)
    if any(m.value is None for m in members):
        return audit_of("change", members, None, "undetermined") if any(m.unread for m in members) else None
    if not base.value:
        return None
    apart = abs((current.value or 0.0) - base.value)
    low, high = _growth(apart, base)
    if current.step != 1:        # 6.2万份 and 4.6万份 are themselves printed to two digits
        wide = 100 * current.step / base.value
        low, high = low - wide / 2, high + wide / 2
    status = judge(_growth_said(one), low, high, one.step)
    if status == "inconsistent" and not _clear(reading, one, pair):
        return None
    return audit_of("change", members, 100 * ((current.value or 0.0) - base.value) / base.value, status)
