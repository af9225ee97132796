"""Traditional to simplified script by OpenCC, phrases first (乾隆 stays, 乾淨 is 干净), offsets kept.

Only text that is traditional is converted: a line must hold more characters that simplified text never has than
characters that traditional text never has. One name with 鍾 in a simplified summary stays as it is.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from wqnlp.span import Edit, Mark
from wqnlp.tables import table

FEW = 2            # traditional characters that a line needs of its own, where the file is not traditional

# Texts of Taiwan and Hong Kong write the particle 着 as 著, which OpenCC leaves: 隨著 but 著名, 顯著.
_PARTICLE = re.compile("(?<![显名原编专论巨卓昭土译遗合所])著(?![名作书称述者录])")


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit for each character that differs, in the lines that are traditional.

    >>> [edit.new for edit in find("維護婦女兒童合法權益")[0]]
    ['维', '护', '妇', '儿', '权']
    >>> find("乾隆年间，县妇联干部鍾某接待来访")[0]
    []
    """
    if not _trigger().search(text):
        return [], []
    lines = list(re.finditer("[^\n]+", text))
    counts = [(len(_traditional().findall(line.group())), len(_simplified().findall(line.group()))) for line in lines]
    ours, theirs = map(sum, zip(*counts, strict=True))
    whole = ours >= 5 and ours > 5 * theirs
    edits: list[Edit] = []
    for line, (old, new) in zip(lines, counts, strict=True):
        if (old > new and (old >= FEW or whole)) or (whole and not new and not old):
            edits += _converted(line.group(), line.start())
    return edits, []


def _converted(line: str, at: int) -> list[Edit]:
    told = _opencc().convert(line)
    if len(told) != len(line):                       # a phrase that changes length: character by character
        told = "".join(one if len(one := _opencc().convert(char)) == 1 else char for char in line)
    told = _PARTICLE.sub("着", told)
    return [Edit(at + i, at + i + 1, new, "script") for i, (old, new) in enumerate(zip(line, told, strict=True))
            if old != new]


@cache
def _opencc() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@cache
def _trigger() -> re.Pattern[str]:
    """The most frequent traditional characters: a traditional line has one of them."""
    return re.compile(f"[{''.join(table('hanzi')['traditional'].split())}]")


@cache
def _traditional() -> re.Pattern[str]:
    """Characters that OpenCC simplifies and GB 2312, the set of simplified text, does not have."""
    every = [chr(code) for code in range(0x4E00, 0x9FA6)]
    told = _opencc().convert("\n".join(every)).split("\n")
    return re.compile(f"[{''.join(o for o, n in zip(every, told, strict=True) if o != n and not _in(o, 'gb2312'))}]")


@cache
def _simplified() -> re.Pattern[str]:
    """Characters that GB 2312 has and Big5, the set of traditional text, does not."""
    every = (chr(code) for code in range(0x4E00, 0x9FA6))
    return re.compile(f"[{''.join(char for char in every if _in(char, 'gb2312') and not _in(char, 'cp950'))}]")


def _in(char: str, encoding: str) -> bool:
    return bool(char.encode(encoding, "ignore"))
