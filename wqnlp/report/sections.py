"""What the page says of the whole library: how sound its sources are, what recurs, what does not add up, copies."""

from __future__ import annotations

import base64
from collections import Counter
from typing import TYPE_CHECKING, Any

from wqnlp.compare import clusters, occurrences, recurring, spread
from wqnlp.copies import listed
from wqnlp.plots import coverage, heat
from wqnlp.plots.coverage import KINDS, kind_of
from wqnlp.store.frames import frame_of

if TYPE_CHECKING:
    import pandas as pd

    from wqnlp.plots import Shown
    from wqnlp.report.collect import Collection

DIFFERENCES = 12                         # of two copies that are listed
FAILING = 200                            # relations that do not add up that are listed
WORDS = {"chronic": "常年", "growing": "上升", "shrinking": "下降", "new": "新出现", "gone": "不再提到", "recurring": "反复",
         "once": "一次", "too_few": "年份太少"}


def sections(collection: Collection) -> dict[str, Any]:
    """All that the template needs of the library as a whole."""
    figures = {entry.document.doc_id: entry.figures for entry in collection.entries}
    found = clusters(collection.documents, figures)
    dropped = {other.doc_id for cluster in found for other in cluster.others}
    seen = occurrences(collection.documents, collection.figures,
                       [issue for entry in collection.entries for issue in entry.issues])
    return {"quality": _quality(collection, dropped), "kinds": {name: zh for name, (_, zh) in KINDS.items()},
            "spreads": _rows(spread(seen))[:20], "recurring": _patterns(seen), "pattern_words": WORDS,
            "failing": _failing(collection), "clusters": [_cluster(cluster, figures) for cluster in found],
            "coverage_plot": _image(coverage(frame_of("documents", collection.documents), copies=dropped)),
            "heat_plot": _image(heat(spread(seen, by=("issue", "year"))))}


def _image(shown: Shown) -> str:
    return base64.b64encode(shown.png(110)).decode("ascii")


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): None if v is None or v != v else v for k, v in row.items()} for row in frame.to_dict("records")]


def _patterns(seen: pd.DataFrame) -> list[dict[str, Any]]:
    """Issues of places with three years or more; what is supported first, then by how many years raise it."""
    rows = [row for row in _rows(recurring(seen)) if row["pattern"] not in ("too_few", "once")]
    order = {"growing": 0, "shrinking": 0, "new": 1, "gone": 1, "chronic": 2}
    return sorted(rows, key=lambda r: (not r["supported"], order.get(r["pattern"], 3), -r["raised"], r["place"]))[:60]


def _quality(collection: Collection, dropped: set[str]) -> dict[str, Any]:
    """Summaries by how sound they are, repairs and marks by kind, encodings."""
    damage: Counter[str] = Counter()
    for entry in collection.entries:
        damage.update(entry.document.damage)
    kinds = Counter(kind_of({"period_kind": e.document.period_kind, "damage": e.document.damage,
                             "copy": e.document.doc_id in dropped}) for e in collection.entries)
    unread = sum(figure.value is None for figure in collection.figures)
    return {"kinds": dict(kinds), "damage": [pair for pair in damage.most_common() if pair[1]],
            "encodings": Counter(entry.decoding.split("（")[0] for entry in collection.entries).most_common(),
            "unread": unread, "figures": len(collection.figures)}


def _failing(collection: Collection) -> list[tuple[Any, Any]]:
    """Relations that do not add up, each with the entry it stands in."""
    return [(entry, audit) for entry in collection.entries for audit in entry.audits
            if audit.status == "inconsistent"][:FAILING]


def _cluster(cluster: Any, figures: dict[str, Any]) -> dict[str, Any]:
    own = cluster.original
    told = []
    for other in cluster.others:
        apart = listed(own, other, figures.get(own.doc_id, ()), figures.get(other.doc_id, ()))
        alike = next((copy.similarity for copy in own.copies if copy.doc_id == other.doc_id), None)
        told.append({"document": other, "differs": apart[:DIFFERENCES], "more": max(0, len(apart) - DIFFERENCES),
                     "similarity": alike})
    return {"original": own, "why": cluster.why, "others": told}
