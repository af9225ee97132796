"""A total and its parts: 来信14件，来访121件，来电51件 of 186件. A table's rows and columns are sums too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wqnlp.audits.base import Placed, Reading, audit_of, is_base, judge, of_one_kind, step, unit_of
from wqnlp.records import Audit

REST = re.compile(r"其他|其它|其余|综合类|另[有外]|余下|剩余")
BESIDE = 6                               # characters between two parts told in one breath: 男童189名、女童226名
SLIP = 0.1                               # a wrong digit in one part moves the sum by so much at most


def sums(reading: Reading) -> list[Audit]:
    """Every total that the text divides into all of its parts."""
    found = []
    for identity, children in reading.children.items():
        total = reading.by_id.get(identity)
        if total is None or not total.counted:
            continue
        # What stands in a bracket is one list, what stands outside another: 接待60件（来信20件，来访40件），其中……
        for depth in sorted({child.depth for child in children}):
            for parts in partitions(total, [child for child in children if child.depth == depth]):
                made = _judged(reading, total, parts)
                if made:
                    found.append(made)
    return found + list(_columns(reading))


def partitions(total: Placed, children: Sequence[Placed]) -> Iterator[list[Placed]]:
    """The parts of a total, one list for each way the text divides it (by form, by office, by kind of case)."""
    same_unit = [c for c in children if c.counted and of_one_kind(c, total)
                 and ("duplicate" not in c.figure.flags or c.sentence == total.sentence)]
    alike = [c for c in same_unit if c.figure.measure == total.figure.measure or unit_of(c) != unit_of(total)]
    if len(alike) < 2:                   # 申请34件，其中裁定准许31件、驳回3件
        alike = [c for c in same_unit if c.figure.measure == "cases_resolved" and c.sentence == total.sentence]
    if len(alike) < 2:                   # parts told of in other words than their total: 接待60人次，其中来访40、咨询20
        alike = [c for c in same_unit if c.figure.measure not in ("cases_resolved", "cases_pending")]
    run: list[Placed] = []
    added = 0.0
    for at, child in enumerate(alike):
        if run and _turns(run, child, total, added):
            yield run
            run, added = [], 0.0
        run.append(child)
        added += child.value or 0.0
        if len(run) > 1 and added == total.value and all(c.value is not None for c in run) and _ends(alike, at, total):
            yield run
            run, added = [], 0.0
    if run:
        yield run


def _turns(run: Sequence[Placed], child: Placed, total: Placed, added: float) -> bool:
    """Whether a new way of dividing begins: the parts so far name no issue and this one does, or they are full."""
    named = child.figure.issue is not None and child.figure.issue != total.figure.issue
    before = run[-1].figure.issue is not None and run[-1].figure.issue != total.figure.issue
    other_way = named != before and child.sentence != run[-1].sentence and not REST.search(child.lead)
    full = total.value is not None and added >= total.value and child.sentence != run[-1].sentence
    # Where a number is lost its sum cannot tell; a way of dividing without issues then ends with its sentence.
    unread = any(c.value is None for c in (total, child, *run))
    ended = unread and not named and len(run) > 1 and child.sentence != run[-1].sentence and not REST.search(child.lead)
    return other_way or full or ended


def _ends(alike: Sequence[Placed], at: int, total: Placed) -> bool:
    """Whether a full list ends here, and not by chance one part before its last: the rest is empty or full too."""
    rest = [c for c in alike[at + 1:] if c.sentence == alike[at].sentence]
    return not rest or sum(c.value or 0.0 for c in rest) == total.value


def _judged(reading: Reading, total: Placed, parts: Sequence[Placed]) -> Audit | None:
    members = (total, *parts)
    if len(parts) < 2 or any(m.vague for m in members):
        return None
    if any(m.value is None for m in members):
        return _unread(total, parts)
    added = sum(p.value or 0.0 for p in parts)
    stated = total.value or 0.0
    unit = max(step(m.figure) for m in members)
    status = judge(stated, added, added, unit if unit != 1 else 0)
    if status == "inconsistent":
        if not _whole(reading, total, parts, added):
            return None
        return audit_of("sum", members, added, status, _fix(total, parts, added))
    return audit_of("sum", members, added, status)


def _unread(total: Placed, parts: Sequence[Placed]) -> Audit | None:
    """A division with a masked member; two parts may just be two of many, three are a list."""
    seen = sum(p.value or 0.0 for p in parts)
    if total.value is not None and seen > total.value:
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
    loose = [p for p in between if p.counted and p.figure.parent is None and unit_of(p) == unit_of(total)
             and not is_base(p)]
    mixed = any(unit_of(p) != unit_of(total) for p in parts)
    if loose or mixed or total.broken or not reading.whole(parts):
        return False
    if _zeros_lost(stated, added) and REST.search(parts[-1].lead):
        return True
    off = abs(added - stated)
    ends = bool(REST.search(parts[-1].lead)) or parts[-1].figure.issue in ("other", "general")
    if ends and len(parts) > 2:
        return off <= SLIP * max(stated, added)
    return len(parts) > 3 and off <= 0.02 * stated


def _zeros_lost(stated: float, added: float) -> bool:
    return stated > 0 and added in (stated * 10, stated * 100, stated * 1000)


def _fix(total: Placed, parts: Sequence[Placed], added: float) -> str | None:
    """A total or a part that fits once its lost zeros are put back."""
    stated = total.value or 0.0
    unit = total.figure.unit or ""
    if _zeros_lost(stated, added):
        terms = "+".join(f"{p.value:g}" for p in parts)
        return f"{added:g}{unit}：{terms}={added:g}，{total.figure.text}末位的零脱落"
    missing = stated - added
    fitting = [(p, times) for p in parts for times in (10, 100) if p.value and p.value * (times - 1) == missing]
    if len(fitting) == 1:
        part, times = fitting[0]
        return f"{(part.value or 0.0) * times:g}{unit}：{part.figure.text}末位的零脱落，补上后各项之和为{stated:g}"
    return None


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
