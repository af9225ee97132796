"""One broken run: the text shown, laid out as the bytes it came from, with holes where bytes were lost.

A run begins where the text last was in step with its characters and ends where it is in step again. Which
bytes belong together does not depend on what the holes held, so the run is first laid out as *cells*, one a
character, each of two slots that hold a byte or a `Hole`; then the holes are filled in every way that the
glosses between the bytes allow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nlargest
from typing import NamedTuple

from wqnlp.repair.choose import UNSEEN, commonness, follows
from wqnlp.repair.gbk_bytes import HALF, LEADS, TRAILS, decode, encode, plain, spelled

LETTERS = "a-zɑɡüêāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
BROKEN = "?\ufffd"                   # what decoders show for bytes that are no character
GLOSS = re.compile(rf"[(（]([{LETTERS}]{{1,6}})[)）]")
HOLE = re.compile(rf"[{BROKEN}]?([(（]?)([{LETTERS}]{{1,6}})[)）]")
FULL = {chr(0xFEE0 + ord(half)): half for half in HALF}
WRITTEN = frozenset("，。、；：？！“”‘’《》（）—…·％〔〕－～．" + "".join(map(chr, range(0xFF10, 0xFF1A))) + "零〇①②③④⑤⑥")
PUNCTUATION = "".join(HALF) + "".join(FULL)
LONGEST_RUN = 240                    # characters shown; a run that has not come into step by then is none
BEAM = 64
MOST_LAYOUTS = 6
UNSHOWN = "-"                         # as a reading: one of two bytes that together are no character
FEW = 24                             # readings of one unknown byte that a sieve by commonness leaves
GAPS = 240                           # readings of two characters whose inner pair of bytes is not shown
UNASSIGNED = (*range(0xA1, 0xAA), *range(0xAA, 0xB0), *range(0xF8, 0xFF))
RARE = -15.0                          # characters rarer than this are not sought in what is not shown
LOST = "□"


class Hole(NamedTuple):
    """A lost byte. With a reading, the byte before it and this one spell a character read so."""

    reading: str | None


@dataclass(slots=True)
class Cell:
    """One true character: its two bytes as far as shown, or a plain character where it is no pair."""

    slots: list[int | Hole] = field(default_factory=list)
    char: str = ""                   # set where the cell is a character that was eaten: □, <, line break or ?
    start: int = 0                   # of the shown characters that hold it
    end: int = 0


@dataclass(slots=True)
class Run:
    """A broken run of shown text from `start` to `end`, as cells."""

    start: int
    end: int
    cells: list[Cell] = field(default_factory=list)
    pending: Cell | None = None
    doubts: list[int] = field(default_factory=list)      # where a broken character may stand for more or less

    def add(self, slot: int | Hole, start: int, end: int) -> None:
        """One more byte, at shown characters `start` to `end`."""
        if self.pending is None:
            self.pending = Cell(start=start)
            self.cells.append(self.pending)
        self.pending.slots.append(slot)
        self.pending.end = end
        if len(self.pending.slots) == 2:
            self.pending = None


class Filling(NamedTuple):
    """One way to fill the holes: the text of each cell (two characters where a pair between them is not shown)."""

    chars: tuple[str, ...]
    prior: float                     # log prior of the bytes
    last: int                        # the byte before what comes next
    char: str                        # the character before what comes next
    flow: float = 0.0                # how well each character follows the one before: what the sieve goes by

    def grown(self, text: str, prior: float, last: int) -> Filling:
        """With one more cell."""
        flow, before = self.flow, self.char
        for char in text:
            flow, before = flow + follows(before, char), char
        return Filling((*self.chars, text), self.prior + prior, last, before, flow)


def layouts(text: str, start: int, *, keeps: bool = False) -> list[Run]:
    """The runs that may begin with the broken character at `start`: one for each sense of doubtful marks.

    >>> [len(run.cells) for run in layouts("單位?！捌桨布彝ァ毕冗M先", 2)]
    [9]
    """
    found: list[Run] = []
    plans: list[dict[int, str]] = [{}]
    while plans and len(found) < MOST_LAYOUTS:
        plan = plans.pop(0)
        run = lay_out(text, start, keeps=keeps, plan=plan)
        if run is None:
            continue
        found.append(run)
        doubt = next((at for at in run.doubts if at not in plan), None)
        if doubt is not None and len(plan) < 2:
            plans += [{**plan, doubt: "alone"}, {**plan, doubt: "pair"}]
    return found


def lay_out(text: str, start: int, *, keeps: bool = False, plan: Mapping[int, str] | None = None) -> Run | None:
    """The run that begins with the broken character at `start`; None where it never comes into step.

    `keeps`: the decoder showed a mark for the bad byte alone and kept what followed it. `plan`: what marks at
    some offsets stand for, `alone` (one byte) or `pair` (two bytes that are no character) instead of one byte
    and an ASCII character.

    >>> [cell.slots for cell in lay_out("基層?jì)D聯", 2).cells]
    [[Hole(reading='jì'), 68]]
    """
    run = Run(start, start)
    at, limit = start, min(len(text), start + LONGEST_RUN)
    while at < limit:
        gloss = GLOSS.match(text, at)
        if gloss and at > start:
            at = run.end = gloss.end()
            continue
        after = _hole(run, text, at, "alone" if keeps else (plan or {}).get(at, ""))
        if after is None:
            if run.pending is None:
                return run if run.cells else None
            after = _byte(run, text, at)
            if after is None:
                return None
        at = run.end = after
    return run if run.pending is None and run.cells else None


def _hole(run: Run, text: str, at: int, sense: str) -> int | None:
    """Take a lost byte that is shown at `at`; the offset after it, or None where none is shown there."""
    named = HOLE.match(text, at)
    if named and (text[at] in BROKEN or at == run.start):
        run.add(Hole(plain(named[2])), at, named.end())
        return named.end()
    if text[at] not in BROKEN:
        return None
    if at + 1 < len(text) and text[at + 1] in PUNCTUATION and not (run.pending and text[at + 1] == "("):
        # The converter set a byte before the punctuation it rewrote; the broken byte ate it.
        out_of_step = run.pending is None
        run.add(Hole(None), at, at + 1)
        if not out_of_step:
            return at + 1
        run.add(0xA3, at + 1, at + 2)
        run.add(HALF[FULL.get(text[at + 1], text[at + 1])], at + 1, at + 2)
        return at + 2
    if run.pending is None:
        return None
    if not sense and eaten(text, at + 1) == "?":
        run.doubts.append(at)                       # decoders differ in what one mark stands for
    if sense == "pair":
        run.add(Hole(UNSHOWN), at, at + 1)
        run.add(Hole(UNSHOWN), at, at + 1)
    elif sense == "alone":
        run.add(Hole(None), at, at + 1)
    else:
        run.add(Hole(None), at, at)
        run.cells.append(Cell(char=eaten(text, at + 1), start=at, end=at + 1))
    return at + 1


def _byte(run: Run, text: str, at: int) -> int | None:
    """Take the bytes of a shown character while the text is out of step."""
    char = text[at]
    half = FULL.get(char, char)
    if char == "€":                                 # how some decoders show the single byte 80
        run.add(0x80, at, at + 1)
        return at + 1
    if half in HALF:
        run.add(0xA3, at, at + 1)
        run.add(HALF[half], at, at + 1)
        return at + 1
    raw = encode(char)
    if raw is None:
        return None
    if raw[0] < 0x40:
        # Nothing is shown for the broken byte, nor for what it ate.
        run.add(Hole(None), at, at)
        run.cells.append(Cell(char=eaten(text, at), start=at, end=at))
        return at
    for byte in raw:
        if run.pending is None and byte < 0x81:     # a letter of the text that a broken lead byte took in
            run.cells.append(Cell(char=chr(byte), start=at + 1, end=at + 1))
        else:
            run.add(byte, at, at + 1)
    return at + 1


COUNTED = ("[余餘多]?[万萬千百亿億餘余多对對%％元件人名次起户戶个個箇份场場年月日家辆輛张張篇条條期处處所支位套幅块塊"
           "类類级級届屆批项項种種间間座亩畝台臺本册冊封箱面天周週岁歲小分秒組组队隊村镇鎮乡鄉倍眼头頭只隻宗例棵吨]")
NUMBER = re.compile(rf"\d|[·.．,，至到~～—–-]+\d|{COUNTED}")
HEADING = re.compile(r"[一二三四五六七八九十]{1,3}[、是]|[(（][一二三四五六七八九十\d]{1,3}[)）]")
TAG = re.compile(r"/?[A-Za-z]{1,6}>")


def eaten(text: str, at: int) -> str:
    """What the last broken byte took with it, by what stands after it: a digit, a tag's bracket, a line break.

    >>> eaten("00余人次", 0), eaten("/P>", 0), eaten("二、", 0), eaten("其中", 0)
    ('□', '<', '\\n', '?')
    """
    if TAG.match(text, at):
        return "<"
    if HEADING.match(text, at):
        return "\n"
    return LOST if NUMBER.match(text, at) else "?"


def fillings(run: Run, before: str) -> list[Filling]:
    """Every way to fill the holes of a run that the bytes and glosses allow, the more unlikely sieved out.

    `before` is the character before the run.

    >>> [f.chars for f in fillings(lay_out("基層?jì)D聯", 2), "層")]
    [('婦',)]
    """
    beam = [Filling((), 0.0, (encode(before) or b"?")[-1], before)]
    for cell in run.cells:
        beam = _best([one for state in beam for one in _grow(state, cell)], BEAM)
    return beam


def _best(found: list[Filling], count: int) -> list[Filling]:
    return nlargest(count, found, key=lambda f: f.prior + f.flow) if len(found) > count else found


def _grow(state: Filling, cell: Cell) -> list[Filling]:
    if cell.char:
        return [state.grown(cell.char, 0.0, 0)]
    first, second = cell.slots
    if isinstance(first, int) and isinstance(second, int):
        texts = (*_whole(first, second), *_between(first, second, state.char))
        if second in b"Xx":                         # of XX one letter went with a pair that is not shown
            texts += tuple(one + 2 * chr(second) for inner in UNASSIGNED for one in _whole(first, inner))
        return [state.grown(text, 0.0, second) for text in texts]
    leads = _bytes(first, state.last)
    found = []
    for lead, prior in leads:
        if isinstance(first, Hole) and first.reading and isinstance(second, int) and second >= 0x80:
            found += [state.grown(two, prior, second) for two in _between(lead, second, state.char)]
        for trail, more in _bytes(second, lead):
            found += [state.grown(char, prior + more, trail) for char in _whole(lead, trail)]
    return _best(found, FEW * 4 if len(leads) > 1 and isinstance(second, Hole) else FEW)


def _whole(lead: int, trail: int) -> tuple[str, ...]:
    """The character of a byte pair, if it is one that running text has."""
    char = decode(lead, trail)
    if char is None or not (char in WRITTEN or (char > "\u33ff" and commonness(char) > UNSEEN)):
        return ()
    return (char,)


@lru_cache(maxsize=8192)
def _between(lead: int, trail: int, before: str) -> tuple[str, ...]:
    """The likeliest of `unshown` after a character."""
    return tuple(nlargest(FEW, unshown(lead, trail), key=lambda two: follows(before, two[0]) + follows(*two)))


@lru_cache(maxsize=8192)
def unshown(lead: int, trail: int) -> tuple[str, ...]:
    """Two characters from `lead` to `trail` whose inner bytes are an unassigned pair, which vanished.

    “三八” out of step is `A1 B0 C8 | FD B0 | CB ..`: no character is `FD B0`, and 叭恕 is what one sees.

    >>> "三八" in unshown(0xC8, 0xCB)
    True
    """
    found = []
    for inner in UNASSIGNED:
        for one in _whole(lead, inner):
            found += [one + two for outer in range(0xA1, 0xFF) if decode(inner, outer) is None
                      for two in _whole(outer, trail) if min(commonness(one), commonness(two)) >= RARE]
    return tuple(nlargest(GAPS, found, key=lambda pair: commonness(pair[0]) + commonness(pair[1])))


def _bytes(slot: int | Hole, before: int) -> list[tuple[int, float]]:
    """Bytes a slot may hold after a byte, each with its log prior."""
    if isinstance(slot, int):
        return [(slot, 0.0)]
    if slot.reading is None:
        return [(byte, 0.0) for byte in range(0x40, 0xFF) if byte in TRAILS or byte in LEADS]
    if slot.reading == UNSHOWN:
        inner = before not in UNASSIGNED
        return [(byte, 0.0) for byte in (UNASSIGNED if inner else range(0xA1, 0xFF))]
    return [(byte, glossed(char)) for byte, char in spelled(slot.reading).get(before, {}).items()]


def glossed(char: str) -> float:
    """Log prior that a converter has a character in its list: mostly common traditional ones.

    >>> glossed("計") > glossed("訐")
    True
    """
    return max(-6.0, (commonness(char) + 8.0) / 2)
