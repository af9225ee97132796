"""What a browser writes that is no text of the page: the numbers of lists; and what raised elements are written as."""

from __future__ import annotations

import re

from wqnlp.source.htmltree import Element
from wqnlp.source.raised import raised

_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([\w\s\-]+)", re.IGNORECASE)
_HANZI = ("cjk-ideographic", "cjk-decimal", "simp-chinese-informal", "trad-chinese-informal", "simp-chinese-formal",
          "trad-chinese-formal", "japanese-informal")
_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_DIGITS = "零一二三四五六七八九"


def number_of(item: Element) -> str:
    """What stands before an item of an ordered list, as its page shows it; nothing for other items.

    >>> from wqnlp.source.htmltree import tree
    >>> items = tree("<ol start=3><li>信访<li value=9>普法<li>维权</ol>").body.children[0].children
    >>> [number_of(item) for item in items]
    ['3. ', '9. ', '10. ']
    """
    owner = item.parent
    if owner is None or owner.tag != "ol":
        return ""
    kind = _kind(item) or _kind(owner) or "decimal"
    if kind == "none":
        return ""
    return _written(_ordinal(owner, item), kind)


def _kind(element: Element) -> str:
    for style in reversed(_STYLE.findall(element.attributes.get("style", "")[:2000])):
        for word in style.lower().split():
            if word not in ("inside", "outside", "initial", "inherit"):
                return str(word)
    return _TYPES.get(element.attributes.get("type", ""), "")


def _ordinal(owner: Element, item: Element) -> int:
    """The number of an item. Counted once for a whole list and kept, so that long lists take no longer each."""
    kept = owner.attributes.get("\0numbers")
    if kept is None:
        items = [child for child in owner.children if isinstance(child, Element) and child.tag == "li"
                 and not child.hidden]
        backwards = "reversed" in owner.attributes
        at = _integer(owner.attributes.get("start"), len(items) if backwards else 1)
        for child in items:
            at = _integer(child.attributes.get("value"), at)
            child.attributes["\0number"] = str(at)
            at += -1 if backwards else 1
        owner.attributes["\0numbers"] = ""
    return int(item.attributes.get("\0number", "1"))


def _integer(told: str | None, otherwise: int) -> int:
    found = re.match(r"\s*(-?\d{1,9})", told or "")
    return int(found[1]) if found else otherwise


def _written(number: int, kind: str) -> str:
    if kind in _HANZI and 0 < number < 100:
        return hanzi(number) + "、"
    if kind.endswith(("-alpha", "-latin")) and 0 < number <= 26:
        letter = chr(ord("a") + number - 1)
        return (letter.upper() if kind.startswith("upper") else letter) + ". "
    if kind.endswith("-roman") and 0 < number < 40:
        told = "X" * (number // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]
        return (told if kind.startswith("upper") else told.lower()) + ". "
    if kind in ("disc", "circle", "square"):
        return ""
    return f"{number}. "


def hanzi(number: int) -> str:
    """A number from 1 to 99 in hanzi.

    >>> [hanzi(number) for number in (1, 10, 12, 20, 35)]
    ['一', '十', '十二', '二十', '三十五']
    """
    tens, ones = divmod(number, 10)
    return (_DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (_DIGITS[ones] if ones or not tens else "")


def script(element: Element, before: str) -> str | None:
    """What a raised or lowered element is written as; None where it is read as any other.

    A digit that is raised is never part of the number before it: it is a power (10⁴, km²) or points to a note, and then
    goes.

    >>> from wqnlp.source.htmltree import tree
    >>> [script(tree(f"<p>x<sup>{raised}</sup>").body.children[0].children[1], before)
    ...  for raised, before in [("2", "5km"), ("[3]", "286"), ("1", "286件"), ("4", "10"), ("注：据来访", "件")]]
    ['²', '', '', '⁴', None]
    """
    if element.tag == "sub":
        return None
    return raised("".join(_strings(element)), before)


def _strings(element: Element) -> list[str]:
    found: list[str] = []
    todo: list[Element | str] = [element]
    while todo and len(found) < 20:
        item = todo.pop()
        if isinstance(item, str):
            found.append(item)
        elif not item.hidden:
            todo += reversed(item.children)
    return found
