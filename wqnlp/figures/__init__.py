"""Figures: every reported quantity of a summary, with what it counts, and every number set aside."""

from __future__ import annotations

from wqnlp.figures.extracting import extract as extract
from wqnlp.figures.why import reasons as reasons
