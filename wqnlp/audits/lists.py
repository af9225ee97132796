"""Which figures are the parts of a total: what the tree says, and what the numbers themselves add up to.

The tree of totals and parts is read from words, and words mislead. A run of figures that begins and ends where a list
may begin and end, and adds up to the total to the last digit, is its list whatever the words say; nothing is ever
called a contradiction on such a search.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from wqnlp import vocab
from wqnlp.audits.base import CASES, OUTCOMES, Placed, Reading, of_one_kind

REST = re.compile(r"其他|其它|其余|综合类|另[有外]|余下|剩余")
INSIDE = re.compile(r"其中|(?:计|含|包括|包含|仅|内有)[^，。；、]{0,2}$")
OPENS = re.compile(r"其中|分别|包括|含|[:：(（]|[按从][^，。；]{1,10}[看分]")
CLOSES = re.compile(r"(?:合计|共计|总计|总共|一共|以上共|合共|[前后][两二三四][项类者]|[，,、；;]共)[^，。；,;：:]{0,8}$")
LONG, AHEAD, BEHIND = 60, 40, 24         # parts of a total; figures after and before it that may be its parts
FEW = 3                                  # sub-items of which any may be left out
SURE = 20                                # a total from which on two numbers do not add up to it by chance


def partitions(total: Placed, children: Sequence[Placed]) -> Iterator[list[Placed]]:
    """The parts of a total, one list for each way the text divides it (by form, by office, by kind of case)."""
    same_unit = [c for c in children if c.counted and of_one_kind(c, total)
                 and ("duplicate" not in c.figure.flags or c.sentence == total.sentence)]
    alike = [c for c in same_unit if c.figure.measure == total.figure.measure or c.unit != total.unit]
    if len(alike) < 2:                   # 申请34件，其中裁定准许31件、驳回3件
        alike = [c for c in same_unit if c.figure.measure == "cases_resolved" and c.sentence == total.sentence]
    if len(alike) < 2:                   # parts told of in other words than their total: 接待60人次，其中来访40、咨询20
        alike = [c for c in same_unit if c.figure.measure not in ("cases_resolved", "cases_pending")]
    run: list[Placed] = []
    added, lost = 0.0, total.value is None
    for at, child in enumerate(alike):
        lost = lost or child.value is None
        if run and _turns(run, child, total, added, lost):
            yield run
            run, added, lost = [], 0.0, total.value is None or child.value is None
        run.append(child)
        added += child.value or 0.0
        if len(run) > 1 and added == total.value and not lost and _ends(alike, at, total):
            yield run
            run, added = [], 0.0
    if run:
        yield run


def _turns(run: Sequence[Placed], child: Placed, total: Placed, added: float, lost: bool) -> bool:
    """Whether a new way of dividing begins: the parts so far name no issue and this one does, or they are full.

    `lost`: whether the number of the total or of a part is unread.
    """
    named = child.figure.issue is not None and child.figure.issue != total.figure.issue
    before = run[-1].figure.issue is not None and run[-1].figure.issue != total.figure.issue
    other_way = named != before and child.sentence != run[-1].sentence and not REST.search(child.lead)
    full = total.value is not None and added >= total.value and child.sentence != run[-1].sentence
    # Where a number is lost its sum cannot tell; a way of dividing without issues then ends with its sentence.
    ended = lost and not named and len(run) > 1 and child.sentence != run[-1].sentence and not REST.search(child.lead)
    return other_way or full or ended


def _ends(alike: Sequence[Placed], at: int, total: Placed) -> bool:
    """Whether a full list ends here, and not by chance one part before its last: the rest is empty or full too."""
    rest = [c for c in alike[at + 1:] if c.sentence == alike[at].sentence]
    return not rest or rest[0].clause != alike[at].clause or bool(CLOSES.search(rest[0].lead)) \
        or sum(c.value or 0.0 for c in rest) == total.value


def exact(total: Placed, children: Sequence[Placed]) -> list[list[Placed]]:
    """Lists among the children that add up to the total: whole sentences or brackets, sub-items left out."""
    kids = [c for c in children if c.counted and of_one_kind(c, total) and c.value and not c.vague][:LONG]
    if not total.value or len(kids) < 2:
        return []
    inner = [at for at in range(1, len(kids)) if _inside(kids[at], kids[at - 1])]
    tried = [set(inner)] if len(inner) > FEW else \
        [set(some) for many in range(len(inner) + 1) for some in combinations(inner, many)]
    for left_out in tried:
        found = list(_full(total, [c for at, c in enumerate(kids) if at not in left_out]))
        if found:
            return found
    return []


def _inside(child: Placed, before: Placed) -> bool:
    """Whether a part may be a part of the part before it: 财产41件，多数为土地承包，计26件."""
    if (child.value or 0.0) >= (before.value or 0.0):
        return False
    issue = child.figure.issue
    return bool(INSIDE.search(child.lead)) or bool(issue and vocab.parent(issue) == before.figure.issue)


def _full(total: Placed, kids: Sequence[Placed]) -> Iterator[list[Placed]]:
    """Runs that add up to the total, from a place where a list may begin to one where it may end."""
    at = 0
    while at < len(kids) - 1:
        added, end = 0.0, at
        while end < len(kids) and added < (total.value or 0.0):
            added += kids[end].value or 0.0
            end += 1
        last = end == len(kids) or (kids[end].sentence, kids[end].clause) != (kids[end - 1].sentence, kids[end - 1].clause) \
            or bool(OPENS.search(kids[end].lead)) or bool(REST.search(kids[end - 1].lead))
        if added == total.value and end - at > 1 and last and not _outcomes(kids[at:end]):
            yield list(kids[at:end])
            at = end
            continue
        at += 1
        while at < len(kids) and kids[at].sentence == kids[at - 1].sentence and not OPENS.search(kids[at].lead):
            at += 1


def _outcomes(run: Sequence[Placed]) -> bool:
    """What was resolved and what is left, a remainder and not a list; or what was closed and what a later sentence lists."""
    measures = {c.figure.measure for c in run}
    mixed = bool(measures & OUTCOMES) and not measures <= OUTCOMES and len({c.sentence for c in run}) > 1
    return mixed or (len(run) == 2 and measures == OUTCOMES)


def loose(reading: Reading, total: Placed) -> list[Placed] | None:
    """Parts that the tree did not give to a total: those told right after it, or those it sums up."""
    if not total.value or total.vague or not total.counted or total.base:
        return None
    if CLOSES.search(total.lead):
        return _behind(reading, total)
    return _ahead(reading, total)


def _ahead(reading: Reading, total: Placed) -> list[Placed] | None:
    """接待287人次，其中婚姻家庭218人次，占76%；咨询37人次；求助32人次."""
    run: list[Placed] = []
    added = 0.0
    for one in reading.placed[total.index + 1:total.index + AHEAD]:
        if one.sentence > total.sentence + 1 or (run and one.sentence > run[-1].sentence):
            break
        if not run and one.sentence > total.sentence and not OPENS.search(one.lead):
            break
        if not _may_be_part(one, total, run):
            if one.counted and not run and of_one_kind(one, total) and not one.base:
                break
            continue
        if one.value is None or one.vague:
            break
        run.append(one)
        added += one.value
        if added > (total.value or 0.0):
            break
        if added == total.value:
            return run if _speaks(total, run) else None
    return None


def stripped(reading: Reading, total: Placed) -> tuple[list[Placed] | None, int]:
    """来电5件，其中来访44，来信3，来电3: a total that is ten or more times too small for its list, zeros lost.

    Only a total less than its first part, in a list of three or more that the words open; whatever the tree says.
    """
    if not total.value or total.vague or not total.counted or total.base:
        return None, 1
    run: list[Placed] = []
    for one in reading.placed[total.index + 1:total.index + AHEAD]:
        same = one.sentence == total.sentence and one.counted and not one.vague and one.value and not one.base
        if not same or one.unit != total.unit or (run and one.depth != run[0].depth):
            break
        run.append(one)
        added = sum(p.value or 0.0 for p in run)
        if len(run) > 2 and (run[0].value or 0.0) > total.value and OPENS.search(run[0].lead) \
                and added in (total.value * 10, total.value * 100, total.value * 1000):
            return run, round(added / total.value)
    return None, 1


def _behind(reading: Reading, total: Placed) -> list[Placed] | None:
    """来信12件、来访30件、来电18件，合计60件."""
    run: list[Placed] = []
    added = 0.0
    for one in reading.before(total.index)[:BEHIND]:
        if not one.counted or one.base:
            continue
        if not of_one_kind(one, total) or one.value is None or one.vague or one.unit != total.unit:
            break
        run.append(one)
        added += one.value
        if added >= (total.value or 0.0):
            return run[::-1] if added == total.value and len(run) > 1 else None
    return None


def _may_be_part(one: Placed, total: Placed, run: Sequence[Placed]) -> bool:
    """A count of the same kind that is not the part of another figure."""
    if not one.counted or one.unit != total.unit or one.base or "duplicate" in one.figure.flags:
        return False
    if one.figure.parent not in (None, total.figure.id) or (run and one.depth > run[0].depth):
        return False
    return one.figure.measure not in OUTCOMES or total.figure.measure in OUTCOMES


def _speaks(total: Placed, run: Sequence[Placed]) -> bool:
    """Whether a run that adds up is no chance: the words open a list, or it is long and the total large."""
    if len(run) < 2:
        return False
    opened = bool(OPENS.search(run[0].lead))
    if len(run) == 2:
        return opened and (total.value or 0.0) >= SURE / 2
    return opened or (total.value or 0.0) >= SURE


def apart(reading: Reading, taken: set[str]) -> Iterator[tuple[Placed, list[Placed]]]:
    """A total in one section and its parts in others, one for each issue: all of them, and to the last digit.

    Only where nothing else was found for the total, and one reading of its parts is possible.
    """
    groups: dict[tuple[str, str], list[Placed]] = {}
    for one in reading.placed:
        if one.counted and one.value and not one.vague and not one.base and not one.figure.parent \
                and not {"duplicate", "quoted", "planned"} & set(one.figure.flags):
            measure = "cases" if one.figure.measure in CASES else one.figure.measure
            groups.setdefault((one.unit, measure), []).append(one)
    for group in groups.values():
        total, rest = group[0], group[1:LONG]
        issues = [p.figure.issue for p in rest]
        told_apart = len(rest) > 2 and None not in issues and len(set(issues)) == len(issues)
        if told_apart and total.figure.id not in taken and (total.value or 0.0) >= SURE \
                and sum(p.value or 0.0 for p in rest) == total.value:
            yield total, rest
