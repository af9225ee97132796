"""Glosses and punctuation put between the bytes of GBK text: the exact inverse.

A converter of archive sites worked on traditional GBK bytes: after each byte pair of its list it put the
reading in brackets, and it rewrote full-width punctuation, both at any alignment. Where the pair straddled two
characters both broke: 層婦 (`8C D3 8B 44`) holds `D3 8B`, which is 計, and came out as 層?jì)D. Here the lost
bytes are put back in every way the glosses allow, and the likeliest restored text is taken if it is clearly so.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from wqnlp.repair.choose import Choice, choose, likelihood
from wqnlp.repair.gbk_bytes import encode, spelled
from wqnlp.repair.gbk_run import BROKEN, GLOSS, HOLE, LETTERS, LOST, Run, fillings, lay_out
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
_LOST_DIGIT = rf"(?<=[{HAN}])[{BROKEN}](?=\d)|(?<=[{HAN}])\ufffd(?=[余多]?[万千百]?[件人名起户个份场元%])"
_TAG = rf"[{BROKEN}](?=/[A-Za-z]{{1,6}}>)"
TRIGGER = re.compile(rf"(?P<gloss>{_GLOSS_BREAK}|{_BARE_BREAK})|(?P<full>{_FULL_BREAK})|(?P<half>{_HALF_BREAK})"
                     rf"|(?P<digit>{_LOST_DIGIT})|(?P<tag>{_TAG})")
WITNESS = re.compile(rf"[{HAN}]\((?=[a-zɑɡ]{{0,3}}[{TONED}])[{LETTERS}]{{1,6}}\)|{_GLOSS_BREAK}")
KEEPS = re.compile(rf"[{BROKEN}][(（][{LETTERS}]{{1,6}}[)）]")
ASKS = frozenset("吗呢么何谁否嗎麼誰")


class _Broken(NamedTuple):
    """One broken run of the text, and what it most likely was."""

    run: Run
    choice: Choice | None


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """Edits that undo glosses and punctuation between bytes, and marks on what cannot be undone.

    Marks are in offsets of the text after the edits: `lost_digit` on each □ that stands for a swallowed
    digit, `unrepaired` on a run that no reading clearly fits. A sound text gives two empty lists.

    >>> find("基層?jì)D聯組織")[0]
    [Edit(start=2, end=7, new='婦', kind='gbk_gloss', confidence=0.99, runner_up='...')]
    >>> edits, marks = find("接待咨詢?nèi)罕?00余人次")
    >>> [e.new for e in edits], marks
    (['群眾', '□'], [Mark(start=6, end=7, kind='lost_digit', note='')])
    """
    edits: list[Edit] = []
    faults: list[tuple[int, int, str]] = []         # what stays broken, in offsets of the text as shown
    witness: bool | None = None
    at = 0
    while (found := TRIGGER.search(text, at)) is not None:
        start, at = found.span()
        if found["digit"]:
            if text[start - 1] not in ASKS:
                edits.append(Edit(start, at, LOST, KIND))
        elif found["tag"]:
            edits.append(Edit(at, at, "<", KIND))
            faults.append((start, at, "half a character, cut by a page"))
        else:
            if found["half"]:
                witness = bool(WITNESS.search(text)) if witness is None else witness
                if not witness:
                    continue
            at = max(at, _undo(text, start, edits, faults, sure=bool(found["gloss"])))
    return edits, _marks(text, edits, faults)


def _undo(text: str, start: int, edits: list[Edit], faults: list[tuple[int, int, str]], *, sure: bool) -> int:
    """Put the run at `start` right, or note it as broken; the offset to go on from."""
    named = HOLE.match(text, start)
    if sure and not (named and spelled(named[2])):
        return start                                # some Latin word before a bracket
    before, broken = _before(text, start, edits), None
    if before:
        run = lay_out(text, start, keeps=bool(KEEPS.match(text, start)))
        if run is not None:
            after = _after(text, run.end)
            choice = _best(text[start:run.end + 8], before, after)
            if not sure and (choice is None or not _gains(before, text[start:run.end], choice.text, after)):
                return start
            broken = _Broken(run, choice)
    if broken is not None and broken.choice is not None and broken.choice.clear:
        edits += _edits(broken.run, broken.choice, faults)
        return broken.run.end
    if sure and named:
        end = broken.run.end if broken else named.end()
        faults.append((start, end, f"perhaps {broken.choice.text}" if broken and broken.choice else ""))
        return end
    return start


@lru_cache(maxsize=8192)
def _best(shown: str, before: str, after: str) -> Choice | None:
    run = lay_out(shown, 0, keeps=bool(KEEPS.match(shown)))
    last = encode(before[-1])
    if run is None or last is None:
        return None
    texts = {"".join(one.chars): one.prior for one in reversed(fillings(run, last[-1]))}
    return choose(before, texts.items(), after)


def _gains(before: str, shown: str, restored: str, after: str) -> bool:
    """Whether the restored text is far better Chinese than what is shown."""
    return likelihood(before + restored + after) > likelihood(before + shown + after) + GAIN


def _edits(run: Run, choice: Choice, faults: list[tuple[int, int, str]]) -> list[Edit]:
    """The choice as edits: one for each stretch between eaten characters, one for each of those."""
    edits: list[Edit] = []
    start, text = run.start, ""

    def close(end: int) -> None:
        if text or end > start:
            edits.append(Edit(start, end, text, KIND, choice.confidence, choice.runner_up))

    for cell, char in zip(run.cells, choice.text, strict=True):
        if not cell.char:
            text += char
            continue
        close(cell.start)
        if char == "?":
            faults.append((cell.start, cell.end, "one character lost"))
        else:
            edits.append(Edit(cell.start, cell.end, char, KIND, 1.0))
        start, text = cell.end, ""
    close(run.end)
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
        if edit.new == LOST:
            marks.append(Mark(edit.start + shift, edit.start + shift + 1, "lost_digit"))
        shift += len(edit.new) - (edit.end - edit.start)
    return marks
