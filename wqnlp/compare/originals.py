"""Copies counted once: which summaries are one text, which of them is taken as the original, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wqnlp.copies import same_text
from wqnlp.records import Document, Figure


@dataclass(frozen=True, slots=True)
class Cluster:
    """One text that stands in a library several times: the member that counts, the others, and the reason."""

    original: Document
    others: tuple[Document, ...]
    why: str


def clusters(documents: Sequence[Document], figures: Mapping[str, Sequence[Figure]]) -> list[Cluster]:
    """Groups of copies with the member that counts. Copies whose figures differ are a form filled in anew: no group.

    The original is the one with a year; then that whose other evidence speaks for its year (a law or a meeting of
    another year in the text speaks against it: sites date old texts anew); then the surest year, the fewest
    unreadable figures, the most figures, the most that say what they count (words spun away say less), and last the
    earliest year.
    """
    return [_cluster(group, figures) for group in _groups(documents, figures) if len(group) > 1]


def counted_once(documents: Sequence[Document],
                 figures: Mapping[str, Sequence[Figure]]) -> tuple[list[Document], dict[str, str]]:
    """Documents with one of each cluster of copies, and for each one left out the doc_id that stands for it."""
    stands = {other.doc_id: cluster.original.doc_id for cluster in clusters(documents, figures)
              for other in cluster.others}
    return [d for d in documents if d.doc_id not in stands], stands


def _cluster(group: Sequence[Document], figures: Mapping[str, Sequence[Figure]]) -> Cluster:
    def rank(document: Document) -> tuple[Any, ...]:
        own = figures.get(document.doc_id, ())
        unread, issues = sum(f.value is None for f in own), sum(f.issue is not None for f in own)
        return (document.year is None, -_agreement(document), -_sure(document), unread, -len(own), -issues,
                document.year or 0, document.doc_id)

    best, *others = sorted(group, key=rank)
    return Cluster(best, tuple(others), _why(rank(best), rank(others[0])))


REASONS = ("只有它有年份", "正文中的法规、会议等与它的年份相合", "年份的依据最可靠", "不可读的数字最少", "数字最全", "数字所计最明",
           "年份最早", "各份无从分辨，取编号在前者")


def _why(best: tuple[Any, ...], second: tuple[Any, ...]) -> str:
    """The first thing in which the best goes before the next."""
    return next(reason for reason, one, other in zip(REASONS, best, second, strict=True) if one != other)


def _sure(document: Document) -> float:
    votes = document.evidence.get("year", ())
    return round(votes[0].confidence, 2) if votes else 0.0


def _agreement(document: Document) -> float:
    """Share of the evidence for a year that names the document's own, in tenths; 1 where there is but one vote."""
    votes = [vote for vote in document.evidence.get("year", ()) if vote.value]
    total = sum(vote.confidence for vote in votes)
    own = sum(vote.confidence for vote in votes if vote.value[:4] == str(document.year))
    return round(own / total, 1) if total else 1.0


def _groups(documents: Sequence[Document], figures: Mapping[str, Sequence[Figure]]) -> list[list[Document]]:
    """Documents linked by copies that share their figures, as groups (union-find)."""
    root = {document.doc_id: document.doc_id for document in documents}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for document in documents:
        for copy in document.copies:
            if copy.doc_id in root and same_text(figures.get(document.doc_id, ()), figures.get(copy.doc_id, ())):
                root[find(document.doc_id)] = find(copy.doc_id)
    groups: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        groups[find(document.doc_id)].append(document)
    return list(groups.values())
