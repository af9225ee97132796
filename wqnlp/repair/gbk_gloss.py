"""Glosses and punctuation put between the bytes of GBK text: the exact inverse.

A converter of archive sites worked on traditional GBK bytes: after each byte pair of its list it put the
reading in brackets, and it rewrote full-width punctuation, both at any alignment. Where the pair straddled two
characters both broke: 層婦 (`8C D3 8B 44`) holds `D3 8B`, which is 計, and came out as 層?jì)D. Here the lost
bytes are put back in every way the glosses allow, and the likeliest restored text is taken if it is clearly so.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from wqnlp.grammar.heads import headed
from wqnlp.repair.choose import Choice, balance, choose, likelihood
from wqnlp.repair.gbk_bytes import encode, spelled
from wqnlp.repair.gbk_run import (
    BROKEN,
    GLOSS,
    HOLE,
    LETTERS,
    LONGEST_RUN,
    LOST,
    Cell,
    Filling,
    Hole,
    Run,
    fillings,
    layouts,
)
from wqnlp.span import Edit, Mark

KIND = "gbk_gloss"
CONTEXT = 8                          # characters on each side that a reading is judged with
WINDOW = 48                          # shown characters that these are looked for in
GAIN = 8.0                           # log-odds by which a restored text must beat the shown one where the sign is weak
TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
HAN = "\u3400-\u9fff"

_GLOSS_BREAK = rf"[{BROKEN}][(（]?[{LETTERS}]{{1,6}}[)）]"
_BARE_BREAK = rf"(?<=[{HAN})])(?=[a-zɑɡ]{{0,3}}[{TONED}])[{LETTERS}]{{1,6}}[)）]"
_FULL_BREAK = rf"[{BROKEN}](?=[！，；：？（）])|[{BROKEN}](?=[,;:])"
_HALF_BREAK = rf"[{BROKEN}](?=[!?()])"
_LOST_DIGIT = rf"(?<=[{HAN})”》])[{BROKEN}](?=\d)|(?<=[{HAN}])\ufffd(?=[余多]?[万千百]?[件人名起户个份场元%])"
_TAG = rf"[{BROKEN}](?=/[A-Za-z]{{1,6}}>)"
TRIGGER = (rf"(?P<gloss>{_GLOSS_BREAK}|{_BARE_BREAK})|(?P<full>{_FULL_BREAK})|(?P<half>{_HALF_BREAK})"
           rf"|(?P<digit>{_LOST_DIGIT})|(?P<tag>{_TAG})")
WITNESS = re.compile(rf"[{HAN}]\((?=[a-zɑɡ]{{0,3}}[{TONED}])[{LETTERS}]{{1,6}}\)|{_GLOSS_BREAK}")
KEEPS = re.compile(rf"[{BROKEN}][(（][{LETTERS}]{{1,6}}[)）]")
FIGURE = re.compile(r"0|\d+(?:\.\d+)?[余多万千百]{0,2}[件人名起户戶个個份场場元%]")
NUMERALS = frozenset("一二三四五六七八九十百千万萬亿億两兩零〇半几幾数數")
LED = re.compile(r"[,，]?\d")
POINTED = re.compile(r"[０-９]{2,}(?=[%％万萬亿億元倍点點?])")
ASKS = frozenset("吗呢么何谁否嗎麼誰")


class _Best(NamedTuple):
    """The likeliest reading of a broken run: the run, the text of each cell (None where in doubt), the choice."""

    run: Run
    cells: tuple[str | None, ...]
    seconds: tuple[str | None, ...]                 # what the runner-up has there, where it differs
    choice: Choice


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """Edits that undo glosses and punctuation between bytes, and marks on what cannot be undone.

    Marks are in offsets of the text after the edits: `lost_digit` on each □ that stands for a swallowed
    digit, `unrepaired` on a run that no reading clearly fits. A sound text gives two empty lists.

    >>> find("基層?jì)D聯組織")[0]
    [Edit(start=2, end=7, new='婦', kind='gbk_gloss', confidence=0.99, runner_up=None)]
    >>> edits, marks = find("接待咨詢?nèi)罕?00余人次")
    >>> [e.new for e in edits], marks
    (['群', '眾', '□'], [Mark(start=6, end=7, kind='lost_digit', note='')])
    """
    edits: list[Edit] = []
    faults: list[tuple[int, int, str]] = []         # what stays broken, in offsets of the text as shown
    at = 0

    @cache
    def witnessed() -> bool:
        return WITNESS.search(text) is not None

    while (found := headed(TRIGGER).search(text, at)) is not None:
        start, at = found.span()
        if found["digit"]:
            if text[start - 1] not in ASKS and (FIGURE.match(text, at) or text[start] != "?" or witnessed()):
                edits.append(Edit(start, at, LOST, KIND))
        elif found["tag"]:
            edits.append(Edit(at, at, "<", KIND))
            faults.append((start, at, "half a character, cut by a page"))
        else:
            if found["half"] and not witnessed():
                continue
            at = max(at, _undo(text, start, edits, faults, sure=bool(found["gloss"])))
    return edits, _marks(text, edits, faults)


def _undo(text: str, start: int, edits: list[Edit], faults: list[tuple[int, int, str]], *, sure: bool) -> int:
    """Put the run at `start` right, or note it as broken; the offset to go on from."""
    named = HOLE.match(text, start)
    if sure and not (named and spelled(named[2])):
        return start                                # some Latin word before a bracket
    before = _before(text, start, edits)
    best = _best(text[start:start + LONGEST_RUN + WINDOW], before) if before else None
    end = start + best.run.end if best else 0
    if best and (sure or _gains(before, text[start:end], best.choice.text, _after(text, end))):
        if any(char is not None for char in best.cells):
            edits += _edits(best, start, faults)
            return end
        if sure:
            faults.append((start, end, f"perhaps {best.choice.text}"))
            return end
    if sure and named:
        faults.append((start, named.end(), ""))
        return named.end()
    return start


@lru_cache(maxsize=8192)
def _best(shown: str, before: str) -> _Best | None:
    """The likeliest reading of the run that `shown` begins with."""
    last = encode(before[-1])
    runs = layouts(shown, 0, keeps=bool(KEEPS.match(shown))) if last else []
    if not runs or not last:
        return None
    common = max(run.end for run in runs)
    after = _after(shown, common)
    texts: dict[str, float] = {}
    whose: dict[str, tuple[Run, Filling]] = {}
    for run in runs:
        rest = GLOSS.sub("", shown[run.end:common])
        for one in fillings(run, before[-1]):
            whole = "".join(one.chars) + rest
            prior = one.prior + balance(before, whole, after)
            if whole not in texts or prior > texts[whole]:
                texts[whole], whose[whole] = prior, (run, one)
    choice = choose(before, texts.items(), after)
    if choice is None:
        return None
    run, filling = whose[choice.text]
    close = [whose[text] for text in choice.close] or [(run, filling)]
    every = [one for other, one in whose.values() if other is run]
    cells: list[str | None] = list(filling.chars)
    for index, cell in enumerate(run.cells):
        char = filling.chars[index]
        same = all(other is run and one.chars[index] == char for other, one in close)
        if not cell.char and not (choice.clear or same):
            cells[index] = None
        elif _guessed(cell, char) and not _day(filling.chars, index) and any(one.chars[index] != char for one in every):
            cells[index] = _unsure(char)
    _doubt_points(cells, after)
    lost = any(cell.char for cell in run.cells)
    if not lost and sum(char is not None for char in cells) * 2 < len(cells):
        cells = [None] * len(cells)
    second = whose[choice.runner_up] if choice.runner_up else (run, filling)
    seconds = tuple(two if one != two and second[0] is run else None
                    for one, two in zip(filling.chars, second[1].chars, strict=second[0] is run))
    return _Best(run, tuple(cells), seconds, choice._replace(text="".join(filling.chars)))


def _unsure(text: str) -> str | None:
    """What is left of a cell whose numerals are not sure: □ for a digit, nothing for a Chinese numeral."""
    left = "".join(LOST if char.isdigit() else char for char in text)
    return None if left == text else left


def _doubt_points(cells: list[str | None], after: str) -> None:
    """Take back full-width numbers that may hide a point, and call a doubtful character before digits a lost digit.

    Out of step, ．９ may show no more than ９ does (`A3 AE | A3 B9`: no page shows `AE A3`), so what looks like
    ９９％ may have been ９．９％. Of a number of cases or people one may be sure: it has no point.
    """
    text = "".join(cell or "?" for cell in cells) + after
    starts = [sum(len(cell or "?") for cell in cells[:index]) for index in range(len(cells))]
    for number in POINTED.finditer(text):
        for index, start in enumerate(starts):
            if number.start() <= start < number.end():
                cells[index] = None
    for index, start in enumerate(starts):
        if cells[index] is None and LED.match(text, start + 1) and not POINTED.match(text, start + 1):
            cells[index] = LOST


def _day(chars: tuple[str, ...], index: int) -> bool:
    """Whether a cell is part of 三八, the day, which is a name and no number."""
    return "三八" in (chars[index], "".join(chars[index:index + 2]), "".join(chars[max(0, index - 1):index + 1]))


def _guessed(cell: Cell, text: str) -> bool:
    """Whether a numeral might stand here only because it is likely: no digit is ever guessed."""
    holed = len(text) == 2 or any(isinstance(slot, Hole) for slot in cell.slots)
    return holed and any(char in NUMERALS or char.isdigit() for char in text)


def _gains(before: str, shown: str, restored: str, after: str) -> bool:
    """Whether the restored text is far better Chinese than what is shown."""
    return likelihood(before + restored + after) > likelihood(before + shown + after) + GAIN


def _edits(best: _Best, offset: int, faults: list[tuple[int, int, str]]) -> list[Edit]:
    """The reading as edits, one a character, each over the shown characters from its first byte on."""
    edits: list[Edit] = []
    cells = best.run.cells
    ends = [cell.start for cell in cells[1:]] + [best.run.end]
    seconds = best.seconds or (None,) * len(cells)
    for cell, end, char, second in zip(cells, ends, best.cells, seconds, strict=True):
        start = offset + cell.start
        if cell.char and char == "?":
            faults.append((start, offset + cell.end, "one character lost"))
        else:
            sure = 1.0 if cell.char else best.choice.confidence
            edits.append(Edit(start, offset + max(end, cell.start), "?" if char is None else char, KIND, sure, second))
    return edits


def _before(text: str, start: int, edits: list[Edit]) -> str:
    """The restored characters before an offset, without glosses."""
    piece, end = "", start
    for edit in reversed(edits):
        if len(piece) >= WINDOW or edit.start < start - WINDOW:
            break
        piece = edit.new + text[edit.end:end] + piece
        end = edit.start
    piece = text[max(0, end - WINDOW):end] + piece
    return GLOSS.sub("", piece)[-CONTEXT:]


def _after(text: str, end: int) -> str:
    """The characters after an offset up to the next broken one, without glosses."""
    return re.split(f"[{BROKEN}\n]", GLOSS.sub("", text[end:end + WINDOW]))[0][:CONTEXT]


def _marks(text: str, edits: list[Edit], faults: list[tuple[int, int, str]]) -> list[Mark]:
    """What was lost or stays broken, in offsets of the text after the edits."""
    marks, shift, rest = [], 0, sorted(faults)
    for edit in [*edits, Edit(len(text) + 1, len(text) + 1, "", KIND)]:
        while rest and rest[0][0] < edit.start:
            start, end, note = rest.pop(0)
            marks.append(Mark(start + shift, end + shift, "unrepaired", note))
        for index, char in enumerate(edit.new):
            if char == "?":
                marks.append(Mark(edit.start + shift + index, edit.start + shift + index + 1, "unrepaired",
                                  f"perhaps {edit.runner_up}" if edit.runner_up else ""))
            elif char == LOST:
                marks.append(Mark(edit.start + shift + index, edit.start + shift + index + 1, "lost_digit"))
        shift += len(edit.new) - (edit.end - edit.start)
    return marks
