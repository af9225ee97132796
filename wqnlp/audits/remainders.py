"""What is left: received less resolved is pending. 受理34件，办结31件，其余3件正在办理."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wqnlp.audits.base import OUTCOMES, Placed, Reading, audit_of
from wqnlp.records import Audit

ALL_LEFT = re.compile(r"[余剩]|尚有|尚[在未]|还有|另外|另有|未|结转|转入|在办|待办")     # 列为督办件的10件 need not be all that is left
BACK = 4                                 # figures before what was resolved among which its own total may stand
LEFT = re.compile(r"其余|余下|剩余|剩下|尚有|还有|另外|另有|未(?:成功|办结|结|调解)")


def remainders(reading: Reading) -> list[Audit]:
    """Pending figures that follow a resolved one of the same cases."""
    found = []
    for index, one in enumerate(reading.placed):
        told = one.figure.measure == "cases_pending"
        if not one.counted or one.vague or not (told or LEFT.search(one.lead)):
            continue
        pairs = list(_pairs(reading, index))
        if not pairs:
            continue
        # Ways of closing stand between what was closed and what is left: 办结125件，其中当场答复58件，其余6件.
        received, resolved = next((pair for pair in pairs if _left(*pair) == one.value), pairs[0])
        if received.value is None or resolved.value is None or one.value is None:
            if told:
                found.append(audit_of("remainder", (one, received, resolved), None, "undetermined"))
            continue
        left = _left(received, resolved)
        if left == one.value:
            found.append(audit_of("remainder", (one, received, resolved), left, "consistent"))
        elif (nearer := _nearer(reading, resolved, one)) is not None:
            found.append(audit_of("remainder", (one, nearer, resolved), one.value, "consistent"))
        elif told and ALL_LEFT.search(one.lead) and one.figure.parent == resolved.figure.parent == received.figure.id \
                and not received.vague and not resolved.vague and reading.whole((resolved, one)) \
                and not _others(reading, received, resolved, one):
            found.append(audit_of("remainder", (one, received, resolved), left, "inconsistent"))
    return found


def _pairs(reading: Reading, index: int) -> Iterator[tuple[Placed, Placed]]:
    """The received and the resolved figures that a pending one may belong to, the nearest first."""
    one = reading.placed[index]
    for resolved in reading.before(index, sentences=1):
        if resolved.figure.measure != "cases_resolved" or resolved.unit != one.unit:
            continue
        received = reading.parent(resolved) or reading.parent(one) or _received(reading, resolved)
        if received is not None and received.counted:
            yield received, resolved


def _left(received: Placed, resolved: Placed) -> float | None:
    return None if received.value is None or resolved.value is None else received.value - resolved.value


def _nearer(reading: Reading, resolved: Placed, one: Placed) -> Placed | None:
    """列为督办件的10件。督办件办结7件，余下3件: of a smaller count told just before, where the two make it up."""
    added = (resolved.value or 0.0) + (one.value or 0.0)
    close = [p for p in reading.before(resolved.index, sentences=1)[:BACK] if p.counted and not p.base and p.unit == one.unit]
    return next((p for p in close if p.value == added), None)


def _others(reading: Reading, received: Placed, *told: Placed) -> bool:
    """Whether more became of what was received: 已调处276例，当事人撤回15例，正在跟踪11例."""
    return any(p not in told and p.sentence == told[-1].sentence and p.figure.measure in OUTCOMES
               for p in reading.children[received.figure.id])


def _received(reading: Reading, resolved: Placed) -> Placed | None:
    for one in reading.before(resolved.index, sentences=1):
        if one.figure.measure == "cases_received" and one.unit == resolved.unit:
            return one
    return None
