"""Whether a number with a unit counts something: every Arabic one mostly does, a small Chinese one only in some places.

两名妇女, 三起案件, 培训班一期 are counted; 两个方面, 一名好干部, 一次次 are ways of speaking.
"""

from __future__ import annotations

import re
from functools import cache

from wqnlp.grammar import units
from wqnlp.grammar.units import Unit
from wqnlp.tables import table

_SOLID = re.compile(r"[\dxX×*□Ｘ＊.]|[○〇]{2}|[_＿■]{2}")
_SMALL = re.compile(r"[一二两三四五六七八九十]")
_POWER = re.compile(r"[百千万亿]")
_STOP = re.compile(r"\s*(?:[，,。；;、）)！!\n]|$)")
_LIVE = re.compile(r"(?:[近上逾超达过约]|不足|不到)$")
_DIGIT = re.compile(r"[\d.]\W*$")
_LETTER = re.compile(r"[A-WYZa-wyz]$")
_VERY = re.compile(r"十(?:分|足|全)")
_LARGE = re.compile(r"[万亿][多余]?$")
_HUNDREDS = re.compile(r"[一二两三四五六七八九].*[百千万亿][余多]?|[数几][百千万]+")
_YEAR = re.compile(r"(?:19|20)\d\d")


@cache
def _words(name: str) -> re.Pattern[str]:
    """A pattern of `data/counting.yaml`."""
    return re.compile(table("counting")[name])


def counts(text: str, start: int, end: int, surface: str) -> bool:
    """Whether the number `surface` at `start`, whose unit ends at `end`, is a quantity that is reported.

    >>> counts("解救两名妇女", 2, 4, "两"), counts("两个方面", 0, 2, "两"), counts("举办培训班一期。", 5, 7, "一")
    (True, False, True)
    """
    if _SOLID.match(surface):
        return text[end - 1] != "号" and not _LETTER.search(text, max(0, start - 4), start) and not (
            len(surface) == 1 and text[start + 1:end].strip() in ("个", "项") and _words("abstract").match(text[end:end + 8]))
    unit = text[start + len(surface):end].strip()
    before, after = text[max(0, start - 4):start], text[end:end + 8]
    if surface.startswith("零") or (surface[0] in "百千万亿" and _DIGIT.search(before)):
        return False                                            # 零部件; 74.4 万亿, cut in two
    if _POWER.fullmatch(surface):
        return bool(_LIVE.search(before))
    if not _SMALL.fullmatch(surface):
        return surface not in ("一一", "一二") and not _VERY.match(text[start:end + 1])
    if unit in table("counting")["always"]:
        return True
    if unit not in table("counting")["units"] or _words("ordinal_before").search(before):
        return False
    if surface == "一":
        return _one(before, after, unit)
    if _words("abstract").match(after) or (unit in ("批", "期", "组") and _words("manner_before").search(before)):
        return False
    if unit == "个":
        return bool(_words("places").match(after) or _words("rest_before").search(before)) or (
            bool(_STOP.match(after) and _words("noun_before").search(before)) and not _words("idle_before").search(before))
    if unit == "次" and _words("held_before").search(before):
        return True
    if unit == "人" and _words("together_before").search(before):
        return False
    return unit not in table("counting")["last"] or bool(_STOP.match(after))


def _one(before: str, after: str, unit: str) -> bool:
    """一 counts after its noun (解救妇女一名，) and in a list (其中一件，; 其余一件正在办理); before a noun it is an article."""
    if not _STOP.match(after) and not _words("one_after").match(after):
        return False
    if _words("one_before").search(before):
        return True
    if unit in ("次", "个", "位") or _words("idle_before").search(before) or not _words("noun_before").search(before):
        return False
    if unit == "起":
        return bool(_words("case_before").search(before))
    return unit != "人" or not _words("alone_before").search(before)


def noun_unit(text: str, surface: str, number_end: int) -> Unit | None:
    """The unit of a number right before what it counts, 600余妇女; None where it may be a year or a way of speaking."""
    if surface[0].isdigit() or surface[0] == "□":
        found = None if _YEAR.fullmatch(surface) else units.of_noun(text, number_end)
        if found and found.name == "元":
            return found if _LARGE.search(surface) else None
        return found if len(surface) > 1 or (found and found.name == "个") else None
    if not _HUNDREDS.fullmatch(surface):
        return None
    return units.of_noun(text, number_end)
