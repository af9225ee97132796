"""Pictures of printed pages, A4 at 150 dots an inch: straight and clean, and as an office scanner leaves them."""

from __future__ import annotations

from io import BytesIO

from render import fonts
from render.base import File, Gold, Part

DPI = 150
WIDE, HIGH = 1240, 1754                    # A4
MARGIN = 120
FORBIDDEN = "，。；：、！？）》”’％%"          # begins no line


def png(gold: Gold) -> list[File]:
    """One clean page."""
    return [_picture(gold, "png", sheets(gold, 22, one=True))]


def png_scanned(gold: Gold) -> list[File]:
    """One page, askew, grey and noisy."""
    return [_picture(gold, "png", [worn(sheet, gold) for sheet in sheets(gold, 22, one=True)])]


def jpeg(gold: Gold) -> list[File]:
    """One clean page, well compressed."""
    return [_picture(gold, "jpg", sheets(gold, 22, one=True), quality=85)]


def jpeg_scanned(gold: Gold) -> list[File]:
    """One page, askew and noisy, compressed until it shows."""
    return [_picture(gold, "jpg", [worn(sheet, gold) for sheet in sheets(gold, 22, one=True)], quality=35)]


def tiff(gold: Gold) -> list[File]:
    """All pages, black and white, as a fax or an office copier saves them."""
    pages = [sheet.point(lambda grey: 255 * (grey > 128)).convert("1") for sheet in sheets(gold, 28)]
    return [_picture(gold, "tif", pages, compression="group4")]


def tiff_scanned(gold: Gold) -> list[File]:
    """All pages in grey, askew and noisy."""
    return [_picture(gold, "tif", [worn(sheet, gold) for sheet in sheets(gold, 28)], compression="tiff_lzw")]


def pdf(gold: Gold) -> list[File]:
    """A PDF of pictures without a text layer."""
    return [_picture(gold, "pdf", sheets(gold, 28), resolution=DPI)]


def pdf_scanned(gold: Gold) -> list[File]:
    """The same, askew and noisy."""
    return [_picture(gold, "pdf", [worn(sheet, gold) for sheet in sheets(gold, 28)], resolution=DPI, quality=50)]


def sheets(gold: Gold, size: int, one: bool = False) -> list:
    """The pages of a summary, grey, set in a font of so many pixels; one: smaller, until all is on one page."""
    while True:
        pages = _set(gold, size)
        if len(pages) == 1 or not one:
            return pages
        size -= 1


def worn(sheet, gold: Gold):
    """A page as it comes from the glass: askew by one or two degrees, soft, grey paper, grain and specks."""
    import numpy
    from PIL import Image, ImageFilter

    dice = gold.dice
    angle = dice.choice((-1, 1)) * dice.uniform(1, 2)
    turned = sheet.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.7))
    grain = numpy.random.default_rng(dice.randrange(2**32))
    grey = numpy.asarray(turned, dtype=float)
    grey = 40 + grey * (195 / 255) + grain.normal(0, 10, grey.shape)
    specks = grain.random(grey.shape) < 0.0004
    grey[specks] = 60
    return Image.fromarray(grey.clip(0, 255).astype("uint8"))


def _set(gold: Gold, size: int) -> list:
    from PIL import Image, ImageDraw

    pages, at = [], HIGH
    for part in gold.parts():
        pitch = int((size + 10 * (part.kind == "title")) * 1.55)
        for drawn in _lines(part, size):
            if at + pitch > HIGH - MARGIN:
                pages.append(Image.new("L", (WIDE, HIGH), 255))
                pen, at = ImageDraw.Draw(pages[-1]), MARGIN
            for x, text, font, rule in drawn:
                pen.text((x, at), text, font=font, fill=0)
                if rule:
                    pen.rectangle((x - 8, at - 4, x - 8 + rule, at - 4 + pitch), outline=0)
            at += pitch
    return pages


def _lines(part: Part, size: int):
    """Lines of a part, each a list of (left edge, text, font, width of the ruled cell or 0)."""
    from PIL import ImageFont

    font = ImageFont.truetype(fonts.path(), size + 6 * (part.kind == "title"))
    if part.rows:
        cell = (WIDE - 2 * MARGIN) // max(map(len, part.rows))
        return [[(MARGIN + at * cell, text, font, cell) for at, text in enumerate(row)] for row in part.rows]
    made, line = [], "" if part.kind == "title" else "　　"
    for char in part.text:
        if font.getlength(line + char) > WIDE - 2 * MARGIN and char not in FORBIDDEN:
            made.append(line)
            line = ""
        line += char
    left = (WIDE - font.getlength(line)) / 2 if part.kind == "title" else MARGIN
    return [[(left if part.kind == "title" else MARGIN, text, font, 0)] for text in [*made, line]]


def _picture(gold: Gold, kind: str, pages: list, **how) -> File:
    held = BytesIO()
    name = {"jpg": "JPEG", "tif": "TIFF"}.get(kind, kind.upper())
    many = {"save_all": True, "append_images": pages[1:]} if kind in ("tif", "pdf") else {}
    pages[0].save(held, name, dpi=(DPI, DPI), **many, **how)
    return File(f"{gold.name}.{kind}", held.getvalue())
