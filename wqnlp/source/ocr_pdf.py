"""Pages of a PDF that are images, as pictures of their own number of dots an inch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wqnlp.source.ocr_engine import engine
from wqnlp.source.ocr_image import LONGEST
from wqnlp.source.ocr_page import Page, recognise

DPI = 200.0             # where a page is made of several images, or of none
COARSEST, FINEST = 100.0, 300.0
INCH = 72.0             # points


def recognised(data: bytes, numbers: Iterable[int]) -> Iterator[Page]:
    """The pages of these numbers, from 1, one at a time in memory; their boxes count points.

    Raises `MissingExtra` E51 without the extra `ocr`. A page that cannot be drawn has a fault.
    """
    import pypdfium2

    reader = engine()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        for number in numbers:
            yield Page(number, 0.0, 0.0, fault=type(error).__name__)
        return
    try:
        for number in numbers:
            try:
                page = document[number - 1]
                scale = _scale(page)
                picture = page.render(scale=scale, rev_byteorder=False, prefer_bgrx=False).to_numpy()
            except (pypdfium2.PdfiumError, IndexError, ValueError, MemoryError) as error:
                yield Page(number, 0.0, 0.0, fault=type(error).__name__)
                continue
            yield recognise(reader, _coloured(picture), number, 1 / scale)
            page.close()
    finally:
        document.close()


def _scale(page: Any) -> float:
    """Pixels a point: those of the image that fills the page, so that it is not blurred by drawing it anew."""
    from pypdfium2 import raw

    wide, high = page.get_size()
    dpi, most = DPI, 0.0
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = image.get_bounds()
        area = (right - left) * (top - bottom)
        if area > most and right > left:
            most = area
            dpi = INCH * max(image.get_px_size()) / max(right - left, top - bottom)
    if most < 0.5 * wide * high:
        dpi = DPI
    return float(min(min(max(dpi, COARSEST), FINEST) / INCH, LONGEST / max(wide, high, 1.0)))


def _coloured(picture: Any) -> Any:
    import numpy as np

    if picture.ndim == 2 or picture.shape[2] == 1:
        return np.ascontiguousarray(np.repeat(picture.reshape(*picture.shape[:2], 1), 3, axis=2))
    return np.ascontiguousarray(picture[:, :, :3])
