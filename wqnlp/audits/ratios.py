"""Shares and rates of a total, and amounts a head: 26件，占43%; 办结179件，办结率96.2%; 每人600元.

Which part and which total a share is of is chosen among all that stand near it. Words speak first (the tree, the
bracket, the issue, the measure, how far back); where their best pair does not fit the printed digits, a pair that
fits and that the words allow is taken instead. Only the pair of the words can be called a contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wqnlp.audits.base import (
    EPS,
    Placed,
    Reading,
    audit_of,
    judge,
    kin_measures,
    of_one_kind,
    span_of,
)
from wqnlp.records import Audit

DEALT = re.compile(r"分别|依次|各占")
OF_CLASS = re.compile(r"[该此这同][一]?类")
FORMER, LATTER = re.compile(r"前者[^，。；]{0,4}$"), re.compile(r"后者[^，。；]{0,4}$")
EACH = re.compile(r"(?:每(?:人|名|户|位|个|家|例|对|所|生|孩)|人均|户均|平均每?[人名户位个家]?)[^，。；,;\d]{0,8}$")
TOGETHER = re.compile(r"(?:([两二三四五六])[类项者个方]?[^，。；]{0,4})?"
                      r"(?:合计|合共|共计|总共|一共|合起来|合占|共占|之和|相加|(?<=[类项者])共)")
CLOSE_BY = re.compile(r"占|^[（(]$")
OF_ALL = re.compile(r"占[^，。；,;：]{0,12}$")
WHOLE = re.compile(r"总[数量件]|全部|信访总|受理总|接待总")
NUMBER = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}
RATE_OF_WAYS = re.compile("调撤率|撤调率|调解撤诉率|调解、?和?撤诉率")
WAY = re.compile("调解|和解|撤诉|撤回")
LIST = 20                                # shares told in one breath
PARTS, TOTALS, BACK = 6, 12, 12          # parts and totals tried for a share; sentences back for a total
LINKED = 5                               # weight of a total that the tree gives
FAR = 4                                  # weight up to which a share printed without decimals is not looked for
NEAR = 0.1                               # an amount a head is not rounded by more than this share of it
OF_PLAN = re.compile("(?:占|完成|达|为)[^，。；]{0,8}(?:预算|计划|任务|目标|指标)[^，。；]{0,4}$")
EXTREME = re.compile(r"最[高多低少大小]|其中|至少|不低于")


@dataclass(slots=True)
class Pair:
    """A way to read a share: of which parts together, of which total, and how much the words speak for it."""

    reading: Reading
    share: Placed
    parts: tuple[Placed, ...]
    total: Placed
    weight: int
    linked: bool                         # the tree or the words name the total
    _audit: Audit | None = None

    @property
    def audit(self) -> Audit:
        """What comes of it; of most pairs nobody asks."""
        if self._audit is None:
            self._audit = _ratio(self.reading, self.share, self.parts, self.total)
        return self._audit


def shares(reading: Reading) -> list[Audit]:
    """Percentages that follow the part they are the share of."""
    found = []
    for index, one in enumerate(reading.placed):
        unclear = one.vague or (one.printed is None and not one.unread)
        if not one.percent or one.figure.measure in ("change", "satisfaction_rate") or unclear or one.base or OF_PLAN.search(one.lead):
            continue
        made = _share(reading, index)
        if made:
            found.append(made)
    return [made for made in found if made.status != "inconsistent" or not _of_another(reading, made, found)]


def _of_another(reading: Reading, made: Audit, found: list[Audit]) -> bool:
    """Whether the shares of a total all contradict it, and one another as to what it should be: they are of something else.

    A total with a wrong digit is told by its shares alike; 占各自预算的96.99% and 82.82% are of a budget each.
    """
    alike = [one for one in found if one.figures[-1] == made.figures[-1]]
    if len(alike) < 2 or any(one.status != "inconsistent" for one in alike):
        return False
    spans = [_total_told(reading, one) for one in alike]
    return max(low for low, _ in spans) > min(high for _, high in spans)


def _total_told(reading: Reading, made: Audit) -> tuple[float, float]:
    """Least and most that a total may be by one of its shares."""
    share, *parts, _ = (reading.by_id[name] for name in made.figures)
    told, half = share.printed or 0.0, share.step / 2
    amount = sum(p.value or 0.0 for p in parts)
    return 100 * amount / (told + half), 100 * amount / max(told - half, EPS)


def _share(reading: Reading, index: int) -> Audit | None:
    one = reading.placed[index]
    pairs = sorted(_pairs(reading, index), key=lambda pair: -pair.weight)
    if not pairs:
        return None
    best = pairs[0]
    if one.printed is None:              # the share itself is lost: only where it stands right behind its part
        clear = best.linked and best.parts[-1].sentence == one.sentence and len(one.lead) <= 12
        return best.audit if clear else None
    if best.audit.status in ("consistent", "rounding") and best.linked:
        return best.audit
    fine = one.step < 1
    for pair in pairs:
        near = fine or pair.weight > FAR or pair.total.sentence == one.sentence
        if near and (pair.audit.status == "consistent" or (fine and pair.audit.status == "rounding")):
            return pair.audit
    if not best.linked:
        return None
    if one.sign_lost and one.figure.measure == "resolution_rate" and best.parts[0].figure.measure != "cases_resolved":
        return None
    if best.audit.status == "undetermined" or _sure(reading, one, best):
        return best.audit
    if any(m.broken for m in (one, *best.parts, best.total)):
        return audit_of("ratio", (one, *best.parts, best.total), None, "undetermined")
    return None


def _pairs(reading: Reading, index: int) -> Iterator[Pair]:
    """Every pair the words allow."""
    one = reading.placed[index]
    named = _named_whole(reading, index)
    if named is not None:
        part, total = named
        yield Pair(reading, one, (part,), total, 20, linked=True)
    ways = _named_ways(reading, index)
    if ways:
        for total, weight in _totals(reading, ways, one):
            yield Pair(reading, one, ways, total, 10 + weight, linked=weight >= LINKED)
        return
    nearest: Placed | None = None
    for parts, weight in _parts(reading, index):
        nearest = nearest or parts[-1]
        direct = parts[-1] is nearest or _alike(one, parts[-1]) > 0
        if len(parts) > 1 and len({p.figure.parent for p in parts}) > 1:
            continue
        for total, more in _totals(reading, parts, one):
            if total not in parts:
                yield Pair(reading, one, parts, total, weight + more, linked=direct and more >= LINKED)


def _named_whole(reading: Reading, index: int) -> tuple[Placed, Placed] | None:
    """女性39名，占全部82名陪审员的50%: the total stands between the part and its share."""
    one = reading.placed[index]
    if index < 2:
        return None
    total, part = reading.placed[index - 1], reading.placed[index - 2]
    together = part.sentence == total.sentence == one.sentence and part.counted and total.counted
    if together and OF_ALL.search(total.lead) and "的" in one.lead and len(one.lead) <= 16 and of_one_kind(part, total):
        return part, total
    return None


def _named_ways(reading: Reading, index: int) -> tuple[Placed, ...]:
    """调解12件，撤诉4件，判决3件，调撤率84.2%: the ways of closing that a rate names, together."""
    one = reading.placed[index]
    told = RATE_OF_WAYS.search(one.lead)
    if told is None:
        return ()
    ways = [p for p in reading.before(index) if p.counted and not p.base and WAY.search(p.lead) and p.unit == "件"]
    return tuple(ways[:2][::-1]) if len(ways) > 1 and ways[0].figure.parent == ways[1].figure.parent else ()


def _parts(reading: Reading, index: int) -> Iterator[tuple[tuple[Placed, ...], int]]:
    """The counted figures a share may belong to, with 分别占13.1%和8.9% dealt out in order."""
    one, placed = reading.placed[index], reading.placed
    run = end = index
    while run > max(0, index - LIST) and placed[run - 1].percent \
            and placed[run - 1].sentence == one.sentence:
        run -= 1
    while end + 1 < min(len(placed), index + LIST) and placed[end + 1].percent \
            and placed[end + 1].sentence == one.sentence and len(placed[end + 1].lead) <= 2:
        end += 1
    counted = [p for p in reading.before(run) if p.counted and not p.base]
    # 劳动类10起（其中欠薪1起），占16%: what stands in a bracket that is closed is not what the share is of.
    outer = [p for p in counted if p.depth <= one.depth]
    if FORMER.search(one.lead) or LATTER.search(one.lead):
        yield from (((part,), 6) for part in (outer[1:2] if FORMER.search(one.lead) else outer[:1]))
        return
    together = TOGETHER.search(one.lead)
    if together:
        told = NUMBER.get(together.group(1) or "")
        for many in [told] if told else range(2, min(PARTS, len(outer)) + 1):
            if many <= len(outer):
                yield tuple(outer[:many][::-1]), 6
        if told:
            return
    if end > run and DEALT.search(placed[run].lead):
        before = outer[:end - run + 1][::-1]
        if index - run < len(before):
            yield (before[index - run],), 6
        return
    if run < index and len(one.lead) <= 2:
        return
    own = [p for p in outer[:LIST] if p.sentence == one.sentence and p.figure.issue == one.figure.issue]
    if one.figure.issue and len(own) == 1 and one.lead[:1] in "，," and not OF_ALL.match(one.lead.lstrip("，, ")):
        yield (own[0],), 12                  # 各为47例、39例、…，家庭暴力占29.8%: its own words name which
    for rank, part in enumerate(outer[:PARTS]):
        yield (part,), (0 if together else 6) - 4 * rank + _alike(one, part)
    resolved = None if outer else _resolved(reading, index)
    if resolved is not None:
        yield (resolved,), 6


def _alike(one: Placed, part: Placed) -> int:
    """What the issue of a share says of its part: the same one, another one, or nothing."""
    if one.figure.issue is None or part.figure.issue is None:
        return 0
    return 3 if one.figure.issue == part.figure.issue else -1


def _resolved(reading: Reading, index: int) -> Placed | None:
    """办结58起。办结率97%: a rate in a sentence of its own belongs to what was resolved in the one before."""
    if reading.placed[index].figure.measure != "resolution_rate":
        return None
    return next((p for p in reading.before(index, sentences=1) if p.figure.measure == "cases_resolved"), None)


def _totals(reading: Reading, parts: tuple[Placed, ...], one: Placed) -> Iterator[tuple[Placed, int]]:
    """The totals a part may be of: those above it in the tree, then what stands before it."""
    first = parts[0]
    above = reading.parent(first)
    seen = set(map(id, parts))
    if above is not None:
        seen.add(id(above))
        yield above, 10
        higher = reading.parent(above)
        if higher is not None:
            seen.add(id(higher))
            yield higher, 9 if WHOLE.search(one.lead) else 5
    tried = 0
    supposed = {i for i, value in reading.supposed.items() if value >= (first.value or 0.0)}
    for total in reading.before(first.index, sentences=BACK):
        if tried == TOTALS:
            return
        if id(total) in seen or not total.counted or not total.value or total.base \
                or not of_one_kind(total, first):
            continue
        bigger = total.value > (first.value or 0.0) or (total.value == first.value and total.sentence == first.sentence)
        if total.figure.id in supposed and first.sentence - total.sentence <= 1:
            yield total, 20
        elif bigger and (total.figure.role == "total" or total.sentence == first.sentence):
            tried += 1
            yield total, (2 if total.figure.measure == first.figure.measure else 0) - 2 * (first.sentence - total.sentence)
        elif bigger and total.unit == first.unit and one.step < 1:
            yield total, -8 - 2 * (first.sentence - total.sentence)          # a share in decimals fits few by chance


def _ratio(reading: Reading, one: Placed, parts: tuple[Placed, ...], total: Placed) -> Audit:
    members = (one, *parts, total)
    if any(m.printed is None for m in members) or not total.value:
        return audit_of("ratio", members, None, "undetermined")
    exact, low, high = fraction(parts, total)
    supposed = reading.supposed.get(total.figure.id)
    if supposed:                         # told of the number as it stood before its zeros were lost
        exact, low, high = (end * (total.value or 1.0) / supposed for end in (exact, low, high))
    status = judge(one.printed or 0.0, low, high, one.step)
    if one.sign_lost and status == "inconsistent":
        return audit_of("ratio", members, None, "undetermined")
    return audit_of("ratio", members, exact, status)


def fraction(parts: tuple[Placed, ...], total: Placed) -> tuple[float, float, float]:
    """The share of the parts in percent, and the least and most it may be by the digits they are printed to."""
    spans = [span_of(part) for part in parts]
    least, most = span_of(total)
    exact = 100 * sum(p.value or 0.0 for p in parts) / (total.value or 1.0)
    low = 100 * sum(a for a, _ in spans) / most
    return exact, low, 100 * sum(b for _, b in spans) / least if least > 0 else exact


def _sure(reading: Reading, one: Placed, pair: Pair) -> bool:
    """Whether a contradiction can be believed: all exact, near one another, of one unit, a share below 100."""
    parts, total, part = pair.parts, pair.total, pair.parts[-1]
    if any(m.vague or m.unit != total.unit or not kin_measures(m, total) for m in parts) or total.vague:
        return False
    if total.figure.issue is None and OF_CLASS.search(one.lead):
        return False                         # 占该类的四分之一, where the class has no figure here
    if total.broken or not reading.whole((*parts, one)) or reading.dropped_before(total):
        return False
    if not total.value or any(p.value is None for p in parts):
        return False
    # A total that is less than one of its parts has most likely lost a digit itself.
    if any((child.value or 0.0) > total.value for child in reading.children[total.figure.id]):
        return False
    # A number between the two that cannot be read may be the true total.
    if any(p.unread and p.counted and of_one_kind(p, part) for p in reading.placed[total.index + 1:part.index]):
        return False
    near = one.sentence == part.sentence and len(one.lead) <= 16 and not re.search("[；;。]", one.lead)
    if RATE_OF_WAYS.search(one.lead) and len(parts) == 1:
        return False
    if one.figure.measure == "resolution_rate":
        return near and part.figure.measure == "cases_resolved" and len(parts) == 1
    if len(parts) > 1:
        return near and bool(NUMBER.get((TOGETHER.search(one.lead) or [""])[1] or ""))
    return near and bool(CLOSE_BY.search(one.lead) or OF_ALL.search(total.lead))


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
             and p.unit in ("名", "户", "个", "人次", "家", "对")]
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
    status = judge(one.value or 0.0, low / head.value, high / head.value, max(one.step, 1))
    return audit_of("ratio", (one, total, head), exact, status)
