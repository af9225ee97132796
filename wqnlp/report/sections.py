"""What the page says of the whole library: how sound its sources are, what recurs, what does not add up, copies."""

from __future__ import annotations

import base64
from collections import Counter
from typing import TYPE_CHECKING, Any

from wqnlp.compare import Cluster, Patterns, Spread, places
from wqnlp.copies import listed
from wqnlp.plots import coverage, heat
from wqnlp.plots.coverage import KINDS, kind_of
from wqnlp.store.frames import frame_of

if TYPE_CHECKING:
    import pandas as pd

    from wqnlp.plots import Shown
    from wqnlp.report.collect import Collection

DIFFERENCES = 12                         # of two copies that are listed
CLUSTERS = 500                           # texts that stand several times that are listed
WORDS = {"chronic": "常年", "growing": "上升", "shrinking": "下降", "new": "新出现", "gone": "不再提到", "recurring": "反复",
         "once": "一次", "too_few": "年份太少"}


def sections(collection: Collection) -> dict[str, Any]:
    """All that the template needs of the library as a whole."""
    dropped = set(collection.stands)
    patterns, by_issue, by_year = Patterns(), Spread(), Spread(("issue", "year"))
    every = sorted(collection.issues)
    for place in places(collection.documents, collection.figures):
        rows = place.seen(collection.figures.raised(place.doc_ids()), every)
        for found in (patterns, by_issue, by_year):
            found.take(rows)
    return {"quality": _quality(collection, dropped), "kinds": {name: zh for name, (_, zh) in KINDS.items()},
            "spreads": [row for row in _rows(by_issue.frame()) if row["raised"]][:20],
            "recurring": _patterns(patterns.frame()), "pattern_words": WORDS,
            "failing": [(collection.lines[one.at].document, one) for one in collection.failing],
            "clusters": [_cluster(cluster, collection) for cluster in collection.clusters[:CLUSTERS]],
            "more_clusters": max(0, len(collection.clusters) - CLUSTERS),
            "coverage_plot": _image(coverage(frame_of("documents", collection.documents), copies=dropped)),
            "heat_plot": _image(heat(by_year.frame()))}


def _image(shown: Shown) -> str:
    return base64.b64encode(shown.png(110)).decode("ascii")


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): None if v is None or v != v else v for k, v in row.items()} for row in frame.to_dict("records")]


def _patterns(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Issues of places with three years or more; what is supported first, then by how many years raise it."""
    rows = _rows(found[~found["pattern"].isin(["too_few", "once"])])
    order = {"growing": 0, "shrinking": 0, "new": 1, "gone": 1, "chronic": 2}
    return sorted(rows, key=lambda r: (not r["supported"], order.get(r["pattern"], 3), -r["raised"], r["place"]))[:60]


def _quality(collection: Collection, dropped: set[str]) -> dict[str, Any]:
    """Summaries by how sound they are, repairs and marks by kind, encodings."""
    damage: Counter[str] = Counter()
    for line in collection.lines:
        damage.update(line.document.damage)
    kinds = Counter(kind_of({"period_kind": line.document.period_kind, "damage": line.document.damage,
                             "copy": line.document.doc_id in dropped}) for line in collection.lines)
    return {"kinds": dict(kinds), "damage": [pair for pair in damage.most_common() if pair[1]],
            "encodings": Counter(line.encoding for line in collection.lines).most_common(),
            "unread": sum(line.unread for line in collection.lines), "figures": sum(line.figures for line in collection.lines)}


def _cluster(cluster: Cluster, collection: Collection) -> dict[str, Any]:
    own, figures = cluster.original, collection.figures
    told = []
    for other in cluster.others:
        apart = listed(own, other, figures.get(own.doc_id, ()), figures.get(other.doc_id, ()))
        alike = next((copy.similarity for copy in own.copies if copy.doc_id == other.doc_id), None)
        told.append({"document": other, "differs": apart[:DIFFERENCES], "more": max(0, len(apart) - DIFFERENCES),
                     "similarity": alike})
    return {"original": own, "why": cluster.why, "others": told}
