"""Marks of Markdown, as notes and converters write it: # before a heading, ** around a word, links, rules, fences.

Only in a text that is plainly Markdown: elsewhere an asterisk stands for a digit or a name that somebody took out, and
stays (2*件, 张**). What is between the marks is kept as it is.
"""

from __future__ import annotations

import re

from wqnlp.span import Edit, Mark

KIND = "markup"
SIGNS = 3                                # words in bold and links that make a text Markdown; a heading is two
_HEADING = re.compile(r"^[ \t]{0,3}(?P<mark>#{1,6}[ \t]+)(?=\S)", re.MULTILINE)
_BULLET = re.compile(r"^[ \t]*(?P<mark>[-*+])(?=[ \t]+\S)", re.MULTILINE)
_QUOTE = re.compile(r"^[ \t]{0,3}(?P<mark>(?:>[ \t]?)+)", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*(?P<mark>(?:[-*_][ \t]*){3,}|(?:`{3,}|~{3,})\w*)$", re.MULTILINE)
_LINK = re.compile(r"(?P<before>!?\[)(?P<words>[^\[\]\n]{0,200})(?P<after>\]\([^()\s]*(?:\s\"[^\"\n]*\")?\))")
_TICK = re.compile(r"(?<!`)(?P<before>`)(?P<words>[^`\n]{1,80})(?P<after>`)(?!`)")
_PLACE = "省市县区州旗乡镇村街路某年月日"      # **县 is a name that was taken out
_STRONG = re.compile(rf"(?<![*\d])(?P<before>\*\*|__)(?![\s，、。；：）)》”{_PLACE}])(?P<words>[^*_\n]{{1,120}}?)(?<=\S)"
                     rf"(?P<after>(?P=before))(?![*{_PLACE}])")
_SLANTED = re.compile(rf"(?<![\w*])(?P<before>\*)(?![\s，、。；：）)》”{_PLACE}])(?P<words>[^*\n，、；]{{1,80}}?)(?<=\S)"
                      r"(?P<after>\*)(?![\w*])")
_SOME = re.compile(r"#[ \t]|\*\*|__|\]\(")


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit for each mark: dropped, or • for what begins an item of a list.

    >>> text = "# 县妇联总结\\n\\n## 一、接访 ##\\n- 受理**家庭暴力**案件*31*件\\n- 走访[留守儿童](http://a.cn)9人"
    >>> "|".join(text[e.start:e.end] + e.new for e in find(text)[0])
    '# |## | ##|-•|**|**|-•|[|](http://a.cn)'
    >>> find("张**等3人来访，涉案2*件。\\n# 张*、李*")[0]
    []
    """
    if not _is_markdown(text):
        return [], []
    found = [(one.start("mark"), one.end("mark"), "") for pattern in (_HEADING, _QUOTE, _RULE) for one in pattern.finditer(text)]
    found += [(*span, "") for one in _HEADING.finditer(text) if (span := _closing(text, one.end()))]
    found += [(one.start("mark"), one.end("mark"), "•") for one in _BULLET.finditer(text)]
    for pattern in (_LINK, _TICK, _STRONG, _SLANTED):
        found += [(*one.span(part), "") for one in pattern.finditer(text) for part in ("before", "after")]
    edits: list[Edit] = []
    for start, end, new in sorted(found, key=lambda one: (one[0], -one[1])):
        if not edits or start >= edits[-1].end:
            edits.append(Edit(start, end, new, KIND))
    return edits, []


def _closing(text: str, start: int) -> tuple[int, int] | None:
    """The # that a heading may end with as well, and the blanks before them; `start` is where its words begin."""
    end = text.find("\n", start)
    words = (text[start:] if end < 0 else text[start:end]).rstrip()
    bare = words.rstrip("#")
    return (start + len(bare.rstrip()), start + len(words)) if bare != words and bare[-1:].isspace() else None


def _is_markdown(text: str) -> bool:
    """Whether marks are plainly those of Markdown: the first line is a heading with #, or there are several signs of it."""
    if _SOME.search(text) is None:
        return False
    headings = list(_HEADING.finditer(text))
    if headings and not _RULE.sub("", text[:headings[0].start()]).strip():
        return True
    words = sum(re.search("[，。；]", one["words"]) is None for one in _STRONG.finditer(text))
    return 2 * len(headings) + words + sum(1 for _ in _LINK.finditer(text)) >= SIGNS
