"""Plots: one function each, from a frame to axes, with the data shown returned beside them."""

from wqnlp.plots.base import Shown
from wqnlp.plots.coverage import coverage
from wqnlp.plots.issues import breakdown, heat, keyness
from wqnlp.plots.panel import panel
from wqnlp.plots.series import multiples, slope, trends

__all__ = ["Shown", "breakdown", "coverage", "heat", "keyness", "multiples", "panel", "slope", "trends"]
