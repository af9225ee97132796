"""Binary Word files (.doc of Word 97 to 2003, .wps of WPS), read as they show: no field codes, no deleted or hidden text.

`legacy-doc` and `antiword` give such files' characters; both leave in what is deleted, hidden, a head or a foot of
pages, and lose the cells, so that a figure could come from what nobody sees. The container is opened by olefile.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from itertools import pairwise

from wqnlp.errors import Unreadable
from wqnlp.source.base import Content
from wqnlp.source.docbin import (
    DELETED,
    DEPTH,
    HIDDEN,
    IN_TABLE,
    INNER_CELL,
    INNER_ROW,
    LIST,
    LIST_LEVEL,
    ROW_END,
    STRUCK,
    STRUCK_TWICE,
    SYMBOL,
    TABLE,
    VERTICAL,
    Binary,
    Run,
    lists,
    run_at,
    style_lists,
)
from wqnlp.source.docx import content
from wqnlp.source.fields import Fields, symbol
from wqnlp.source.flow import Block
from wqnlp.source.listing import Counts
from wqnlp.source.package import AGAIN, Limits
from wqnlp.source.rows import Rows, Shape

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_PASSWORD = "open it with its password and save a copy without one, as .docx"
_OTHERS = (("Workbook", "an Excel workbook"), ("Book", "an Excel workbook"), ("PowerPoint Document", "a PowerPoint presentation"),
           ("CONTENTS", "a document of Microsoft Works"), ("MatOST", "a document of Microsoft Works"),
           ("__properties_version1.0", "an Outlook message"))
_SIGNS = {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\t": "\t"}
_NOTE, _PICTURE = "\x02", "\x01\x08\x05\x03\x04"


class DocReader:
    """Binary Word files."""

    name = "doc"
    suffixes: tuple[str, ...] = (".doc", ".dot", ".wps", ".wpt")

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def sniff(self, head: bytes) -> bool:
        """An OLE container; whether Word is in it shows when it is opened.

        >>> DocReader().sniff(bytes.fromhex("d0cf11e0a1b11ae1"))
        True
        """
        return head.startswith(MAGIC)

    def read(self, path: str, data: bytes) -> Content:
        """Body, notes and boxes of a Word file. Raises `Unreadable` E13, E14, E05 for other documents, E03 without text."""
        binary = _opened(path, data)
        try:
            binary.read_pieces()
            walk = _Walk(path, binary, self.limits)
            blocks = list(walk.blocks())
        except (ValueError, IndexError, struct.error, OverflowError, KeyError) as error:
            raise Unreadable("E13", path, f"the Word document is broken ({error})", AGAIN) from error
        return content(path, blocks, "doc", "Word document, binary" + walk.unnumbered)


def _opened(path: str, data: bytes) -> Binary:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            names = {"/".join(entry).casefold(): entry for entry in ole.listdir()}

            def stream(name: str) -> bytes:
                return bytes(ole.openstream(names[name.casefold()]).read()) if name.casefold() in names else b""

            if "encryptedpackage" in names:
                raise Unreadable("E13", path, "the document is encrypted", _NO_PASSWORD)
            main = stream("WordDocument")
            for part, kind in () if main else _OTHERS:
                if part.casefold() in {name.partition("/")[0] for name in names}:
                    raise Unreadable("E05", path, f"it is {kind}, not text",
                                     "save it as .xlsx or CSV" if "Excel" in kind else "save it as .docx or text")
            _check(path, main)
            return Binary(main, stream("1Table" if main[0x0B] & 2 else "0Table"), stream("Data"))
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, OverflowError, MemoryError,
            RecursionError) as error:
        # olefile lets these out on a damaged container.
        raise Unreadable("E13", path, f"the document is broken or cut short ({type(error).__name__})", AGAIN) from error


def _check(path: str, main: bytes) -> None:
    if len(main) < 0x2F0:
        raise Unreadable("E13", path, "the container holds no Word document", AGAIN)
    magic, version = struct.unpack_from("<HH", main)
    if magic not in (0xA5EC, 0xA5DC) or version < 0xC0:
        raise Unreadable("E13", path, f"it was written by Word 95 or older (format {version})",
                         "open it in Word or LibreOffice and save it as .docx")
    if main[0x0B] & 1:
        raise Unreadable("E13", path, "the document is encrypted", _NO_PASSWORD)


class _Walk:
    def __init__(self, path: str, binary: Binary, limits: Limits) -> None:
        self._path, self._binary, self._limits = path, binary, limits
        self._text = binary.text()
        self._runs = binary.runs(12, paragraphs=False)
        self._paragraphs = binary.runs(13, paragraphs=True)
        self._counts, self.unnumbered = Counts(), ""
        try:
            self._lists, self._styles = lists(binary), style_lists(binary)
        except (IndexError, struct.error, OverflowError) as error:      # the text is worth more than its numbers
            self._lists, self._styles, self.unnumbered = [], {}, f"; its lists are broken ({error}) and have no numbers"
        self._begun: set[tuple[int, int]] = set()
        sizes = [binary.u32(at) for at in (0x4C, 0x50, 0x54, 0x58, 0x5C, 0x60, 0x64)]
        body, feet, heads, macros, remarks, ends, boxes = sizes
        self._body = body
        self._feet = self._subtexts(body, feet, 3)
        self._ends = self._subtexts(body + feet + heads + macros + remarks, ends, 47)
        self._boxes = self._box_texts(body + feet + heads + macros + remarks + ends, boxes)
        self._drawn, self._shown = self._anchors(), set[int]()
        self._asked: dict[int, tuple[str, int]] = {}
        for kind, index in (("fn", 2), ("en", 46)):
            for number, place in enumerate(binary.positions(index, 2)[0][:-1]):
                self._asked[place] = (kind, number)

    def blocks(self) -> Iterator[Block]:
        """The body with its boxes and notes, then the boxes of which nothing says where they are anchored."""
        yield from self._story(0, min(self._body, len(self._text)), "p")
        for number in range(len(self._boxes)):
            yield from self._box(number)

    def _anchors(self) -> dict[int, list[int]]:
        """The boxes anchored at a character: the drawing that stands there and the text of the box name one shape."""
        places, drawings = self._binary.positions(40, 26)
        named = dict(zip((drawing[:4] for drawing in drawings), places, strict=False))
        anchored: dict[int, list[int]] = {}
        for number, (_, _, shape) in enumerate(self._boxes):
            if shape in named:
                anchored.setdefault(named[shape], []).append(number)
        return anchored

    def _box(self, number: int) -> list[Block]:
        start, end, _ = self._boxes[number]
        if number in self._shown or not self._text[start:end].strip("\r "):
            return []
        self._shown.add(number)
        return [block for block in self._story(start, end, f"tb{len(self._shown)}p") if block.text.strip()]

    def _box_texts(self, start: int, length: int) -> list[tuple[int, int, bytes]]:
        """Where the text of each box stands, and the shape that it is drawn in."""
        edges, rows = self._binary.positions(56, 22) if length else ([], [])
        places = pairwise(start + min(edge, length) for edge in edges)
        return [(a, b, row[14:18]) for (a, b), row in zip(places, rows, strict=False) if a < b]

    def _subtexts(self, start: int, length: int, index: int) -> list[tuple[int, int]]:
        """Where each note stands in the text."""
        edges = [start + min(edge, length) for edge in self._edges(index)] if length else []
        return [(a, b) for a, b in pairwise(edges) if a < b]

    def _edges(self, index: int) -> list[int]:
        start, length = self._binary.part(index)
        raw = self._binary.side[start:start + length]
        return list(struct.unpack_from(f"<{len(raw) // 4}I", raw))

    def _story(self, start: int, end: int, prefix: str) -> list[Block]:
        rows = Rows(self._path, self._limits, prefix)
        fields, made, notes = Fields(self._whole(start, end)), list[str](), list[Block]()
        for at in range(start, end):
            char = self._text[at]
            if prefix == "p":
                notes += [block for number in self._drawn.get(at, ()) for block in self._box(number)]
            if char in "\r\x07\x0c":
                place = self._binary.byte_of(at)
                mark, run = run_at(self._paragraphs, place), run_at(self._runs, place)
                gone = run is not None and (_on(run.said, DELETED) or _on(run.said, HIDDEN))
                if gone and char == "\r" and at + 1 < end:
                    continue                            # the mark is deleted: the next paragraph belongs to this one
                muted = fields.muted and not made
                fields.paragraph_ends()
                if muted and char == "\r":
                    continue
                self._ends_here(rows, char, self._label(mark) + _joined(made), mark)
                made = []
                if not rows.level:
                    for block in notes:
                        rows.block(block)
                    notes = []
            elif char == _NOTE and prefix == "p" and at in self._asked:
                notes += self._note(*self._asked[at])
            else:
                self._character(at, char, fields, made)
        if made:
            rows.paragraph(_joined(made), 0)
        return [*rows.blocks(), *notes]

    def _character(self, at: int, char: str, fields: Fields, made: list[str]) -> None:
        if char == "\x13":
            fields.begin()
        elif char == "\x14":
            fields.separate()
        elif char == "\x15":
            made.append(fields.end())
        elif char >= " " or char in _SIGNS:
            run = run_at(self._runs, self._binary.byte_of(at))
            said = run.said if run is not None else {}
            if _on(said, DELETED) or _on(said, STRUCK) or _on(said, STRUCK_TWICE):
                return
            if fields.muted:
                fields.instruct(char)
            elif not _on(said, HIDDEN):
                made.append(_sign(said[SYMBOL]) if char == "(" and SYMBOL in said else _SIGNS.get(char, char))

    def _whole(self, start: int, end: int) -> bool:
        text = self._text[start:end]
        return text.count("\x13") == text.count("\x15")

    def _note(self, kind: str, number: int) -> list[Block]:
        where = self._feet if kind == "fn" else self._ends
        if number >= len(where):
            return []
        return [block for block in self._story(*where[number], f"{kind}{number + 1}") if block.text.strip()]

    def _ends_here(self, rows: Rows, char: str, text: str, mark: Run | None) -> None:
        """A paragraph, a cell or a row ends."""
        said = mark.said if mark is not None else {}
        depth = int.from_bytes(said.get(DEPTH, b""), "little", signed=True)
        level = max(depth, int(_on(said, IN_TABLE)), 0)
        if level and (_on(said, ROW_END) or _on(said, INNER_ROW)):
            rows.row(level, _shapes(said))
        elif char == "\x07" or (level > 1 and _on(said, INNER_CELL)):
            rows.cell(text, max(level, 1))
        elif char != "\x0c" or text:
            rows.paragraph(text, level)

    def _label(self, mark: Run | None) -> str:
        """The number that Word writes before the paragraph."""
        if mark is None or _on(mark.said, ROW_END) or _on(mark.said, INNER_ROW):
            return ""
        said = {**self._styles.get(mark.style, {}), **mark.said}
        number = int.from_bytes(said.get(LIST, b""), "little")
        level = said.get(LIST_LEVEL, b"\0")[0]
        if not 0 < number <= len(self._lists):
            return ""
        used = self._lists[number - 1]
        if level in used.starts and (number, level) not in self._begun:
            self._begun.add((number, level))
            self._counts.set(used.key, level, used.starts[level])
        return self._counts.label(used.key, used.levels, level)


def _on(said: dict[int, bytes], key: int) -> bool:
    return said.get(key, b"")[:1] not in (b"", b"\0", b"\x80")


def _joined(made: list[str]) -> str:
    """Characters as a text: pairs of halves beyond the basic plane are made one."""
    return "".join(made).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _sign(said: bytes) -> str:
    code = int.from_bytes(said[2:4], "little")
    return symbol("wingdings" if 0xF000 <= code < 0xF100 else "", f"{code:X}")


def _shapes(said: dict[int, bytes]) -> list[Shape]:
    """How the cells of a row are drawn: the edges and the flags of each ([MS-DOC] 2.9.310)."""
    raw = said.get(TABLE, b"")[2:]
    if not raw:
        return []
    count = raw[0]
    edges = struct.unpack_from(f"<{count + 1}h", raw, 1)
    made = []
    for number in range(count):
        at = 3 + 2 * count + 20 * number
        flags = int.from_bytes(raw[at:at + 2], "little")
        made.append(Shape(edges[number + 1], above=flags & 0x60 == 0x20, below=bool(flags & 0x60), before=bool(flags & 2)))
    changes = said.get(VERTICAL, b"")
    for at in range(0, len(changes) - 2, 3):
        number, flags = changes[at + 1], changes[at + 2]
        if number < count:
            made[number] = made[number]._replace(above=flags == 1, below=flags in (1, 3))
    return made
