"""What rows of a table are asked for, by column: as SQL for the database, and as a test for rows that were corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement

from wqnlp.errors import NotInLibrary
from wqnlp.store.schema import schema
from wqnlp.store.tables import tables

DOCUMENT_KEYS = ("path", "title", "organisation", "place", "adcode", "level", "year", "period_kind")
CHOSEN_BY = ("text", "integer", "real")
Values = Mapping[str, Any]


class Condition(NamedTuple):
    """One thing asked of a row: for the database, and of the plain values of a row and of its document."""

    clause: ColumnElement[bool]
    holds: Callable[[Values, Values], bool]
    of_document: bool = False


def condition(table: str, key: str, wanted: Any) -> Condition:
    """What `key=wanted` asks. A list means any of them, None that there is no value. Raises `NotInLibrary` (E62).

    >>> asked = condition("figures", "measure", ["cases_received", "change"])
    >>> asked.holds({"measure": "change"}, {}), asked.holds({"measure": "other"}, {})
    (True, False)
    """
    c, own = tables(table).c, {column.name: column.kind for column in schema(table)}
    if table == "figures" and key == "min_confidence":
        return Condition(c.confidence >= wanted, lambda row, _: bool(row["confidence"] >= wanted))
    if table == "figures" and key in ("flag", "without"):
        quoted, has = c.flags.contains(f'"{wanted}"', autoescape=True), key == "flag"
        return Condition(quoted if has else ~quoted, lambda row, _: (wanted in row["flags"]) is has)
    if own.get(key) in CHOSEN_BY:
        column, of_document = c[key], False
    elif table == "figures" and key in DOCUMENT_KEYS:
        column, of_document = tables("documents").c[key], True
    else:
        known = [name for name, kind in own.items() if kind in CHOSEN_BY]
        raise NotInLibrary("E62", key, f"{table} cannot be chosen by it",
                           f"use one of {', '.join([*known, *(DOCUMENT_KEYS if table == 'figures' else ())])}")
    many = list(wanted) if isinstance(wanted, (list, tuple, set, frozenset)) else [wanted]
    clause = column.is_(None) if wanted is None else column.in_(many)
    return Condition(clause, lambda row, document: _one_of((document if of_document else row)[key], many), of_document)


def _one_of(value: Any, many: list[Any]) -> bool:
    """As the database has it: what is not there is none of several values, and the one value None asks for it."""
    return many == [None] if value is None else value in many
