"""Which figure of a summary answers for a measure, and why it may have none.

The annual total is the one the reporting federation gives for its own period: not a part, not a restatement, not a
target, not another body's or an earlier year's number. Where several are left, the one that is broken down in the
text is the total; then the one it calls a total; then the larger.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from wqnlp.records import Document, Figure
from wqnlp.tables import rules

NOT_OURS = {"duplicate", "planned", "quoted", "previous"}
REPORTING = (None, "womens_federation")
CASES = {"cases_received", "cases_resolved", "cases_pending", "case_visits", "consultations"}
OUTCOMES = {"cases_resolved", "cases_pending"}
AROUND = 40                              # characters before a figure that say whose it is


@dataclass(frozen=True, slots=True)
class Choice:
    """The figure that answers, the period it is for, and what is to be said about it."""

    figure: Figure | None
    period_kind: str
    period_start: str | None
    period_end: str | None
    status: str                          # given, approximate, masked, damaged, none
    note: str


def choose(document: Document, figures: Sequence[Figure], measures: Sequence[str], issue: str | None,
           office: str = "all") -> Choice:
    """The figure of one summary for a measure (the first of `measures` that it reports) and an issue.

    `figures` are those of the summary. `office` is `all` (the federations of the whole place) or `own` (the cases
    that came over the reporting federation's own desk: 市级51件 of 329件). What those below it report never answers.
    Never raises; a summary without such a figure gives a Choice without one.

    >>> document = Document(doc_id="a", path="", start=0, end=90, title="", year=2006)
    >>> told = dict(doc_id="a", start=0, end=4, sentence="", unit="件", kind="count", measure="cases_received")
    >>> total = Figure(id="a:1-5", text="186件", value=186, low=186, high=186, role="total", **told)
    >>> part = Figure(id="a:9-12", text="14件", value=14, low=14, high=14, role="part", parent="a:1-5", **told)
    >>> choose(document, [total, part], ["cases_received"], None).figure.text
    '186件'
    """
    by_id = {figure.id: figure for figure in figures}
    for measure in measures:
        own = [f for f in figures if f.measure == measure and f.kind != "percent" and _of_period(f, document)
               and f.actor in REPORTING and not NOT_OURS & set(f.flags)]
        desks = {f.id: office_of(f) for f in own}
        if office == "own":
            broad = [f for f in own if f.issue == issue and desks[f.id] == "own"]
            if broad:
                return _best(document, broad, figures, by_id)
            continue
        whole = [f for f in own if f.issue == issue and desks[f.id] != "below"]
        broad = [f for f in whole if not _within(f, by_id)]
        if issue is None:
            broad = [f for f in broad if f.role != "part" or _outcome(f, by_id)]
        if broad:
            choice = _best(document, [f for f in broad if not desks[f.id]] or broad, figures, by_id)
            return _with_own(choice, [f for f in whole if desks[f.id] == "own"])
    return Choice(None, document.period_kind, document.period_start, document.period_end, "none", "文中没有这一数字")


def period_of(figure: Figure, document: Document) -> str:
    """annual, half, quarter or partial: that of the figure's own period where it has one.

    >>> d = Document(doc_id="a", path="", start=0, end=9, title="", year=2008)
    >>> told = dict(id="a:0-2", doc_id="a", start=0, end=2, text="9件", sentence="", value=9, low=9, high=9, unit="件")
    >>> told |= dict(kind="count", measure="cases_received", period_start="2008-01-01", period_end="2008-06-30")
    >>> period_of(Figure(**told), d)
    'half'
    """
    if not figure.period_start or not figure.period_end:
        return document.period_kind
    if (figure.period_start, figure.period_end) == (document.period_start, document.period_end):
        return document.period_kind
    first, last = date.fromisoformat(figure.period_start), date.fromisoformat(figure.period_end)
    days = (last - first).days + 1
    for kind, low, high in (("annual", 360, 366), ("half", 180, 185), ("quarter", 89, 93)):
        if low <= days <= high:
            return kind
    return "partial"


def office_of(figure: Figure) -> str:
    """`own` where the words before a figure say that the cases are those of the federation's own desk, `below` where
    they are those of the federations below it, and nothing where they say neither.

    >>> told = dict(doc_id="a", start=0, end=4, value=214, low=214, high=214, unit="件", kind="count", id="a:0-4")
    >>> office_of(Figure(text="214件", sentence="接待1268件，其中市妇联本级214件", measure="cases_received", **told))
    'own'
    """
    at = figure.sentence.find(figure.text)
    before = figure.sentence[max(0, at - AROUND):max(at, 0)].rstrip("接待受理共计办约近达为了信访来咨询案件：: ")
    clause = re.split("[，。；;]", before)[-1]
    for rule in rules("office"):
        if rule.pattern.search(clause):
            return str(rule.gives)
    return ""


def _with_own(choice: Choice, own: Sequence[Figure]) -> Choice:
    """A choice that also says what of it came over the federation's own desk, or that it is all there is."""
    if choice.figure is None or not own:
        return choice
    if choice.figure in own:
        return replace(choice, note="；".join(n for n in (choice.note, "只是本级的数字") if n))
    return replace(choice, note="；".join(n for n in (choice.note, f"其中本级{own[0].text}") if n))


def _of_period(figure: Figure, document: Document) -> bool:
    """Whether the figure lies in the document's period: 近年来 and another year's numbers do not."""
    start, end = figure.period_start, figure.period_end
    if not start and not end:
        return True
    if document.period_start and document.period_end:
        return bool(start and end and document.period_start <= start and end <= document.period_end)
    return document.year is None or bool(start and end and start[:4] == end[:4] == str(document.year))


def _outcome(figure: Figure, by_id: dict[str, Figure]) -> bool:
    """Whether the figure is what became of all cases (受理237件，办结233件): a part of them, and the whole of its kind."""
    parent = by_id.get(figure.parent or "")
    if figure.measure not in OUTCOMES or parent is None:
        return False
    received = [f for f in by_id.values() if f.measure == "cases_received" and f.issue is None and f.role == "total"
                and f.kind != "percent" and not NOT_OURS & set(f.flags)]
    return parent in received and _size(parent) >= max(_size(f) for f in received)


def _within(figure: Figure, by_id: dict[str, Figure]) -> bool:
    """Whether the figure is a part of one that counts the same thing."""
    parent = by_id.get(figure.parent or "")
    return parent is not None and (parent.measure, parent.issue) == (figure.measure, figure.issue)


def _best(document: Document, broad: list[Figure], figures: Sequence[Figure], by_id: dict[str, Figure]) -> Choice:
    divided = {f.parent for f in figures if f.parent}

    def rank(figure: Figure) -> tuple[bool, ...]:
        return figure.parent in by_id, figure.id in divided, figure.role == "total"

    def best(some: list[Figure]) -> Figure:
        return max(some, key=lambda f: (rank(f), _size(f), -f.start))

    whole = [f for f in broad if period_of(f, document) == document.period_kind]
    narrow = [f for f in broad if f not in whole]
    chosen = best(whole or narrow)
    # A year has no fewer cases than its first ten months: what is smaller is a part that does not say so.
    if whole and any(_size(f) > _size(chosen) for f in narrow):
        chosen = best(narrow)
    rivals = [f.text for f in broad if f is not chosen and rank(f) == rank(chosen) and _size(f) != _size(chosen)]
    status, note = told(chosen)
    notes = [note] if note else []
    if period_of(chosen, document) != document.period_kind:
        notes.append(f"只计{chosen.period_start}至{chosen.period_end}")
    if chosen.role == "single" and rivals:
        notes.append(f"文中未写明总数，同类另有{'、'.join(dict.fromkeys(rivals[:3]))}")
    elif chosen.role == "single" and chosen.measure not in CASES:
        notes.append("文中未写明是总数")                 # materials of one campaign are not those of the year
    return Choice(chosen, period_of(chosen, document), chosen.period_start or document.period_start,
                  chosen.period_end or document.period_end, status, "；".join(notes))


def _size(figure: Figure) -> float:
    """How large a figure may be; one that cannot be read may be of any size."""
    unread = float("inf") if {"masked", "damaged"} & set(figure.flags) else -1.0
    return next((x for x in (figure.value, figure.high, figure.low) if x is not None), unread)


def told(figure: Figure) -> tuple[str, str]:
    """How far a figure can be read: its status and the same in words.

    >>> place = dict(id="d:0-4", doc_id="d", start=0, end=4, sentence="", kind="count", measure="cases_received")
    >>> told(Figure(text="2xx件", value=None, low=200, high=299, unit="件", flags=("masked",), **place))
    ('masked', '原文遮盖（2xx件），在200至299之间')
    """
    bounds = ""
    if figure.low is not None and figure.high is not None:
        bounds = f"，在{figure.low:,.0f}至{figure.high:,.0f}之间".replace(",", "")
    if "masked" in figure.flags:
        return "masked", f"原文遮盖（{figure.text}）{bounds}"
    if "damaged" in figure.flags:
        return "damaged", f"原文数字缺损（{figure.text}）{bounds}"
    if figure.value is None:
        return "approximate", f"原文只给范围（{figure.text}）"
    if "approximate" in figure.flags or figure.low != figure.high:
        return "approximate", f"原文为约数（{figure.text}）"
    return "given", "数字经修复" if "repaired" in figure.flags else ""
