"""Place by year as a dot plot: a row a summary, a column a series, each number beside its dot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from wqnlp.plots.base import BAND, FAINT, INK, SERIES, SOFT, Shown, drawable, style, thicken

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

WHY = {"none": "未报告", "masked": "遮盖", "damaged": "缺损", "approximate": "只有范围"}
PERIODS = {"half": "半年", "quarter": "季度", "partial": "部分时段"}
DIVISION = re.compile(r".{2,12}?(?:自治[区州县旗]|特别行政区|街道|地区|林区|[省市县区旗盟镇乡])|.+")
ROW, GAP = 0.27, 0.16                    # inches: a row, and the space between places


def panel(frames: Mapping[str, pd.DataFrame] | pd.DataFrame, *, title: str = "", rows: int = 60) -> Shown:
    """Draw one or several panels of `wqnlp.compare.panel` side by side, a column each under its name.

    A filled dot is a year, a hollow one a shorter period, a bar the bounds of a number that the text gives only
    roughly or masks; what is missing is said in grey. Every number shown is a value or a bound of the frames; the
    rows drawn come back as `data`, with the column `series`. Of more than `rows` summaries those of the places
    with the most are drawn, and the plot says how many are not. The axis is logarithmic where the largest value
    is over fifty times the smallest. Raises MissingExtra (E51) where no font has Chinese.

    >>> from wqnlp.compare import panel as compare
    >>> panel(compare([], [])).data.empty
    True
    """
    import pandas as pd
    from matplotlib.figure import Figure

    named = frames if isinstance(frames, Mapping) else {"": frames}
    data = pd.concat([frame.assign(series=name) for name, frame in named.items()], ignore_index=True)
    lines, left_out = _lines(data, rows)
    data = data[data["doc_id"].isin({line["doc_id"] for line in lines})].reset_index(drop=True)
    places = len({line["place"] for line in lines})
    body = max(1.0, len(lines) * ROW + places * GAP)
    height = body + 1.45
    with style():
        figure = Figure(figsize=(3.1 + 3.5 * len(named), height), facecolor="white")
        axes = figure.subplots(1, len(named), sharey=True, squeeze=False)[0]
        figure.subplots_adjust(left=2.35 / figure.get_figwidth(), right=0.98, bottom=0.72 / height,
                               top=1 - 0.73 / height, wspace=0.08)
        for ax, (name, colour) in zip(axes, zip(named, SERIES * len(named), strict=False), strict=True):
            _column(ax, data[data["series"] == name], lines, colour)
            ax.set_title(drawable(name), loc="left", color=colour, pad=9)
        _rows(axes, lines, figure.get_figwidth())
        figure.text(0.012, 1 - 0.1 / height, drawable(title), fontsize=13.5, va="top")
        _legend(figure, left_out)
        thicken(figure)
        figure.canvas.draw()
    return Shown(figure, tuple(axes), data)


def short_names(places: list[str]) -> dict[str, str]:
    """Full place names to the shortest ends that still tell them apart.

    >>> short_names(["安徽省六安市霍山县", "江苏省苏州市昆山市千灯镇", "江西省"])
    {'安徽省六安市霍山县': '霍山县', '江苏省苏州市昆山市千灯镇': '千灯镇', '江西省': '江西省'}
    >>> list(short_names(["安徽省六安市霍山县城关镇", "河南省许昌市许昌县城关镇"]).values())
    ['霍山县城关镇', '许昌县城关镇']
    """
    parts = {place: DIVISION.findall(place) or [place] for place in places}
    found = {}
    for place, names in parts.items():
        for depth in range(1, len(names) + 1):
            end = "".join(names[-depth:])
            if sum(other.endswith(end) for other in parts) == 1:
                break
        found[place] = end if sum(other.endswith(end) for other in parts) == 1 else place
    return found


def when(year: Any, period_kind: str, start: Any = None, end: Any = None) -> str:
    """The period of a row in words.

    >>> when(2008, "half", "2008-01-01", "2008-06-30"), when(2016, "partial", "2016-01-01", "2016-10-31")
    ('2008年上半年', '2016年1–10月')
    >>> when(None, "annual")
    '年份不详'
    """
    import pandas as pd

    told = "年份不详" if pd.isna(year) else f"{int(year)}年"
    if period_kind == "annual":
        return told
    if not isinstance(start, str) or not isinstance(end, str):
        return told + ("，" if pd.isna(year) else "") + PERIODS.get(period_kind, "")
    first, last = int(start[5:7]), int(end[5:7])
    if period_kind == "half" and first in (1, 7):
        return told + ("上半年" if first == 1 else "下半年")
    if period_kind == "quarter" and first in (1, 4, 7, 10):
        return told + f"第{'一二三四'[first // 3]}季度"
    return told + (f"{first}–{last}月" if last != first else f"{first}月")


def _lines(data: pd.DataFrame, rows: int) -> tuple[list[dict[str, Any]], int]:
    """The rows of the plot from top to bottom with their heights `y`, and how many summaries are left out."""
    keys = ["place", "adcode", "year", "period_kind", "period_start", "period_end", "doc_id"]
    distinct = data[keys].drop_duplicates(["doc_id", "period_kind"])
    counts = distinct["place"].value_counts()
    ranked = distinct.assign(many=[-int(counts.get(place, 1)) for place in distinct["place"]])
    chosen = ranked.sort_values(["many", "adcode", "place"], kind="stable")
    kept = chosen.head(rows).sort_values(["adcode", "place", "year", "doc_id"], na_position="last")
    lines, y, before = [], 0.0, None
    for line in kept.to_dict("records"):
        line["place"] = line["place"] if isinstance(line["place"], str) else "地区不详"
        y += ROW + (GAP if line["place"] != before else 0)
        lines.append({str(key): value for key, value in line.items()} | {"y": y, "first": line["place"] != before})
        before = line["place"]
    return lines, len(distinct) - len(kept)


def _column(ax: Axes, data: pd.DataFrame, lines: list[dict[str, Any]], colour: str) -> None:
    heights = {(line["doc_id"], line["period_kind"]): line["y"] for line in lines}
    _scale(ax, data)
    for one in data.to_dict("records"):
        y = heights.get((one["doc_id"], one["period_kind"]))
        if y is not None:
            _mark(ax, {str(key): value for key, value in one.items()}, y, colour)


def _scale(ax: Axes, data: pd.DataFrame) -> None:
    """Room for every value and its label; logarithmic where values are far apart."""
    told = [x for x in data[["value", "low", "high"]].to_numpy().ravel() if x == x]
    top = max(told, default=1) or 1
    least = min((x for x in told if x > 0), default=1)
    if top > 50 * least:
        ax.set_xscale("symlog" if min(told) <= 0 else "log")
        ax.set_xlim(0 if min(told) <= 0 else least / 2.2, top * 14)
        ax.set_title("对数刻度", loc="right", color=SOFT, fontsize=8.5, pad=9)
        ticks = [10 ** k for k in range(12) if least / 2.2 <= 10 ** k <= top * 1.6]
    else:
        ax.set_xlim(0, top * 1.5)
        step = next(s * 10 ** k for k in range(-1, 12) for s in (1, 2, 5) if top / (s * 10 ** k) <= 4)
        ticks = [n * step for n in range(5) if n * step <= top * 1.05]
    ax.set_xticks(ticks, [f"{tick:g}" if tick < 1e6 else f"{tick / 1e4:g}万" for tick in ticks])
    ax.minorticks_off()


def _mark(ax: Axes, one: dict[str, Any], y: float, colour: str) -> None:
    """A dot, a bar or a word for one row."""
    value, low, high = (None if x != x or x is None else x for x in (one["value"], one["low"], one["high"]))
    unit = one["unit"] if isinstance(one["unit"], str) else ""
    if value is None and (low is None or high is None):
        ax.annotate(WHY.get(one["status"], "缺"), (0, y), (5, 0), xycoords=("axes fraction", "data"), va="center",
                    textcoords="offset points", color=SOFT, fontsize=9)
        return
    at, label = value, "" if value is None else amount(value, low, high, unit)
    if low is not None and high is not None and low != high:
        ax.plot([low, high], [y, y], color=colour, linewidth=1.6, marker="|", markersize=7, solid_capstyle="butt")
        at = high
        why = f"（{WHY[one['status']]}）" if one["status"] in ("masked", "damaged") else ""
        label = f"{low:.10g}–{high:.10g}{unit}{why}"
    if value is not None:
        ax.plot([value], [y], "o", markersize=6.5, color=colour, markeredgewidth=1.4,
                markerfacecolor=colour if one["period_kind"] == "annual" else "white")
    ax.annotate(drawable(label), (at or 0, y), (8, 0), textcoords="offset points", va="center", color=INK, fontsize=9)


def amount(value: float, low: float | None, high: float | None, unit: str) -> str:
    """A value with its unit and what the text says of its bounds: 余 or 以上 where only the lower is known, 近 the
    upper, 约 neither.

    >>> amount(186, 186, 186, "件"), amount(9000, 9000, None, "份"), amount(95, 95, None, "%")
    ('186件', '9000余份', '95%以上')
    """
    plain = f"{value:.10g}"
    if low is None and high is None:
        return f"约{plain}{unit}"
    if high is None:
        return f"{plain}{unit}以上" if "%" in unit or "点" in unit else f"{plain}余{unit}"
    return f"近{plain}{unit}" if low is None else f"{plain}{unit}"


def _legend(figure: Canvas, left_out: int) -> None:
    from matplotlib.lines import Line2D

    more = f"；另有{left_out}行未画出" if left_out else ""
    look: dict[str, Any] = {"color": SOFT, "markersize": 6, "linestyle": "none"}
    handles = [Line2D([], [], marker="o", label="全年", **look),
               Line2D([], [], marker="o", markerfacecolor="white", label="半年、季度或部分时段，不与全年相比", **look),
               Line2D([], [], marker="|", label="原文只给出上下限", color=SOFT, markersize=6, linewidth=1.6),
               Line2D([], [], linestyle="none", label=f"灰字：缺，及其原因{more}")]
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.003, 0), ncols=4, frameon=False, fontsize=8.5,
                  labelcolor=SOFT, handletextpad=0.3, columnspacing=1.6, handlelength=1.4)


def _rows(axes: Any, lines: list[dict[str, Any]], width: float) -> None:
    """Names of places and periods at the left, a band behind every second place."""
    names = short_names(list(dict.fromkeys(line["place"] for line in lines)))
    bottom = lines[-1]["y"] + ROW if lines else 1
    starts = [line["y"] - (ROW + GAP) / 2 for line in lines if line["first"]] + [bottom - (ROW - GAP) / 2]
    for ax in axes:
        for n, (top, end) in enumerate(pairwise(starts)):
            if n % 2 == 0:
                ax.axhspan(top, end, color=BAND, linewidth=0, zorder=0)
        ax.grid(axis="x", color=FAINT, linewidth=0.7)
        ax.tick_params(axis="both", length=0, labelsize=9)
        ax.spines["left"].set_visible(False)
        ax.set_ylim(starts[-1] if lines else 1, starts[0] if lines else 0)
    axes[0].set_yticks([line["y"] for line in lines],
                       [drawable(when(line["year"], line["period_kind"], line["period_start"], line["period_end"]))
                        for line in lines])
    for line in lines:
        if line["first"]:
            axes[0].annotate(drawable(names[line["place"]]), (0.012 * width * 72, line["y"]), va="center", fontsize=10,
                             xycoords=("figure points", "data"), annotation_clip=False)
    if not lines:
        axes[0].text(0.5, 0.5, "没有可画的数字", transform=axes[0].transAxes, ha="center", color=SOFT)
