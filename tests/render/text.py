"""Plain text in the encodings of a Chinese archive."""

from __future__ import annotations

from functools import cache

from render.base import File, Gold


def utf8(gold: Gold) -> list[File]:
    """The text as it is: what every other format is held against."""
    return [File(f"{gold.name}.txt", gold.text.encode("utf-8"))]


def gb18030(gold: Gold) -> list[File]:
    """As Notepad of a Chinese Windows saves it."""
    return [File(f"{gold.name}.txt", gold.text.replace("\n", "\r\n").encode("gb18030"))]


def big5(gold: Gold) -> list[File]:
    """In traditional characters, as Windows of Taiwan and Hong Kong saves it."""
    return [File(f"{gold.name}.txt", _traditional().convert(gold.text).replace("\n", "\r\n").encode("cp950"))]


def utf16(gold: Gold) -> list[File]:
    """As Notepad saves `Unicode`: little end first, with a mark."""
    return [File(f"{gold.name}.txt", b"\xff\xfe" + gold.text.replace("\n", "\r\n").encode("utf-16-le"))]


def utf16_bare(gold: Gold) -> list[File]:
    """Big end first and no mark, the lines ended as on an old Macintosh."""
    return [File(f"{gold.name}.txt", gold.text.replace("\n", "\r").encode("utf-16-be"))]


@cache
def _traditional():
    import opencc

    return opencc.OpenCC("s2tw")
