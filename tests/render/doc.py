"""Binary Word files, written by hand after [MS-DOC] and [MS-CFB]: paragraphs, lists that Word counts, tables, a fast save."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from render.base import File, Gold, Part, numbered, split_numbers, wrong

SECTOR, CUTOFF, PAGE = 512, 4096, 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
TEXT = 0x400                                        # where the first character stands
STYLES, SECTIONS, CHARACTERS, PARAGRAPHS, FONTS, SETTINGS, PIECES, LISTS, USED = 1, 6, 12, 13, 15, 31, 33, 73, 74
DELETED, HIDDEN, BOLD = (struct.pack("<HB", code, 1) for code in (0x0800, 0x083C, 0x0835))
IN_TABLE, ROW_END = struct.pack("<HB", 0x2416, 1), struct.pack("<HB", 0x2417, 1)
LIST, LEVEL = 0x460B, 0x260A
FORMATS = ((37, "\0、"), (37, "（\1）"), (0, "\2．"))     # 一、 （一） 1．


@dataclass
class _Paragraph:
    """A paragraph, a cell or the end of a row: runs of characters with their formats, its mark, its own format."""

    runs: list[tuple[str, bytes]]
    mark: str = "\r"
    said: bytes = b""
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.text = "".join(run for run, _ in self.runs) + self.mark


def plain(gold: Gold) -> list[File]:
    """Paragraphs and tables, one piece, no formats but those of tables."""
    made = [one for part in gold.parts() for one in (_table(part) if part.rows else [_Paragraph([(part.text, b"")])])]
    return [File(f"{gold.name}.doc", _container(*_streams(made)))]


def awkward(gold: Gold) -> list[File]:
    """Numbers that Word counts, numbers split into runs, deleted and hidden text; saved fast: its pieces out of order, some of one
    byte a character."""
    made, hurt = list[_Paragraph](), False
    for part, mark in numbered(gold.parts()):
        if part.rows:
            made += _table(part)
            continue
        runs = [(piece, BOLD if at % 2 else b"") for at, piece in enumerate(split_numbers(part.text[len(mark):], gold.dice))]
        if part.kind == "body" and len(runs) > 2 and not hurt:
            hurt = True
            runs[1:1] = [(wrong("186") + "件", DELETED), (wrong("52") + "人次", HIDDEN)]
        said = struct.pack("<HBHh", LEVEL, part.level - 1, LIST, 1) if mark else b""
        made.append(_Paragraph(runs, said=said))
    third = next((mark[-1] for part, mark in numbered(gold.parts()) if part.level == 3 and mark), "．")
    return [File(f"{gold.name}.doc", _container(*_streams(made, third, fast=True)))]


def _table(part: Part) -> Iterator[_Paragraph]:
    wide = max(map(len, part.rows))
    edges = struct.pack(f"<{wide + 1}h", *(1200 * at for at in range(wide + 1)))
    drawn = bytes([wide]) + edges + bytes(20 * wide)
    row_end = IN_TABLE + ROW_END + struct.pack("<HH", 0xD608, len(drawn) + 1) + drawn
    for row in part.rows:
        for cell in (*row, *[""] * (wide - len(row))):
            yield _Paragraph([(cell, b"")], "\x07", IN_TABLE)
        yield _Paragraph([], "\x07", row_end)


def _streams(paragraphs: list[_Paragraph], third: str = "．", *, fast: bool = False) -> tuple[bytes, bytes]:
    """The stream of characters with the head that says where all stands, and the stream of tables."""
    if not paragraphs[-1].text.endswith("\r"):
        paragraphs = [*paragraphs, _Paragraph([])]              # a document ends with a paragraph
    main, pieces, places = _characters(paragraphs, fast)
    runs, whole = [], []
    for place, wide, paragraph in places:
        at = place
        for text, said in [*paragraph.runs, (paragraph.mark, b"")]:
            runs.append((at, at + wide * len(text), said))
            at += wide * len(text)
        whole.append((place, at, bytes(2) + paragraph.said))
    main += bytes(-len(main) % PAGE)
    side, where = bytearray(), {}

    def put(part: int, data: bytes) -> None:
        where[part] = (len(side), len(data))
        side.extend(data)

    count = sum(len(paragraph.text) for paragraph in paragraphs)
    for part, rows, paragraph in ((CHARACTERS, runs, False), (PARAGRAPHS, whole, True)):
        pages = list(_pages(sorted(rows), paragraph))
        edges = [start for start, _ in pages] + [max(end for _, end, _ in rows)]
        first = len(main) // PAGE
        put(part, struct.pack(f"<{len(edges) + len(pages)}I", *edges, *range(first, first + len(pages))))
        for _, page in pages:
            main += page
    put(STYLES, _styles())
    put(SECTIONS, struct.pack("<IIhIhI", 0, count, 0, FREE, 0, 0))
    put(FONTS, struct.pack("<HH", 1, 0) + _font("宋体"))
    put(SETTINGS, bytes(500))
    put(PIECES, b"\2" + struct.pack("<I", len(pieces)) + pieces)
    put(LISTS, struct.pack("<H", 1) + struct.pack("<ii9HBB", 77, 0x0409, *[0xFFF] * 9, 0, 0))
    side.extend(b"".join(_level(level, third) for level in range(9)))        # they follow, and are not counted
    put(USED, struct.pack("<I", 1) + struct.pack("<i8xBBBB", 77, 0, 0, 0, 0) + struct.pack("<I", FREE))
    return _head(len(main), count, where) + main[TEXT:], bytes(side)


def _characters(paragraphs: list[_Paragraph], fast: bool) -> tuple[bytes, bytes, list[tuple[int, int, _Paragraph]]]:
    """The bytes of the text behind the head, the table of its pieces, and where each paragraph stands and how wide it is."""
    main, rows, edges, places, at = bytes(TEXT), [], [0], [], 0
    groups = [paragraphs[n:n + 3] for n in range(0, len(paragraphs), 3)] if fast else [paragraphs]
    sizes = [sum(len(one.text) for one in group) for group in groups]
    held: dict[int, tuple[int, bool]] = {}
    for number in reversed(range(len(groups))) if fast else [0]:
        text = "".join(one.text for one in groups[number])
        narrow = fast and text.isascii()
        held[number] = (len(main), narrow)
        place = len(main)
        for one in groups[number]:
            places.append((place, 1 if narrow else 2, one))
            place += len(one.text) * (1 if narrow else 2)
        main += text.encode("latin-1" if narrow else "utf-16-le")
    for number, size in enumerate(sizes):
        place, narrow = held[number]
        rows.append(struct.pack("<HIH", 0, place * 2 | 0x40000000 if narrow else place, 0))
        at += size
        edges.append(at)
    return main, struct.pack(f"<{len(edges)}I", *edges) + b"".join(rows), places


def _pages(rows: list[tuple[int, int, bytes]], paragraph: bool) -> Iterator[tuple[int, bytes]]:
    """Pages of formats ([MS-DOC] ChpxFkp, PapxFkp), each with the first byte of text that it is for."""
    each = 13 if paragraph else 1
    page: list[tuple[int, int, bytes]] = []
    used = 0
    for start, end, said in [(*row[:2], _property(row[2], paragraph)) for row in rows if row[0] < row[1]]:
        if page and 4 * (len(page) + 2) + each * (len(page) + 1) + used + len(said) + 2 > PAGE - 1:
            yield page[0][0], _page(page, each)
            page, used = [], 0
        page.append((start, end, said))
        used += len(said) + len(said) % 2
    if page:
        yield page[0][0], _page(page, each)


def _property(said: bytes, paragraph: bool) -> bytes:
    if not paragraph:
        return bytes([len(said)]) + said if said else b""
    return bytes([(len(said) + 1) // 2]) + said if len(said) % 2 else b"\0" + bytes([len(said) // 2]) + said


def _page(page: list[tuple[int, int, bytes]], each: int) -> bytes:
    made = bytearray(PAGE)
    struct.pack_into(f"<{len(page) + 1}I", made, 0, *(start for start, _, _ in page), page[-1][1])
    end = PAGE - 1
    for number, (_, _, said) in enumerate(page):
        if said:
            end = (end - len(said)) // 2 * 2
            made[end:end + len(said)] = said
            made[4 * (len(page) + 1) + each * number] = end // 2
    made[-1] = len(page)
    return bytes(made)


def _head(size: int, count: int, where: dict[int, tuple[int, int]]) -> bytes:
    """The file information block of Word 97."""
    head = bytearray(TEXT)
    struct.pack_into("<HHHHHHHIBBHHII", head, 0, 0xA5EC, 0xC1, 0, 0x0804, 0, 0x1200, 0xBF, 0, 0, 0, 0, 0, TEXT, size)
    struct.pack_into("<H", head, 0x20, 14)
    struct.pack_into("<H", head, 0x3E, 22)
    struct.pack_into("<I", head, 0x40, size)
    struct.pack_into("<I", head, 0x4C, count)
    struct.pack_into("<H", head, 0x98, 93)
    for part, (start, length) in where.items():
        struct.pack_into("<II", head, 0x9A + 8 * part, start, length)
    return bytes(head)


def _styles() -> bytes:
    """A sheet with the one style that a document must have."""
    name = "Normal"
    normal = struct.pack("<HHHHH", 0, 0xFFF1, 2, 0, 0) + struct.pack("<H", len(name)) + name.encode("utf-16-le") + bytes(2)
    normal += struct.pack("<HH", 2, 0) + struct.pack("<H", 0)
    sheet = struct.pack("<HHHHHHHHH", 15, 10, 1, 91, 15, 0, 0, 0, 0)
    return struct.pack("<H", len(sheet)) + sheet + struct.pack("<H", len(normal)) + normal + bytes(2 * 14)


def _font(name: str) -> bytes:
    body = struct.pack("<BhBB", 0x06, 400, 134, 0) + bytes(34) + (name + "\0").encode("utf-16-le")
    return bytes([len(body)]) + body


def _level(level: int, third: str) -> bytes:
    code, text = FORMATS[min(level, 2)]
    text = (text[:-1] + third if level == 2 else text) if level < 3 else chr(level) + "."
    marks = bytes([text.index(chr(level)) + 1, *[0] * 8])
    return struct.pack("<iBB9sBiiBBBB", 1, code, 0, marks, 2, 0, 0, 0, 0, 0, 0) + struct.pack("<H", len(text)) + text.encode("utf-16-le")


def _container(main: bytes, side: bytes) -> bytes:
    """A compound file of two streams, each large enough to stand in sectors of its own."""
    streams = [data + bytes(max(CUTOFF - len(data), 0)) for data in (main, side)]
    padded = [data + bytes(-len(data) % SECTOR) for data in streams]
    counts = [1, *(len(data) // SECTOR for data in padded)]                  # the folder stands first
    tables = 1
    while tables * SECTOR // 4 < tables + sum(counts):
        tables += 1
    chain, starts = [FAT] * tables, []
    for count in counts:
        starts.append(len(chain))
        chain += [*range(len(chain) + 1, len(chain) + count), END]
    chain += [FREE] * (tables * SECTOR // 4 - len(chain))
    head = struct.pack("<8s16xHHHHH6xIIIIIIIII", bytes.fromhex("d0cf11e0a1b11ae1"), 0x3E, 3, 0xFFFE, 9, 6, 0, tables, starts[0], 0,
                       CUTOFF, END, 0, END, 0)
    head += struct.pack("<109I", *range(tables), *[FREE] * (109 - tables))
    folder = _entry("Root Entry", 5, 1, END, 0) + _entry("WordDocument", 2, FREE, starts[1], len(streams[0]), left=2) + \
        _entry("1Table", 2, FREE, starts[2], len(streams[1])) + _entry("", 0, FREE, 0, 0)
    return head + struct.pack(f"<{len(chain)}I", *chain) + folder + b"".join(padded)


def _entry(name: str, kind: int, child: int, start: int, size: int, left: int = FREE) -> bytes:
    coded = (name + "\0").encode("utf-16-le") if name else b""
    return struct.pack("<64sHBBIII16sI8s8sIQ", coded, len(coded), kind, 1, left, FREE, child, b"", 0, b"", b"", start, size)
