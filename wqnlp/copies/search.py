"""Near-identical summaries among many: candidates where sketches agree, each confirmed; linear in the number of texts.

Candidates come from banded locality-sensitive hashing of the MinHash sketches, and from runs of three numbers that two
texts have in the same order, which no exchange of words touches. A pair is confirmed where
- the texts are alike (Jaccard of `ALIKE` or more), or
- less alike (`SPUN` or more), and what they share runs through both in order, or the shorter lies within the longer, or
- hardly alike (`TRACE` or more), and most of their telling numbers are the same in the same order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from wqnlp.copies.differ import apart, brief
from wqnlp.copies.shelf import Briefs, Found, Sketches
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
TOGETHER = 8                             # bands whose keys are in memory together
ROWS = 8192                              # sketches that are looked at together
AT_ONCE = 2**22                          # runs of numbers that are sorted together
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
    return dict(search.found())


class Search:
    """Takes summaries one by one, keeps what is compared of each on disk, and tells at the end which are copies.

    >>> search = Search()
    >>> for name in ("a", "b"):
    ...     search.add(name, "全年接待妇女来信来访，调解婚姻家庭纠纷，化解矛盾，维护社会稳定，开展普法宣传，发放宣传资料，慰问困难妇女")
    >>> sorted(search.found())
    ['a', 'b']
    """

    def __init__(self) -> None:
        self._sketches, self._briefs = Sketches(), Briefs()

    def add(self, doc_id: str, text: str, document: Document | None = None, figures: Iterable[Figure] = ()) -> None:
        """Take one summary: its repaired text, and what its record and figures say."""
        if len(normalised(text)) >= SHORTEST:
            self._sketches.append(sketch(text))
            self._briefs.append(doc_id, brief(document, figures))

    def found(self) -> Mapping[str, tuple[Copy, ...]]:
        """For each doc_id with copies: those, most similar first."""
        linked = Found()
        for i, j, alike in pairs(self._sketches):
            (one, here), (other, there) = self._briefs[i], self._briefs[j]
            linked.link(one, other, round(alike, 4), apart(here, there))
        return linked


def pairs(sketches: Sequence[Sketch]) -> Iterator[tuple[int, int, float]]:
    """Positions of near-identical texts, each pair once, with their similarity.

    Texts with the very same shingles are one class and compared once. All pairs are given where they are few; of
    hundreds of copies of one text each is linked to some, so that the work and the tables stay linear.
    """
    import numpy as np

    kept = sketches if isinstance(sketches, Sketches) else _kept(sketches)
    first = kept.firsts()
    firsts, many = np.unique(first, return_counts=True)
    members: dict[int, list[int]] = {int(one): [] for one in firsts[many > 1]}
    for index in np.flatnonzero(np.isin(first, firsts[many > 1])):
        members[int(first[index])].append(int(index))
    for same in members.values():
        reach = len(same) if len(same) <= MANY else MANY // 2
        yield from ((i, j, 1.0) for n, i in enumerate(same) for j in same[n + 1:n + 1 + reach])
    for a, b in candidates(kept, firsts):
        alike = jaccard(kept[a], kept[b])
        if not confirmed(kept[a], kept[b], alike):
            continue
        few, more = sorted((members.get(a, [a]), members.get(b, [b])), key=len)
        if len(few) * len(more) <= MANY * MANY:
            yield from ((min(i, j), max(i, j), alike) for i in few for j in more)
        else:
            yield from ((few[n % len(few)], j, alike) for n, j in enumerate(more))


def _kept(sketches: Iterable[Sketch]) -> Sketches:
    made = Sketches()
    for one in sketches:
        made.append(one)
    return made


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


def candidates(sketches: Sketches, firsts: NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Pairs of some of the positions worth confirming, in order: those whose sketches agree in a band, or that share
    number runs."""
    import numpy as np

    if len(firsts) < 2:
        return
    least, total = sketches.least(), len(sketches)
    held = _codes(_number_runs(sketches, firsts), total)
    for found in _agreeing(least, firsts):
        held = np.union1d(held, _codes(_promising(least, found), total))
    for code in held:
        yield int(code) // total, int(code) % total


def _codes(both: NDArray[Any], total: int) -> NDArray[Any]:
    """Pairs as one number each."""
    codes: NDArray[Any] = both[:, 0] * total + both[:, 1]
    return codes


def _agreeing(least: NDArray[Any], firsts: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """For each band: pairs whose sketches agree in all of it."""
    import numpy as np

    factors = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
    for start in range(0, BINS, BAND * TOGETHER):
        keys = np.empty((TOGETHER, len(firsts)), dtype=np.uint64)
        for low in range(0, len(firsts), ROWS):
            some = least[firsts[low:low + ROWS], start:start + BAND * TOGETHER].astype(np.uint64)
            keys[:, low:low + ROWS] = (some.reshape(len(some), TOGETHER, BAND) * factors).sum(axis=2, dtype=np.uint64).T
        for band in keys:
            yield _neighbours(band, firsts)


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


def _number_runs(sketches: Sketches, firsts: NDArray[Any]) -> NDArray[Any]:
    """Pairs that have at least three runs of three telling numbers in common."""
    import numpy as np

    keys, many = sketches.runs()
    wanted = np.zeros(len(sketches), dtype=bool)
    wanted[firsts] = True
    parts = max(1, len(keys) // AT_ONCE)
    ends = np.cumsum(many, dtype=np.int64)
    held = [np.zeros((0, 2), dtype=np.int64)]
    for part in range(parts):
        own, owners = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for low in range(0, len(keys), AT_ONCE):
            some = np.asarray(keys[low:low + AT_ONCE])
            at = np.flatnonzero(some % parts == part)
            who = np.searchsorted(ends, at + low, side="right")
            own.append(some[at[wanted[who]]])
            owners.append(who[wanted[who]])
        held.append(_neighbours(np.concatenate(own), np.concatenate(owners)))
    found, counts = np.unique(_codes(np.concatenate(held), len(sketches)), return_counts=True)
    found = found[counts >= 3]
    both: NDArray[Any] = np.stack([found // len(sketches), found % len(sketches)], axis=1)
    return both
