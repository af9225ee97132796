"""Names of WordprocessingML, and what a document says once for all its paragraphs: styles and lists.

Transitional and Strict OOXML and the XML of Word 2003 differ in their namespaces and hardly in what is in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from wqnlp.source.listing import Counts, Level, format_of_code

if TYPE_CHECKING:
    from lxml import etree

_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "",
    "http://schemas.microsoft.com/office/word/2003/wordml": "",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m:",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m:",
    "http://schemas.microsoft.com/aml/2001/core": "aml:",
    "http://schemas.microsoft.com/office/word/2003/auxHint": "wx:",
    "urn:schemas-microsoft-com:vml": "v:",
}


@cache
def _named(tag: str) -> str:
    space, _, local = tag.rpartition("}")
    return _PREFIXES.get(space[1:], "?:") + local


def name(element: etree._Element) -> str:
    """What an element is, without the namespace of Word: `p`, `tbl`, `mc:Choice`; `?:x` for what is foreign."""
    return _named(str(element.tag))


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child of that name, then its first child of the next name, and so on."""
    for step in path:
        if element is None:
            return None
        element = next((inner for inner in element if name(inner) == step), None)
    return element


def value(element: etree._Element | None, key: str = "val") -> str | None:
    """An attribute in Word's namespace, that of the element itself."""
    if element is None:
        return None
    tag = str(element.tag)
    return element.get(tag[:tag.rfind("}") + 1] + key)


def number(element: etree._Element | None, key: str = "val") -> int | None:
    """A whole number in an attribute; None where there is none."""
    try:
        return int(value(element, key) or "")
    except ValueError:
        return None


def on(element: etree._Element | None) -> bool:
    """Whether a switch is set: there, and not `val="0"`."""
    return element is not None and (value(element) or "1").lower() not in ("0", "false", "off", "none")


def _numbered(properties: etree._Element | None) -> tuple[str | None, int | None]:
    """The list and the level that properties of a paragraph name; Word 2003 has other names for them."""
    said = child(properties, "numPr")
    if said is None:
        said = child(properties, "listPr")
    return value(child(said, "numId")) or value(child(said, "ilfo")), number(child(said, "ilvl"))


@dataclass(slots=True)
class _Style:
    based_on: str | None
    list: str | None
    level: int | None
    hidden: bool | None


@dataclass(slots=True)
class _List:
    key: str                                        # lists of one key count on
    levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    styles: dict[str, int] = field(default_factory=dict)


class Styles:
    """Styles by their id, each with what it takes from the one it is based on."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self.default = ""
        for style in root if root is not None else ():
            key = value(style, "styleId")
            if name(style) == "style" and key is not None:
                list_key, level = _numbered(child(style, "pPr"))
                vanish = child(style, "rPr", "vanish")
                self._styles[key] = _Style(value(child(style, "basedOn")), list_key, level,
                                           on(vanish) if vanish is not None else None)
                if value(style, "type") == "paragraph" and (value(style, "default") or "0") not in ("0", "false", "off"):
                    self.default = key

    def chain(self, key: str | None) -> Iterator[tuple[str, _Style]]:
        """A style and those it is based on; a ring ends."""
        seen: set[str] = set()
        while key is not None and key in self._styles and key not in seen:
            seen.add(key)
            yield key, self._styles[key]
            key = self._styles[key].based_on

    def hidden(self, key: str | None) -> bool | None:
        """Whether text of that style is hidden; None where nothing is said of it."""
        return next((style.hidden for _, style in self.chain(key) if style.hidden is not None), None)


class Lists:
    """The lists of `numbering.xml`, counting as their paragraphs go by."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles, self._counts = styles, Counts()
        self._abstract: dict[str, etree._Element] = {}
        self._lists: dict[str, _List] = {}
        self._begun: set[tuple[str, int]] = set()
        numbers = []
        for element in root if root is not None else ():
            if name(element) in ("abstractNum", "listDef"):
                self._abstract[value(element, "abstractNumId") or value(element, "listDefId") or ""] = element
            elif name(element) in ("num", "list"):
                numbers.append(element)
        self._links = {value(child(a, "styleLink")): key for key, a in self._abstract.items()}
        for element in numbers:
            self._lists[value(element, "numId") or value(element, "ilfo") or ""] = self._list(element)

    def _list(self, element: etree._Element) -> _List:
        key = value(child(element, "abstractNumId")) or value(child(element, "ilst")) or ""
        abstract = self._abstract.get(key)
        link = value(child(abstract, "numStyleLink"))
        if link is not None and link in self._links:
            key = self._links[link]
            abstract = self._abstract[key]
        made = _List(key)
        for level in abstract if abstract is not None else ():
            if name(level) == "lvl":
                self._add(made, level)
        for override in element:
            if name(override) == "lvlOverride" and (index := number(override, "ilvl")) is not None:
                own, start = child(override, "lvl"), number(child(override, "startOverride"))
                if own is not None:
                    self._add(made, own)
                if start is not None:
                    made.starts[index] = start
        return made

    @staticmethod
    def _add(made: _List, level: etree._Element) -> None:
        index = number(level, "ilvl")
        if index is None:
            return
        form = next((value(inner) or "" for inner in level.iter() if name(inner) == "numFmt" and value(inner) != "custom"), None)
        form = format_of_code(number(child(level, "nfc")) or 0) if form is None else form
        text = child(level, "lvlText")
        start = number(child(level, "start"))
        made.levels[index] = Level(
            format=form, text=(value(text) or "") if text is not None else "", start=0 if start is None else start,
            gap=(value(child(level, "suff")) or "").lower() != "nothing",
            restart=number(child(level, "lvlRestart")), legal=on(child(level, "isLgl")))
        style = value(child(level, "pStyle"))
        if style is not None:
            made.styles[style] = index

    def label(self, properties: etree._Element | None) -> str:
        """What Word writes before a paragraph with these properties, and count it; empty where it has no number."""
        told = value(child(properties, "listPr", "wx:t"))          # Word 2003 says it
        if told is not None:
            return told + (" " if told[-1:].isascii() and told else "")
        key, level = self._place(properties)
        made = self._lists.get(key or "")
        if made is None:
            return ""
        if level in made.starts and (key or "", level) not in self._begun:
            self._begun.add((key or "", level))
            self._counts.set(made.key, level, made.starts[level])
        return self._counts.label(made.key, made.levels, level)

    def _place(self, properties: etree._Element | None) -> tuple[str | None, int]:
        """The list and the level of a paragraph: its own, or those of its style."""
        key, level = _numbered(properties)
        for style, row in self._styles.chain(value(child(properties, "pStyle")) or self._styles.default):
            if key is not None:
                break
            level = row.level if level is None else level
            key = row.list
            linked = self._lists[key].styles if key in self._lists else {}
            level = linked.get(style, level)
        return key, level or 0
