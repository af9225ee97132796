"""Repaired text to summaries: where each begins, its title, headings, sentences and units of work."""

from wqnlp.structure.base import Line, Summary, Unit
from wqnlp.structure.summaries import summaries

__all__ = ["Line", "Summary", "Unit", "summaries"]
