"""PDF with a text layer, through pdfplumber: reading order, paragraphs, tables; what recurs on the pages is left out."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from wqnlp.errors import MissingExtra, Unreadable
from wqnlp.source import ocr, ocr_pdf, pdf_furniture
from wqnlp.source.base import Content, Decoding
from wqnlp.source.pdf_page import Sheet, sheet_of
from wqnlp.source.pdf_write import content

MOST_CODES = 2**17       # of one range in a font's tables
PAGES = 3000
"""The most pages of a PDF that are read; more is a book, or a file made to choke its reader."""


@dataclass
class PdfReader:
    """Text PDF: paragraphs are lines of the text, a table is one line a row; `Source.pages` has the pages."""

    most_pages: int = PAGES
    name: str = "pdf"
    suffixes: tuple[str, ...] = (".pdf",)

    def sniff(self, head: bytes) -> bool:
        """A PDF says so in its first kilobyte.

        >>> PdfReader().sniff(b"%PDF-1.4")
        True
        """
        return b"%PDF-" in head[:1024]

    def read(self, path: str, data: bytes) -> Content:
        """The text layer of a PDF. Raises `Unreadable` E12 where it is broken or encrypted, E11 without text, E04
        with more than `most_pages` pages.

        A page that is an image among pages of text, or that is broken among sound ones, has an empty span in `pages`
        and is named in `decoding.reason`; `scanned_pages` tells the former to whoever can recognise them.
        """
        sheets = list(_sheets(path, data, self.most_pages))
        if not sheets:
            raise Unreadable("E12", path, "the PDF has no pages", "get the file again")
        if all(sheet.fault for sheet in sheets):
            raise _broken(path, sheets[0].fault)
        seen = _recognised(path, data, sheets)
        pdf_furniture.cut(sheets)
        text, pages, places, cells = content(sheets)
        if not text.strip(" \n|\ufffd"):
            raise Unreadable("E11", path, f"its {len(sheets)} pages hold no text that can be read", "scan it again at 300 "
                             "dots an inch, or leave it out")
        lost = sum(sheet.lost for sheet in sheets)
        sure = 0.95 if not lost and not any(s.fault or s.scanned for s in sheets) else 0.7
        how = Decoding(encoding="pdf", reason=_reason(sheets, seen), undecodable=lost,
                       confidence=min(sure, seen.sure()) if seen else sure)
        return Content(text=text, decoding=how, pages=pages, places=seen.shown(places) if seen else places, cells=cells,
                       doubts=seen.doubts(text, places) if seen else ())


def _recognised(path: str, data: bytes, sheets: list[Sheet]) -> ocr.Recognised | None:
    """Put what is recognised on the pages that are images in the place of their sheets.

    Where some pages have text and the extra `ocr` is missing, the others stay images; where none has, raises
    `MissingExtra`; E04 with more of them than are recognised of one file.
    """
    numbers = [sheet.number for sheet in sheets if sheet.scanned]
    if not numbers:
        return None
    if len(numbers) > ocr.PAGES:
        raise Unreadable("E04", path, f"it has {len(numbers)} pages that are images, more than the limit of {ocr.PAGES}",
                         "split it into smaller files")
    try:
        seen = ocr.Recognised(list(ocr_pdf.recognised(data, numbers)))
    except MissingExtra:
        if len(numbers) == len(sheets):
            raise
        return None
    for sheet in seen.sheets:
        sheets[sheet.number - 1] = sheet
    return seen


def scanned_pages(path: str, data: bytes, most_pages: int = PAGES) -> Iterator[int]:
    """The numbers, from 1, of the pages that are an image without text, for a recogniser to take over.

    `Content.pages` has an empty span for each, at the place of the text where what is recognised belongs. Raises
    `Unreadable` E12, as the reader does.
    """
    for sheet in _sheets(path, data, most_pages):
        if sheet.scanned:
            yield sheet.number


def _reason(sheets: list[Sheet], seen: ocr.Recognised | None) -> str:
    """In words what of a PDF was read: its pages, those that were recognised, and those that were not."""
    layers = len(sheets) - (len(seen.pages) if seen else 0)
    told = "; ".join([f"text layer of {layers} pages"] * (layers > 0 or not seen) + ([seen.told()] if seen else []))
    for name, numbers in (("image without text", [s.number for s in sheets if s.scanned]),
                          ("broken", [s.number for s in sheets if s.fault]),
                          ("font without characters", [s.number for s in sheets if s.lost > 0.3 * s.letters > 0])):
        if numbers:
            told += f"; {name}: page {', '.join(map(str, numbers[:20]))}{' ...' if len(numbers) > 20 else ''}"
    return told


def _faults() -> tuple[type[Exception], ...]:
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    # pdfminer lets all of these out on a damaged file; none of them is a fault of ours.
    return (MalformedPDFException, PdfminerException, PDFException, PSException, ValueError, KeyError, TypeError, IndexError,
            AttributeError, AssertionError, EOFError, OverflowError, RecursionError, ZeroDivisionError, NotImplementedError)


@cache
def _bounded() -> None:
    """Keep pdfminer from counting to whatever number a file holds where it fills the tables of a font, one code at a time:
    `/W [0 9999999999 500]` would take all memory. A font has no range of more codes.
    """
    from pdfminer import cmapdb, pdffont

    def counted(first: int, end: int | None = None) -> range:
        start, stop = (0, first) if end is None else (first, end)
        return range(start, min(stop, start + MOST_CODES))

    for module in (cmapdb, pdffont):
        setattr(module, "range", counted)  # noqa: B010 - the name is not theirs until it is set


def _sheets(path: str, data: bytes, most_pages: int) -> Iterator[Sheet]:
    """The pages of a PDF, one at a time in memory; one that cannot be read is a sheet with a fault."""
    import pdfplumber

    _bounded()
    logging.getLogger("pdfminer").setLevel(logging.ERROR)       # it warns of every glyph of a font without a box
    faults = _faults()
    try:
        pdf = pdfplumber.open(io.BytesIO(data))
    except faults as error:
        raise _broken(path, type(error).__name__, error) from error
    try:                                        # not `with pdf`: closing it asks for its pages again, and may fail again
        pages = pdf.pages
    except faults as error:
        raise _broken(path, type(error).__name__, error) from error
    if len(pages) > most_pages:
        raise Unreadable("E04", path, f"it has {len(pages)} pages, more than the limit of {most_pages}",
                         "split it into smaller files")
    for number, page in enumerate(pages, 1):
        yield _sheet(number, page, faults)


def _sheet(number: int, page: Any, faults: tuple[type[Exception], ...]) -> Sheet:
    try:
        return sheet_of(page)
    except faults as error:
        return Sheet(number=number, width=0, height=0, fault=type(error).__name__)
    finally:
        page.close()


def _broken(path: str, seen: str, error: Exception | None = None) -> Unreadable:
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    causes = [] if error is None else [error, *error.args, error.__cause__, error.__context__]
    if any(isinstance(cause, PDFPasswordIncorrect) for cause in causes):
        return Unreadable("E12", path, "the PDF is encrypted", "save a copy without a password")
    return Unreadable("E12", path, f"the PDF is broken ({seen})", "get the file again, or print it to a new PDF")
