"""The columns of every table with their types, read from the record types, and values made ready for a store."""

from __future__ import annotations

import json
import math
import types
from functools import cache
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from wqnlp.records import TABLES, columns, row, unfolded


class Column(NamedTuple):
    """One column: its name, and how a store keeps it."""

    name: str
    kind: str                            # text, integer, real, strings (list of str), json (anything nested)


@cache
def schema(table: str) -> tuple[Column, ...]:
    """The columns of one of the TABLES, in order.

    >>> schema("issues")[-1], schema("figures")[-2]
    (Column(name='share', kind='real'), Column(name='flags', kind='strings'))
    """
    record = TABLES[table]
    hints = get_type_hints(record)
    return tuple(Column(name, _kind(hints[name])) for name in columns(record))


def _kind(hint: Any) -> str:
    if get_origin(hint) in (Union, types.UnionType):
        [hint] = [inner for inner in get_args(hint) if inner is not type(None)]
    if hint in (str, int, float):
        return {str: "text", int: "integer", float: "real"}[hint]
    return "strings" if get_origin(hint) is tuple and get_args(hint)[0] is str else "json"


def plain(record: Any) -> dict[str, Any]:
    """A record as JSON values that every store can hold: no infinite number, no half of a surrogate pair.

    >>> from wqnlp.records import SetAside
    >>> plain(SetAside(doc_id="d", start=0, end=1, text="一\\ud800", reason="article"))["text"]
    '一�'
    """
    return {name: _clean(value) for name, value in row(record).items()}


def plain_value(value: Any) -> Any:
    """One value of a record in the same way.

    >>> plain_value(("approximate", float("nan")))
    ['approximate', None]
    """
    return _clean(unfolded(value))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


def to_json(value: Any) -> str:
    """JSON with Chinese as it is, in one line.

    >>> to_json(["approximate", "约"])
    '["approximate", "约"]'
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
