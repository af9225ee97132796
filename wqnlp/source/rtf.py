"""Rich Text Format: read in one pass over its control words.

What is generated (the number of a list item) stands in the file as text and is kept; what is deleted, hidden, a head
or a foot of pages is not. Bytes are decoded by the code page of their font, or of the document: a Chinese one writes
GBK as two escapes, as an escape and a letter, or as bare bytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

from wqnlp.errors import Unreadable
from wqnlp.source.base import Content
from wqnlp.source.docx import content
from wqnlp.source.fields import drawn, dropped
from wqnlp.source.flow import Block
from wqnlp.source.listing import as_label
from wqnlp.source.package import Limits
from wqnlp.source.rows import Rows, Shape
from wqnlp.tables import table

_TOKEN = re.compile(rb"\\([A-Za-z]{1,32})(-?\d{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)", re.S)
_CHARSETS = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254", 204: "cp1251"}
_PAGES = {936: "gb18030", 54936: "gb18030", 950: "cp950", 932: "cp932", 949: "cp949", 65001: "utf-8"}
_WIDE = ("gb18030", "cp950", "cp932", "cp949", "utf-8")
_SIGNS = {"tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
          "rdblquote": "”", "bullet": "•", "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005"}
MOST_CELLS = 128
_ESCAPES = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\t": "\t"}


@cache
def _destinations() -> dict[str, frozenset[str]]:
    return {kind: frozenset(words.split()) for kind, words in table("word")["rtf"].items()}


@dataclass(slots=True)
class _State:
    """What a group inherits from the one around it."""

    silent: bool = False
    hidden: bool = False
    deleted: bool = False
    struck: bool = False
    skip: int = 1                   # characters after \\u that stand for it
    font: int = -1
    kind: str = ""                  # the destination: "", `fonttbl`, `fldinst`, `note`, `box`
    level: int = 0                  # tables around the paragraph
    field: list[str] = field(default_factory=list)


class RtfReader:
    """Rich Text Format, whatever the file is called."""

    name = "rtf"
    suffixes: tuple[str, ...] = (".rtf",)

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def sniff(self, head: bytes) -> bool:
        """It says so at its start.

        >>> RtfReader().sniff(b"{\\\\rtf1\\\\ansi\\\\ansicpg936 ")
        True
        """
        return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf")

    def read(self, path: str, data: bytes) -> Content:
        """The text of an RTF file. Raises `Unreadable` E14 over a limit, E03 where it holds no text.

        >>> made = RtfReader().read("a.rtf", b"{\\\\rtf1\\\\ansi\\\\ansicpg936 \\\\'bd\\\\'d3\\\\'b7\\\\'c3 9\\\\u20214?}")
        >>> made.text
        '接访 9件'
        """
        parser = _Parser(path, self.limits)
        parser.parse(data)
        page = parser.page
        return content(path, parser.rows.blocks(), "rtf", f"Rich Text Format, code page {page}; "
                       f"{parser.bad} characters fit none" if parser.bad else f"Rich Text Format, code page {page}")


class _Parser:
    def __init__(self, path: str, limits: Limits) -> None:
        self.path, self.limits = path, limits
        self.page, self.bad = "cp1252", 0
        self.rows = Rows(path, limits)
        self._stories: list[tuple[Rows, list[str]]] = []        # outer ones, while a note or a box is read
        self._text: list[str] = []
        self._bytes = bytearray()
        self._state = _State()
        self._stack: list[_State] = []
        self._fonts: dict[int, str] = {}
        self._skip = 0
        self._star = False
        self._shapes: dict[bool, list[Shape]] = {False: [], True: []}   # of the row, and of the row of an inner table
        self._merge: dict[str, bool] = {}
        self._after: list[tuple[bool, Block]] = []              # notes and boxes, and whether a table refers to them
        self._default = -1
        self._mark = 0                                          # where the number of a list item, or a result, begins
        self._counts = {"fn": 0, "tb": 0}

    def parse(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            found = _TOKEN.match(data, at)
            if found is None:                                   # a lone backslash at the end
                break
            at = found.end()
            word, number, code, escape, brace, plain = found.groups()
            if plain is not None or code is not None:
                self._raw(plain if plain is not None else bytes.fromhex(code.decode()))
                continue
            if brace == b"{":
                self._flush()
                self._skip = 0
                self._stack.append(self._state)
                self._state = replace(self._state)
            elif brace == b"}":
                if not self._close():
                    break
            elif word is not None:
                argument = int(number) if number is not None else None
                if word == b"bin" and argument is not None and argument > 0:
                    at += argument
                elif not self._skipped():
                    self._flush()
                    self._control(word.decode("ascii"), argument)
            elif escape is not None and not self._skipped():
                self._flush()
                self._escape(escape)
        self._flush()
        while self._stack and self._close():
            pass
        if "".join(self._text):
            self._paragraph_ends(self._state.level)

    # Text

    def _raw(self, data: bytes) -> None:
        if self._skip:
            self._skip, data = max(0, self._skip - len(data)), data[self._skip:]
        if not self._state.silent or self._state.kind in ("fonttbl", "fldinst"):
            self._bytes += data

    def _skipped(self) -> bool:
        """Whether a control word stands for the character that was given as \\u just before it."""
        if self._skip:
            self._skip -= 1
            return True
        return False

    def _flush(self) -> None:
        if not self._bytes:
            return
        data, self._bytes = bytes(self._bytes), bytearray()
        if self._state.kind == "fonttbl":
            return
        page = self._fonts.get(self._state.font, self.page)
        if page not in _WIDE and self.page in _WIDE:
            page = self.page                                    # a Latin font named over Chinese bytes
        text = data.decode(page, "replace")
        self.bad += text.count("\ufffd")
        self._say(text)

    def _say(self, text: str) -> None:
        state = self._state
        if state.kind == "fldinst":
            state.field.append(text[:2000])
        elif not (state.silent or state.hidden or state.deleted or state.struck):
            self._text.append(text)

    def _close(self) -> bool:
        """A group ends; False at the end of the document."""
        self._flush()
        self._skip, self._star = 0, False
        if not self._stack:
            return False
        ended, self._state = self._state, self._stack.pop()
        if ended.kind == "fldinst" and self._state.kind != "fldinst":
            self._state.field = [*ended.field]
        if ended.kind == "fldrslt" and self._state.kind != "fldrslt" and not "".join(self._text[self._mark:]):
            self._say(drawn("".join(ended.field)))
        if ended.kind == "listtext" and self._state.kind != "listtext" and not ended.silent:
            self._text[self._mark:] = [as_label("".join(self._text[self._mark:]))]
        if ended.kind in ("note", "box") and self._state.kind != ended.kind and self._stories:
            self._story_ends()
        return bool(self._stack)

    # Control words

    def _escape(self, escape: bytes) -> None:
        if escape == b"*":
            self._star = True
        elif escape in (b"\n", b"\r"):
            self._paragraph_ends(self._state.level)
        else:
            self._say(_ESCAPES.get(escape, ""))

    def _control(self, word: str, argument: int | None) -> None:
        known = _destinations()
        starred, self._star = self._star, False
        if word in ("fonttbl", "fldinst", "footnote", "shptxt", "dptxbxtext"):
            self._destination(word)
        elif word in known["dropped"] or (starred and word not in known["entered"]):
            self._state.silent, self._state.kind = True, "dropped"
        elif word in _SIGNS:
            self._say(_SIGNS[word])
        elif word in _STATES:
            _STATES[word](self, argument)
        elif word in _ENDS and not self._state.silent:
            _ENDS[word](self, argument)

    def _destination(self, word: str) -> None:
        state = self._state
        if state.kind == "dropped":
            return
        if word in ("fonttbl", "fldinst"):
            state.kind, state.silent, state.field = word, True, []
        elif not state.silent:
            state.kind = "note" if word == "footnote" else "box"
            if len(self._stories) >= self.limits.depth:
                raise Unreadable("E14", self.path, "too many notes or boxes stand within each other", "do not trust it")
            self._stories.append((self.rows, self._text))
            prefix = "fn" if state.kind == "note" else "tb"
            self._counts[prefix] += 1
            self.rows = Rows(self.path, self.limits, f"fn{self._counts['fn']}" if prefix == "fn" else f"tb{self._counts['tb']}p")
            self._text, state.level = [], 0

    def _story_ends(self) -> None:
        if "".join(self._text).strip():
            self.rows.paragraph(self._taken(), 0)
        inner = [block for block in self.rows.blocks() if block.text.strip()]
        self.rows, self._text = self._stories.pop()
        self._after += [(self._state.level > 0, block) for block in inner]

    def _taken(self) -> str:
        text, self._text = "".join(self._text), []
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _paragraph_ends(self, level: int) -> None:
        if level == 0 and not self._stories:
            for block in [block for in_table, block in self._after if in_table]:
                self.rows.block(block)
            self._after = [(False, block) for in_table, block in self._after if not in_table]
        self.rows.paragraph(self._taken(), level)
        if level == 0 and not self._stories:
            for _, block in self._after:
                self.rows.block(block)
            self._after = []

    def _par(self, argument: int | None) -> None:
        self._paragraph_ends(self._state.level)

    def _page(self, argument: int | None) -> None:
        if "".join(self._text).strip():
            self._paragraph_ends(self._state.level)

    def _cell(self, argument: int | None) -> None:
        self.rows.cell(self._taken(), 1)

    def _nested_cell(self, argument: int | None) -> None:
        self.rows.cell(self._taken(), max(2, self._state.level))

    def _row(self, argument: int | None) -> None:
        self.rows.row(1, list(self._shapes[False]))

    def _nested_row(self, argument: int | None) -> None:
        self.rows.row(max(2, self._state.level), list(self._shapes[True]))

    def _row_begins(self, argument: int | None) -> None:
        self._shapes[self._state.kind == "nest"] = []
        self._merge = {}

    def _cell_edge(self, argument: int | None) -> None:
        merge, self._merge = self._merge, {}
        shapes = self._shapes[self._state.kind == "nest"]
        if len(shapes) < MOST_CELLS:
            shapes.append(Shape(argument or 0, merge.get("above", False), merge.get("below", False), merge.get("before", False)))

    def _nest(self, argument: int | None) -> None:
        self._state.kind = "nest"

    def _item(self, argument: int | None) -> None:
        if not self._state.silent and self._state.kind != "listtext":
            self._state.kind, self._mark = "listtext", len(self._text)

    def _result(self, argument: int | None) -> None:
        self._state.silent = self._state.silent or dropped("".join(self._state.field))
        if not self._state.silent:
            self._state.kind, self._mark = "fldrslt", len(self._text)

    # What a control word changes in its group

    def _font(self, argument: int | None) -> None:
        self._state.font = self._default if argument is None else argument

    def _charset(self, argument: int | None) -> None:
        if self._state.kind == "fonttbl" and argument in _CHARSETS:
            self._fonts[self._state.font] = _CHARSETS[argument]

    def _code_page(self, argument: int | None) -> None:
        page = _PAGES.get(argument or 0, f"cp{argument}")
        try:
            self.page = page if codecs.lookup(page)._is_text_encoding else "cp1252"
        except LookupError:
            self.page = "cp1252"

    def _default_font(self, argument: int | None) -> None:
        self._default = self._state.font = -1 if argument is None else argument

    def _plain(self, argument: int | None) -> None:
        self._state.hidden = self._state.deleted = self._state.struck = False
        self._state.font = self._default

    def _hide(self, argument: int | None) -> None:
        self._state.hidden = argument != 0

    def _delete(self, argument: int | None) -> None:
        self._state.deleted = argument != 0

    def _strike(self, argument: int | None) -> None:
        self._state.struck = argument != 0

    def _skips(self, argument: int | None) -> None:
        self._state.skip = min(max(argument or 0, 0), 8)

    def _unicode(self, argument: int | None) -> None:
        if argument is not None and -0x8000 <= argument <= 0xFFFF:
            self._say(chr(argument & 0xFFFF))
        self._skip = self._state.skip

    def _out_of_table(self, argument: int | None) -> None:
        self._state.level = 0

    def _in_table(self, argument: int | None) -> None:
        self._state.level = max(1, self._state.level)

    def _depth(self, argument: int | None) -> None:
        self._state.level = max(argument or 0, 0)


def _merging(flag: str) -> Callable[[_Parser, int | None], None]:
    def flagged(parser: _Parser, argument: int | None) -> None:
        parser._merge[flag] = True
    return flagged


_STATES: dict[str, Callable[[_Parser, int | None], None]] = {
    "f": _Parser._font, "fcharset": _Parser._charset, "ansicpg": _Parser._code_page, "deff": _Parser._default_font,
    "plain": _Parser._plain, "v": _Parser._hide, "deleted": _Parser._delete, "strike": _Parser._strike,
    "striked": _Parser._strike, "uc": _Parser._skips, "u": _Parser._unicode,
    "pard": _Parser._out_of_table, "intbl": _Parser._in_table, "itap": _Parser._depth, "listtext": _Parser._item,
    "pntext": _Parser._item, "fldrslt": _Parser._result}
_ENDS: dict[str, Callable[[_Parser, int | None], None]] = {
    "par": _Parser._par, "sect": _Parser._page, "page": _Parser._page, "column": _Parser._page, "cell": _Parser._cell,
    "nestcell": _Parser._nested_cell, "row": _Parser._row, "nestrow": _Parser._nested_row, "trowd": _Parser._row_begins,
    "cellx": _Parser._cell_edge, "nesttableprops": _Parser._nest, "clvmgf": _merging("below"), "clvmrg": _merging("above"),
    "clmrg": _merging("before")}
