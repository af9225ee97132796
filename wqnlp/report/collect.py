"""What a page needs of a whole run, gathered file by file: a line of each summary, and of the first ones all they hold.

The rest waits on disk (`Spool`, `Shelf`, `copies.Search`), so that an archive of any length can be reported on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from wqnlp import copies
from wqnlp.audits import Links, between
from wqnlp.compare import Cluster, clusters
from wqnlp.plots.coverage import NO_REPAIR
from wqnlp.records import Activity, Audit, Copy, Document, ErrorRow, Figure, Issue, SetAside, by_document
from wqnlp.report.spool import Spool
from wqnlp.report.trace import Passage, Tracer
from wqnlp.store.shelf import Shelf

if TYPE_CHECKING:
    from wqnlp.pipeline import Result

IN_FULL = 150                            # summaries shown with all they hold; of more, the tables have the rest
FAILING = 200                            # relations that do not add up that are listed


@dataclass(slots=True, kw_only=True)
class Line:
    """What is told of every summary."""

    document: Document                   # without evidence, but where it has copies
    figures: int
    unread: int                          # figures without a value
    inconsistent: int                    # relations that do not add up
    encoding: str

    @property
    def repairs(self) -> int:
        """How many repairs were made; what could only be marked is not one."""
        return sum(count for kind, count in self.document.damage.items() if kind not in NO_REPAIR)


@dataclass(slots=True, kw_only=True)
class Entry:
    """One summary with everything found in it."""

    document: Document
    figures: Sequence[Figure]
    audits: list[Audit]
    issues: list[Issue]
    activities: list[Activity]
    set_aside: list[SetAside]
    passages: list[Passage]
    evidence: dict[str, str]             # source characters each field was read from
    decoding: str
    earlier: dict[str, Figure] = field(default_factory=dict)    # figures of earlier years its audits name

    @property
    def by_id(self) -> dict[str, Figure]:
        """The figures by id, and those of earlier years that audits name."""
        return self.earlier | {figure.id: figure for figure in self.figures}

    @property
    def themes(self) -> list[tuple[str, int]]:
        """Themes of the activities, most frequent first."""
        return Counter(theme for activity in self.activities for theme in activity.themes).most_common()


class Failing(NamedTuple):
    """A relation that does not add up: the number of its summary, and the figures that it names."""

    at: int
    audit: Audit
    figures: Mapping[str, Figure]


class Collection:
    """A whole run: `add` each result, then `link` once."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.entries: list[Entry] = []                     # the first IN_FULL
        self.errors: list[ErrorRow] = []
        self.repeated: list[tuple[str, str]] = []
        self.between: list[Audit] = []                     # audits of one year against another
        self.failing: list[Failing] = []
        self.issues: set[str] = set()                      # that any summary raises
        self.files = self.audits = 0
        self.figures = Spool()
        self._search, self._shelf = copies.Search(), Shelf()

    def add(self, result: Result) -> None:
        """What one file gave. Of its text nothing is held beyond what the page shows."""
        self.files += 1
        self.errors += result.errors
        if result.same_as is not None:
            self.repeated.append((result.path, result.same_as))
        if result.repaired is None:
            return
        tracer, figures, audits = Tracer(result.repaired), by_document(result.figures), by_document(result.audits)
        issues, activities, aside = by_document(result.issues), by_document(result.activities), by_document(result.set_aside)
        how = result.repaired.source.decoding
        for document in result.documents:
            name, at = document.doc_id, len(self.lines)
            self.figures.put(document, figures[name], issues[name])
            self.issues.update(issue.issue for issue in issues[name])
            self.lines.append(Line(document=replace(document, evidence={}), figures=len(figures[name]), inconsistent=0,
                                   unread=sum(figure.value is None for figure in figures[name]), encoding=how.encoding))
            known = {figure.id: figure for figure in figures[name]}
            for audit in audits[name]:
                self._audit(at, audit, known, kept=len(self.failing) < FAILING)
            if at < IN_FULL:
                read = {field: vote.text or tracer.source[vote.start:vote.end]
                        for field, votes in document.evidence.items() for vote in votes[:1]}
                self.entries.append(Entry(
                    document=document, figures=figures[name], audits=audits[name], issues=issues[name],
                    activities=activities[name], set_aside=aside[name], passages=tracer.passages(figures[name]),
                    evidence=read, decoding=f"{how.encoding}（{how.reason}）"))
            shown = tracer.text[tracer.repaired(document.start):tracer.repaired(document.end)]
            self._search.add(name, shown, document, figures[name])
        self._shelf.add(result.documents, result.figures)

    def link(self) -> dict[str, tuple[Copy, ...]]:
        """Find copies among all summaries added, and what successive years say of one another, and fill them in."""
        found = self._search.found()
        places = {line.document.doc_id: at for at, line in enumerate(self.lines)}
        for name, told in found.items():
            line = self.lines[places[name]]
            line.document = replace(self.figures.document(name), copies=told)
        for entry, line in zip(self.entries, self.lines, strict=False):
            entry.document = replace(entry.document, copies=line.document.copies)
        links = Links(found)
        for _, said in self._shelf.bodies():
            for audit in between(said, links):
                self.between.append(audit)
                self._link(places[audit.doc_id], audit)
        self.failing = sorted(self.failing, key=lambda one: one.at)[:FAILING]
        return found

    def _link(self, at: int, audit: Audit) -> None:
        """An audit between two years, under the later one."""
        named = {figure.id: figure for doc_id in {name.rpartition(":")[0] for name in audit.figures}
                 for figure in self.figures[doc_id] if figure.id in audit.figures}
        self._audit(at, audit, named, kept=True)
        if at < len(self.entries):
            self.entries[at].audits.append(audit)
            self.entries[at].earlier |= {name: figure for name, figure in named.items() if figure.doc_id != audit.doc_id}

    def _audit(self, at: int, audit: Audit, known: Mapping[str, Figure], *, kept: bool) -> None:
        self.audits += 1
        if audit.status != "inconsistent":
            return
        self.lines[at].inconsistent += 1
        if kept:
            self.failing.append(Failing(at, audit, {name: known[name] for name in audit.figures if name in known}))

    @property
    def documents(self) -> list[Document]:
        """All summaries."""
        return [line.document for line in self.lines]

    @cached_property
    def clusters(self) -> list[Cluster]:
        """Summaries that are one text, once they are linked."""
        return clusters(self.documents, self.figures)

    @cached_property
    def stands(self) -> dict[str, str]:
        """For each summary that is not counted the one that stands for it."""
        return {other.doc_id: one.original.doc_id for one in self.clusters for other in one.others}
