"""Numbers that a word processor writes before its paragraphs: 一、 （二） 3. ④, counted anew as it counts them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from wqnlp.tables import table

BULLET = "●"
LONGEST = 60                # characters of a label; a hostile file would put a page before each of its paragraphs
MOST = 9999                 # the largest number written in words or letters; beyond it digits stand


class Level(NamedTuple):
    """One level of a list: `text` is what stands before the paragraph, `%1` to `%9` in it the numbers of levels."""

    format: str = "decimal"
    text: str = "%1."
    start: int = 1
    gap: bool = True            # a tab or a space follows the number
    restart: int | None = None  # the level (from 1) whose use restarts this one; None: any higher; 0: none does
    legal: bool = False         # all numbers in plain digits


class Counts:
    """How far each list has counted. A list is known by any key; its levels may differ from use to use.

    >>> counts, levels = Counts(), {0: Level("chineseCounting", "%1、"), 1: Level("chineseCounting", "（%2）")}
    >>> [counts.label("1", levels, level) for level in (0, 1, 1, 0, 1)]
    ['一、', '（一）', '（二）', '二、', '（一）']
    """

    def __init__(self) -> None:
        self._counts: dict[str, dict[int, int]] = {}

    def set(self, key: str, level: int, start: int) -> None:
        """The next paragraph of this level gets the number `start`."""
        self._counts.setdefault(key, {})[level] = start - 1

    def label(self, key: str, levels: Mapping[int, Level], level: int) -> str:
        """Count one paragraph of a level and give what stands before it, a gap included; empty for an unknown level."""
        if level not in levels:
            return ""
        counts, own = self._counts.setdefault(key, {}), levels[level]
        for higher, passed in levels.items():   # a level that was passed over has been begun all the same
            if higher < level:
                counts.setdefault(higher, passed.start)
        counts[level] = counts.get(level, own.start - 1) + 1
        for deeper in [d for d in counts if d > level]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or level < restart:
                del counts[deeper]
        return _gapped(self._text(counts, levels, own)[:LONGEST], own.gap)

    def _text(self, counts: Mapping[int, int], levels: Mapping[int, Level], own: Level) -> str:
        if formats().get(own.format, {}).get("bullet"):
            plain = own.text.strip() and own.text.isprintable() and not own.text.isalnum()
            return own.text if plain else BULLET        # a letter, or a private sign, stands for a dot of its font

        def shown(found: re.Match[str]) -> str:
            index = int(found[1]) - 1
            at = levels.get(index, Level())
            if formats().get(at.format, {}).get("bullet"):
                return ""
            return written(counts.get(index, at.start), "decimal" if own.legal else at.format)
        return re.sub("%([1-9])", shown, own.text[:LONGEST])


def _gapped(label: str, gap: bool) -> str:
    """A number that ends in ASCII is kept from the text, whatever the file says: `1.` and 2009年 must not be 1.2009年."""
    return label + " " if label and (label[-1].isascii() or (gap and label[-1] not in "、）．。】〕》：")) else label


def as_label(said: str) -> str:
    """A number that the file itself writes out, with its tab, as `Counts.label` would give it.

    >>> as_label("（一）\\t"), as_label("1.\\t")
    ('（一）', '1. ')
    """
    label = said.strip(" \t\xa0\u3000")
    if label and not label.isprintable():
        label = BULLET
    return _gapped(label, said != label)


@cache
def formats() -> dict[str, dict[str, Any]]:
    """The formats of `data/word.yaml` by their name in OOXML."""
    return {str(name): row for name, row in table("word")["formats"].items()}


@cache
def format_of_code(code: int) -> str:
    """The name of a format of a .doc or .rtf file.

    >>> format_of_code(39)
    'chineseCountingThousand'
    """
    return next((name for name, row in formats().items() if row["code"] == code), "decimal")


def written(number: int, form: str) -> str:
    """A number as a list shows it. A format that is not known, or has no sign for it, gives digits.

    >>> [written(12, form) for form in ("chineseCounting", "ideographDigital", "upperRoman", "lowerLetter")]
    ['十二', '一二', 'XII', 'l']
    >>> written(3, "ideographTraditional"), written(21, "decimalEnclosedCircle"), written(105, "chineseCountingThousand")
    ('丙', '㉑', '一百〇五')
    """
    row = formats().get(form, {})
    if "nothing" in row:
        return ""
    if "digits" in row:
        return "".join(row["digits"][int(digit)] for digit in str(number)) if number >= 0 else str(number)
    if not 0 < number <= MOST:
        return str(number)
    return _signs(number, row)


def _signs(number: int, row: Mapping[str, Any]) -> str:
    if "roman" in row:
        return _roman(number) if row["roman"] == "upper" else _roman(number).lower()
    if "letters" in row:
        return str(row["letters"][(number - 1) % 26]) * min((number - 1) // 26 + 1, 40)
    if "counting" in row:
        return counted(number, row["counting"])
    if "cycle" in row:
        return str(row["cycle"][(number - 1) % len(row["cycle"])])
    if "pairs" in row:
        return "".join(cycle[(number - 1) % len(cycle)] for cycle in row["pairs"])
    if "signs" in row and number <= len(row["signs"]):
        return str(row["signs"][number - 1])
    if "zero" in row:
        return f"{number:02d}"
    return f"- {number} -" if "dash" in row else str(number)


def counted(number: int, names: str) -> str:
    """A number from 1 to 9999 in words: `names` holds 0 to 9, ten, hundred, thousand.

    >>> [counted(n, "〇一二三四五六七八九十百千") for n in (10, 11, 20, 110, 1005)]
    ['十', '十一', '二十', '一百一十', '一千〇五']
    """
    made, gap = "", False
    for power, unit in ((1000, names[12]), (100, names[11]), (10, names[10]), (1, "")):
        digit = number // power % 10
        if digit:
            made += (names[0] if gap and made else "") + names[digit] + unit
        gap = not digit
    ten = names[1] + names[10]
    return made[1:] if made.startswith(ten) and names[10] == "十" else made


def _roman(number: int) -> str:
    made = ""
    for value, sign in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
                        (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        made += sign * (number // value)
        number %= value
    return made
