"""Gold summaries put into every format an archive holds, plainly and awkwardly, so that their gold can be held against it.

A *way* is a format and a manner. Its function takes one summary and gives the files it becomes, or, for archives, takes
all of them. `tests/quality/formats.py` scores what is read back; `tests/test_fuzz_readers.py` breaks it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from render import archives, doc, docx, html, mail, odt, pdf, rtf, scan, sheets, text, wordxml
from render.base import DEV, File, Gold, load

__all__ = ["DEV", "WAYS", "File", "Gold", "Way", "load"]


@dataclass(frozen=True)
class Way:
    """A format, a manner, and what makes the files: of one summary, or of all where it packs them."""

    format: str
    manner: str
    make: Callable[..., list[File]]
    packs: bool = False
    recognised: bool = False             # read by OCR

    @property
    def name(self) -> str:
        return f"{self.format} {self.manner}"

    def files(self, golds: list[Gold]) -> list[File]:
        """All summaries this way."""
        return self.make(golds) if self.packs else [file for gold in golds for file in self.make(gold)]


WAYS = (
    Way("text", "plain", text.utf8),
    Way("text", "gb18030", text.gb18030),
    Way("text", "big5", text.big5),
    Way("text", "utf-16", text.utf16),
    Way("text", "utf-16 bare", text.utf16_bare),
    Way("text", "markdown", text.markdown),
    Way("text", "markdown awkward", text.markdown_awkward),
    Way("xlsx", "plain", sheets.plain),
    Way("docx", "plain", docx.plain),
    Way("docx", "awkward", docx.awkward),
    Way("html", "plain", html.plain),
    Way("html", "awkward", html.awkward),
    Way("html", "two pages", html.two_pages),
    Way("mht", "awkward", html.mht),
    Way("pdf", "plain", pdf.plain),
    Way("pdf", "columns", pdf.columns),
    Way("pdf", "headed", pdf.headed),
    Way("pdf", "ruled", pdf.ruled),
    Way("pdf", "narrow", pdf.narrow),
    Way("rtf", "plain", rtf.plain),
    Way("rtf", "awkward", rtf.awkward),
    Way("doc", "plain", doc.plain),
    Way("doc", "awkward", doc.awkward),
    Way("odt", "plain", odt.plain),
    Way("odt", "awkward", odt.awkward),
    Way("fodt", "awkward", odt.flat),
    Way("wordxml", "plain", wordxml.plain),
    Way("wordxml", "awkward", wordxml.awkward),
    Way("eml", "plain", mail.attached),
    Way("eml", "awkward", mail.forwarded),
    Way("zip", "plain", archives.zipped, packs=True),
    Way("zip", "awkward", archives.zipped_awkward, packs=True),
    Way("tar", "plain", archives.tarred, packs=True),
    Way("tar", "awkward", archives.tarred_awkward, packs=True),
    Way("png", "plain", scan.png, recognised=True),
    Way("png", "awkward", scan.png_scanned, recognised=True),
    Way("jpeg", "plain", scan.jpeg, recognised=True),
    Way("jpeg", "awkward", scan.jpeg_scanned, recognised=True),
    Way("tiff", "plain", scan.tiff, recognised=True),
    Way("tiff", "awkward", scan.tiff_scanned, recognised=True),
    Way("image pdf", "plain", scan.pdf, recognised=True),
    Way("image pdf", "awkward", scan.pdf_scanned, recognised=True),
)
