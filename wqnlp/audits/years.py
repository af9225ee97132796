"""A summary against its own earlier year: what it says of last year, and what last year's summary said.

Only summaries of one place and of the same kind of period are set side by side, and never a copy beside its original.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from wqnlp.audits.base import Placed, Reading, audit_of, judge, span_of
from wqnlp.records import Audit, Document, Figure

LAST = re.compile(r"上年|去年|上一年|同比|往年同期|同期")
BEFORE_LAST = re.compile(r"前年|环比|上季|上月|年初|月")
YEAR = re.compile(r"((?:19|20)\d\d)年?")
NOT_REPORTED = {"previous", "planned", "quoted"}
CLOSE = 0.1                              # further off it is another count, not another number for the same
POINTS = 5.0                             # percentage points a growth may be off and still be of the same count


def audit_years(figures_by_document: Mapping[str, Iterable[Figure]], documents: Iterable[Document]) -> list[Audit]:
    """Relations between summaries of one place in successive years, under the later summary's doc_id.

    `figures_by_document` maps a doc_id to the figures of its summary. A base figure the later one states
    (比2009年的212件) is a `restatement` of what the earlier one reported; a change it states without a base
    (比上年增加26件, 同比增长12.3%) is a `change` against it. A contradiction is called only where the earlier summary
    has one total that the words can mean and the two are near one another.

    >>> told = dict(unit="件", kind="count", measure="cases_received", end=9)
    >>> old = Figure(id="a:1-5", doc_id="a", start=1, text="212件", sentence="受理212件。", value=212, low=212, high=212,
    ...              role="total", **told)
    >>> new = Figure(id="b:9-13", doc_id="b", start=9, text="221件", sentence="比上年的221件增加17件。", value=221, low=221,
    ...              high=221, flags=("previous",), **told)
    >>> place = dict(path="", start=0, end=9, title="", adcode="341525")
    >>> [found] = audit_years({"a": [old], "b": [new]}, [Document(doc_id="a", year=2009, **place),
    ...                                                  Document(doc_id="b", year=2010, **place)])
    >>> found.kind, found.figures, found.stated, found.computed, found.status
    ('restatement', ('b:9-13', 'a:1-5'), 221, 212, 'inconsistent')
    """
    known = list(documents)
    readings = {d.doc_id: Reading.of(figures_by_document.get(d.doc_id, ())) for d in known}
    shelf: dict[tuple[object, ...], list[Document]] = defaultdict(list)
    for document in known:
        if _place(document) and document.year is not None:
            shelf[_place(document), document.year, *_period(document)].append(document)
    found: list[Audit] = []
    for document in known:
        if _place(document) is None or document.year is None:
            continue
        for one in readings[document.doc_id].placed:
            year = _year(one, document.year)
            earlier = shelf.get((_place(document), year, *_period(document)), ()) if year is not None else ()
            others = [readings[e.doc_id] for e in earlier if not _copies(document, e)]
            if others:
                made = _against(readings[document.doc_id], one, others)
                found += [made] if made else []
    return found


def _place(document: Document) -> str | None:
    if document.level == "township":     # a township carries the code of its county
        return document.place
    return document.adcode or document.place


def _period(document: Document) -> tuple[str, str, str]:
    """Kind of period and its days of the year: the first half of one year beside the first half of the other."""
    return document.period_kind, (document.period_start or "")[5:], (document.period_end or "")[5:]


def _copies(one: Document, other: Document) -> bool:
    """One text under two years. The old text with new figures in it is a summary of its own."""
    same = {c.doc_id for d in (one, other) for c in d.copies if "figures" not in c.differs}
    return one.doc_id == other.doc_id or bool({one.doc_id, other.doc_id} & same)


def _year(one: Placed, year: int) -> int | None:
    """The earlier year a figure is of, or is measured against; None where it is of the summary's own."""
    figure = one.figure
    if figure.measure != "change" and not one.base:
        return None
    start = figure.period_start or ""
    if "previous" in figure.flags and start[:4].isdigit() and int(start[:4]) < year:
        return int(start[:4])
    words = one.figure.sentence.split(figure.text)[0][-24:]
    named = [int(y) for y in YEAR.findall(words) if int(y) < year]
    if named:
        return named[-1]
    return year - 1 if LAST.search(words) and not BEFORE_LAST.search(words) else None


def _against(reading: Reading, one: Placed, others: Sequence[Reading]) -> Audit | None:
    if one.vague or one.value is None:
        return None
    if one.figure.measure != "change":
        return _restated(one, list(_reported(one, others))) if one.counted else None
    if one.figure.unit == "个百分点":
        return None
    current = _current(reading, one)
    return None if current is None else _changed(one, current, list(_reported(current, others)))


def _reported(one: Placed, others: Sequence[Reading]) -> Iterator[Placed]:
    """What the earlier summaries reported of the same thing."""
    figure = one.figure
    for reading in others:
        for other in reading.placed:
            same = other.figure.measure == figure.measure and other.figure.issue == figure.issue \
                and other.unit == one.unit
            if same and other.counted and not other.vague and not NOT_REPORTED & set(other.figure.flags) \
                    and not other.base:
                yield other


def _main(reported: Sequence[Placed], issue: str | None) -> Placed | None:
    """The one figure that the words can mean: the only one, or the only total. Of copies in a library any does."""
    wide = [p for p in reported if p.figure.role == "total" or issue is not None] or list(reported)
    if issue is None:
        wide = [p for p in wide if p.figure.parent is None] or wide
    values = {p.value for p in wide}
    return wide[0] if len(values) == 1 else None


def _restated(one: Placed, reported: Sequence[Placed]) -> Audit | None:
    stated = one.value or 0.0
    for other in reported:
        if other.value == stated:
            return audit_of("restatement", (one, other), stated, "consistent")
    main = _main(reported, one.figure.issue)
    if main is None:
        return None
    if main.value is None:
        if not _may_be(main, stated):
            return None
        hint = f"{stated:.10g}{main.figure.unit or ''}：{main.figure.text}缺字，次年总结称上年为{one.figure.text}"
        return Audit(doc_id=one.figure.doc_id, kind="restatement", figures=(one.figure.id, main.figure.id), stated=stated,
                     computed=None, status="undetermined", suggestion=hint)
    if abs(main.value - stated) > CLOSE * max(main.value, stated):
        return None
    unit = max(one.step, main.step)
    (low, high) = span_of(main)
    status = judge(stated, low, high, unit if unit != 1 else 0)
    return audit_of("restatement", (one, main), main.value, status)


def _may_be(hidden: Placed, value: float) -> bool:
    """Whether a masked number can have this value by the digits still seen."""
    low, high = hidden.figure.low, hidden.figure.high
    return hidden.unread and (low is None or low <= value) and (high is None or value <= high)


def _current(reading: Reading, one: Placed) -> Placed | None:
    """The count of this year that a change is of; None where the text gives the base itself."""
    near = [p for p in reading.before(one.index) if p.counted]
    counted = near[0] if near and not near[0].base else None
    if counted is None or counted.vague or counted.value is None:
        return None
    relative = one.percent or one.figure.unit == "倍"
    return counted if relative or counted.unit == one.unit else None


def _changed(one: Placed, current: Placed, reported: Sequence[Placed]) -> Audit | None:
    if one.figure.unit == "倍":
        return None
    main = _main(reported, current.figure.issue)
    if main is None or not main.value:
        return None
    apart = (current.value or 0.0) - main.value
    exact = 100 * apart / main.value if one.percent else apart
    unit = one.step
    status = judge(one.value or 0.0, exact, exact, unit if one.percent or unit != 1 else 0)
    far = abs(exact - (one.value or 0.0)) > (POINTS if one.percent else CLOSE * main.value)
    if status == "inconsistent" and far:
        return None
    return audit_of("change", (one, current, main), exact, status)
