"""Words cut by the end of a line or a page: the line end goes where the sentence plainly runs on.

Two kinds of proof. A block of lines that all end at one width is wrapped: its full lines run on. Anywhere else the
cut goes through a word (相⏎关部门) or a number, stands after a comma or inside brackets, or is a rare line of
prose without an end in a file whose other lines have one. Where nothing of this holds, lines are paragraphs.
"""

from __future__ import annotations

import re
from operator import attrgetter
from typing import NamedTuple

from wqnlp.span import Edit, Mark

NARROWEST, WIDEST = 36, 140          # columns of a wrapped line: 18 to 70 hanzi
ROOM = 6                             # columns short of the widest line near it, a line ends for want of room
SHORTEST = 8                         # characters of a line that may be the first half of a sentence
NEAR = 30                            # lines on each side that show how wide the block is
_ENDED = re.compile("[。！？!?；;：:…][”’」』）)》】]*$|^[^。]{0,40}[）)》】」』]$")
_STOP = frozenset("。！？!?；;：:…")
_CLOSED = re.compile("[。！？!?：:…][”’」』）)》】]*$")             # ends a sentence even where the line is full
_BEGINS = re.compile(
    "[（(]?[一二三四五六七八九十]{1,3}[）)、．.是要]|[（(]?\\d{1,2}[）)、．.](?!\\d)|[①-⑩⑴-⒇⒈-⒛●■◆★※▲►•·\\-—#*|+]"
    "|第[一二三四五六七八九十\\d]+[章节条部分篇]|表\\d|图\\d|附[：:件表]|注[：:]|单位[：:]|二[○〇零]|(?:19|20)\\d\\d年\\d{1,2}月\\d{1,2}日\\s*$"
    "|其[一二三四五]|首先|[（(]一[）)]|Page|http")
_TITLE = re.compile("(?:总结|小结|报告|汇报|情况|要点|方案|计划|材料|讲话|通报|综述|通知|经验|分析|体会|打算|思考|做法)"
                    "(?:[（(].{1,14}[）)])?$")
_SIGNED = re.compile("^[^，。；：]{2,24}(?:妇联|妇女联合会|委员会|办公室|权益部|人民政府|工委)[^，。；：]{0,4}$")
_STOPS = re.compile("[，。；：、！？,;“”（）]")
_NUMBER_ON = re.compile("[\\d.．]*(?:[件户起份场次元万亿年月日%％余多个]|人次|名)")
_WIDE = re.compile("[\u2e80-\U0010ffff“”‘’—…]+")
_LOOSE = " \t\u3000\xa0\r\f\u200b\ufeff"


class _Line(NamedTuple):
    start: int                       # with its white space
    end: int                         # before the line feed
    text: str                        # without white space around it
    width: int                       # columns, a hanzi two
    chars: int                       # some converters wrap by these
    indented: bool


_BY_WIDTH, _BY_COUNT = attrgetter("width"), attrgetter("chars")


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit for each line end that cuts a sentence.

    >>> [(e.start, e.end) for e in find("一是加强学习，举办培训班；配合市信访办和相\\n关部门抓好舆论宣传。\\n")[0]]
    [(21, 22)]
    >>> [(e.start, e.end) for e in find("全年，共接待来信来访来电12\\n8件，办结率为98%。")[0]]
    [(14, 15)]
    >>> find("一、畅通渠道，妥善处理信访案件\\n全年共接待来访121件。\\n（一）主要做法\\n全县建站16个。")[0]
    []
    """
    edits: list[Edit] = []
    feeds = [m.start() for m in re.finditer("\n", text)]
    if not feeds:
        return [], []
    starts = [0, *[feed + 1 for feed in feeds]]
    lines = [_line(text, start, end) for start, end in zip(starts, [*feeds, len(text)], strict=True)]
    rare, words = _rare(lines), dict[int, bool]()
    for index in range(len(lines) - 1):
        before, after = lines[index], lines[index + 1]
        if len(before.text) >= SHORTEST and _may_run_on(before, after) and (
                _wrapped(lines, index) or _cut(before.text, after.text, rare=rare) or _ragged(lines, index, words)):
            end = after.end - len(text[after.start:after.end].lstrip(_LOOSE))
            start = before.start + len(text[before.start:before.end].rstrip(_LOOSE))
            space = " " if text[start - 1].isascii() and text[start - 1].isalpha() and text[end:end + 1].isalpha() \
                and text[end:end + 1].isascii() else ""
            edits.append(Edit(start, end, space, "join"))
    return edits, []


def _line(text: str, start: int, end: int) -> _Line:
    raw = text[start:end]
    shown, bare = raw.rstrip(_LOOSE), raw.strip(_LOOSE)
    width = len(shown) + sum(map(len, _WIDE.findall(shown, 0, WIDEST)))
    return _Line(start, end, bare, width, len(shown), raw[:1] in ("\u3000", "\t") or raw[:2] == "  ")


def _ended(line: str) -> bool:
    """Whether a line ends as a sentence does, or as a short one that a bracket closes."""
    return line[-1:] in _STOP or bool(_ENDED.search(line))


def _may_run_on(before: _Line, after: _Line) -> bool:
    """Whether nothing speaks against it: no sentence end, no heading, title, table, signature, date or new item."""
    first, second = before.text, after.text
    if not first or not second or after.indented or _CLOSED.search(first) or _BEGINS.match(second):
        return False
    if "|" in first + second or "\t" in first + second:
        return False
    alone = any(_SIGNED.match(line) or (_TITLE.search(line) and len(line) < 40 and not set("。，；") & set(line))
                for line in (first, second))
    return not alone


def _wrapped(lines: list[_Line], index: int) -> bool:
    """Whether the line stands in a block of lines of one width and fills that width itself."""
    near = [line for line in lines[max(0, index - NEAR):index + NEAR + 1] if line.text]
    if lines[index].width < NARROWEST or max(line.width for line in near) > WIDEST:
        return False
    for measure, room in ((_BY_WIDTH, ROOM), (_BY_COUNT, 1)):
        full = max(map(measure, near)) - room
        if measure(lines[index]) >= full and \
                sum(measure(line) >= full and not _ended(line.text) for line in near) >= 3:
            return True
    return False


def _ragged(lines: list[_Line], index: int, words: dict[int, bool]) -> bool:
    """Whether the line stands in a block that is wrapped without one width: three line ends near it cut a word."""
    first = max(0, index - NEAR)
    near = [(at, line) for at, line in enumerate(lines[first:index + NEAR + 1], first) if line.text]
    running = sorted(line.width for _, line in near if not _ended(line.text))
    if not running:
        return False
    usual = running[len(running) * 9 // 10]
    if usual < NARROWEST or lines[index].width < 0.8 * usual or max(line.width for _, line in near) > WIDEST:
        return False
    proofs = 0
    for at, line in near:
        if at + 1 < len(lines) and line.width >= 0.8 * usual and _may_run_on(line, lines[at + 1]):
            if at not in words:
                words[at] = _through_word(line.text, lines[at + 1].text)
            proofs += words[at]
    return proofs >= 3 and 2 * len(running) >= len(near) * 0.6


def runs_on(first: str, second: str) -> bool:
    """Whether a line plainly goes on in the next, where something else than its length broke it.

    >>> runs_on("一年来扎实做好来", "信来访接待工作。"), runs_on("县妇联2014年维权工作总结", "2014年，县妇联")
    (True, False)
    """
    if not _may_run_on(_line(first, 0, len(first)), _line(second, 0, len(second))):
        return False
    first, second = first.strip(_LOOSE), second.strip(_LOOSE)
    return first[-1] in ",，、" or _prose(first) or _through_word(first, second)


def _prose(line: str) -> bool:
    """Whether a line is of a paragraph, not a heading."""
    return "。" in line or (len(line) >= 25 and "，" in line.replace(",", "，") and not _BEGINS.match(line))


def _rare(lines: list[_Line]) -> bool:
    """Whether lines of prose in this file end as sentences do, so that one that does not is cut."""
    prose = [line.text for line in lines if _prose(line.text)]
    return sum(not _ended(line) for line in prose) <= max(2, 0.3 * len(prose))


def _cut(first: str, second: str, *, rare: bool) -> bool:
    """Whether the line end goes through a sentence, wherever the lines end."""
    if not set("。，,") & set(first) or _ended(first):
        return False
    if first[-1] in "，,、（(《“‘〔[【" or second[0] in "，,、。；：！？）)》”’〕】%％":
        return True
    if first[-1].isdigit() and _NUMBER_ON.match(second):
        return True                                   # no sentence ends in a bare number
    if rare and _prose(first) and set("。，,；;") & set(second):
        return True
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
