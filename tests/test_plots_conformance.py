"""`check_plot`: what every plot keeps, from an empty frame to Chinese that no font has."""

import re

import pandas as pd
import pytest
from matplotlib.text import Text

from wqnlp import plots
from wqnlp.plots import base

PLACES = ("安徽省六安市霍山县", "浙江省金华市义乌市", "甘肃省天水市", "湖北省宜昌市", "江苏省苏州市昆山市千灯镇")


def series(places=PLACES, years=(2006, 2007, 2008, 2010)):
    """Cells with a masked one, an interval and a gap."""
    rows = []
    for n, place in enumerate(places):
        for year in years:
            masked = (n + year) % 5 == 0
            value = None if masked else 100.0 + 10 * n + year - 2000
            rows.append({"place": place, "place_id": place, "year": year, "value": value, "status": "masked" if masked else
                         "given", "low": 200.0 if masked else value, "high": 299.0 if masked else value, "unit": "件"})
    return pd.DataFrame(rows).astype({"value": "float64", "low": "float64", "high": "float64"})


def heat(size=3):
    return pd.DataFrame([{"issue": issue, "year": year, "places": 4, "raised": year % 4, "spread": (year % 4) / 4}
                         for issue in ("domestic_violence", "land_rights", "labour")[:size] for year in (2006, 2007, 2010)])


def division(places=PLACES):
    return pd.DataFrame([{"doc_id": place, "place": place, "year": 2006.0, "issue": issue, "cases": cases, "of": 186.0}
                         for place in places for issue, cases in (("marriage_family", 118.0), ("labour", 24.0))])


def covered(places=PLACES):
    return pd.DataFrame([{"doc_id": f"{place}{year}", "place": place, "organisation": None, "adcode": "110000",
                          "year": year, "period_kind": "half" if year == 2007 else "annual",
                          "damage": {"mask": 1} if year == 2008 else {}}
                         for place in places for year in (2006, 2007, 2008, None)])


def words(groups=("甲县", "乙县")):
    return pd.DataFrame([{"group": group, "word": word, "z": 4.0 - n} for group in groups
                         for n, word in enumerate(("土地承包", "家庭暴力", "法律援助"))])


def panels(places=PLACES):
    told = series(places).assign(adcode="110000", period_kind="annual", period_start=None, period_end=None,
                                 figure_id=None, note="", measure="cases_received", issue=None)
    return told.assign(doc_id=[f"d{n}" for n in range(len(told))])


ALL = {"trends": (plots.trends, series), "multiples": (plots.multiples, series),
       "slope": (lambda frame, **told: plots.slope(frame, (2006, 2010), **told), series), "heat": (plots.heat, heat),
       "breakdown": (plots.breakdown, division), "coverage": (plots.coverage, covered), "keyness": (plots.keyness, words),
       "panel": (plots.panel, panels)}


def check_plot(draw, frame):
    """What a plot keeps: the frame as it was, axes, the rows drawn, glyphs for all labels, PNG and SVG."""
    before = frame.copy()
    shown = draw(frame, title="霍山县妇联\ue123总结")
    pd.testing.assert_frame_equal(frame, before)
    assert shown.axes and len(shown.data) <= len(frame) and set(shown.data) - {"series"} <= {*frame.columns, "kind"}
    assert base.undrawn(shown.figure) == set()
    assert shown.png()[:8] == b"\x89PNG\r\n\x1a\n" and b"<svg" in shown.svg()
    return shown


@pytest.mark.parametrize("name", ALL)
def test_a_frame_an_empty_one_and_one_row(name):
    draw, make = ALL[name]
    assert len(check_plot(draw, make()).data)
    empty = check_plot(draw, make().head(0))
    assert empty.data.empty and any("没有可画" in t.get_text() for t in empty.figure.findobj(Text))
    check_plot(draw, make().head(1))


@pytest.mark.parametrize("name", ALL)
def test_labels_stay_inside_the_picture(name):
    draw, make = ALL[name]
    shown = draw(make())
    with base.style():
        shown.figure.draw_without_rendering()
        out = outside(shown)
    assert out == []


def outside(shown):
    """Labels of a plot that are cut at its edge."""
    box = shown.figure.bbox
    texts = [t for ax in shown.axes if ax.get_visible() for t in (*ax.texts, ax.title, *seen(ax))]
    return [t.get_text() for t in texts if t.get_text() and t.get_visible()
           for at in [t.get_window_extent()] if at.x0 < -1 or at.x1 > box.x1 + 1 or at.y0 < -1 or at.y1 > box.y1 + 1]


@pytest.mark.parametrize("name", ["slope", "breakdown", "heat"])
def test_numbers_that_are_written_are_those_of_the_frame(name):
    draw, make = ALL[name]
    frame = make()
    have = {f"{x:.10g}" for column in frame.select_dtypes("number") for x in frame[column].dropna()}
    written = [t.get_text() for ax in draw(frame).axes for t in ax.texts]
    assert written and {n for text in written for n in re.findall(r"\d+(?:\.\d+)?", text)} <= have


def test_a_line_breaks_where_a_year_is_missing():
    drawn = plots.trends(series(PLACES[:1], (2006, 2007, 2009)).assign(value=[5.0, 6.0, 7.0], low=5.0, high=5.0))
    joined = [tuple(line.get_xdata()) for line in drawn.axes[0].lines if line.get_linewidth() == 1.8]
    assert joined == [(2006, 2007)]


def test_a_masked_year_is_a_bar_or_a_mark_and_never_a_point():
    frame = series(PLACES[:1], (2006, 2007, 2008)).assign(value=[5.0, None, None], low=[5.0, 2.0, None],
                                                          high=[5.0, 9.0, None], status=["given", "masked", "masked"])
    lines = plots.trends(frame).axes[0].lines
    assert [line.get_xdata()[0] for line in lines if line.get_linestyle() == ":"] == [2007]
    assert [line.get_xdata()[0] for line in lines if line.get_markerfacecolor() == "white"] == [2008]


def test_svg_is_saved_by_its_name(tmp_path):
    assert plots.trends(series()).save(tmp_path / "plot.svg").read_bytes()[:5] == b"<?xml"


def test_all_small_plots_have_one_scale_with_room_for_all():
    axes = [ax for ax in plots.multiples(series()).axes if ax.get_visible()]
    assert len({ax.get_ylim() for ax in axes}) == 1 and axes[0].get_ylim()[1] > 299


def seen(ax):
    """The labels of the ticks that lie in view."""
    low, high = sorted(ax.get_ylim())
    return [label for at, label in zip(ax.get_yticks(), ax.get_yticklabels(), strict=False) if low <= at <= high]
