"""A library file read back as the results it was made of, so that a report can be made of it without the files."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wqnlp.audits import is_between
from wqnlp.compare.tables import documents_of, figures_of
from wqnlp.pipeline import Result
from wqnlp.records import Activity, Audit, ErrorRow, Issue, SetAside
from wqnlp.repair.base import Repaired
from wqnlp.source.base import Decoding, Source
from wqnlp.span import Aligned, Edit

if TYPE_CHECKING:
    from wqnlp.library import Library

RECORDS: dict[str, type] = {"set_aside": SetAside, "activities": Activity, "issues": Issue, "audits": Audit}


def results(library: Library) -> Iterator[Result]:
    """The results of a library, file by file, in the order of their paths; then what could not be read."""
    tables = {name: _by_file([_record(kind, row) for row in _rows(library, name)]) for name, kind in RECORDS.items()}
    tables["audits"] = {sha: [a for a in rows if not is_between(a)] for sha, rows in tables["audits"].items()}    # made anew
    tables["figures"] = _by_file(figures_of(library.figures()))
    by_file = _by_file(documents_of(library.documents()))
    errors: dict[str, list[ErrorRow]] = defaultdict(list)
    for row in _rows(library, "errors"):
        errors[row["path"]].append(ErrorRow(**row))
    for source, edits in _sources(library):
        sha = source["sha12"]
        text = Source(path=source["path"], text=source["text"], sha256=source["sha256"], format=source["format"],
                      decoding=Decoding(encoding=source["encoding"], reason=source["reason"],
                                        confidence=source["confidence"]))
        aligned = Aligned.of(text.text).edit([Edit(start, end, new, kind) for start, end, new, kind in edits])
        result = Result(path=source["path"], source=text, repaired=Repaired(source=text, aligned=aligned),
                        documents=by_file.pop(sha, []), errors=errors.pop(source["path"], []))
        for name, table in tables.items():
            setattr(result, name, table.pop(sha, []))
        yield result
    for path, told in errors.items():
        yield Result(path=path, errors=told)


def _sources(library: Library) -> Iterator[tuple[dict[str, Any], list[tuple[int, int, str, str]]]]:
    """Each file with the repairs made in it as (start, end, new, kind)."""
    names = ("sha12", "path", "sha256", "format", "encoding", "reason", "confidence")
    with closing(sqlite3.connect(f"file:{Path(library.path).resolve().as_posix()}?mode=ro", uri=True)) as db:
        for row in db.execute(f"SELECT {', '.join(names)} FROM sources ORDER BY path").fetchall():
            told = dict(zip(names, row, strict=True))
            edits = [(start, end, new, json.loads(kinds)[0]) for start, end, new, kinds in db.execute(
                'SELECT start, "end", new, kinds FROM repairs WHERE sha12 = ? ORDER BY start', [told["sha12"]])]
            yield told | {"text": library.source_text(told["sha12"])}, edits


def _by_file(records: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        found[record.doc_id.rpartition("-")[0]].append(record)
    return found


def _rows(library: Library, table: str) -> list[dict[str, Any]]:
    return [{str(key): None if isinstance(value, float) and value != value else value for key, value in row.items()}
            for row in library.table(table).to_dict("records")]


def _record(kind: type, row: dict[str, Any]) -> Any:
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})
