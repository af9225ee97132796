"""Tables saved as text (.csv of a spreadsheet, tab-separated): told from prose by lines that have the same fields."""

from __future__ import annotations

import csv
import io
import re

from wqnlp.source.base import Content
from wqnlp.source.docx import content
from wqnlp.source.sheets import Sheet, blocks
from wqnlp.source.text import TextReader

LEAST = 3                                # lines that have as many fields, one below the other
MOSTLY = 0.6                             # share of the lines that have the mark
WIDEST = 60                              # bytes of a field, more is prose
_NUMERIC = re.compile(rb"\s*\"?[-+]?[\d,]*\.?\d+\s*(?:%|\xef\xbc\x85|\xa3\xa5)?\"?\s*")


class CsvReader:
    """Comma- or tab-separated tables, with what stands alone above and below them."""

    name = "csv"
    suffixes: tuple[str, ...] = (".csv", ".tsv")

    def sniff(self, head: bytes) -> bool:
        """Whether three lines below one another have the same number of short fields, and numbers among them.

        >>> told = "信访统计表\\n类别,受理,办结\\n婚姻家庭,120,110\\n财产权益,50,45\\n合计,170,155\\n".encode()
        >>> CsvReader().sniff(told), CsvReader().sniff("接待来访96件,其中家暴12件。\\n办结90件,办结率93.8%。\\n".encode() * 2)
        (True, False)
        """
        return b"\0" not in head and _mark(head) is not None

    def read(self, path: str, data: bytes) -> Content:
        """As `XlsxReader.read`. Raises `Unreadable` as for plain text."""
        plain = TextReader().read(path, data)
        mark = _mark(data[:1024]) or b","
        rows = {}
        for number, fields in enumerate(csv.reader(io.StringIO(plain.text, newline=""), delimiter=mark.decode())):
            cells = {column: text.strip() for column, text in enumerate(fields) if text.strip()}
            if cells:
                rows[number] = cells
        made = content(path, list(blocks([Sheet("", rows)])), "csv", plain.decoding.reason)
        return Content(text=made.text, decoding=plain.decoding, places=made.places, cells=made.cells)


def _mark(head: bytes) -> bytes | None:
    """What parts the fields of a table, a comma or a tab; None where it is none."""
    lines = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    lines = lines[:-1] if len(head) >= 1000 else lines       # the last is cut off
    filled = [line for line in lines if line.strip()]
    for mark in (b",", b"\t"):
        if sum(mark in line for line in filled) < MOSTLY * len(filled):
            continue
        alike = numeric = 0
        before = 0
        for line in lines:
            fields = line.split(mark)
            short = all(len(one) <= WIDEST for one in fields)
            same = len(fields) > 1 and short and len(fields) == before
            alike = alike + 1 if same else int(len(fields) > 1 and short)
            numeric = (numeric if same else 0) + any(_NUMERIC.fullmatch(one) for one in fields[1:])
            before = len(fields)
            if alike >= LEAST and numeric >= 2:
                return mark
    return None
