"""Which lines of a page are its text: the article with its title and date, not what the site puts around it.

Parts are cut by what they are (navigation, lists of links, what `data/web.yaml` names) and what remains is narrowed to
the lowest element that holds all prose. Where that is not sure, more is kept: a missing line may hold figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from wqnlp.source.htmllines import Line
from wqnlp.source.htmltree import Element, Tree
from wqnlp.tables import table

SHARE = 0.3              # of the page's prose: what holds more is never cut for its name alone
HEADED = 0.6             # the same, where the page has a heading and this part has not
LEFT = 0.03              # of the page's prose: what may stand outside the element that is taken for the article
SENTENCE = 16            # characters of a line with marks of a sentence that is prose for certain
TITLE = 6                # characters of the shortest title that is looked for
_MARKS = re.compile("[，。；！？、]")
_BARE = re.compile(r"\W+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\s]+")
_SPLIT = re.compile(r"\s*[_|｜>»]\s*|\s+[-—–]+\s+|[-—–]+(?=[^-—–]{2,20}(?:网|站|局|会|府|文库|博客|论坛)$)")
_OUTER = frozenset(["nav", "footer", "aside", "menu"])
_LONGEST = 200           # characters of a line about an article, at most
_BETWEEN = frozenset(" \t\u3000\xa0|｜/·,，（()）[]【】")


class _Sums:
    """For each element: prose, characters, and characters of links in it and below."""

    def __init__(self, elements: list[Element], lines: Iterable[Line]) -> None:
        self.prose: dict[Element, float] = dict.fromkeys(elements, 0.0)
        self.chars: dict[Element, int] = dict.fromkeys(elements, 0)
        self.linked: dict[Element, int] = dict.fromkeys(elements, 0)
        self.links: dict[Element, int] = dict.fromkeys(elements, 0)
        self.heads: dict[Element, int] = dict.fromkeys(elements, 0)
        for line in lines:
            self._add(line.block, line.prose, len(line.text), line.linked, line.links, line.block.tag in ("h1", "h2"))
        for one in reversed(elements):
            if one.parent is not None:
                self._add(one.parent, self.prose[one], self.chars[one], self.linked[one], self.links[one], self.heads[one])

    def _add(self, to: Element, prose: float, chars: int, linked: int, links: int, heads: int) -> None:
        self.prose[to] += prose
        self.chars[to] += chars
        self.linked[to] += linked
        self.links[to] += links
        self.heads[to] += heads


def main_lines(page: Tree, lines: list[Line]) -> list[Line]:
    """The lines of the article, with its title before it.

    When and by whom it was put up goes: it is not what a summary says of itself, and years later for many.

    >>> from wqnlp.source.htmllines import Writer; from wqnlp.source.htmltree import tree
    >>> page = tree("<title>县妇联总结_范文网</title><p><a href=/>首页</a> > <a href=/z>总结</a><h1>县妇联总结</h1>"
    ...             "<p>时间：2015-01-06 浏览：37次<p>全年共接待来信来访286件，办结280件。<p>上一篇：<a href=1>县妇联计划</a>")
    >>> [line.text for line in main_lines(page, Writer(page.body).lines)]
    ['县妇联总结', '全年共接待来信来访286件，办结280件。']
    """
    for at, line in enumerate(lines):
        line.at, line.prose = at, _prose(line)
    sums = _Sums(page.elements, lines)
    cut = _cut(page.elements, sums)
    kept = [line for line in lines if line.block not in cut]
    kept = _without_ends(_without_teasers(_without_link_lists(kept)), sums)
    kept = [line for line in kept if line.cells or not _of_site(line.text)]
    still = {line.at for line in kept}
    titles = [line for line in lines if line.at in still or line.block.tag in ("h1", "h2")]
    main = _lowest(page.body, page.elements, kept)
    below = _below(page.elements, main)
    body = [line for line in kept if line.block in below]
    return _with_head(page.title, body, [line for line in kept if line.block not in below], titles)


def _prose(line: Line) -> float:
    """How much a line says that it is text: its characters outside links, few where it has no mark of a sentence."""
    own = max(0, len(line.text) - line.linked)
    return float(own) if line.cells or (own >= SENTENCE and _MARKS.search(line.text)) else own / 10


def _cut(elements: list[Element], sums: _Sums) -> set[Element]:
    """Elements that are no part of the text, with all in them."""
    cut: set[Element] = set()
    total, heads = sums.prose[elements[0]] or 1.0, sums.heads[elements[0]]
    for one in elements:
        if one.parent in cut or (one.tag != "body" and one.parent is not None and _beside(one, sums, total, heads)):
            cut.add(one)
    return cut


def _beside(one: Element, sums: _Sums, total: float, total_heads: int) -> bool:
    headed = sums.heads[one] == 0 < total_heads
    if sums.prose[one] < (HEADED if headed else SHARE) * total and (one.tag in _OUTER or _named_beside(one)):
        return True
    return sums.links[one] > 2 and sums.linked[one] * 2 > sums.chars[one] and sums.prose[one] * 2 < sums.linked[one]


def _named_beside(one: Element) -> bool:
    return any(_beside_name(name) for name in
               [one.attributes.get("id", ""), *one.attributes.get("class", "")[:500].split()])


@cache
def _beside_name(name: str) -> bool:
    return bool(_pattern("beside").search(_CAMEL.sub("-", name[:80]).lower()))


@cache
def _pattern(part: str) -> re.Pattern[str]:
    return re.compile(table("web")[part]["pattern"])


@cache
def _site_line() -> re.Pattern[str]:
    """Lines that a site writes about itself: those of web.yaml and the lines of furniture.yaml."""
    rows = [*table("web")["site"], *table("furniture")["lines"]]
    return re.compile("|".join(f"(?:{row['pattern']})" for row in rows))


def _of_site(text: str) -> bool:
    return len(text) <= _LONGEST and bool(_site_line().fullmatch(text.strip(" \u3000\xa0")))


def _without_link_lists(lines: list[Line]) -> list[Line]:
    """Without lines of nothing but links, where several stand together."""
    whole = [line.links > 0 and line.linked * 10 >= 8 * len(_BARE.sub("", line.text)) and line.prose < SENTENCE
             for line in lines]
    return [line for at, line in enumerate(lines) if not whole[at]
            or (line.links == 1 and not any(whole[max(0, at - 1):at] + whole[at + 1:at + 2]))
            or line.block.tag in ("h1", "h2")]


def _without_teasers(lines: list[Line]) -> list[Line]:
    """Without what announces other articles: a text that breaks off, beside a link, and not once alone."""
    teasers = [at for at, line in enumerate(lines) if _pattern("teaser").search(line.text[-20:]) and not line.cells
               and (line.links or (at and lines[at - 1].links))]
    if len(teasers) < 2:
        return lines
    gone = {at - back for at in teasers for back in (0, 1) if back == 0 or (at and lines[at - 1].links)}
    return [line for at, line in enumerate(lines) if at not in gone]


def _without_ends(lines: list[Line], sums: _Sums) -> list[Line]:
    """Without what follows a head such as 相关文章 or 网友评论 in its part of the page."""
    total = sum(line.prose for line in lines) or 1.0
    gone: set[int] = set()
    for at, line in enumerate(lines):
        if at in gone or not _pattern("ends").fullmatch(line.text.strip(" \u3000\xa0")):
            continue
        part = line.block.parent or line.block
        while part.parent is not None and sums.prose[part] == sums.prose[line.block] and part.tag != "body":
            part = part.parent
        inside = {part}
        after = []
        for later in range(at, len(lines)):
            if not _within(lines[later].block, inside):
                break
            after.append(later)
        if sum(lines[later].prose for later in after) < SHARE * total:
            gone.update(after)
    return [line for at, line in enumerate(lines) if at not in gone]


def _within(block: Element, parts: set[Element]) -> bool:
    here: Element | None = block
    while here is not None:
        if here in parts:
            return True
        here = here.parent
    return False


def _lowest(body: Element, elements: list[Element], lines: list[Line]) -> Element:
    """The lowest element outside which no prose of the page stands."""
    sums = _Sums(elements, lines)
    certain = _certain(elements, lines)
    main = body
    while True:
        inside = [child for child in main.children if isinstance(child, Element)]
        best = max(inside, key=lambda one: sums.prose[one], default=None)
        if best is None or sums.prose[best] < (1 - LEFT) * sums.prose[main] or certain[best] < certain[main] \
                or best.tag in ("p", "tr", "li"):
            return main
        main = best


def _certain(elements: list[Element], lines: list[Line]) -> dict[Element, int]:
    """How many lines of certain prose, and of tables, each element holds."""
    found = dict.fromkeys(elements, 0)
    for line in lines:
        found[line.block] += bool(line.cells) or line.prose >= SENTENCE
    for one in reversed(elements):
        if one.parent is not None:
            found[one.parent] += found[one]
    return found


def _below(elements: list[Element], main: Element) -> set[Element]:
    found = {main}
    for one in elements:
        if one.parent in found:
            found.add(one)
    return found


def _with_head(told: str, body: list[Line], outside: list[Line], titles: list[Line]) -> list[Line]:
    """The article with its title first, wherever the page has it, and without lines about it."""
    body = [line for line in body if not _about(line)]
    if not body:
        return []
    first = next((line for line in body if line.prose >= SENTENCE), body[-1]).at
    title = _title(told, [line for line in titles if line.at <= first])
    if title is None:
        return body
    head = [line for line in outside if title.at < line.at < first and line.prose < SENTENCE and not _about(line)]
    return [title, *head, *(line for line in body if line.at > title.at or (line.prose >= SENTENCE and line is not title))]


def _title(told: str, lines: list[Line]) -> Line | None:
    """The line of a page that is its title: what its `<title>` says, else its only `<h1>`."""
    names = [_BARE.sub("", part) for part in [told, *_SPLIT.split(told)]]
    names = [name for name in names if len(name) >= TITLE]
    for fits in _fits(names):
        found = [line for line in lines if TITLE <= len(bare := _BARE.sub("", line.text)) <= 100 and fits(bare)]
        if found:
            return next((line for line in reversed(found) if line.block.tag in ("h1", "h2", "h3")), found[-1])
    heads = [line for line in lines if line.block.tag == "h1"]
    return heads[0] if len(heads) == 1 else None


def _fits(names: list[str]) -> list[Callable[[str], bool]]:
    """Ways for a line to be the title, the surest first."""
    return [lambda bare: bare in names, lambda bare: any(name.startswith(bare) for name in names),
            lambda bare: any(bare.startswith(name) for name in names)]


@cache
def _items() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a line about the article is made of: a date (with a time of day, if group 1), and everything else."""
    about = table("web")["about"]
    others = "|".join(about[name] for name in ("names", "codes", "counts", "buttons"))
    return re.compile(about["dates"]), re.compile(others)


def _about(line: Line) -> bool:
    """Whether a line is the site's about the article: when it was put up, by whom, how often it was read.

    A date alone is the article's own: summaries are signed with one.
    """
    text = line.text.strip(" \u3000\xa0")
    if line.cells or len(text) > _LONGEST:
        return False
    dates, item = _items()
    at, told = 0, False
    while at < len(text):
        date, other = dates.match(text, at), item.match(text, at)
        found = max((one for one in (date, other) if one), key=lambda one: one.end(), default=None)
        if found is not None and found.end() > at:
            told = told or found is other or not text[at].isdigit() or found["time"] is not None
            at = found.end()
        elif text[at] in _BETWEEN:
            at += 1
        else:
            return False
    return told
