"""Tables written out for a revision, so that what it does stays what it was."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Double, Integer, LargeBinary, Text

TYPES = {"i": Integer, "r": Double, "b": LargeBinary}


def columns_of(told: str) -> list[Column[Any]]:
    """Columns of a line of names; `:i` is an integer, `:r` a real number, `:b` bytes, all else text.

    >>> [(column.name, str(column.type)) for column in columns_of("doc_id start:i")]
    [('doc_id', 'TEXT'), ('start', 'INTEGER')]
    """
    pairs = (one.partition(":") for one in told.split())
    return [Column(name, TYPES[kind]() if kind else Text().with_variant(Text(collation="C"), "postgresql"))
            for name, _, kind in pairs]


RECORDS = {
    "documents": "doc_id path start:i end:i title organisation place adcode level year:i period_start period_end period_kind "
                 "evidence damage copies",
    "figures": "id doc_id start:i end:i text sentence value:r low:r high:r unit kind measure issue actor role parent "
               "period_start period_end flags confidence:r",
    "set_aside": "doc_id start:i end:i text reason",
    "activities": "id doc_id start:i end:i heading_path text themes scores actors",
    "issues": "doc_id issue start:i end:i text salience cases:r share:r",
    "audits": "doc_id kind figures stated:r computed:r status suggestion",
    "errors": "path stage error message",
}
"""The tables of the records in 0.1.0 and 0.2.0."""

INDEXED = {"figures": ("id", "doc_id", "measure", "issue"), "documents": ("path", "adcode", "year"),
           "activities": ("id", "doc_id"), "set_aside": ("doc_id",), "issues": ("doc_id", "issue"),
           "audits": ("doc_id",), "errors": ("path",)}
