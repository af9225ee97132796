"""The structures of a binary Word file (Word 97 to 2003, WPS) that its text needs, after [MS-DOC].

olefile opens the container. What is here reads tables of positions: which bytes are characters, which characters are
hidden or deleted, which paragraphs end a row or have a number.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from wqnlp.source.listing import Level, format_of_code

PAGE = 512
MOST = 500_000                  # runs or paragraphs of one file

# Modifiers of properties ("sprm") by their number in the file.
DELETED, HIDDEN, STRUCK, STRUCK_TWICE, SYMBOL = 0x0800, 0x083C, 0x0837, 0x2A53, 0x6A09
IN_TABLE, ROW_END, DEPTH, INNER_CELL, INNER_ROW = 0x2416, 0x2417, 0x6649, 0x244B, 0x244C
LIST_LEVEL, LIST, TABLE, VERTICAL = 0x260A, 0x460B, 0xD608, 0xD62B
_HUGE, _ELSEWHERE = 0x6646, 0x646B
_TABS = 0xC615
_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}


class Run(NamedTuple):
    """Bytes `start` to `end` of the main stream that are formatted alike, and how: modifiers by number."""

    start: int
    end: int
    style: int
    said: dict[int, bytes]


@dataclass(slots=True)
class Binary:
    """A document's main stream, its table stream and its stream of data, and what they say of each other."""

    main: bytes
    side: bytes
    data: bytes
    pieces: list[tuple[int, int, int, bool]] = field(default_factory=list)     # first character, last, byte, one byte each

    def u16(self, at: int) -> int:
        """A number of two bytes of the main stream."""
        return int(struct.unpack_from("<H", self.main, at)[0])

    def u32(self, at: int) -> int:
        """A number of four bytes of the main stream."""
        return int(struct.unpack_from("<I", self.main, at)[0])

    def part(self, index: int) -> tuple[int, int]:
        """Where a part of the table stream stands: its start and its length. `index` is its place in the header."""
        return self.u32(0x9A + 8 * index), self.u32(0x9E + 8 * index)

    def positions(self, index: int, size: int) -> tuple[list[int], list[bytes]]:
        """A table of positions with `size` bytes for each but the last."""
        start, length = self.part(index)
        return plc(self.side[start:start + length], size) if length else ([], [])

    def read_pieces(self) -> None:
        """Which bytes hold which characters."""
        start, length = self.part(33)
        clx, at = self.side[start:start + length], 0
        while at < len(clx) and clx[at] == 1:
            at += 3 + int(struct.unpack_from("<H", clx, at + 1)[0])
        if at >= len(clx) or clx[at] != 2:
            raise ValueError("it has no table of its pieces")
        size = int(struct.unpack_from("<I", clx, at + 1)[0])
        firsts, rows = plc(clx[at + 5:at + 5 + size], 8)
        for first, last, row in zip(firsts, firsts[1:], rows, strict=False):
            place = int(struct.unpack_from("<I", row, 2)[0])
            narrow = bool(place & 0x40000000)
            place = (place & 0x3FFFFFFF) // 2 if narrow else place & 0x3FFFFFFF
            if last < first or place + (last - first) * (1 if narrow else 2) > len(self.main):
                raise ValueError("a piece stands outside the file")
            self.pieces.append((first, last, place, narrow))
        if self.pieces and self.pieces[-1][1] > len(self.main):
            raise ValueError("it says it has more characters than bytes")

    def text(self) -> str:
        """All characters, those of notes and boxes after those of the body; one UTF-16 unit is one character."""
        made = []
        for first, last, place, narrow in self.pieces:
            if narrow:
                raw = self.main[place:place + last - first]
                made.append("".join(bytes([byte]).decode("cp1252", "replace") if 0x80 <= byte < 0xA0 else chr(byte) for byte in raw))
            else:
                raw = self.main[place:place + 2 * (last - first)]
                made.append("".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw))))
        return "".join(made)

    def runs(self, index: int, paragraphs: bool) -> list[Run]:
        """All runs of characters, or all paragraphs, in the order of their bytes."""
        found: list[Run] = []
        _, pages = self.positions(index, 4)
        for row in pages:
            start = (int(struct.unpack("<I", row)[0]) & 0x3FFFFF) * PAGE
            page = self.main[start:start + PAGE]
            if len(page) < PAGE:
                raise ValueError("a page of formats stands outside the file")
            found += self._page(page, paragraphs)
            if len(found) > MOST:
                raise ValueError("it has more formats than characters")
        return sorted(found, key=lambda run: run.start)

    def _page(self, page: bytes, paragraphs: bool) -> Iterator[Run]:
        count = page[PAGE - 1]
        if 4 * (count + 1) + count * (13 if paragraphs else 1) > PAGE - 1:
            raise ValueError("a page of formats holds more than fits")
        edges = struct.unpack_from(f"<{count + 1}I", page)
        for number in range(count):
            at = 2 * page[4 * (count + 1) + number * (13 if paragraphs else 1)]
            style, said = 0, b""
            if at and not paragraphs:
                said = page[at + 1:at + 1 + page[at]]
            elif at:
                size = 2 * page[at] - 1 if page[at] else 2 * page[at + 1]
                body = page[at + 1:at + 1 + size] if page[at] else page[at + 2:at + 2 + size]
                style, said = int.from_bytes(body[:2], "little"), body[2:]
            yield Run(edges[number], edges[number + 1], style, self.modifiers(said))

    def modifiers(self, said: bytes, inner: bool = False) -> dict[int, bytes]:
        """What a list of modifiers sets, with those that are kept in the stream of data."""
        found: dict[int, bytes] = {}
        at = 0
        while at + 2 < len(said):
            key = int.from_bytes(said[at:at + 2], "little")
            at += 2
            size = _SIZES.get(key >> 13, 0)
            if key >> 13 == 6:
                size = said[at] + 1
                if key == TABLE:
                    size = int.from_bytes(said[at:at + 2], "little") + 1
                elif key == _TABS and said[at] == 255:
                    return found                    # its length is counted otherwise; nothing of ours follows
            found[key] = (found.get(key, b"") if key == VERTICAL else b"") + said[at:at + size]
            at += size
            if key in (_HUGE, _ELSEWHERE) and not inner:
                place = int.from_bytes(found[key], "little")
                length = int.from_bytes(self.data[place:place + 2], "little")
                found.update(self.modifiers(self.data[place + 2:place + 2 + length], inner=True))
        return found

    def byte_of(self, character: int) -> int:
        """The byte of the main stream at which a character stands."""
        index = bisect_right(self.pieces, character, key=lambda piece: piece[0]) - 1
        first, _, place, narrow = self.pieces[max(index, 0)]
        return place + (character - first) * (1 if narrow else 2)


def plc(raw: bytes, size: int) -> tuple[list[int], list[bytes]]:
    """A table of n + 1 positions and n rows of `size` bytes."""
    count = (len(raw) - 4) // (4 + size)
    if count < 1:
        return [], []
    rows = 4 * (count + 1)
    return (list(struct.unpack_from(f"<{count + 1}I", raw)),
            [raw[rows + size * i:rows + size * (i + 1)] for i in range(count)])


def run_at(runs: list[Run], place: int) -> Run | None:
    """The run that holds a byte."""
    index = bisect_right(runs, place, key=lambda run: run.start) - 1
    return runs[index] if index >= 0 and runs[index].start <= place < runs[index].end else None


class ListOf(NamedTuple):
    """A list as a paragraph names it: the key under which it counts, its levels, and where it starts anew."""

    key: str
    levels: dict[int, Level]
    starts: dict[int, int]


def lists(binary: Binary) -> list[ListOf]:
    """The lists that paragraphs name, in order: the first is number 1."""
    start, length = binary.part(73)
    if not length:
        return []
    side = binary.side
    count = int(struct.unpack_from("<H", side, start)[0])
    at, known = start + length, {}
    for number in range(count):
        row = start + 2 + 28 * number
        key = int(struct.unpack_from("<I", side, row)[0])
        levels = {}
        for level in range(1 if side[row + 26] & 1 else 9):
            levels[level], at = _level(side, at)
        known[key] = levels
    start, length = binary.part(74)
    if not length:
        return []
    named = int(struct.unpack_from("<I", side, start)[0])
    made, at = [], start + 4 + 16 * named
    for number in range(min(named, 4000)):
        row = start + 4 + 16 * number
        key, changed = int(struct.unpack_from("<I", side, row)[0]), side[row + 12]
        levels, starts = dict(known.get(key, {})), {}
        at += 4
        for _ in range(changed):
            first, flags = struct.unpack_from("<iI", side, at)
            at += 8
            if flags & 0x20:
                levels[flags & 15], at = _level(side, at)
            if flags & 0x10:
                starts[flags & 15] = levels[flags & 15].start if flags & 0x20 and flags & 15 in levels else first
        made.append(ListOf(str(key), levels, starts))
    return made


def _level(side: bytes, at: int) -> tuple[Level, int]:
    """One level of a list, and where the next thing stands."""
    start, code, flags = struct.unpack_from("<iBB", side, at)
    follows, characters, paragraph = side[at + 15], side[at + 24], side[at + 25]
    restart = side[at + 26] if flags & 8 else None
    at += 28 + characters + paragraph
    size = int(struct.unpack_from("<H", side, at)[0])
    raw = side[at + 2:at + 2 + 2 * size]
    text = "".join(f"%{ord(char) + 1}" if ord(char) < 9 else char for char in raw.decode("utf-16-le", "replace"))
    return Level(format_of_code(code), text, start, follows != 2, restart, bool(flags & 4)), at + 2 + 2 * size


def style_lists(binary: Binary) -> dict[int, dict[int, bytes]]:
    """What each paragraph style says of lists, with what it takes from the style it is based on."""
    start, length = binary.part(1)
    sheet = binary.side[start:start + length]
    if len(sheet) < 6:
        return {}
    head, count, base = struct.unpack_from("<HHH", sheet)
    at, own, parents = 2 + head, {}, {}
    for number in range(count):
        size = int.from_bytes(sheet[at:at + 2], "little")
        std, at = sheet[at + 2:at + 2 + size], at + 2 + size
        if len(std) < 10 or std[2] & 15 != 1:
            continue
        parents[number] = int.from_bytes(std[2:4], "little") >> 4
        name = int.from_bytes(std[base:base + 2], "little")
        upx = base + 2 + 2 * name + 2
        upx += upx % 2
        body = std[upx + 2:upx + 2 + int.from_bytes(std[upx:upx + 2], "little")]
        own[number] = {key: said for key, said in binary.modifiers(body[2:]).items() if key in (LIST, LIST_LEVEL)}
    made = {}
    for number in own:
        chain, at = [], number
        while at in own and at not in chain:
            chain.append(at)
            at = parents[at]
        made[number] = {key: said for style in reversed(chain) for key, said in own[style].items()}
    return made
