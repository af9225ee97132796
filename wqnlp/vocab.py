"""The codes of `data/taxonomy.yaml`: measures, issues, themes, actors, with Chinese labels and parents."""

from __future__ import annotations

from functools import cache

from wqnlp.errors import DataError
from wqnlp.tables import table

KINDS = ("measures", "issues", "themes", "actors")


@cache
def codes(kind: str) -> tuple[str, ...]:
    """All codes of `measures`, `issues`, `themes` or `actors`, in taxonomy order.

    >>> codes("actors")[:2]
    ('womens_federation', 'court')
    """
    if kind not in KINDS:
        raise DataError("E33", kind, f"not a kind of code; there are {', '.join(KINDS)}")
    return tuple(table("taxonomy")[kind])


def label(kind: str, code: str) -> str:
    """The Chinese label of a code.

    >>> label("issues", "domestic_violence")
    '家庭暴力'
    """
    return str(table("taxonomy")[kind][code]["zh"])


def parent(issue: str) -> str | None:
    """The broader issue a code belongs to, or None for a top one.

    >>> parent("domestic_violence"), parent("marriage_family")
    ('marriage_family', None)
    """
    found = table("taxonomy")["issues"][issue].get("parent")
    return None if found is None else str(found)
