"""Records and stored rows as pandas DataFrames: the contract's columns, in order, for an empty table too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from wqnlp.store.schema import plain, schema

if TYPE_CHECKING:
    import pandas as pd

DTYPES = {"text": "object", "integer": "Int64", "real": "float64", "strings": "object", "json": "object"}


def frame(table: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows of a table (dicts, as `records.row` gives them) as a DataFrame.

    >>> list(frame("issues", []).columns)
    ['doc_id', 'issue', 'start', 'end', 'text', 'salience', 'cases', 'share']
    """
    import pandas as pd

    rows = list(rows)
    return pd.DataFrame({column.name: pd.Series([row[column.name] for row in rows], dtype=DTYPES[column.kind])
                         for column in schema(table)}, columns=[column.name for column in schema(table)])


def frame_of(table: str, records: Iterable[Any]) -> pd.DataFrame:
    """Records of one type as a DataFrame."""
    return frame(table, (plain(record) for record in records))


@cache
def _shape(table: str) -> tuple[list[str], list[str]]:
    """The columns of a table, and those of them that are kept as JSON text."""
    return [column.name for column in schema(table)], [c.name for c in schema(table) if c.kind in ("strings", "json")]


def parsed(table: str, row: Sequence[Any]) -> dict[str, Any]:
    """A row of a library's table as plain values: what is kept as JSON text is read back.

    >>> parsed("audits", ("d-0", "sum", '["d-0:1-2"]', 1.0, 1.0, "consistent", None))["figures"]
    ['d-0:1-2']
    """
    names, nested = _shape(table)
    values = dict(zip(names, row, strict=False))
    for name in nested:
        told = values[name]
        values[name] = [] if told == "[]" else {} if told == "{}" else json.loads(told)
    return values
