"""HTML text to a plain tree: elements and strings, what is hidden marked, scripts and the like left out.

The parser is Lexbor (HTML as browsers read it: unclosed tags, upper case, fragments). Two things are done to the
markup before it, so that no page can make it slow: elements that HTML opens anew in every block until they are closed
(`<font>`, `<b>` ...) get names of no meaning, and a page nested deeper than `DEEPEST`, or of more tags than `MOST`, is
read without its tags.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from wqnlp.tables import table

DEEPEST = 1000           # elements inside one another; browsers stop at 512
MOST = 600_000           # tags of one page: some 30 MB of a page of usual kind
HEAD = 4096              # characters in which what stands before the page is looked for
STYLE = 2000             # characters of one style that are looked at
_RENAMED = re.compile(r"<(/?)(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u|svg|math)(?=[\s/>])", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)")
_SUBSET = re.compile(r"<!DOCTYPE[^<>\[]*\[[^\]]*\]\s*>", re.IGNORECASE)
_XML_EMPTY = re.compile(r"<(script|style|title|textarea|iframe|noscript|a|div|span|p|td|i|b)\b([^<>]*)/>", re.IGNORECASE)
_UNSHOWN = re.compile(r"<(script|style|title)\b(?:.*?</\1\s*>|.*)|<!--(?:.*?-->|.*)", re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"<(/?[a-zA-Z!?][^\s/<>]*)[^<>]*>")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|color\s*:\s*transparent"
                     r"|(?:opacity|max-height)\s*:\s*0(?:\.0*)?(?:px|pt|em|%)?\s*(?:[;!]|$)|clip\s*:\s*rect\(\s*0"
                     r"|(?:text-indent|left|top|margin-left)\s*:\s*-\d{3,}|text-decoration[\w\-]*\s*:[^;]*line-through",
                     re.IGNORECASE)
_NO_SIZE = re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*0(?:px|pt|em|%)?\s*(?:[;!]|$)", re.IGNORECASE)
_FONT_SIZE = re.compile(r"font(?:-size\s*:|\s*:[^;]*?)\s*(\d*\.?\d+)(?:px|pt|em|rem|%)?", re.IGNORECASE)
_SHOWN = re.compile(r"display\s*:\s*(?!none)\w", re.IGNORECASE)
_SIMPLE = re.compile(r"(?:^|[\s>])[a-zA-Z]*([.#][\w\-]+)$")


@cache
def named(kind: str) -> frozenset[str]:
    """Names of elements of a kind (data/web.yaml).

    >>> "p" in named("blocks"), "span" in named("blocks")
    (True, False)
    """
    return frozenset(table("web")["elements"][kind].split())


class Element:
    """One element of a page, with its children (elements and strings) in order."""

    __slots__ = ("attributes", "children", "hidden", "nested", "nth", "parent", "tag", "tiny")

    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None, nth: int = 1) -> None:
        self.tag, self.attributes, self.parent, self.nth = tag, attributes, parent, nth
        self.children: list[Element | str] = []
        self.hidden = False             # it and all in it
        self.tiny = False               # its own text has no size
        self.nested = False             # a table stands in it

    def path(self) -> str:
        """The element as a path, as browsers' tools write it: `/html/body/div[2]/p[1]`.

        >>> page = tree("<div>甲</div><div><p>乙</p></div>")
        >>> page.body.children[1].children[0].path()
        '/html/body/div[2]/p[1]'
        """
        steps: list[str] = []
        here: Element | None = self
        while here is not None and here.parent is not None:
            steps.append(here.tag if here.tag == "body" else f"{here.tag}[{here.nth}]")
            here = here.parent
        return "/" + "/".join(["html", *reversed(steps)])

    def names(self) -> set[str]:
        """Its classes and id, as selectors."""
        found = {f".{name}" for name in self.attributes.get("class", "").split()}
        return found | {f"#{self.attributes['id']}"} if self.attributes.get("id") else found


class Tree:
    """A page: its body, its title, and its links to pages before and after (`rel`)."""

    def __init__(self, body: Element, elements: list[Element], title: str = "", frames: tuple[str, ...] = ()) -> None:
        self.body, self.elements, self.title, self.frames = body, elements, title, frames


def tree(text: str, *, deepest: int = DEEPEST, most: int = MOST) -> Tree:
    """The tree of a page or of a piece of one. `elements` stand parents first. Takes time linear in the text.

    >>> [child for child in tree("<P>接待<B>28</B>0件<P hidden>水印").body.children[0].children if isinstance(child, str)]
    ['接待', '0件']
    """
    from selectolax.lexbor import LexborHTMLParser

    text = text.replace("\0", "")
    text = _SUBSET.sub("", text[:HEAD], count=1) + text[HEAD:]
    if text.lstrip("\ufeff \r\n\t").startswith("<?xml"):
        text = _XML_EMPTY.sub(r"<\1\2></\1>", text)
    if text.count("<") > most or _depth(text) > deepest:
        return _flat(text)
    parsed = LexborHTMLParser(_RENAMED.sub(r"<\1x-\2", text))
    top = Element("html", {}, None)
    elements = _grow(parsed.root, top)
    body = next((one for one in elements if one.tag == "body"), top)
    styles = "\n".join(node.text() for node in parsed.css("style"))
    _hide(elements, _hidden_names(styles) | {f".{name}" for name in table("web")["hidden"]})
    title = parsed.css_first("title")
    frames = tuple(node.attributes.get("src") or "" for node in parsed.css("frame"))
    return Tree(body, elements, " ".join((title.text() if title else "").split()), frames)


def _grow(root: Any, top: Element) -> list[Element]:
    """The parser's nodes as elements, parents first, without those that are never shown."""
    elements, todo, left_out = [top], [(root, top)], named("left_out")
    while todo:
        node, mine = todo.pop()
        child, seen = node.first_child, Counter[str]()
        while child is not None:
            if child.is_text_node:
                mine.children.append(child.text_content or "")
            elif child.is_element_node:
                tag = child.tag.removeprefix("x-")
                if tag not in left_out:
                    seen[tag] += 1
                    made = Element(tag, {key: value or "" for key, value in child.attributes.items()}, mine, seen[tag])
                    mine.children.append(made)
                    elements.append(made)
                    todo.append((child, made))
            child = child.next
    return elements


def _depth(text: str) -> int:
    """How deep a parser may have to go at most, counted without parsing."""
    alone = named("without_end") | named("closed_by_next")
    depth = deepest = 0
    for end, name in _TAG.findall(text):
        name = name.lower()
        if name in alone:
            continue
        depth = max(0, depth - 1) if end else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _flat(text: str) -> Tree:
    """A page as one element of lines: what is left where its tags cannot be believed."""
    def instead(found: re.Match[str]) -> str:
        name = found[1].lower().lstrip("/")
        return "\n" if name in named("blocks") or name in ("br", "hr") else ""

    body = Element("body", {}, None)
    body.children.append(Element("pre", {}, body))
    pre = body.children[0]
    assert isinstance(pre, Element)
    pre.children.append(html.unescape(_ANY_TAG.sub(instead, _UNSHOWN.sub("", text))))
    return Tree(body, [body, pre])


def _hide(elements: list[Element], names: set[str]) -> None:
    """Mark what is not shown: by attribute, by style, by the page's own style sheet."""
    for one in elements:
        style = one.attributes.get("style", "")[:STYLE]
        if one.parent is not None:
            one.hidden, one.tiny = one.parent.hidden, one.parent.tiny
        if "hidden" in one.attributes or (style and _is_hidden(style)) or _is_running(one):
            one.hidden = True
        elif not one.hidden and names and not (style and _SHOWN.search(style)):
            one.hidden = not names.isdisjoint(one.names())
        size = _FONT_SIZE.search(style) if style else None
        if size:
            one.tiny = float(size[1]) == 0
    for one in reversed(elements):
        if one.parent is not None and (one.nested or one.tag == "table"):
            one.parent.nested = True


def _is_running(one: Element) -> bool:
    """Whether it is the header or the footer of a page of paper, as LibreOffice saves them."""
    return one.tag == "div" and one.attributes.get("title") in ("header", "footer")


def _is_hidden(style: str) -> bool:
    if _HIDDEN.search(style):
        return True
    return bool(_NO_SIZE.search(style)) and "overflow" in style.lower()


def _hidden_names(styles: str) -> set[str]:
    """Classes and ids that the page's own style sheet hides, and shows in no other rule."""
    hidden: set[str] = set()
    shown: Counter[str] = Counter()
    for selectors, body in _style_rules(styles):
        if _is_hidden(body):
            hidden.update(found[1] for one in selectors.split(",") if (found := _SIMPLE.search(one.strip())))
        elif _SHOWN.search(body):
            shown.update(re.findall(r"[.#][\w\-]+", selectors))
    return hidden - shown.keys()


def _style_rules(styles: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of a style sheet, without those for other media."""
    depth, since, selectors = 0, 0, ""
    for brace in re.finditer(r"[{}]", re.sub(r"/\*.*?(?:\*/|\Z)", "", styles, flags=re.DOTALL)):
        text = brace.string
        if brace[0] == "{":
            if depth == 0:
                selectors = text[since:brace.start()].replace("<!--", "").strip()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0 and not selectors.startswith("@"):
                yield selectors[-STYLE:], text[since:brace.start()][:STYLE]
        since = brace.end()
