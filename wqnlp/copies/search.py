"""Near-identical summaries among many: candidates where sketches agree, each confirmed; linear in the number of texts.

Candidates come from banded locality-sensitive hashing of the MinHash sketches, and from runs of three numbers that two
texts have in the same order, which no exchange of words touches. A pair is confirmed where
- the texts are alike (Jaccard of `ALIKE` or more), or
- less alike (`SPUN` or more), and what they share runs through both in order, or the shorter lies within the longer, or
- hardly alike (`TRACE` or more), and most of their telling numbers are the same in the same order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from wqnlp.copies.differ import Brief, apart, brief
from wqnlp.copies.sketch import BINS, Sketch, containment, in_order, jaccard, normalised, sketch
from wqnlp.records import Copy, Document, Figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAND = 3                                 # of 128 bands: pairs of similarity 0.3 are met with probability 0.97
ALIKE = 0.4                              # summaries of one county in two years stay under 0.1 on the gold
SPUN = 0.15                              # one word in three exchanged leaves 0.25
TRACE = 0.04                             # one word in two exchanged leaves 0.1; two texts of the trade have 0.02
WITHIN = 0.85                            # share of a shorter version that the longer has
NUMBERS = 8                              # telling numbers two texts must share, and what share of them in order
SAME_ORDER = 0.7
MANY = 20                                # copies of one text that are all linked with one another
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
    counted: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        counted[figure.doc_id].append(figure)
    search = Search()
    for doc_id, text in texts:
        search.add(doc_id, text, known.get(doc_id), counted.get(doc_id, ()))
    return search.found()


class Search:
    """Takes summaries one by one, keeps about six kilobytes of each, and tells at the end which are copies.

    >>> search = Search()
    >>> for name in ("a", "b"):
    ...     search.add(name, "全年接待妇女来信来访，调解婚姻家庭纠纷，化解矛盾，维护社会稳定，开展普法宣传，发放宣传资料，慰问困难妇女")
    >>> sorted(search.found())
    ['a', 'b']
    """

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._sketches: list[Sketch] = []
        self._briefs: list[Brief] = []

    def add(self, doc_id: str, text: str, document: Document | None = None, figures: Iterable[Figure] = ()) -> None:
        """Take one summary: its repaired text, and what its record and figures say."""
        if len(normalised(text)) >= SHORTEST:
            self._ids.append(doc_id)
            self._sketches.append(sketch(text))
            self._briefs.append(brief(document, figures))

    def found(self) -> dict[str, tuple[Copy, ...]]:
        """For each doc_id with copies: those, most similar first."""
        linked: dict[str, list[Copy]] = defaultdict(list)
        for i, j, alike in pairs(self._sketches):
            differs = apart(self._briefs[i], self._briefs[j])
            for one, other in ((i, j), (j, i)):
                linked[self._ids[one]].append(Copy(doc_id=self._ids[other], similarity=round(alike, 4), differs=differs))
        return {doc_id: tuple(sorted(copies, key=lambda c: (-c.similarity, c.doc_id)))
                for doc_id, copies in linked.items()}


def pairs(sketches: Sequence[Sketch]) -> Iterator[tuple[int, int, float]]:
    """Positions of near-identical texts, each pair once, with their similarity.

    Texts with the very same shingles are one class and compared once. All pairs are given where they are few; of
    hundreds of copies of one text each is linked to some, so that the work and the tables stay linear.
    """
    classes: dict[bytes, list[int]] = defaultdict(list)
    for index, one in enumerate(sketches):
        classes[one.lowest.tobytes()].append(index)
    members = list(classes.values())
    for same in members:
        reach = len(same) if len(same) <= MANY else MANY // 2
        yield from ((i, j, 1.0) for n, i in enumerate(same) for j in same[n + 1:n + 1 + reach])
    firsts = [sketches[same[0]] for same in members]
    for a, b in candidates(firsts):
        alike = jaccard(firsts[a], firsts[b])
        if not confirmed(firsts[a], firsts[b], alike):
            continue
        few, more = sorted((members[a], members[b]), key=len)
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


def candidates(sketches: Sequence[Sketch]) -> list[tuple[int, int]]:
    """Pairs of positions worth confirming, in order: those whose sketches agree in a band, or that share number runs."""
    import numpy as np

    if len(sketches) < 2:
        return []
    least = np.stack([one.least for one in sketches])
    held = [_promising(least, found) for found in _agreeing(least)]
    held.append(_number_runs(sketches))
    both = np.unique(np.concatenate(held), axis=0)
    return [(int(i), int(j)) for i, j in both]


def _agreeing(least: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """For each band: pairs whose sketches agree in all of it."""
    import numpy as np

    factors = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
    for start in range(0, BINS, BAND):
        band = least[:, start:start + BAND].astype(np.uint64)
        yield _neighbours((band * factors).sum(axis=1, dtype=np.uint64), np.arange(len(least)))


def _neighbours(keys: NDArray[Any], owners: NDArray[Any]) -> NDArray[Any]:
    """Pairs of owners with one key, each with the next `MANY` of that key, as rows (lesser, greater)."""
    import numpy as np

    order = np.argsort(keys, kind="stable")
    keys, owners = keys[order], owners[order]
    found = [np.zeros((0, 2), dtype=np.int64)]
    for step in range(1, MANY + 1):
        same = np.flatnonzero(keys[step:] == keys[:-step])
        if not len(same):
            break
        found.append(np.stack([owners[same], owners[same + step]], axis=1))
    both = np.sort(np.concatenate(found), axis=1)
    apart: NDArray[Any] = both[both[:, 0] != both[:, 1]]
    return apart


def _promising(least: NDArray[Any], found: NDArray[Any], chunk: int = 20_000) -> NDArray[Any]:
    """The pairs whose whole sketches agree in more than chance would have it."""
    import numpy as np

    kept = [np.zeros((0, 2), dtype=np.int64)]
    for start in range(0, len(found), chunk):
        part = found[start:start + chunk]
        agree = (least[part[:, 0]] == least[part[:, 1]]).mean(axis=1)
        kept.append(part[agree >= SPUN / 2])
    return np.concatenate(kept)


def _number_runs(sketches: Sequence[Sketch]) -> NDArray[Any]:
    """Pairs that have at least three runs of three telling numbers in common."""
    import numpy as np

    keys: list[int] = []
    owners: list[int] = []
    for index, one in enumerate(sketches):
        runs = {hash(run) for run in zip(one.numbers, one.numbers[1:], one.numbers[2:], strict=False)}
        keys += runs
        owners += [index] * len(runs)
    if not keys:
        return np.zeros((0, 2), dtype=np.int64)
    found = _neighbours(np.array(keys, dtype=np.int64), np.array(owners, dtype=np.int64))
    both, counts = np.unique(found, axis=0, return_counts=True)
    return both[counts >= 3]
