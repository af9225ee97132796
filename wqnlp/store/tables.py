"""The tables of a library, in SQLite and in PostgreSQL alike: those of the records, read from them, and the library's own.

Every table but those of `KEYS` has a number `seq` that orders its rows; it is not among the columns that are
given out. Changing a column here or in the records asks for a revision in `wqnlp/store/migrations`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from wqnlp.records import TABLES
from wqnlp.store.schema import schema

REVISION = "r0004"                       # of these tables: the last one of the migrations
LEGACY = 1                               # `user_version` of a library of 0.1.0, which had no revisions

INDEXED = {"figures": ("id", "doc_id", "measure", "issue"), "documents": ("path", "adcode", "organisation", "year"),
           "activities": ("id", "doc_id"), "set_aside": ("doc_id",), "issues": ("doc_id", "issue"),
           "audits": ("doc_id",), "errors": ("path",)}
OWN = {
    "files": "sha12 path sha256 format encoding reason confidence:real characters:integer text:blob layout:blob version "
             "rules models",
    "repairs": "sha12 start:integer end:integer new kinds confidence:real runner_up",
    "marks": "sha12 start:integer end:integer text kind note",
    "arrivals": "sha256 path at state told",
    "corrections": "record doc_id path start:integer end:integer text sentence column old new who why at state",
    "reads": "path state sha256 made_by ended gave:integer repeats:integer",
    "pending": "body",
}
"""Name and columns of the library's own tables. `sha12` is the file's part of every doc_id. `reads` says how each path of a
batch stood when it was read, `pending` which bodies' years are still to be held against one another."""

KEYS = {"files": "sha12", "arrivals": "sha256", "reads": "path", "pending": "body"}
OWN_INDEXED = {"files": ("path",), "repairs": ("sha12",), "marks": ("sha12",), "corrections": ("record", "doc_id", "path")}
BY_FILE = ("repairs", "marks")           # tables with a `sha12` and nothing that is counted


def text_type() -> Any:
    """Text in the order of its code points, in every database."""
    return Text().with_variant(Text(collation="C"), "postgresql")


def sequence() -> Column[Any]:
    """The column that orders the rows of a table."""
    return Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _type(kind: str) -> Any:
    return {"integer": Integer, "real": Double, "blob": LargeBinary}.get(kind, text_type)()


@cache
def metadata() -> MetaData:
    """All tables.

    >>> list(metadata().tables["issues"].columns.keys())
    ['seq', 'doc_id', 'issue', 'start', 'end', 'text', 'salience', 'cases', 'share']
    """
    made = MetaData()
    for name in TABLES:
        columns = [_column(name, column.name, column.kind) for column in schema(name)]
        unique = [UniqueConstraint("doc_id", name="documents_doc_id")] if name == "documents" else []
        _indexed(Table(name, made, sequence(), *columns, *unique), INDEXED[name])
    for name, told in OWN.items():
        pairs = [(column, kind or "text") for column, _, kind in (one.partition(":") for one in told.split())]
        key = KEYS.get(name)
        own = [Column(column, _type(kind), primary_key=column == key, nullable=column != key) for column, kind in pairs]
        _indexed(Table(name, made, *([] if key else [sequence()]), *own), OWN_INDEXED.get(name, ()))
    return made


def _column(table: str, name: str, kind: str) -> Column[Any]:
    link = [ForeignKey("documents.doc_id", ondelete="CASCADE")] \
        if name == "doc_id" and table not in ("documents", "errors") else []
    return Column(name, _type(kind), *link, nullable=not (table == "documents" and name == "doc_id"))


def _indexed(table: Table, names: tuple[str, ...]) -> None:
    for name in names:
        Index(f"{table.name}_{name}", table.c[name])


def tables(name: str) -> Table:
    """One of the tables.

    >>> tables("files").primary_key.columns.keys()
    ['sha12']
    """
    return metadata().tables[name]


def given(name: str) -> list[Column[Any]]:
    """The columns of a table that are given out: all but `seq`.

    >>> [column.name for column in given("errors")]
    ['path', 'stage', 'error', 'message']
    """
    return [column for column in tables(name).columns if column.name != "seq"]
