"""One broken run: the text shown, laid out as the bytes it came from, with holes where bytes were lost.

A run begins where the text last was in step with its characters and ends where it is in step again. Which
bytes belong together does not depend on what the holes held, so the run is first laid out as *cells*, one a
character, each of two slots that hold a byte or a `Hole`; then the holes are filled in every way that the
glosses between the bytes allow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from wqnlp.repair.choose import commonness
from wqnlp.repair.gbk_bytes import HALF, LEADS, TRAILS, decode, encode, plain, spelled

LETTERS = "a-zɑɡüêāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
BROKEN = "?\ufffd"                   # what decoders show for bytes that are no character
GLOSS = re.compile(rf"[(（]([{LETTERS}]{{1,6}})[)）]")
HOLE = re.compile(rf"[{BROKEN}]?([(（]?)([{LETTERS}]{{1,6}})[)）]")
FULL = {chr(0xFEE0 + ord(half)): half for half in HALF}
PUNCTUATION = "".join(HALF) + "".join(FULL)
LONGEST_RUN = 240                    # characters shown; a run that has not come into step by then is none
BEAM = 160
FEW = 24                             # readings of one unknown byte that a sieve by commonness leaves
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
    """One way to fill the holes: the characters of the cells, and the log prior of its bytes."""

    chars: tuple[str, ...]
    prior: float
    last: int


def lay_out(text: str, start: int, *, keeps: bool = False) -> Run | None:
    """The run that begins with the broken character at `start`; None where it never comes into step.

    `keeps`: the decoder showed a mark for the bad byte alone and kept what followed it.

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
        after = _hole(run, text, at, keeps)
        if after is None:
            if run.pending is None:
                return run if run.cells else None
            after = _byte(run, text, at)
            if after is None:
                return None
        at = run.end = after
    return run if run.pending is None and run.cells else None


def _hole(run: Run, text: str, at: int, keeps: bool) -> int | None:
    """Take a lost byte that is shown at `at`; the offset after it, or None where none is shown there."""
    named = HOLE.match(text, at)
    if named and (text[at] in BROKEN or at == run.start):
        run.add(Hole(plain(named[2])), at, named.end())
        return named.end()
    if text[at] not in BROKEN:
        return None
    if at + 1 < len(text) and text[at + 1] in PUNCTUATION:
        # The converter set a byte before the punctuation it rewrote; the broken byte ate it.
        run.add(Hole(None), at, at + 1)
        return at + 1
    if run.pending is None:
        return None
    run.add(Hole(None), at, at if not keeps else at + 1)
    if not keeps:
        run.cells.append(Cell(char=eaten(text, at + 1), start=at, end=at + 1))
    return at + 1


def _byte(run: Run, text: str, at: int) -> int | None:
    """Take the bytes of a shown character while the text is out of step."""
    char = text[at]
    half = FULL.get(char, char)
    if half in HALF and not (char == "(" and GLOSS.match(text, at)):
        run.add(0xA3, at, at + 1)
        run.add(HALF[half], at, at + 1)
        return at + 1
    raw = encode(char)
    if raw is None or raw[0] < 0x40:
        if raw is None:
            return None
        # Nothing is shown for the broken byte, nor for what it ate.
        run.add(Hole(None), at, at)
        run.cells.append(Cell(char=eaten(text, at), start=at, end=at))
        return at
    for byte in raw:
        run.add(byte, at, at + 1)
    return at + 1


NUMBER = re.compile(r"\d|[余多万千百]?(?:[件人名起户个份场元年月日%]|余|多)|[.]\d|[万千百亿]")
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


def fillings(run: Run, last: int) -> list[Filling]:
    """Every way to fill the holes of a run that the bytes and glosses allow, the more unlikely sieved out.

    `last` is the byte before the run.

    >>> [f.chars for f in fillings(lay_out("基層?jì)D聯", 2), 0xD3)]
    [('婦',), ('揇',), ('汥',)]
    """
    beam = [Filling((), 0.0, last)]
    for cell in run.cells:
        grown = [one for state in beam for one in _grow(state, cell)]
        if len(grown) > BEAM:
            grown.sort(key=_promise, reverse=True)
            del grown[BEAM:]
        beam = grown
    return beam


def _promise(filling: Filling) -> float:
    return filling.prior + sum(commonness(char) for char in filling.chars)


def _grow(state: Filling, cell: Cell) -> Iterator[Filling]:
    if cell.char:
        yield Filling((*state.chars, cell.char), state.prior, 0)
        return
    first, second = cell.slots
    leads = _bytes(first, state.last)
    both = len(leads) > 1 and isinstance(second, Hole)
    found = []
    for lead, prior in leads:
        for trail, more in _bytes(second, lead):
            char = decode(lead, trail)
            if char is not None:
                found.append(Filling((*state.chars, char), state.prior + prior + more, trail))
    few = FEW * 4 if both else FEW
    if len(found) > few:
        found.sort(key=lambda f: f.prior + commonness(f.chars[-1]), reverse=True)
        del found[few:]
    yield from found


def _bytes(slot: int | Hole, before: int) -> list[tuple[int, float]]:
    """Bytes a slot may hold after a byte, each with its log prior."""
    if isinstance(slot, int):
        return [(slot, 0.0)]
    if slot.reading is None:
        return [(byte, 0.0) for byte in range(0x40, 0xFF) if byte in TRAILS or byte in LEADS]
    return [(byte, glossed(char)) for byte, char in spelled(slot.reading).get(before, {}).items()]


def glossed(char: str) -> float:
    """Log prior that a converter has a character in its list: mostly common traditional ones.

    >>> glossed("計") > glossed("訐")
    True
    """
    return max(-6.0, (commonness(char) + 8.0) / 2)
