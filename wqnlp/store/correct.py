"""Corrections of people, made and undone: checked against what a record may say, never mixed with what was extracted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from wqnlp import vocab
from wqnlp.errors import NotInLibrary, RecordError
from wqnlp.records import Document, Figure
from wqnlp.store.corrections import ACTIVE, UNDONE, Correction, Overlay, listed, named
from wqnlp.store.database import Store
from wqnlp.store.frames import parsed
from wqnlp.store.schema import schema, to_json
from wqnlp.store.tables import given, tables
from wqnlp.tables import table

FIXED = frozenset({"id", "doc_id", "path", "start", "end", "text", "sentence", "confidence", "evidence", "damage", "copies"})
"""What no person corrects: what names a record, what its file says, and what the program thinks of it."""


def read_value(kind: str, column: str, told: str) -> Any:
    """A value that was typed: of the column's type; nothing typed is no value. Raises `NotInLibrary` (E62).

    >>> read_value("figures", "value", "1,200"), read_value("figures", "flags", "approximate planned"), read_value("figures", "issue", "")
    (1200.0, ['approximate', 'planned'], None)
    """
    known = {one.name: one.kind for one in schema(kind) if one.name not in FIXED}
    if column not in known:
        raise NotInLibrary("E62", column, f"it is no column of {kind} that is corrected", f"use one of {', '.join(known)}")
    if known[column] == "strings":
        return told.replace(",", " ").replace("，", " ").split()
    if told == "":
        return None
    try:
        return {"integer": int, "real": float}.get(known[column], str)(told.replace(",", "") if known[column] != "text" else told)
    except ValueError as fault:
        raise NotInLibrary("E62", f"{column}={told}", "it is no number", "give it in digits, such as 1200") from fault


def correct(store: Store, record: str, changes: Mapping[str, Any], *, who: str, why: str = "") -> list[Correction]:
    """Put other values in place of a figure's or a document's. What was extracted stays as it is, beside them.

    `changes` maps columns to values (of the column's type, or as they are typed). A value without bounds sets both to
    it. Raises `NotInLibrary` (E61, E62) for an id, a column or a code that is none, `RecordError` (E31) for what no
    record may say: a number that is masked has no value unless the flag is corrected too.
    """
    kind = "figures" if ":" in record else "documents"
    told = {name: read_value(kind, name, value) if isinstance(value, str) else value for name, value in changes.items()}
    for name, value in told.items():
        _checked(kind, name, value)
    if "value" in told and not {"low", "high"} & told.keys():
        told |= {"low": told["value"], "high": told["value"]}

    def work(db: Connection) -> list[Correction]:
        found = _record(db, kind, record)
        if found is None:
            raise NotInLibrary("E61", record, f"{store.path} has no such {kind[:-1]}", "ids stand in the tables figures and documents")
        stands = Overlay.read(db).over(kind, found)
        new = _as_record(kind, stands | told)              # raises where no record may say it
        note = named(new) | {"path": _path(db, kind, found), "who": who, "why": why,
                             "at": datetime.now(UTC).isoformat(timespec="seconds"), "state": ACTIVE}
        rows = [note | {"column": name, "old": to_json(stands[name]), "new": to_json(value)} for name, value in told.items()
                if stands[name] != value]
        for row in rows:
            db.execute(insert(tables("corrections")).values(row))
        return listed(db, record=record)[-len(rows):] if rows else []

    return store.transaction(work, ("file", record.rpartition(":")[0].rpartition("-")[0] or record.rpartition("-")[0]))


def undo(store: Store, number: int) -> Correction:
    """Take a correction back; what was there before it holds again. It stays listed as undone. Raises `NotInLibrary`."""
    def work(db: Connection) -> Correction:
        found = next((one for one in listed(db) if one.number == number), None)
        if found is None or found.state == UNDONE:
            raise NotInLibrary("E61", str(number), "there is no such correction" if found is None else "it is undone already",
                               f"wqnlp corrections {store.path} lists them")
        t = tables("corrections")
        db.execute(update(t).where(t.c.seq == number).values(state=UNDONE))
        return found._replace(state=UNDONE)

    return store.transaction(work, ("corrections",))


def _record(db: Connection, kind: str, record: str) -> dict[str, Any] | None:
    t = tables(kind)
    found = db.execute(select(*given(kind)).where(t.c["id" if kind == "figures" else "doc_id"] == record)).first()
    return None if found is None else parsed(kind, found)


def _path(db: Connection, kind: str, found: Mapping[str, Any]) -> str:
    c = tables("documents").c
    return str(found["path"] if kind == "documents" else db.execute(select(c.path).where(c.doc_id == found["doc_id"])).scalar())


def _as_record(kind: str, row: Mapping[str, Any]) -> Figure | Document:
    if kind == "documents":
        return Document(**{**row, "evidence": {}, "copies": ()})
    made = Figure(**{**row, "flags": tuple(row["flags"])})
    if made.low is not None and made.high is not None and made.low > made.high:
        raise RecordError("E31", made.id, f"its low bound {made.low:g} is over its high bound {made.high:g}", "give both")
    return made


def _checked(kind: str, name: str, value: Any) -> None:
    """A code is one of the vocabulary."""
    known: Sequence[str] | None = None
    if kind == "figures" and f"{name}s" in vocab.KINDS:
        known = vocab.codes(f"{name}s")
    else:
        known = table("corrections")[kind].get(name)
    many = value if isinstance(value, list) else [value]
    wrong = [one for one in many if one is not None and known is not None and one not in known]
    needed = value is None and name in table("corrections")["needed"]
    if wrong or needed:
        raise NotInLibrary("E62", f"{name}={'' if needed else wrong[0]}", "there is no such code",
                           f"use one of {', '.join(known or ())}" if known else "give a value")
