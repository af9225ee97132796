"""Full-width digits, letters, ％ and ￥ to half-width, one for one; Chinese punctuation stays.

A full-width stop is a decimal point between digits alone: 64．2 but １．加强宣传.
"""

from __future__ import annotations

import unicodedata

from wqnlp.grammar.heads import headed
from wqnlp.span import Edit, Mark

_WIDE = "[０-９Ａ-Ｚａ-ｚ％￥⼀-⿕]|(?<=[0-9０-９])．(?=[0-9０-９])"


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit a character. Radicals that PDF fonts put for hanzi (⼥ for 女) become the hanzi.

    >>> "".join(edit.new for edit in find("１．婚姻６４．２％")[0])
    '164.2%'
    """
    return [Edit(m.start(), m.end(), _narrow(m.group()), "fullwidth") for m in headed(_WIDE).finditer(text)], []


def _narrow(char: str) -> str:
    return "¥" if char == "￥" else unicodedata.normalize("NFKC", char)
