"""What one summary says that another year of the same body can be held against, in a few hundred bytes.

Its counts of the year, and what it claims of an earlier one: a number given for comparison (上年同期122起), or a change
without its base (比上年增加26件, 同比增长12.3%). Of each is kept what makes two numbers comparable: what is counted,
about which issue, in which unit, over which scope (本级, 全县), by which channel (来信, 热线), to which printed digit.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import cache
from typing import Any, NamedTuple

from wqnlp.audits.base import Placed, Reading, comes_from, step
from wqnlp.audits.changes import DOWN, UP, signed
from wqnlp.grammar.places import coded, short_names
from wqnlp.records import Document, Figure
from wqnlp.tables import table

LAST = re.compile(r"上年|去年|上一年|同比|同期")
NOT_LAST = re.compile(r"前年|往年|历年|环比|上季|上月|年初|年底|月|季度|半年|[近前][两二三几]年")
AGAINST_YEAR = re.compile(r"(?:比|较|与|同|和|跟)\s*((?:19|20)\d\d)\s*年")
YEAR = re.compile(r"(?:19|20)\d\d(?=\s*年)")
OTHERS = {"planned", "quoted"}           # a target, or another body's: neither claims anything of the own year before
GROWN = re.compile(r"(?:增加|增长|上升|提高|减少|下降|净增|净减|多|少|增|减)了?$")      # 今年多11件 counts no cases
SURE = 0.8                               # a figure less sure than that contradicts nothing
WORDS = 30                               # characters before a number in which its year of comparison is named


class Count(NamedTuple):
    """One number and what makes it comparable."""

    id: str
    text: str
    measure: str
    issue: str | None
    unit: str
    value: float | None
    low: float | None
    high: float | None
    step: float                          # one unit of the last printed digit
    total: bool
    top: bool                            # a part of nothing
    scope: str
    aspects: str
    vague: bool                          # given roughly, or not surely read: it contradicts nothing
    unread: bool                         # masked, or digits lost

    @property
    def thing(self) -> tuple[str, str | None, str]:
        """What is counted."""
        return self.measure, self.issue, self.unit


class Claim(NamedTuple):
    """What a summary says of an earlier year. `stated` counts the thing the claim is of, even where it is a percentage."""

    stated: Count
    kind: str                            # restatement, change
    year: int
    current: Count | None                # the count of its own year that the claim is of
    plain: bool                          # nothing else the words could mean: only then may it be contradicted
    percent: bool
    sign: int                            # -1, 1 as the words say; 0 where they do not


class Told(NamedTuple):
    """One summary, as its other years need it."""

    doc_id: str
    body: str
    year: int
    period: str
    counts: tuple[Count, ...]
    claims: tuple[Claim, ...]

    @classmethod
    def of(cls, row: list[Any]) -> Told:
        """From the nested lists that JSON makes of it."""
        doc_id, body, own_year, period, counts, claims = row
        return cls(doc_id, body, own_year, period, tuple(Count(*one) for one in counts), tuple(
            Claim(Count(*stated), kind, year, None if current is None else Count(*current), *rest)
            for stated, kind, year, current, *rest in claims))


def body_of(document: Document) -> str | None:
    """The key of the body whose summary it is: code and level with the body's own kind; without a code, its name.

    >>> told = dict(doc_id="d", path="", start=0, end=9, title="", organisation="襄樊市妇联", place="湖北省襄樊市")
    >>> body_of(Document(**told, adcode="420600", level="prefecture"))      # 襄阳市 since 2010, under the same code
    '420600/prefecture/妇联'
    >>> body_of(Document(**told))
    '//襄樊市妇联'
    """
    name, place = document.organisation or "", document.place or ""
    if document.adcode is None:
        return f"//{name}" if name else None
    if document.level == "township":     # it has its county's code
        return f"{document.adcode}/township/{name}/{place}"
    called = [place[at:] for at in range(len(place))]
    called += [own for division in coded(document.adcode) for own in (division.name, *short_names(division.name))]
    own = max((own for own in called if name.startswith(own)), key=len, default="")
    return f"{document.adcode}/{document.level or ''}/{name.removeprefix(own)}"


def told(document: Document, figures: Iterable[Figure]) -> Told | None:
    """What a summary says that its other years can be held against; None where its body or its one year is not known.

    >>> place = dict(doc_id="b", path="", start=0, end=9, title="", adcode="341525", level="county")
    >>> own = dict(doc_id="b", sentence="受理238件，比上年增加26件。", unit="件", kind="count")
    >>> said = told(Document(**place, year=2010), [
    ...     Figure(id="b:2-6", start=2, end=6, text="238件", value=238, low=238, high=238, measure="cases_received", **own),
    ...     Figure(id="b:11-14", start=11, end=14, text="26件", value=26, low=26, high=26, measure="change", **own)])
    >>> [(claim.stated.text, claim.kind, claim.year, claim.current.text) for claim in said.claims]
    [('26件', 'change', 2009, '238件')]
    """
    body, year = body_of(document), document.year
    start, end = document.period_start or "", document.period_end or ""
    if body is None or year is None or any(day and day[:4] != str(year) for day in (start, end)):
        return None
    reading = Reading.of(figures)
    own = {p.index for p in reading.placed if _reported(p, document) and _of_the_body(reading, p, document)}
    counts = tuple(_count(reading, reading.placed[at]) for at in sorted(own))
    claims = tuple(made for p in reading.placed if (made := _claim(reading, p, document, own)))
    return Told(document.doc_id, body, year, f"{document.period_kind}/{start[5:]}/{end[5:]}", counts, claims)


def _reported(one: Placed, document: Document) -> bool:
    """Whether a figure counts something over the whole of the summary's own period."""
    figure = one.figure
    return one.counted and not GROWN.search(one.lead) and figure.measure != "other" and not (OTHERS | {"previous"}) & set(figure.flags) \
        and not one.base and _whole_period(figure, document, document.year)


def _of_the_body(reading: Reading, one: Placed, document: Document) -> bool:
    """Whether a count is of the summary's own body and of one year: not 市妇联's in a county's summary, not 五年来."""
    words, clause = _words(reading, one), re.split(r"[；;。]", one.lead)[-1]
    return not _other_level(words, document.place or "") and not _patterns().span.search(clause) \
        and not {year for year in YEAR.findall(clause) if int(year) != document.year}


def _other_level(words: str, place: str) -> bool:
    """Whether the words before a number name another level's body than the summary's own.

    >>> _other_level("六安市妇联接待", "安徽省六安市霍山县"), _other_level("全县各级妇联接待", "安徽省六安市霍山县")
    (True, False)
    """
    if not place:
        return False
    named = [m for pattern in _patterns().scope.values() for m in pattern.finditer(words)]
    last = max(named, key=lambda m: m.end(), default=None)
    clause = max(words.rfind(mark) for mark in "，；。,;")
    return any(m.groupdict().get("level") not in (None, place[-1]) for m in named if m is last or m.start() > clause)


def _whole_period(figure: Figure, document: Document, year: int | None) -> bool:
    """Whether a figure's own period, where the text gives one, is the summary's, in that year."""
    own = figure.period_start, figure.period_end
    whole = document.period_start, document.period_end
    if whole == (None, None) and document.period_kind == "annual":
        whole = f"{year}-01-01", f"{year}-12-31"
    return all(day is None or (day[:4] == str(year) and day[5:] == (other or "")[5:])
               for day, other in zip(own, whole, strict=True))


def _count(reading: Reading, one: Placed, like: Placed | None = None) -> Count:
    """A number with what makes it comparable; `like` is the count that a number said of it shares the thing with."""
    figure, of = one.figure, (like or one).figure
    doubtful = one.broken or reading.dropped_before(one) or figure.confidence < SURE
    return Count(figure.id, figure.text, of.measure, of.issue, (like or one).unit, figure.value, figure.low, figure.high,
                 step(figure), figure.role == "total", figure.parent is None, _scope(_words(reading, one), one.lead),
                 _aspects(one), one.vague or doubtful, one.unread)


def _words(reading: Reading, one: Placed) -> str:
    """The sentence up to the figure."""
    before = reversed(reading.before(one.index))
    return "".join(p.lead + p.figure.text for p in before) + one.lead


class Patterns(NamedTuple):
    """The table `years`, compiled."""

    scope: dict[str, re.Pattern[str]]
    channels: dict[str, re.Pattern[str]]
    narrowed: re.Pattern[str]
    span: re.Pattern[str]
    compared: re.Pattern[str]            # words that bring in no other subject


@cache
def _patterns() -> Patterns:
    known = table("years")
    scope, channels = ({name: re.compile(pattern) for name, pattern in known[key].items()} for key in ("scope", "channels"))
    return Patterns(scope, channels, *(re.compile(known[key]) for key in ("narrowed", "span", "compared")))


def _scope(words: str, lead: str) -> str:
    """Whose count it is, by the word nearest before the number; empty where none is said, `?` where it may be either.

    `lead` are the last of the words, since the figure before. A scope named before that figure holds on in its clause.

    >>> _scope("全县各级妇联接待212件，其中县妇联接待", "，其中县妇联接待"), _scope("全年接待", "全年接待")
    ('own', '')
    >>> _scope("县妇联接待60件，办结", "，办结"), _scope("县妇联接待60件；全年共接待", "；全年共接待")
    ('own', '?')
    """
    own = _nearest_scope(lead)
    if own or not _nearest_scope(words):
        return own
    return "?" if re.search("[；;]|共|总|全年|合计|整个", lead) else _nearest_scope(words)


def _nearest_scope(words: str) -> str:
    last = {name: max((m.end() for m in pattern.finditer(words)), default=0) for name, pattern in _patterns().scope.items()}
    name = max(last, key=lambda one: last[one])
    return name if last[name] else ""


def _aspects(one: Placed) -> str:
    """By which channels it came, and the words that narrow it, in its own clause."""
    after = re.match(r"[^，。；、,;：:]{0,12}", one.tail)
    words = re.split(r"[；;。]", one.lead)[-1] + (after.group() if after else "")
    channels = [name for name, pattern in _patterns().channels.items() if pattern.search(words)]
    return " ".join([*channels, *sorted(set(_patterns().narrowed.findall(words)))])


def _other_subject(*leads: str) -> bool:
    """Whether the words between a count and what is said of it bring in another subject: 186件，满意度比上年提高."""
    return any(_patterns().compared.sub("", lead) for lead in leads)


def _claim(reading: Reading, one: Placed, document: Document, own: Container[int]) -> Claim | None:
    """What a figure claims of an earlier year; `own` are the places of counts that are the summary's own."""
    figure, change = one.figure, one.figure.measure == "change"
    if OTHERS & set(figure.flags) or not (change or (one.base and one.counted)):
        return None
    year = _year_meant(reading, one, document)
    if year is None:
        return None
    if change:
        told_so = not one.vague and one.value is not None and figure.unit not in ("倍", "个百分点")
        return _change(reading, one, year, own) if told_so else None
    current, plain = _beside(reading, one)
    if current is None:
        return Claim(_count(reading, one), "restatement", year, None, False, False, 0)
    if current.index not in own:
        return None
    same = current.figure.measure == figure.measure and figure.issue in (None, current.figure.issue)
    alike = current if plain or same else None             # 办结424件，上年同期为412件: what it counts is said before it
    stated = _count(reading, one, alike)
    plain = plain and figure.issue in (None, current.figure.issue) and not stated.vague
    return Claim(stated, "restatement", year, _count(reading, current), plain, False, 0)


def _change(reading: Reading, one: Placed, year: int, own: Container[int]) -> Claim | None:
    """A change whose base is not printed, with the count it is of: the nearest before it, and nothing in between."""
    relative = one.percent
    before = reading.before(one.index)
    current = next((p for p in before if p.figure.measure != "change"), None)
    if current is None or current.index not in own or current.value is None or current.vague:
        return None
    if not relative and current.unit != one.unit:
        return None
    between = reading.placed[current.index + 1:one.index + 1]
    rivals = [p for p in before if p.counted and p.clause == current.clause and p.index < current.index
              and (relative or p.unit == one.unit)]
    plain = not rivals and not _other_subject(*(p.lead for p in between)) and reading.whole((one, current))
    value = signed(one, one.value or 0.0)
    sign = -1 if value < 0 else 1 if UP.search(one.lead) and not DOWN.search(one.lead) else 0
    return Claim(_count(reading, one, current), "change", year, _count(reading, current), plain, relative, sign)


def _beside(reading: Reading, one: Placed) -> tuple[Placed | None, bool]:
    """The count of the own year that a number of the year before stands beside, and whether it can be no other."""
    def fits(p: Placed) -> bool:
        return p.counted and p.unit == one.unit and not p.base and not GROWN.search(p.lead)

    before = [p for p in reading.before(one.index) if p.counted and not p.base]
    after = [p for p in reading.placed[one.index + 1:one.index + 2] if p.clause == one.clause and p.sentence == one.sentence
             and fits(p) and p.figure.measure == one.figure.measure]
    if comes_from(one) or not before:
        return (after[0], not before and not _other_subject(after[0].lead)) if after else (None, False)
    if not fits(before[0]):
        return None, False
    between = reading.placed[before[0].index + 1:one.index + 1]
    rivals = [p for p in before[1:] if p.clause == before[0].clause]
    plain = not rivals and not _other_subject(*(p.lead for p in between)) and reading.whole((one, before[0]))
    return before[0], plain


def _year_meant(reading: Reading, one: Placed, document: Document) -> int | None:
    """The earlier year a number is of, or is measured against; None where the text does not say it plainly."""
    figure, own = one.figure, document.year or 0
    dated = (figure.period_start or "")[:4]
    if dated.isdigit() and int(dated) < own:
        return int(dated) if _whole_period(figure, document, int(dated)) else None
    words = re.split(r"[；;。]", _words(reading, one)[-WORDS:])[-1]
    against = {int(year) for year in AGAINST_YEAR.findall(words)}
    named = {int(year) for year in YEAR.findall(words)} - {own}
    if len(against) == 1 and named <= against and max(against) < own:
        return max(against)
    if named or NOT_LAST.search(words) or not LAST.search(words):
        return None
    return own - 1
