"""Source text to repaired text: every step in order, each an answer of edits to one `Aligned`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from wqnlp.repair import crossed, encoding, escapes, fullwidth, furniture, gbk_gloss, gloss, joins, marks, markup, ocr, script, spaced
from wqnlp.repair.base import Repaired
from wqnlp.source.base import Source
from wqnlp.span import Aligned, Edit, Mark

Step = Callable[[str], tuple[list[Edit], list[Mark]]]
STEPS: tuple[Step, ...] = (escapes.find, encoding.find, crossed.find, gbk_gloss.find, gloss.find, script.find, markup.find,
                           furniture.find, joins.find, spaced.find, fullwidth.find, ocr.find, ocr.spun, marks.boxes)
"""In order: bytes first, then what stands between characters, then the script (words are known in one), then the lines
while their width is as printed, then the width of characters."""
ROUNDS = 4
PLAIN = frozenset({"script", "lost_digit"})          # repairs that bare no other


def repair(source: Source) -> Repaired:
    """Undo what can be undone exactly, mark what cannot, guess no digit. Sound text comes out untouched.

    Replaying the log on the source text gives the repaired text; marks are in repaired offsets, in order.

    >>> from wqnlp.source.base import Decoding
    >>> how = Decoding(encoding="utf-8", reason="", confidence=1.0)
    >>> shown = repair(Source(path="", text="市婦聯(lián)接待２８７人次", sha256="", format="text", decoding=how))
    >>> shown.text, [one.kinds for one in shown.log][:2]
    ('市妇联接待287人次', [('script',), ('script',)])
    """
    aligned = Aligned.of(source.text)
    kept: list[Mark] = []
    for _ in range(ROUNDS):                          # a repair may bare another; sound text takes one round
        again = False
        for step in STEPS:
            edits, found = step(aligned.text)
            if edits:
                kept = moved(kept, edits)
                aligned = aligned.edit(edits)
                again |= any(edit.kind not in PLAIN for edit in edits)
            kept += found
        if not again:
            break
    return Repaired(source=source, aligned=aligned, marks=_apart([*kept, *marks.find(aligned.text)]))


def moved(found: Iterable[Mark], edits: Sequence[Edit]) -> list[Mark]:
    """Marks carried over a step's edits; a mark whose characters are all cut goes with them.

    >>> moved([Mark(8, 10, "lost_digit")], [Edit(1, 7, "", "gloss")])
    [Mark(start=2, end=4, kind='lost_digit', note='')]
    """
    pending, told = sorted(found), list[Mark]()
    if not pending:
        return []
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    points = sorted({mark.start for mark in pending} | {mark.end for mark in pending})
    start_at, end_at = dict[int, int](), dict[int, int]()
    index = shift = 0
    for point in points:
        while index < len(ordered) and ordered[index].end <= point:
            shift += len(ordered[index].new) - (ordered[index].end - ordered[index].start)
            index += 1
        inside = index < len(ordered) and ordered[index].start < point
        if inside:
            start_at[point] = ordered[index].start + shift
            end_at[point] = ordered[index].start + shift + len(ordered[index].new)
        else:
            start_at[point] = end_at[point] = point + shift
    for mark in pending:
        start, end = start_at[mark.start], end_at[mark.end]
        if start < end or mark.start == mark.end:
            told.append(mark._replace(start=start, end=max(start, end)))
    return told


def _apart(found: list[Mark]) -> tuple[Mark, ...]:
    """In order; of marks that overlap the first, of those that begin together the longest."""
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return tuple(kept)
