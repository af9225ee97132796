"""What one file gave, as rows of a library, and back: the source with all that later stages read of it."""

from __future__ import annotations

import json
import math
import types
import zlib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from wqnlp.records import TABLES, Copy, Document
from wqnlp.source.base import Decoding, Source
from wqnlp.store.schema import plain_value, schema, to_json

if TYPE_CHECKING:
    from wqnlp.pipeline import Result
    from wqnlp.store.stamp import Stamp

Row = tuple[Any, ...]
KEPT_APART = frozenset({"path", "text", "sha256", "format", "decoding"})
"""Fields of a `Source` that have columns of their own; all others are its layout."""


def packed(text: str) -> bytes:
    """A text as a library keeps it.

    >>> unpacked(packed("接待60件"))
    '接待60件'
    """
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def unpacked(blob: bytes) -> str:
    """The text of `packed`."""
    return zlib.decompress(blob).decode("utf-8", "surrogatepass")


EMPTY: dict[type, str] = {tuple: "[]", dict: "{}"}


@cache
def _kinds(table: str) -> list[tuple[str, str]]:
    return [(column.name, column.kind) for column in schema(table)]


def stored(table: str, record: Any) -> Row:
    """A record as a row of its table: lists and objects as JSON text, no character that a database refuses.

    >>> from wqnlp.records import SetAside
    >>> stored("set_aside", SetAside(doc_id="d", start=0, end=1, text="\\0", reason="article"))
    ('d', 0, 1, '�', 'article')
    """
    return tuple(_cell(getattr(record, name), kind) for name, kind in _kinds(table))


def _cell(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "text":
        return clean(value)
    if kind == "real":
        return value if math.isfinite(value) else None
    return value if kind == "integer" else to_json(plain_value(value)) if value else EMPTY[type(value)]


def clean(text: str) -> str:
    """A text without half of a surrogate pair and without NUL, which PostgreSQL refuses.

    >>> clean("接待\\ud800")
    '接待�'
    """
    try:
        text.encode()                    # the quickest way to see that it is whole
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "\ufffd") if "\0" in text else text


def rows_of(result: Result, stamp: Stamp) -> dict[str, list[Row]]:
    """All rows that a file gives, by table, each in the order of the table's columns."""
    made = {table: [stored(table, record) for record in result.rows(table)] for table in TABLES}
    made |= {"files": [], "repairs": [], "marks": []}
    source, sha = result.source, result.sha12()
    if source is None:
        return made
    how = source.decoding
    made["files"] = [(sha, clean(result.path), source.sha256, source.format, how.encoding, clean(how.reason), how.confidence,
                      len(source.text), packed(source.text), packed(layout(source)), *stamp)]
    if result.repaired is not None:
        aligned = result.repaired.aligned
        made["repairs"] = [(sha, r.start, r.end, clean(r.new), to_json(list(r.kinds)), r.confidence,
                            None if r.runner_up is None else clean(r.runner_up)) for r in result.repaired.log]
        made["marks"] = [(sha, *aligned.source_span(m.start, m.end), clean(aligned.text[m.start:m.end]), m.kind, clean(m.note))
                         for m in result.repaired.marks]
    return made


def layout(source: Source) -> str:
    """What is known of a source beside its text, as JSON: pages, places, cells, doubts, and how sure the decoding was."""
    rest = {one.name: getattr(source, one.name) for one in fields(Source) if one.name not in KEPT_APART}
    return json.dumps({name: value for name, value in rest.items() if value}
                      | {"decoding": [source.decoding.runner_up, source.decoding.undecodable]})


def source_of(row: Mapping[str, Any]) -> Source:
    """The source of a row of `files`. Where the row has no layout, the source has none either."""
    told = json.loads(unpacked(row["layout"])) if row["layout"] is not None else {}
    runner_up, undecodable = told.pop("decoding", (None, 0))
    how = Decoding(encoding=row["encoding"], reason=row["reason"], confidence=row["confidence"], runner_up=runner_up,
                   undecodable=undecodable)
    hints = get_type_hints(Source)
    rest = {name: _as(hints[name], value) for name, value in told.items() if name in hints}
    return Source(path=row["path"], text=unpacked(row["text"]), sha256=row["sha256"], format=row["format"], decoding=how,
                  **rest)


def _as(hint: Any, value: Any) -> Any:
    """A value of JSON as the type that a field has: lists become tuples, or the named tuples they were."""
    if value is None or not isinstance(value, list):
        return value
    if get_origin(hint) in (Union, types.UnionType):
        [hint] = [inner for inner in get_args(hint) if inner is not type(None)]
    if isinstance(hint, type) and hasattr(hint, "_fields"):
        inner = get_type_hints(hint)
        return hint(*(_as(inner[name], one) for name, one in zip(hint._fields, value, strict=False)))
    given = get_args(hint)
    return tuple(_as(given[0] if len(given) == 2 and given[1] is Ellipsis else None, one) for one in value)


def document_of(row: Mapping[str, Any]) -> Document:
    """A document of its plain values, without evidence."""
    copies = tuple(Copy(**{**one, "differs": tuple(one["differs"])}) for one in row["copies"])
    return Document(**{**row, "copies": copies})
