"""The issues (kinds of grievance) that a summary raises."""

from wqnlp.issues.find import find

__all__ = ["find"]
