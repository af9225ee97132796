"""What one file gave, as rows of a library, and back: the source with all that later stages read of it."""

from __future__ import annotations

import json
import types
import zlib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from wqnlp.records import TABLES, columns
from wqnlp.source.base import Decoding, Source
from wqnlp.store.schema import plain, schema, to_json

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


@cache
def _nested(table: str) -> frozenset[str]:
    return frozenset(column.name for column in schema(table) if column.kind in ("strings", "json"))


def stored(table: str, record: Any) -> Row:
    """A record as a row of its table: lists and objects as JSON text, no character that PostgreSQL refuses.

    >>> from wqnlp.records import SetAside
    >>> stored("set_aside", SetAside(doc_id="d", start=0, end=1, text="\\0", reason="article"))
    ('d', 0, 1, '�', 'article')
    """
    nested = _nested(table)
    return tuple(to_json(value) if name in nested else _without_nul(value) for name, value in plain(record).items())


def _without_nul(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value


def rows_of(result: Result, stamp: Stamp) -> dict[str, list[Row]]:
    """All rows that a file gives, by table, each in the order of the table's columns."""
    made = {table: [stored(table, record) for record in result.rows(table)] for table in TABLES}
    made |= {"files": [], "repairs": [], "marks": []}
    source, sha = result.source, result.sha12()
    if source is None:
        return made
    how = source.decoding
    made["files"] = [tuple(map(_without_nul, (
        sha, result.path, source.sha256, source.format, how.encoding, how.reason, how.confidence, len(source.text),
        packed(source.text), packed(layout(source)), *stamp)))]
    if result.repaired is not None:
        aligned = result.repaired.aligned
        made["repairs"] = [tuple(map(_clean, (sha, r.start, r.end, r.new, to_json(list(r.kinds)), r.confidence, r.runner_up)))
                           for r in result.repaired.log]
        made["marks"] = [tuple(map(_clean, (sha, *aligned.source_span(m.start, m.end), aligned.text[m.start:m.end], m.kind,
                                            m.note))) for m in result.repaired.marks]
    return made


def _clean(value: Any) -> Any:
    """A repair may hold half a surrogate pair, as its source does."""
    if not isinstance(value, str) or value.isascii():
        return _without_nul(value)
    return _without_nul(value.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


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


def as_dict(table: str, row: Row) -> dict[str, Any]:
    """A row of one of the TABLES by its columns, values as they are stored."""
    return dict(zip(columns(TABLES[table]), row, strict=True))
