"""Reads any Chinese number, range, percentage and amount, in any script. Nothing is loaded before it is used.

>>> from wqnlp import grammar
>>> [(r.text, r.value, r.low, r.high, r.unit) for r in grammar.parse("接待來訪壹佰伍拾餘人次，佔百分之六")]
[('壹佰伍拾餘人次', 150.0, 150.0, None, '人次'), ('百分之六', 6.0, 6.0, 6.0, '%')]
>>> grammar.read_number("四万五千六百二十二").value, grammar.read_range("20~100")[4:6]
(45622.0, (20.0, 100.0))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wqnlp.grammar.bounds import ranges
    from wqnlp.grammar.parsing import parse, read_amount, read_number, read_percent, read_range
    from wqnlp.grammar.reading import Reading, amounts, numbers, percentages

_HOME = {"parse": "parsing", "read_number": "parsing", "read_range": "parsing", "read_percent": "parsing",
         "read_amount": "parsing", "ranges": "bounds", "numbers": "reading", "percentages": "reading",
         "amounts": "reading", "Reading": "reading"}
__all__ = ["Reading", "amounts", "numbers", "parse", "percentages", "ranges", "read_amount", "read_number",
           "read_percent", "read_range"]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(f"wqnlp.grammar.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
