"""Years in a row: trend lines with intervals and gaps, one small plot a place, and two years beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wqnlp.plots.base import FAINT, INK, SERIES, SOFT, Shown, canvas, drawable, finished, spaced, style
from wqnlp.plots.panel import short_names

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

UNREAD = ("masked", "damaged", "disputed", "none", "inconsistent")
MOST = 4                                 # lines in one plot; of more each place has a plot of its own


def trends(frame: pd.DataFrame, *, title: str = "", percent: bool = False) -> Shown:
    """Lines over the years, one a place, of `compare.cells` (or of `rates`, with `percent`).

    A bar is the interval or the bounds of a number; a line breaks at every year without one: a hollow mark on the
    ground says that there is a summary and no number, nothing says that there is no summary. Of more than four places
    those with the most numbers are drawn; see `multiples` for the others.

    >>> import pandas as pd
    >>> trends(pd.DataFrame(columns=["place", "year", "value", "low", "high", "status"])).data.empty
    True
    """
    counts = frame[frame["value"].notna()].groupby("place", sort=False)["value"].size()
    kept = list(counts.sort_values(ascending=False, kind="stable").index[:MOST])
    data = frame[frame["place"].isin(kept)].sort_values(["place", "year"]).reset_index(drop=True)
    with style():
        figure, axes = canvas(7.6, 4.2)
        ax = axes[0, 0]
        names, ends = short_names([str(p) for p in kept]), []
        for place, colour in zip(kept, SERIES, strict=False):
            ends.append((_line(ax, data[data["place"] == place], colour, percent), names[str(place)], colour))
        _years(ax, data, percent)
        if ends:
            low, high = ax.get_ylim()
            heights = spaced([end[0][1] for end in ends], (high - low) * 0.065)
            for ((x, _), name, colour), height in zip(ends, heights, strict=True):
                ax.annotate(drawable(name), (x, height), (9, 0), textcoords="offset points", color=colour, va="center",
                            annotation_clip=False)
        return finished(figure, axes, data, title)


def multiples(frame: pd.DataFrame, *, title: str = "", percent: bool = False, columns: int = 3, most: int = 12) -> Shown:
    """One small plot a place, all with the same axes, the places with the most numbers first."""
    counts = frame[frame["value"].notna()].groupby("place", sort=False)["value"].size()
    kept = list(counts.sort_values(ascending=False, kind="stable").index[:most])
    data = frame[frame["place"].isin(kept)].sort_values(["place", "year"]).reset_index(drop=True)
    rows = max(1, -(-len(kept) // columns))
    with style():
        figure, axes = canvas(2.7 * columns, 1.9 * rows + 0.5, rows, columns, sharex=True, sharey=True)
        names = short_names([str(p) for p in kept])
        for ax, place in zip(axes.ravel(), kept, strict=False):
            _line(ax, data[data["place"] == place], SERIES[0], percent)
            ax.set_title(drawable(names[str(place)]), loc="left", fontsize=10)
            _years(ax, data, percent, ticks=4)
        for ax in axes.ravel()[max(1, len(kept)):]:
            ax.set_visible(False)
        return finished(figure, axes, data, title)


def slope(frame: pd.DataFrame, years: tuple[int, int], *, title: str = "", percent: bool = False) -> Shown:
    """Two years beside each other, a line a place: of `cells` or `rates`. A place without both numbers is left out."""
    told = frame[frame["year"].isin(years) & frame["value"].notna()]
    both = told.groupby("place")["year"].nunique()
    data = told[told["place"].isin(both[both == 2].index)].sort_values(["place", "year"]).reset_index(drop=True)
    places = list(dict.fromkeys(str(place) for place in data["place"]))
    with style():
        figure, axes = canvas(6.4, max(3.2, 0.34 * len(places) + 1.4))
        ax = axes[0, 0]
        names = short_names(places)
        wide = data.pivot_table(index="place", columns="year", values="value").reindex(places)
        if places:
            reach = float(data["value"].max() - data["value"].min()) or float(data["value"].max()) or 1.0
            ax.set_ylim(data["value"].min() - 0.12 * reach, data["value"].max() + 0.12 * reach)
            sides = [spaced([float(v) for v in wide[year]], 1.24 * reach * 0.24 / figure.get_figheight()) for year in years]
            for n, place in enumerate(places):
                here, there = (float(wide[year][place]) for year in years)
                colour = SERIES[0] if there >= here else SERIES[1]
                ax.plot([0, 1], [here, there], color=colour, marker="o", markersize=5, linewidth=1.6)
                for x, value, side, ha, step in ((0, here, sides[0][n], "right", -9), (1, there, sides[1][n], "left", 9)):
                    name = f"{names[place]}  {_amount(value, percent)}" if x == 0 else _amount(value, percent)
                    ax.annotate(drawable(name), (x, side), (step, 0), textcoords="offset points", ha=ha, va="center",
                                color=INK, fontsize=9)
            ax.set_xlim(-0.75, 1.3)
            ax.set_xticks([0, 1], [f"{year}年" for year in years])
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="x", length=0, labelsize=10)
        return finished(figure, axes, data, title)


def _amount(value: float, percent: bool) -> str:
    return f"{100 * value:.1f}%" if percent else f"{value:.10g}"


def _line(ax: Axes, data: pd.DataFrame, colour: str, percent: bool) -> tuple[float, float]:
    """Draw one place; its last point is where its name goes."""
    scale = 100.0 if percent else 1.0
    before: tuple[int, float] | None = None
    last = (0.0, 0.0)
    for row in data.to_dict("records"):
        year, value, low, high = int(row["year"]), *(_or_none(row[name], scale) for name in ("value", "low", "high"))
        if low is not None and high is not None and high > low:
            ax.plot([year, year], [low, high], color=colour, linewidth=1.4, alpha=0.55 if value is not None else 1,
                    linestyle="-" if value is not None else ":", marker="_", markersize=5)
        elif value is None and row["status"] in UNREAD:
            ax.plot([year], [0], "o", markerfacecolor="white", color=SOFT, markersize=5, clip_on=False)
        if value is None:
            continue
        if before is not None and before[0] == year - 1:
            ax.plot([before[0], year], [before[1], value], color=colour, linewidth=1.8)
        ax.plot([year], [value], "o", color=colour, markersize=5)
        before, last = (year, value), (float(year), value)
    return last


def _or_none(value: Any, scale: float) -> float | None:
    return None if value is None or value != value else float(value) * scale


def _years(ax: Axes, data: pd.DataFrame, percent: bool, ticks: int = 10) -> None:
    """Whole years below, zero on the ground, a percent sign where they are shares."""
    scale = 100.0 if percent else 1.0
    told = [x for x in data[["value", "low", "high"]].to_numpy(dtype=float).ravel() if x == x] if len(data) else []
    ax.set_ylim(0, 1.06 * scale * max(told, default=1) or 1)
    ax.grid(axis="y", color=FAINT, linewidth=0.7)
    ax.tick_params(axis="both", length=0, labelsize=9)
    ax.spines["left"].set_visible(False)
    if data.empty:
        return
    first, final = int(data["year"].min()), int(data["year"].max())
    step = max(1, -(-(final - first + 1) // ticks))
    ax.set_xticks(range(first, final + 1, step), [str(year) for year in range(first, final + 1, step)])
    ax.set_xlim(first - 0.6, final + 0.6)
    if percent:
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}%")
