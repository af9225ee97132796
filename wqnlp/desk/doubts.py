"""What is uncertain of a summary, ordered by what a label would teach most (active learning).

Gain of a label = how uncertain the answer is (entropy, in bits) x how rare its code is in what was read, halved for
every four items of the same guess before it, so that a reviewer is not shown one question twenty times.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from wqnlp.desk.novelty import odd, unlike
from wqnlp.vocab import label

Row = Mapping[str, Any]
UNSURE = 0.45                            # bits from which an answer is worth a look: probability 0.1 to 0.9
FIGURE_UNSURE = 0.75                     # confidence of a figure below which it is
LOST = frozenset({"masked", "damaged"})  # no label brings back what was printed
NOVEL = 1.2                              # bits of what nothing seen speaks of: more than any known code
WIDEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One thing to be looked at: what, where in the source, the program's guess, and what a label would teach."""

    kind: str                            # document, place, year, period, theme, novel_theme, figure
    doc_id: str
    start: int
    end: int
    text: str
    guess: str | None                    # a code, or a value
    probability: float | None
    gain: float
    why: str

    def row(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def bits(probability: float) -> float:
    """How uncertain a yes or no is.

    >>> bits(0.5), round(bits(0.9), 2), bits(1.0)
    (1.0, 0.47, 0.0)
    """
    if not 0.0 < probability < 1.0:
        return 0.0
    return -(probability * math.log2(probability) + (1 - probability) * math.log2(1 - probability))


def rarity(codes: Iterable[str]) -> dict[str, float]:
    """Code to weight: 1 for a code of usual number, up to 2 for one that is hardly ever seen.

    >>> found = rarity(["hotline"] * 98 + ["employment"] * 2)
    >>> found["employment"] > 1.5 > 1 > found["hotline"]
    True
    """
    counts = Counter(codes)
    usual = sum(counts.values()) / len(counts) if counts else 1.0
    return {code: max(0.5, min(2.0, math.sqrt(usual / number) if number else 2.0)) for code, number in counts.items()}


def doubts(document: Row, text: str, activities: Sequence[Row], figures: Sequence[Row],
           weights: Mapping[str, float] | None = None) -> list[Doubt]:
    """What is uncertain of one summary. Rows as a store keeps them; `text` is the summary's repaired text.

    `weights` is the rarity of codes (see `rarity`); without it all codes weigh the same.
    """
    weights = weights or {}
    found = _of_document(document, text)
    found += [doubt for row in activities if (doubt := _of_activity(row, weights)) is not None]
    found += [_of_figure(row, weights) for row in figures
              if row["confidence"] < FIGURE_UNSURE and not LOST & set(row["flags"])]
    return found


def _of_document(document: Row, text: str) -> list[Doubt]:
    where = {"doc_id": document["doc_id"], "start": document["start"], "end": document["end"]}
    found, strange = [], unlike(text)
    if strange:
        found.append(Doubt(kind="document", **where, text=document["title"], guess=None, probability=None,
                           gain=2 * NOVEL, why=strange))
    for name in ("place", "year"):
        votes = (document.get("evidence") or {}).get(name) or [{}]
        sure, best = votes[0].get("confidence"), document[name]
        spot = {**where, **{key: votes[0][key] for key in ("start", "end") if key in votes[0]}}
        shown = str(votes[0].get("text") or document["title"])[:WIDEST]
        if best is None:
            found.append(Doubt(kind=name, **where, text=document["title"], guess=None, probability=None, gain=1.5,
                               why=f"the text names no {name}"))
        elif sure is not None and bits(sure) >= 0.72:
            found.append(Doubt(kind=name, **spot, text=shown, guess=str(best), probability=sure,
                               gain=round(1.5 * bits(sure), 3), why=f"read by the rule {votes[0].get('rule')}"))
    return found


def _of_activity(row: Row, weights: Mapping[str, float]) -> Doubt | None:
    scores = row["scores"]
    where = {"doc_id": row["doc_id"], "start": row["start"], "end": row["end"], "text": row["text"]}
    top = max(scores, key=lambda code: scores[code], default=None)
    oddness = odd(row["text"], scores)
    if oddness is not None:
        return Doubt(kind="novel_theme", **where, guess=top, probability=scores.get(top or "", 0.0),
                     gain=round(NOVEL * (1 + oddness), 3), why="no theme fits, and its words are new")
    if top is None:
        return None
    asked = max(scores, key=lambda code: bits(scores[code]) * weights.get(code, 1.0))
    unsure = bits(scores[asked])
    if unsure < UNSURE:
        return None
    return Doubt(kind="theme", **where, guess=asked, probability=scores[asked],
                 gain=round(unsure * weights.get(asked, 1.0), 3),
                 why=f"{label('themes', asked)} or not: {scores[asked]:.0%}")


def _of_figure(row: Row, weights: Mapping[str, float]) -> Doubt:
    sure = row["confidence"]
    return Doubt(kind="figure", doc_id=row["doc_id"], start=row["start"], end=row["end"], text=row["sentence"],
                 guess=f"{row['text']} {row['measure']}", probability=sure,
                 gain=round(bits(max(sure, 0.5)) * weights.get(row["measure"], 1.0), 3), why="a figure that is not sure")


def ordered(found: Iterable[Doubt]) -> list[Doubt]:
    """What teaches most first; after four of one kind and guess the next count half, and one text stands once."""
    best = sorted(found, key=lambda d: (-d.gain, d.doc_id, d.start, d.kind))
    seen: set[tuple[str, str]] = set()
    times: Counter[tuple[str, str | None]] = Counter()
    out = []
    for doubt in best:
        alike = doubt.kind, re.sub(r"\d+", "0", doubt.text)
        if alike in seen:
            continue
        seen.add(alike)
        guess = doubt.guess if doubt.kind == "theme" else (doubt.guess or "").rpartition(" ")[2]
        out.append(replace(doubt, gain=round(doubt.gain * 0.5 ** (times[doubt.kind, guess] / 4), 3)))
        times[doubt.kind, guess] += 1
    return sorted(out, key=lambda d: (-d.gain, d.doc_id, d.start, d.kind))
