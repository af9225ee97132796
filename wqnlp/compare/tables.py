"""Documents and figures from whatever holds them: records of a run, or frames of the library."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar, cast

from wqnlp.errors import NotInLibrary
from wqnlp.records import Copy, Document, Evidence, Figure

R = TypeVar("R", Document, Figure)


def documents_of(table: Any) -> list[Document]:
    """Documents of a frame (copies and evidence as lists or JSON), or of an iterable of Documents, as records.

    >>> import pandas as pd
    >>> frame = pd.DataFrame([{"doc_id": "a", "path": "a.txt", "start": 0, "end": 9, "title": "霍山县妇联总结",
    ...                        "year": None, "copies": '[{"doc_id": "b", "similarity": 0.9, "differs": ["year"]}]'}])
    >>> documents_of(frame)[0].copies[0].differs
    ('year',)
    """
    return _records(table, Document)


def figures_of(table: Any) -> list[Figure]:
    """Figures of a frame, or of an iterable of Figures, as records."""
    return _records(table, Figure)


def _records(table: Any, record: type[R]) -> list[R]:
    if not hasattr(table, "to_dict"):
        return list(cast(Iterable[R], table))
    have = {str(name) for name in table.columns}
    lacking = {f.name for f in fields(record)[:4]} - have
    if lacking:
        raise NotInLibrary("E62", record.__name__, f"the frame lacks the columns {', '.join(sorted(lacking))}",
                           "pass the documents and figures of the library as they are")
    wanted = [f.name for f in fields(record) if f.name in have]
    return [_record({name: _plain(row[name]) for name in wanted}, record) for row in table.to_dict("records")]


def _record(row: dict[str, Any], record: type[R]) -> R:
    if record is Document:
        row["copies"] = tuple(_copy(entry) for entry in row.get("copies") or ())
        row["evidence"] = {name: tuple(_evidence(vote) for vote in votes or ())
                           for name, votes in (row.get("evidence") or {}).items()}
        row["damage"] = row.get("damage") or {}
    else:
        row["flags"] = tuple(row.get("flags") or ())
    for name in ("year", "start", "end"):
        if row.get(name) is not None:
            row[name] = int(row[name])
    return record(**row)


def _copy(entry: Any) -> Copy:
    if isinstance(entry, Copy):
        return entry
    told = cast(Mapping[str, Any], entry)
    return Copy(doc_id=told["doc_id"], similarity=told["similarity"], differs=tuple(told.get("differs") or ()))


def _evidence(vote: Any) -> Evidence:
    return vote if isinstance(vote, Evidence) else Evidence(**vote)


def _plain(value: Any) -> Any:
    """A cell as JSON would give it: NaN and NaT are None, arrays lists, JSON text what it says."""
    if isinstance(value, str) and value[:1] in ("[", "{") and value[-1:] in ("]", "}"):
        try:
            return json.loads(value)
        except ValueError:
            return value                                   # a sentence that happens to stand in brackets
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple | dict | str):
        return value
    return None if value is None or value != value or str(value) in ("NaT", "<NA>") else value
