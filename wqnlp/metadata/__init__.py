"""What a summary says of itself: organisation, place, year and period, by rules that vote."""

from wqnlp.metadata.describe import describe

__all__ = ["describe"]
