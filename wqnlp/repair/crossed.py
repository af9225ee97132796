"""GBK read as Big5, and Big5 read as GBK: pair by pair the bytes are taken back and read as what they are.

Both have two bytes a character, mostly in the same places, so each character shown is one character of the text;
a pair that the wrong encoding had no character for is gone and stays marked, and where it cost no more than its first
byte, what follows is read one byte on. Judged line by line: a line is taken back only where what comes out is far
better Chinese, and three such lines vouch for the short ones.
"""

from __future__ import annotations

import re
from functools import cache

from wqnlp.source.text import plausible_share
from wqnlp.span import Edit, Mark

WORST, LEAST, BETTER = 0.4, 0.5, 0.3     # plausible share as shown at most, taken back at least, and between them
LONG = 12                                # different characters beyond ASCII of a line that is judged by itself
PROVEN = 3                               # lines that vouch for shorter ones
SAMPLE = 60                              # characters of a line that are judged first
GAP = "\ufffd"
_RUN = re.compile("[^\x00-\x7f\ufffd]+")
_LINE = re.compile("[^\n]+")
_WAYS = (("gb18030", "cp950"), ("cp950", "gb18030"))     # as shown, as written


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit a character of the lines that were read in the wrong one of the two encodings.

    >>> from wqnlp.span import Aligned
    >>> shown = "縣婦女聯合會全年接待來訪群眾287人次".encode("cp950").decode("gb18030", "replace")
    >>> Aligned.of(shown).edit(find(shown)[0]).text
    '縣婦女聯合會全年接待來訪群眾287人次'
    >>> find("县妇联接待来访群众287人次")[0]
    []
    """
    best: list[Edit] = []
    lines = [line for line in _LINE.finditer(text) if not line.group().isascii()
             and plausible_share(line.group()[:SAMPLE]) <= WORST]
    for shown, written in _WAYS:
        sure: list[Edit] = []
        short: list[Edit] = []
        proven = 0
        for line in lines:
            edits = _line(line.group(), line.start(), shown, written)
            if edits is not None:
                alone = len({char for char in line.group() if char > "\x7f"}) >= LONG
                proven += alone
                (sure if alone else short).extend(edits)
        best = max(best, sure + (short if proven >= PROVEN else []), key=len)
    return best, []


def _line(line: str, offset: int, shown: str, written: str) -> list[Edit] | None:
    """The edits that take a line back; None where it is better as it stands."""
    beyond = "".join(char for char in line if char > "\x7f")
    edits: list[Edit] = []
    for run in _RUN.finditer(line):
        edits += _run(run.group(), offset + run.start(), shown, written,
                      shifted=line[max(0, run.start() - 1):run.start()] == "\ufffd")
    told = "".join(edit.new for edit in edits)
    lost = told.count(GAP) + beyond.count("\ufffd")
    # The first look was at the beginning alone; a line of many broken pairs proves nothing.
    if not told or lost * 3 > len(told) or plausible_share(told) < max(LEAST, plausible_share(beyond) + BETTER):
        return None
    return [edit for edit in edits if edit.new != line[edit.start - offset:edit.end - offset]]


def _run(run: str, at: int, shown: str, written: str, *, shifted: bool) -> list[Edit]:
    """The characters between two lost ones, each by itself, or all of them one byte on."""
    pairs = _pairs(shown, written)
    plain = [pairs.get(char, GAP) for char in run]
    if shifted:
        moved = run.encode(shown, "replace")[1:]
        text = moved[:len(moved) // 2 * 2].decode(written, "replace")
        if plausible_share(text) > plausible_share("".join(plain)):
            return [Edit(at, at + len(run), text, "mojibake", 0.9)]
    return [Edit(at + index, at + index + 1, new, "mojibake") for index, new in enumerate(plain)]


@cache
def _pairs(shown: str, written: str) -> dict[str, str]:
    """Character as shown to character as written, for every pair of bytes that both encodings have."""
    made = {}
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            pair = bytes((lead, trail))
            old, new = pair.decode(shown, "ignore"), pair.decode(written, "ignore")
            if len(old) == len(new) == 1:
                made[old] = new
    return made
