"""Plain text in the encodings of a Chinese archive."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from render.base import NUMBER, File, Gold


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


def markdown(gold: Gold) -> list[File]:
    """As a converter writes it: headings with #, a blank line after each part, tables with |."""
    return [File(f"{gold.name}.md", _marked(gold, lambda line: line).encode("utf-8"))]


def markdown_awkward(gold: Gold) -> list[File]:
    """As people write notes: numbers and words in bold or slanted, paragraphs as items, quotations, links, rules, the title
    with a rule below."""
    dice = gold.dice

    def line(words: str) -> str:
        def marked(found: re.Match[str]) -> str:
            return dice.choice(("{}", "**{}**", "**{}**", "`{}`", "[{}](https://a.example/b_c)")).format(found[0])

        told = re.sub(rf"{NUMBER.pattern}[件名人次户起场份%]+|家庭暴力|法律援助|妇女儿童维权", marked, words)
        return dice.choice(("- {}", "* {}", "> {}", "{}", "{}")).format(told)

    return [File(f"{gold.name}.md", ("---\n\n" + _marked(gold, line).replace("\n\n## ", "\n\n***\n\n## ")).encode("utf-8"))]


def _marked(gold: Gold, body: Callable[[str], str]) -> str:
    made = []
    for part in gold.parts():
        if part.kind == "table":
            rows = [f"| {' | '.join(row)} |" for row in part.rows]
            made.append("\n".join([rows[0], "|" + "---|" * len(part.rows[0]), *rows[1:]]))
        elif part.kind == "body":
            made.append(body(part.text))
        else:
            made.append(f"{'#' * (part.level + 1)} {part.text}")
    return "\n\n".join(made) + "\n"


@cache
def _traditional():
    import opencc

    return opencc.OpenCC("s2tw")
