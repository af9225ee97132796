"""One file through all stages, and many files through one or several processes, in order and in flat memory.

A fault in one stage of one summary is a row of `errors`; what the other stages and summaries gave is kept.
"""

from __future__ import annotations

import hashlib
import os
import re
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from wqnlp import audits, figures, issues, metadata, repair, source, structure, themes
from wqnlp.errors import Unreadable, WqnlpError
from wqnlp.records import Activity, Audit, Document, ErrorRow, Figure, Issue, SetAside
from wqnlp.repair.base import Repaired
from wqnlp.source import Input
from wqnlp.source.base import Decoding, Source
from wqnlp.structure.base import Summary

T = TypeVar("T")
Run = Callable[[Input], "Result"]
_HALF = re.compile("[\ud800-\udfff]")
AHEAD = 4                                # files a worker may be ahead of what was taken, so that memory stays flat


@dataclass(slots=True, kw_only=True)
class Result:
    """All that one file gave. `source` and `repaired` are None where it could not be read or repaired.

    `same_as` names an earlier file of the batch with the same bytes: this one is then not counted again.
    """

    path: str
    source: Source | None = None
    repaired: Repaired | None = None
    documents: list[Document] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)
    errors: list[ErrorRow] = field(default_factory=list)
    same_as: str | None = None

    def rows(self, table: str) -> list[Any]:
        """The records of one of the TABLES.

        >>> Result(path="空.txt").rows("figures")
        []
        """
        return list(getattr(self, table))

    def sha12(self) -> str | None:
        """The file's part of every doc_id: the first twelve hex digits of the hash of its bytes."""
        return None if self.source is None else self.source.sha256[:12]


def run(path: str | os.PathLike[str] | tuple[str, ...]) -> Result:
    """One file through source, repair, structure, metadata, figures, themes, issues and audits.

    Several paths are the pages of one article, as `source.gather` finds them: read as one, under the first's path.
    Never raises for a bad input: it is a row of `errors` that names the file and says what to do.

    >>> [error] = run("没有这个文件.txt").errors
    >>> error.stage, error.error, error.path
    ('source', 'E01', '没有这个文件.txt')
    """
    name = called(path)
    made = Result(path=name)
    made.source = _attempt(made, "source", lambda: source.read_pages(path) if isinstance(path, tuple) else _read(name))
    return made if made.source is None else _on(made, made.source)


def run_text(text: str, path: str = "text") -> Result:
    """A text that is at hand already, through the same stages; `path` is what its records call it.

    >>> [figure] = run_text("江平县妇联2013年工作总结\\n全年接待来信来访96件。").figures
    >>> figure.text, figure.value
    ('96件', 96.0)
    """
    decoding = Decoding(encoding="text", reason="given as text", confidence=1.0)
    sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    text = _HALF.sub("\ufffd", text)                       # no file decodes to half a surrogate pair; a string may hold one
    given = Source(path=path, text=text, sha256=sha256, format="text", decoding=decoding)
    return _on(Result(path=path, source=given), given)


def run_source(given: Source) -> Result:
    """What was read before, through the stages after reading.

    >>> from wqnlp.source.base import Decoding
    >>> how = Decoding(encoding="utf-8", reason="", confidence=1.0)
    >>> text = "江平县妇联2013年工作总结\\n全年接待来信来访96件。"
    >>> read = Source(path="2013.txt", text=text, sha256="a" * 64, format="text", decoding=how)
    >>> [figure.id for figure in run_source(read).figures]
    ['aaaaaaaaaaaa-0:23-26']
    """
    return _on(Result(path=given.path, source=given), given)


def reasons(text: str, start: int, end: int) -> list[str]:
    """What rules spoke for and against the figure at source characters `start` to `end` of a text, as lines.

    >>> text = "江平县妇联2013年工作总结\\n全年接待来信来访96件。"
    >>> reasons(text, 23, 26)[0]
    'measure cases_received: cases.received'
    """
    made = run_text(text)
    if made.repaired is None:
        return []
    for summary, document in zip(structure.summaries(made.repaired), made.documents, strict=False):
        if document.start <= start < document.end:
            return figures.reasons(summary, document, start, end)
    return []


def _on(made: Result, read: Source) -> Result:
    """The stages after reading."""
    made.repaired = _attempt(made, "repair", lambda: repair.repair(read))
    if made.repaired is None:
        return made
    repaired = made.repaired
    parts = _attempt(made, "structure", lambda: structure.summaries(repaired)) or []
    for number, summary in enumerate(parts):
        _summary(made, summary, f"{read.sha256[:12]}-{number}")
    return made


def called(path: str | os.PathLike[str] | tuple[str, ...]) -> str:
    """What records call an input: its path, of several pages the first's.

    >>> called(("总结.html", "总结_2.html"))
    '总结.html'
    """
    return path[0] if isinstance(path, tuple) else os.fspath(path)


def _read(name: str) -> Source:
    """The source of a file. A folder stands here only where nothing in it could be listed."""
    if os.path.isdir(name):
        try:
            empty = not os.listdir(name)
        except OSError as fault:
            raise Unreadable("E02", name, f"the folder may not be listed ({fault.strerror})",
                             "ask its owner for permission to read it") from fault
        raise Unreadable("E03", name, "the folder is empty" if empty else "the folder holds no file that is not hidden",
                         "name a folder with texts in it")
    return source.read(name)


def _summary(made: Result, summary: Summary, doc_id: str) -> None:
    """One summary of a file through the later stages."""
    document = _attempt(made, "metadata", lambda: metadata.describe(summary, doc_id, made.path))
    if document is None:
        return
    made.documents.append(document)
    found, aside = _attempt(made, "figures", lambda: figures.extract(summary, document)) or ([], [])
    made.figures += found
    made.set_aside += aside
    acts = _attempt(made, "themes", lambda: themes.activities(summary, document)) or []
    made.activities += acts
    made.issues += _attempt(made, "issues", lambda: issues.find(summary, document, found, acts)) or []
    made.audits += _attempt(made, "audits", lambda: audits.audit(found)) or []


def _attempt(made: Result, stage: str, work: Callable[[], T]) -> T | None:
    """The work's result, or None with a row of `errors`. The one place that catches whatever comes."""
    try:
        return work()
    except WqnlpError as fault:
        made.errors.append(ErrorRow(path=made.path, stage=stage, error=fault.code, message=str(fault)))
    except Exception as fault:  # noqa: BLE001
        last = traceback.extract_tb(fault.__traceback__)[-1]
        seen = f"{type(fault).__name__}: {fault} ({os.path.basename(last.filename)}, line {last.lineno})"
        made.errors.append(_fault(made.path, stage, seen))
    return None


def _fault(path: str, stage: str, seen: str) -> ErrorRow:
    message = str(WqnlpError("E99", path, f"the stage {stage} failed with {seen}",
                             "report this with the file; the other files are not touched by it"))
    return ErrorRow(path=path, stage=stage, error="E99", message=message)


def run_many(paths: Iterable[str | os.PathLike[str] | tuple[str, ...]], jobs: int = 1, *, work: Run = run) -> Iterator[Result]:
    """Results in the order of the paths, each as soon as it and those before it are done.

    With `jobs` over 1 the files are shared out to so many processes. A file with the same bytes as an earlier
    one comes back empty with `same_as` set: the same bytes have the same doc_ids, and are counted once.
    """
    names: list[Input] = [path if isinstance(path, tuple) else os.fspath(path) for path in paths]
    results = map(work, names) if jobs <= 1 or len(names) < 2 else _pooled(names, jobs, work)
    seen: dict[str, str] = {}
    for result in results:
        sha = result.source.sha256 if result.source else None
        if sha is not None and sha in seen:
            yield Result(path=result.path, source=result.source, same_as=seen[sha])
            continue
        if sha is not None:
            seen[sha] = result.path
        yield result


def _pooled(names: list[Input], jobs: int, work: Run) -> Iterator[Result]:
    """Files through a pool of processes. A process that dies costs the file it died of, and no other."""
    waiting = iter(names)
    pending: deque[tuple[Input, Future[Result]]] = deque()
    pool = ProcessPoolExecutor(jobs)
    try:
        while True:
            while len(pending) < jobs * AHEAD and (name := next(waiting, None)) is not None:
                pending.append((name, _submit(pool, work, name)))
            if not pending:
                return
            name, future = pending.popleft()
            try:
                result = future.result()
            except BrokenExecutor:
                pool.shutdown(cancel_futures=True)
                result = _alone(name, work)
                pool = ProcessPoolExecutor(jobs)
                pending = deque((other, _submit(pool, work, other)) for other, _ in pending)
            yield result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, work: Run, name: Input) -> Future[Result]:
    """Hand a file to the pool; a pool that has just died answers through the future, as it does for all others."""
    try:
        return pool.submit(work, name)
    except BrokenExecutor as fault:
        broken: Future[Result] = Future()
        broken.set_exception(fault)
        return broken


def _alone(name: Input, work: Run) -> Result:
    """One file in a process of its own, after a shared one died: was it this file?"""
    with ProcessPoolExecutor(1) as pool:
        try:
            return pool.submit(work, name).result()
        except BrokenExecutor:
            fault = _fault(called(name), "pipeline", "the end of its process (most often too little memory)")
            return Result(path=called(name), errors=[fault])
