"""A gold summary taken apart: its title, headings, paragraphs and tables, for the writers of each format."""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

DEV = Path(__file__).parents[1] / "gold" / "dev"

LEVELS = (re.compile("([一二三四五六七八九十]+)、"), re.compile("（([一二三四五六七八九十]+)）"), re.compile(r"(\d+)[．、](?!\d)"))
NUMBER = re.compile(r"[0-9０-９]+(?:[.．,，][0-9０-９]+)*")
HANZI = "一二三四五六七八九十"


class File(NamedTuple):
    """One file to be written: its name, which begins with the name of its summary, and its bytes."""

    name: str
    data: bytes


class Part(NamedTuple):
    """A paragraph or a table. `level` is that of the list marker it begins with, 0 for none; `rows` only for a table."""

    kind: str                            # title, heading, body, table
    text: str
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Gold:
    """A summary of a gold set: its name, its text, and the spans of its figures."""

    name: str
    text: str
    figures: tuple[tuple[int, int], ...] = field(default=(), repr=False)

    @property
    def title(self) -> str:
        return self.text.split("\n", 1)[0].strip()

    @property
    def dice(self) -> random.Random:
        """The same chance for the same summary in every run."""
        return random.Random(zlib.crc32(self.name.encode()))

    def parts(self) -> list[Part]:
        """The text line by line, the rows of a table together."""
        found: list[Part] = []
        rows: list[tuple[str, ...]] = []
        for number, line in enumerate(line for line in self.text.split("\n") if line.strip()):
            if " | " in line:
                rows.append(tuple(line.split(" | ")))
                continue
            if rows:
                found.append(Part("table", "", rows=tuple(rows)))
                rows = []
            found.append(_part(line, number))
        return [*found, Part("table", "", rows=tuple(rows))] if rows else found


def _part(line: str, number: int) -> Part:
    level = next((at for at, marker in enumerate(LEVELS, 1) if marker.match(line)), 0)
    if number == 0:
        return Part("title", line)
    return Part("heading" if level and len(line) <= 30 and line[-1] not in "。；" else "body", line, level)


def load(folder: Path = DEV) -> list[Gold]:
    """All summaries of a gold folder that have a text file of their own."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for line in (folder / "gold" / "figures.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        spans.setdefault(row["doc_id"], []).append((row["start"], row["end"]))
    return [Gold(path.stem, path.read_text("utf-8"), tuple(spans.get(path.stem, ())))
            for path in sorted((folder / "texts").glob("*.txt"))]


def split_numbers(text: str, dice: random.Random) -> list[str]:
    """The text in pieces, cut inside its numbers, as an editor leaves it where a number was corrected.

    >>> split_numbers("接访186件", random.Random(1))
    ['接访1', '86件']
    """
    cuts = [dice.randrange(found.start() + 1, found.end()) for found in NUMBER.finditer(text) if len(found[0]) > 1]
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True) if a < b]


def wrong(number: str) -> str:
    """Another number of as many digits: what stood there before it was corrected.

    >>> wrong("186")
    '297'
    """
    return re.sub("[0-9０-９]", lambda digit: chr(ord(digit[0]) + (-9 if digit[0] in "9９" else 1)), number)


def numbered(parts: list[Part]) -> Iterator[tuple[Part, str]]:
    """Each part with the list marker that a counting list would print before it; empty where it would print another.

    A counter starts anew under every marker of a higher level, as Word and HTML count.
    """
    counts = [0, 0, 0]
    for part in parts:
        if not part.level:
            yield part, ""
            continue
        found = LEVELS[part.level - 1].match(part.text)
        assert found
        due = counts[part.level - 1] + 1
        stated = HANZI.index(found[1]) + 1 if found[1] in HANZI else int(found[1]) if found[1].isdigit() else 0
        counts[part.level - 1:] = [stated, *[0] * (3 - part.level)]
        yield part, found[0] if stated == due else ""
