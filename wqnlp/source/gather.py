"""Pages of one article, saved as several files, found among the files of a run and read as one source.

Files are joined only where all of it holds: one folder, one title (but for its page number), page numbers from the
title or the file names (or links from each to the next) that leave no gap and no double, and on each page links to
the page before and the page after. Whatever is in doubt stays as it is: two files, read alone.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from urllib.parse import unquote

from wqnlp.errors import Unreadable
from wqnlp.source.base import Cell, Decoding, Page, Place, Source
from wqnlp.source.html import HtmlReader, decoded
from wqnlp.source.htmlmarks import hanzi
from wqnlp.source.reading import LIMIT, read
from wqnlp.tables import table

Input = str | tuple[str, ...]
"""What is read as one: a file, or the files of an article's pages in their order."""

SUFFIXES = (".htm", ".html", ".shtml", ".xhtml", ".asp", ".aspx", ".php", ".jsp")
HEAD = 16_384                            # bytes in which the title of a page stands
LEAST = 6                                # characters of a title that tells articles apart
_TITLE = re.compile(rb"<title\b[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"<(?:a|link)\b([^<>]{0,1000})>\s*(?:<[^<>]{0,200}>\s*){0,3}([^<]{0,30})", re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_REL = re.compile(r"""rel\s*=\s*["']?\s*(next|prev)""", re.IGNORECASE)
_NEXT, _BEFORE = re.compile(r"\W*(?:下一?页|后一?页)\W*"), re.compile(r"\W*(?:上一?页|前一?页)\W*")
_WORDS = re.compile(r"\W+")
_HEADING = re.compile(r"\s*(?:[（(]?[一二三四五六七八九十]{1,3}[）)、．.]|[（(]?\d{1,2}[）)、．.](?!\d)|第[一二三四五六七八九十]+[章节])")
_ENDED = "。！？；：!?;:…”）》"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One page file: its title without a page number, the number in the title, in the name, and its links."""

    path: str
    title: str
    said: int | None
    name: str
    named: int | None


def gather(paths: Iterable[str]) -> list[Input]:
    """The inputs of a run: pages of one article together, at the place of whichever is listed first; all else alone.

    >>> gather(["没有这个文件.html", "2009.txt"])
    ['没有这个文件.html', '2009.txt']
    """
    paths = list(paths)
    alike: dict[tuple[str, str], list[_Sheet]] = defaultdict(list)
    for path in dict.fromkeys(paths):
        sheet = _look(path)
        if sheet is not None:
            alike[os.path.dirname(path), sheet.title].append(sheet)
    joined: dict[str, tuple[str, ...]] = {}
    for sheets in alike.values():
        group = _in_order(sorted(sheets, key=lambda sheet: sheet.path)) if len(sheets) > 1 else ()
        joined.update(dict.fromkeys(group, group))
    return list(dict.fromkeys(joined.get(path, path) for path in paths))


def may_be_page(path: str) -> bool:
    """Whether a file is called as a saved page is: all others are read alone.

    >>> may_be_page("总结_2.html"), may_be_page("总结.txt")
    (True, False)
    """
    return path.lower().endswith(SUFFIXES) or "page=" in path.lower()


def _look(path: str) -> _Sheet | None:
    """What a file tells of itself; None where it is no page, or has no title to go by."""
    if not may_be_page(path):
        return None
    try:
        with open(path, "rb") as file:
            head = file.read(HEAD)
        found = _TITLE.search(head) if HtmlReader().sniff(head[:1024]) else None
        told = _text(path, head, found[1]) if found else ""
    except (OSError, Unreadable):        # reading it alone will say why
        return None
    marker = _pattern("title").search(told)
    title = _WORDS.sub("", told[:marker.start()] + told[marker.end():] if marker else told)
    if len(title) < LEAST:
        return None
    stem = os.path.splitext(os.path.basename(path))[0]
    number = _pattern("file").search(stem)
    return _Sheet(path, title, _number(marker), stem[:number.start()] if number else stem, _number(number))


def _text(path: str, head: bytes, title: bytes) -> str:
    """A title's characters. It is short: what its page says and what the head of the page looks like decide together."""
    how = decoded(path, head[:head.rfind(b">") + 1] or head)[1]
    return " ".join(unescape(title.decode(how.encoding, "replace")).split())


@cache
def _pattern(part: str) -> re.Pattern[str]:
    return re.compile(table("web")["page_of"][part])


def _number(marker: re.Match[str] | None) -> int | None:
    told = next((found for found in marker.groups() if found), None) if marker else None
    if told is None:
        return None
    return int(told) if told.isdecimal() else {hanzi(number): number for number in range(1, 100)}.get(told)


def _in_order(sheets: list[_Sheet]) -> tuple[str, ...]:
    """The pages of an article in their order; nothing where they may be something else."""
    links = {sheet.path: _links(sheet.path) for sheet in sheets}
    for order in (_numbered([(sheet.said, sheet) for sheet in sheets]),
                  _numbered([(sheet.named, sheet) for sheet in sheets]) if len({s.name for s in sheets}) == 1 else (),
                  _chained(sheets, links)):
        if order and _agree(order, links):
            return order
    return ()


def _numbered(sheets: list[tuple[int | None, _Sheet]]) -> tuple[str, ...]:
    """Paths by page number: 1, 2, 3 (the first may have none), or none, 1, 2, as some sites count."""
    known = sorted((number, sheet.path) for number, sheet in sheets if number is not None)
    first = [sheet.path for number, sheet in sheets if number is None]
    numbers = [number for number, _ in known]
    if len(first) > 1 or not known:
        return ()
    begin = 0 if not first and numbers[0] == 0 else 1 if not first or numbers[0] == 1 else 2
    return (*first, *(path for _, path in known)) if numbers == list(range(begin, begin + len(numbers))) else ()


def _chained(sheets: list[_Sheet], links: dict[str, tuple[set[str], set[str]]]) -> tuple[str, ...]:
    """Paths by the links from each page to the next, where they lead through all of them and no file twice."""
    names = {os.path.basename(sheet.path): sheet.path for sheet in sheets}
    after = {path: [names[name] for name in onward if name in names] for path, (onward, _) in links.items()}
    led_to = {path for onward in after.values() for path in onward}
    here = [sheet.path for sheet in sheets if sheet.path not in led_to]
    order: list[str] = []
    while len(here) == 1 and here[0] not in order:
        order.append(here[0])
        here = after[here[0]]
    return tuple(order) if len(order) == len(sheets) and not here else ()


def _agree(order: Sequence[str], links: dict[str, tuple[set[str], set[str]]]) -> bool:
    """Whether each page has links to the one before and the one after, and none of them leads elsewhere in the group."""
    names = [os.path.basename(path) for path in order]
    for at, path in enumerate(order):
        onward, back = links[path]
        if (at + 1 < len(order) and not onward) or (at and not back):
            return False
        if any(name in names and name != names[min(at + 1, len(names) - 1)] for name in onward) or \
                any(name in names and name != names[max(at - 1, 0)] for name in back):
            return False
    return True


def _links(path: str) -> tuple[set[str], set[str]]:
    """Names of the files that a page leads on to, and back to (`?` for a link that is a script)."""
    onward: set[str] = set()
    back: set[str] = set()
    try:
        with open(path, "rb") as file:
            text = decoded(path, file.read(LIMIT))[0]
    except (OSError, Unreadable):
        return onward, back
    for attributes, words in _LINK.findall(text):
        rel, target = _REL.search(attributes), _HREF.search(attributes)
        if target is None:
            continue
        words = unescape(words)
        name = unquote(os.path.basename((target[1] or target[2] or target[3] or "").split("#")[0])) or "?"
        if (rel and rel[1].lower() == "next") or _NEXT.fullmatch(words):
            onward.add(name)
        elif rel or _BEFORE.fullmatch(words):
            back.add(name)
    return onward, back


def read_pages(paths: Sequence[str], *, limit: int = LIMIT) -> Source:
    """The pages of one article as one source, under the first page's path. Raises `Unreadable`, naming the page.

    The title stands once; a sentence that a page cut is whole; places name the file of each part, and `pages` say
    where each file's text stands. The hash is that of the hashes of the files, in their order.
    """
    sources = [read(path, limit=limit) for path in paths]
    text, places, cells, pages = "", list[Place](), list[Cell](), list[Page]()
    tables = 0
    for number, one in enumerate(sources, 1):
        cut = _titled(one, sources[0]) if number > 1 else 0
        part = one.text[cut:]
        text += "" if number == 1 or _runs_on(text, part) else "\n"
        by = len(text) - cut
        file = os.path.basename(one.path)
        places += [place._replace(start=place.start + by, end=place.end + by, page=number, node=f"{file}#{place.node}")
                   for place in one.places if place.start >= cut]
        cells += [cell._replace(table=cell.table + tables, start=cell.start + by, end=cell.end + by)
                  for cell in one.cells if cell.start >= cut]
        tables = max([tables, *(cell.table + 1 for cell in cells)])
        pages.append(Page(number, len(text), len(text) + len(part)))
        text += part
    sha256 = hashlib.sha256("".join(one.sha256 for one in sources).encode("ascii")).hexdigest()
    return replace(sources[0], text=text, sha256=sha256, decoding=_all(sources), pages=tuple(pages),
                   places=tuple(places), cells=tuple(cells))


def _titled(one: Source, first: Source) -> int:
    """Where a later page's text begins: after the title, where it has the first page's again."""
    head, end = first.text.split("\n", 1)[0], one.text.find("\n") + 1
    bare = [_WORDS.sub("", _pattern("title").sub("", line)) for line in (head, one.text[:max(end - 1, 0)])]
    return end if end and bare[0] == bare[1] and bare[0] else 0


def _runs_on(text: str, part: str) -> bool:
    """Whether a page ends in the middle of a sentence of prose."""
    last = text[text.rfind("\n") + 1:].rstrip(" \u3000\xa0")
    prose = "，" in last or "。" in last
    return bool(prose and last[-1] not in _ENDED and part and part[0] not in " \u3000\xa0" and not _HEADING.match(part)
                and "|" not in last)


def _all(sources: Sequence[Source]) -> Decoding:
    """How the pages were decoded: as the least sure one was."""
    worst = min((one.decoding for one in sources), key=lambda how: how.confidence)
    return replace(worst, reason=f"{worst.reason}; {len(sources)} pages joined",
                   undecodable=sum(one.decoding.undecodable for one in sources))
