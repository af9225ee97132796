"""Several summaries in one file: where each begins and ends, and its title."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from wqnlp.grammar.heads import headed
from wqnlp.span import Span
from wqnlp.structure.flat import FLAT
from wqnlp.structure.outline import is_table, marker, matches, physical, pieces, strip

LEAST = 80                 # characters of body that make a summary of its own
_NAMED = headed(r"妇联|妇女|维权|权益|信访|[0-9○〇xX×]年")
_GLUED = re.compile(r"(?:(?<=[。！”\n])|^|\A)[ 　]*(?P<title>[^。，；！？：\s]{2,36}?"
                    r"(?:工作总结|工作小结|工作情况总结|工作汇报|分析报告|工作报告)(?![的及和和与、，。》”]|如下|会))")
_BRACKETED = re.compile(r"[（(][^（）()。]{2,20}[）)]$|——?[^。]{4,30}$")
_PIECE = re.compile(r"^(?:【?第?[（(]?(?:篇|范文|材料|总结)[（(]?[一二三四五六七八九十0-9]{1,2}[）)]?】?|"
                    r"第[一二三四五六七八九十0-9]{1,2}篇)[：:、　 ]*")


class Window(NamedTuple):
    """One summary: its span, its title, all lines of its head and its pieces (the head among them)."""

    start: int
    end: int
    title: Span
    head: Span
    spans: list[Span]


def windows(text: str) -> list[Window]:
    """The summaries of a text, in order. A text with no title is one summary with an empty title.

    >>> text = "甲县妇联2008年维权工作总结\\n" + "全年接访9件。" * 20 + "\\n乙市妇联维权工作小结\\n" + "普法2场。" * 40
    >>> [text[w.title.start:w.title.end] for w in windows(text)]
    ['甲县妇联2008年维权工作总结', '乙市妇联维权工作小结']
    """
    spans = [span for line in physical(text, 0, len(text)) for cut in _unglued(text, line)
             for span in pieces(text, *cut)]
    if not spans:
        return []
    heads = _heads(text, spans)
    out = []
    for index, (begin, first, last) in enumerate(heads):
        until = heads[index + 1][0] if index + 1 < len(heads) else len(spans)
        own = spans[begin:until]
        title = _title(text, spans[first:last]) if last > first else Span(own[0].start, own[0].start)
        head = Span(spans[first].start, spans[last - 1].end) if last > first else title
        out.append(Window(own[0].start, own[-1].end, title, head, own))
    return out


def _unglued(text: str, span: Span) -> list[Span]:
    """A long line without breaks, cut before and after the titles that stand in it."""
    if span.end - span.start <= FLAT:
        return [span]
    cuts = [span.start]
    for found in _GLUED.finditer(text, span.start, span.end):
        low, high = found.span("title")
        inside = low > span.start and text[low - 1] not in "。！”"
        if inside or marker(text, low, high) \
                or span.end - high < LEAST or not _NAMED.search(found.group("title")):
            continue
        cuts += [low, high]
    cuts.append(span.end)
    stripped = (strip(text, left, right) for left, right in pairwise(cuts) if left < right)
    return [one for one in stripped if one is not None]


def _heads(text: str, spans: list[Span]) -> list[tuple[int, int, int]]:
    """Of each summary its first piece, the first of its title and the piece after its title.

    What stands above the first title belongs to the first summary.
    """
    trust = _trusts(text, spans)
    first = next((i for i, t in enumerate(trust[:12]) if t), None)
    if first is None:
        first, last = 0, int(_headline(text, spans))
    else:
        last = _after_title(text, spans, trust, first)
    heads = [(0, first, last)]
    body, index = 0, last
    while index < len(spans):
        span = spans[index]
        if trust[index] and body >= LEAST and _begins(text, spans, trust, index):
            last = _after_title(text, spans, trust, index)
            heads.append((index, index, last))
            body, index = 0, last
            continue
        body += span.end - span.start
        index += 1
    return heads


def _headline(text: str, spans: list[Span]) -> bool:
    """Whether the first piece is a title of no known form: short, no stop in it, more below."""
    words = text[spans[0].start:spans[0].end]
    return len(spans) > 1 and len(words) <= 50 and not re.search(r"[。；]", words) \
        and marker(text, *spans[0]) is None and not is_table(words) \
        and re.search(r"[\u4e00-\u9fff]{2}", words) is not None


def _after_title(text: str, spans: list[Span], trust: list[float], index: int) -> int:
    """The piece after a title that may have several lines, such as （2009年度） below it."""
    last = index + 1
    while last < len(trust) and last < index + 3 \
            and (trust[last] or _BRACKETED.match(text[spans[last].start:spans[last].end])):
        last += 1
    return last


def _trusts(text: str, spans: list[Span]) -> list[float]:
    """Trust of each piece as a title: by its own look, and by what stands before it.

    The line under a bare 范文(二) is a title, and so may be a short line under a dated signature or above 本报讯.
    """
    trust = [_trust(text, span) for span in spans]
    for index in range(1, len(spans)):
        if trust[index] or spans[index].end - spans[index].start > 45:
            continue
        words = text[spans[index].start:spans[index].end]
        if re.search(r"[。，；！？]", words) or marker(text, *spans[index]) or is_table(words):
            continue
        before = text[spans[index - 1].start:min(spans[index - 1].end, spans[index - 1].start + 60)]
        if (trust[index - 1] > 0.92 and (found := _PIECE.match(before)) and found.end() >= len(before.rstrip("：: "))) \
                or (_NAMED.search(words) and _dated(before) and not _signs(words)) \
                or _reported(text, spans, index):
            trust[index] = 0.95
    return trust


def _reported(text: str, spans: list[Span], index: int) -> bool:
    """Whether a reporter's lead, 本报讯, stands right below."""
    if index + 1 >= len(spans):
        return False
    rule = matches("closing", text[spans[index + 1].start:spans[index + 1].start + 30])
    return rule is not None and rule.id == "news_lead"


def _dated(words: str) -> bool:
    rule = matches("signatures", words) if len(words) <= 40 else None
    return rule is not None and rule.id == "date_line"


def _signs(words: str) -> bool:
    return matches("signatures", words) is not None


def _trust(text: str, span: Span) -> float:
    """How much a piece looks like the title of a summary; 0 where it does not."""
    if span.end - span.start > 60:
        return 0.0
    words = text[span.start:span.end]
    rule = matches("titles", words)
    if rule is None or (rule.id != "numbered_piece" and marker(text, *span)):
        return 0.0
    return rule.trust


def _begins(text: str, spans: list[Span], trust: list[float], index: int) -> bool:
    """Whether a title-like piece in mid-text begins a new summary: enough body below, and the right look."""
    below = 0
    for later in range(_after_title(text, spans, trust, index), len(spans)):
        below += spans[later].end - spans[later].start
        if below >= LEAST:
            break
        if trust[later] > 0.8:
            return False
    if below < LEAST:
        return False
    words = text[spans[index].start:spans[index].end]
    before = text[spans[index - 1].start:spans[index - 1].end]
    signed = len(before) <= 60 and matches("signatures", before) is not None
    named = re.search(r"妇联|妇女|维权|权益|年|[县市区州镇]", words) is not None
    return (trust[index] > 0.8 and (named or trust[index] > 0.92)) or (signed and named)


def _title(text: str, spans: list[Span]) -> Span:
    """Of the title lines the one that says most: 篇一： is left out, a bare 范文 gives way to the real title."""
    best: Span | None = None
    most = -1.0
    for span in spans:
        words = text[span.start:span.end]
        if found := _PIECE.match(words):
            cut = strip(text, span.start + found.end(), span.end)
            if cut is None:
                continue
            span, words = cut, text[cut.start:cut.end]
        score = 2.0 * bool(re.search(r"妇联|妇女联合会", words)) + bool(re.search(r"年", words)) \
            + bool(re.search(r"总结|报告|小结|汇报", words)) + len(words) / 100
        if score > most:
            best, most = span, score
    return spans[0] if best is None else best
