"""Many files into a folder of tables, a library, or both: read, kept as they come, copies told at the end.

A run may be stopped at any moment in any way; the same command again goes on where it stopped (`wqnlp.store.finished`),
and what it leaves is what a run leaves that was never stopped.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from wqnlp import copies
from wqnlp.audits import Links, between
from wqnlp.errors import Unwritable
from wqnlp.guard import Limits, usual
from wqnlp.pipeline import Engine, Result, called, run_many
from wqnlp.records import Copy, ErrorRow, by_document
from wqnlp.source import Input, state_of
from wqnlp.store.csv import CsvWriter
from wqnlp.store.finished import holds, shown_of, stand_of
from wqnlp.store.folder import FolderWriter
from wqnlp.store.journal import Journal, entry_of
from wqnlp.store.jsonl import JsonlWriter
from wqnlp.store.listing import Listing, Paths, expand, inputs
from wqnlp.store.parquet import ParquetWriter
from wqnlp.store.ready import Making, Ready, warm
from wqnlp.store.shelf import Shelf
from wqnlp.store.where import Where

if TYPE_CHECKING:
    from wqnlp.store.database import Store

__all__ = ["FORMATS", "Batch", "Outputs", "expand", "extract", "fill", "inputs", "listed", "opened"]

FORMATS: dict[str, type[FolderWriter]] = {"jsonl": JsonlWriter, "csv": CsvWriter, "parquet": ParquetWriter}


@dataclass(slots=True)
class Batch:
    """What a run did: rows by table, files, errors, and files that were the same bytes as another.

    `kept` of the files were finished by an earlier run and not read again; they are counted with all others.
    """

    files: int = 0
    kept: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    errors: list[ErrorRow] = field(default_factory=list)
    repeated: list[tuple[str, str]] = field(default_factory=list)

    def count(self, result: Result, rows: Mapping[str, int] | None = None) -> None:
        """Add one file's result; `rows` are how many there are of a file that was not read again."""
        self.files += 1
        self.kept += result.kept
        self.errors += result.errors
        if result.same_as is not None:
            self.repeated.append((result.path, result.same_as))
        self.rows.update(rows if rows is not None else result.counts())


class Outputs(NamedTuple):
    """Where a run goes to: the journal of a folder of tables, a library, or both."""

    journal: Journal | None
    library: Store | None

    @property
    def all(self) -> list[Journal | Store]:
        """Those that there are; the journal first, which is the quicker one to ask."""
        return [one for one in self if one is not None]


def extract(paths: Iterable[str | os.PathLike[str]], out: str | os.PathLike[str] | None = None, *,
            format: str = "jsonl", store: Where | None = None, workers: int = 1, watch: Callable[[Result], Any] | None = None,
            limits: Limits | None = None, fresh: bool = False, engine: Engine | None = None) -> Batch:
    """Read every file and write what it gives.

    `out` is a folder for tables of the `format` (jsonl, csv, parquet), `store` a library (a file, or the URL of a
    database). `workers` is how many processes share the work. `watch` is called with each result, for a progress bar.
    `limits` are time and memory that one file may take; where the system forks they are those of
    `Limits.from_environment` unless others are given, elsewhere there are none unless given. `engine` shares the files
    out to something else than processes of this machine, such as `wqnlp.cluster.Cluster`.

    After a run that was stopped, the same call goes on: files that were finished then, and are as they were, are not
    read again (`Result.kept`, `Batch.kept`), nor those that a library holds as the rules of now read them; `fresh` reads
    all. Tables stand in `out` when the last file is read. Raises `Unwritable` before any work where an output cannot be
    written, and whenever it cannot be any more; inputs that cannot be read become rows of `errors`.
    """
    limits = limits or usual()
    with opened(out, format=format, store=store, fresh=fresh) as outputs, listed(paths, limits) as files:
        return fill(outputs, files, workers=workers, watch=watch, limits=limits, fresh=fresh, engine=engine)


@contextmanager
def listed(paths: Paths, limits: Limits | None = None) -> Iterator[Listing]:
    """The files of a run, listed on disk until it is over. What a run keeps beside its outputs lies in the folder for
    temporary files: raises `Unwritable` (E21) where that is full."""
    try:
        with closing(Listing(paths, limits)) as files:
            yield files
    except (sqlite3.OperationalError, OSError) as fault:
        if isinstance(fault, OSError) and fault.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Unwritable("E21", tempfile.gettempdir(), f"the folder for temporary files cannot be written ({fault})",
                         "free some space, or set TMPDIR to another folder; the same command then goes on where this one "
                         "stopped") from fault


@contextmanager
def opened(out: str | os.PathLike[str] | None, *, format: str = "jsonl", store: Where | None = None,
           fresh: bool = False) -> Iterator[Outputs]:
    """An output folder and a library, closed at the end, whatever ends it. Raises `Unwritable`."""
    if format not in FORMATS:
        raise Unwritable("E21", os.fspath(out or "."), f"there is no format {format!r}", f"use {', '.join(FORMATS)}")
    with ExitStack() as stack:
        library = journal = None
        if store is not None:
            from wqnlp.store.database import Store

            library = stack.enter_context(Store(store))
        if out is not None:
            journal = stack.enter_context(Journal(out, FORMATS[format], fresh=fresh))
        yield Outputs(journal, library)


def fill(outputs: Outputs, files: Listing, *, workers: int = 1, watch: Callable[[Result], Any] | None = None,
         limits: Limits | None = None, fresh: bool = False, engine: Engine | None = None) -> Batch:
    """Read the files and hand each result to the outputs, then tell them which summaries are copies, and what
    successive years of one body say of one another."""
    run = _Run(outputs, files, limits, fresh)
    for result in run.results(workers, engine):
        if watch is not None:
            watch(result)
    found = run.search.found()
    if outputs.library is not None:
        outputs.library.amend(found)
    run.batch.rows["audits"] += _relate(outputs, run.shelf, found)
    if outputs.journal is not None:
        outputs.journal.finish(files, found)
    return run.batch


class _Run:
    """The files of a run, each read or found finished, in their order, whichever processes read them."""

    def __init__(self, outputs: Outputs, files: Listing, limits: Limits | None, fresh: bool) -> None:
        self._outputs, self._files, self._limits = outputs, files, limits
        # A library that holds nothing need not be asked of each file.
        self._fresh = fresh or (outputs.library is not None and not outputs.library.has_read())
        self._asked: deque[tuple[int, Input, str]] = deque()
        self.batch, self.search, self.shelf = Batch(), copies.Search(), Shelf()

    def results(self, workers: int, engine: Engine | None = None) -> Iterator[Result]:
        """What each file gives. Those that are not asked for lie between two that are."""
        done = 0
        if engine is None and (self._limits is not None or workers > 1):
            warm()                           # what processes of this machine begin with
        work = Making(library=self._outputs.library is not None, tables=self._outputs.journal is not None)
        with closing(run_many(self._unfinished(), workers, work=work, limits=self._limits, once=False, engine=engine)) as results:
            for result in results:           # whatever ends this ends their processes
                number, given, state = self._asked.popleft()
                yield from self._kept(done, number)
                yield self._read(number, given, state, result)
                done = number + 1
        yield from self._kept(done, len(self._files))

    def _unfinished(self) -> Iterator[Input]:
        """The files that have to be read. How each stands is noted just before."""
        for number, given in enumerate(self._files):
            if not self._finished(given):
                self._asked.append((number, given, state_of(given, settled=False)))
                yield given

    def _finished(self, given: Input) -> bool:
        stands = [] if self._fresh else [output.stand(called(given)) for output in self._outputs.all]
        if not stands or not all(stand is not None and holds(stand, given, self._limits) for stand in stands):
            return False
        [stand] = stands[:1]
        assert stand is not None
        if stand.repeats:                    # of no use where the file that it repeats is no more
            return self._files.expects(stand.sha256)
        self._files.expect(stand.sha256)
        return True

    def _read(self, number: int, given: Input, state: str, result: Result) -> Result:
        """What a file gave, kept by every output. Bytes that came before are counted once; what an output had of this
        path before they were the same is taken away."""
        sha256 = result.sha256()
        other = None if sha256 is None else self._files.first(sha256, number)
        if other is not None:
            result = result.repeats(other)
        stand = stand_of(given, state, result, self._limits)
        if self._outputs.library is not None:
            self._outputs.library.write(result if other is None else Result(path=result.path), stand=stand)
        if self._outputs.journal is not None:
            entry = result.entry if isinstance(result, Ready) else None
            self._outputs.journal.write(entry or entry_of(result), stand)
        self._hold(result, {} if isinstance(result, Ready) else shown_of(result))
        self.batch.count(result)
        return result

    def _kept(self, first: int, end: int) -> Iterator[Result]:
        """Files that were finished before."""
        for number, given in enumerate(self._files.between(first, end), first):
            kept = self._outputs.all[0].kept(called(given))
            if self._outputs.library is not None:
                self._outputs.library.own(document.doc_id for document in kept.documents)
            result = kept.result(called(given))
            other = None if kept.sha256 is None else self._files.first(kept.sha256, number)
            result = result if other is None else result.repeats(other)
            self._hold(result, kept.texts)
            self.batch.count(result, kept.rows if other is None else {})
            yield result

    def _hold(self, result: Result, texts: Mapping[str, str]) -> None:
        """Note what of a file is held against others at the end."""
        if isinstance(result, Ready):
            for note in result.notes:
                self.search.take(note)
            self.shelf.take(result.said)
            return
        figures = by_document(result.figures)
        for document in result.documents:
            if document.doc_id in texts:
                self.search.add(document.doc_id, texts[document.doc_id], document, figures[document.doc_id])
        self.shelf.add(result.documents, result.figures)


def _relate(outputs: Outputs, shelf: Shelf, found: Mapping[str, tuple[Copy, ...]]) -> int:
    """Audits between years, to every output: body by body, with what a library among them holds of the body already.

    A folder gets those under summaries of this run, a library also those under a later year that it had before.
    Gives how many stand under summaries of this run.
    """
    count, links, library = 0, Links(found), outputs.library
    if outputs.journal is not None:
        outputs.journal.forget_across()
    for body, said in shelf.bodies():
        own = {one.doc_id for one in said}
        audits = between(said, links) if library is None else library.relate(body, said)
        new = [audit for audit in audits if audit.doc_id in own]
        if outputs.journal is not None and new:
            outputs.journal.across(new)
        count += len(new)
    if library is not None:
        for body in library.pending():
            library.relate(body)
    return count
