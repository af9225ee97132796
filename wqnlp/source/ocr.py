"""Images, and what pages of a document say that are images: the same text, places and tables as a PDF with a text layer
gives, and beside them what is in doubt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wqnlp.errors import Unreadable
from wqnlp.source import ocr_image, pdf_furniture
from wqnlp.source.base import Content, Decoding, Doubt, Place
from wqnlp.source.ocr_engine import Char, engine
from wqnlp.source.ocr_page import Found, Page, recognise, sheets
from wqnlp.source.pdf_page import Sheet
from wqnlp.source.pdf_write import content

PAGES = 500
"""The most pages that are recognised of one file: an hour of work."""

DOUBTFUL = 0.98
"""A character is in doubt whose confidence is lower."""


@dataclass
class ImageReader:
    """PNG, JPEG, TIFF, BMP, GIF and WebP: pages that are recognised. Needs the extra `ocr`."""

    most_pages: int = PAGES
    name: str = "image"
    suffixes: tuple[str, ...] = ocr_image.SUFFIXES

    def sniff(self, head: bytes) -> bool:
        """Every kind of image has its own first bytes.

        >>> ImageReader().sniff(b"\\x89PNG\\r\\n\\x1a\\n"), ImageReader().sniff("妇联".encode())
        (True, False)
        """
        return ocr_image.is_image(head)

    def read(self, path: str, data: bytes) -> Content:
        """The text of an image; boxes of `places` count pixels of the page as it is shown.

        Raises `Unreadable` E16 where the image is broken, E11 where it shows no text, E04 where it or its number of
        pages is over a limit; `MissingExtra` E51 without the extra `ocr`.
        """
        pages = [Page(shot.number, 0.0, 0.0, fault=shot.fault) if shot.picture is None
                 else recognise(engine(), shot.picture, shot.number, shot.scale)
                 for shot in ocr_image.shots(path, data, self.most_pages)]
        seen = Recognised(pages)
        pdf_furniture.cut(seen.sheets)
        text, numbered, places, cells = content(seen.sheets)
        if not text.strip():
            raise Unreadable("E11", path, f"its {len(pages)} page{'s' * (len(pages) > 1)} show no text that can be read",
                             "scan it again at 300 dots an inch, or leave it out")
        how = Decoding(encoding="image", reason=seen.told(), confidence=seen.sure())
        return Content(text=text, decoding=how, pages=numbered, cells=cells, doubts=seen.doubts(text, places),
                       places=seen.shown(places))


@dataclass
class Recognised:
    """Pages that were recognised, as sheets for the layout; and what was written of them, back on the page."""

    pages: Sequence[Page]
    sheets: list[Sheet] = field(init=False)
    _found: Found = field(init=False)
    _scales: dict[int, float] = field(init=False)

    def __post_init__(self) -> None:
        self.sheets, self._found, self._scales = sheets(self.pages)

    def told(self) -> str:
        """In words what was recognised, and which pages were not."""
        told = f"recognised {len(self.pages)} page{'s' * (len(self.pages) > 1)}"
        for name, numbers in (("no text", [p.number for p in self.pages if not p.seen and not p.fault]),
                              ("broken", [p.number for p in self.pages if p.fault])):
            if numbers:
                told += f"; {name}: page {', '.join(map(str, numbers[:20]))}{' ...' if len(numbers) > 20 else ''}"
        return told

    def sure(self) -> float:
        """The mean confidence of all characters, 0 where there are none."""
        sure = [char.confidence for page in self.pages for one in page.seen for char in one.chars]
        return round(sum(sure) / len(sure), 4) if sure else 0.0

    def shown(self, places: Sequence[Place]) -> tuple[Place, ...]:
        """Places with their boxes in the measure of the page as it is shown; those of other pages stay."""
        pages = {page.number: page for page in self.pages}
        return tuple(self._box(place, pages[place.page]) if place.page in pages else place for place in places)

    def _box(self, place: Place, page: Page) -> Place:
        if place.box is None or page.back is None:
            return place
        turn, scale = page.back, self._scales[page.number]
        x0, top, x1, bottom = (edge / scale for edge in place.box)
        corners = [(float(turn[0] @ (x, y, 1)), float(turn[1] @ (x, y, 1))) for x in (x0, x1) for y in (top, bottom)]
        xs, ys = ([round(corner[axis], 1) for corner in corners] for axis in (0, 1))
        return place._replace(box=(min(xs), min(ys), max(xs), max(ys)))

    def doubts(self, text: str, places: Sequence[Place]) -> tuple[Doubt, ...]:
        """The doubts of the text. A place holds its runs one after the other, with nothing but blanks between them.

        `places` are those of the layout, before they are shown.
        """
        by_page: dict[int, list[tuple[float, float, tuple[Char, ...]]]] = defaultdict(list)
        for (number, x0, middle, _), seen in self._found.items():
            by_page[number].append((middle, x0, seen.chars))
        found: list[Doubt] = []
        for place in places:
            if place.box is None or place.page not in by_page:
                continue
            x0, top, x1, bottom = place.box
            own = [(middle, left, chars) for middle, left, chars in by_page[place.page]
                   if top - 1 <= middle <= bottom + 1 and x0 - 1 <= left <= x1 + 1]
            found += _in_place(text, place, [chars for _, _, chars in sorted(own, key=lambda o: o[:2])])
        return tuple(sorted(found))


def _in_place(text: str, place: Place, runs: list[tuple[Char, ...]]) -> Iterator[Doubt]:
    at = place.start
    while at < place.end:
        chars = next((chars for chars in runs if text.startswith("".join(c.text for c in chars), at, place.end)), None)
        if chars is None:
            at += 1
            continue
        runs.remove(chars)
        for index, char in enumerate(chars):
            sure = min(char.confidence, 1 - char.missed_share)
            if sure < DOUBTFUL:                                 # what was missed stands before the character
                between = index > 0 and char.missed_share > 1 - char.confidence
                yield Doubt(at + index - between, at + index + 1, round(sure, 3))
        at += len(chars)
