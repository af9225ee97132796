"""Sentences as spans. A sentence ends at 。 ！ ？ and at the end of its line, not inside quotes or brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wqnlp.grammar.heads import headed
from wqnlp.span import Span

_TOKEN = headed(r"[“‘（(《〈【〔「『”’）)》〉】〕」』]|[。！？!…]+")
_PARTNER = dict(zip("”’）)》〉】〕」』", "“‘（(《〈【〔「『", strict=True))
_MIXED = {"（": "(", "(": "("}                # OCR and converters mix full and half-width brackets
_FAR = 300                                   # a pair further apart than this is two strays, not a pair
_SPEECH = 8                                  # a quotation this long with its own 。 is a sentence, not a name


def split(text: str, start: int, end: int) -> Iterator[Span]:
    """Sentences of `text[start:end]`, one paragraph; blanks at their edges are left out.

    `；` does not end a sentence, `。` in 6。26 does not, nor does one inside a name in quotes.

    >>> line = "调处率100%；其中来访3.5件。“平安。家庭”创建有声势！全年29起"
    >>> [line[s.start:s.end] for s in split(line, 0, len(line))]
    ['调处率100%；其中来访3.5件。', '“平安。家庭”创建有声势！', '全年29起']
    """
    tokens = list(_TOKEN.finditer(text, start, end))
    inside = _pairs(tokens)
    begin = start
    shut = start                             # characters before this stand inside a closed pair
    for token in tokens:
        at = token.start()
        if at in inside and at >= shut:
            shut = inside[at]
            continue
        mark = token.group()
        if mark[0] not in "。！？!…" or mark == "…" or mark == "!":
            continue
        stop = token.end()
        if at < shut:
            # 。” closes a sentence of speech; 。 elsewhere in the quotation does not.
            if stop != shut - 1 or text[stop] not in "”』」" or stop - text.rfind("“", begin, at) < _SPEECH:
                continue
            stop = shut
        elif _decimal(text, at, stop, end):
            continue
        span = _trimmed(text, begin, stop)
        if span is not None:
            yield span
        begin = stop
    span = _trimmed(text, begin, end)
    if span is not None:
        yield span


def _pairs(tokens: list[re.Match[str]]) -> dict[int, int]:
    """Start of an opening mark to just after its partner; strays have none."""
    found: dict[int, int] = {}
    stack: list[tuple[str, int]] = []
    for token in tokens:
        mark = token.group()
        if mark in _PARTNER:
            wanted = _MIXED.get(_PARTNER[mark], _PARTNER[mark])
            for back in range(len(stack) - 1, max(len(stack) - 4, -1), -1):
                kind, at = stack[back]
                if _MIXED.get(kind, kind) == wanted:
                    if token.end() - at <= _FAR:
                        found[at] = token.end()
                    del stack[back:]
                    break
        elif mark[0] not in "。！？!…":
            stack.append((mark, token.start()))
    return found


def _decimal(text: str, at: int, stop: int, end: int) -> bool:
    """Whether the mark stands between digits: 6。26 is a slip for 6.26."""
    return text[at] == "。" and at > 0 and stop < end and text[at - 1].isdigit() and text[stop].isdigit() \
        and not text[at - 2:at].startswith("年")


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None
