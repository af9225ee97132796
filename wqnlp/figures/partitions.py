"""Trees that the numbers prove: a list that adds up to a total, a part whose printed share fits one total alone.

Words mislead where writers vary; sums seldom do. A run of figures of one kind that adds up to a figure near it, to the
last digit, is its list whatever the words between say, and a share printed to a tenth of a percent picks its whole out
of all that stand before it. Small numbers agree by chance, so the less the words and the places speak, the larger the
numbers must be. Where the tree that the words gave already adds up it is left as it is.

Adjacent figures are tried before the same with sub-items left out, spurious sums are pruned by what else is known of
their members: so does AggreCol in tables (Jiang, Vitagliano, Hameed, Naumann: Aggregation Detection in CSV Files,
EDBT 2022). Here the words, the printed shares and the issues prune.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wqnlp import vocab
from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context
from wqnlp.grammar.heads import headed

CASES = frozenset({"cases_received", "case_visits", "cases_resolved", "cases_pending"})
RECEIVED = frozenset({"cases_received", "case_visits"})
VISITS = frozenset({"case_visits", "consultations", "people_served"})
OUTCOMES = frozenset({"cases_resolved", "cases_pending"})
PEOPLE = {"名": "人", "位": "人"}
LONGEST = 16            # parts of one list
BACK = 10               # figures of its kind before a list among which its total may stand
FAR_OFF = 2.0           # times that a printed share may be off for a wrong digit
WHOLES = 40             # figures before a part among which its share may pick the whole
GUESS = 0.85            # trust in a reading of its measure below which it is a guess
NEAR = 40               # characters between a part and a whole that count different things by name
CERTAIN = 200.0         # one from which on a list of three is its own, though they are told of in different words
SURE, LIKELY = 20.0, 6.0        # a total from which on three, or two beside it, do not add up to it by chance
_OPENS = headed(r"其中|当中|分别|依次|包括|含|内有|里头|里面|[:：(（]|[按从][^，。；]{1,10}[看分]")
_SPLIT = re.compile(r"[按从分][^，；。]{1,10}(?:看|分|论|讲|统计|划分)|^[。\s]*[^，；。]{2,8}中，")
_CLOSES = headed(r"(?:合计|共计|总计|总共|一共|以上共|合共|合起来|加起来|[，、；]共)[^，。；：]{0,8}$")
_AVERAGE = headed(r"平均|[日月年人户]均|每[天日月周年人户名位村所站队场期]")
_SOME = headed(r"[前后][两二三四]|[两二三四][项类者]")
_REST = re.compile(r"另|其余|其他|余下|剩[余下]?|还有")
_RECEIVES = re.compile(r"收到|新收|受理|接待|接访|接警|排查|摸排|梳理")
_COUNTS_ANEW = re.compile(r"收到|新收|受理|接待|接访|接警|出警|排查|摸排|梳理|调解|调处|审理|办理|立案|提供|参与|援助")
_EARLIER = frozenset({"previous", "planned", "quoted"})


@dataclass(slots=True)
class _Known:
    """What the words have told already: parts that add up, and the printed share of a part."""

    sound: set[int]
    shares: dict[int, Quantity]

    def against(self, total: Quantity, parts: Sequence[Context]) -> bool:
        """Whether the printed shares of parts speak against a total: two and none of it, or one of another that the words gave.

        One alone may be dealt out to another part: 咨询类512个，求助类214个，前者占70.5%.
        """
        told = [(self.shares[id(one.quantity)], one.quantity) for one in parts if id(one.quantity) in self.shares]
        wrong = [(share, part) for share, part in told if not _fits(share, part, total)]
        return (len(wrong) > 1 and len(wrong) == len(told)) or \
            any(part.parent is not None and _fits(share, part, part.parent) for share, part in wrong)


def prove(contexts: Sequence[Context]) -> None:
    """Set the parents that sums and shares prove. Quantities stand in order of the text and carry the words' tree.

    Time is linear in their number: a list is looked for among the next LONGEST figures of its kind, its total among
    the last BACK.
    """
    known = _Known(_sound(contexts), {id(part): share for part, share in _shares(contexts)})
    for row in _rows(contexts):
        if _prove_row(row, known):           # what was found to be a list under an item is left out of the list around it
            _prove_row(row, known)
    _by_shares(contexts)


def _prove_row(row: Sequence[Context], known: _Known) -> bool:
    """Give the lists of a row of figures their totals; whether there was one."""
    given, values = False, [context.quantity.value or 0.0 for context in row]
    for start in range(len(row)):
        found = _list(row, start, known, may=_may_add_up(values, start))
        if found is not None:
            _give(*found)
            known.sound |= {id(part) for part in found[1]}
            given = True
    return given


def _give(total: Quantity, parts: Sequence[Quantity]) -> None:
    """Make figures the parts of a total. One that closes its list is no item of another that its list was taken for."""
    came_in = total.parent
    if came_in is not None and total.measure in OUTCOMES and came_in.value == total.value and {part.measure for part in parts} <= RECEIVED:
        total = came_in                      # 受理37件，办结37件。按类型分，…: of what was received
    if total.start > parts[-1].start and total.parent is not None and any(part.parent is total.parent for part in parts):
        total.parent = None
    weak = _guessed(total) or total.measure == "people_served"
    told = {part.measure for part in parts if not _guessed(part)}
    if weak and len(told) == 1:              # 152人次向我们倾诉，来访97人次，来电55人次
        total.measure, total.confidence = told.pop(), GUESS
        total.reasons.append("measure: sum of its parts")
    for part in parts:
        part.parent = total
        part.reasons.append("parent: adds up")
        if part.measure != total.measure and (({part.measure, total.measure} <= VISITS and part.unit == "人次") or
                                              (part.measure == "other" and total.measure not in VISITS)):
            part.measure = total.measure     # 咨询3260人次：来访1475人次
            part.reasons.append("measure: part of a sum")
        if _guessed(part) and not _guessed(total) and part.measure not in CASES:
            part.measure = total.measure
            part.reasons.append("measure: part of a sum")


def _sound(contexts: Sequence[Context]) -> set[int]:
    """The parts of the words' tree that add up to their total already: nothing is to be proved of them."""
    children: dict[int, list[Context]] = defaultdict(list)
    for context in contexts:
        if context.quantity.parent is not None and counts(context.quantity):
            children[id(context.quantity.parent)].append(context)
    found: set[int] = set()
    for parts in children.values():
        run: list[Context] = []
        added = 0.0
        for part in parts:
            if run and part.sentence != run[-1].sentence and _COUNTS_ANEW.search(part.told):
                run, added = [], 0.0
            run.append(part)
            added += part.quantity.value or 0.0
            whole = part.quantity.parent
            if len(run) > 1 and whole is not None and added == whole.value:
                found |= {id(one.quantity) for one in run}
                run, added = [], 0.0
    return found


def _rows(contexts: Sequence[Context]) -> Iterator[list[Context]]:
    """Figures of one kind in order: cases together, else those of one unit; exact ones of this report alone."""
    rows: dict[str, list[Context]] = defaultdict(list)
    for context in contexts:
        quantity = context.quantity
        if counts(quantity) and not quantity.flags & _EARLIER and not _AVERAGE.search(context.own):
            rows[_row_of(quantity)].append(context)
    yield from rows.values()


def _row_of(quantity: Quantity) -> str:
    """What a figure is counted with: cases with all that becomes of them, else those of its unit."""
    if quantity.measure in CASES or quantity.unit in ("件", "起") or quantity.measure == "consultations" \
            or (quantity.unit == "人次" and (_guessed(quantity) or quantity.measure == "people_served")):
        return "cases"
    return PEOPLE.get(quantity.unit or "", quantity.unit or "")


def counts(quantity: Quantity) -> bool:
    """Whether a figure can be a member of a sum: a count, people or money, read and exact."""
    return quantity.kind != "percent" and quantity.measure != "change" and bool(quantity.value) \
        and quantity.low == quantity.high


def _may_begin(row: Sequence[Context], start: int) -> bool:
    """Whether a list may begin at a figure: first of its kind in its sentence, or after a mark or a word that opens one."""
    if start == 0 or row[start - 1].sentence != row[start].sentence:
        return True
    return bool(_OPENS.search(row[start].between) or "；" in row[start].between)


def _may_end(row: Sequence[Context], last: Context, after: int) -> bool:
    """Whether a list may end before a figure: another sentence or clause, another thing told of it, or a list under it."""
    if after >= len(row) or row[after].sentence != last.sentence:
        return True
    following = row[after]
    return "；" in following.between or following.quantity.measure != last.quantity.measure \
        or any(word.search(following.between) for word in (_CLOSES, _OPENS))


def _may_add_up(values: Sequence[float], start: int) -> bool:
    """Whether figures from one on, none left out, add up to one beside them: the numbers, before any word is looked at."""
    near = values[max(0, start - BACK):start]
    added = values[start]
    for at in range(start + 1, min(start + LONGEST, len(values))):
        added += values[at]
        total = round(added, 6)
        if total in near or (at + 1 < len(values) and total == values[at + 1]):
            return True
    return False


def _list(row: Sequence[Context], start: int, known: _Known, *, may: bool) -> tuple[Quantity, list[Quantity]] | None:
    """The list that begins at a figure and adds up to another; sub-items in it, then left out.

    Of several the one whose total stands closest, then the longest. Parts that add up already are only given to a
    total that the words call one: 来信21件、来访29件、来电1件，合计51件. `may`: whether it can be one with none left out.
    """
    first, last = row[start].quantity.start, min(start + LONGEST, len(row))
    nested = any(one.quantity.parent is not None and one.quantity.parent.start >= first for one in row[start + 1:last])
    for leave_out in ([False] if may else []) + ([True] if nested else []):
        run: list[Context] = []
        ends: list[int] = []
        free, since = LONGEST, 0
        for at in range(start, last):
            if not _goes_on(run, row[at], since):
                break
            since = row[at].quantity.end
            if leave_out and run and _nested(row[at].quantity, run):
                continue
            if run and "其中" in row[at].between:
                break                        # 接待12件，其中1件: what follows is of the last, and no item beside it
            if id(row[at].quantity) in known.sound:
                free = min(free, len(run))
            run.append(row[at])
            ends.append(at + 1)
        found = [(back, -many, total) for many in range(len(run), 1, -1)
                 for back, total in _total(row, start, run[:many], ends[many - 1])
                 if (many <= free or not back) and not known.against(total, run[:many])]
        if found:
            _, many, total = min(found, key=lambda one: one[:2])
            return total, [one.quantity for one in run[:-many]]
    return None


def _goes_on(run: Sequence[Context], one: Context, since: int) -> bool:
    """Whether a list may go on to a figure: in its sentence, or, where each item has its own, with the next item.

    `since` is the end of the figure before, be it an item or under one. Nor is a sentence that tells of another count
    (排查隐患14起) an item, however near.
    """
    if not run or one.sentence == run[-1].sentence:
        return True
    told_in_one = len(run) > 1 and run[-2].sentence == run[-1].sentence
    return not told_in_one and one.quantity.start - since <= 60 and not _COUNTS_ANEW.search(one.between)


def _nested(one: Quantity, run: Sequence[Context]) -> bool:
    """Whether the words made a figure part of one of the run: 财产41件（其中土地26件）、人身3件."""
    return one.parent is not None and any(one.parent is member.quantity for member in run)


def _total(row: Sequence[Context], start: int, run: Sequence[Context], after: int) -> Iterator[tuple[int, Quantity]]:
    """The figure that a run adds up to: the one after it that sums it up, else one so many places before it."""
    added = round(sum(one.quantity.value or 0.0 for one in run), 6)
    if after < len(row) and row[after].sentence == run[-1].sentence and row[after].quantity.value == added \
            and _CLOSES.search(row[after].between):
        if not _SOME.search(row[after].between):
            yield 0, row[after].quantity
        return
    if not _may_end(row, run[-1], after):
        return
    inside = row[start - 1].sentence == run[0].sentence and bool(_OPENS.search(run[0].between))
    for back in range(1, (min(BACK, start) if _may_begin(row, start) else min(1, start)) + 1):
        total = row[start - back]
        if inside and total.sentence != run[0].sentence:
            return                           # 受理100件，其中…: the words say which whole, though another fits
        if total.quantity.value == added and _believed(total, run, back) and not _under(total.quantity, run):
            yield back, total.quantity


def _believed(total: Context, run: Sequence[Context], back: int) -> bool:
    """Whether a sum that fits is no chance, by its size, its length, and how close its total stands."""
    value, here = total.quantity.value or 0.0, total.sentence == run[0].sentence
    if back == 1 and here and len(run) > 2 and total.quantity.measure == "other" and total.quantity.unit == run[0].quantity.unit:
        return value >= LIKELY               # 申请人身安全保护令9件，法院准许7件、驳回1件，另有1件尚在审查
    opened = bool(_OPENS.search(run[0].between))
    if not here and not opened and run[1].sentence != run[0].sentence and _RECEIVES.search(run[0].between):
        return False                         # 县妇联接待信访22件。1.文化教育类3件: a total itself
    if not opened and total.quantity.parent is not None and all(one.quantity.parent is total.quantity.parent for one in run):
        return False                         # 婚姻7件，财产1件，文教2件、人身4件: items of one list, by the words
    if not opened and _told_apart(total.quantity, run):
        return False
    close, one_sentence = back == 1 and here, run[0].sentence == run[-1].sentence
    mixed = close or (one_sentence and len(run) > 2 and value >= CERTAIN)
    if not _kin(total.quantity, [one.quantity for one in run], mixed):
        return False
    if close:
        return value >= LIKELY or opened or bool(_REST.search(run[-1].between)) or len(run) > 2
    if {one.quantity.measure for one in run} == OUTCOMES and len(run) == 2:
        return value >= LIKELY               # 已办结531宗，手头还有17宗 of 548宗 far before
    if back == 1:
        return (value >= SURE and one_sentence) or (len(run) > 2 and value >= LIKELY)
    near = here or run[0].quantity.start - total.quantity.end <= 200
    if len(run) == 2:
        return value >= CERTAIN and one_sentence and near and bool(_SPLIT.search(run[0].between))
    return value >= SURE and (near or len(run) > 3)


def _told_apart(total: Quantity, run: Sequence[Context]) -> bool:
    """Whether a total and its parts are each of an issue of its own: 婚姻7件，财产1件，文教2件、人身4件 is one list."""
    issues = {one.quantity.issue for one in run} - {"other", None}
    return total.issue is not None and len(issues) > 1 and not any(
        issue == total.issue or vocab.parent(issue or "") == total.issue for issue in issues)


def _kin(total: Quantity, parts: Sequence[Quantity], mixed: bool = False) -> bool:
    """Whether the parts may be parts by what they count: all alike, or cases and what became of them.

    `mixed`: whether what came in and what was closed may stand in one list (调解326起、处罚39起、立案11起).
    """
    measures = {part.measure for part in parts if not _guessed(part)}
    if not measures or (_guessed(total) and len(measures) == 1):
        return True
    same_unit = all(part.unit == total.unit for part in parts)
    if same_unit and (measures | {total.measure} <= VISITS or (measures <= {total.measure, "other"} and (total.value or 0.0) >= CERTAIN)):
        return True
    if total.measure in CASES:
        one_kind = measures <= (CASES if mixed else RECEIVED) or measures <= OUTCOMES
        return one_kind and (total.measure not in OUTCOMES or measures == {total.measure} or not measures <= OUTCOMES)
    return measures == {total.measure}


def _guessed(quantity: Quantity) -> bool:
    """Whether nothing but its unit has said what a figure counts."""
    return quantity.confidence < GUESS and quantity.kind != "money"


def _under(total: Quantity, run: Sequence[Context]) -> bool:
    """Whether the words made the total itself a part of one of its parts, or a part of a part of it."""
    above = total.parent
    while above is not None:
        if any(above is one.quantity for one in run):
            return True
        above = above.parent
    return False


def _shares(contexts: Sequence[Context]) -> Iterator[tuple[Quantity, Quantity]]:
    """Each part that its printed share follows, with that share; one after a bracket is of what stands before it."""
    for last, context in pairwise(contexts):
        share, part = context.quantity, last.quantity
        if share.measure in ("share", "resolution_rate") and share.unit == "%" and share.value and share.low == share.high \
                and counts(part) and last.sentence == context.sentence and not part.flags & _EARLIER \
                and "）" not in context.between:
            yield part, share


def _by_shares(contexts: Sequence[Context]) -> None:
    """142宗，占婚姻家庭问题的35.9%: the one figure before that it is this share of, where the tree's is not."""
    at = {id(context.quantity): index for index, context in enumerate(contexts)}
    for part, share in _shares(contexts):
        index = at[id(part)]
        if part.parent is not None and _fits(share, part, part.parent):
            continue
        fitting = [one.quantity for one in contexts[max(0, index - WHOLES):index]
                   if counts(one.quantity) and not one.quantity.flags & _EARLIER and not _AVERAGE.search(contexts[index].own)
                   and one.quantity.unit == part.unit and _fits(share, part, one.quantity)
                   and (_kin(one.quantity, [part]) or part.start - one.quantity.end < NEAR)]
        if fitting and ("." in share.text or fitting[-1].end > part.start - 80) and len({one.value for one in fitting}) == 1:
            part.parent = fitting[-1]
            part.reasons.append("parent: its share")
        elif part.parent is not None and _much_nearer(share, part, part.parent):
            part.parent = part.parent.parent
            part.reasons.append("parent: nearer its share")


def _much_nearer(share: Quantity, part: Quantity, whole: Quantity) -> bool:
    """Whether a share is far from that in the words' whole and not from that in the whole of this: 土地类10件，占8.2%, beside 财产类."""
    above = whole.parent
    if above is None or not whole.value or not above.value or not share.value or not part.value:
        return False
    off = [max(said, share.value) / min(said, share.value) for said in (100 * part.value / whole.value, 100 * part.value / above.value)]
    return off[0] > FAR_OFF >= off[1]


def _fits(share: Quantity, part: Quantity, whole: Quantity) -> bool:
    """Whether a printed share is that of a part in a whole, to its last digit."""
    if not whole.value or not part.value or part.value >= whole.value or whole is part:
        return False
    digits = len(share.text.partition(".")[2].rstrip("%％"))
    unit = 10.0 ** -digits
    most = unit - 1e-9 if digits else unit / 2 + 1e-9           # a share may be cut instead of rounded
    return abs(100 * part.value / whole.value - (share.value or 0.0)) <= most
