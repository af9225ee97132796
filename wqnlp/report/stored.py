"""A library read back as the results it was made of, so that a report can be made of it without the files."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from wqnlp.audits import is_between
from wqnlp.compare.tables import documents_of
from wqnlp.pipeline import Result
from wqnlp.records import Activity, Audit, ErrorRow, Figure, Issue, SetAside
from wqnlp.repair.base import Repaired
from wqnlp.source.base import Source
from wqnlp.span import Aligned, Edit

if TYPE_CHECKING:
    from wqnlp.library import Library
    from wqnlp.store.reader import Held

RECORDS: dict[str, type] = {"figures": Figure, "set_aside": SetAside, "activities": Activity, "issues": Issue, "audits": Audit}
AT_ONCE = 200                            # files whose rows are asked for together


def results(library: Library) -> Iterator[Result]:
    """The results of a library, file by file, in the order of their paths, some hundred held at a time; then what could
    not be read."""
    errors: dict[str, list[ErrorRow]] = defaultdict(list)
    with library.reader.state():
        for row in library.reader.each("errors", {}):
            errors[row["path"]].append(ErrorRow(**row))
        files = library.reader.files()
        for at in range(0, len(files), AT_ONCE):
            yield from _read(library, files[at:at + AT_ONCE], errors)
    for path, told in errors.items():
        yield Result(path=path, errors=told)


def _read(library: Library, files: list[Held], errors: dict[str, list[ErrorRow]]) -> Iterator[Result]:
    documents = documents_of(library.documents(path=[held.path for held in files]))
    asked = {"doc_id": [document.doc_id for document in documents]}
    tables = {name: _by_file(_record(kind, row) for row in library.reader.each(name, asked))
              for name, kind in RECORDS.items()}
    tables["audits"] = {sha: [a for a in rows if not is_between(a)] for sha, rows in tables["audits"].items()}    # made anew
    by_file = _by_file(documents)
    for source, edits in _sources(library, files):
        sha = source.sha256[:12]
        aligned = Aligned.of(source.text).edit(edits)
        result = Result(path=source.path, source=source, repaired=Repaired(source=source, aligned=aligned),
                        documents=by_file.get(sha, []), errors=errors.pop(source.path, []))
        for name, table in tables.items():
            setattr(result, name, table.get(sha, []))
        yield result


def _sources(library: Library, files: list[Held]) -> Iterator[tuple[Source, list[Edit]]]:
    """Each file with the repairs made in it."""
    for held in files:
        source = library.reader.source(held.sha12)
        yield source, [Edit(one["start"], one["end"], one["new"], json.loads(one["kinds"])[0])
                       for one in library.reader.near("repairs", held.sha12, -1, len(source.text) + 1)]


def _by_file(records: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        found[record.doc_id.rpartition("-")[0]].append(record)
    return found


def _record(kind: type, row: dict[str, Any]) -> Any:
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})
