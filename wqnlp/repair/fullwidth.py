"""Full-width digits, letters, ％ and ￥ to half-width, one for one; Chinese punctuation stays.

A full-width stop is a decimal point between digits alone: 64．2 but １．加强宣传.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from wqnlp.grammar.heads import headed
from wqnlp.span import Edit, Mark
from wqnlp.tables import table

_WIDE = "[０-９Ａ-Ｚａ-ｚ％￥⼀-⿕⺀-⻳〜]|(?<=[0-9０-９])．(?=[0-9０-９])"


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit a character. Radicals that PDF fonts put for hanzi (⼥ for 女) become the hanzi.

    >>> "".join(edit.new for edit in find("１．婚姻６４．２％")[0])
    '164.2%'
    >>> "".join(edit.new for edit in find("⼥⺠⻓")[0])
    '女民长'
    """
    edits = [Edit(m.start(), m.end(), _narrow(m.group()), "fullwidth") for m in headed(_WIDE).finditer(text)]
    return [edit for edit in edits if edit.new != text[edit.start:edit.end]], []


def _narrow(char: str) -> str:
    if char in "￥":
        return "¥"
    return _radicals().get(char) or unicodedata.normalize("NFKC", char)


@cache
def _radicals() -> dict[str, str]:
    """Radicals that Unicode has beside the hanzi of the same shape, without saying so in its data."""
    return {pair[0]: pair[1] for pair in table("hanzi")["radicals"].split()}
