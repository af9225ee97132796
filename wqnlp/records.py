"""What comes out: one record type a thing, its fields in order the columns everywhere.

JSON Lines, SQLite, CSV, Parquet, DataFrames and the documentation all read `columns(RecordType)`.
`start` and `end` of every record are source offsets (code points of the text as read), end exclusive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Protocol, TypeVar

from wqnlp.errors import RecordError

UNREAD = frozenset({"masked", "damaged"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a field of a `Document` has its value: one rule's vote, and the characters it read."""

    rule: str
    start: int
    end: int
    confidence: float
    value: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A near-identical summary elsewhere in the library, and what differs."""

    doc_id: str
    similarity: float
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One summary. `evidence` maps a field to the votes for its value, the winner first."""

    doc_id: str
    path: str
    start: int
    end: int
    title: str
    organisation: str | None = None
    place: str | None = None
    adcode: str | None = None
    level: str | None = None
    year: int | None = None
    period_start: str | None = None
    period_end: str | None = None
    period_kind: str = "annual"
    evidence: dict[str, tuple[Evidence, ...]] = field(default_factory=dict)
    damage: dict[str, int] = field(default_factory=dict)
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One reported quantity: its own span, from the first character of the number to the end of its unit."""

    id: str
    doc_id: str
    start: int
    end: int
    text: str                        # repaired surface
    sentence: str
    value: float | None              # nominal, in `unit`; None where masked, lost or a range
    low: float | None                # the bounds the text supports; never one of our own making
    high: float | None
    unit: str | None
    kind: str                        # count, people, money, percent
    measure: str
    issue: str | None = None
    actor: str | None = None
    role: str = "single"             # total, part, single
    parent: str | None = None
    period_start: str | None = None
    period_end: str | None = None
    flags: tuple[str, ...] = ()
    confidence: float = 1.0

    def __post_init__(self) -> None:
        if self.value is not None and self.flags and not UNREAD.isdisjoint(self.flags):
            raise RecordError("E31", self.id, f"{self.text!r} is masked or damaged and cannot carry a value")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A number that was looked at and not taken as a figure, with the reason."""

    doc_id: str
    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One unit of work described: a numbered item or a paragraph."""

    id: str
    doc_id: str
    start: int
    end: int
    heading_path: tuple[str, ...]
    text: str
    themes: tuple[str, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    actors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue (a kind of grievance) that a summary raises."""

    doc_id: str
    issue: str
    start: int
    end: int
    text: str
    salience: str                    # key_problem, reported, mentioned
    cases: float | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One arithmetic relation found between figures. The stated figure comes first in `figures`."""

    doc_id: str
    kind: str                        # sum, ratio, remainder, restatement, change
    figures: tuple[str, ...]
    stated: float | None
    computed: float | None
    status: str                      # consistent, rounding, inconsistent, undetermined
    suggestion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRow:
    """One input that could not be read; the message names the file and says what to do."""

    path: str
    stage: str
    error: str
    message: str


TABLES: dict[str, type] = {
    "documents": Document,
    "figures": Figure,
    "set_aside": SetAside,
    "activities": Activity,
    "issues": Issue,
    "audits": Audit,
    "errors": ErrorRow,
}
"""Table name to record type, in the order the tables are written."""


def columns(record: type) -> list[str]:
    """The column names of a record type, in order.

    >>> columns(SetAside)
    ['doc_id', 'start', 'end', 'text', 'reason']
    """
    return [f.name for f in fields(record)]


def row(record: Any) -> dict[str, Any]:
    """A record as plain JSON values: tuples become lists, nested records dicts.

    >>> row(SetAside(doc_id="d1", start=0, end=5, text="12338", reason="phone"))["reason"]
    'phone'
    """
    return {f.name: unfolded(getattr(record, f.name)) for f in fields(record)}


def unfolded(value: Any) -> Any:
    """A value of a record as plain JSON values.

    >>> unfolded((Copy(doc_id="d1", similarity=0.9),))
    [{'doc_id': 'd1', 'similarity': 0.9, 'differs': []}]
    """
    if isinstance(value, tuple):
        return [unfolded(item) for item in value]
    if isinstance(value, dict):
        return {key: unfolded(item) for key, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return row(value)
    return value


class OfDocument(Protocol):
    """A record of one summary."""

    @property
    def doc_id(self) -> str:
        """Which one."""


R = TypeVar("R", bound=OfDocument)


def by_document(rows: Iterable[R]) -> dict[str, list[R]]:
    """Records by the summary that they are of; one without any has an empty list.

    >>> found = by_document([SetAside(doc_id="a", start=0, end=5, text="12338", reason="phone")])
    >>> [row.text for row in found["a"]], found["b"]
    (['12338'], [])
    """
    found: dict[str, list[R]] = defaultdict(list)
    for row in rows:
        found[row.doc_id].append(row)
    return found
