"""Comparison of summaries: place by year, one text counted once, nothing computed that no text says."""

from wqnlp.compare.panel import counted_once, panel

__all__ = ["counted_once", "panel"]
