"""The packaged Chinese font, as Pillow draws it and as a PDF may hold it."""

from __future__ import annotations

import zlib
from functools import cache
from io import BytesIO

from wqnlp.plots.base import characters, face

EMBEDDED, NAMED = "Gold", "STSong-Light"


def path() -> str:
    """The font file. Raises `MissingExtra` where there is none."""
    return face().path


def undrawn(text: str) -> set[str]:
    """The characters of a text that the font has no glyph for.

    >>> undrawn("霍山县妇联186件")
    set()
    """
    return set(text) - characters(path()) - {"\n"}


@cache
def _truetype(letters: frozenset[str], called: str) -> bytes:
    """The glyphs of some characters with quadratic outlines: reportlab embeds no other. Fonts of one name are one to it."""
    from fontTools import subset
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import TTFont

    font = TTFont(path(), lazy=True)
    cutter = subset.Subsetter(subset.Options(layout_features=[], hinting=False, notdef_outline=True, desubroutinize=True))
    cutter.populate(text="".join(letters))
    cutter.subset(font)
    order, drawn, glyphs = font.getGlyphOrder(), font.getGlyphSet(), {}
    for name in order:
        pen = TTGlyphPen(None)
        drawn[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        glyphs[name] = pen.glyph()
    built = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    built.setupGlyphOrder(order)
    built.setupCharacterMap(font.getBestCmap())
    built.setupGlyf(glyphs)
    built.setupHorizontalMetrics({name: (font["hmtx"][name][0], built.font["glyf"][name].xMin if glyphs[name].numberOfContours else 0)
                                  for name in order})
    built.setupHorizontalHeader(ascent=font["hhea"].ascent, descent=font["hhea"].descent)
    built.setupOS2(sTypoAscender=font["hhea"].ascent, sTypoDescender=font["hhea"].descent, usWeightClass=400)
    built.setupNameTable({"familyName": called, "styleName": "Regular", "psName": called})
    built.setupPost()
    held = BytesIO()
    built.save(held)
    return held.getvalue()


def register(text: str) -> str:
    """Give reportlab the font with the characters of a text; its name there."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    letters = frozenset(text) | set(map(chr, range(0x20, 0x7F)))
    name = f"{EMBEDDED}{zlib.crc32(''.join(sorted(letters)).encode()):x}"
    registerFont(TTFont(name, BytesIO(_truetype(letters, name))))
    return name


def register_named() -> str:
    """A font that is named in the PDF and not in it, as Acrobat's Asian fonts are; its name in reportlab."""
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont

    registerFont(UnicodeCIDFont(NAMED))
    return NAMED
