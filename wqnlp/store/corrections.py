"""What people corrected, kept apart from what was extracted: noted, laid over rows as they are read, carried along.

A correction names a figure or a document by its id. When its file is read again and gives the same id, it holds on; when
not, it goes along to the one figure that is plainly the same, or is kept as `orphaned` until there is one again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Select, bindparam, select, update

from wqnlp.records import Document, Figure
from wqnlp.store.rows import clean
from wqnlp.store.tables import given, tables

if TYPE_CHECKING:
    from wqnlp.pipeline import Result

ACTIVE, ORPHANED, UNDONE = "active", "orphaned", "undone"
KEY = {"figures": "id", "documents": "doc_id"}             # tables whose rows are corrected, and what names a row


R = TypeVar("R", Figure, Document)


class Correction(NamedTuple):
    """One value that a person put in place of another."""

    number: int
    record: str                          # the id of the figure, or of the document
    doc_id: str
    path: str
    start: int
    end: int
    text: str                            # the figure's characters, or the document's title, when it was corrected
    sentence: str
    column: str
    old: Any                             # what it was before: extracted, or corrected earlier
    new: Any
    who: str
    why: str
    at: str                              # ISO time, UTC
    state: str                           # active, orphaned, undone

    def line(self) -> str:
        """In one line.

        >>> Correction(3, "d-0:2-5", "d-0", "a.txt", 2, 5, "96件", "", "measure", "other", "cases_received", "李", "表头",
        ...            "2026-11-28T10:00:00+00:00", "active").line()
        'measure: other → cases_received, by 李 on 2026-11-28: 表头'
        """
        return f"{self.column}: {_said(self.old)} → {_said(self.new)}, by {self.who} on {self.at[:10]}" \
            + (f": {self.why}" if self.why else "")


def _said(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.12g}"
    return "none" if value is None else " ".join(value) or "none" if isinstance(value, list) else str(value)


def listed(db: Connection, *, state: str | None = None, record: str | None = None) -> list[Correction]:
    """Corrections in the order in which they were made; of one state, or of one figure or document, alone."""
    table = tables("corrections")
    tests = [column == wanted for column, wanted in ((table.c.state, state), (table.c.record, record)) if wanted is not None]
    rows = db.execute(select(table.c.seq, *given("corrections")).where(*tests).order_by(table.c.seq)).all()
    return [Correction(*row)._replace(old=json.loads(row.old), new=json.loads(row.new)) for row in rows]


class Overlay:
    """The corrections that hold, laid over rows as they are read."""

    def __init__(self, corrections: Iterable[Correction]) -> None:
        self._of: dict[str, dict[str, Any]] = defaultdict(dict)
        for one in corrections:          # in order: the last one holds
            self._of[one.record][one.column] = one.new

    @classmethod
    def read(cls, db: Connection) -> Overlay:
        """Those of a library."""
        return cls(listed(db, state=ACTIVE))

    def __bool__(self) -> bool:
        return bool(self._of)

    def named(self, table: str) -> list[str]:
        """The ids of the rows of a table that are corrected."""
        return [record for record in self._of if (":" in record) == (table == "figures")] if table in KEY else []

    def over(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row (plain values by column) with what was corrected in it."""
        key = KEY.get(table)
        return {**row, **{name: value for name, value in self._of.get(row[key], {}).items() if name in row}} if key else {**row}


@cache
def _of_path_or_file() -> Select[Any]:
    """Made once: a batch asks it of each file. The test on doc_ids is that of `past.of_file`."""
    table = tables("corrections")
    mine = (table.c.path == bindparam("path")) | (table.c.doc_id >= bindparam("first")) & (table.c.doc_id < bindparam("end"))
    return select(table.c.seq, *given("corrections")).where(mine, table.c.state != UNDONE)


def carry(db: Connection, result: Result) -> None:
    """Corrections in a file that was read again: on to the figure or document that is the same, or kept as orphaned."""
    table, path = tables("corrections"), clean(result.path)
    own = result.sha12() or "-"                            # which no doc_id begins with
    for seq, *values in db.execute(_of_path_or_file(), {"path": path, "first": f"{own}-", "end": f"{own}."}).all():
        one = Correction(seq, *values)
        found = same_as(one, result.documents, result.figures)
        if found is None:
            changed: dict[str, Any] = {"state": ORPHANED}
        else:
            changed = {"state": ACTIVE, "path": path, **named(found)}
        if any(getattr(one, name) != value for name, value in changed.items()):
            db.execute(update(table).where(table.c.seq == seq).values(changed))


def named(record: Figure | Document) -> dict[str, Any]:
    """What a correction notes of the figure or document it is of."""
    own = {"doc_id": record.doc_id, "start": record.start, "end": record.end}
    if isinstance(record, Figure):
        return own | {"record": record.id, "text": record.text, "sentence": record.sentence}
    return own | {"record": record.doc_id, "text": record.title, "sentence": ""}


def same_as(one: Correction, documents: Sequence[Document], figures: Sequence[Figure]) -> Figure | Document | None:
    """The figure or document that a correction is of, among those a file gives now; None where it is in doubt.

    The same bytes: what shares characters with it. Other bytes: what reads the same in the same sentence, or else at the
    same place. A document is known by its title.
    """
    if ":" not in one.record:
        return next((d for d in documents if d.doc_id == one.record), None) or _only([d for d in documents if d.title == one.text])
    exact = next((f for f in figures if f.id == one.record), None)
    if exact is not None:
        return exact
    sha = one.doc_id.rpartition("-")[0]
    if any(document.doc_id.rpartition("-")[0] == sha for document in documents):
        return _only([f for f in figures if f.start < one.end and f.end > one.start])
    alike = [f for f in figures if f.text == one.text]
    return _only([f for f in alike if f.sentence == one.sentence]) or _only([f for f in alike if f.start == one.start])


def _only(found: Sequence[R]) -> R | None:
    return found[0] if len(found) == 1 else None
