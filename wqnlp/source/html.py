"""Saved web pages: the article of a page as lines, each with the path of its element; tables with their cells."""

from __future__ import annotations

import re

from wqnlp.errors import Unreadable
from wqnlp.source.base import Cell, Content, Decoding, Place
from wqnlp.source.htmllines import Line, Writer
from wqnlp.source.htmlmain import main_lines
from wqnlp.source.htmltree import Tree, tree
from wqnlp.source.text import BOMS, decode, plausible_share

HEAD = 4096                      # bytes in which a page names its encoding
LITTLE = 60                      # characters: what shows less may have its text hidden until a script runs
TRUSTED = 0.1                    # by how much less plausible the named encoding may be and still be taken
LABELS = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "gb18030": "gb18030",
          "cp936": "gb18030", "hz-gb-2312": "hz", "big5": "cp950", "big5-hkscs": "big5hkscs", "utf-8": "utf-8",
          "utf8": "utf-8", "unicode": "utf-16-le", "utf-16": "utf-16-le", "utf-16le": "utf-16-le",
          "utf-16be": "utf-16-be"}
_LEAD = rb"(?>\s|<!--.*?-->|<\?.*?>|\xef\xbb\xbf)*+"
_SURE = re.compile(_LEAD + rb"(?:<!--[^>]{0,1000}$|<(?:!doctype\s+html|html|head|body|meta|title|frameset|base|link|script|style)"
                   rb"(?=[\s/>]))", re.IGNORECASE | re.DOTALL)
_MAYBE = re.compile(_LEAD + rb"<(?:p|div|table|center|font|span|h[1-6]|article|section|ul|ol|pre|b|strong|a|blockquote)"
                    rb"(?=[\s/>])", re.IGNORECASE | re.DOTALL)
_TAG_LINE = re.compile(rb"\s*<[a-zA-Z/!][^>]*>|.*(?:</?[a-zA-Z][^<>]*>|-->)\s*$", re.DOTALL)
_CHARSET = re.compile(rb"<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w\-]+)", re.IGNORECASE)
_MARKUP = re.compile(rb"<(script|style)\b(?:.*?</\1\s*>|.*)|<!--(?:.*?-->|.*)|<[a-zA-Z/!?][^<>]*>", re.IGNORECASE | re.DOTALL)


class HtmlReader:
    """HTML and XHTML, whole or a piece, whatever the file is called."""

    name = "html"
    suffixes: tuple[str, ...] = (".html", ".htm", ".xhtml", ".shtml")

    def sniff(self, head: bytes) -> bool:
        """A page says what it is in its first tag. A piece of one is taken for HTML where its lines are in tags: a text
        with tags left in it is not, since its own line ends count.

        >>> sniff = HtmlReader().sniff
        >>> sniff("<HTML><body>妇联".encode()), sniff("<p>接访9件。</p>".encode()), sniff("妇联<br>\\n".encode())
        (True, True, False)
        """
        head = head.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
        if _SURE.match(head):
            return True
        if not _MAYBE.match(head):
            return False
        lines = [line for line in head.splitlines() if line.strip()]
        tagged = sum(bool(_TAG_LINE.match(line)) for line in lines)
        return tagged * 5 >= len(lines) * 4 and (len(lines) < 2 or b"</" in head or b"=" in head)

    def read(self, path: str, data: bytes) -> Content:
        """The article of a page. Raises `Unreadable` E03 where it shows no text (a page of frames), E06."""
        text, how = decoded(path, data)
        return content(path, text, how)


def content(path: str, text: str, how: Decoding) -> Content:
    """The article of a page whose characters are known, as lines in their order on the page."""
    page = tree(text)
    lines = main_lines(page, Writer(page.body).lines)
    if sum(len(line.text) for line in lines) < LITTLE:                  # the text is there, for a script to show
        hidden = main_lines(page, Writer(page.body, hidden=True).lines)
        if sum(len(line.text) for line in hidden) > 4 * LITTLE:
            lines = hidden
    if not lines:
        raise Unreadable("E03", path, *_nothing(page))
    return _assembled(lines, how)


def _nothing(page: Tree) -> tuple[str, str]:
    frames = [frame for frame in page.frames if frame]
    if frames:
        return f"the page is made of frames and holds no text itself ({', '.join(frames[:3])})", "read the pages in its frames"
    return "the page shows no text", "save the page again once it is shown whole, or leave it out"


def _assembled(lines: list[Line], how: Decoding) -> Content:
    places: list[Place] = []
    cells: list[Cell] = []
    tables: dict[int, int] = {}
    at = 0
    for line in lines:
        places.append(Place(at, at + len(line.text), line.block.path()))
        for cell in line.cells:
            number = tables.setdefault(cell.table, len(tables))
            cells.append(cell._replace(table=number, start=at + cell.start, end=at + cell.end))
        at += len(line.text) + 1
    return Content(text="\n".join(line.text for line in lines), decoding=how, places=tuple(places), cells=tuple(cells))


def decoded(path: str, data: bytes, label: str | None = None) -> tuple[str, Decoding]:
    """The characters of a page. What it says of its encoding (`label` from outside, else its `<meta>`) is one vote; what
    gives Chinese text decides.

    >>> page = "<meta charset=gb2312><p>县妇联共接待来访二百八十七人次".encode()
    >>> text, how = decoded("a.html", page)
    >>> how.encoding, text[-6:]
    ('utf-8', '百八十七人次')
    """
    named = LABELS.get((label or _label(data) or "").lower())
    if any(data.startswith(mark) for mark, _ in BOMS):
        return decode(path, data)
    if (wide := _wide(data)) is not None:
        return data.decode(wide, "replace"), Decoding(encoding=wide, reason="markup of two bytes a character", confidence=0.97)
    data = data.replace(b"\0", b"")
    if named == "hz" and b"~{" in data:
        return data.decode("hz", "replace"), Decoding(encoding="hz", reason="the page says so", confidence=0.9)
    shown = _MARKUP.sub(b" ", data)
    try:
        how = decode(path, shown)[1]
    except Unreadable:
        if named is None or not _strict(shown, named):
            raise
        how = Decoding(encoding=named, reason="the page says so, and nothing else fits", confidence=0.4)
    if "+" in how.encoding:                          # lines of several encodings, each by its own
        return decode(path, data)
    if named not in (None, "hz", how.encoding) and how.reason != "ASCII alone" and how.encoding != "utf-8":
        how = _voted(shown, how, str(named))
    elif named == how.encoding:
        how = Decoding(encoding=named, reason=f"{how.reason}; the page says so", confidence=max(how.confidence, 0.97),
                       runner_up=how.runner_up, undecodable=how.undecodable)
    return data.decode(how.encoding, "replace"), how


def _voted(shown: bytes, how: Decoding, named: str) -> Decoding:
    """The encoding that a page names, where it gives text that is about as good; else what was found."""
    if not _strict(shown, named):
        return how
    other = plausible_share(shown.decode(named))
    if other < plausible_share(shown.decode(how.encoding, "replace")) - TRUSTED:
        return how
    return Decoding(encoding=named, reason=f"the page says so, and {how.encoding} is no better", confidence=0.8,
                    runner_up=how.encoding)


def _label(data: bytes) -> str | None:
    found = _CHARSET.search(data[:HEAD])
    return found[1].decode("ascii", "replace") if found else None


def _strict(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _wide(data: bytes) -> str | None:
    """The encoding of markup of two bytes a character without a byte order mark: where its zero bytes stand tells."""
    head = data[:400]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 < len(head) or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"
