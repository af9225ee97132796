"""Units of work: the numbered items and paragraphs that describe work done, with the headings above each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wqnlp.structure.base import Line, Unit
from wqnlp.structure.outline import matches

_CLAUSE = re.compile(r"[。！？；]")
_WORK = re.compile(r"[0-9]|[一二三四五六七八九十百千]+[余多]?[件名人户个份场次期]")
SHORT = 15                 # a paragraph shorter than this describes nothing


def units(text: str, lines: Sequence[Line]) -> list[Unit]:
    """Units of the lines of one summary. Opening, bare headings, tables, plans and last words are none.

    A heading that runs on into its paragraph is one unit with it; a heading alone goes into `heading_path`.
    """
    found: list[Unit] = []
    path: list[tuple[int, str]] = []
    barred: int | None = None                        # level of a heading such as 下步打算, while under it
    begun = False                                    # whether the opening is past
    first: Line | None = None                        # first paragraph below the title
    marked = any(line.level or line.kind == "heading" for line in lines)
    titled = max((line.end for line in lines if line.kind == "title"), default=0)
    for line in lines:
        if line.kind not in ("heading", "body") or line.start < titled:
            continue                                 # what stands above a title is a page's own words
        words = text[line.start:line.end]
        said = text[line.text_start:line.end]
        if line.level or line.kind == "heading":
            begun = True
            while path and path[-1][0] >= line.level:
                path.pop()
            if barred is not None and line.level <= barred:
                barred = None
            name = _CLAUSE.split(said, maxsplit=1)[0].rstrip("。；：: 　")
            if barred is None and len(name) <= 40 and matches("sections", name):
                barred = line.level
            if line.kind == "body" and barred is None and _describes(said):
                found.append(Unit(start=line.start, end=line.end, heading_path=tuple(n for _, n in path)))
            path.append((line.level, name))
        elif not begun:
            first = next((one for one in lines if one.kind == "body" and one.start >= titled), None) \
                if first is None else first
            begun = not marked or not _opens(words, first, line)
            if begun and marked:
                found.append(Unit(start=line.start, end=line.end))
        elif barred is None and _describes(words):
            found.append(Unit(start=line.start, end=line.end, heading_path=tuple(n for _, n in path)))
    return found


def _opens(words: str, first: Line | None, line: Line) -> bool:
    """Whether a paragraph above the first heading is the opening: the first always, later ones without figures."""
    return line is first or not _WORK.search(words) or not _describes(words)


def _describes(words: str) -> bool:
    if len(words) < SHORT:
        return False
    rule = matches("closing", words[:120] if len(words) > 240 else words)
    if rule is None:
        rule = matches("closing", words[-60:]) if len(words) < 240 else None
    return rule is None
