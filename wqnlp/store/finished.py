"""Which files of a batch are finished, so that the same command again does not read them: one idea in three small types.

Each output says of itself what it holds of a path (`Stand`): the folder of tables by its journal, a library by its
table `reads`. A file is finished where every output holds it as it now is, read by the rules of now.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from wqnlp.guard import Limits
from wqnlp.pipeline import Result, called
from wqnlp.records import Document, ErrorRow, Figure
from wqnlp.source import Input, digest, state_of
from wqnlp.span import Repair, replay

PASSING = ("E01", "E02", "E07", "E08", "E51")   # errors of the moment, not of the file: it is tried again
LIMITED = ("E15", "E17")                 # errors under limits: tried again under others


class Stand(NamedTuple):
    """A file as it was when it was read. Without state and hash it is not finished."""

    path: str
    state: str = ""                      # what `state_of` gave; empty where it changed meanwhile
    sha256: str | None = None
    ended: str = ""                      # the limits that ended it
    repeats: bool = False                # an earlier file of the batch had the same bytes: no rows are kept of it


@dataclass(slots=True)
class Kept:
    """What an output gives back of a finished file: what is needed to hold it against others, and to count it.

    `texts` are the repaired texts of the documents, `rows` how many there are of it by table.
    """

    sha256: str | None
    documents: Sequence[Document] = ()
    figures: Sequence[Figure] = ()
    errors: Sequence[ErrorRow] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)

    def result(self, path: str) -> Result:
        """As a result that was not read again."""
        return Result(path=path, documents=list(self.documents), figures=list(self.figures), errors=list(self.errors), kept=True)


def told(limits: Limits | None) -> str:
    """Limits in a word.

    >>> told(Limits(seconds=60.0)), told(None)
    ('60 s 2048 MB', 'none')
    """
    return "none" if limits is None else f"{limits.seconds:g} s {limits.megabytes} MB"


def stand_of(given: Input, before: str, result: Result, limits: Limits | None) -> Stand:
    """How a file stands that was just read; `before` is its state before that, settled or not."""
    codes = {error.error for error in result.errors}
    path = called(given)
    if codes & set(PASSING):
        return Stand(path)
    same = before != "" and state_of(given, settled=False) == before
    state = before if same and state_of(given) == before else ""
    sha256 = result.sha256() or (digest(given) if same else None)
    return Stand(path, state, sha256, told(limits) if codes & set(LIMITED) else "", result.same_as is not None)


def holds(stand: Stand, given: Input, limits: Limits | None) -> bool:
    """Whether a file is as it was when it was read. Where the states differ its bytes decide.

    >>> holds(Stand("没有这个文件.txt", "12:3:4"), "没有这个文件.txt", None)
    False
    """
    if stand.ended and stand.ended != told(limits):
        return False
    if stand.state and state_of(given) == stand.state:
        return True
    return stand.sha256 is not None and digest(given) == stand.sha256


def shown(repaired: str, log: Sequence[Repair], documents: Sequence[Document]) -> dict[str, str]:
    """The repaired text of each summary of a file, by its doc_id."""
    edge = _repaired_edges(log)
    return {document.doc_id: repaired[edge(document.start):edge(document.end)] for document in documents}


def shown_of(result: Result) -> dict[str, str]:
    """The same of a file that was just read."""
    if result.repaired is None:
        return {}
    return shown(result.repaired.text, result.repaired.log, result.documents)


def shown_again(text: str, log: Sequence[Repair], documents: Sequence[Document]) -> dict[str, str]:
    """The same from a source text."""
    return shown(replay(text, log), log, documents)


def _repaired_edges(log: Sequence[Repair]) -> Callable[[int], int]:
    """Source offset to repaired offset by bisection; `Aligned.repaired_span` is exact, but linear in the log.

    >>> _repaired_edges([Repair(1, 7, "", ("gloss",))])(8)
    2
    """
    ends = [repair.end for repair in log]
    shifts = list(accumulate((len(r.new) - (r.end - r.start) for r in log), initial=0))
    return lambda at: at + shifts[bisect_right(ends, at)]
