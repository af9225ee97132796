"""Plots: one function each, from a frame to axes, with the data shown returned beside them."""

from wqnlp.plots.base import Shown
from wqnlp.plots.panel import panel

__all__ = ["Shown", "panel"]
