"""Web pages saved as one file (`.mht`, `.mhtml`; Word's “single file web page”, often named `.doc`): the page inside."""

from __future__ import annotations

import email
import re
from email.message import Message

from wqnlp.errors import Unreadable
from wqnlp.source.base import Content
from wqnlp.source.html import content, decoded

_HEAD = re.compile(rb"\s*(?:\xef\xbb\xbf)?[A-Za-z][\w\-]{1,40}:[^\n]*\n")
_MIME = re.compile(rb"^MIME-Version\s*:", re.IGNORECASE | re.MULTILINE)
_KIND = re.compile(rb"^Content-Type\s*:\s*(?:multipart/|text/html)", re.IGNORECASE | re.MULTILINE)
TODO = "open it in a browser and save it as HTML"


class MhtmlReader:
    """MHTML, whatever the file is called. Of several pages in it (frames) the first with text is read."""

    name = "mhtml"
    suffixes: tuple[str, ...] = (".mht", ".mhtml")

    def sniff(self, head: bytes) -> bool:
        """A mail's head that announces a page.

        >>> MhtmlReader().sniff(b"MIME-Version: 1.0\\r\\nContent-Type: multipart/related; boundary=a\\r\\n")
        True
        """
        return bool(_HEAD.match(head) and _MIME.search(head) and _KIND.search(head))

    def read(self, path: str, data: bytes) -> Content:
        """The article of the page. Raises `Unreadable` E05 where there is none in the file, E03 where it shows nothing."""
        try:
            whole = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf \t\r\n"))
            pages = _pages(whole)
        except (RecursionError, LookupError, ValueError) as error:          # parts in parts in parts; headers of nonsense
            raise Unreadable("E05", path, f"its parts cannot be told apart ({type(error).__name__})", TODO) from error
        fault: Unreadable | None = None
        for page in pages:
            try:
                return _read(path, page)
            except Unreadable as found:                                     # a frame set; its frames come after it
                fault = fault or found
        raise fault or Unreadable("E05", path, "it is a mail or a web archive with no page in it", TODO)


def _pages(whole: Message) -> list[Message]:
    """The pages of an archive, the one that it was saved for first."""
    found = [part for part in whole.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    wanted = {_bare(whole.get_param("start")), _bare(whole.get("Snapshot-Content-Location")),
              _bare(whole.get("Content-Location"))} - {""}
    return sorted(found, key=lambda part: wanted.isdisjoint({_bare(part.get("Content-ID")),
                                                             _bare(part.get("Content-Location"))}))


def _bare(told: object) -> str:
    return str(told or "").strip(" <>\t\r\n")


def _read(path: str, part: Message) -> Content:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        raise Unreadable("E03", path, "the page in it is empty", TODO)
    text, how = decoded(path, data, part.get_content_charset())
    return content(path, text, how)
