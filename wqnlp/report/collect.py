"""What a page needs of a whole run, gathered file by file: all records, and for each summary its passages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from wqnlp import copies
from wqnlp.audits import audit_years
from wqnlp.records import Activity, Audit, Copy, Document, ErrorRow, Figure, Issue, SetAside
from wqnlp.report.trace import Passage, Tracer

if TYPE_CHECKING:
    from wqnlp.pipeline import Result

R = TypeVar("R", Figure, Audit, Issue, Activity, SetAside)
IN_FULL = 150                            # summaries shown with all they hold; of more, the tables have the rest


@dataclass(slots=True, kw_only=True)
class Entry:
    """One summary with everything found in it; of one that is not shown in full, what the page says of all."""

    document: Document
    figures: list[Figure] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    evidence: dict[str, str] = field(default_factory=dict)      # source characters each field was read from
    decoding: str = ""
    earlier: dict[str, Figure] = field(default_factory=dict)    # figures of earlier years its audits name

    @property
    def by_id(self) -> dict[str, Figure]:
        """The figures by id, and those of earlier years that audits name."""
        return self.earlier | {figure.id: figure for figure in self.figures}

    @property
    def themes(self) -> list[tuple[str, int]]:
        """Themes of the activities, most frequent first."""
        return Counter(theme for activity in self.activities for theme in activity.themes).most_common()

    @property
    def inconsistent(self) -> int:
        """How many relations do not add up."""
        return sum(audit.status == "inconsistent" for audit in self.audits)

    @property
    def repairs(self) -> int:
        """How many repairs were made; what could only be marked is not one."""
        return sum(count for kind, count in self.document.damage.items() if kind not in MARKS)


MARKS = ("mask", "unrepaired", "masked", "lost_digit")


@dataclass(slots=True)
class Collection:
    """A whole run."""

    entries: list[Entry] = field(default_factory=list)
    errors: list[ErrorRow] = field(default_factory=list)
    repeated: list[tuple[str, str]] = field(default_factory=list)
    between: list[Audit] = field(default_factory=list)          # audits of one year against another
    files: int = 0
    _search: copies.Search = field(default_factory=copies.Search)

    def add(self, result: Result) -> None:
        """What one file gave. Texts are not kept whole beyond what the page shows and the search for copies needs."""
        self.files += 1
        self.errors += result.errors
        if result.same_as is not None:
            self.repeated.append((result.path, result.same_as))
        if result.repaired is None:
            return
        tracer = Tracer(result.repaired)
        figures, audits, issues = _by_doc(result.figures), _by_doc(result.audits), _by_doc(result.issues)
        activities, aside = _by_doc(result.activities), _by_doc(result.set_aside)
        decoding = result.repaired.source.decoding
        for document in result.documents:
            name = document.doc_id
            full = len(self.entries) < IN_FULL
            entry = Entry(document=document, figures=figures[name], audits=audits[name], issues=issues[name],
                          activities=activities[name] if full else [], set_aside=aside[name] if full else [],
                          passages=tracer.passages(figures[name]) if full else [],
                          decoding=f"{decoding.encoding}（{decoding.reason}）")
            entry.evidence = {field: vote.text or tracer.source[vote.start:vote.end]
                              for field, votes in document.evidence.items() for vote in votes[:1]} if full else {}
            self.entries.append(entry)
            shown = tracer.text[tracer.repaired(document.start):tracer.repaired(document.end)]
            self._search.add(name, shown, document, figures[name])

    def link(self) -> dict[str, tuple[Copy, ...]]:
        """Find copies among all summaries added, and what successive years say of one another, and fill them in."""
        found = self._search.found()
        for entry, document in zip(self.entries, copies.with_copies(self.documents, found), strict=True):
            entry.document = document
        by_doc = {entry.document.doc_id: entry for entry in self.entries}
        figures = {figure.id: figure for figure in self.figures}
        self.between = audit_years({name: entry.figures for name, entry in by_doc.items()}, self.documents)
        for audit in self.between:
            entry = by_doc[audit.doc_id]
            entry.audits.append(audit)
            entry.earlier |= {i: figures[i] for i in audit.figures if figures[i].doc_id != audit.doc_id}
        return found

    @property
    def documents(self) -> list[Document]:
        """All summaries."""
        return [entry.document for entry in self.entries]

    @property
    def figures(self) -> list[Figure]:
        """All figures."""
        return [figure for entry in self.entries for figure in entry.figures]


def _by_doc(rows: Iterable[R]) -> dict[str, list[R]]:
    found: dict[str, list[R]] = defaultdict(list)
    for row in rows:
        found[row.doc_id].append(row)
    return found
