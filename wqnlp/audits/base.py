"""What every relation needs: figures in reading order with their words, and the tolerance of printed digits."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wqnlp.records import Audit, Figure

COUNTED = {"count", "people", "money"}
UNREAD = {"masked", "damaged"}
EPS = 1e-9
UNREAD_NUMBER = re.compile(r"(?:[\dxX×＊*□][\dxX×＊*□.,]*|[一二三四五六七八九十百千两]{1,7})[多余]?\s*[万亿]?"
                           r"(?:件|人次|起|人|名|户|个|份|场|元|宗|例|%)|[|\t]\s*[\dxX×＊*□]")
DROPPED = re.compile(r"[^\d\s一二三四五六七八九十百千万亿两几数多余总的受益个xX×＊*□](?:件次|人次)(?=[，,、；;。（(]|$)")
BROKEN = re.compile(r"[?□\ufffd]|[a-z]*[āáǎàēéěèīíǐìōóǒòūúǔùǘǚǜ][a-z]*")
TABLE_ROW = re.compile(r"[|\t]|　{2,}")
BRACKETS = re.compile("[()（）]")
REACH = 80                               # figures: how far back a relation may look
_ROUNDED = re.compile("(?:点([〇零一二三四五六七八九]+)[百千]?)?([万亿])[多余]?(?![〇零一二三四五六七八九十百千万亿])")
_SCALES = {"万": 1e4, "亿": 1e8}
ARABIC = re.compile(r"\d[\d,，  ]*(?:\.(\d+))?")


_DIGITS_ALONE = re.compile(r"\d+(?:\.\d+)?")
_CALLS_FOR_PERCENT = re.compile(r"(?:占[^，。；、;：:]{0,10}|率[^，。；、;：:\d]{0,4}|比例为?|比重为?)$")


def is_bare(figure: Figure, lead: str) -> bool:
    """Whether a figure is a bare number that must be a percentage without its sign."""
    if not _DIGITS_ALONE.fullmatch(figure.text) or figure.unit in ("元", "分", "倍", "个百分点"):
        return False
    return figure.unit == "%" or "." in figure.text or bool(_CALLS_FOR_PERCENT.search(lead))


@dataclass(slots=True, eq=False)
class Placed:
    """A figure where it stands: its sentence, and the words between the figure before it and itself."""

    figure: Figure
    sentence: int                        # number of its sentence in the summary
    lead: str                            # words of the sentence since the figure before it
    tail: str = ""                       # words of the sentence up to the next figure
    clause: int = 0                      # number of its clause (between ；) in the sentence
    index: int = 0                       # its place in reading order
    depth: int = 0                       # how many brackets of the sentence are open around it

    value: float | None = field(init=False)          # the figure's, None where masked, lost or a range
    sign_lost: bool = field(init=False)              # a bare number where the words call for a percentage: 占52, 下降4.2
    percent: bool = field(init=False)                # a percentage, with or without its sign
    printed: float | None = field(init=False)        # what the digits say: the value, or the number whose sign was lost
    unread: bool = field(init=False)                 # its digits are masked or lost
    vague: bool = field(init=False)                  # the text gives it only roughly (余, 约, 以上, a range)
    counted: bool = field(init=False)                # a number of things, people or money that is not itself a change
    unit: str = field(init=False)                    # with 件次 and 件 as one: reports say both of the same cases
    _base: bool | None = field(default=None, init=False)
    _step: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """What every relation asks of every figure near it is told once."""
        figure = self.figure
        self.value = figure.value
        self.sign_lost = is_bare(figure, self.lead)
        self.percent = figure.unit == "%" or self.sign_lost
        self.printed = float(figure.text) if self.value is None and self.sign_lost else self.value
        self.unread = not UNREAD.isdisjoint(figure.flags)
        self.vague = "approximate" in figure.flags
        self.counted = figure.kind in COUNTED and figure.measure != "change" and not self.sign_lost
        unit = figure.unit or ""
        self.unit = SAME.get(unit, unit)

    @property
    def broken(self) -> bool:
        """Whether broken characters stand just before it: its first digits may be among them."""
        return bool(BROKEN.search(self.lead[-8:]))

    @property
    def step(self) -> float:
        """One unit of its last printed digit."""
        if self._step is None:
            self._step = step(self.figure)
        return self._step

    @property
    def base(self) -> bool:
        """Whether it is an earlier figure, given for comparison; asked only once its tail is known."""
        if self._base is None:
            self._base = is_base(self)
        return self._base


@dataclass(slots=True)
class Reading:
    """The figures of one summary in reading order, and the tree of totals and parts."""

    placed: list[Placed]
    by_id: dict[str, Placed] = field(default_factory=dict)
    children: dict[str, list[Placed]] = field(default_factory=lambda: defaultdict(list))
    rows: set[int] = field(default_factory=set)                   # numbers of the sentences that are rows of tables
    supposed: dict[str, float] = field(default_factory=dict)     # totals whose zeros were lost, with them put back

    @classmethod
    def of(cls, figures: Iterable[Figure]) -> Reading:
        """Figures of one summary, in any order."""
        ordered = sorted(figures, key=lambda f: (f.start, f.end))
        placed: list[Placed] = []
        sentence, at, clause, depth = 0, 0, 0, 0
        for index, figure in enumerate(ordered):
            if index and figure.sentence != ordered[index - 1].sentence:
                placed[-1].tail = ordered[index - 1].sentence[at:]
                sentence, at, clause, depth = sentence + 1, 0, 0, 0
            here = figure.sentence.find(figure.text, at)
            here = here if here >= 0 else at
            lead = figure.sentence[at:here]
            clause += lead.count("；") + lead.count(";")
            for bracket in BRACKETS.findall(lead) if lead else ():
                depth = depth + 1 if bracket in "(（" else max(0, depth - 1)
            if placed and placed[-1].sentence == sentence:
                placed[-1].tail = lead
            placed.append(Placed(figure, sentence, lead, clause=clause, index=index, depth=depth))
            at = here + len(figure.text)
        if placed:
            placed[-1].tail = ordered[-1].sentence[at:]
        reading = cls(placed, {p.figure.id: p for p in placed})
        for index, one in enumerate(placed):
            if (not index or one.sentence != placed[index - 1].sentence) and TABLE_ROW.search(one.figure.sentence):
                reading.rows.add(one.sentence)
            if one.figure.parent:
                reading.children[one.figure.parent].append(one)
        return reading

    def parent(self, one: Placed) -> Placed | None:
        """The figure this one is a part of."""
        return self.by_id.get(one.figure.parent or "")

    def whole(self, members: Sequence[Placed]) -> bool:
        """Whether a contradiction between the members can be believed.

        Not where the words between them hold a number that was not read, for it might belong to them too; nor
        where broken characters stand before a member, for its first digits may be among them.
        """
        at = [m.index for m in members]
        return not any(UNREAD_NUMBER.search(p.lead) or DROPPED.search(p.lead)
                       for p in self.placed[min(at) + 1:max(at) + 1]) and not any(m.broken for m in members)

    def dropped_before(self, one: Placed) -> bool:
        """Whether a number fell out of the sentence before a figure: 受理信访件次，其中县级7001件次."""
        return any(DROPPED.search(p.lead) for p in (one, *self.before(one.index)))

    def before(self, index: int, *, sentences: int = 0) -> list[Placed]:
        """Figures before number `index`, nearest first, within its sentence or so many sentences back."""
        floor = self.placed[index].sentence - sentences
        found = []
        for at in range(index - 1, max(-1, index - 1 - REACH), -1):
            if self.placed[at].sentence < floor:
                break
            found.append(self.placed[at])
        return found


_EARLIER = r"(?:上年|去年|前年|同期|往年|上半年|年初|此前|之前|原来|原先|以前|上季度?|上月|\d{2,4}年|年度?|月份?)"
_AGAINST = re.compile(r"(?<!占)(?:比|较)[^，。；,;：]{0,6}" + _EARLIER
                      + r"[^，。；,;：]{0,8}$|(?:去年|上年)(?:同期)?的?$")
_WITH = re.compile(r"(?:与|同|和|跟)[^，。；,;：]{0,14}$")
_FROM = re.compile(r"(?:由|从)[^，。；,;：]{0,14}$")
_LIKE = re.compile("相比|比|持平")
_TO = re.compile(r"^[^，。；,;：]{0,3}(?:增|减|上升|下降|提高|降|升|发展|扩大|涨|到|至)")


def is_base(one: Placed) -> bool:
    """Whether a figure is an earlier one, given for comparison: 比2009年的212件; 由21件增加到; 与去年的71件相比."""
    if "previous" in one.figure.flags or _AGAINST.search(one.lead):
        return True
    return bool(_WITH.search(one.lead) and _LIKE.match(one.tail)) or comes_from(one)


def comes_from(one: Placed) -> bool:
    """The first of two: 由21件增加到42件."""
    return bool(_FROM.search(one.lead) and _TO.search(one.tail))


CASES = {"cases_received", "case_visits", "consultations"}


def of_one_kind(one: Placed, other: Placed) -> bool:
    """Whether two numbers count the same sort of thing, so that one may be a part of the other.

    接待60人次，其中婚姻家庭类26起: visits and cases are of one kind, though their units are not the same.
    """
    return one.unit == other.unit or {one.figure.measure, other.figure.measure} <= CASES


OUTCOMES = {"cases_resolved", "cases_pending"}


def kin_measures(part: Placed, total: Placed) -> bool:
    """Whether one may be a part of the other by what they count: visits of cases, resolved of received.

    A meeting's visitors are no part of those who were trained, though both are 人次.
    """
    pair = {part.figure.measure, total.figure.measure}
    return len(pair) == 1 or pair <= CASES | OUTCOMES


SAME = {"件次": "件", "件（次）": "件", "件(次)": "件", "起": "件", "宗": "件", "例": "件", "位": "名", "人": "名"}


def step(figure: Figure) -> float:
    """One unit of the last printed digit, in the figure's unit: 4.5万元 is printed to 1000 元, 63.4% to 0.1.

    >>> f = dict(id="d:0-1", doc_id="d", start=0, end=5, sentence="", low=None, high=None, kind="", measure="")
    >>> step(Figure(text="4.5万元", value=45000, unit="元", **f)), step(Figure(text="63.4%", value=63.4, unit="%", **f))
    (1000.0, 0.1)
    >>> round(step(Figure(text="百分之五十九点八", value=59.8, unit="%", **f)), 6)
    0.1
    """
    value = abs(figure.value or 0.0)
    found = ARABIC.search(unicodedata.normalize("NFKC", figure.text))
    if figure.value is None and found:   # 占4.2 that lost its sign
        return 10.0 ** -len(found.group(1) or "")
    if "番" in figure.text or figure.unit == "倍":
        return 10.0                      # of the growth in percent; 翻番 and 倍 are never exact
    if found:
        raw = float(re.sub(r"[,，  ]", "", found.group()).rstrip(".") or 0)
        scale = round(value / raw) if raw and value > raw * 1.5 else 1
        return scale * 10.0 ** -len(found.group(1) or "")
    rounded = _ROUNDED.search(figure.text)
    if rounded:                          # 二十八万人 as 28万人
        return _SCALES[rounded[2]] * 10.0 ** -len(rounded[1] or "")
    if "半" in figure.text or re.search("(?<![百千])分之", figure.text):
        return 10.0                      # 三分之一 is said of 30% and of 36%
    if "成" in figure.text:
        return 1.0 if re.search("成[一二三四五六七八九]", figure.text) else 10.0
    printed = f"{value:.4f}".rstrip("0").partition(".")[2]
    return 10.0 ** -len(printed)


def span_of(one: Placed) -> tuple[float, float]:
    """What a printed value may have been before it was rounded. A plain count is itself."""
    value, unit = one.value or 0.0, one.step
    return (value - unit / 2, value + unit / 2) if unit != 1 else (value, value)


def judge(stated: float, low: float, high: float, unit: float) -> str:
    """Status of a stated number against what was computed (`low` to `high`), printed to `unit`.

    Half a unit is rounding done right; less than a whole one is digits cut or pushed up; more is a contradiction.

    >>> judge(43, 100 * 26 / 60, 100 * 26 / 60, 1), judge(16, 100 * 10 / 60, 100 * 10 / 60, 1)
    ('consistent', 'rounding')
    >>> judge(76.3, 100 * 218 / 287, 100 * 218 / 287, 0.1)
    'inconsistent'
    """
    slack = EPS * max(1.0, abs(stated), abs(high))
    apart = max(low - stated, stated - high, 0.0)
    if apart <= unit / 2 + slack:
        return "consistent"
    return "rounding" if apart < unit - slack else "inconsistent"


def audit_of(kind: str, members: Sequence[Placed], computed: float | None, status: str,
             suggestion: str | None = None) -> Audit:
    """A record of a relation, the stated figure first; undetermined where a member cannot be read."""
    stated = members[0].printed
    if any(m.printed is None for m in members):
        stated, status, computed, suggestion = members[0].value, "undetermined", None, None
    return Audit(doc_id=members[0].figure.doc_id, kind=kind, figures=tuple(m.figure.id for m in members), stated=stated,
                 computed=None if computed is None else round(computed, 4), status=status, suggestion=suggestion)
