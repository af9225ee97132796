"""Subjects left out: a sentence that begins with what became of the thing the sentence before spoke of.

    家庭暴力118件次。占婚姻家庭四成。上年96件次。        all of them are about domestic violence
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from wqnlp.figures.base import Quantity
from wqnlp.figures.context import Context

_BEGINS = re.compile(
    r"^[\s　“”]*(?:今年|本年|全年|同期|其间|期间)?"
    r"(?:[这此该本]类(?:问题|案件|纠纷|信访|诉求|投诉|矛盾)?[^，；。【〔]{0,4}|占|(?:上|去|前)(?:一)?年|同期|同比|环比|与?(?:上|去)年|比|较|增(?!强|进|设|值)|减(?!免|轻)|上升|下降|"
    r"(?:少|多)了?(?=【|〔)|其中|已?办结|已结|结(?:案|了)?(?=【|〔)|余(?=【|〔)|尚有|尚余|其余|余下|剩下?|前者|后者|(?:19|20)?\d\d年(?:同期)?[为是有]?(?=【|〔))")
REACH = 8               # figures of the sentence before that an elided one may be of


def before(views: Sequence[Context], quantities: Sequence[Quantity], starts: Sequence[int], index: int, text: str) -> Sequence[Quantity]:
    """The figures that the first of a sentence may lean on: the last ones, where the sentence leans.

    `text` is the repaired text: a sentence of another paragraph is leaned on by nobody.
    """
    view = views[index]
    if not index or not _BEGINS.match(view.wide):
        return []
    last = views[index - 1].sentence
    if "\n" in text[last.end:view.sentence.start]:
        return []
    return quantities[max(bisect_left(starts, last.start), index - REACH):index]
