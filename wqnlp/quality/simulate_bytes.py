"""Damage done to the bytes: script, glosses beside and between GBK bytes, swallowed digits, wrong encodings.

The converter is modelled as it worked: the text as traditional GBK bytes; after every listed pair, at any
alignment, the reading in brackets; before rewritten full-width punctuation a byte that a broken character
eats; then decoding, where an impossible pair is shown as `?` and takes its second byte with it.
"""

from __future__ import annotations

import codecs
import random
from functools import cache
from typing import Any, NamedTuple

from wqnlp.quality.simulate_base import NUMBER, Change, Draft, Mapping, lost_lead_bounds, some
from wqnlp.repair.gbk_bytes import HALF, decode, encode, readings
from wqnlp.tables import table

PUNCTUATION = {0xA1, 0xAC, 0xBA, 0xBB, 0xBF}         # trail bytes of ！，：；？
MORE = 0.2                                           # share of other traditional characters that are glossed too


class Byte(NamedTuple):
    """A byte of the converted page and the character of the sound text it came from."""

    value: int
    owner: int


class Shown:
    """Characters as shown, with the stretch of them that each sound character became."""

    def __init__(self, size: int) -> None:
        self.parts: list[str] = []
        self.starts = [-1] * size
        self.ends = [-1] * size
        self.length = 0

    def put(self, text: str, owners: tuple[int, ...] = ()) -> None:
        for owner in owners:
            if self.starts[owner] < 0:
                self.starts[owner] = self.length
            self.ends[owner] = self.length + len(text)
        self.parts.append(text)
        self.length += len(text)

    def mapping(self) -> Mapping:
        at = 0
        for index, start in enumerate(self.starts):
            if start < 0:
                self.starts[index] = self.ends[index] = at
            at = self.ends[index]
        return Mapping(self.starts, self.ends)


@cache
def _traditional() -> Any:
    import opencc

    return opencc.OpenCC("s2tw")


def traditional(text: str) -> str:
    """A text in traditional characters, one for one.

    >>> traditional("妇女儿童合法权益")
    '婦女兒童合法權益'
    """
    lines = []
    for line in text.split("\n"):
        whole = str(_traditional().convert(line))
        lines.append(whole if len(whole) == len(line) else "".join(_traditional().convert(c)[:1] for c in line))
    return "\n".join(lines)


def listed(draw: random.Random, text: str) -> dict[str, str]:
    """Characters a converter glosses: those seen to be, and some others of the text, with their readings."""
    found = {entry[0]: entry[1:] for entry in table("pinyin/listed")["listed"].split()}
    for char in sorted(set(text)):
        if char not in found and readings(char) and draw.random() < MORE and encode(char) is not None:
            found[char] = readings(char)[0]
    return found


def to_traditional(draft: Draft, draw: random.Random) -> None:
    """婦女兒童."""
    after = traditional(draft.text)
    draft.apply(Change(i, i + 1, new) for i, (old, new) in enumerate(zip(draft.text, after, strict=True)) if old != new)


def gloss(draft: Draft, draw: random.Random) -> None:
    """聯(lián): the reading after each listed character."""
    before = draft.text
    to_traditional(draft, draw)
    names = listed(draw, _changed(before, draft.text))
    draft.apply(Change(i + 1, i + 1, f"({names[c]})") for i, c in enumerate(draft.text) if c in names)


def byte_gloss(draft: Draft, draw: random.Random) -> None:
    """層?jì)D聯(lián): glosses and punctuation by pairs of bytes, wherever characters begin."""
    before = draft.text
    to_traditional(draft, draw)
    names = listed(draw, _changed(before, draft.text))
    pairs = {encode(char): reading for char, reading in names.items()}
    _convert(draft, pairs, {}, half=draw.random() < 0.5)


def swallowed_digit(draft: Draft, draw: random.Random) -> None:
    """詢?nèi)罕?00: glosses whose broken run reaches the first digit of a figure and eats it."""
    to_traditional(draft, draw)
    raw = _bytes(draft.text)
    first = {owner: index for index, (_, owner) in reversed(list(enumerate(raw)))}
    places = []
    for row in draft.figures:
        if draft.cut(row)[:1].isdigit() and row.get("value") is not None and row["start"] in first:
            straddle = _straddle(raw, first[row["start"]])
            if straddle is not None:
                places.append(straddle)
    _convert(draft, {}, dict(some(draw, places, 0.35)), half=False)


def _changed(before: str, after: str) -> str:
    """The traditional characters that differ from their simplified ones."""
    return "".join(new for old, new in zip(before, after, strict=True) if old != new)


def _bytes(text: str) -> list[Byte]:
    found = []
    for owner, char in enumerate(text):
        # What GBK has no pair for was a numbered reference on such pages; it stays whole.
        found += [Byte(value, owner) for value in (encode(char) or b"\x00")]
    return found


def _straddle(raw: list[Byte], digit: int) -> tuple[int, str] | None:
    """A place before byte `digit` where a gloss breaks the text from there to the digit: (byte index, reading)."""
    for at in range(digit - 2, max(digit - 13, 1), -2):
        if any(byte.value < 0x81 for byte in raw[at - 1:digit]):
            return None
        char = decode(raw[at - 1].value, raw[at].value)
        if char and "\u4e00" <= char <= "\u9fff" and readings(char) and raw[at - 1].owner != raw[at].owner:
            return at, readings(char)[0]
    return None


def _convert(draft: Draft, pairs: dict[bytes | None, str], forced: dict[int, str], *, half: bool) -> None:
    """Run the converter over the draft: `pairs` to readings, and glosses `forced` after bytes of given index."""
    text, raw = draft.text, _bytes(draft.text)
    glosses = dict(forced)
    for at in range(1, len(raw)):
        reading = pairs.get(bytes((raw[at - 1].value, raw[at].value)))
        if reading and raw[at - 1].value > 0x80:
            glosses[at] = reading
    shown, at = Shown(len(text)), 0
    eaten: list[int] = []
    while at < len(raw):
        at = _show(text, raw, at, glosses, shown, eaten, half)
    lost = [row for row in draft.figures if row["start"] in set(eaten) and draft.cut(row)[:1].isdigit()]
    bounds = [(row, lost_lead_bounds(row, number[0])) for row in lost if (number := NUMBER.match(draft.cut(row)))]
    draft.replace("".join(shown.parts), shown.mapping())
    for row, (low, high) in bounds:
        draft.unreadable(row, "damaged", low, high)


def _show(text: str, raw: list[Byte], at: int, glosses: dict[int, str], shown: Shown, eaten: list[int],
          half: bool) -> int:
    """Decode from byte `at`: one character, or what is shown for a broken one. The byte to go on from."""
    value, owner = raw[at]
    if value < 0x81:
        shown.put("€" if value == 0x80 else chr(value) if value else text[owner], (owner,))
        return _after(at, glosses, shown)
    if at in glosses:                                # the byte takes the opening bracket with it
        shown.put("?", (owner,))
        shown.put(glosses[at] + ")")
        return at + 1
    if at + 1 >= len(raw):
        shown.put("?", (owner,))
        return at + 1
    second = raw[at + 1]
    # Before punctuation it rewrites the converter puts a byte, which a broken character takes with it.
    if second.value == 0xA3 and at + 2 < len(raw) and raw[at + 2].value in PUNCTUATION:
        shown.put("?", (owner,))
        return at + 1
    if second.value < 0x40 or second.value in (0x7F, 0xFF):
        eaten.append(second.owner)
        shown.put("?", (owner, second.owner))
        if text[second.owner] == "\n":               # a paragraph ended in a tag, which lost its bracket
            shown.put("/P>\n", (second.owner,))
        return _after(at + 1, glosses, shown)
    char = decode(value, second.value)
    if char is None:
        char = ""                                    # pairs without a character vanish from web pages
    if value == 0xA3 and half:
        char = {trail: plain for plain, trail in HALF.items()}.get(second.value, char)
    shown.put(char, (owner, second.owner))
    return _after(at + 1, glosses, shown)


def _after(at: int, glosses: dict[int, str], shown: Shown) -> int:
    if at in glosses:
        shown.put(f"({glosses[at]})")
    return at + 1


def misread(draft: Draft, written: str, read: str) -> None:
    """The text written in one encoding and read in another; what fits no character is U+FFFD."""
    shown = Shown(len(draft.text))
    waiting: list[int] = []
    decoder = codecs.getincrementaldecoder(read)("replace")
    for owner, char in enumerate(draft.text):
        for value in char.encode(written):
            waiting.append(owner)
            got = decoder.decode(bytes((value,)))
            if got:
                shown.put(got, tuple(dict.fromkeys(waiting)))
                waiting.clear()
    rest = decoder.decode(b"", final=True)
    shown.put(rest, tuple(dict.fromkeys(waiting)))
    draft.replace("".join(shown.parts), shown.mapping())


def mojibake_gbk(draft: Draft, draw: random.Random) -> None:
    """濡囪仈: UTF-8 read as GBK."""
    misread(draft, "utf-8", "gb18030")


def mojibake_latin1(draft: Draft, draw: random.Random) -> None:
    """å¦‡è: UTF-8 read as Latin-1."""
    misread(draft, "utf-8", "latin-1")


def replacement(draft: Draft, draw: random.Random) -> None:
    """GB18030 read as UTF-8; digits are what is left."""
    misread(draft, "gb18030", "utf-8")
