"""How sure a figure is: of figures given 0.9, nine in ten should be right in value, unit and measure.

The start is the way its measure was found (a rule of its clause, a list, a wider look, its unit alone), each
with the share that was right in cross-validation by document; what makes reading harder takes some away.
"""

from __future__ import annotations

from wqnlp.figures.context import Context
from wqnlp.tables import table


def sureness(context: Context) -> float:
    """A probability from 0 to 1 that value, unit and measure are right."""
    quantity, known = context.quantity, table("confidence")
    reason = ""
    for told in quantity.reasons:
        if not told.startswith("flag"):
            reason = told
    sure = known["rule"]
    for way, share in known["ways"].items():
        if reason.startswith(way):
            sure = share
            break
    if quantity.flags:
        for flag, factor in known["flags"].items():
            if flag in quantity.flags:
                sure *= factor
    if quantity.unit is None:
        sure *= known["no_unit"]
    return float(min(max(sure, 0.01), 0.99))
