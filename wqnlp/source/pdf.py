"""PDF with a text layer, through pdfplumber: page after page, in reading order."""

from __future__ import annotations

import io

from wqnlp.errors import Unreadable
from wqnlp.source.base import Content, Decoding, Page

GAP = 0.6        # of the height of a character: a wider gap on a line parts two words or two columns


class PdfReader:
    """Text PDF. Pages are joined with a line feed and stand in `Source.pages`."""

    name = "pdf"
    suffixes: tuple[str, ...] = (".pdf",)

    def sniff(self, head: bytes) -> bool:
        """A PDF says so in its first kilobyte.

        >>> PdfReader().sniff(b"%PDF-1.4")
        True
        """
        return b"%PDF-" in head[:1024]

    def read(self, path: str, data: bytes) -> Content:
        """The text layer of a PDF. Raises `Unreadable` E12 where it is broken or encrypted, E11 without text."""
        layers = _layers(path, data)
        if not any(layer.strip() for layer in layers):
            raise Unreadable("E11", path, f"its {len(layers)} pages hold no text, only images", "run OCR first")
        pages, at = [], 0
        for number, layer in enumerate(layers, 1):
            pages.append(Page(number, at, at + len(layer)))
            at += len(layer) + 1
        how = Decoding(encoding="pdf", reason=f"text layer of {len(layers)} pages", confidence=0.95)
        return Content(text="\n".join(layers), decoding=how, pages=tuple(pages))


def _layers(path: str, data: bytes) -> list[str]:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    layers = []
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            for page in pdf.pages:
                layers.append(page.extract_text(x_tolerance_ratio=GAP) or "")
                page.close()
    except (PdfminerException, PDFException, ValueError, KeyError, TypeError, IndexError, AttributeError,
            AssertionError, EOFError, OverflowError, RecursionError) as error:
        # pdfminer lets all of these out on a damaged file; none of them is a fault of ours.
        causes = [error, *error.args, error.__cause__, error.__context__]
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in causes):
            raise Unreadable("E12", path, "the PDF is encrypted", "save a copy without a password") from error
        raise Unreadable("E12", path, f"the PDF is broken ({type(error).__name__})", "get the file again, or print it "
                         "to a new PDF") from error
    if not layers:
        raise Unreadable("E12", path, "the PDF has no pages", "get the file again")
    return layers
