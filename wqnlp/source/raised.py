"""What small raised characters mean: powers, and the numbers of notes."""

from __future__ import annotations

import re

_NOTE = re.compile(r"\s*[\[［【(（〔<]?\s*(?:\d{1,3}|[*＊†‡#①-⑳]|注\d{0,2})\s*[\]］】)）〕>]?\s*")
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_POWER = re.compile(r"(?:[a-zA-Zμ米]|(?<!\d)10)$")


def raised(text: str, before: str) -> str | None:
    """What raised text is written as after `before`; None where it is neither a power nor the number of a note.

    A digit that is raised is never part of the number before it: it is a power (10⁴, km²) or points to a note, and then
    goes.

    >>> [raised(text, before) for text, before in [("2", "5km"), ("[3]", "286"), ("1", "286件"), ("4", "10"), ("据来访", "件")]]
    ['²', '', '', '⁴', None]
    """
    if not _NOTE.fullmatch(text):
        return None
    return text.strip().translate(_RAISED) if text.strip().isdecimal() and _POWER.search(before) else ""
