"""Near-identical summaries across a batch or a library: one county's text put up again under other years.

A text is reduced to its hanzi without numerals, so that a re-dated or re-numbered copy reduces to the same; its
overlapping four-character shingles are sketched by MinHash (Broder 1997) in its one-permutation form (Li, Owen and
Zhang 2012, empty bins filled by rotation as in Shrivastava and Li 2014), candidates come from banded
locality-sensitive hashing, and each is confirmed by the exact Jaccard similarity of the two shingle sets. All steps
are linear in the length and the number of the texts; pairs are looked at only where a band agrees.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wqnlp.records import Copy, Document, Figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[Any]                # uint64, sorted, each once

SHINGLE = 4                              # characters; six of ten survive where one word in ten is replaced
BINS, BAND = 126, 3                     # 42 bands of 3: pairs of similarity 0.4 are met with probability 0.94
ALIKE = 0.4                              # summaries of one county in two years stay under 0.1 on the gold
SAME_FIGURES = 0.8                       # share of figures in common that makes a copy of a look-alike
MANY = 20                                # copies of one text that are all linked with one another
SHORTEST = 40                            # hanzi; under that a text is no summary, and chance is too great

NOT_COMPARED = re.compile(r"[^\u4e00-\u9fff]+|[〇零一二三四五六七八九十百千万亿两余多年月日]+")
UNREAD = {"masked", "damaged"}


def normalised(text: str) -> str:
    """The hanzi of a text without numerals and dates, which is what two datings of one text share.

    >>> normalised("霍山县妇联2006年接待来信来访186件") == normalised("霍山县妇联二〇〇九年接待来信、来访２１２件")
    True
    """
    return NOT_COMPARED.sub("", text)


def similarity(one: str, other: str) -> float:
    """Jaccard similarity of the shingles of two texts, 0 to 1.

    >>> round(similarity("全年接待妇女来信来访186件", "全年接待妇女来信来访二百一十二件"), 2)
    1.0
    """
    return _jaccard(_shingles(normalised(one)), _shingles(normalised(other)))


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
    ids, hashes = [], []
    for doc_id, text in texts:
        plain = normalised(text)
        if len(plain) >= SHORTEST:
            ids.append(doc_id)
            hashes.append(_shingles(plain))
    found: dict[str, list[Copy]] = defaultdict(list)
    for i, j, alike in _pairs(hashes):
        one, other = ids[i], ids[j]
        apart = differences(known.get(one), known.get(other), counted[one], counted[other])
        found[one].append(Copy(doc_id=other, similarity=round(alike, 4), differs=apart))
        found[other].append(Copy(doc_id=one, similarity=round(alike, 4), differs=apart))
    return {doc_id: tuple(sorted(copies, key=lambda c: (-c.similarity, c.doc_id))) for doc_id, copies in found.items()}


def with_copies(documents: Iterable[Document], found: Mapping[str, tuple[Copy, ...]]) -> list[Document]:
    """The documents with their copies filled in."""
    return [replace(d, copies=found[d.doc_id]) if d.doc_id in found else d for d in documents]


def differences(one: Document | None, other: Document | None, figures: Sequence[Figure],
                others: Sequence[Figure]) -> tuple[str, ...]:
    """What two near-identical summaries do not agree on: place, year, period, figures."""
    apart = []
    if one is not None and other is not None:
        if (one.adcode, one.place) != (other.adcode, other.place):
            apart.append("place")
        if one.year != other.year:
            apart.append("year")
        if one.period_kind != other.period_kind:
            apart.append("period")
    if shared_figures(figures, others) < 1:
        apart.append("figures")
    return tuple(apart)


def shared_figures(figures: Iterable[Figure], others: Iterable[Figure]) -> float:
    """Share of the readable figures of the poorer of two summaries that the other gives too, 1 where one has none.

    A text copied under another year keeps its figures; a text written again over last year's has new ones.
    Masked and damaged figures say nothing either way. Percentages and small counts (under ten) are alike in
    texts that have nothing to do with each other, so they are left out unless there is nothing else.
    """
    one, other = Counter(_values(figures)), Counter(_values(others))
    poorer = min(one.total(), other.total())
    return (one & other).total() / poorer if poorer else 1.0


def same_text(one: Iterable[Figure], other: Iterable[Figure]) -> bool:
    """Whether two near-identical summaries are one text put up twice, and not a form filled in anew."""
    return shared_figures(one, other) >= SAME_FIGURES


def _values(figures: Iterable[Figure]) -> list[tuple[str, float]]:
    read = [f for f in figures if f.value is not None and not UNREAD & set(f.flags)]
    telling = [f for f in read if f.kind != "percent" and abs(f.value or 0) >= 10]
    return [(f.kind, f.value) for f in telling or read if f.value is not None]


def _shingles(plain: str) -> Hashes:
    """Hashes of the overlapping shingles of a normalised text, sorted, each once."""
    import numpy as np

    points = np.frombuffer(plain.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    if len(points) < SHINGLE:
        return np.zeros(0, dtype=np.uint64)
    size = len(points) - SHINGLE + 1
    found = np.zeros(size, dtype=np.uint64)
    for k in range(SHINGLE):                               # 16 bits a character: four fit one word exactly
        found = (found << np.uint64(16)) | (points[k:k + size] & np.uint64(0xFFFF))
    return np.unique(found)


def _mixed(hashes: Hashes) -> Hashes:
    """The finaliser of SplitMix64: every input bit moves every output bit."""
    import numpy as np

    x = hashes.copy()
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x ^= x >> np.uint64(shift)
        x *= np.uint64(factor)
    x ^= x >> np.uint64(31)
    return x


def _sketch(hashes: Hashes) -> Hashes:
    """One-permutation MinHash: the least hash of each of `BINS` bins, empty bins filled from the next full one."""
    import numpy as np

    mixed = _mixed(hashes)
    empty = np.uint64(0xFFFFFFFFFFFFFFFF)
    least = np.full(BINS, empty)
    np.minimum.at(least, (mixed % np.uint64(BINS)).astype(np.int64), mixed)
    full = np.flatnonzero(least != empty)
    if not len(full) or len(full) == BINS:
        return least
    nearest = full[np.searchsorted(full, np.arange(BINS)) % len(full)]
    distance = ((nearest - np.arange(BINS)) % BINS).astype(np.uint64)
    return least[nearest] + distance * np.uint64(0x9E3779B97F4A7C15)


def _pairs(hashes: Sequence[Hashes]) -> Iterator[tuple[int, int, float]]:
    """Positions of near-identical texts, each pair once, with their similarity.

    Texts with the very same shingles are one class and compared once. All pairs are given where they are few; of
    hundreds of copies of one text each is linked to some, so that the work and the tables stay linear.
    """
    classes: dict[bytes, list[int]] = defaultdict(list)
    for index, one in enumerate(hashes):
        classes[one.tobytes()].append(index)
    members = list(classes.values())
    for same in members:
        reach = len(same) if len(same) <= MANY else MANY // 2
        yield from ((i, j, 1.0) for n, i in enumerate(same) for j in same[n + 1:n + 1 + reach])
    firsts = [hashes[same[0]] for same in members]
    for a, b in sorted(_candidates(firsts)):
        alike = _jaccard(firsts[a], firsts[b])
        if alike >= ALIKE:
            few, more = sorted((members[a], members[b]), key=len)
            if len(few) * len(more) <= MANY * MANY:
                yield from ((min(i, j), max(i, j), alike) for i in few for j in more)
            else:
                yield from ((few[n % len(few)], j, alike) for n, j in enumerate(more))


def _candidates(hashes: Sequence[Hashes]) -> set[tuple[int, int]]:
    """Pairs of positions whose sketches agree in a whole band, each with the next `MANY` of its band."""
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for index, one in enumerate(hashes):
        for number, band in _bands(_sketch(one)):
            buckets[number, band].append(index)
    return {(i, j) for members in buckets.values() for n, i in enumerate(members) for j in members[n + 1:n + 1 + MANY]}


def _bands(sketch: Hashes) -> Iterator[tuple[int, bytes]]:
    for number in range(0, BINS, BAND):
        yield number, sketch[number:number + BAND].tobytes()


def _jaccard(one: Hashes, other: Hashes) -> float:
    import numpy as np

    if not len(one) or not len(other):
        return 0.0
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return float(shared / (len(one) + len(other) - shared))
