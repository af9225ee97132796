"""Text that was decoded wrongly before it was saved: the bytes are taken back and read as what they are.

Three mistakes have an exact inverse, run by run of a line: UTF-8 read as GBK (妇联 shows as 濡囪仈), UTF-8 read as
Latin-1 or Windows-1252 (å¦‡è�”), and GBK read as Latin-1 (¸¾Áª). A run is taken back only where what
comes out is Chinese and what stood there was not. The fourth mistake, GBK read as UTF-8, has lost its
bytes: U+FFFD stays where it is, and `marks` marks it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from itertools import product
from typing import NamedTuple

from wqnlp.repair.choose import choose, simple
from wqnlp.source.text import common_hanzi, plausible_share
from wqnlp.span import Edit, Mark

GAP = "〓"                                          # printers' sign for a missing character
LOST = 256                                          # a byte that is gone, shown as U+FFFD or ?
REACH = 4                                           # characters on each side that speak for a lost one
NUMERALS = "〇○零一二两三四五六七八九十百千万亿几数半"    # a digit is never guessed
FOREIGN = -4.0                                      # log prior of a traditional character in simplified text
LIKELY = 0.8                                        # how sure the filling of a gap must be
BETTER = 0.3                                        # by how much more plausible the inverse must be
_MARKS = {"，": 0, "。": 0, "”": 1, "、": 2000, "“": 2000, "：": 3000, "；": 3000, "》": 3000, "《": 3000}
_CP1252 = {char: code for code in range(0x80, 0xA0) if (char := bytes([code]).decode("cp1252", "ignore"))}
_UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)         # bytes that Windows-1252 has no character for
_SPECIAL = "".join(_CP1252)
_LATIN_RUN = re.compile(f"[\x80-\xff\ufffd{_SPECIAL}]{{2,}}")
_LATIN_TRIGGER = re.compile(f"[\xc2-\xef][\x80-\xbf\ufffd{_SPECIAL}]")
_GBK_LATIN = re.compile("[\xa1-\xfe]{4,}")
_GBK_RUN = re.compile("[^\x00-\x7f]+(?:\\?[^\x00-\x7f]+)*\\??")


class _Piece(NamedTuple):
    start: int                                      # bytes of the run
    end: int
    char: str                                       # U+FFFD where a byte is lost and nothing likely fits: 〓
    sure: float = 1.0
    runner_up: str | None = None
    fits: tuple[str, ...] = ()                      # where bytes are lost, the characters that it may be


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """Edits that undo a wrong decoding; each covers the fewest characters that stand for whole characters.

    >>> from wqnlp.span import Aligned
    >>> Aligned.of("å¦‡è\ufffd”2014å¹´").edit(find("å¦‡è\ufffd”2014å¹´")[0]).text
    '妇联2014年'
    >>> shown = "市妇联来信".encode().decode("gb18030", "replace")
    >>> Aligned.of(shown).edit(find(shown)[0]).text
    '市妇联来信'
    """
    edits: list[Edit] = []
    if _LATIN_TRIGGER.search(text):
        edits += _runs(text, _LATIN_RUN, _latin_bytes)
    if not edits and _GBK_LATIN.search(text):
        edits += _gbk_as_latin(text)
    if not edits and _gbk_trigger().search(text):
        edits += _runs(text, _GBK_RUN, _gbk_bytes)
    return edits, []


@cache
def _gbk_trigger() -> re.Pattern[str]:
    """Two GBK characters whose four bytes begin as a hanzi or a mark in UTF-8 does: E5 A6 87 .."""
    def class_of(leads: Iterable[int], trails: Iterable[int]) -> str:
        trails = tuple(trails)
        pairs = (bytes([lead, trail]).decode("gb18030", "ignore") for lead in leads for trail in trails)
        return re.escape("".join(pairs))

    first = class_of((0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEF), (*range(0x80, 0xC0),))
    second = class_of(range(0x81, 0xC0), (*range(0x40, 0x7F), *range(0x80, 0xFF)))
    return re.compile(f"[{first}][{second}?\ufffd]")


def _gbk_bytes(char: str) -> tuple[int, ...]:
    return (LOST,) if char in "?\ufffd" else tuple(char.encode("gb18030", "replace"))


def _latin_bytes(char: str) -> tuple[int, ...]:
    return (LOST,) if char == "\ufffd" else (_CP1252.get(char, ord(char)),)


def _runs(text: str, shape: re.Pattern[str], to_bytes: Callable[[str], tuple[int, ...]]) -> list[Edit]:
    """Edits of every run that is clearly better undone; one proven run vouches for runs of a single character."""
    edits: list[Edit] = []
    single: list[Edit] = []
    for found in shape.finditer(text):
        run, units = found.group(), [to_bytes(char) for char in found.group()]
        if not any(0xC2 <= unit[0] <= 0xEF for unit in units):
            continue
        pieces = _utf8([byte for unit in units for byte in unit], few=to_bytes is _latin_bytes)
        pieces = _filled(pieces, text[max(0, found.start() - REACH):found.start()], text[found.end():found.end() + REACH])
        whole = "".join(piece.char for piece in pieces if piece.char != "\ufffd")
        told = plausible_share(whole)
        if len(pieces) - len(whole) > len(whole) // 4 + 1:
            continue
        if len(whole) > 1 and told >= 0.5 and told >= plausible_share(run) + BETTER:
            edits += _aligned(pieces, units, found.start())
        elif whole and len(whole) == len(pieces):
            single += _aligned(pieces, units, found.start())
    return edits + single if edits else []


def _aligned(pieces: list[_Piece], units: list[tuple[int, ...]], at: int) -> list[Edit]:
    """Pieces grouped until the end of a byte sequence is the end of a character that is shown."""
    ends, total = {0: 0}, 0
    for index, unit in enumerate(units, 1):
        total += len(unit)
        ends[total] = index
    edits, group = [], list[_Piece]()
    for piece in pieces:
        group.append(piece)
        if piece.end in ends:
            new, sure = "".join(p.char for p in group).replace("\ufffd", GAP), min(p.sure for p in group)
            second = next((p.runner_up for p in group if p.runner_up), None)
            edits.append(Edit(at + ends[group[0].start], at + ends[piece.end], new, "mojibake", sure, second))
            group = []
    return edits


def _utf8(data: list[int], *, few: bool) -> list[_Piece]:
    """UTF-8 from bytes of which some are lost. `few`: a lost byte is one that Windows-1252 does not have."""
    pieces, at = [], 0
    while at < len(data):
        lead = data[at]
        need = 2 if 0xE2 <= lead <= 0xEF else 1 if 0xC2 <= lead <= 0xDF else 3 if 0xF0 <= lead <= 0xF4 else 0
        end = at + 1
        while end < len(data) and end - at <= need and (0x80 <= data[end] <= 0xBF or data[end] == LOST):
            end += 1
        body = data[at:end]
        if need and len(body) == need + 1 and LOST not in body:
            char = bytes(body).decode("utf-8", "replace")
            pieces.append(_Piece(at, end, char if len(char) == 1 else "\ufffd"))
        elif need == 2 and (len(body) == 3 or end == len(data)):
            pieces.append(_Piece(at, end, "\ufffd", fits=_fits(tuple(body), few)))
        else:
            pieces.append(_Piece(at, end, "\ufffd"))
        at = end
    return pieces


@cache
def _fits(body: tuple[int, ...], few: bool) -> tuple[str, ...]:
    """The frequent characters whose UTF-8 has these bytes, where some are lost. A digit is never put in."""
    lead, *rest = (*body, *[LOST] * (3 - len(body)))
    open_to = _UNDEFINED if few else range(0x80, 0xC0)
    choices = [open_to if byte == LOST else (byte,) for byte in rest]
    chars = {bytes([lead, *pair]).decode("utf-8", "ignore") for pair in product(*choices)}
    if chars & set("０１２３４５６７８９") and few:
        return ()
    ranks = common_hanzi()
    return tuple(sorted(char for char in chars if char in ranks or char in _MARKS))


def _filled(pieces: list[_Piece], before: str, after: str) -> list[_Piece]:
    """The likeliest character where bytes are lost, judged by what stands around it; U+FFFD where none is clearly it."""
    if not any(piece.fits for piece in pieces):
        return pieces
    told = list[_Piece]()
    wide = any(piece.char in "０１２３４５６７８９" for piece in pieces)
    left = before[-REACH:]
    for index, piece in enumerate(pieces):
        if piece.fits:
            behind = "".join(p.char for p in pieces[index + 1:index + 1 + REACH]) + after
            behind = behind.partition("\ufffd")[0][:REACH]
            found = choose(left, [(char, 0.0 if simple(char) == char else FOREIGN) for char in piece.fits
                                  if not (wide and char in _MARKS)], behind)
            # Which of two marks it was matters less than that it was a mark.
            likely = found is not None and (found.clear or found.confidence > LIKELY
                                            or {found.text, found.runner_up} <= _MARKS.keys())
            if found is not None and likely and found.text not in NUMERALS:
                piece = piece._replace(char=found.text, sure=found.confidence, runner_up=found.runner_up)
        told.append(piece)
        left = (left + piece.char)[-REACH:]
    return told


def _gbk_as_latin(text: str) -> list[Edit]:
    proven = [m for m in _GBK_LATIN.finditer(text) if _gbk_share(m.group()) >= 0.6]
    if not proven:
        return []
    # Three long runs that are Chinese vouch for the short ones: ¼þ between two numbers is 件.
    runs = re.finditer("[\xa1-\xfe]{2,}", text) if len(proven) > 2 else iter(proven)
    return [Edit(m.start() + 2 * i, m.start() + 2 * i + 2, char, "mojibake") for m in runs if _gbk_share(m.group()) > 0
            for i, char in enumerate(m.group().encode("latin-1").decode("gb18030"))]


def _gbk_share(run: str) -> float:
    """How plausible a run is as GB 2312; 0 where it is none, or one sign printed again and again (××××)."""
    data = run.encode("latin-1")
    if len(data) % 2 or (len(run) > 3 and len(set(run)) < 3):
        return 0.0
    told = data.decode("gb18030", "ignore")
    return plausible_share(told) if len(told) == len(data) // 2 else 0.0
