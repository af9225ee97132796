"""Plots: Chinese that shows, every drawn number from the frame, nothing missing drawn as a number."""

import re
from importlib.util import find_spec

import pandas as pd
import pytest

from wqnlp import plots
from wqnlp.compare import panel as compare
from wqnlp.errors import MissingExtra, Unwritable
from wqnlp.plots import base
from wqnlp.records import Document, Figure


def made(*rows):
    """Panel frame of (place, year, kind, value, low, high, flags)."""
    documents, figures = [], []
    for n, (place, year, kind, value, low, high, flags) in enumerate(rows):
        documents.append(Document(doc_id=f"d{n}", path="", start=0, end=9, title="", place=place,
                                  adcode=f"{110000 + n}", year=year, period_kind=kind))
        if value is not None or low is not None or flags:
            text = "XX件" if "masked" in flags else f"{value}件"
            figures.append(Figure(id=f"d{n}:0-3", doc_id=f"d{n}", start=0, end=3, text=text, sentence="", value=value,
                                  low=low, high=high, unit="件", kind="count", measure="cases_received", flags=flags))
    return compare(documents, figures)


SOME = made(("安徽省六安市霍山县", 2006, "annual", 186, 186, 186, ()),
            ("安徽省六安市霍山县", 2009, "annual", 9000, 9000, None, ("approximate",)),
            ("山东省临沂市沂水县", 2008, "half", 94, 94, 94, ()),
            ("江西省", 2016, "annual", None, None, None, ()),
            ("甘肃省天水市", None, "annual", None, 200, 299, ("masked",)),
            ("河南省许昌市", 2013, "annual", None, None, None, ("masked",)),
            ("贵州省遵义市仁怀市", 2022, "annual", 180, None, None, ("approximate",)))


def texts(shown):
    from matplotlib.text import Text
    return [t.get_text() for t in shown.figure.findobj(Text) if t.get_text()]


def test_every_label_has_its_glyphs():
    shown = plots.panel({"受理接待案件": SOME, "其中家庭暴力": SOME}, title="各地各年")
    assert base.undrawn(shown.figure) == set() and "霍山县" in texts(shown)
    assert shown.png()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_character_no_font_has_is_a_printers_mark_not_a_box():
    shown = plots.panel(made(("霍山\ue123县", 2006, "annual", 186, 186, 186, ())))
    assert base.undrawn(shown.figure) == set() and "霍山〓县" in texts(shown)


def test_numbers_drawn_are_those_of_the_frame():
    shown = plots.panel(SOME)
    told = {float(x) for t in texts(shown) if t.endswith(("件", "）")) for x in re.findall(r"\d+", t)}
    assert told == {186, 9000, 94, 200, 299, 180}
    assert {"9000余件", "约180件", "200–299件（遮盖）", "94件"} <= set(texts(shown))


def test_what_is_missing_is_said():
    assert {"未报告", "遮盖"} <= set(texts(plots.panel(SOME)))


def test_half_years_are_hollow_and_named():
    shown = plots.panel(SOME)
    dots = {line.get_xdata()[0]: line.get_markerfacecolor() for line in shown.axes[0].lines if line.get_marker() == "o"}
    assert dots[94] == "white" and dots[186] != "white" and "2008年半年" in texts(shown)


def test_labels_of_rows_do_not_overlap():
    shown = plots.panel(SOME, title="各地各年")
    boxes = [t.get_window_extent() for t in shown.axes[0].get_yticklabels() + list(shown.axes[0].texts) if t.get_text()]
    assert not [1 for n, a in enumerate(boxes) for b in boxes[n + 1:] if a.overlaps(b)]


@pytest.mark.parametrize("rows", [0, 1])
def test_empty_and_single(rows):
    shown = plots.panel(SOME.head(rows))
    assert len(shown.data) == rows and shown.png()
    assert list(shown.data.columns) == [*SOME.columns, "series"]


def test_zero_is_a_number():
    zero = made(("甲县", 2006, "annual", 0, 0, 0, ()), ("乙县", 2006, "annual", 900, 900, 900, ()),
                ("丙县", 2006, "annual", 3, 3, 3, ()))
    assert "0件" in texts(plots.panel(zero)) and plots.panel(zero.head(1)).png()


def test_too_many_rows_are_told():
    many = made(*[(f"第{n}县", 2006, "annual", n + 1, n + 1, n + 1, ()) for n in range(30)])
    shown = plots.panel(many, rows=10)
    assert len(shown.data) == 10 and any("另有20行未画出" in t for t in texts(shown))


def test_a_row_without_a_place_is_drawn():
    nowhere = made(("甲县", 2006, "annual", 5, 5, 5, ()))
    nowhere["place"] = None
    assert "地区不详" in texts(plots.panel(nowhere))


@pytest.mark.parametrize("font", [font for font in base.PACKAGED if find_spec(font[0])], ids=lambda font: font[0])
def test_every_packaged_font_is_dark_enough_to_read(monkeypatch, font):
    import io

    import matplotlib.image
    monkeypatch.setattr(base, "PACKAGED", (font,))
    base.face.cache_clear()
    try:
        shown = plots.panel(SOME, title="妇联受理接待案件")
        assert base.undrawn(shown.figure) == set()
        head = matplotlib.image.imread(io.BytesIO(shown.png()))[:70, :, :3].mean(axis=2)
        assert (head < 0.35).mean() > 0.014                # the title's strokes are dark, not hairlines
    finally:
        base.face.cache_clear()


def test_no_font_is_an_error_not_boxes(monkeypatch):
    monkeypatch.setattr(base, "PACKAGED", ())
    monkeypatch.setattr(base, "INSTALLED", ("No Such Font",))
    base.face.cache_clear()
    try:
        with pytest.raises(MissingExtra, match=r"E51.*pip install"):
            plots.panel(SOME)
    finally:
        base.face.cache_clear()


def test_a_plot_that_cannot_be_written(tmp_path):
    with pytest.raises(Unwritable, match="E21"):
        plots.panel(SOME).save(tmp_path / "none" / "plot.png")


def test_the_frame_is_left_as_it_was():
    before = SOME.copy()
    plots.panel(SOME)
    pd.testing.assert_frame_equal(SOME, before)
