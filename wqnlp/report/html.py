"""One self-contained page: a table of everything, the comparison, and each summary down to its characters."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from wqnlp.records import SetAside
from wqnlp.report import words
from wqnlp.report.collect import Collection
from wqnlp.report.font import embedded
from wqnlp.report.sections import sections

if TYPE_CHECKING:
    import pandas as pd
    from jinja2 import Template

    from wqnlp.plots import Shown

LISTED = 2000                            # summaries, and rows of the panel, that are listed


def page(collection: Collection, panels: dict[str, pd.DataFrame], plot: Shown, *,
         title: str = "妇联维权工作总结", tables: bool = True) -> str:
    """The page as HTML, with its style and its plot inside; every text from a file is escaped.

    `panels` are frames of `wqnlp.compare.panel` by name, `plot` the plot of them. Of an archive of many thousands the
    page lists `LISTED`; the tables, where there are any beside it, have the rest.
    """
    listed = collection.lines[:LISTED]
    told: dict[str, Any] = {
        "title": title, "tables": tables, "collection": collection, "listed": listed,
        "linked": {e.document.doc_id for e in collection.entries},
        "names": list(panels), "lines": _merged(panels), "rows": max(map(len, panels.values()), default=0),
        "cells": cells_of(panels, {line.document.doc_id for line in listed}),
        "numbered": words.numbered, "word": words.word, "value_of": words.value_of, "period": words.period,
        "relation": words.relation, "grouped": _grouped, "short": _short(collection), **sections(collection),
    }
    bare = _template().render(font="", plot="", **told | {"coverage_plot": "", "heat_plot": ""})
    image = base64.b64encode(plot.png()).decode("ascii")
    return _template().render(font=embedded(bare), plot=image, **told)


@cache
def _template() -> Template:
    import jinja2

    surroundings = jinja2.Environment(loader=jinja2.PackageLoader("wqnlp", "data/templates"), autoescape=True,
                                      undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    surroundings.filters["anchor"] = lambda name: "f" + name.replace(":", "-")
    return surroundings.get_template("report.html")


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a panel as plain values, missing ones None."""
    return [{str(k): None if v is None or v != v or str(v) == "<NA>" else v for k, v in row.items()}
            for row in frame.to_dict("records")]


def cells_of(panels: dict[str, pd.DataFrame], doc_ids: Iterable[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """The row of each panel for some summaries, by the panel's name and doc_id."""
    return {name: {row["doc_id"]: row for row in plain_rows(frame[frame["doc_id"].isin(list(doc_ids))])} for name, frame in panels.items()}


def _merged(panels: dict[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """One line a summary and period, with the row of each panel under its name: as many as are listed."""
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    kept = {doc_id for frame in list(panels.values())[:1] for doc_id in frame["doc_id"].head(LISTED)}
    for name, frame in panels.items():
        for row in plain_rows(frame[frame["doc_id"].isin(kept)]):
            line = lines.setdefault((row["doc_id"], row["period_kind"]), row | {"cells": {}})
            line["cells"][name] = row
    return list(lines.values())


def _grouped(set_aside: list[SetAside]) -> list[tuple[str, list[SetAside]]]:
    """Numbers not taken, by reason, the commonest reason first."""
    found: dict[str, list[SetAside]] = defaultdict(list)
    for row in set_aside:
        found[row.reason].append(row)
    return sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _short(collection: Collection) -> dict[str, str]:
    """What a summary is called where there is little room: its title, or its file."""
    return {document.doc_id: document.title or document.path for document in collection.documents}
