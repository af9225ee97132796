"""A file read and made ready where it was read: what is written of it and held against others is worked out by the worker,
so that the one process that writes does little else.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, fields
from functools import cache

from wqnlp.audits import Told, body_of, told
from wqnlp.copies.search import Note, noted
from wqnlp.pipeline import Result, run, run_text
from wqnlp.pipeline import warm as of_the_pipeline
from wqnlp.records import Figure
from wqnlp.source import Input
from wqnlp.store.finished import shown_of
from wqnlp.store.rows import Row, rows_of
from wqnlp.store.stamp import current


@dataclass(slots=True, kw_only=True)
class Ready(Result):
    """A result with its rows for a library, what is kept of its summaries to find copies, and what they say for other
    years to be held against."""

    made: dict[str, list[Row]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    said: list[Told] = field(default_factory=list)
    bodies: set[str] = field(default_factory=set)


def bodies_of(result: Result) -> set[str]:
    """The bodies whose summaries a file holds."""
    return {body for document in result.documents if (body := body_of(document)) is not None}


def ready(path: Input) -> Result:
    """`pipeline.run`, and all that of one file alone can be worked out for a batch.

    >>> ready("没有这个文件.txt").errors[0].error
    'E01'
    """
    return made_ready(run(path))


def made_ready(result: Result) -> Ready:
    """A result made ready.

    >>> from wqnlp.pipeline import run_text
    >>> made = made_ready(run_text("江平县妇联2013年工作总结\\n全年接待来信来访96件。", "2013.txt"))
    >>> made.said[0].body, made.said[0].year, len(made.made["figures"])
    ('//江平县妇联', 2013, 1)
    """
    figures: dict[str, list[Figure]] = defaultdict(list)
    for figure in result.figures:
        figures[figure.doc_id].append(figure)
    texts, notes, said = shown_of(result), [], []
    for document in result.documents:
        own = figures[document.doc_id]
        if document.doc_id in texts:
            notes.append(noted(document.doc_id, texts[document.doc_id], document, own))
        said.append(told(document, own))
    same = {one.name: getattr(result, one.name) for one in fields(Result)}
    return Ready(**same, made=rows_of(result, current()), notes=[note for note in notes if note is not None],
                 said=[one for one in said if one is not None], bodies=bodies_of(result))


@cache
def warm() -> None:
    """`pipeline.warm`, for `ready`."""
    of_the_pipeline()
    made_ready(run_text("江平县妇联2013年工作总结\n一、全年接待来信来访96件，其中家庭暴力12件。" * 2))
