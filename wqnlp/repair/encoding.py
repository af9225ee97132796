"""Text that was decoded wrongly before it was saved: the bytes are taken back and read as what they are.

These mistakes have an inverse, run by run of a line: UTF-8 read as GBK (妇联 shows as 濡囪仈), UTF-8 read as Latin-1 or
Windows-1252 (å¦‡è\ufffd”), either of them twice over, and GBK read as Latin-1 (¸¾Áª). A run is taken back only where
what comes out is Chinese and what stood there was not. GBK and Big5 read for one another, and bytes written out
(%E5%A6%87), are undone in `crossed` and `escapes`. GBK read as UTF-8 has lost its bytes: U+FFFD stays, `marks` marks it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

from wqnlp.repair.choose import choose, likelihood, simple
from wqnlp.source.text import common_hanzi, plausible_share
from wqnlp.span import Edit, Mark

GAP = "〓"                                          # printers' sign for a missing character
UNSURE = "▯"                                        # one that may have been a numeral or a word like 约, 下降
REACH = 4                                           # characters on each side that speak for a lost one
NUMERALS = "〇○零一二两三四五六七八九十百千万亿几数半"    # a digit is never guessed
_OF_NUMBERS = frozenset(NUMERALS + "０１２３４５６７８９．，％约近逾超过足降减少负低余多")
FOREIGN = -4.0                                      # log prior of a traditional character in simplified text
FEW, MANY = 64, 4096                                # characters that a lost one may be, at most: misread twice, once
SHORT, SOUND = 5, 0.4                               # share of bytes that must be UTF-8, in a run longer than that
LONG, SAMPLE, HOPELESS = 20, 200, 0.3               # a run so long is given up where so many of it have no more than that
LIKELY = 0.8                                        # how sure the filling of a gap must be
DOUBT = 0.02                                        # share of numerals and such among what a lost character may be
BETTER = 0.3                                        # by how much more plausible the inverse must be
_MARKS = {"，": 0, "。": 0, "”": 1, "、": 2000, "“": 2000, "：": 3000, "；": 3000, "》": 3000, "《": 3000}
_CP1252 = {char: code for code in range(0x80, 0xA0) if (char := bytes([code]).decode("cp1252", "ignore"))}
Byte = int | frozenset[int]                         # a byte, or what it may have been where it is gone
_NONE_1252 = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))                  # Windows-1252 has no character for these
_ANY = frozenset(range(0x80, 0xC0))                 # what stands inside a character of UTF-8
_ONE = ("\ufffd",)                                 # of a character that was shown as lost when it was misread before
_LATIN = re.compile("[\x00-\xff\ufffd" + "".join(_CP1252) + "]+")
_LEADS = frozenset(range(0xC2, 0xF0))
LAYERS = 3                                          # times that a text may have been misread
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
    may: tuple[str, ...] = ()                       # where bytes are lost, the characters that it may be
    harmless: bool = False                          # a lost one that hardly was a numeral or a word like 约, 下降


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

    inner = range(0x80, 0xC0)
    first = class_of((0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEF), inner)
    second = class_of(range(0x81, 0xC0), (*range(0x40, 0x7F), *range(0x80, 0xFF)))
    latin = class_of((0xC2, 0xC3), inner)            # what was Latin-1 before: 氓娄聡猫聛聰
    return re.compile(f"[{first}][{second}?\ufffd]|[{latin}]{{5}}")


def _gbk_bytes(char: str) -> tuple[Byte, ...]:
    return (_ANY,) if char in "?\ufffd" else tuple(char.encode("gb18030", "replace"))


def _latin_bytes(char: str) -> tuple[Byte, ...]:
    return (_NONE_1252,) if char == "\ufffd" else (_CP1252.get(char, min(ord(char), 0xFF)),)


def _runs(text: str, shape: re.Pattern[str], to_bytes: Callable[[str], tuple[Byte, ...]]) -> list[Edit]:
    """Edits of every run that is clearly better undone; one proven run vouches for runs of a single character."""
    edits: list[Edit] = []
    single: list[Edit] = []
    for found in shape.finditer(text):
        run = found.group()
        if to_bytes is _gbk_bytes and len(run) > SHORT and _sound_bytes(run) < SOUND:
            continue
        units = [to_bytes(char) for char in run]
        if not any(unit[0] in _LEADS for unit in units):
            continue
        beside = text[max(0, found.start() - REACH):found.start()], text[found.end():found.end() + REACH]
        first = dict(_ends(units))
        for pieces, ends in _layers(units, first):
            exact = "".join(piece.char for piece in pieces if piece.char != "\ufffd")
            if len(exact) > LONG and plausible_share(exact[:SAMPLE]) < HOPELESS:
                continue
            told = _filled(pieces, *beside, few=ends is not first)
            whole = "".join(piece.char for piece in told if piece.char != "\ufffd")
            if len(told) - len(whole) > len(whole) // 4 + 1:
                continue
            better = plausible_share(whole)
            if len(whole) > 1 and better >= 0.5 and better >= plausible_share(run) + BETTER:
                edits += _aligned(told, ends, found.start())
                break
            if whole and len(whole) == len(told) and not (_LATIN_TRIGGER.search(whole) or _gbk_trigger().search(whole)):
                single += _aligned(told, ends, found.start())
                break
    return edits + single if edits else []


def _sound_bytes(run: str) -> float:
    """The share of a run's bytes that are UTF-8 as they stand; quick, for long runs that are something else."""
    data = run.encode("gb18030", "replace")
    return len(data.decode("utf-8", "ignore").encode()) / len(data)


def _layers(units: list[tuple[Byte, ...]], ends: dict[int, int]) -> Iterator[tuple[list[_Piece], dict[int, int]]]:
    """The readings of a run undone once, twice and so on, each with where its bytes end at the end of a shown character."""
    for _ in range(LAYERS):
        pieces = _utf8([byte for unit in units for byte in unit])
        yield pieces, ends
        chars = "".join(piece.char for piece in pieces)
        latin = bool(_LATIN.fullmatch(chars))
        if not latin and not _gbk_trigger().search(chars):
            return
        units = [_again(piece, latin) for piece in pieces]
        shown = ends
        ends = {total: shown[pieces[index - 1].end] for total, index in _ends(units) if not index or pieces[index - 1].end in shown}
        ends[0] = 0
        if not any(unit[0] in _LEADS for unit in units):
            return


def _ends(units: list[tuple[Byte, ...]]) -> Iterator[tuple[int, int]]:
    """How many bytes the first so many units have."""
    total = 0
    yield 0, 0
    for index, unit in enumerate(units, 1):
        total += len(unit)
        yield total, index


def _again(piece: _Piece, latin: bool) -> tuple[Byte, ...]:
    """A character as the bytes it was misread from; of one that is lost, what they may have been."""
    if piece.char != "\ufffd":
        return _latin_bytes(piece.char) if latin else _gbk_bytes(piece.char)
    if not latin:                                    # U+FFFD itself stood for one byte, a lost character for two
        return (_ANY,) if piece.may == _ONE else (_ANY, _ANY)
    if piece.may == _ONE:
        return (_NONE_1252,)
    may = frozenset(byte for char in piece.may if _LATIN.match(char) for byte in _latin_bytes(char) if isinstance(byte, int))
    return (next(iter(may)) if len(may) == 1 else may or _ANY,)


def _aligned(pieces: list[_Piece], ends: dict[int, int], at: int) -> list[Edit]:
    """Pieces grouped until the end of a byte sequence is the end of a character that is shown."""
    edits, group = [], list[_Piece]()
    for piece in pieces:
        group.append(piece)
        if piece.end in ends:
            new, sure = "".join(map(_shown, group)), min(p.sure for p in group)
            second = next((p.runner_up for p in group if p.runner_up), None)
            edits.append(Edit(at + ends[group[0].start], at + ends[piece.end], new, "mojibake", sure, second))
            group = []
    return edits


def _shown(piece: _Piece) -> str:
    """The character of a piece. What is lost is 〓 where it was a hanzi that says nothing of a number, else ▯."""
    if piece.char != "\ufffd":
        return piece.char
    return GAP if piece.harmless or (piece.may and piece.may != _ONE and not set(piece.may) & _OF_NUMBERS) else UNSURE


def _utf8(data: list[Byte]) -> list[_Piece]:
    """UTF-8 from bytes of which some are lost."""
    pieces, at = [], 0
    while at < len(data):
        lead = byte if isinstance(byte := data[at], int) else 0
        need = 2 if 0xE2 <= lead <= 0xEF else 1 if 0xC2 <= lead <= 0xDF else 3 if 0xF0 <= lead <= 0xF4 else 0
        end = at + 1
        while end < len(data) and end - at <= need and _inside(data[end]):
            end += 1
        body = tuple(data[at:end])
        whole = [byte for byte in body if isinstance(byte, int)]
        if need and len(body) == need + 1 == len(whole):
            char = bytes(whole).decode("utf-8", "replace")
            char = char if len(char) == 1 else "\ufffd"
            pieces.append(_Piece(at, end, char, may=_ONE if char == "\ufffd" else ()))
        elif need and (len(body) == need + 1 or end == len(data)):
            pieces.append(_Piece(at, end, "\ufffd", may=_may(body, need)))
        else:
            pieces.append(_Piece(at, end, "\ufffd"))
        at = end
    return pieces


def _inside(byte: Byte) -> bool:
    return byte in _ANY if isinstance(byte, int) else True


@lru_cache(maxsize=4096)
def _may(body: tuple[Byte, ...], need: int) -> tuple[str, ...]:
    """The characters whose UTF-8 has these bytes, where some are lost."""
    whole: list[Byte] = [*body, *(_ANY for _ in range(need + 1 - len(body)))]
    choices = [[byte] if isinstance(byte, int) else sorted(byte) for byte in whole]
    return tuple(char for data in product(*choices) if (char := bytes(data).decode("utf-8", "ignore")))


@lru_cache(maxsize=4096)
def _fits(may: tuple[str, ...]) -> tuple[str, ...]:
    """The frequent characters among those that a lost one may be. A digit is never put in."""
    if len(may) <= 32 and set(may) & set("０１２３４５６７８９"):
        return ()
    ranks = common_hanzi()
    return tuple(sorted(char for char in may if char in ranks or char in _MARKS))


def _filled(pieces: list[_Piece], before: str, after: str, *, few: bool) -> list[_Piece]:
    """The likeliest character where bytes are lost, judged by what stands around it; U+FFFD where none is clearly it."""
    if not any(piece.may for piece in pieces):
        return pieces
    told = list[_Piece]()
    wide = any(piece.char in "０１２３４５６７８９" for piece in pieces)
    left = before[-REACH:]
    for index, piece in enumerate(pieces):
        fits = _fits(piece.may) if 0 < len(piece.may) <= (FEW if few else MANY) else ()
        if fits:
            behind = "".join(p.char for p in pieces[index + 1:index + 1 + REACH]) + after
            behind = behind.partition("\ufffd")[0][:REACH]
            texts = [(char, 0.0 if simple(char) == char else FOREIGN) for char in fits if not (wide and char in _MARKS)]
            found = choose(left, texts, behind)
            # Which of two marks it was matters less than that it was a mark; between digits it matters (3期140, 3—5).
            likely = found is not None and (found.clear or found.confidence > LIKELY
                                            or {found.text, found.runner_up} <= _MARKS.keys())
            between = left[-1:].isdigit() and behind[:1].isdigit()
            if found is not None and likely and not between and found.text not in NUMERALS:
                piece = piece._replace(char=found.text, sure=found.confidence, runner_up=found.runner_up)
            elif not between:
                piece = piece._replace(harmless=_harmless(left, texts, behind))
        told.append(piece)
        left = (left + piece.char)[-REACH:]
    return told


def _harmless(before: str, texts: list[tuple[str, float]], after: str) -> bool:
    """Whether what is lost was, by all that is likely there, no numeral and no word that says how a number is meant."""
    if after[:1].isdigit() and any(char in "降减少负低" for char, _ in texts):
        return False                                     # a sign is not left to what is likely
    scores = {char: likelihood(before + char + after) + prior for char, prior in texts}
    best = max(scores.values(), default=0.0)
    shares = {char: math.exp(score - best) for char, score in scores.items()}
    return sum(share for char, share in shares.items() if char in _OF_NUMBERS) < DOUBT * sum(shares.values())


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
