"""A quantity on its way to becoming a Figure: read, then told what it counts. Offsets are repaired ones."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Quantity:
    """A number with what it counts, as found in the repaired text and filled in stage by stage."""

    start: int
    end: int
    text: str
    value: float | None
    low: float | None
    high: float | None
    unit: str | None                     # canonical; None where head, list or caption must still give it
    kind: str                            # count, people, money, percent
    flags: set[str] = field(default_factory=set)
    number_end: int = 0                  # end of the number itself, before its unit
    measure: str = ""
    issue: str | None = None
    actor: str | None = None
    role: str = "single"
    parent: Quantity | None = None
    period: tuple[str, str] | None = None
    dated: tuple[str, ...] = ()          # row labels and heads of a table's cell, which may name its period
    confidence: float = 1.0
    reasons: list[str] = field(default_factory=list)     # ids of the rules that spoke, for `explain`


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A number that is not a figure, in repaired offsets, with the reason."""

    start: int
    end: int
    text: str
    reason: str
