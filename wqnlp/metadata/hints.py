"""Which of several places of one name a summary means, where no parent is named: by its papers and by who stands above it.

There are three counties of the name 铁西区 and two of 城关区. A paper numbered 沈铁妇发 is of 沈阳市铁西区, by the first
characters of prefecture and county (党政机关公文格式, GB/T 9704); and a county that speaks of 省妇联 is in no autonomous region.
"""

from __future__ import annotations

import re
from functools import cached_property

from wqnlp.grammar import places

AUTONOMOUS = frozenset({"15", "45", "54", "64", "65"})
MUNICIPAL = frozenset({"11", "12", "31", "50"})
_PAPER = re.compile(r"([\u4e00-\u9fff]{2,3})(?:妇|政|公|法|委|府|综治|信|民|人社|司)[\u4e00-\u9fff]{0,3}[发字办函]"
                    r"\s*[〔\[（(［]\s*(?:19|20|[1２])")
_PROVINCE = re.compile("(?<!外)(?<!我)省(?:妇联|妇女联合会|委(?!会)|政府|高院|公安厅|妇儿工委|人大)")
_REGION = re.compile("自治区(?:妇联|妇女联合会|党委|政府|高院|公安厅|妇儿工委|人大)|区党委")


class Hints:
    """What a summary says elsewhere of its place; looked for once, and only where a name is of several places.

    >>> Hints("按照沈铁妇发〔2012〕3号文件要求").narrowed(("210106", "210303"))
    ('210106',)
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def narrowed(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """The places that the text allows; all, where it says nothing or fits none."""
        if len(ids) < 2:
            return ids
        fitting = tuple(i for i in ids if self._allows(i)) or ids
        return tuple(i for i in fitting if self._papers & _abbreviations(i)) or fitting

    @cached_property
    def _papers(self) -> set[str]:
        return {found[1][-2:] for found in _PAPER.finditer(self._text)}

    @cached_property
    def _above(self) -> tuple[bool, bool]:
        """Whether the text speaks of a province above it, and of an autonomous region."""
        return bool(_PROVINCE.search(self._text)), bool(_REGION.search(self._text))

    def _allows(self, identity: str) -> bool:
        """Whether a place has a level above it of the kind that the text speaks of."""
        province, region = self._above
        if province == region:
            return True
        return identity[:2] in AUTONOMOUS if region else identity[:2] not in AUTONOMOUS | MUNICIPAL


def _abbreviations(identity: str) -> set[str]:
    """How the papers of a county begin: the first characters of its prefecture and of itself."""
    own = {division.name[0] for division in places.history(identity)}
    above = {division.name[0] for holder in places.holders(identity) for division in places.history(holder)}
    return {first + last for first in above for last in own}
