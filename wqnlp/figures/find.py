"""Where the quantities of a summary are: every number with what it counts, and every number set aside.

Three looks, each one pass: what is refused (`refuse`), percentages in words (三成, 百分之五, 翻一番), numbers with
a unit or a mask. A number without a unit is a figure only where a list, a head or a table gives it one (`shared`).
"""

from __future__ import annotations

import re
from functools import cache

from wqnlp.figures import shared
from wqnlp.figures.base import Quantity, Refusal
from wqnlp.figures.counted import counts, noun_unit
from wqnlp.figures.flags import mark
from wqnlp.figures.read import quantity
from wqnlp.figures.refuse import Refusals, Refused, unaccounted, with_digits
from wqnlp.grammar import numerals, units
from wqnlp.grammar.fractions import fraction, fraction_pattern
from wqnlp.grammar.heads import headed
from wqnlp.grammar.numerals import Number
from wqnlp.structure.base import Summary

_CELL_BEGINS = re.compile(r"[|│｜\t]\s*$")
_CELL_ENDS = re.compile(r"[ 　]*(?:[|│｜\t\r\n]|$)")
_HELD = re.compile(r"[\d０-９xX×*]")
_ROUGHLY = re.compile(r"强(?![奸制化调迫行暴占势])|还[要]?多|有余|弱(?![势者化])")
# Characters that are gone (〓 is a hanzi that says nothing of a number). A private-use one that begins a line is a bullet.
_GONE_BEFORE = re.compile("(?:[\ufffd▯]|[降减少负低]〓|锟斤拷|烫烫烫|(?<=[^\n \t\u3000])[\ue000-\uf8ff])$")
_GONE_AFTER = re.compile("[\ufffd▯\ue000-\uf8ff]|锟斤拷")
_GONE_SIGNS = frozenset("\ufffd▯〓拷烫锟") | {chr(code) for code in range(0xe000, 0xf900)}
_HEADLESS, _WITH_HEAD = re.compile("[万亿]多"), re.compile("[上近超逾过约几数好半达]")
_NOTHING = numerals.Number(None, None, None, frozenset({"damaged"}))
_OVER, _TIMES = "[多余来几馀]", "[十百千万亿]"


@cache
def _pattern() -> re.Pattern[str]:
    arabic = rf"(?:{numerals.MASKED}|{numerals.LOST}|{numerals.ARABIC})(?:(?:[ 　](?=[万亿]))?{_OVER}?{_TIMES}(?:\d+[百千万])?)*{_OVER}?"
    chinese = rf"(?:{numerals.SEVERAL}{_OVER}?|{numerals.POINT}|{numerals.CHINESE}(?:{_OVER}{_TIMES}*)?)"
    number = rf"(?:{arabic}|{chinese})"
    return headed(rf"(?P<first>{number})(?:(?P<first_unit>{units.pattern()})?{numerals.DASH}(?P<last>{number}))?"
                  rf"[ 　]?(?P<unit>{units.pattern()})?")


@cache
def _unit_at() -> re.Pattern[str]:
    return re.compile(rf"[余多]?万?(?P<unit>{units.pattern()})")


def candidates(summary: Summary) -> tuple[list[Quantity], list[Refusal]]:
    """The quantities and the refused numbers of a summary, in repaired offsets, in order of the text."""
    text, start, end = summary.repaired.text, summary.start, summary.end
    refused = Refusals(text, start, end)
    found = _fractions(text, start, end, refused)
    taken = {at for q in found for at in range(q.start, q.end)}
    bare: list[Quantity] = []
    for match in _pattern().finditer(text, start, end):
        for one in _read(text, match, refused):
            if taken.isdisjoint(range(one.start, one.end)):
                (found if one.unit else bare).append(one)
    found += dropped(summary, found, refused)
    found.sort(key=lambda q: q.start)
    found = shared.give_units(summary, found, bare)
    mark(summary, found)
    covered = [(q.start, q.end) for q in found]
    aside = [with_digits(text, r) for r in refused.apart(covered) if _worth(text, r)]
    aside += unaccounted(text, start, end, covered + [(r.start, r.end) for r in aside])
    return found, sorted(aside, key=lambda r: r.start)


def _read(text: str, match: re.Match[str], refused: Refusals) -> list[Quantity]:
    """The quantities of one match: one, a range, or two where the range is none."""
    if not match["last"]:
        spans = [(match.start("first"), match.end("first"), match.end())]
    else:
        unit = units.unit(match["unit"] or match["first_unit"] or "")
        whole = numerals.read_range(match["first"], match["last"])
        if whole is not None and unit is not None:
            if refused.over(match.start(), match.end()) or not counts(text, match.start(), match.end(), match["last"]):
                return []
            return [quantity(text, match.start(), match.end(), match.end("last"), whole, unit)]
        first_end = match.end("first_unit") if match["first_unit"] else match.end("first")
        spans = [(match.start("first"), match.end("first"), first_end),
                 (match.start("last"), match.end("last"), match.end())]
    return [one for span in spans if (one := _single(text, *span, refused))]


def _single(text: str, start: int, number_end: int, end: int, refused: Refusals) -> Quantity | None:
    """One number with its unit, or without; None where it is refused or counts nothing."""
    surface = text[start:number_end]
    unit = units.unit(text[number_end:end].strip())
    if unit is None:
        end = number_end
    if refused.over(start, end) is not None:
        return None
    number = numerals.read(surface)
    if number is None:
        return None
    if _gone(text, start, number_end):
        number = _NOTHING                           # a digit, a point, 约 or 下降 may be among what is gone
    elif _HEADLESS.fullmatch(surface) and not _WITH_HEAD.search(text, max(0, start - 1), start):
        number = _NOTHING                           # 万余份 is written for a myriad and more, 万多份 is not: a digit is gone
    if unit is None:
        unit = noun_unit(text, surface, number_end)
        solid = surface[0].isdigit() or surface[0] in "□." or _is_cell(text, start, end)
        return quantity(text, start, end, number_end, number, unit) if unit or solid else None
    if not counts(text, start, end, surface):
        return None
    return quantity(text, start, end, number_end, number, unit)


def _gone(text: str, start: int, end: int) -> bool:
    """Whether characters beside a number are gone."""
    if text[start - 1:start] not in _GONE_SIGNS and text[end:end + 1] not in _GONE_SIGNS:
        return False                                # so it is of nearly all
    return bool(_GONE_BEFORE.search(text, max(0, start - 3), start) or _GONE_AFTER.match(text, end))


def _is_cell(text: str, start: int, end: int) -> bool:
    """Whether a mask is all that a table's cell holds."""
    return bool(_CELL_BEGINS.search(text[max(0, start - 4):start]) and _CELL_ENDS.match(text[end:end + 4]))


def dropped(summary: Summary, found: list[Quantity], refused: Refusals) -> list[Quantity]:
    """Figures whose digits are gone, where repair has marked them: 调解案件达余件 is a figure of no known value."""
    text, lost = summary.repaired.text, []
    unit_at = _unit_at()
    held = {at for q in found for at in range(q.start, q.end)}
    for hole in summary.repaired.marks:
        if hole.kind != "lost_digit" or not summary.start <= hole.start < summary.end or hole.start in held:
            continue
        unit = unit_at.match(text, hole.start) or unit_at.match(text, hole.end)
        if text[hole.start - 1:hole.start] in ("（", "("):
            continue                                            # （%） names a column's unit
        if unit and refused.over(hole.start, unit.end()) is None and held.isdisjoint(range(hole.start, unit.end())):
            number = numerals.Number(None, None, None, frozenset({"damaged"}))
            lost.append(quantity(text, hole.start, unit.end(), unit.start("unit"), number, units.unit(unit["unit"])))
    return lost


def _fractions(text: str, start: int, end: int, refused: Refusals) -> list[Quantity]:
    """Percentages in words: 三成, 百分之五十九点八, 三分之二, 翻了一番."""
    found = []
    for match in fraction_pattern().finditer(text, start, end):
        number = _more(fraction(match), text[match.end():match.end() + 3])
        where = refused.over(match.start("number"), match.end())
        if number is not None and (where is None or match["cent"] or match["below"] or where.reason in ("article", "name")):
            found.append(quantity(text, match.start("number"), match.end(), match.end(), number, units.unit("%")))
    return found


def _more(number: Number | None, after: str) -> Number | None:
    """四分之一强, 翻了一番还多 are at least so much; 三成弱 is at most."""
    told = _ROUGHLY.match(after) if number is not None and number.low is not None and number.low == number.high else None
    if number is None or told is None:
        return number
    less = told[0] == "弱"
    return number._replace(low=None if less else number.low, high=number.high if less else None,
                           flags=number.flags | {"approximate"})


def _worth(text: str, refused: Refused) -> bool:
    """Whether a refusal goes on record: it has a digit, or is more than an idiom."""
    surface = text[refused.start:refused.end]
    return bool(_HELD.search(surface)) or refused.reason not in ("article", "list_marker")
