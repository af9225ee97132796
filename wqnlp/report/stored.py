"""A library read back as the results it was made of, so that a report can be made of it without the files."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wqnlp.audits import is_between
from wqnlp.compare.tables import documents_of, figures_of
from wqnlp.pipeline import Result
from wqnlp.records import Activity, Audit, ErrorRow, Issue, SetAside
from wqnlp.repair.base import Repaired
from wqnlp.source.base import Source
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
        sha = source.sha256[:12]
        aligned = Aligned.of(source.text).edit(edits)
        result = Result(path=source.path, source=source, repaired=Repaired(source=source, aligned=aligned),
                        documents=by_file.pop(sha, []), errors=errors.pop(source.path, []))
        for name, table in tables.items():
            setattr(result, name, table.pop(sha, []))
        yield result
    for path, told in errors.items():
        yield Result(path=path, errors=told)


def _sources(library: Library) -> Iterator[tuple[Source, list[Edit]]]:
    """Each file with the repairs made in it."""
    for held in library.reader.files():
        source = library.reader.source(held.sha12)
        yield source, [Edit(one["start"], one["end"], one["new"], json.loads(one["kinds"])[0])
                       for one in library.reader.near("repairs", held.sha12, -1, len(source.text) + 1)]


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
