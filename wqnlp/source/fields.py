"""Fields of Word: what is computed (a page number, a link, a sign in a circle), and what of it is text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from wqnlp.source.listing import formats
from wqnlp.tables import table

_CIRCLE = re.compile(r"\\o\s*\\a[cdlr]*\s*\(\s*[○〇◯]\s*[,;，]\s*([^()]+?)\s*\)", re.I)
_RUBY = re.compile(r"\\o\s*\\a[cdlr]*\s*\(\s*\\s\s*\\up\s*-?\d*\s*\([^()]*\)\s*[,;，]\s*([^()]+?)\s*\)", re.I)

_SYMBOL = re.compile(r"\s*symbol\s+(\d{1,5}|0x[0-9a-f]{1,4})\b(?:.*\\f\s*\"([^\"]+)\")?", re.I)
LONGEST = 2000          # characters of an instruction that are looked at


@cache
def _dropped() -> frozenset[str]:
    return frozenset(table("word")["fields_dropped"])


def dropped(instruction: str) -> bool:
    """Whether the result of a field is no text of the document, such as the number of a page.

    >>> dropped(" PAGE  \\\\* MERGEFORMAT "), dropped('HYPERLINK "http://x"')
    (True, False)
    """
    word = instruction.split(maxsplit=1)
    return bool(word) and word[0].upper() in _dropped()


def drawn(instruction: str) -> str:
    r"""What an EQ field draws that has no result: a number in a circle, a hanzi under its reading.

    >>> drawn(r"eq \o\ac(○,3)"), drawn(r"EQ \* jc2 \o\ad(\s\up 9(lián),联)")
    ('③', '联')
    """
    sign = _SYMBOL.match(instruction)
    if sign:
        return symbol(sign[2] or "", f"{int(sign[1], 0):X}")
    if instruction.split(maxsplit=1)[:1] not in (["EQ"], ["eq"], ["Eq"]):
        return ""
    circle = _CIRCLE.search(instruction)
    if circle:
        signs = formats()["decimalEnclosedCircle"]["signs"]
        number = int(circle[1]) if circle[1].isdecimal() and circle[1].isascii() and len(circle[1]) < 3 else 0
        return str(signs[number - 1]) if 0 < number <= len(signs) else circle[1]
    ruby = _RUBY.search(instruction)
    return ruby[1] if ruby else ""


def symbol(font: str, code: str) -> str:
    """A sign kept as a font and a code, as the character that looks so.

    >>> symbol("Wingdings", "F0FE"), symbol("Wingdings 2", "0052"), symbol("宋体", "2460")
    ('☑', '☑', '①')
    """
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    low = number & 0xFF if number < 0x100 or 0xF000 <= number < 0xF100 else 0
    signs = table("word")["symbols"].get(font.casefold())
    if signs is not None and low:
        letter = chr(low) if font.casefold() == "symbol" and low < 0x7F else chr(0xF000 + low)
        return str(signs.get(low, letter))
    return chr(number) if 0x20 <= number <= 0xFFFF and not 0xD800 <= number < 0xE000 else ""


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    result: bool = False
    muted: bool = False


class Fields:
    """The fields that are open at a point of the text."""

    def __init__(self, whole: bool = True) -> None:
        """`whole`: every field that begins also ends, so that a long one (a table of contents) may be believed."""
        self._open: list[_Field] = []
        self._whole = whole

    @property
    def muted(self) -> bool:
        """Whether what stands here is an instruction, or the result of a field that is no text."""
        return any(not field.result or field.muted for field in self._open)

    def begin(self) -> None:
        """A field begins with its instruction."""
        self._open.append(_Field())

    def instruct(self, text: str) -> None:
        """More of the instruction."""
        if self._open and not self._open[-1].result and len(self._open[-1].instruction) < LONGEST:
            self._open[-1].instruction += text[:LONGEST]

    def separate(self) -> None:
        """The result begins."""
        if self._open:
            field = self._open[-1]
            field.result, field.muted = True, dropped(field.instruction)

    def end(self) -> str:
        """The field ends; what it draws without a result."""
        if not self._open:
            return ""
        field = self._open.pop()
        return "" if self.muted or field.result else drawn(field.instruction)

    def paragraph_ends(self) -> None:
        """A broken field must not swallow the document: past its paragraph only a whole table of contents is muted."""
        if not self._whole:
            self._open = [field for field in self._open if field.result and not field.muted]
