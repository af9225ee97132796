"""A text as a few kilobytes that tell whether another is nearly the same: built once, then the text can go.

A text is reduced to its hanzi without numerals, so that a re-dated or re-numbered copy reduces to the same. Its
overlapping four-character shingles are hashed; kept are the least hash of each of `BINS` bins (one-permutation
MinHash: Li, Owen and Zhang 2012; empty bins filled as in Shrivastava and Li 2014), which finds candidates, and the
`KEPT` lowest hashes with their places in the text (bottom-k: Broder 1997), which give the Jaccard similarity: exact
for texts up to that length, within 0.015 beyond.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[Any]

SHINGLE = 4                              # characters; six of ten survive where one word in ten is replaced
BINS = 384                               # 128 bands of 3, see `search.BAND`
KEPT = 1024
WHOLE = 0xFFFFFFFF

NOT_COMPARED = re.compile(r"[^\u4e00-\u9fff]+|[〇零一二三四五六七八九十百千万亿两余多年月日]+")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
FULL_WIDTH = {ord("０") + n: ord("0") + n for n in range(10)}


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text: `least` (BINS), `lowest` hashes in order with their `places` (0 to 1), `size` distinct
    shingles, and its telling `numbers` in order."""

    least: Hashes
    lowest: Hashes
    places: Hashes
    size: int
    numbers: tuple[float, ...]


def normalised(text: str) -> str:
    """The hanzi of a text without numerals and dates, which is what two datings of one text share.

    >>> normalised("霍山县妇联2006年接待来信来访186件") == normalised("霍山县妇联二〇〇九年接待来信、来访２１２件")
    True
    """
    return NOT_COMPARED.sub("", text)


def numbers(text: str) -> tuple[float, ...]:
    """The numbers of a text that tell it from others: of ten and more, and no year.

    >>> numbers("2006年接待１８６件，其中来信7件，占38.5%，资金12000元")
    (186.0, 38.5, 12000.0)
    """
    found = (float(one) for one in NUMBER.findall(text.translate(FULL_WIDTH)))
    return tuple(one for one in found if one >= 10 and not (1949 <= one <= 2049 and one == int(one)))


def sketch(text: str) -> Sketch:
    """The sketch of a text as it is: normalised here.

    >>> sketch("全年接待妇女来信来访186件，其中家庭暴力47件").size
    14
    """
    import numpy as np

    shingles, places = _shingles(normalised(text))
    mixed = _mixed(shingles)
    high = (mixed >> np.uint64(32)).astype(np.uint32)
    order = np.argsort(high, kind="stable")[:KEPT]
    length = max(1, int(places.max()) if len(places) else 1)
    return Sketch(_least(mixed, high), high[order], (places[order] / length).astype(np.float16), len(shingles),
                  numbers(text))


def jaccard(one: Sketch, other: Sketch) -> float:
    """Jaccard similarity of the shingles of two texts, 0 to 1."""
    shared, first, second = _shared(one, other)[:3]
    union = first + second - len(shared)
    return len(shared) / union if union else 0.0


def containment(one: Sketch, other: Sketch) -> float:
    """Share of the shingles of the shorter text that the longer has too."""
    shared, first, second = _shared(one, other)[:3]
    return len(shared) / min(first, second) if min(first, second) else 0.0


def in_order(one: Sketch, other: Sketch, parts: int = 16) -> bool:
    """Whether what two texts share runs through both from end to end, in the same order.

    It does where one text is the other with words exchanged; it does not where both use the phrases of the trade, or
    one has a paragraph of the other. Shared are at least two in each of nearly all of the `parts` of either text.
    """
    import numpy as np

    shared, _, _, left, right = _shared(one, other)
    if len(shared) < 2 * parts:
        return False
    here, there = one.places[left].astype(float), other.places[right].astype(float)
    for places in (here, there):
        counts = np.bincount(np.minimum((places * parts).astype(int), parts - 1), minlength=parts)
        if (counts >= 2).mean() < 0.8:
            return False
    return float(np.median(np.abs(here - there))) < 0.08 and float(np.corrcoef(here, there)[0, 1]) > 0.85


def _shared(one: Sketch, other: Sketch) -> tuple[Any, int, int, Any, Any]:
    """Shared hashes below the lower of the two limits, how many hashes each has there, and where the shared stand."""
    import numpy as np

    limit = min(WHOLE if s.size <= KEPT else int(s.lowest[-1]) for s in (one, other))
    first, second = (int(np.searchsorted(s.lowest, limit, side="right")) for s in (one, other))
    shared, left, right = np.intersect1d(one.lowest[:first], other.lowest[:second], assume_unique=True,
                                         return_indices=True)
    return shared, first, second, left, right


def _shingles(plain: str) -> tuple[Hashes, Hashes]:
    """The distinct shingles of a normalised text as 64-bit words, and where each stands first."""
    import numpy as np

    points = np.frombuffer(plain.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    if len(points) < SHINGLE:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    size = len(points) - SHINGLE + 1
    found = np.zeros(size, dtype=np.uint64)
    for k in range(SHINGLE):                               # 16 bits a character: four fit one word exactly
        found = (found << np.uint64(16)) | (points[k:k + size] & np.uint64(0xFFFF))
    shingles, places = np.unique(found, return_index=True)
    return shingles, places


def _mixed(hashes: Hashes) -> Hashes:
    """The finaliser of SplitMix64: every input bit moves every output bit."""
    import numpy as np

    x = hashes.copy()
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x ^= x >> np.uint64(shift)
        x *= np.uint64(factor)
    x ^= x >> np.uint64(31)
    return x


def _least(mixed: Hashes, high: Hashes) -> Hashes:
    """The least hash of each of `BINS` bins, empty bins filled from the next full one."""
    import numpy as np

    least = np.full(BINS, WHOLE, dtype=np.uint32)
    np.minimum.at(least, ((mixed & np.uint64(WHOLE)) % np.uint64(BINS)).astype(np.int64), high)
    full = np.flatnonzero(least != WHOLE)
    if not len(full) or len(full) == BINS:
        return least
    nearest = full[np.searchsorted(full, np.arange(BINS)) % len(full)]
    distance = ((nearest - np.arange(BINS)) % BINS).astype(np.uint32)
    return least[nearest] + distance * np.uint32(0x9E3779B9)
