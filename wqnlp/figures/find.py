"""Where the quantities of a summary are: every number with what it counts, and every number set aside.

Three looks, each one pass: what is refused (`refuse`), percentages in words (三成, 百分之五, 翻一番), numbers with
a unit or a mask. A number without a unit is a figure only where a list, a head or a table gives it one (`shared`).
"""

from __future__ import annotations

import re
from functools import cache

from wqnlp.figures import shared
from wqnlp.figures.base import Quantity, Refusal
from wqnlp.figures.flags import mark
from wqnlp.figures.read import quantity
from wqnlp.figures.refuse import Refusals, Refused, unaccounted, with_digits
from wqnlp.grammar import numerals, units
from wqnlp.grammar.fractions import fraction, fraction_pattern
from wqnlp.structure.base import Summary

_OVER, _TIMES = "[多余来几馀]", "[十百千万亿]"


@cache
def _pattern() -> re.Pattern[str]:
    arabic = rf"(?:{numerals.MASKED}|{numerals.LOST}|{numerals.ARABIC})(?:{_OVER}?{_TIMES}(?:\d+[百千万])?)*{_OVER}?"
    chinese = rf"{numerals.CHINESE}(?:{_OVER}{_TIMES}*)?"
    number = rf"(?:{arabic}|{chinese})"
    return re.compile(rf"(?P<first>{number})(?:(?P<first_unit>{units.pattern()})?{numerals.DASH}(?P<last>{number}))?"
                      rf"[ 　]?(?P<unit>{units.pattern()})?")


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
    found += dropped(text, start, end, refused)
    found.sort(key=lambda q: q.start)
    found = shared.give_units(summary, found, bare)
    for one in found:
        mark(summary, one)
    covered = [(q.start, q.end) for q in found]
    aside = [with_digits(text, r) for r in refused.apart(covered) if _worth(text, r)]
    aside += unaccounted(text, start, end, covered + [(r.start, r.end) for r in aside])
    return found, sorted(aside, key=lambda r: r.start)


def _read(text: str, match: re.Match[str], refused: Refusals) -> list[Quantity]:
    """The quantities of one match: one, a range, or two where the range is none."""
    spans = [(match.start("first"), match.end("first"), match.end("first_unit") if match["first_unit"] else match.end("first"))]
    if match["last"]:
        whole = numerals.read_range(match["first"], match["last"])
        if whole is not None and (match["unit"] or match["first_unit"]):
            unit = units.unit(match["unit"] or match["first_unit"])
            if refused.over(match.start(), match.end()) is None and _counts(text, match.start(), match.end(), match["last"]):
                return [quantity(text, match.start(), match.end(), match.end("last"), whole, unit)]
            return []
        spans.append((match.start("last"), match.end("last"), match.end()))
    else:
        spans = [(match.start("first"), match.end("first"), match.end())]
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
    if number is None or (unit is None and not re.match(r"[\d□]", surface)):
        return None
    if unit is not None and not _counts(text, start, end, surface):
        return None
    return quantity(text, start, end, number_end, number, unit)


_SOLID = re.compile(r"[\dxX×*□Ｘ＊.]|[○〇]{2}")
_SMALL = re.compile(r"[一二两三四五六七八九十]")
_ALONE = re.compile(r"[十百千万亿]")
_COUNTED = {"名", "件", "起", "期", "场", "人次", "户", "份", "例", "件次", "场次", "次", "台次", "辆", "宗", "所", "支", "处",
            "人", "位", "对", "册", "元", "批", "%", "个"}
_PLACES = re.compile(r"(?:多)?(?:乡|镇|村|社区|县|市|区|学校|单位|部门|企业|站|点|中心|家庭|派出所|法庭|集体|小组|维权|服务)")
_ABSTRACT = re.compile(r"(?:方面|大|项|点|坚持|结合|重点|环节|层次|关键|转变|到位|规划|确保|代表|文明|体系|突破|问题|原则|阶段|"
                       r"难|月|小时|世纪|星期|工作日|字|人(?:的|都|在)?$|专题|层面|主题|系列|载体|平台|渠道|新|好|亮点|特点|特色)")


def _counts(text: str, start: int, end: int, surface: str) -> bool:
    """Whether a number with a unit counts something: every Arabic one does, a small Chinese one only in such places."""
    if _SOLID.match(surface):
        return not (text[end - 1] == "号" or _is_name(text, start, end))
    unit = text[start + len(surface):end].strip()
    if _ALONE.fullmatch(surface):
        return bool(re.search(r"(?:近|上|逾|超|达|过|约)$", text[max(0, start - 1):start]))
    if len(surface) > 1 and surface not in ("一一", "一二"):
        return not re.match(r"十(?:分|足|全)", text[start:end + 1])
    if not _SMALL.fullmatch(surface) or unit not in _COUNTED:
        return False
    after = text[end:end + 6]
    if _ABSTRACT.match(after) or re.search(r"[第每这那某同另头各哪上下初前后几]$", text[max(0, start - 1):start]):
        return False
    if surface == "一":
        return bool(re.search(r"(?:其中|各|仅|只有)$", text[max(0, start - 2):start])) and bool(re.match(r"[，。；、）]|$", after))
    if unit == "个":
        return bool(_PLACES.match(after)) or bool(re.search(r"(?:其中|其余|另外?|各有?)$", text[max(0, start - 2):start]))
    return unit not in ("次", "人", "位", "处", "所", "支") or bool(re.match(r"[，。；、）]|$", after)) or unit in ("所", "支")


def _is_name(text: str, start: int, end: int) -> bool:
    """Whether letters or a dash tie a number to a name or a code: A4, 1-5号楼."""
    return bool(re.search(r"[A-WYZa-wyz]$", text[max(0, start - 1):start]))


_DROPPED = re.compile(rf"(?:(?<=[达计有约近到了共])|(?<=高达)|(?<=其中))[余多](?={units.pattern()})|(?<=[达计约近共])(?=(?:人次|件次)[，。；])")


def dropped(text: str, start: int, end: int, refused: Refusals) -> list[Quantity]:
    """Figures whose digits are gone: 调解案件达余件 is a figure of no known value."""
    found = []
    unit_at = re.compile(units.pattern())
    for match in _DROPPED.finditer(text, start, end):
        unit = unit_at.match(text, match.end())
        if unit and refused.over(match.start(), unit.end()) is None:
            number = numerals.Number(None, None, None, frozenset({"damaged"}))
            found.append(quantity(text, match.start(), unit.end(), match.end(), number, units.unit(unit[0])))
    return found


def _fractions(text: str, start: int, end: int, refused: Refusals) -> list[Quantity]:
    """Percentages in words: 三成, 百分之五十九点八, 三分之二, 翻了一番."""
    found = []
    for match in fraction_pattern().finditer(text, start, end):
        number = fraction(match)
        where = refused.over(match.start("number"), match.end())
        if number is not None and (where is None or match["cent"] or where.reason in ("article", "name")):
            found.append(quantity(text, match.start("number"), match.end(), match.end(), number, units.unit("%")))
    return found


def _worth(text: str, refused: Refused) -> bool:
    """Whether a refusal goes on record: it has a digit, or is more than an idiom."""
    surface = text[refused.start:refused.end]
    return bool(re.search(r"[\d０-９xX×*]", surface)) or refused.reason not in ("article", "list_marker")
