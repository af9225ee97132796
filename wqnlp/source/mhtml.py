"""Pages saved in one file (.mht, and what Word saves as "single file web page" under the name .doc): their HTML part."""

from __future__ import annotations

import re

from wqnlp.errors import Unreadable
from wqnlp.source.base import Content

_HEAD = re.compile(rb"\s*(?:[A-Za-z][\w-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){1,40}?", re.S)
_SAYS = re.compile(rb"^content-type:\s*(?:multipart/(?:related|alternative)|text/html)", re.I | re.M)


class MhtmlReader:
    """A message whose body is a page. The page goes to the reader of what it is."""

    name = "mhtml"
    suffixes: tuple[str, ...] = (".mht", ".mhtml")

    def sniff(self, head: bytes) -> bool:
        """Mail headers that announce a page.

        >>> MhtmlReader().sniff(b"MIME-Version: 1.0\\r\\nContent-Type: multipart/related; boundary=x\\r\\n")
        True
        """
        return _HEAD.match(head) is not None and b"mime-version:" in head.lower() and _SAYS.search(head) is not None

    def read(self, path: str, data: bytes) -> Content:
        """The text of the first page. Raises `Unreadable` E13 where there is none, and what the page's reader raises."""
        import email

        from wqnlp.source.reading import reader_for

        try:
            message = email.message_from_bytes(data)
            pages = [part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/html"]
        except (ValueError, LookupError, RecursionError) as error:
            raise Unreadable("E13", path, f"the saved page is broken ({error})", "open it and save it as .docx") from error
        page = next((page for page in pages if isinstance(page, bytes) and page.strip()), None)
        if page is None:
            raise Unreadable("E13", path, "the saved page has no HTML in it", "open it and save it as .docx")
        return reader_for(page[:1024]).read(path, page)
