"""Comparison of summaries: place by year, one text counted once, nothing computed that no text says."""

from wqnlp.compare.cells import cells, rates
from wqnlp.compare.originals import Cluster, clusters, counted_once
from wqnlp.compare.panel import panel
from wqnlp.compare.stored import panel_of

__all__ = ["Cluster", "cells", "clusters", "counted_once", "panel", "panel_of", "rates"]
