"""Flags that the words around a quantity give: a target not yet reached, a figure of another body."""

from __future__ import annotations

import re

from wqnlp.figures.base import Quantity
from wqnlp.structure.base import Summary

PLANNED = re.compile(r"(?:力争|争取|计划|拟|确保|目标是?|预期|打算|将|要|努力)(?:[^，。；]{0,14}?)(?:达到|达|建成|建立|新增|完成|发展|实现|培训|"
                     r"扩大到|提高到|新建|设立|成立|组建|增设|控制在|创建|打造|开展|举办|培养|帮扶)[^，。；]{0,14}$")
FUTURE = re.compile(r"明年|下半年|下一?步|下阶段|来年|今后|到20\d\d年|新的一年|二季度(?:打算|计划)|(?:三|四)季度将")
QUOTED = re.compile(r"(?:全国妇联|全国|国家统计局|联合国|世界|最高(?:人民)?法院|中国法学会|专家|媒体|有关(?:部门|资料)|北京市)[^，。；]{0,14}"
                    r"(?:调查|统计|显示|表明|披露|报道|数据|抽样)[^。]{0,40}$|(?:调查|资料|研究|数据)(?:结果)?(?:显示|表明)[^。]{0,12}全国[^。]{0,20}$")


def mark(summary: Summary, quantity: Quantity) -> None:
    """Add `planned` and `quoted`."""
    sentence = summary.sentence_at(quantity.start)
    before = summary.repaired.text[max(sentence.start, quantity.start - 80):quantity.start]
    if QUOTED.search(before):
        quantity.flags.add("quoted")
    if PLANNED.search(before) and FUTURE.search(before):
        quantity.flags.add("planned")
