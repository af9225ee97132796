"""The issues (kinds of grievance) that a summary raises."""

from wqnlp.issues.find import find
from wqnlp.issues.rollup import Rolled, rollup

__all__ = ["Rolled", "find", "rollup"]
