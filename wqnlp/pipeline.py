"""One file through all stages, and many files through one or several processes, in order and in flat memory.

A fault in one stage of one summary is a row of `errors`; what the other stages and summaries gave is kept.
"""

from __future__ import annotations

import hashlib
import os
import re
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from typing import Any, TypeVar

from wqnlp import audits, figures, issues, metadata, repair, source, structure, themes
from wqnlp.errors import Unreadable, WqnlpError
from wqnlp.guard import Closable, Ended, Limits, Worker, each
from wqnlp.records import TABLES, Activity, Audit, Document, ErrorRow, Figure, Issue, SetAside
from wqnlp.repair.base import Repaired
from wqnlp.source import Input
from wqnlp.source.base import Decoding, Source
from wqnlp.structure.base import Summary

T = TypeVar("T")
Run = Callable[[Input], "Result"]
Engine = Callable[[Run, Iterable[Input], int, Limits, Callable[[Input], float]], Generator[tuple[Input, "Result | Ended"], None, None]]
"""What shares files out: `guard.each` to processes of this machine, `cluster.Cluster.each` to the workers of a cluster."""

UNLIMITED = Limits(seconds=1e9, megabytes=2**23)
MORE_MEMORY = "give it more with --memory, or split it"
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(slots=True, kw_only=True)
class Result:
    """All that one file gave. `source` and `repaired` are None where it could not be read or repaired.

    `same_as` names an earlier file of the batch with the same bytes: this one is then not counted again. `kept`: it was
    finished by an earlier run of the batch, and was not read again; of its rows only `documents`, `figures` and
    `errors` are here.
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
    kept: bool = False

    def rows(self, table: str) -> list[Any]:
        """The records of one of the TABLES.

        >>> Result(path="空.txt").rows("figures")
        []
        """
        return list(getattr(self, table))

    def repeats(self, other: str) -> Result:
        """What is told of it once an earlier file turned out to have the same bytes."""
        return Result(path=self.path, source=self.source, same_as=other, kept=self.kept)

    def counts(self) -> dict[str, int]:
        """How many rows there are of each of the TABLES.

        >>> Result(path="空.txt").counts()["figures"]
        0
        """
        return {table: len(self.rows(table)) for table in TABLES}

    def sha256(self) -> str | None:
        """The hash of the file's bytes; None where it could not be read."""
        return None if self.source is None else self.source.sha256

    def sha12(self) -> str | None:
        """The file's part of every doc_id: the first twelve hex digits of the hash of its bytes."""
        sha256 = self.sha256()
        return None if sha256 is None else sha256[:12]


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


def run_data(data: bytes, path: str) -> Result:
    """A file's bytes that are at hand already, through all stages; nothing is opened by `path`, what its records call it.

    >>> [figure] = run_data("江平县妇联2013年工作总结\\n全年接待来信来访96件。".encode("gb18030"), "2013.txt").figures
    >>> figure.text, figure.value
    ('96件', 96.0)
    """
    made = Result(path=path)
    made.source = _attempt(made, "source", lambda: source.read_data(path, data))
    return made if made.source is None else _on(made, made.source)


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
    made.set_aside += aside
    # Before the figures go on: stripped zeros that the arithmetic between them proves are put back.
    found, audited = _attempt(made, "audits", lambda: audits.restored(found)) or (found, [])
    made.figures += found
    made.audits += audited
    acts = _attempt(made, "themes", lambda: themes.activities(summary, document)) or []
    made.activities += acts
    made.issues += _attempt(made, "issues", lambda: issues.find(summary, document, found, acts)) or []


def _attempt(made: Result, stage: str, work: Callable[[], T]) -> T | None:
    """The work's result, or None with a row of `errors`. The one place that catches whatever comes."""
    try:
        return work()
    except WqnlpError as fault:
        made.errors.append(ErrorRow(path=made.path, stage=stage, error=fault.code, message=str(fault)))
    except MemoryError:
        made.errors.append(_over(made.path, stage, "E17", "it takes more memory than there is", MORE_MEMORY))
    except Exception as fault:  # noqa: BLE001
        last = traceback.extract_tb(fault.__traceback__)[-1]
        seen = f"{type(fault).__name__}: {fault} ({os.path.basename(last.filename)}, line {last.lineno})"
        made.errors.append(_fault(made.path, stage, seen))
    return None


def _fault(path: str, stage: str, seen: str) -> ErrorRow:
    message = str(WqnlpError("E99", path, f"the stage {stage} failed with {seen}",
                             "report this with the file; the other files are not touched by it"))
    return ErrorRow(path=path, stage=stage, error="E99", message=message)


def run_many(paths: Iterable[str | os.PathLike[str] | tuple[str, ...]], workers: int = 1, *, work: Run = run,
             limits: Limits | None = None, once: bool = True, engine: Engine | None = None) -> Generator[Result, None, None]:
    """Results in the order of the paths, each as soon as it and those before it are done; paths are asked for as needed.

    With `workers` over 1 the files are shared out to so many processes; with `limits` even one worker is a process of
    its own, and a file that takes more than they allow is a row of `errors` (E15, E17). Without limits and workers
    nothing can be ended from outside. A file with the same bytes as an earlier one comes back empty with `same_as` set:
    the same bytes have the same doc_ids, and are counted once. With `once` false it comes with all it gave.
    An `engine` shares the files out in another way, with the same results.
    """
    names: Iterator[Input] = (path if isinstance(path, tuple) else os.fspath(path) for path in paths)
    first = list(islice(names, 2))
    apart = first and (engine is not None or limits is not None or (workers > 1 and len(first) > 1))
    names = chain(first, names)
    results: Iterator[Result] = _guarded(names, workers, work, limits or UNLIMITED, engine or each) if apart else map(work, names)
    seen: dict[str, str] = {}
    for result in results:
        sha = result.sha256() if once else None
        if sha is not None and sha in seen:
            yield result.repeats(seen[sha])
            continue
        if sha is not None:
            seen[sha] = result.path
        yield result


def _guarded(names: Iterator[Input], workers: int, work: Run, limits: Limits, engine: Engine) -> Iterator[Result]:
    """Files through processes that may be ended. A file that costs its process costs no other file."""
    if work is run and engine is each:
        warm()
    with closing(engine(work, names, workers, limits, lambda name: limits.allowed(_size(name)))) as made:
        for name, result in made:
            yield _ended(name, result, limits) if isinstance(result, Ended) else result


class Kept:
    """`run` in a process that is kept for the next file, within limits; a child lets go of what is in `closing`.

    >>> with Kept(Limits(seconds=30.0)) as guarded:
    ...     guarded("没有这个文件.txt").errors[0].error
    'E01'
    """

    def __init__(self, limits: Limits, closing: tuple[Closable, ...] = ()) -> None:
        self.limits = limits
        self._worker: Worker[Input, Result] = Worker(run, limits, closing=closing)

    def __call__(self, path: Input) -> Result:
        """All that one file gives, or the row that says why it was ended."""
        result = self._worker.call(path, self.limits.allowed(_size(path)))
        return _ended(path, result, self.limits) if isinstance(result, Ended) else result

    def close(self) -> None:
        """End the process; safe to call twice."""
        self._worker.end()

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@cache
def warm() -> None:
    """Load what every file needs, once: processes forked from this one have it then, and share its memory."""
    run_text("江平县妇联2013年工作总结\n一、全年接待来信来访96件，其中家庭暴力12件。")


def _ended(path: Input, ended: Ended, limits: Limits) -> Result:
    """The error row of a file whose process was ended."""
    if ended.why == "time":
        row = _over(called(path), "pipeline", "E15", f"it takes more than {limits.allowed(_size(path)):g} seconds",
                    "give it more with --timeout, or split it")
    elif ended.why == "unseen":
        row = _over(called(path), "source", "E08", f"a worker of the cluster does not see it as it is here: {ended.told}",
                    "put it into a folder that all machines see under the same path, and read it again")
    else:
        seen = f"more than {limits.megabytes} MB of memory" if ended.why == "memory" else \
            f"its process with it ({ended.told}; most often too little memory)"
        row = _over(called(path), "pipeline", "E17", f"it takes {seen}", MORE_MEMORY)
    return Result(path=called(path), errors=[row])


def _over(path: str, stage: str, code: str, seen: str, todo: str) -> ErrorRow:
    return ErrorRow(path=path, stage=stage, error=code, message=str(Unreadable(code, path, seen, todo)))


def _size(path: Input) -> int:
    """Bytes of a file; of a member of an archive, as they were listed; of several pages, together."""
    if isinstance(path, tuple):
        return sum(map(_size, path))
    if isinstance(path, source.Member):
        return path.size
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0
