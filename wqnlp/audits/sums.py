"""A total and its parts: 来信14件，来访121件，来电51件 of 186件. A table's rows and columns are sums too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from wqnlp.audits.base import Placed, Reading, audit_of, judge
from wqnlp.audits.lists import REST, apart, exact, loose, partitions, stripped
from wqnlp.records import Audit

LEFT = re.compile(r"(?:其余|余下|剩余|剩下)的?[^，。；]{0,6}$")
SPLIT = re.compile("[按从分][^，；。]{1,8}(?:看|分|论|统计|划分)[，：]?[^，；。]{0,8}$|(?:各|分别|依次)[为是有]?$")
BESIDE = 6                               # characters between two parts told in one breath: 男童189名、女童226名
SEPARATOR = re.compile(r"[|│｜\t]|　+| {2,}")
SUM_LABEL = re.compile(r"^\s*(?:合\s*计|总\s*计|小\s*计|总\s*数|共\s*计)")
GRAND = re.compile(r"^\s*(?:合\s*计|总\s*计)")
APART = 12                               # characters between two rows of one table
SLIP = 0.1                               # a wrong digit in one part moves the sum by so much at most


def sums(reading: Reading) -> list[Audit]:
    """Every total that the text divides into all of its parts."""
    found: list[Audit] = []
    for identity, children in reading.children.items():
        total = reading.by_id.get(identity)
        if total is None or not total.counted:
            continue
        # What stands in a bracket is one list, what stands outside another: 接待60件（来信20件，来访40件），其中……
        for depth in sorted({child.depth for child in children}):
            found += _of_total(reading, total, [child for child in children if child.depth == depth])
    found += _rows(reading, found)
    found += _columns(reading)
    told = {frozenset(a.figures) for a in found}
    found += [a for a in _columns_by_place(reading) if frozenset(a.figures) not in told]
    divided = {a.figures[0] for a in found}
    for total in reading.placed:
        if total.figure.id in divided:
            continue
        parts, times = loose(reading, total), 1
        if not parts:
            parts, times = stripped(reading, total)
        if parts:
            added = (total.value or 0.0) * times
            found.append(audit_of("sum", (total, *parts), added, "consistent" if times == 1 else "inconsistent"))
            divided.add(total.figure.id)
            if times > 1:
                reading.supposed[total.figure.id] = added
    found += [audit_of("sum", (total, *parts), total.value, "consistent") for total, parts in apart(reading, divided)]
    return [_remainder(reading, made) or made for made in found]


def _remainder(reading: Reading, made: Audit) -> Audit | None:
    """28个乡镇中19个设站，其余9个明年建齐: two parts, and the second is named as what is left."""
    total, *parts = (reading.by_id[i] for i in made.figures)
    if len(parts) != 2 or not LEFT.search(parts[1].lead):
        return None
    left = None if total.value is None or parts[0].value is None else total.value - parts[0].value
    return audit_of("remainder", (parts[1], total, parts[0]), left, made.status)


def _of_total(reading: Reading, total: Placed, children: Sequence[Placed]) -> Iterator[Audit]:
    """The lists the words give, and in place of one that does not add up, those that do."""
    made = [a for parts in partitions(total, children) if (a := _judged(reading, total, parts))]
    sound = {i for a in made if a.status != "inconsistent" for i in a.figures[1:]}
    better = [parts for parts in exact(total, children) if not sound & {p.figure.id for p in parts}] \
        if not total.vague else []
    yield from (audit_of("sum", (total, *parts), total.value, "consistent") for parts in better)
    fitting = {p.figure.id for parts in better for p in parts}
    yield from (a for a in made if a.status != "inconsistent" or not fitting & set(a.figures[1:]))


def _judged(reading: Reading, total: Placed, parts: Sequence[Placed]) -> Audit | None:
    members = (total, *parts)
    if len(parts) < 2 or any(m.vague for m in members):
        return None
    if any(m.value is None for m in members):
        return _unread(total, parts)
    added = sum(p.value or 0.0 for p in parts)
    stated = total.value or 0.0
    unit = max(m.step for m in members)
    status = judge(stated, added, added, unit if unit != 1 else 0)
    if status == "inconsistent" and not _whole(reading, total, parts, added):
        return None
    return audit_of("sum", members, added, status)


def _unread(total: Placed, parts: Sequence[Placed]) -> Audit | None:
    """A division with a masked member; two parts may just be two of many, three are a list."""
    seen = sum(p.value or 0.0 for p in parts)
    if total.value is not None and seen >= total.value:      # full without what is hidden
        return None
    beside = parts[0].clause == parts[-1].clause and parts[0].sentence == parts[-1].sentence \
        and parts[0].figure.issue is None and len(parts[-1].lead) <= BESIDE
    if len(parts) > 2 or REST.search(parts[-1].lead) or beside:
        return audit_of("sum", (total, *parts), None, "undetermined")
    return None


def _whole(reading: Reading, total: Placed, parts: Sequence[Placed], added: float) -> bool:
    """Whether the parts are meant to be all: a list that ends in 其他, or one that misses the total by a slip.

    A number in the words between that was not read, or was not linked, may be a part: then nothing is said.
    """
    stated = total.value or 0.0
    between = reading.placed[parts[0].index:parts[-1].index + 1]
    loose = [p for p in between if p.counted and p.figure.parent is None and p.unit == total.unit
             and not p.base]
    mixed = any(p.unit != total.unit for p in parts)
    if loose or mixed or total.broken or not reading.whole(parts):
        return False
    if _zeros_lost(stated, added) and REST.search(parts[-1].lead):
        return True
    off = abs(added - stated)
    if len(parts) > 2 and added > stated and SPLIT.search(parts[0].lead) and _one_clause(parts) and _one_digit(stated, added):
        return True                          # 从层级看，区级122件、街道203件、社区153件 of 468件: no list that is not told to its end
    ends = bool(REST.search(parts[-1].lead)) or parts[-1].figure.issue in ("other", "general")
    if ends and len(parts) > 2:
        return off <= SLIP * max(stated, added)
    return len(parts) > 3 and off <= 0.02 * stated


def _one_clause(parts: Sequence[Placed]) -> bool:
    return parts[0].sentence == parts[-1].sentence and parts[0].clause == parts[-1].clause


def _one_digit(stated: float, added: float) -> bool:
    """Whether two numbers differ in one digit alone."""
    one, other = f"{stated:.0f}", f"{added:.0f}"
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _zeros_lost(stated: float, added: float) -> bool:
    return stated > 0 and added in (stated * 10, stated * 100, stated * 1000)


def _rows(reading: Reading, found: Sequence[Audit]) -> Iterator[Audit]:
    """A table's row that does not add up, where the other rows of its table do."""
    known = {a.figures for a in found if a.kind == "sum" and a.status == "consistent"}
    rows: dict[tuple[object, ...], list[tuple[Placed, ...]]] = defaultdict(list)
    for identity, cells in reading.children.items():
        total = reading.by_id.get(identity)
        if total is not None and total.sentence in reading.rows \
                and all(c.sentence == total.sentence for c in cells):
            rows[total.figure.parent, total.unit, *(c.figure.issue for c in cells)].append((total, *cells))
    for table in rows.values():
        sound = [row for row in table if tuple(m.figure.id for m in row) in known]
        for row in table:
            read = all(m.value is not None and not m.vague for m in row)
            if row not in sound and read and len(sound) > 1 and 2 * len(sound) > len(table):
                yield audit_of("sum", row, sum(m.value or 0.0 for m in row[1:]), "inconsistent")


def _columns(reading: Reading) -> Iterator[Audit]:
    """A table's columns: the cell under 合计 against the cells of every row, told by the tree of totals and parts.

    Rows are parts of the grand total that have parts themselves; a column is one issue through all the rows.
    """
    for identity, children in reading.children.items():
        rows = [c for c in children if c.figure.id in reading.children]
        if len(rows) < 2 or identity not in reading.by_id:
            continue
        for column in children:
            if column in rows or column.figure.issue is None or column.sentence in {r.sentence for r in rows}:
                continue
            cells = [next((c for c in reading.children[r.figure.id] if c.figure.issue == column.figure.issue), None)
                     for r in rows]
            if all(c is not None and c.sentence == r.sentence for c, r in zip(cells, rows, strict=True)):
                members = [column, *(c for c in cells if c is not None)]
                if any(m.vague for m in members):
                    continue
                if any(m.value is None for m in members):
                    yield audit_of("sum", members, None, "undetermined")
                    continue
                added = sum(m.value or 0.0 for m in members[1:])
                status = "consistent" if added == column.value else "inconsistent"
                if status == "consistent" or abs(added - (column.value or 0.0)) <= SLIP * max(added, 1.0):
                    yield audit_of("sum", members, added, status)


def _columns_by_place(reading: Reading) -> Iterator[Audit]:
    """A table's columns that no issue names (一季度, 热线): the cells above one another, and that of the bottom row."""
    rows: list[dict[int, Placed]] = []
    last: Placed | None = None
    for one in reading.placed:
        if one.sentence not in reading.rows:
            last = None
            continue
        if last is None or one.sentence != last.sentence:
            if last is None or _another_table(last, one):
                rows = []
            rows.append({})
            column = 0
        last = one
        column += len(SEPARATOR.findall(one.lead))
        rows[-1][column] = one
        bottom = SUM_LABEL.match(one.figure.sentence) and len(rows) > 2
        if bottom and one.counted and (made := _column(rows, column)):
            yield made


def _another_table(last: Placed, one: Placed) -> bool:
    """Whether a row is of another table than the one before: that was a grand total, or lines stand between them."""
    between = one.figure.start - one.figure.sentence.find(one.figure.text) - last.figure.end - len(last.tail)
    return bool(GRAND.match(last.figure.sentence)) or between > APART


def _column(rows: Sequence[dict[int, Placed]], column: int) -> Audit | None:
    """The bottom cell of a column against those above it, where every row has one of its unit."""
    cells = [row.get(column) for row in rows]
    members = [cell for cell in (cells[-1], *cells[:-1]) if cell is not None]
    if len(members) < len(rows) or any(m.vague or not m.counted or m.unit != members[0].unit for m in members):
        return None
    if any(m.value is None for m in members):
        return audit_of("sum", members, None, "undetermined")
    stated, added = members[0].value or 0.0, sum(m.value or 0.0 for m in members[1:])
    if added != stated and abs(added - stated) > SLIP * max(added, 1.0):
        return None
    return audit_of("sum", members, added, "consistent" if added == stated else "inconsistent")
