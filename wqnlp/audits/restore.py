"""Zeros and percent signs that a converter stripped, put back where arithmetic proves them: 来电5件 was 50件.

What is proof. A relation that the words state (a list and its total, a part and its share) does not hold as printed,
and it holds when exactly one of its numbers gets back zeros at its end, or its percent sign, and no other relation
breaks. That alone is what a slip of the pen in a sound text looks like too, and stays a suggestion. It is proof where
something else shows that the text was stripped: a share without its sign (占52), a number no sound text prints
(2余名), a total under one of its parts, a second relation mended the same way; and where no number that ends in a
zero stands beside it, for a converter that strips zeros strips all of them. What is put back is flagged `repaired`,
and its audit keeps the proof in words.

Where a summary is plainly stripped, its other numbers may have lost zeros with nothing to show it. Those that no
relation holds up lose their value (flag `damaged`); what is printed is the least they can have been.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from wqnlp.audits.base import TABLE_ROW, UNREAD, Placed, Reading
from wqnlp.audits.solve import ZEROS, Constraint, constraint, mends, terms, written
from wqnlp.records import Audit, Figure, by_document

ROUNDS = 3                               # a number put back may bare another
FEW = 20                                 # whole numbers of which none ends in a zero: 13 in 100 of a sound text do
LESS_SURE = 0.85                         # of the confidence, for a value that was put back
_WHOLE = re.compile(r"(\d+)(?![\d.．]|[,，]\d{3})")        # 10,236 has lost nothing: its last group is whole
_ROUND = re.compile(r"(?<![\d.．])\d+0(?![\d.．xX*×＊]|[,，]\d)")
_TORN = re.compile(r"\d*[1-9][余多]")     # 2余名 was 20余名 or 200余名: what stands before 余 is round
_SHORT_GROUP = re.compile(r"\d{1,2}(?!\d)")                # 70，52户 was 70，520户
_COUNTED = "(?:元|户(?!外|籍|口)|份|册|件|名|人次|余[元户份册件名人])(?!均)"
_GROUP = re.compile(rf"\d[,，]{_COUNTED}|\d,\d{{1,2}}(?!\d)")     # 86，户; 4,2册
_LEFT_OF_GROUP = re.compile(f"[,，]{_COUNTED}")

SOUND = ("consistent", "rounding")
Auditor = Callable[[Reading], list[Audit]]


class Proof(NamedTuple):
    """A value put back: whose, what it is, why (as the audit will say it), and the relation."""

    figure: str
    value: float
    why: str
    rule: Constraint
    zeros: bool                          # zeros, not only a percent sign


@dataclass(slots=True)
class _Signs:
    """What shows that a summary was stripped: by sentence, and in all."""

    round_in: set[int] = field(default_factory=set)          # sentences with a number that ends in a zero
    unsigned: list[Placed] = field(default_factory=list)     # shares without their sign
    torn: list[Placed] = field(default_factory=list)         # 2余名; 86，户; 4,2册
    signed: int = 0                                          # shares with their sign
    whole: int = 0                                           # whole Arabic numbers

    @classmethod
    def of(cls, reading: Reading) -> _Signs:
        seen = cls()
        grouped: dict[int, bool] = {}                # by sentence: whether it holds a number torn at its comma
        told: set[int] = set()
        for one in reading.placed:
            text = one.figure.text
            if _WHOLE.match(text):
                seen.whole += 1
            following = reading.placed[one.index + 1:one.index + 2] if one.tail in ("，", ",") else []
            after = following[0].figure.text if following else ""
            if _ROUND.search(text) and not _SHORT_GROUP.match(after):
                seen.round_in.add(one.sentence)
            if one.sign_lost and "damaged" in one.figure.flags and not TABLE_ROW.search(one.figure.sentence):
                seen.unsigned.append(one)
            elif text.endswith("%"):
                seen.signed += 1
            if one.sentence not in grouped:
                grouped[one.sentence] = bool(_GROUP.search(one.figure.sentence))
            if (_TORN.match(text) and one.figure.unit not in (None, "%")) or (grouped[one.sentence] and one.sentence not in told):
                seen.torn.append(one)
                told.add(one.sentence)
        return seen

    def beside(self, sentence: int, apart: str) -> int:
        """Signs in one sentence, without those of one figure."""
        return sum(one.sentence == sentence and one.figure.id != apart for one in (*self.unsigned, *self.torn))

    def all(self, apart: str) -> int:
        """Signs in the whole summary, without those of one figure."""
        return sum(one.figure.id != apart for one in (*self.unsigned, *self.torn))


def restore(figures: Sequence[Figure], audit: Auditor) -> tuple[list[Figure], list[Audit]]:
    """Figures with what arithmetic proves put back, and the audits of the figures as they then stand.

    The audit of a relation by which a number was put back is consistent, and its suggestion says what was printed
    and why it was something else. A summary that shows no sign of stripping comes back as it was.
    """
    told: list[Figure] = []
    found: list[Audit] = []
    for own in by_document(figures).values():
        mended, audits = _document(own, audit)
        told += mended
        found += audits
    return told, found


def _document(own: list[Figure], audit: Auditor) -> tuple[list[Figure], list[Audit]]:
    reading = Reading.of(own)
    audits = audit(reading)
    signs = _Signs.of(reading)
    if not signs.unsigned and not signs.torn and all(one.status in SOUND for one in audits):
        return own, audits                           # nothing to prove, and no sign of stripping
    proofs: list[Proof] = []
    for _ in range(ROUNDS):
        reading.supposed.clear()                     # what is supposed is to be proven
        more = _proofs(reading, audits, signs, proofs)
        # Totals before shares, which are then proven by the total as it was.
        more = [one for one in more if one.zeros and one.rule.audit.kind == "sum"] or more
        if not more:
            break
        proofs += more
        own = _applied(own, more)
        reading = Reading.of(own)
        audits = audit(reading)
    if _stripped_all_over(signs, proofs):
        own = _doubted(own, audits, {member.figure.id for one in proofs for member in one.rule.members})
        audits = audit(Reading.of(own))
    return own, [_with_proof(one, proofs) for one in audits]


def _proofs(reading: Reading, audits: Sequence[Audit], signs: _Signs, done: Sequence[Proof]) -> list[Proof]:
    """Values that one relation singles out and that something else supports; none where two relations differ."""
    rules = [constraint(reading, one) for one in audits]
    around: dict[str, list[tuple[Constraint, int]]] = defaultdict(list)
    for rule in rules:
        for at, member in enumerate(rule.members):
            around[member.figure.id].append((rule, at))
    single = [one for rule in rules if (one := _explained(rule, around)) is not None]
    told: dict[str, Proof] = {}
    clash: set[str] = set()
    known = {one.figure for one in done}
    for one in single:
        other = told.setdefault(one.figure, one)
        if other.value != one.value:
            clash.add(one.figure)
    mended = {one.figure for one in (*done, *single) if one.zeros}
    return [one for identity, one in told.items() if identity not in clash | known
            and _supported(one, reading, signs, mended - {identity})]


def _explained(rule: Constraint, around: dict[str, list[tuple[Constraint, int]]]) -> Proof | None:
    """The one number of a relation that zeros or a sign put right."""
    if any(value is None for value in rule.values) or any(member.vague for member in rule.members):
        return None
    stated = rule.members[0]
    unsigned = rule.audit.kind == "ratio" and stated.sign_lost and stated.value is None
    if unsigned and rule.audit.status == "consistent":
        return _signed(rule) if _close(rule) else None
    if rule.audit.status != "inconsistent" and not unsigned:
        return None
    fitting = [(at, value) for at, member in enumerate(rule.members) for value in _longer(member)
               if rule.status(at, value) == "consistent" and not (unsigned and at and _unlikely(member, value, around))]
    if len(fitting) != 1 or (unsigned and (fitting[0][0] or not _close(rule))):
        return None
    at, value = fitting[0]
    member = rule.members[at]
    if not unsigned and not mends(member, value, around[member.figure.id]):
        return None
    if unsigned:
        return Proof(stated.figure.id, value, f"{value:g}%：{stated.figure.text}末位的零和百分号脱落，{terms(rule)}", rule, True)
    mended = written(rule, at, value)
    return Proof(member.figure.id, value, f"{value:g}{member.figure.unit or ''}：{member.figure.text}末位的零脱落，{mended}",
                 rule, True)


def _signed(rule: Constraint) -> Proof:
    stated = rule.members[0]
    value = float(stated.figure.text)
    return Proof(stated.figure.id, value, f"{stated.figure.text}%：百分号脱落，{terms(rule)}", rule, False)


def _unlikely(member: Placed, value: float, around: dict[str, list[tuple[Constraint, int]]]) -> bool:
    """Whether a second number hurt besides a share without its sign is no rival: another relation holds it, or it
    would end in two zeros, as one number in a hundred does.

    占5 of 3 in 6 may be 50%, or 5% of 60, and stays open; 办结287件 of 287件, 办结率为1 is 100%.
    """
    held = any(rule.status(at, value) == "inconsistent" for rule, at in around[member.figure.id]
               if rule.audit.status == "consistent")
    return held or (len(member.figure.text) > 2 and value >= 100 * (member.printed or 1.0))


def _longer(member: Placed) -> list[float]:
    """What a whole number may have been before its zeros went. No share is over 100."""
    if not _WHOLE.match(member.figure.text) or member.printed is None:
        return []
    whole_group = member.figure.text.isdigit() and _LEFT_OF_GROUP.match(member.tail)     # 68，元 was 68，000元
    values = [member.printed * times for times in ((1000,) if whole_group else ZEROS)]
    return [value for value in values if not member.percent or value <= 100 or member.figure.measure == "change"]


def _close(rule: Constraint) -> bool:
    """Whether a share without its sign plainly belongs to its part and total: told right behind the part.

    Without decimals one share in a hundred fits by chance, and a dozen totals may be tried: then the total must be
    the one that the words give the part, or the only one of its sentence.
    """
    stated, *parts, total = rule.members
    near = len(parts) == 1 and parts[0].sentence == stated.sentence and 0 < stated.index - parts[0].index <= 2
    if not near or "." in stated.figure.text:
        return near
    return parts[0].figure.parent == total.figure.id or total.sentence == stated.sentence or "repaired" in total.figure.flags


def _supported(one: Proof, reading: Reading, signs: _Signs, mended: set[str]) -> bool:
    """Whether something besides the relation itself shows that the text was stripped there."""
    place = reading.by_id[one.figure].sentence
    if not one.zeros:
        return True                      # a bare number under 占 is itself the sign, and the arithmetic confirms it
    if place in signs.round_in:
        return False
    beside = signs.beside(place, one.figure) + any(reading.by_id[i].sentence == place for i in mended)
    own = bool(signs.unsigned) and any(bare.figure.id == one.figure for bare in signs.unsigned)
    impossible = one.rule.audit.kind == "sum" and one.rule.members[0].figure.id == one.figure \
        and any((part.value or 0) > (one.rule.members[0].value or 0) for part in one.rule.members[1:])
    bare = impossible and any(part.figure.text.isdigit() for part in one.rule.members[1:])
    if signs.round_in:                   # some zeros are still there: only what its own sentence shows counts
        return bool(beside or bare)
    return bool(beside or bare or own or signs.all(one.figure) or mended or signs.whole >= 2 * FEW)


def _applied(own: Sequence[Figure], proofs: Sequence[Proof]) -> list[Figure]:
    """The figures with the proven values, and the parts of a total given to it."""
    told = {one.figure: one for one in proofs}
    totals = {one.figure: one for one in proofs if one.rule.audit.kind == "sum" and one.rule.members[0].figure.id == one.figure}
    parts = {part.figure.id: total for total, one in totals.items() for part in one.rule.members[1:]}
    out = []
    for figure in own:
        if figure.id in told:
            figure = _with_value(figure, told[figure.id].value)
        if figure.id in totals:
            figure = replace(figure, role="total", parent=None if figure.parent in parts else figure.parent)
        elif figure.id in parts:
            figure = replace(figure, role="part", parent=parts[figure.id])
        out.append(figure)
    return out


def _with_value(figure: Figure, value: float) -> Figure:
    flags = tuple(sorted({*figure.flags, "repaired"} - {"damaged"}))
    return replace(figure, value=value, low=value, high=value, flags=flags, confidence=round(figure.confidence * LESS_SURE, 3))


def _stripped_all_over(signs: _Signs, proofs: Sequence[Proof]) -> bool:
    """Whether a summary has lost all its zeros: none is left, and at least two things show that it was stripped. That of many
    whole numbers none ends in a zero is one of them, beside a number that no sound text prints.
    """
    if signs.round_in:
        return False
    mended = {one.figure for one in proofs if one.zeros}
    zeros = len(mended) + len(signs.torn)
    signless = 0 if signs.signed else sum(one.figure.id not in mended for one in signs.unsigned)
    many = signs.whole >= FEW
    return zeros >= 2 or (zeros == 1 and (signless > 0 or (many and bool(signs.torn)))) or (signless >= 2 and many)


def _doubted(own: Sequence[Figure], audits: Sequence[Audit], proven: set[str]) -> list[Figure]:
    """The figures without the values that nothing holds up in a summary that has lost its zeros."""
    by_id = {figure.id: figure for figure in own}
    held = set(proven)
    for one in audits:
        members = [by_id[i] for i in one.figures]
        long = [m for m in members if m.unit != "%" and (found := _WHOLE.match(m.text)) and len(found[1]) > 1]
        share = one.kind == "ratio" and members[0].unit == "%"             # each 3元 of 36元 for 12名 may all be short
        if one.status == "consistent" and (share or one.kind in ("sum", "remainder")) and len(long) > 1:
            held.update(one.figures)
    return [figure if figure.id in held or not _may_be_short(figure) else _opened(figure) for figure in own]


def _may_be_short(figure: Figure) -> bool:
    """Whether a number may have lost zeros: an Arabic whole one; of a share or rate, one under 10."""
    found = _WHOLE.match(figure.text)
    if found is None or (figure.value is None and (figure.low is None or UNREAD & set(figure.flags))):
        return False
    return figure.unit != "%" or figure.measure == "change" or len(found[1]) == 1


def _opened(figure: Figure) -> Figure:
    """A figure of which no more than the first digits are known."""
    value = (figure.low if figure.value is None else figure.value) or 0.0
    low, high = (None, value) if value < 0 else (value, None)
    if figure.unit == "%" and figure.measure != "change":
        high = 100.0 if value == 1 else 10 * value
    return replace(figure, value=None, low=low, high=high, flags=tuple(sorted({*figure.flags, "damaged"})))


def _with_proof(one: Audit, proofs: Sequence[Proof]) -> Audit:
    """An audit that stands for a relation by which a number was put back, with the proof."""
    for proof in proofs:
        if proof.rule.audit.kind == one.kind and set(proof.rule.audit.figures) == set(one.figures):
            return replace(one, suggestion=proof.why)
    return one
