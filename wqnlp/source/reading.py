"""A path to a `Source`: the file is read once, as bytes, and handed to the reader of its format."""

from __future__ import annotations

import hashlib
import io
import os
from typing import Protocol

from wqnlp.errors import Unreadable
from wqnlp.source.base import Content, Source
from wqnlp.source.csvtext import CsvReader
from wqnlp.source.doc import DocReader
from wqnlp.source.docx import DocxReader, WordXmlReader
from wqnlp.source.html import HtmlReader
from wqnlp.source.mhtml import MhtmlReader
from wqnlp.source.ocr import ImageReader
from wqnlp.source.odt import FlatOdtReader, OdtReader
from wqnlp.source.packed import data_of, parted, refuse_archive
from wqnlp.source.packed_zip import inside
from wqnlp.source.pdf import PdfReader
from wqnlp.source.rtf import RtfReader
from wqnlp.source.text import TextReader
from wqnlp.source.xlsx import XlsxReader

LIMIT = 64 * 2**20
"""The largest file that is read, in bytes: some twenty thousand summaries of usual length."""


PACKAGES = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx", "ppt/presentation.xml": ".pptx", "content.xml": ".odt"}
"""A part that tells what document a ZIP package is, and a suffix of its reader."""


class Reader(Protocol):
    """What turns the bytes of one format into text. A new format is one class, named in `READERS`."""

    name: str
    suffixes: tuple[str, ...]

    def sniff(self, head: bytes) -> bool:
        """Whether a file that begins so is of this format."""

    def read(self, path: str, data: bytes) -> Content:
        """Text, how it was decoded, and where it stands. Raises `Unreadable`."""


READERS: tuple[Reader, ...] = (PdfReader(), ImageReader(), DocxReader(), DocReader(), WordXmlReader(), RtfReader(), OdtReader(),
                               FlatOdtReader(), XlsxReader(), MhtmlReader(), HtmlReader(), CsvReader(), TextReader())
"""Asked in order; plain text, which takes anything, comes last."""


def reader_for(head: bytes) -> Reader:
    """The reader of a file that begins so. What a file is called may be wrong; how it begins is not.

    >>> reader_for(b"%PDF-1.7").name, reader_for("妇联".encode()).name
    ('pdf', 'text')
    """
    return next(reader for reader in READERS if reader.sniff(head))


def _reader_of(data: bytes) -> Reader:
    """The reader of a file; of a document in a ZIP package whose first part says nothing of its kind, by its parts."""
    reader = reader_for(data[:1024])
    if reader.name not in ("text", "docx") or not data.startswith(b"PK"):
        return reader
    names = inside(io.BytesIO(data)) or set()
    suffix = next((suffix for part, suffix in PACKAGES.items() if part in names), "")
    return next((one for one in READERS if suffix and suffix in one.suffixes), reader)


def read(path: str | os.PathLike[str], *, limit: int = LIMIT) -> Source:
    """Read a file: plain text in any encoding of a Chinese archive, Word (.docx, .doc, .rtf, .odt), a saved web page, PDF, or
    an image or a scan, which are recognised.

    Plain text is never altered: line ends and full-width digits stay as they are; only a byte order
    mark is not part of it. The path may be that of a file in an archive (`2009.zip!总结.txt`).
    Raises `Unreadable`, whose message names the file and says what to do.

    >>> import tempfile; from pathlib import Path; folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "2003.txt"
    >>> _ = path.write_bytes("市妇联共接待来信来访一百六十四件次".encode("gb18030"))
    >>> source = read(path)
    >>> source.text, source.decoding.encoding
    ('市妇联共接待来信来访一百六十四件次', 'gb18030')
    """
    name = os.fspath(path)
    within = parted(name)
    data, depth = (_bytes(name, limit), 0) if within is None else data_of(name, *within)
    if within is not None:
        refuse_archive(name, io.BytesIO(data), depth)
    return _source(name, data)


def read_data(name: str, data: bytes) -> Source:
    """Read a file's bytes that are at hand already. `name` is what messages and records call it; nothing is opened by it.

    Raises `Unreadable`.

    >>> read_data("2003.txt", "市妇联共接待来信来访一百六十四件次".encode("gb18030")).decoding.encoding
    'gb18030'
    """
    if not data:
        raise Unreadable("E03", name, "the file is empty", "get the file again, or leave it out")
    refuse_archive(name, io.BytesIO(data))
    return _source(name, data)


def _source(name: str, data: bytes) -> Source:
    reader = _reader_of(data)
    made = reader.read(name, data)
    return Source(path=name, text=made.text, sha256=hashlib.sha256(data).hexdigest(), format=reader.name,
                  decoding=made.decoding, pages=made.pages, places=made.places, cells=made.cells, doubts=made.doubts)


def _bytes(name: str, limit: int) -> bytes:
    try:
        if os.path.isdir(name):
            raise Unreadable("E05", name, "it is a folder, not a file", "name the files in it")
        if os.path.isfile(name):
            with open(name, "rb") as file:
                refuse_archive(name, file)
        before = os.stat(name)
        size = before.st_size
        if size > limit:
            raise Unreadable("E04", name, f"it has {size / 2**20:.0f} MB, more than the limit of "
                             f"{limit / 2**20:.0f} MB", "split it into smaller files")
        if size == 0 and os.path.isfile(name):
            raise Unreadable("E03", name, "the file is empty", "get the file again, or leave it out")
        with open(name, "rb") as file:
            data = file.read(limit + 1)
            after = os.fstat(file.fileno())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Unreadable("E01", name, "there is no such file", "check the path") from error
    except PermissionError as error:
        raise Unreadable("E02", name, "it may not be read", "ask its owner for permission to read it") from error
    except (OSError, ValueError) as error:
        raise Unreadable("E07", name, f"reading it failed ({error})", "try again") from error
    if len(data) != size:
        raise Unreadable("E07", name, f"it had {size} bytes and then {len(data)}", "wait until nothing writes to it, "
                         "then try again")
    if (before.st_mtime_ns, before.st_ino) != (after.st_mtime_ns, after.st_ino):
        raise Unreadable("E07", name, "it changed while it was read", "wait until nothing writes to it, then try again")
    return data
