"""Units that stand elsewhere: 其中来访44, 来信3; 分别为3、5和7件; 受理信访件287; cells under 单位：件."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wqnlp.figures import grid
from wqnlp.figures.base import Quantity
from wqnlp.grammar import units
from wqnlp.structure.base import Summary

_NEXT = re.compile(r"\s*(?:[、和与及至]|，|,)\s*$")
_NAMED = re.compile(r"(?P<unit>件|起|宗|例|人次|人|户|场|份|批次|次|元|册|期)(?:数|量)?"
                    r"(?:共计|总计|合计|共|达到?|为|是|有|：|:|\s)*$")
_IN_BRACKETS = re.compile(r"[（(]\s*(?:单位\s*[:：]\s*)?(?P<unit>[^）)]{1,4})\s*[）)]\s*$")
_COUNT_OF = re.compile(r"(?P<unit>件次|人次|场次|户次|批次|件|起|宗|例|户|人|次|(?<!第.)期|份|册|场|对|名|所)(?:数量?)?$")
_CAPTION = re.compile(r"单位\s*[:：]\s*(?P<unit>[^\s）)，,|]+)")
_SCALES = {"千": 1e3, "万": 1e4, "亿": 1e8}
_SHARE = re.compile(r"(?:占比|比例|比重|百分比|率|[%％])\s*$")
_MONEY = re.compile(r"(?:人民币|￥|¥|RMB)\s*$")
_LARGE = re.compile(r"[万亿][多余]?$")
_SUMS = re.compile(r"(?:资金|经费|贷款|善款|捐款|款项?|金额|投资|赔偿|补偿|损失|价值|补助|财物|物资|[金费款资额])"
                   r"(?:共计|总计|合计|累计|共|总额|达到?|约|近|为|是|逾|超过?|折合|计|了)*\s*$|(?:投入|筹资|筹集|募集|募捐|拨付|耗资)(?:了|近|约)?$")
_PART = re.compile(r"[一-龥）)”]\s*(?:[:：为是有共]|约|近|达)?\s*$")
_END = re.compile(r"\s*(?:[，,；;。、）)（(\n]|$|其中|占|和|及|比)")
_CHANNEL = re.compile(r"[\s　]*(?:其中)?[:：，]?(?:来信|来访|来电|电话|网络|网上|接访)")
_RATE = re.compile(r"(?:率|占|比例|比重)(?:为|达|的|了)?\s*$")


def give_units(summary: Summary, found: Sequence[Quantity], bare: Sequence[Quantity]) -> list[Quantity]:
    """Found quantities, and those of the bare numbers that something gives a unit. The rest stay unaccounted."""
    if not bare:
        return list(found)
    kept = list(found)
    placed = {id(cell.quantity): cell for cell in grid.cells(summary, sorted([*found, *bare], key=lambda q: q.start))}
    ordered = sorted([*found, *bare], key=lambda q: q.start)
    place = {id(q): i for i, q in enumerate(ordered)}
    for one in reversed(bare):                  # from the end, for a list takes the unit of its last
        cell = placed.get(id(one))
        name = _of_cell(cell, one) if cell is not None else _of_words(summary, ordered, place[id(one)])
        unit = _unit(name) if name else None
        if name and unit is not None:
            scale = _SCALES.get(name[0], 1.0) if len(name) > 1 else 1.0
            if scale > 1:
                one.value, one.low, one.high = (None if v is None else v * scale for v in (one.value, one.low, one.high))
            one.unit, one.kind = unit.name, unit.kind
            kept.append(one)
    for one in bare:                            # and from the start, for a list that began with a unit
        if one.unit is None and id(one) not in placed and "masked" not in one.flags:
            _of_list(summary, ordered, place[id(one)], kept)
    return sorted(kept, key=lambda q: q.start)


def _unit(name: str) -> units.Unit | None:
    """The unit of a head, without the scale before it: 万元, 千元."""
    return units.unit(name) or (units.unit(name[1:]) if name[:1] in _SCALES else None)


def _of_cell(cell: grid.Cell, one: Quantity) -> str | None:
    """The unit that a table's heads, row labels or caption give a cell that is a number alone."""
    if not cell.alone or any(grid.words("no_count").search(name) for name in cell.path):
        return None
    for words in (*reversed(cell.path), *reversed(cell.labels)):
        for named in (_IN_BRACKETS.search(words), _COUNT_OF.search(words)):
            if named and _unit(named["unit"]):
                return named["unit"]
        if _SHARE.search(words):
            # 占比 0.65 may be a fraction of one: without the sign only what is above 1 is read as per cent.
            return "%" if "%" in cell.caption + words or (one.value or 0) > 1 else None
    for words in (cell.heads, cell.caption):
        named = _CAPTION.search(words)
        if named:
            return next((name for name in re.split("[、/]", named["unit"]) if _unit(name)), None)
    return "件" if any(grid.words("cases").match(words) for words in cell.path) else None


def _of_words(summary: Summary, ordered: Sequence[Quantity], index: int) -> str | None:
    """The unit named just before the number, or that of the next number of its list."""
    text, one = summary.repaired.text, ordered[index]
    if "masked" in one.flags:
        return None                             # ×× alone may mask a name
    before = text[max(summary.start, one.start - 12):one.start]
    if _MONEY.search(before):
        return "元"
    if _LARGE.search(one.text):
        if _SUMS.search(before):
            return "元"
        if units.ends_in_people(before):
            return "人"
    if not _END.match(text, one.end):
        return None
    following = ordered[index + 1] if index + 1 < len(ordered) else None
    if (following is not None and following.unit and following.kind != "percent"
            and _NEXT.fullmatch(text[one.end:following.start])):
        return following.unit
    named = _NAMED.search(before)
    if named and not re.search(r"[\d一二三四五六七八九十百千万]\s*$", before[:named.start()]):
        return named["unit"]
    return None


def _of_list(summary: Summary, ordered: Sequence[Quantity], index: int, kept: list[Quantity]) -> None:
    """来电5件，其中来访44，来信3: the unit of the figure before, for a noun and a number between two marks."""
    text, one = summary.repaired.text, ordered[index]
    sentence = summary.sentence_at(one.start)
    before = text[max(sentence.start, one.start - 20):one.start]
    if _LARGE.search(one.text) or not _PART.search(before) or not _END.match(text, one.end) or "-" in before[-1:]:
        return
    if _RATE.search(before):
        one.unit, one.kind, one.value, one.low, one.high = "%", "percent", None, None, None
        one.flags.add("damaged")                # 占52: the sign is gone, and zeros may be
        kept.append(one)
        return
    near = [q for q in ordered[max(0, index - 8):index] if q.unit and q.kind != "percent" and q.start >= sentence.start]
    if not near and _CHANNEL.match(text, sentence.start) and "\n" not in text[sentence.start - 1:sentence.start]:
        near = [q for q in ordered[max(0, index - 4):index] if q.unit and q.kind != "percent"]     # 信访412件。来信37，来访248
    near = near or [q for q in ordered[index + 1:index + 4] if q.unit and q.kind != "percent" and q.end <= sentence.end]
    if near:
        one.unit, one.kind = near[-1].unit, near[-1].kind
        kept.append(one)
