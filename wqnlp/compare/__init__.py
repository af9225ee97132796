"""Comparison of summaries: place by year, one text counted once, nothing computed that no text says."""

from wqnlp.compare.cells import breakdown, cells, rates
from wqnlp.compare.keyness import concordance, keyness
from wqnlp.compare.originals import Cluster, clusters, counted_once
from wqnlp.compare.panel import panel
from wqnlp.compare.recurrence import Patterns, Raised, occurrences, places, recurring
from wqnlp.compare.spread import Spread, spread
from wqnlp.compare.stored import concordance_of, panel_of, recurring_of, spread_of, texts

__all__ = ["Cluster", "Patterns", "Raised", "Spread", "breakdown", "cells", "clusters", "concordance", "concordance_of",
           "counted_once", "keyness", "occurrences", "panel", "panel_of", "places", "rates", "recurring", "recurring_of",
           "spread", "spread_of", "texts"]
