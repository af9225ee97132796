"""Many files into a folder of tables, a library, or both: read, written as it comes, copies told at the end."""

from __future__ import annotations

import glob
import os
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from wqnlp import copies
from wqnlp.audits import Links, between
from wqnlp.errors import Unwritable
from wqnlp.guard import Ended, Limits, Worker, usual
from wqnlp.pipeline import Engine, Result, run_many
from wqnlp.records import TABLES, Copy, ErrorRow, Figure
from wqnlp.source import Input, gather, looks_packed, members
from wqnlp.span import Repair
from wqnlp.store.csv import CsvWriter
from wqnlp.store.folder import FolderWriter
from wqnlp.store.jsonl import JsonlWriter
from wqnlp.store.parquet import ParquetWriter
from wqnlp.store.shelf import Shelf
from wqnlp.store.where import Where, is_url

if TYPE_CHECKING:
    from wqnlp.store.database import Store

FORMATS: dict[str, type[FolderWriter]] = {"jsonl": JsonlWriter, "csv": CsvWriter, "parquet": ParquetWriter}
NOT_READ = (".", "~$")                   # hidden files and the locks of office programs, inside folders


class Writer(Protocol):
    """What takes results one by one."""

    def write(self, result: Result) -> object:
        """Append what one file gave."""

    def amend(self, copies: dict[str, tuple[Copy, ...]]) -> None:
        """Fill in the copies of each document."""


@dataclass(slots=True)
class Batch:
    """What a run did: rows by table, files read, errors, and files that were the same bytes as another."""

    files: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    errors: list[ErrorRow] = field(default_factory=list)
    repeated: list[tuple[str, str]] = field(default_factory=list)

    def count(self, result: Result) -> None:
        """Add one file's result."""
        self.files += 1
        self.errors += result.errors
        if result.same_as is not None:
            self.repeated.append((result.path, result.same_as))
        self.rows.update({table: len(result.rows(table)) for table in TABLES})


def expand(paths: Iterable[str | os.PathLike[str]], limits: Limits | None = None) -> list[str]:
    """Files of paths, folders (recursively, hidden files left out) and globs, sorted within each, each once.

    Of an archive (zip, tar, gz, bz2, xz, 7z, saved mail) the files in it, in its order, as `ARCHIVE!FILE`; with
    `limits` a process that may be ended lists them. What does not exist is kept, and so is an archive that cannot be
    listed to its end: reading it is what gives the error row that names it.

    >>> expand(["没有这个文件.txt"])
    ['没有这个文件.txt']
    """
    found: dict[str, None] = {}
    for path in (os.fspath(path) for path in paths):
        if is_url(path):
            found[path] = None
        elif os.path.isdir(path):
            found.update(dict.fromkeys([*_inside(path)] or [path]))
        elif not os.path.exists(path) and glob.has_magic(path):
            matched = sorted(glob.glob(path, recursive=True))
            files = [file for one in matched for file in (_inside(one) if os.path.isdir(one) else [one])]
            found.update(dict.fromkeys(files or [path]))
        else:
            found[path] = None
    return list(dict.fromkeys(_unpacked(found, limits)))


def _unpacked(paths: Iterable[str], limits: Limits | None) -> Iterator[str]:
    """Files, of archives those in them. What ends the process that lists an archive ends the one that reads it, too."""
    with Worker[str, "list[str] | None"](members, limits or Limits()) as worker:
        for path in paths:
            if not looks_packed(path):
                yield path
            elif limits is None:
                yield from members(path) or [path]
            else:
                listed = worker.call(path, limits.allowed(os.path.getsize(path)))
                yield from [path] if isinstance(listed, Ended) or not listed else listed


def inputs(paths: Iterable[str | os.PathLike[str]], limits: Limits | None = None) -> list[Input]:
    """What a run reads: the files of `expand`, the pages of one article among them together as one.

    >>> inputs(["没有这个文件.txt"])
    ['没有这个文件.txt']
    """
    return gather(expand(paths, limits))


def _inside(folder: str) -> Iterator[str]:
    """Files under a folder, in order. A folder that may not be listed stands for itself, so that it is reported."""
    refused: list[str] = []
    for here, folders, files in os.walk(folder, onerror=lambda fault: refused.append(str(fault.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (os.path.join(here, name) for name in sorted(files) if not name.startswith(NOT_READ))
    yield from refused


def extract(paths: Iterable[str | os.PathLike[str]], out: str | os.PathLike[str] | None = None, *,
            format: str = "jsonl", store: Where | None = None, workers: int = 1,
            watch: Callable[[Result], Any] | None = None, limits: Limits | None = None,
            engine: Engine | None = None) -> Batch:
    """Read every file and write what it gives, as it comes.

    `out` is a folder for tables of the `format` (jsonl, csv, parquet), `store` a library (a file, or the URL of a
    database). `watch` is called with each result, for a progress bar. `limits` are time and memory that one file may
    take; where the system forks they are those of `Limits.from_environment` unless others are given, elsewhere there
    are none unless given. `engine` shares the files out to something else than processes of this machine, such as
    `wqnlp.cluster.Cluster`. Raises `Unwritable` before any work where an output cannot be written; inputs that cannot be
    read become rows of `errors`.
    """
    limits = limits or usual()
    with opened(out, format=format, store=store) as writers:
        return fill(writers, inputs(paths, limits), workers=workers, watch=watch, limits=limits, engine=engine)


@contextmanager
def opened(out: str | os.PathLike[str] | None, *, format: str = "jsonl",
           store: Where | None = None) -> Iterator[list[Writer]]:
    """The writers of an output folder and a library, closed at the end, whatever ends it. Raises `Unwritable`."""
    if format not in FORMATS:
        raise Unwritable("E21", os.fspath(out or "."), f"there is no format {format!r}", f"use {', '.join(FORMATS)}")
    with ExitStack() as stack:
        writers: list[Writer] = []
        if store is not None:
            from wqnlp.store.database import Store

            writers.append(stack.enter_context(Store(store)))
        if out is not None:
            writers.append(stack.enter_context(FORMATS[format](out)))
        yield writers


def fill(writers: Sequence[Writer], files: Iterable[Input], *, workers: int = 1,
         watch: Callable[[Result], Any] | None = None, limits: Limits | None = None, engine: Engine | None = None) -> Batch:
    """Read the files and hand each result to every writer, then tell the writers which summaries are copies, and what
    successive years of one body say of one another."""
    batch, search, shelf = Batch(), copies.Search(), Shelf()
    with closing(run_many(files, workers, limits=limits, engine=engine)) as results:      # whatever ends this ends their processes
        for result in results:
            if result.same_as is None:
                for writer in writers:
                    writer.write(result)
                _search(search, result)
                shelf.add(result.documents, result.figures)
            batch.count(result)
            if watch is not None:
                watch(result)
    found = search.found()
    for writer in writers:
        writer.amend(found)
    batch.rows["audits"] += _relate(writers, shelf, found)
    return batch


def _relate(writers: Sequence[Writer], shelf: Shelf, found: Mapping[str, tuple[Copy, ...]]) -> int:
    """Audits between years, to every writer: body by body, with what a library among them holds of the body already.

    A folder gets those under summaries of this run, a library also those under a later year that it had before.
    Gives how many stand under summaries of this run.
    """
    libraries = [writer for writer in writers if _is_store(writer)]
    replaced = {body for library in libraries for body in library.replaced()}
    count, links = 0, Links(found)
    for body, said in shelf.bodies():
        replaced.discard(body)
        own = {one.doc_id for one in said}
        audits = between(said, links) if not libraries else [a for library in libraries for a in library.relate(body, said)]
        new = [audit for audit in audits if audit.doc_id in own]
        for writer in writers if new else ():
            if not _is_store(writer):
                writer.write(Result(path="", audits=new))
        count += len(new)
    for body in sorted(replaced):
        for library in libraries:
            library.relate(body)
    return count


def _is_store(writer: Writer) -> TypeGuard[Store]:
    """Whether a writer fills a library. Asked by what it can, so that tables alone need no database driver."""
    return hasattr(writer, "relate")


def _search(search: copies.Search, result: Result) -> None:
    """Hand the summaries of one file to the search for copies."""
    if result.repaired is None:
        return
    figures: dict[str, list[Figure]] = defaultdict(list)
    for figure in result.figures:
        figures[figure.doc_id].append(figure)
    edge = _repaired_edges(result.repaired.log)
    for document in result.documents:
        shown = result.repaired.text[edge(document.start):edge(document.end)]
        search.add(document.doc_id, shown, document, figures[document.doc_id])


def _repaired_edges(log: Sequence[Repair]) -> Callable[[int], int]:
    """Source offset to repaired offset by bisection; `Aligned.repaired_span` is exact, but linear in the log.

    >>> _repaired_edges([Repair(1, 7, "", ("gloss",))])(8)
    2
    """
    ends = [repair.end for repair in log]
    shifts = list(accumulate((len(r.new) - (r.end - r.start) for r in log), initial=0))
    return lambda at: at + shifts[bisect_right(ends, at)]


