"""Other forms of a character to the plain one: ２８７, ٢٨٧, radicals for hanzi, ％, ￥; Chinese punctuation stays.

A full-width stop is a decimal point between digits alone: 64．2 but １．加强宣传. Characters of no width and marks set
over hanzi and digits go; a key cap (1⃣) is a number of a list. Numbers in a circle or in brackets (①, ⑵, ⒊, ㈣) are
markers of a list and stay: ⒊20件 must never be 3.20件.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

from wqnlp.span import Edit, Mark
from wqnlp.tables import table

_POINT = re.compile("(?<=[0-9０-９])．(?=[0-9０-９])")
_UNSEEN = re.compile("[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f"
                     "\U000e0100-\U000e01ef]|(?<!^)\ufeff"
                     "|(?<=[一-鿿㐀-䶿0-9０-９，。；：、％%])[\u0300-\u036f\u0483-\u0489\u20d0-\u20f0\u3099\u309a]+")
_ODD = re.compile("[\xad\u0300-\u036f\u0483-\u0489\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
                  "\u20d0-\u20f0\u3099\u309a\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_KEY = re.compile("(?<=[0-9０-９])\ufe0f?\u20e3")
_FAR = re.compile("[\U00010000-\U0010ffff]")
_APART = re.compile("[A-Za-z][\u0300-\u036f]+")


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit a character. Radicals that PDF fonts put for hanzi (⼥ for 女) become the hanzi.

    >>> "".join(edit.new for edit in find("１．婚姻６４．２％")[0])
    '164.2%'
    >>> find("3―5名")[0][0].new
    '—'
    >>> [(edit.new, edit.kind) for edit in find("⼥2\\u200b87件")[0]]
    [('女', 'fullwidth'), ('', 'invisible')]
    """
    edits = [Edit(m.start(), m.end(), new, "fullwidth") for m in _wide().finditer(text)
             if (new := _narrow(m.group())) != m.group()]
    if _FAR.search(text) is not None:
        edits += [Edit(m.start(), m.end(), new, "fullwidth") for m in _wide_far().finditer(text)
                  if (new := _narrow(m.group())) != m.group()]
    if "．" in text:
        edits += [Edit(m.start(), m.end(), ".", "fullwidth") for m in _POINT.finditer(text)]
    if _ODD.search(text) is not None:
        keys = [Edit(m.start(), m.end(), "、", "fullwidth") for m in _KEY.finditer(text)]
        edits += keys
        within = {at for key in keys for at in range(key.start, key.end)}
        edits += [Edit(m.start(), m.end(), "", "invisible") for m in _UNSEEN.finditer(text) if m.start() not in within]
        edits += [Edit(m.start(), m.end(), unicodedata.normalize("NFC", m.group()), "fullwidth")
                  for m in _APART.finditer(text) if unicodedata.normalize("NFC", m.group()) != m.group()]
    return sorted(edits, key=lambda edit: edit.start), []


@cache
def _wide() -> re.Pattern[str]:
    """Every character of the basic plane that has a plain one. A class with others is looked for ten times as long."""
    return re.compile(f"[Ａ-Ｚａ-ｚ％￥〜―─−‐‑‒∼\u2e80-\u2fd5\uf900-\ufaff\ufe6a\uff61-\uff64{_digits(0x80, 0xffff)}]")


@cache
def _wide_far() -> re.Pattern[str]:
    """The others."""
    return re.compile(f"[\U0002f800-\U0002fa1f{_digits(0x10000, sys.maxunicode)}]")


def _digits(first: int, last: int) -> str:
    return "".join(char for code in range(first, last + 1) if (char := chr(code)).isdecimal())


def _narrow(char: str) -> str:
    if char == "￥":
        return "¥"
    if char.isdecimal():                             # of any script: ٣, ३, 𝟑
        return str(unicodedata.decimal(char))
    return _radicals().get(char) or unicodedata.normalize("NFKC", char)


@cache
def _radicals() -> dict[str, str]:
    """Radicals of the supplement block, which Unicode itself gives no hanzi."""
    return {pair[0]: pair[1] for pair in table("hanzi")["radicals"].split()}
