"""Lines of a text and what each is: title, heading, body, table, caption, signature.

A *line* here is a paragraph: a sentence cut by a line break is joined to its rest, and a page that lost its
line breaks is cut again at its headings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from wqnlp.grammar.heads import headed_rules
from wqnlp.span import Span
from wqnlp.structure.base import Line
from wqnlp.structure.flat import cuts_of
from wqnlp.tables import Rule, rules

HEADING = 62               # no heading is longer than this
_ENDS = "。！？；：…”』」）)】!?;:"
_CELLS = re.compile(r"\t|\||｜|[ 　]{2,}")
_BARS = re.compile(r" [|｜] |\t")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?[多余]?(?:万|亿)?[^0-9\s，。、：:.]")
_STOP = re.compile(r"[。！？]")
_LINE = re.compile(r"[^\n\r\f\v\u2028\u2029]+")


class Marker(NamedTuple):
    """A list marker: the rule that knows it, its level and its span."""

    rule: str
    level: int
    start: int
    end: int


@cache
def _markers() -> tuple[Rule, ...]:
    return rules("headings")


def marker(text: str, start: int, end: int) -> Marker | None:
    """The list marker that `text[start:end]` begins with.

    >>> marker("（二）延伸基层维权阵地", 0, 11)
    Marker(rule='chinese_bracket', level=2, start=0, end=3)
    """
    if start >= end or text[start] not in _first_characters():
        return None
    for rule in _markers():
        found = rule.pattern.match(text, start, end)
        if found:
            return Marker(rule.id, int(rule.gives), found.start(found.lastindex or 1), found.end(found.lastindex or 1))
    return None


@cache
def _first_characters() -> frozenset[str]:
    return frozenset("第一二三四五六七八九十其（(〔【㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩0123456789０１２３４５６７８９●◆■★▲◇□※➢•"
                     + "".join(chr(c) for c in (*range(0x2460, 0x249C), *range(0x2776, 0x2780))))


def matches(table: str, text: str) -> Rule | None:
    """The first rule of `data/rules/TABLE.yaml` that is found in `text`."""
    for rule, pattern in headed_rules(table):
        if pattern.search(text):
            return rule
    return None


def pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """Paragraph-like pieces of `text[start:end]`: its lines, and where a line holds headings, these apart."""
    for low, high in physical(text, start, end):
        cuts = [low, *(cut for cut in cuts_of(text, low, high) if low < cut < high), high]
        for left, right in pairwise(cuts):
            span = strip(text, left, right)
            if span is not None:
                yield span


def physical(text: str, start: int, end: int) -> Iterator[Span]:
    """The lines of a text as it stands, without their breaks."""
    for found in _LINE.finditer(text, start, end):
        yield Span(found.start(), found.end())


def strip(text: str, start: int, end: int) -> Span | None:
    """A span without the blanks at its edges, or None where nothing is left."""
    while start < end and (text[start].isspace() or text[start] in "\ufeff\u200b"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "\ufeff\u200b"):
        end -= 1
    return Span(start, end) if start < end else None


def is_table(text: str) -> bool:
    """Whether a line is a row of a table: three cells or more, by tab, bar or wide gaps.

    >>> is_table("禹州市 | 38 | 25 | 4"), is_table("开展了 “巾帼”活动"), is_table("合计  216  146"), is_table("其他 |  | ")
    (True, False, True, True)
    """
    if len(text) > 400 or _STOP.search(text):
        return False
    cells = [cell for cell in _CELLS.split(text.strip(" 　\t|")) if cell.strip()]
    if "|" in text or "\t" in text or "｜" in text:
        empty = len(_CELLS.split(text)) >= 3 and bool(_BARS.search(text))
        return len(cells) >= 3 or empty or (len(cells) == 2 and bool(re.fullmatch(r"[\d.%％,，\s]+", cells[1])))
    short = sum(len(cell) <= 8 for cell in cells)
    return len(cells) >= 3 and short == len(cells) and any(c.isdigit() for c in text)


def classify(text: str, spans: list[Span], title: Span) -> list[Line]:
    """The lines of one summary, its pieces in order; broken paragraphs are joined.

    `title` spans the piece, or pieces, that the splitter found to be the title.
    """
    lines: list[Line] = []
    joined = _joined(text, spans, title)
    for index, span in enumerate(joined):
        if span.start < title.end and title.start < span.end:
            lines.append(Line(start=span.start, end=span.end, kind="title", text_start=span.start))
            continue
        after = joined[index + 1] if index + 1 < len(joined) else None
        lines.append(_line(text, span, after, lines[-1] if lines else None))
    return _beside_rows(text, lines)


def _beside_rows(text: str, lines: list[Line]) -> list[Line]:
    """Lines of two cells beside a row of a table are rows, too: 类别 | 件数 above 婚姻家庭 | 35."""
    for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
        for index in order:
            line = lines[index]
            beside = {lines[near].kind for near in (index - 1, index + 1) if 0 <= near < len(lines)}
            if line.kind not in ("table", "title") and "table" in beside and _row_like(text[line.start:line.end]):
                lines[index] = replace(line, kind="table", level=0, marker="", text_start=line.start)
    return lines


def as_rows(lines: list[Line], rows: list[Span]) -> list[Line]:
    """The lines, those that hold a row of a table that the reader of the file knows being rows."""
    starts = [row.start for row in rows]
    out = []
    for line in lines:
        index = bisect_left(starts, line.end) - 1
        known = line.kind != "table" and index >= 0 and rows[index].end > line.start
        out.append(replace(line, kind="table", level=0, marker="", text_start=line.start) if known else line)
    return out


def _row_like(words: str) -> bool:
    cells = _BARS.split(words) if _BARS.search(words) else []
    return len(cells) >= 2 and len(words) <= 400 and all(len(cell) <= 120 for cell in cells)


def _joined(text: str, spans: list[Span], title: Span) -> list[Span]:
    """Pieces with the lines of one paragraph put together again."""
    out: list[Span] = []
    for span in spans:
        if out and span.start >= title.end and out[-1].start >= title.end and _continues(text, out[-1], span):
            out[-1] = Span(out[-1].start, span.end)
        else:
            out.append(span)
    return out


def _continues(text: str, before: Span, span: Span) -> bool:
    """Whether a piece goes on with the sentence that the one before it broke off."""
    if text[before.end - 1] in _ENDS or "\n" not in text[before.end:span.start]:
        return False
    if before.end - before.start < 14 or marker(text, span.start, span.end):
        return False
    left, right = text[before.start:before.end], text[span.start:span.end]
    if is_table(left[-400:]) or is_table(right) or matches("captions", right) or matches("signatures", right):
        return False
    if text[before.end - 1] in "，、,；" or right[0] in "，。、；：”）》%％,":
        return True
    tail = max(left.rfind("。"), left.rfind("；"), left.rfind("，"), left.rfind(","))
    first = marker(text, before.start, before.end)
    if first and not _STOP.search(left) and len(left) <= HEADING and not _NUMBER.search(left):
        return False                                        # a heading of its own
    if first is None and tail < 0 and len(left) <= 30:
        return False                                        # a heading without a number
    return matches("captions", left) is None and matches("signatures", left) is None and \
        matches("titles", right) is None


def _line(text: str, span: Span, after: Span | None, before: Line | None) -> Line:
    words = text[span.start:span.end]
    found = marker(text, span.start, span.end)
    said = strip(text, found.end, span.end) if found else None
    begin = said.start if said else span.start
    kind = "body"
    if found is None:
        if is_table(words):
            kind = "table"
        elif len(words) <= 70 and matches("captions", words):
            kind = "caption"
        elif len(words) <= 60 and matches("signatures", words):
            kind = "signature"
        elif _bare_heading(words, text, after, before):
            kind = "heading"
    elif _is_heading(words, text, found, after):
        kind = "heading"
    return Line(start=span.start, end=span.end, kind=kind, level=found.level if found else 0,
                marker=text[found.start:found.end].strip() if found else "", text_start=begin)


def _is_heading(words: str, text: str, found: Marker, after: Span | None) -> bool:
    """A marked line is a heading where it holds one short clause and something stands below it."""
    length = found.end - found.start
    said = words[length:]
    if len(said) > HEADING or _STOP.search(said[:-1]):
        return False
    below = marker(text, after.start, after.end) if after else None
    deeper = after is not None and (below is None or below.level > found.level
                                    or (below.level == found.level and below.rule != found.rule))
    if said and said[-1] in "。！；;":
        return deeper and len(said) <= 42 and not _NUMBER.search(said)
    if _NUMBER.search(said) and not deeper:
        return False
    return deeper or len(said) <= 22


def _bare_heading(words: str, text: str, after: Span | None, before: Line | None) -> bool:
    """A short line of its own, no mark at its end, between paragraphs."""
    if len(words) > 26 or words[-1] in "。！？；，、,;" or after is None or _NUMBER.search(words):
        return False
    if before is not None and before.kind in ("table", "caption"):
        return False
    return len(re.findall(r"[\u4e00-\u9fff]", words)) >= 2 and after.end - after.start > len(words)
