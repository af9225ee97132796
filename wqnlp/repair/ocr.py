"""What a scanner read or a rewriting program put for something else: 1O件, 2干余份, 3月8目, 咨询题. Told by the words around it.

A number so read is marked in the log (kind `ocr`), and its figure carries the flag `repaired` and less confidence.
A letter alone, or one that may be meant (12O型血, B超), stays. The rows are those of `data/damage.yaml`.
"""

from __future__ import annotations

import re
from functools import cache

from wqnlp.grammar.heads import headed
from wqnlp.span import Edit, Mark
from wqnlp.tables import table

KIND = "ocr"
SURE = 0.85


def spun(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit for each word that a rewriting program put for another, where no other can have stood.

    >>> [edit.new for edit in spun("突出的咨询题〞")[0]], spun("咨询题目12道，开展活动")[0]
    (['问题', '”'], [])
    """
    pattern, words = _spun()
    return [Edit(m.start(), m.end(), words[m.group()], "spun", SURE) for m in pattern.finditer(text) if m.group() in words], []


@cache
def _spun() -> tuple[re.Pattern[str], dict[str, str]]:
    words = {str(old): str(new) for old, new in table("damage")["spun"].items()}
    every = sorted([*words, *table("damage")["spun_but_not"]], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, every))), words


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit for each character that was misread.

    >>> [(e.start, e.new) for e in find("接待1O件，发放2干余份")[0]]
    [(3, '0'), (9, '千')]
    >>> find("12O型血，B超，S省，若干件，自己经营")[0]
    []
    """
    told: dict[int, Edit] = {}
    for pattern, reads in _rows():
        if not any(char in text for char in reads):
            continue
        for found in pattern.finditer(text):
            for name, shown in found.groupdict().items():
                for at, char in enumerate(shown or "", found.start(name)):
                    if char in reads:
                        told.setdefault(at, Edit(at, at + 1, reads[char], KIND, SURE, char))
    return [told[at] for at in sorted(told)], []


@cache
def _rows() -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    return tuple((headed(row["pattern"]), {str(old): str(new) for old, new in row["reads"].items()})
                 for row in table("damage")["ocr"])
