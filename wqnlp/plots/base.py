"""What every plot needs: a font that has the characters, colours, and a result that carries the data it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wqnlp.errors import MissingExtra, Unwritable

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

PACKAGED = (("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf"),)
INSTALLED = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei",
             "PingFang SC", "Hiragino Sans GB", "SimHei", "Heiti SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
             "Arial Unicode MS", "Noto Serif CJK SC", "SimSun", "Songti SC")
NEEDED = "县妇联受理接待案件家庭暴力年半季度未报告遮盖缺损约"
UNDRAWABLE = "〓"                        # the printer's mark for a type that is not in the case

INK, SOFT, FAINT, BAND = "#1f2933", "#7b8794", "#d9dee3", "#f6f7f9"
SERIES = ("#2f6f9f", "#b4493b", "#4f8a54", "#8a6bb1")


@dataclass(frozen=True, slots=True)
class Face:
    """A font file with Chinese. The variable one opens at its thinnest, so its letters are drawn with an outline."""

    path: str
    thin: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A plot: its figure, its axes, and the very rows that are drawn."""

    figure: Canvas
    axes: tuple[Axes, ...]
    data: pd.DataFrame

    def png(self, dpi: int = 160) -> bytes:
        """The plot as a PNG image."""
        held = BytesIO()
        with style():
            self.figure.savefig(held, format="png", dpi=dpi, facecolor="white")
        return held.getvalue()

    def svg(self) -> bytes:
        """The plot as SVG, its letters as outlines, so that it looks the same where the font is missing."""
        held = BytesIO()
        with style():
            self.figure.savefig(held, format="svg", facecolor="white", metadata={"Date": None})
        return held.getvalue()

    def save(self, path: Path, dpi: int = 160) -> Path:
        """Write PNG, or SVG where the name ends in .svg; raises Unwritable (E21) where the folder cannot be written."""
        try:
            path.write_bytes(self.svg() if path.suffix == ".svg" else self.png(dpi))
        except OSError as fault:
            raise Unwritable("E21", str(path), f"the plot cannot be written: {fault.strerror}",
                             "choose another output folder") from fault
        return path

    def _repr_png_(self) -> bytes:
        return self.png(110)


@cache
def face() -> Face:
    """A font with the Chinese characters of our labels: a packaged one, or else one of this machine.

    Raises MissingExtra (E51) where there is none: a plot of empty boxes is never drawn.

    >>> Path(face().path).is_file()
    True
    """
    for package, name in PACKAGED:
        spec = find_spec(package)
        path = Path(spec.origin).with_name(name) if spec and spec.origin else None
        if path and path.is_file() and set(NEEDED) <= characters(str(path)):
            return Face(str(path), "VF" in name)
    from matplotlib import font_manager

    by_name = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    for name in INSTALLED:
        if name in by_name and set(NEEDED) <= characters(by_name[name]):
            return Face(by_name[name], False)
    raise MissingExtra("E51", "plots", "no font with Chinese characters was found", "pip install pylopdf-fonts-zh-cn")


@cache
def characters(path: str) -> frozenset[str]:
    """The characters a font file has a glyph for."""
    from matplotlib.ft2font import FT2Font

    return frozenset(map(chr, FT2Font(path).get_charmap()))


def drawable(text: str) -> str:
    """The text with 〓 for each character the font lacks.

    >>> drawable("霍山县\\ue000妇联")
    '霍山县〓妇联'
    """
    have = characters(face().path)
    return "".join(c if c in have or c == "\n" else UNDRAWABLE for c in text)


@contextmanager
def style() -> Iterator[None]:
    """Within it, everything drawn has the Chinese font and the house's plain look."""
    import matplotlib
    from matplotlib import font_manager

    path = face().path
    if path not in {entry.fname for entry in font_manager.fontManager.ttflist}:
        font_manager.fontManager.addfont(path)
    entry = next(entry for entry in font_manager.fontManager.ttflist if entry.fname == path)
    look: dict[Any, Any] = {
        "font.family": [entry.name], "font.weight": entry.weight, "axes.titleweight": entry.weight,
        "font.size": 9.5, "axes.titlesize": 11.5, "axes.unicode_minus": False, "axes.axisbelow": True,
        "text.color": INK, "axes.labelcolor": INK, "xtick.color": SOFT, "ytick.color": INK, "axes.edgecolor": FAINT,
        "axes.spines.top": False, "axes.spines.right": False, "figure.facecolor": "white",
    }
    with matplotlib.rc_context(look):
        yield


def thicken(figure: Canvas) -> None:
    """An outline round the letters of a font that is too thin to read; does nothing for others."""
    if not face().thin:
        return
    from matplotlib.patheffects import withStroke
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        text.set_path_effects([withStroke(linewidth=0.45, foreground=text.get_color())])


def canvas(width: float, height: float, rows: int = 1, columns: int = 1, **shared: Any) -> tuple[Canvas, Any]:
    """A figure of so many inches and its axes as a two-dimensional array, within `style`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), facecolor="white", layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **shared)


def finished(figure: Canvas, axes: Any, data: pd.DataFrame, title: str) -> Shown:
    """The plot with its title, ready to be shown; where there is nothing, it says so."""
    found = tuple(axes.ravel())
    if data.empty:
        found[0].text(0.5, 0.5, "没有可画的数字", transform=found[0].transAxes, ha="center", color=SOFT)
        for ax in found:
            ax.set_xticks([])
            ax.set_yticks([])
    if title:
        figure.suptitle(drawable(title), x=0.01, ha="left", fontsize=13)
    thicken(figure)
    figure.draw_without_rendering()
    return Shown(figure, found, data)


def spaced(places: Sequence[float], least: float) -> list[float]:
    """Where labels go so that each is `least` from the next, as near to its place as may be, in the order given.

    >>> spaced([1.0, 1.1, 5.0], 0.5)
    [0.8, 1.3, 5.0]
    """
    order = sorted(range(len(places)), key=lambda n: places[n])
    groups: list[list[float]] = []                         # sum of places, how many
    for n in order:
        groups.append([places[n], 1])
        while len(groups) > 1 and _edge(groups[-2], least, 1) > _edge(groups[-1], least, -1) - least:
            total, many = groups.pop()
            groups[-1] = [groups[-1][0] + total, groups[-1][1] + many]
    put = [g[0] / g[1] + least * (k - (g[1] - 1) / 2) for g in groups for k in range(int(g[1]))]
    found = dict(zip(order, put, strict=True))
    return [round(found[n], 6) for n in range(len(places))]


def _edge(group: Sequence[float], least: float, side: int) -> float:
    return group[0] / group[1] + side * least * (group[1] - 1) / 2


def undrawn(figure: Canvas) -> set[str]:
    """Characters of a figure's texts that its font lacks: each would be an empty box. Tests want none."""
    from matplotlib.text import Text

    have = characters(face().path)
    texts = [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]
    return {c for text in texts for c in text if c not in have} - {"\n"}
