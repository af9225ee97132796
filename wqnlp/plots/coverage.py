"""What there is before anything is compared: which places have a summary of which years, and how sound it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wqnlp.plots.base import INK, Shown, canvas, drawable, finished, style
from wqnlp.plots.issues import _grid, _tile
from wqnlp.plots.panel import short_names

if TYPE_CHECKING:
    import pandas as pd

KINDS = {"sound": ("#4f8a54", "完好"), "repaired": ("#9cc3a0", "经修复"), "marked": ("#e0a458", "有遮盖或缺损"),
         "half": ("#b9cfe0", "半年、季度等"), "copy": ("#d9dee3", "副本")}
NO_REPAIR = ("mask", "unrepaired", "masked", "lost_digit")


def kind_of(document: dict[str, Any]) -> str:
    """How sound a summary is: one of `KINDS`.

    >>> kind_of({"period_kind": "annual", "damage": {"mask": 1}}), kind_of({"period_kind": "annual", "damage": {}})
    ('marked', 'sound')
    """
    damage = document.get("damage") or {}
    if document.get("copy"):
        return "copy"
    if document["period_kind"] != "annual":
        return "half"
    if any(damage.get(name) for name in NO_REPAIR):
        return "marked"
    return "repaired" if any(damage.values()) else "sound"


def coverage(documents: pd.DataFrame, *, copies: frozenset[str] | set[str] = frozenset(), title: str = "",
             most: int = 40) -> Shown:
    """A tile for each place and year with a summary, of `library.documents()`; its colour says how sound it is.

    `copies` are the doc_ids that another stands for (`compare.counted_once`). Of several summaries in one tile the
    soundest gives the colour, and the number says how many there are. Summaries without a year stand at the right.

    >>> import pandas as pd
    >>> coverage(pd.DataFrame(columns=["doc_id", "place", "organisation", "year", "period_kind", "damage"])).data.empty
    True
    """
    import pandas as pd

    rows = []
    for row in documents.to_dict("records"):
        told = {str(key): value for key, value in row.items()} | {"copy": row["doc_id"] in copies}
        called = [name for name in (told["place"], told["organisation"]) if isinstance(name, str)]
        rows.append({"place": called[0] if called else "地区不详", "adcode": told.get("adcode"), "kind": kind_of(told),
                     "doc_id": told["doc_id"], "year": None if pd.isna(told["year"]) else int(told["year"])})
    data = pd.DataFrame(rows, columns=["place", "adcode", "doc_id", "year", "kind"]).astype({"year": "Int64"})
    counts = data["place"].value_counts()
    kept = list(dict.fromkeys(data[data["place"].isin(counts.index[:most])].sort_values(
        ["adcode", "place"], na_position="last")["place"]))
    data = data[data["place"].isin(kept)].reset_index(drop=True)
    known = data["year"].dropna()
    years: list[int | None] = [*range(int(known.min()), int(known.max()) + 1)] if len(known) else []
    years += [None] if data["year"].isna().any() else []
    names = short_names(kept)
    with style():
        figure, axes = canvas(2.4 + 0.42 * max(6, len(years)), 1.6 + 0.3 * max(2, len(kept)))
        ax = axes[0, 0]
        order = list(KINDS)
        for (place, year), kinds in _tiles(data).items():
            x, y = years.index(year), kept.index(place)
            ax.add_patch(_tile(x, y, KINDS[min(kinds, key=order.index)][0]))
            if len(kinds) > 1:
                ax.text(x, y, str(len(kinds)), ha="center", va="center", fontsize=8, color=INK)
        _grid(ax, ["不详" if year is None else str(year)[2:] if len(years) > 14 else str(year) for year in years],
              [drawable(names[place]) for place in kept])
        from matplotlib.patches import Patch

        if kept:
            figure.legend(handles=[Patch(color=colour, label=name) for colour, name in KINDS.values()], ncols=5,
                          loc="outside lower left", frameon=False, fontsize=8.5)
        return finished(figure, axes, data, title)


def _tiles(data: pd.DataFrame) -> dict[tuple[str, int | None], list[str]]:
    import pandas as pd

    found: dict[tuple[str, int | None], list[str]] = {}
    for row in data.to_dict("records"):
        found.setdefault((str(row["place"]), None if pd.isna(row["year"]) else int(row["year"])), []).append(row["kind"])
    return found
