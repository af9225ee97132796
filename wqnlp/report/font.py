"""The Chinese characters of a page as a font inside it, so that it reads on a machine that has none."""

from __future__ import annotations

import base64
from io import BytesIO

from wqnlp.plots.base import face

SC_FACE = 2                              # the collection has Japanese, Korean, then simplified Chinese


def embedded(text: str) -> str:
    """A data URL of a WOFF font with just the characters of a text. Raises MissingExtra (E51) where there is no font.

    >>> embedded("霍山县妇联186件")[:20]
    'data:font/woff;base6'
    """
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    chosen = face()
    collection = chosen.path.endswith((".ttc", ".otc"))
    font = TTFont(chosen.path, fontNumber=SC_FACE if chosen.thin else 0 if collection else -1, lazy=True)
    options = subset.Options(layout_features=["kern"], hinting=False, notdef_outline=True, desubroutinize=False)
    options.drop_tables += ["DSIG", "vhea", "vmtx", "VORG", "VVAR"]
    cut = subset.Subsetter(options)
    cut.populate(unicodes=sorted({ord(c) for c in text} | set(range(0x20, 0x7F))))
    cut.subset(font)
    font.flavor = "woff"
    held = BytesIO()
    font.save(held)
    return "data:font/woff;base64," + base64.b64encode(held.getvalue()).decode("ascii")
