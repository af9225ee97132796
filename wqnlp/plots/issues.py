"""Issues and words: what recurs in which years, how petitions divide, which words tell groups apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wqnlp.plots.base import FAINT, INK, SERIES, SOFT, Shown, canvas, drawable, finished, style
from wqnlp.plots.panel import short_names
from wqnlp.vocab import codes, label

if TYPE_CHECKING:
    import pandas as pd

SHADES = ("#2f6f9f", "#b4493b", "#4f8a54", "#8a6bb1", "#c79a3a", "#5aa2a8", "#a4577f", "#8b7355", "#7b8794", "#b8c4ce")


def issue_name(code: str) -> str:
    """The short Chinese name of an issue.

    >>> issue_name("land_rights"), issue_name("beans")
    ('土地权益', 'beans')
    """
    return label("issues", code).split("/")[0] if code in codes("issues") else code


def heat(frame: pd.DataFrame, *, title: str = "", most: int = 18) -> Shown:
    """Issue by year, of `compare.spread(seen, by=("issue", "year"))`: the darker, the more of the places raise it.

    In each cell stands how many of how many. An empty cell is a year in which nobody raised it; a hatched one a year
    that has no summary. The issues raised most often are drawn, the commonest on top.

    >>> import pandas as pd
    >>> heat(pd.DataFrame(columns=["issue", "year", "places", "raised", "spread"])).data.empty
    True
    """
    totals = frame.groupby("issue")["raised"].sum().sort_values(ascending=False, kind="stable")
    kept = [str(issue) for issue in totals.index[:most] if totals[issue]]
    data = frame[frame["issue"].isin(kept)].reset_index(drop=True)
    years = list(range(int(data["year"].min()), int(data["year"].max()) + 1)) if len(data) else []
    with style():
        figure, axes = canvas(2.2 + 0.5 * max(6, len(years)), 1.3 + 0.32 * max(3, len(kept)))
        ax = axes[0, 0]
        from matplotlib.colors import LinearSegmentedColormap

        colours = LinearSegmentedColormap.from_list("house", ["#ffffff", "#2f6f9f"])
        told = set()
        for row in data.to_dict("records"):
            x, y = years.index(int(row["year"])), kept.index(row["issue"])
            told.add(x)
            ax.add_patch(_tile(x, y, colours(0.08 + 0.92 * row["spread"] if row["raised"] else 0.0)))
            if row["raised"]:
                ax.text(x, y, f"{int(row['raised'])}/{int(row['places'])}", ha="center", va="center", fontsize=8,
                        color="white" if row["spread"] > 0.55 else INK)
        for x in (x for x in range(len(years)) if x not in told):
            for y in range(len(kept)):
                ax.add_patch(_tile(x, y, "white", hatch="////"))
        _grid(ax, [str(year) for year in years], [drawable(issue_name(issue)) for issue in kept])
        return finished(figure, axes, data, title)


def breakdown(frame: pd.DataFrame, *, title: str = "", most: int = 14) -> Shown:
    """How petitions divide: a bar a place and year, a piece an issue, of `compare.breakdown`.

    The outline is all that was received; what lies between the pieces and its end the text does not divide, or
    divides by other words. A bar whose pieces are more than the whole is hatched.
    """
    told = frame[frame["cases"].notna() & frame["of"].notna()]
    bars = told.drop_duplicates("doc_id").head(most)
    data = told[told["doc_id"].isin(bars["doc_id"])].reset_index(drop=True)
    order = data.groupby("issue")["cases"].sum().sort_values(ascending=False, kind="stable").index
    issues = [str(issue) for issue in order]
    with style():
        figure, axes = canvas(8.4, 1.5 + 0.42 * max(2, len(bars)))
        ax = axes[0, 0]
        names = short_names(list(dict.fromkeys(str(place) for place in bars["place"])))
        ticks = []
        for y, bar in enumerate(bars.to_dict("records")):
            done, whole = 0.0, float(bar["of"])
            pieces = data[data["doc_id"] == bar["doc_id"]].set_index("issue")["cases"]
            over = float(pieces.sum()) > whole
            for n, issue in enumerate(issues):
                size = float(pieces.get(issue, 0)) / whole
                ax.barh(y, size, left=done, height=0.68, color=SHADES[n % len(SHADES)], hatch="//" if over else None,
                        edgecolor="white", linewidth=0.8, label=issue_name(issue) if y == 0 else None)
                if size > 0.05:
                    ax.text(done + size / 2, y, f"{pieces[issue]:.10g}", ha="center", va="center", color="white", fontsize=8)
                done += size
            ax.barh(y, 1, height=0.68, fill=False, edgecolor=SOFT, linewidth=0.9)
            ticks.append(f"{names[str(bar['place'])]} {int(bar['year']) if bar['year'] == bar['year'] else '年份不详'}"
                         f"（{whole:.10g}）")
        ax.set_yticks(range(len(ticks)), [drawable(tick) for tick in ticks])
        ax.set_xlim(0, 1.02)
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
        ax.tick_params(length=0, labelsize=9)
        ax.invert_yaxis()
        for side in ("left", "bottom"):
            ax.spines[side].set_visible(False)
        if issues and len(bars):
            from matplotlib.patches import Patch

            marks = [Patch(color=SHADES[n % len(SHADES)], label=issue_name(issue)) for n, issue in enumerate(issues)]
            figure.legend(handles=marks, loc="outside lower left", ncols=5, frameon=False, fontsize=8.5)
        return finished(figure, axes, data, title)


def keyness(frame: pd.DataFrame, *, title: str = "", most: int = 10, groups: int = 4) -> Shown:
    """The words that set each group apart, by z, of `compare.keyness`; the dotted line is z of 1.96."""
    kept = list(dict.fromkeys(str(group) for group in frame["group"]))[:groups]
    data = frame[frame["group"].isin(kept) & (frame["z"] > 0)].groupby("group", sort=False).head(most).reset_index(drop=True)
    with style():
        figure, axes = canvas(max(4.0, 2.6 * max(1, len(kept))), 0.9 + 0.27 * most, 1, max(1, len(kept)), sharex=True)
        names = short_names(kept) if kept else {}
        for n, (ax, group) in enumerate(zip(axes.ravel(), kept, strict=False)):
            own = data[data["group"] == group]
            ax.barh(range(len(own)), own["z"], color=SERIES[n % len(SERIES)], height=0.66)
            ax.set_yticks(range(len(own)), [drawable(word) for word in own["word"]])
            ax.set_ylim(most - 0.4, -0.6)
            ax.axvline(1.96, color=SOFT, linewidth=0.9, linestyle=":")
            ax.grid(axis="x", color=FAINT, linewidth=0.7)
            ax.tick_params(length=0, labelsize=9)
            ax.spines["bottom"].set_visible(False)
            ax.set_title(drawable(names[group]), loc="left", fontsize=10, color=SERIES[n % len(SERIES)])
        return finished(figure, axes, data, title)


def _tile(x: float, y: float, colour: object, hatch: str | None = None):  # type: ignore[no-untyped-def]
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, edgecolor=FAINT, linewidth=0.7, hatch=hatch)


def _grid(ax, across: list[str], down: list[str]) -> None:  # type: ignore[no-untyped-def]
    """Ticks of a matrix of tiles, the first row on top."""
    ax.set_xlim(-0.6, max(1, len(across)) - 0.4)
    ax.set_ylim(max(1, len(down)) - 0.4, -0.6)
    ax.set_xticks(range(len(across)), across, rotation=0 if len(across) < 16 else 60)
    ax.set_yticks(range(len(down)), down)
    ax.tick_params(length=0, labelsize=9)
    for side in ax.spines.values():
        side.set_visible(False)
