"""A library compared: for a panel only the rows that can answer are read, so that 100,000 summaries take seconds;
and its repaired texts, with the way back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from wqnlp.compare.keyness import concordance
from wqnlp.compare.panel import panel
from wqnlp.compare.recurrence import Patterns, Place, Raised, Seen, places
from wqnlp.compare.spread import Spread
from wqnlp.records import Copy, Document, Evidence, Figure, by_document
from wqnlp.span import Repair, replay

if TYPE_CHECKING:
    import pandas as pd

    from wqnlp.library import Library

AT_ONCE = 500                            # documents whose figures are asked for together


def panel_of(library: Library, measure: str | Sequence[str] = "cases_received", issue: str | None = None, *,
             office: str = "all") -> pd.DataFrame:
    """`panel` of a library, without loading the rest of it. The same rows as `panel(documents, figures, ...)`.

    Raises NotInLibrary (E62) for an unknown code and Unreadable (E22) where the library cannot be read.
    """
    measures = [measure] if isinstance(measure, str) else list(measure)
    with library.reader.state():
        documents = _documents(library)
        figures = _figures(library, {"measure": measures})
        figures += [figure for figure in _of_copied(library, documents) if figure.measure not in measures]
    return panel(documents, figures, measures, issue, office=office)


def recurring_of(library: Library) -> pd.DataFrame:
    """`recurring` of a library, without loading it. Raises Unreadable (E22) where it cannot be read."""
    return Patterns(occurrences_of(library)).frame()


def spread_of(library: Library, by: Sequence[str] = ("issue",)) -> pd.DataFrame:
    """`spread` of a library, without loading it. Raises Unreadable (E22) where it cannot be read."""
    frame = Spread(by, occurrences_of(library)).frame()          # an issue that only half-years or copies raise has no row
    kept = frame.groupby("issue")["raised"].transform("sum") > 0 if "issue" in by else frame["raised"] >= 0
    return frame[kept].reset_index(drop=True)


def occurrences_of(library: Library) -> Iterator[list[Seen]]:
    """The rows of `occurrences`, place by place, by issue and year: some hundred summaries are held at a time."""
    with library.reader.state():
        documents = _documents(library)
        figures = by_document(_of_copied(library, documents))
        every = library.reader.values("issues", "issue")
        for some in _together(places(documents, figures)):
            asked = {"doc_id": [doc_id for place in some for doc_id in place.doc_ids()]}
            raised = by_document(Raised(*(row[name] for name in Raised._fields)) for row in library.reader.each("issues", asked))
            for place in some:
                yield place.seen(raised, every)


def _together(found: Iterable[Place]) -> Iterator[list[Place]]:
    """Places, so many at a time that their summaries can be asked for together."""
    some: list[Place] = []
    count = 0
    for place in found:
        own = len(place.doc_ids())
        if some and count + own > AT_ONCE:
            yield some
            some, count = [], 0
        some.append(place)
        count += own
    if some:
        yield some


def _documents(library: Library) -> list[Document]:
    """All documents; the evidence of those alone that have copies, which it is needed for."""
    made, copied = [], []
    for row in library.reader.each("documents", {}, without=("evidence", "damage"), sort=False):
        copies = tuple(Copy(**{**copy, "differs": tuple(copy["differs"])}) for copy in row["copies"])
        made.append(Document(**{**row, "copies": copies}))
        copied += [len(made) - 1] if copies else []
    for at in range(0, len(copied), AT_ONCE):
        some = {made[index].doc_id: index for index in copied[at:at + AT_ONCE]}
        for row in library.reader.each("documents", {"doc_id": list(some)}, without=("damage",)):
            votes = {field: tuple(Evidence(**vote) for vote in found) for field, found in row["evidence"].items()}
            made[some[row["doc_id"]]] = replace(made[some[row["doc_id"]]], evidence=votes)
    return made


def _figures(library: Library, where: dict[str, list[str]]) -> list[Figure]:
    return [Figure(**{**row, "flags": tuple(row["flags"])}) for row in library.reader.each("figures", where)]


def _of_copied(library: Library, documents: Sequence[Document]) -> Iterator[Figure]:
    """All figures of the summaries that have copies, which are told apart by them."""
    copied = [document.doc_id for document in documents if document.copies]
    for at in range(0, len(copied), AT_ONCE):
        yield from _figures(library, {"doc_id": copied[at:at + AT_ONCE]})


class StoredText:
    """The repaired text of one summary of a library, with the way back to the source."""

    def __init__(self, text: str, start: int, repairs: Sequence[Repair]) -> None:
        """`text` is the source text of the summary, `start` where it begins in its file, `repairs` those inside."""
        inside = [replace_at(repair, start) for repair in repairs]
        self.text = replay(text, inside)
        self._start = start
        self._at, self._from = [0], [0]                    # where a stretch begins: repaired, source
        moved = 0
        for repair in sorted(inside, key=lambda r: (r.start, r.end)):
            moved += len(repair.new) - (repair.end - repair.start)
            self._at.append(repair.end + moved)
            self._from.append(repair.end)

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Source offsets of a stretch of the repaired text that no repair cuts through."""
        def back(at: int, found: int) -> int:
            return self._start + self._from[found] + at - self._at[found]

        first, last = bisect_right(self._at, start) - 1, bisect_right(self._at, max(start, end - 1)) - 1
        return back(start, first), back(end, last)


def replace_at(repair: Repair, start: int) -> Repair:
    """A repair with its offsets counted from `start`."""
    return repair._replace(start=repair.start - start, end=repair.end - start)


def texts(library: Library, doc_ids: Sequence[str] | None = None) -> dict[str, StoredText]:
    """The repaired texts of a library's summaries (all, or those named), by doc_id.

    >>> StoredText("聯(lián)系群眾", 100, [Repair(101, 107, "", ("gloss",))]).source_span(1, 3)
    (107, 109)
    """
    wanted, found = None if doc_ids is None else set(doc_ids), {}
    with library.reader.state():
        for row in library.reader.rows("documents"):
            doc_id, start, end = row["doc_id"], row["start"], row["end"]
            if wanted is None or doc_id in wanted:
                inside = [Repair(r["start"], r["end"], r["new"], ()) for r in library.reader.near("repairs", doc_id, start, end)
                          if r["start"] >= start and r["end"] <= end]
                found[doc_id] = StoredText(library.source_text(doc_id)[start:end], start, inside)
    return found


def concordance_of(library: Library, word: str, *, around: int = 20, most: int = 200) -> pd.DataFrame:
    """`keyness.concordance` over a library, with the path and the source offsets of every line."""
    stored = texts(library)
    lines = concordance({doc_id: one.text for doc_id, one in stored.items()}, word, around=around, most=most)
    spans = [stored[str(line["doc_id"])].source_span(int(line["start"]), int(line["end"])) for line in lines.to_dict("records")]
    paths = library.documents().set_index("doc_id")["path"]
    return lines.assign(start=[span[0] for span in spans], end=[span[1] for span in spans],
                        path=[paths[doc_id] for doc_id in lines["doc_id"]])
