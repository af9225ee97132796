"""What stands around a quantity, written so that a rule can be a plain regular expression.

The quantity itself becomes `【unit】`, every other quantity `〔unit〕`, so that no rule depends on a digit:

    全年共接待来信来访来电186件，比上年增加12件      of 12件:    全年共接待来信来访来电〔件〕，比上年增加【件】
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from wqnlp.figures.base import Quantity
from wqnlp.span import Span
from wqnlp.structure.base import Summary

CLAUSE_END = re.compile(r"[，,；;：:。！？!?\n（(）)|]")
_TO_LAST_END = re.compile(rf"(?s:.*){CLAUSE_END.pattern}")
_WORDS = re.compile(r"[^，；。！？\n|〔（）]*")
_FULL_WIDTH = tuple(zip(",;:!?()", "，；：！？（）", strict=True))       # a view: rules know one style of punctuation
LIST_REACH = 80             # ahead, for the other figures of its list
SENTENCE_REACH = 300        # characters of the sentence that a rule may look back over
AFTER_REACH = 28            # and ahead
_ASIDE = re.compile(r"（[^（）〔〕]{1,24}）")
EMPTY_OWN = re.compile(r"^[\s、和与及其中共达到为计了约近超过有已又是另分别各合计总逾多至仅的在累全半上下年度总共三两]*"
                       r"(?:增加到|增至|升至|降至|减少到|扩大到|发展到|上升到|下降到|达到)?[\s约近]*$")


@dataclass(slots=True)
class Context:
    """Views of one quantity's surroundings, narrow to wide. Made once and not changed."""

    quantity: Quantity
    sentence: Span
    own: str            # the words between the quantity before (or the clause's start) and this one
    after: str          # the words after its unit, to the end of the clause or the next quantity
    clause: str         # its clause with 【unit】, and what follows
    wide: str           # its sentence so far with 【unit】, and what follows
    lead: str           # the clauses of its sentence before its own
    ahead: str          # what follows in the sentence
    heading: str        # the nearest heading above
    stem: str = field(init=False)       # its clause so far, without it
    told: str = field(init=False)       # its sentence so far, without it
    between: str = field(init=False)    # the words between the quantity before it in the sentence and itself, across clauses

    def __post_init__(self) -> None:
        self.stem = self.clause[:self.clause.index("【")]
        self.told = self.wide[:self.wide.index("【")]
        self.between = self.told[self.told.rfind("〕") + 1:]

    @property
    def bare(self) -> bool:
        """Whether its own words name nothing, as in 其中 3件 or 共 21个."""
        return bool(EMPTY_OWN.match(self.own))


def contexts(summary: Summary, quantities: list[Quantity]) -> list[Context]:
    """The context of each quantity, given in order of the text."""
    ends = [q.end for q in quantities]
    headings, shift = _Headings(summary), summary.start
    text = summary.text
    for narrow, wide in _FULL_WIDTH:
        text = text.replace(narrow, wide)
    found: list[Context] = []
    before = ""
    for index, quantity in enumerate(quantities):
        sentence, start = summary.sentence_at(quantity.start), quantity.start
        if found and found[-1].sentence == sentence and start - SENTENCE_REACH <= sentence.start:
            past = quantities[index - 1]            # goes on from the one before: a sentence may have dozens
            before = f"{before}〔{past.unit or ''}〕{_without_asides(text[past.end - shift:start - shift])}"
        else:
            inside = quantities[bisect_right(ends, max(sentence.start, start - SENTENCE_REACH)):index]
            before = _without_asides(_masked(text, shift, max(sentence.start, start - SENTENCE_REACH), start, inside))
        following = quantities[index + 1:min(bisect_right(ends, sentence.end), index + 1 + LIST_REACH)]
        ahead = _masked(text, shift, quantity.end, min(sentence.end, quantity.end + LIST_REACH), following)
        found.append(_context(quantity, sentence, before, ahead, headings.above(start)))
    return found


def _without_asides(text: str) -> str:
    """财产（含草牧场承包）41例: what a short bracket says of a name is not what is counted."""
    return _ASIDE.sub("", text) if "（" in text else text


def _context(quantity: Quantity, sentence: Span, before: str, ahead: str, heading: str) -> Context:
    """The views of one quantity, from its sentence so far and what follows."""
    cut = _last_boundary(before)
    clause = before[cut:]
    own = clause[clause.rfind("〕") + 1:]
    after = _WORDS.match(ahead)[0]                                                       # type: ignore[index]
    shown = f"【{quantity.unit or ''}】{ahead[:AFTER_REACH]}"
    return Context(quantity, sentence, own, after, clause + shown, before + shown, before[:cut], ahead, heading)


def _last_boundary(before: str) -> int:
    """Where the clause that `before` ends in starts; a unit such as 件（次） has no boundary in it."""
    stop = len(before)
    while found := _TO_LAST_END.match(before, 0, stop):
        opened = before.rfind("〔", 0, found.end())
        if opened < 0 or before.find("〕", opened, found.end()) >= 0 or before.find("〕", found.end()) < 0:
            return found.end()
        stop = opened
    return 0


def _masked(text: str, shift: int, start: int, end: int, quantities: list[Quantity]) -> str:
    """A stretch of text with its quantities shown by their unit alone."""
    parts: list[str] = []
    done = start
    for quantity in quantities:
        if quantity.start >= end:
            break
        if quantity.end <= start:
            continue
        parts.append(f"{text[done - shift:max(quantity.start, done) - shift]}〔{quantity.unit or ''}〕")
        done = quantity.end
    if not parts:
        return text[done - shift:max(end - shift, 0)]
    parts.append(text[done - shift:max(end - shift, 0)])
    return "".join(parts)


class _Headings:
    """The nearest heading above an offset."""

    def __init__(self, summary: Summary) -> None:
        lines = [line for line in summary.lines if line.kind == "heading"]
        self._starts = [line.start for line in lines]
        self._texts = [summary.slice(line)[:60] for line in lines]

    def above(self, offset: int) -> str:
        index = bisect_right(self._starts, offset) - 1
        return self._texts[index] if index >= 0 else ""
