"""A file read and made ready where it was read: what is written of it and held against others is worked out by the worker,
so that the one process that writes does little else.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any

from wqnlp.audits import Told, body_of, told
from wqnlp.copies.search import Note, noted
from wqnlp.pipeline import Result, run, run_text
from wqnlp.pipeline import warm as of_the_pipeline
from wqnlp.records import by_document
from wqnlp.source import Input
from wqnlp.store.finished import shown_of
from wqnlp.store.journal import Entry, entry_of
from wqnlp.store.rows import Row, rows_of
from wqnlp.store.stamp import current

RECORDS = ("source", "repaired", "documents", "figures", "set_aside", "activities", "issues", "audits")
"""What of a result comes out of a worker as one packet, that is opened where somebody asks for any of it."""


@dataclass(slots=True, kw_only=True)
class Ready(Result):
    """A result with its rows for a library, its entry in a journal, what is kept of its summaries to find copies, and what
    they say for other years to be held against.

    The process that writes needs no record of it, and to build them anew takes as long as to write them: they cross over
    as bytes, until they are asked for.
    """

    hash: str | None = None
    rows_by_table: dict[str, int] = field(default_factory=dict)
    made: dict[str, list[Row]] | None = None
    entry: Entry | None = None
    notes: list[Note] = field(default_factory=list)
    said: list[Told] = field(default_factory=list)
    bodies: set[str] = field(default_factory=set)
    packet: bytes = b""

    def counts(self) -> dict[str, int]:
        """As of any result."""
        return self.rows_by_table

    def sha256(self) -> str | None:
        """As of any result."""
        return self.hash

    def __getstate__(self) -> dict[str, Any]:
        state = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in RECORDS}
        state["packet"] = self.packet or pickle.dumps({name: getattr(self, name) for name in RECORDS})
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    if not TYPE_CHECKING:                # one that answers to any name would hide a wrong one

        def __getattr__(self, name: str) -> Any:
            """Asked where a slot is empty: the packet is opened."""
            if name not in RECORDS:
                raise AttributeError(name)
            packet, self.packet = self.packet, b""
            for record, value in pickle.loads(packet).items():  # noqa: S301 - of a worker of this run
                setattr(self, record, value)
            return getattr(self, name)


def bodies_of(result: Result) -> set[str]:
    """The bodies whose summaries a file holds."""
    return {body for document in result.documents if (body := body_of(document)) is not None}


@dataclass(frozen=True, slots=True)
class Making:
    """The work of a worker on one file: `pipeline.run`, and all that of one file alone can be worked out for the outputs
    that there are, a `library` and a folder of `tables`.

    >>> Making()("没有这个文件.txt").errors[0].error
    'E01'
    """

    library: bool = True
    tables: bool = True

    def __call__(self, path: Input) -> Result:
        """One file, or the pages of one article."""
        return self.of(run(path))

    def of(self, result: Result) -> Ready:
        """A result made ready.

        >>> made = Making().of(run_text("江平县妇联2013年工作总结\\n全年接待来信来访96件。", "2013.txt"))
        >>> made.said[0].body, made.said[0].year, len(made.made["figures"])
        ('//江平县妇联', 2013, 1)
        """
        figures, texts, notes, said = by_document(result.figures), shown_of(result), [], []
        for document in result.documents:
            own = figures[document.doc_id]
            if document.doc_id in texts:
                notes.append(noted(document.doc_id, texts[document.doc_id], document, own))
            said.append(told(document, own))
        same = {one.name: getattr(result, one.name) for one in fields(Result)}
        return Ready(**same, hash=result.sha256(), rows_by_table=result.counts(),
                     made=rows_of(result, current()) if self.library else None,
                     entry=entry_of(result) if self.tables else None, notes=[note for note in notes if note is not None],
                     said=[one for one in said if one is not None], bodies=bodies_of(result))


@cache
def warm() -> None:
    """`pipeline.warm`, for any `Making`."""
    of_the_pipeline()
    Making().of(run_text("江平县妇联2013年工作总结\n一、全年接待来信来访96件，其中家庭暴力12件。" * 2))
