"""A path to a `Source`: the file is read once, as bytes, and handed to the reader of its format."""

from __future__ import annotations

import hashlib
import os
from typing import Protocol

from wqnlp.errors import Unreadable
from wqnlp.source.base import Content, Source
from wqnlp.source.doc import DocReader
from wqnlp.source.docx import DocxReader, WordXmlReader
from wqnlp.source.html import HtmlReader
from wqnlp.source.mhtml import MhtmlReader
from wqnlp.source.odt import OdtReader
from wqnlp.source.pdf import PdfReader
from wqnlp.source.rtf import RtfReader
from wqnlp.source.text import TextReader

LIMIT = 64 * 2**20
"""The largest file that is read, in bytes: some twenty thousand summaries of usual length."""


class Reader(Protocol):
    """What turns the bytes of one format into text. A new format is one class, named in `READERS`."""

    name: str
    suffixes: tuple[str, ...]

    def sniff(self, head: bytes) -> bool:
        """Whether a file that begins so is of this format."""

    def read(self, path: str, data: bytes) -> Content:
        """Text, how it was decoded, and where it stands. Raises `Unreadable`."""


READERS: tuple[Reader, ...] = (PdfReader(), DocxReader(), DocReader(), WordXmlReader(), RtfReader(), OdtReader(), MhtmlReader(),
                               HtmlReader(), TextReader())
"""Asked in order; plain text, which takes anything, comes last."""


def reader_for(head: bytes) -> Reader:
    """The reader of a file that begins so. What a file is called may be wrong; how it begins is not.

    >>> reader_for(b"%PDF-1.7").name, reader_for("妇联".encode()).name
    ('pdf', 'text')
    """
    return next(reader for reader in READERS if reader.sniff(head))


def read(path: str | os.PathLike[str], *, limit: int = LIMIT) -> Source:
    """Read a file: plain text in any encoding of a Chinese archive, Word (.docx, .doc, .rtf, .odt), a saved web page, or PDF.

    Plain text is never altered: line ends and full-width digits stay as they are; only a byte order
    mark is not part of it. Raises `Unreadable`, whose message names the file and says what to do.

    >>> import tempfile; from pathlib import Path; folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "2003.txt"
    >>> _ = path.write_bytes("市妇联共接待来信来访一百六十四件次".encode("gb18030"))
    >>> source = read(path)
    >>> source.text, source.decoding.encoding
    ('市妇联共接待来信来访一百六十四件次', 'gb18030')
    """
    name = os.fspath(path)
    return read_data(name, _bytes(name, limit))


def read_data(name: str, data: bytes) -> Source:
    """Read a file's bytes that are at hand already. `name` is what messages and records call it; nothing is opened by it.

    Raises `Unreadable`.

    >>> read_data("2003.txt", "市妇联共接待来信来访一百六十四件次".encode("gb18030")).decoding.encoding
    'gb18030'
    """
    if not data:
        raise Unreadable("E03", name, "the file is empty", "get the file again, or leave it out")
    reader = reader_for(data[:1024])
    made = reader.read(name, data)
    return Source(path=name, text=made.text, sha256=hashlib.sha256(data).hexdigest(), format=reader.name,
                  decoding=made.decoding, pages=made.pages, places=made.places, cells=made.cells, doubts=made.doubts)


def _bytes(name: str, limit: int) -> bytes:
    try:
        if os.path.isdir(name):
            raise Unreadable("E05", name, "it is a folder, not a file", "name the files in it")
        size = os.stat(name).st_size
        if size > limit:
            raise Unreadable("E04", name, f"it has {size / 2**20:.0f} MB, more than the limit of "
                             f"{limit / 2**20:.0f} MB", "split it into smaller files")
        if size == 0 and os.path.isfile(name):
            raise Unreadable("E03", name, "the file is empty", "get the file again, or leave it out")
        with open(name, "rb") as file:
            data = file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Unreadable("E01", name, "there is no such file", "check the path") from error
    except PermissionError as error:
        raise Unreadable("E02", name, "it may not be read", "ask its owner for permission to read it") from error
    except (OSError, ValueError) as error:
        raise Unreadable("E07", name, f"reading it failed ({error})", "try again") from error
    if len(data) != size:
        raise Unreadable("E07", name, f"it had {size} bytes and then {len(data)}", "wait until nothing writes to it, "
                         "then try again")
    return data
