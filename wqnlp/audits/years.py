"""A summary against its own earlier year: what it says of last year, and what last year's summary said.

Set side by side are summaries of one body (same code, level and kind of body; without a code, same name) for the same
stretch of the year, and never a copy beside its original. A contradiction is called only where the words leave no other
reading: one count of the same thing, scope and channel on either side, printed exactly, the two near one another, and
no second summary of that year that says otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from wqnlp.audits.base import judge
from wqnlp.audits.told import Claim, Count, Told, told
from wqnlp.records import Audit, Copy, Document, Figure
from wqnlp.tables import table

CLOSE = 0.1                              # further off it is another count, not another number for the same
POINTS = 5.0                             # percentage points a growth may be off and still be of the same count
AT_HAND = 1_000                          # summaries whose numbers are kept counted
Numbers = frozenset[tuple[str, float, int]]
"""The numbers of a summary with their units: the same one again is another one, its second."""
SAME_TEXT = 0.8                          # share of numbers in common that makes a copy of a look-alike
Alike = Callable[[str, str], bool]       # whether two summaries, by doc_id, are near-identical texts


def audit_years(figures_by_document: Mapping[str, Iterable[Figure]], documents: Iterable[Document]) -> list[Audit]:
    """Relations between summaries of one body in successive years, under the later summary's doc_id.

    `figures_by_document` maps a doc_id to the figures of its summary. A number of the year before that the later one
    states (比2009年的212件) is a `restatement` of what the earlier one reported; a change it states without that number
    (比上年增加26件, 同比增长12.3%) is a `change` against it.

    >>> def piece(of, start, text, value, said, **more):
    ...     return Figure(id=f"{of}:{start}", doc_id=of, start=start, end=start + 4, text=text, value=value, low=value,
    ...                   high=value, sentence=said, unit="件", kind="count", measure="cases_received", **more)
    >>> old = piece("a", 2, "212件", 212, "受理212件。", role="total")
    >>> said = "受理238件，上年为221件。"
    >>> new = [piece("b", 2, "238件", 238, said), piece("b", 9, "221件", 221, said, flags=("previous",))]
    >>> place = dict(path="", start=0, end=9, title="", adcode="341525", level="county")
    >>> [found] = audit_years({"a": [old], "b": new}, [Document(doc_id="a", year=2009, **place),
    ...                                                Document(doc_id="b", year=2010, **place)])
    >>> found.kind, found.figures, found.stated, found.computed, found.status
    ('restatement', ('b:9', 'a:2'), 221, 212, 'inconsistent')
    """
    known = list(documents)
    bodies: dict[str, list[Told]] = defaultdict(list)
    for document in known:
        said = told(document, figures_by_document.get(document.doc_id, ()))
        if said is not None:
            bodies[said.body].append(said)
    links = Links({document.doc_id: document.copies for document in known if document.copies})
    return [audit for body in sorted(bodies) for audit in between(bodies[body], links)]


def is_between(audit: Audit) -> bool:
    """Whether an audit sets two summaries side by side.

    >>> is_between(Audit(doc_id="b-0", kind="change", figures=("b-0:1-3", "a-0:5-9"), stated=1, computed=1, status=""))
    True
    """
    return any(figure.rpartition(":")[0] != audit.doc_id for figure in audit.figures)


class Links:
    """Which summaries are one text: by the copies on record, and by their texts where somebody can tell of them.

    >>> links = Links({"a": (Copy(doc_id="b", similarity=1.0, differs=("year",)),)})
    >>> one, other = (Told(name, "", 2009, "", (), ()) for name in "ab")
    >>> links.copies(one, other), links.borrowed(one)
    (True, False)
    """

    def __init__(self, recorded: Mapping[str, tuple[Copy, ...]], alike: Alike | None = None) -> None:
        self._recorded, self._alike = recorded, alike
        self._told: dict[str, tuple[Told, Numbers]] = {}

    def copies(self, one: Told, other: Told) -> bool:
        """Whether two summaries are one text under two dates. The old form with new numbers in it is a summary of its own."""
        if one.doc_id == other.doc_id:
            return True
        found = [copy for a, b in ((one, other), (other, one)) for copy in self._recorded.get(a.doc_id, ())
                 if copy.doc_id == b.doc_id]
        if any("figures" not in copy.differs for copy in found):
            return True
        if _shared(self._telling(one), self._telling(other)) < SAME_TEXT:
            return False
        return bool(found) or (self._alike is not None and self._alike(*sorted((one.doc_id, other.doc_id))))

    def _telling(self, said: Told) -> Numbers:
        """Its numbers, counted once for all that it is held against: a body has a few dozen summaries."""
        held = self._told.get(said.doc_id)
        if held is None or held[0] is not said:
            if len(self._told) > AT_HAND:
                self._told.clear()
            held = self._told[said.doc_id] = said, _telling(said)
        return held[1]

    def borrowed(self, one: Told) -> bool:
        """Whether the same text stands under another place too: whose numbers it gives is then not known."""
        return any("place" in copy.differs and "figures" not in copy.differs for copy in self._recorded.get(one.doc_id, ()))


def _shared(first: Numbers, second: Numbers) -> float:
    """Share of the numbers of the poorer of two summaries that the other gives too."""
    poorer = min(len(first), len(second))
    return len(first & second) / poorer if poorer else 0.0


def _telling(said: Told) -> Numbers:
    read = [(count.unit, count.value) for count in said.counts if count.value is not None]
    times: Counter[tuple[str, float]] = Counter()
    found = set()
    for one in [one for one in read if one[1] >= 10] or read:
        times[one] += 1
        found.add((*one, times[one]))
    return frozenset(found)


def between(summaries: Iterable[Told], links: Links) -> list[Audit]:
    """Relations between the summaries of one body, in the order of their years and places in the text.

    >>> between([], Links({}))
    []
    """
    ordered = sorted(summaries, key=lambda said: (said.year, said.doc_id))
    shelf: dict[tuple[int, str], list[int]] = defaultdict(list)
    for at, said in enumerate(ordered):
        shelf[said.year, said.period].append(at)

    @cache
    def redated(at: int) -> bool:
        """A text that stood under an earlier year before is of that year, whatever it says now."""
        return any(other.year < ordered[at].year and links.copies(ordered[at], other) for other in ordered[:at])

    found = []
    for at, later in enumerate(ordered):
        for claim in later.claims:
            earlier = [ordered[e] for e in shelf.get((claim.year, later.period), ()) if not redated(e)]
            if earlier and not redated(at):
                made = _audit(later, claim, earlier, links)
                found += [made] if made else []
    return found


class Verdict(NamedTuple):
    """What one earlier summary says to a claim. `status` is empty where its count is too far off to be of the same."""

    main: Count
    status: str
    computed: float | None


def _audit(later: Told, claim: Claim, earlier: Sequence[Told], links: Links) -> Audit | None:
    """A claim against all summaries of the year it is of. Where they do not agree with one another, nobody can tell."""
    pairs = [(e, verdict) for e in earlier if not _stale(claim, e)
             and (verdict := _verdict(later, claim, e)) is not None]
    verdicts = [verdict for _, verdict in pairs]
    if not any(verdict.status for verdict in verdicts):
        return None
    if len({(v.main.value, v.main.low, v.main.high) for v in verdicts}) > 1:
        said = "、".join(v.main.text for v in verdicts)
        return _record(claim, [v.main for v in verdicts], None, "undetermined", f"上年有几份总结，所报不一：{said}")
    count, status, computed = verdicts[0]
    if status == "inconsistent" and any(links.borrowed(one) for one in (later, *(e for e, _ in pairs))):
        return _record(claim, [count], None, "undetermined", "同一文本另署他地，数字属何地不明")
    if status == "undetermined":
        return _record(claim, [count], computed, status, _hint(claim, count))
    return _record(claim, [count], computed, status)


def _record(claim: Claim, counts: Sequence[Count], computed: float | None, status: str, why: str | None = None) -> Audit:
    current = [claim.current] if claim.kind == "change" and claim.current is not None else []
    ids = dict.fromkeys(count.id for count in (claim.stated, *current, *counts))
    return Audit(doc_id=claim.stated.id.rpartition(":")[0], kind=claim.kind, figures=tuple(ids), stated=claim.stated.value,
                 computed=None if computed is None else round(computed, 4), status=status, suggestion=why)


def _hint(claim: Claim, count: Count) -> str:
    """The digits that a masked number can have by the other year's summary; else why two numbers may not be comparable."""
    stated = claim.stated
    if count.value is None and stated.value is not None:
        return f"{stated.value:.10g}{count.unit}：{count.text}缺字，次年总结称上年为{stated.text}"
    if stated.value is None:
        return f"{count.value:.10g}{count.unit}：{stated.text}缺字，上年总结为{count.text}"
    return f"上年总结为{count.text}，两年所计的范围或来源渠道说法不一，未必可比"


def _stale(claim: Claim, earlier: Told) -> bool:
    """Whether the earlier summary makes the very same claim: a sentence left over in a form filled in anew."""
    def said(one: Claim) -> tuple[object, ...]:
        return one.kind, one.stated.value, one.current.value if one.current else None

    return claim.current is not None and any(said(one) == said(claim) for one in earlier.claims)


def _verdict(later: Told, claim: Claim, earlier: Told) -> Verdict | None:
    """What one earlier summary says to a claim; None where it says nothing of the thing, or several things."""
    same = [count for count in earlier.counts if count.thing == claim.stated.thing]
    judged = _restated if claim.kind == "restatement" else _changed
    scoped = _main([c for c in same if _comparable(claim, c)])
    main = scoped or _main(same)
    if main is None or judged(claim, main)[0] != "consistent":
        agreeing = [] if claim.percent else [c for c in same if not c.vague and judged(claim, c)[0] == "consistent"]
        main = agreeing[0] if agreeing else main
    if main is None:
        return None
    status, computed = judged(claim, main)
    if status in ("", "consistent"):
        return Verdict(main, status, computed)
    if not claim.plain or main.vague or not _yearly(claim, main):
        return Verdict(main, "", None) if status == "inconsistent" else None
    sure = main is scoped and _own_main(later, claim)
    return Verdict(main, status if sure else "undetermined", computed)


def _comparable(claim: Claim, count: Count) -> bool:
    """Whether a count is of the same scope and channel as the one that the claim is of."""
    own = claim.current or claim.stated
    return own.scope != "?" and (own.scope, own.aspects) == (count.scope, count.aspects)


def _main(counts: Sequence[Count]) -> Count | None:
    """The one count that the words can mean: the only one, or the only total. Of equal ones the first."""
    wide = [c for c in counts if c.total] or list(counts)
    if wide and wide[0].issue is None:
        wide = [c for c in wide if c.top] or wide
    return wide[0] if len({(c.value, c.low, c.high) for c in wide}) == 1 else None


def _yearly(claim: Claim, main: Count) -> bool:
    """Whether both are counts of the year, and no lone mention of something counted."""
    return main.measure in table("years")["yearly"] or bool(main.total and claim.current and claim.current.total)


def _own_main(later: Told, claim: Claim) -> bool:
    """Whether the count that the claim is of is itself the only one of its summary."""
    own = [c for c in later.counts if c.thing == claim.stated.thing and _comparable(claim, c)]
    main = _main(own)
    return main is not None and claim.current is not None and main.value == claim.current.value


def _span(count: Count) -> tuple[float, float] | None:
    """What a number may be: by its printed digits, or by the bounds the text gives; None where it is open."""
    if count.value is not None and count.low == count.high:
        half = count.step / 2 if count.step != 1 else 0.0
        return count.value - half, count.value + half
    return (count.low, count.high) if count.low is not None and count.high is not None else None


def _within(count: Count, value: float) -> bool:
    """Whether a number given by bounds or by some of its digits can be this."""
    low, high = count.low, count.high
    return not (low is None and high is None) and (low is None or low <= value) and (high is None or value <= high)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= CLOSE * max(abs(one), abs(other))


def _restated(claim: Claim, main: Count) -> tuple[str, float | None]:
    """Status of a number said to be an earlier year's against the count that year gave; empty where they have nothing to do."""
    stated = claim.stated
    if stated.unread or main.unread:
        known, hidden = (main, stated) if stated.unread else (stated, main)
        fits = known.value is not None and not known.vague and _within(hidden, known.value)
        return ("undetermined" if fits else ""), None
    if stated.low != stated.high or main.low != main.high:
        return _roughly(stated, main)
    if stated.value is None or main.value is None:
        return "", None
    span, unit = _span(main), max(stated.step, main.step)
    status = judge(stated.value, *(span or (main.value, main.value)), unit if unit != 1 else 0)
    return (status if status == "consistent" or _near(stated.value, main.value) else ""), main.value


def _roughly(stated: Count, main: Count) -> tuple[str, float | None]:
    """Numbers of which one is rough (120余件): they agree where the other lies within its bounds and near; else nothing."""
    rough, exact = (stated, main) if stated.low != stated.high else (main, stated)
    if exact.low != exact.high or exact.value is None or not _within(rough, exact.value):
        return "", None
    about = rough.value if rough.value is not None else rough.low if rough.low is not None else rough.high
    near = about is not None and (_near(about, exact.value) or None not in (rough.low, rough.high))
    return ("consistent" if near else ""), main.value


def _changed(claim: Claim, main: Count) -> tuple[str, float | None]:
    """Status of a change against the two counts it lies between; empty where they have nothing to do with it."""
    now, then = None if claim.current is None else _span(claim.current), _span(main)
    if now is None or then is None or claim.stated.value is None or then[0] <= 0:
        return "", None
    low, high = now[0] - then[1], now[1] - then[0]
    if claim.percent:
        low, high = 100 * low / (then[1] if low > 0 else then[0]), 100 * high / (then[0] if high > 0 else then[1])
    middle, unit = (low + high) / 2, claim.stated.step
    stated = abs(claim.stated.value) * (claim.sign or (1 if middle >= 0 else -1))
    status = judge(stated, low, high, unit if claim.percent or unit != 1 else 0)
    far = abs(middle - stated) > (POINTS if claim.percent else CLOSE * max(then))
    return ("" if status != "consistent" and far else status), middle
