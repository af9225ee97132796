"""Lines that lost their breaks: where, inside one long line, a heading, an item or a paragraph begins."""

from __future__ import annotations

import re

from wqnlp.grammar.heads import headed

FLAT = 500                 # a physical line longer than this, with headings inside, has lost its line breaks
_NEAR = 45                 # a heading is no longer than this where an item follows it with nothing between
_ORDER = "一二三四五六七八九十"
_INSIDE = re.compile(r"(?<=[。！？；：”）)])[ 　]*(?=[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十][、审级])|"
                     r"[（(][一二三四五六七八九十]{1,3}[）)](?!项|款))")
_CHAINED = headed(r"(?<![、一二三四五六七八九十百第])([一二三四五六七八九十]{1,2})、"
                      r"(?![一二三四五六七八九十][、审级是])")
_NUMBERED = headed(r"(?<=[。！？：”\u4e00-\u9fff 　])([0-9]{1,2})[、．.](?![0-9])(?=[“《\u4e00-\u9fff])")
_BRACKET = re.compile(r"(?<=[\u4e00-\u9fff])[ 　]*(?=[（(][一二三四五六七八九十]{1,2}[）)](?!项|款|类|批|期))")
_FIRSTLY = re.compile(r"(?<=[。！？：”])[ 　]*(?=[一二三四五六七八九十]是)")
_GAP = headed(r"(?<=[。！？：”）\u4e00-\u9fff])(?:[ 　]{2,}|　)(?=\S)")
_BLANK = headed(r"(?<=[。！？：；”）\u4e00-\u9fff])[ 　]+(?=[^\s0-9A-Za-z]|[0-9]{1,2}[、．.])")
_ENDED = re.compile(r"[。！？：”][ 　]+(?=\S)")
_ITEM = re.compile(r"一是|1[、．.](?![0-9])|[（(]一[）)]")


def cuts_of(text: str, start: int, end: int) -> list[int]:
    """Offsets inside the line `text[start:end]` at which a piece begins.

    A heading after a full stop begins one in any line. In a long line with several headings so do items, and
    headings whose stop is lost, if their numbers follow one another.

    >>> line = "现总结如下：一、接访。全年9件。二、普法。三八期间2场。"
    >>> [line[at:at + 3] for at in cuts_of(line, 0, len(line))]
    ['一、接', '二、普']
    """
    if end - start < 24:
        return []
    cuts = {found.end() for found in _INSIDE.finditer(text, start, end)}
    if end - start <= FLAT:
        return sorted(cuts)
    headings = cuts | set(_chain(text, start, end))
    numbered = _numbered(text, start, end)
    gaps = {found.end() for found in _GAP.finditer(text, start, end)}
    if len(headings) < 2 and len(numbered) < 3 and len(gaps) < 3:
        return sorted(cuts)
    cuts = headings | numbered
    if len(headings) >= 2:
        cuts |= {found.end() for found in _BRACKET.finditer(text, start, end)}
        cuts |= {found.end() for found in _FIRSTLY.finditer(text, start, end)}
        cuts |= {item for heading in cuts if (item := _item(text, heading, end)) is not None}
    if len(gaps) >= 3:
        cuts |= gaps
    if len(_ENDED.findall(text, start, end)) >= 4:
        cuts |= _blanks(text, start, end)
    return sorted(cuts)


def _chain(text: str, start: int, end: int) -> list[int]:
    """Markers 一、 二、 三、 that follow one another through a line, whatever stands before them."""
    places, wanted = [], 1
    for found in _CHAINED.finditer(text, start, end):
        value = _ordinal(found.group(1))
        if value == wanted or (value == 1 and wanted > 2):
            places.append(found.start())
            wanted = value + 1
    return places if wanted > 2 else []


def _numbered(text: str, start: int, end: int) -> set[int]:
    """Markers 1、 2、 3、 that follow one another; a list may begin again."""
    places: set[int] = set()
    run: list[int] = []
    wanted = 1
    for found in _NUMBERED.finditer(text, start, end):
        value = int(found.group(1))
        if value == 1:
            places |= set(run) if len(run) > 1 else set()
            run, wanted = [found.start()], 2
        elif value == wanted:
            run.append(found.start())
            wanted += 1
    return places | (set(run) if len(run) > 1 else set())


def _item(text: str, heading: int, end: int) -> int | None:
    """The first item right under a heading that has nothing between itself and the item."""
    found = _ITEM.search(text, heading + 3, min(end, heading + _NEAR))
    if found is None or found.start() <= heading or re.search(r"[。！？]", text[heading:found.start()]):
        return None
    return found.start()


def _blanks(text: str, start: int, end: int) -> set[int]:
    """Blanks that stand for line breaks: after a stop, or after a heading."""
    cuts, begin = set(), start
    for found in _BLANK.finditer(text, start, end):
        before = text[begin:found.start()]
        if before[-1:] in "。！？：；”" or (3 <= len(before) <= _NEAR and "。" not in before and "“" not in before):
            cuts.add(found.end())
            begin = found.end()
    return cuts


def _ordinal(word: str) -> int:
    if len(word) == 1:
        return _ORDER.index(word) + 1
    if word[0] == "十":
        return 10 + _ORDER.index(word[1]) + 1
    return (_ORDER.index(word[0]) + 1) * 10
