"""Near-identical summaries among many: candidates where sketches agree, each confirmed; linear in the number of texts.

Candidates come from banded locality-sensitive hashing of the MinHash sketches, and from runs of three numbers that two
texts have in the same order, which no exchange of words touches. A pair is confirmed where
- the texts are alike (Jaccard of `ALIKE` or more), or
- less alike (`SPUN` or more), and what they share runs through both in order, or the shorter lies within the longer, or
- hardly alike (`TRACE` or more), and most of their telling numbers are the same in the same order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, NamedTuple

from wqnlp.copies.differ import Brief, apart, brief
from wqnlp.copies.kept import Kept, let_go
from wqnlp.copies.sketch import Sketch, containment, in_order, jaccard, normalised, sketch
from wqnlp.records import Copy, Document, Figure, by_document

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALIKE = 0.4                              # summaries of one county in two years stay under 0.1 on the gold
SPUN = 0.15                              # one word in three exchanged leaves 0.25
PROMISING = 0.1                          # of a sketch: with an error of 0.018 at SPUN, and seldom met by chance
TRACE = 0.04                             # one word in two exchanged leaves 0.1; two texts of the trade have 0.02
WITHIN = 0.85                            # share of a shorter version that the longer has
NUMBERS = 8                              # telling numbers two texts must share, and what share of them in order
SAME_ORDER = 0.7
MANY = 20                                # copies of one text that are all linked with one another
CHUNK = 4_000                            # pairs that are looked at together
SHORTEST = 40                            # hanzi; under that a text is no summary, and chance is too great


def find_copies(texts: Iterable[tuple[str, str]], documents: Iterable[Document] = (),
                figures: Iterable[Figure] = ()) -> dict[str, tuple[Copy, ...]]:
    """For each doc_id that has near-identical summaries: those, most similar first, and what differs.

    `texts` are (doc_id, repaired text of the summary). `differs` names place, year, period and figures where the
    given documents and figures disagree; with none given it stays empty. Doc_ids without a copy are left out.

    >>> told = "全年接待妇女来信来访{}件，其中家庭暴力{}件，调解婚姻家庭纠纷，化解矛盾，维护社会稳定，开展普法宣传，" \\
    ...        "发放宣传资料，组织志愿者深入社区乡村，慰问困难妇女儿童，受到群众好评。"
    >>> found = find_copies([("a", told.format(186, 47)), ("b", told.format(212, 51)), ("c", "市妇联举办培训班三期")])
    >>> {doc_id: [copy.doc_id for copy in copies] for doc_id, copies in found.items()}
    {'a': ['b'], 'b': ['a']}
    """
    known = {document.doc_id: document for document in documents}
    counted = by_document(figures)
    search = Search()
    for doc_id, text in texts:
        search.add(doc_id, text, known.get(doc_id), counted.get(doc_id, ()))
    return search.found()


class Search:
    """Takes summaries one by one, keeps about seven kilobytes of each on disk, and tells at the end which are copies.

    >>> search = Search()
    >>> for name in ("a", "b"):
    ...     search.add(name, "全年接待妇女来信来访，调解婚姻家庭纠纷，化解矛盾，维护社会稳定，开展普法宣传，发放宣传资料，慰问困难妇女")
    >>> sorted(search.found())
    ['a', 'b']
    """

    def __init__(self) -> None:
        self._kept = Kept()

    def add(self, doc_id: str, text: str, document: Document | None = None, figures: Iterable[Figure] = ()) -> None:
        """Take one summary: its repaired text, and what its record and figures say."""
        self.take(noted(doc_id, text, document, figures))

    def take(self, note: Note | None) -> None:
        """The same of a summary that was `noted` elsewhere."""
        if note is not None:
            self._kept.append(note.sketch, (note.doc_id, note.brief))

    def found(self) -> dict[str, tuple[Copy, ...]]:
        """For each doc_id with copies: those, most similar first."""
        linked: dict[str, list[Copy]] = defaultdict(list)
        for i, j, alike in pairs(self._kept):
            (one, first), (other, second) = self._kept.told(i), self._kept.told(j)
            differs = apart(first, second)
            for here, there in ((one, other), (other, one)):
                linked[here].append(Copy(doc_id=there, similarity=round(alike, 4), differs=differs))
        return {doc_id: tuple(sorted(copies, key=lambda c: (-c.similarity, c.doc_id)))
                for doc_id, copies in linked.items()}


class Note(NamedTuple):
    """What is kept of one summary."""

    doc_id: str
    sketch: Sketch
    brief: Brief


def noted(doc_id: str, text: str, document: Document | None = None, figures: Iterable[Figure] = ()) -> Note | None:
    """What is kept of a summary; None where its text is too short to be told from others."""
    if len(normalised(text)) < SHORTEST:
        return None
    return Note(doc_id, sketch(text), brief(document, figures))


def pairs(sketches: Kept | Iterable[Sketch]) -> Iterator[tuple[int, int, float]]:
    """Positions of near-identical texts, each pair once, with their similarity.

    Texts with the very same shingles are one class and compared once. All pairs are given where they are few; of
    hundreds of copies of one text each is linked to some, so that the work and the tables stay linear.
    """
    kept = sketches if isinstance(sketches, Kept) else Kept(sketches)
    classes = kept.classes()
    for same in classes.several():
        reach = len(same) if len(same) <= MANY else MANY // 2
        yield from ((i, j, 1.0) for n, i in enumerate(same) for j in same[n + 1:n + 1 + reach])
    for a, b in candidates(kept, classes.firsts):
        one, other = kept.sketch(a), kept.sketch(b)
        alike = jaccard(one, other)
        if not confirmed(one, other, alike):
            continue
        few, more = sorted((classes.of(a), classes.of(b)), key=len)
        if len(few) * len(more) <= MANY * MANY:
            yield from ((min(i, j), max(i, j), alike) for i in few for j in more)
        else:
            yield from ((few[n % len(few)], j, alike) for n, j in enumerate(more))


def confirmed(one: Sketch, other: Sketch, alike: float) -> bool:
    """Whether two texts of similarity `alike` are near-identical, as the module says."""
    if alike >= ALIKE:
        return True
    if alike >= SPUN and (in_order(one, other) or containment(one, other) >= WITHIN):
        return True
    if alike < TRACE or min(len(one.numbers), len(other.numbers)) < NUMBERS:
        return False
    blocks = SequenceMatcher(None, one.numbers, other.numbers, autojunk=False).get_matching_blocks()
    same = sum(block.size for block in blocks)
    return same >= max(NUMBERS, SAME_ORDER * min(len(one.numbers), len(other.numbers)))


def near_identical(one: Sketch, other: Sketch) -> bool:
    """Whether two texts are near-identical, by their sketches alone.

    >>> one, other = (sketch(f"全年接待妇女来信来访{n}件，调解婚姻家庭纠纷，化解矛盾，维护社会稳定") for n in (186, 212))
    >>> near_identical(one, other)
    True
    """
    return confirmed(one, other, jaccard(one, other))


def candidates(kept: Kept, firsts: NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Pairs of positions worth confirming, in order: those whose sketches agree in a band, or that share number runs.

    `firsts` are the positions that are looked at, one of each class, in order.
    """
    import numpy as np

    if len(firsts) < 2:
        return
    low, least, size = kept.low_bytes(), kept.least(), len(kept)
    held = np.zeros(0, dtype=np.int64)                     # a pair as one number: they sort many times as fast
    for keys in kept.bands():
        found = [_promising(low, least, some) for some in _neighbours(keys[firsts], firsts)]
        held = np.unique(np.concatenate([held, *(some[:, 0] * size + some[:, 1] for some in found)]))
    for pair in np.union1d(held, _number_runs(kept, firsts)):
        i, j = divmod(int(pair), size)
        yield i, j


def _neighbours(keys: NDArray[Any], owners: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Pairs of owners with one key, each with the next `MANY` of that key, as rows (lesser, greater), some at a time."""
    import numpy as np

    order = np.argsort(keys, kind="stable")
    keys, owners = keys[order], owners[order]
    for step in range(1, MANY + 1):
        same = np.flatnonzero(keys[step:] == keys[:-step])
        if not len(same):
            return
        for start in range(0, len(same), CHUNK):
            part = same[start:start + CHUNK]
            both = np.sort(np.stack([owners[part], owners[part + step]], axis=1), axis=1)
            yield both[both[:, 0] != both[:, 1]]


def _promising(low: NDArray[Any], least: NDArray[Any], found: NDArray[Any]) -> NDArray[Any]:
    """The pairs whose whole sketches agree in more than chance would have it.

    Looked at first are the low bytes alone: they agree wherever the whole does, and are a quarter to fetch.
    """
    for held in (low, least):
        found = found[(held[found[:, 0]] == held[found[:, 1]]).mean(axis=1) >= PROMISING]
    let_go(low, least)
    return found


def _number_runs(kept: Kept, firsts: NDArray[Any]) -> NDArray[Any]:
    """Pairs that have at least three runs of three telling numbers in common, each as one number."""
    import numpy as np

    shared = [np.zeros(0, dtype=np.int64)]
    for keys, owners in kept.runs(firsts):
        shared += [some[:, 0] * len(kept) + some[:, 1] for some in _neighbours(keys, owners)]
    both, counts = np.unique(np.concatenate(shared), return_counts=True)
    return both[counts >= 3]
