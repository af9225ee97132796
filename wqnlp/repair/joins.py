"""Words cut by the end of a line or a page: the line end goes where the sentence plainly runs on.

Two kinds of proof. A block of lines that all end at one width is wrapped: its full lines run on. Anywhere else the
cut must go through a word (相⏎关部门), a number, or stand after a comma or inside brackets. Where neither
holds, lines are paragraphs and stay.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from wqnlp.span import Edit, Mark

NARROWEST, WIDEST = 36, 140          # columns of a wrapped line: 18 to 70 hanzi
FULL = 0.92                          # of the widest line near it, a line that ends because there is no more room
NEAR = 12                            # lines on each side that show how wide the block is
_ENDED = re.compile("[。！？!?；;：:…][”’」』）)》】]*$|^[^。]{0,40}[）)》】」』]$")
_BEGINS = re.compile(
    "[（(]?[一二三四五六七八九十]{1,3}[）)、．.是要]|[（(]?\\d{1,2}[）)、．.](?!\\d)|[①-⑩⑴-⒇⒈-⒛●■◆★※▲►•·\\-—#*|+]"
    "|第[一二三四五六七八九十\\d]+[章节条部分篇]|表\\d|图\\d|附[：:件表]|注[：:]|单位[：:]|二[○〇零]|(?:19|20)\\d\\d年\\d{1,2}月\\d{1,2}日\\s*$"
    "|其[一二三四五]|首先|[（(]一[）)]|Page|http")
_TITLE = re.compile("(?:总结|小结|报告|汇报|情况|要点|方案|计划|材料|讲话|通报|综述|通知|经验|分析|体会|打算|思考|做法)"
                    "(?:[（(].{1,14}[）)])?$")
_SIGNED = re.compile("^[^，。；：]{2,24}(?:妇联|妇女联合会|委员会|办公室|权益部|人民政府|工委)[^，。；：]{0,4}$")
_STOPS = re.compile("[，。；：、！？,;“”（）]")
_LOOSE = " \t\u3000\xa0\r"


class _Line(NamedTuple):
    start: int                       # with its white space
    end: int                         # before the line feed
    text: str                        # without white space around it
    width: int                       # columns, a hanzi two
    indented: bool


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit for each line end that cuts a sentence.

    >>> [(e.start, e.end) for e in find("一是加强学习，举办培训班；配合市信访办和相\\n关部门抓好舆论宣传。\\n")[0]]
    [(21, 22)]
    >>> find("一、畅通渠道，妥善处理信访案件\\n全年共接待来访121件。\\n（一）主要做法\\n全县建站16个。")[0]
    []
    """
    edits: list[Edit] = []
    feeds = [m.start() for m in re.finditer("\n", text)]
    if not feeds:
        return [], []
    starts = [0, *[feed + 1 for feed in feeds]]
    lines = [_line(text, start, end) for start, end in zip(starts, [*feeds, len(text)], strict=True)]
    for index in range(len(lines) - 1):
        before, after = lines[index], lines[index + 1]
        if _may_run_on(before, after) and (_wrapped(lines, index) or _cut(before.text, after.text)):
            end = after.end - len(text[after.start:after.end].lstrip(_LOOSE))
            start = before.start + len(text[before.start:before.end].rstrip(_LOOSE))
            space = " " if text[start - 1].isascii() and text[start - 1].isalpha() and text[end:end + 1].isalpha() \
                and text[end:end + 1].isascii() else ""
            edits.append(Edit(start, end, space, "join"))
    return edits, []


def _line(text: str, start: int, end: int) -> _Line:
    raw = text[start:end]
    bare = raw.strip(_LOOSE)
    width = 0 if len(bare) > WIDEST else len(bare) + sum(char > "\u2e7f" or char in "“”‘’—…" for char in bare)
    return _Line(start, end, bare, width or (WIDEST * 2 if bare else 0), raw[:1] in ("\u3000", "\t") or raw[:2] == "  ")


def _may_run_on(before: _Line, after: _Line) -> bool:
    """Whether nothing speaks against it: no sentence end, no heading, title, table, signature, date or new item."""
    first, second = before.text, after.text
    if not first or not second or after.indented or _ENDED.search(first) or _BEGINS.match(second):
        return False
    if "|" in first + second or "\t" in first + second or _TITLE.search(first) or _SIGNED.match(first):
        return False
    if _SIGNED.match(second) or (_TITLE.search(second) and len(second) < 40):
        return False
    return len(first) >= 8


def _wrapped(lines: list[_Line], index: int) -> bool:
    """Whether the line stands in a block of lines of one width and fills that width itself."""
    width = lines[index].width
    if not NARROWEST <= width <= WIDEST:
        return False
    near = [line for line in lines[max(0, index - NEAR):index + NEAR + 1] if line.text]
    widest = max(line.width for line in near)
    if widest > WIDEST or width < FULL * widest:
        return False
    full = [line for line in near if line.width >= FULL * widest]
    running = sum(not _ENDED.search(line.text) for line in full)
    return running >= 3 and len(full) >= 0.4 * len(near)


def _cut(first: str, second: str) -> bool:
    """Whether the line end goes through a sentence, wherever the lines end."""
    body = "。" in first or "，" in first or "," in first
    if not body:
        return False
    if first[-1] in "，,、（(《“‘〔[【" or second[0] in "，,、。；：！？）)》”’〕】%％":
        return True
    if first[-1].isdigit() and (second[0].isdigit() or second[0] in ".．"):
        return False                                  # one number or two: not for us to say
    return _through_word(first, second)


def _through_word(first: str, second: str) -> bool:
    """Whether a word of the dictionary stands across the line end, when both sides are cut into words together."""
    import jieba

    jieba.setLogLevel(60)
    left, right = _STOPS.split(first)[-1][-12:], _STOPS.split(second)[0][:12]
    edge = len(left)
    if not left or not right:
        return False
    at, ends = 0, {0}
    for word in jieba.cut(left + right, HMM=False):
        at += len(word)
        ends.add(at)
    return edge not in ends
