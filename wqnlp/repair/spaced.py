"""Blanks set between all characters, as some converters of PDF and of scans do: 全 年 接 待 1 2 8 件, 占8 5 ％.

Left as they are, the last digit alone would be read: 8件. A line is set apart throughout where hardly two hanzi of it
touch; elsewhere only the digits of one number are closed up, where each stands alone and a unit follows. Wider gaps are
columns of a table, and stay.
"""

from __future__ import annotations

import re

from wqnlp.grammar.heads import headed
from wqnlp.span import Edit, Mark

KIND = "spaced"
LEAST = 3                            # pairs of hanzi set apart in a line
_B = "[ \u3000\xa0]"
_UNIT = ("(?:[余多]?[百千万亿]|[余多]?(?:件|人|名|户|起|份|场|次|个|元|条|期|批|例|宗|家|所|对|倍|册|台|位|支|处|篇|辆|套|亩|吨|斤|岁)"
         "|[%％‰年月日])")
_NO_LABEL = "(?<![表图第])(?<!附件)"
_DIGITS = re.compile(rf"(?<![\d.．])(?<!\d{_B})(?<!\d[,，]){_NO_LABEL}\d(?:{_B}\d)*(?:{_B}?[,，]{_B}?\d{_B}\d{_B}\d)*"
                     rf"(?:{_B}?[.．]{_B}?\d(?:{_B}\d)*)?"
                     rf"(?!{_B}?[\d.．])(?={_B}?{_UNIT})")
_BROKEN = re.compile(rf"(?<=[一-鿿]){_NO_LABEL}\d{{1,2}}(?:{_B}\d{{1,2}}){{1,2}}(?!{_B}?[\d.．])(?={_UNIT})")
_APART = headed(rf"(?<=[一-鿿]){_B}(?=[一-鿿])")
_TOUCHING = re.compile("[一-鿿](?=[一-鿿])")
_BLANK = re.compile(_B)
_SOME = headed(rf"(?<=\d){_B}?[.．]?{_B}\d|(?<=[一-鿿])(?:{_B}[一-鿿]){{{LEAST}}}")
_ALL = headed(rf"(?<=[^\s]){_B}(?=[^\s])")
_COLUMNS = re.compile(rf"[\t|]|\S{_B}{{2,}}\S")


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit for each blank that belongs to no word.

    >>> [edit.start for edit in find("案件1 2 8 件，占8 5 ％，共7 0，5 2 0户")[0]]
    [3, 5, 7, 12, 14, 19, 23, 25]
    >>> len(find("全 年 接 待 来 访 1 2 8 件 。")[0])
    10
    >>> find("合计 3 5 2\\n城关镇 31 12件\\n张 三  李 四\\n见第3 5条")[0]
    []
    """
    if _SOME.search(text) is None:
        return [], []
    edits: list[Edit] = []
    start = 0
    for line in text.split("\n"):
        edits += [Edit(start + at, start + at + 1, "", KIND) for at in _blanks(line)]
        start += len(line) + 1
    return edits, []


def _blanks(line: str) -> list[int]:
    """The blanks of a line that belong to no word, in order."""
    if _SOME.search(line) is None:
        return []
    if _set_apart(line):
        return [found.start() for found in _ALL.finditer(line)]
    if _COLUMNS.search(line.strip()):
        return []
    found = {at for pattern in (_DIGITS, _BROKEN) for number in pattern.finditer(line)
             for at in (*(blank.start() for blank in _BLANK.finditer(line, number.start(), number.end())), *_behind(line, number))}
    return sorted(found)


def _behind(line: str, number: re.Match[str]) -> list[int]:
    """The blank between a number that is closed up and its unit."""
    apart = _BLANK.search(number.group()) and _BLANK.match(line, number.end())
    return [number.end()] if apart else []


def _set_apart(line: str) -> bool:
    """Whether the characters of a whole line stand apart. (A name or a heading of two characters may: 目 录.)"""
    apart = len(_APART.findall(line))
    return apart >= LEAST and len(_TOUCHING.findall(line)) * 4 <= apart
