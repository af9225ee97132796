"""What each unit of work is about."""

from wqnlp.themes.activities import activities

__all__ = ["activities"]
