"""Source text to aligned, repaired text with a log."""

from wqnlp.repair.base import Repaired
from wqnlp.repair.repairing import repair

__all__ = ["Repaired", "repair"]
