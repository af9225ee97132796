"""Excel workbooks (.xlsx, .xlsm): the visible sheets, each value as it is shown. Formulas are not worked out, macros not opened.

Office Open XML (ECMA-376) part 1, SpreadsheetML: shared strings, cell styles with their number formats, merged cells.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from wqnlp.errors import Unreadable
from wqnlp.source.base import Content
from wqnlp.source.docx import content
from wqnlp.source.package import AGAIN, Limits, Package
from wqnlp.source.sheets import Merge, Sheet, blocks

if TYPE_CHECKING:
    from lxml import etree

WORKBOOK = "xl/workbook.xml"
MOST_COLUMNS = 16_384                    # that Excel has
EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
PERCENT, DATES = {9: "0%", 10: "0.00%"}, {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass(slots=True)
class XlsxReader:
    """Excel workbooks in a ZIP package."""

    name: str = "xlsx"
    suffixes: tuple[str, ...] = (".xlsx", ".xlsm", ".xltx")
    limits: Limits = field(default_factory=Limits)

    def sniff(self, head: bytes) -> bool:
        """A ZIP file whose first entry is of a workbook; most are told by their parts.

        >>> XlsxReader().sniff(b"PK\\x03\\x04" + bytes(26) + b"xl/workbook.xml")
        True
        """
        return head.startswith(b"PK\x03\x04") and head[30:].startswith(b"xl/")

    def read(self, path: str, data: bytes) -> Content:
        """Titles, tables and notes of each sheet. Raises `Unreadable` E13 where it is broken, E14 over a limit, E03 where it is empty."""
        package = Package(path, data, self.limits)
        if WORKBOOK not in package:
            raise Unreadable("E13", path, "the workbook is missing from it", AGAIN)
        book = _Book(package)
        return content(path, list(blocks(book.sheets())), "xlsx", "Excel workbook")


class _Book:
    """A workbook's strings, formats and sheets."""

    def __init__(self, package: Package) -> None:
        self._package = package
        root = package.xml(WORKBOOK)
        parts = package.related(WORKBOOK)
        strings, styles = (package.xml(name) if (name := parts.get(kind, "")) in package else () for kind in ("sharedStrings", "styles"))
        self._strings = [_shown_text(one) for one in strings]
        self._formats = _formats(styles)
        self._epoch = EPOCHS[any(one.get("date1904") in ("1", "true") for one in _all(root, "workbookPr"))]
        self._sheets = [one for one in _all(root, "sheet") if one.get("state", "visible") == "visible"]
        rels = posixpath.join("xl", "_rels", "workbook.xml.rels")
        self._targets = {str(one.get("Id")): posixpath.normpath(posixpath.join("/xl", str(one.get("Target")))).lstrip("/")
                         for one in package.xml(rels)} if rels in package else {}

    def sheets(self) -> Iterator[Sheet]:
        """Those that are shown, in order."""
        for one in self._sheets:
            there = next((self._targets.get(str(value)) for key, value in one.items() if str(key).endswith("}id")), None)
            if there is not None and there in self._package:
                root = self._package.xml(there)
                yield Sheet(str(one.get("name") or ""), self._rows(root), [
                    merge for cell in _all(root, "mergeCell") if (merge := _merge(str(cell.get("ref")))) is not None])

    def _rows(self, root: etree._Element) -> dict[int, dict[int, str]]:
        found: dict[int, dict[int, str]] = {}
        row = -1
        for line in _all(root, "row"):
            told = str(line.get("r") or "")
            row = int(told) - 1 if told.isdigit() else row + 1
            column = -1
            for cell in line:
                at = _reference(str(cell.get("r") or ""))
                column = at[1] if at is not None else column + 1
                text = self._shown(cell).strip()
                if text and column < MOST_COLUMNS:
                    found.setdefault(row, {})[column] = text
        return dict(sorted(found.items()))

    def _shown(self, cell: etree._Element) -> str:
        """A cell's value as it is shown."""
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return "".join(_shown_text(one) for one in _all(cell, "is"))
        told = next((one.text or "" for one in _all(cell, "v")), "")
        if kind == "s":
            return self._strings[int(told)] if told.isdigit() and int(told) < len(self._strings) else ""
        if kind != "n" or not told:
            return {"b": {"1": "是", "0": "否"}.get(told, "")}.get(kind, "" if kind == "e" else told)
        style = str(cell.get("s") or "0")
        form = self._formats[int(style)] if style.isdigit() and int(style) < len(self._formats) else ""
        try:
            return shown(float(told), form, self._epoch)
        except (ValueError, OverflowError):
            return told


def shown(number: float, form: str, epoch: date = EPOCHS[False]) -> str:
    """A number under a format: a share, a date, or as many digits as it has.

    >>> shown(0.2251, "0.0%"), shown(120.0, ""), shown(0.1 + 0.2, "General"), shown(42370.0, 'yyyy"年"m"月"d"日"')
    ('22.5%', '120', '0.3', '2016年1月1日')
    """
    bare = _QUOTED.sub("", form)
    if "%" in bare:
        decimals = bare.partition("%")[0].partition(".")[2]
        return f"{100 * number:.{decimals.count('0') + decimals.count('#')}f}%"
    if form == "date" or ("y" in bare.casefold() and "e+" not in bare.casefold()):
        day = epoch + timedelta(days=int(number))
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{number:.10g}" if number != int(number) else str(int(number))


def _formats(styles: Iterable[etree._Element]) -> list[str]:
    """The number format of each cell style."""
    groups = list(styles)
    own = {str(one.get("numFmtId")): str(one.get("formatCode") or "") for group in groups for one in _all(group, "numFmt")}
    found = []
    for group in groups:
        for one in group if str(group.tag).endswith("}cellXfs") else ():
            number = str(one.get("numFmtId") or "0")
            known = int(number) if number.isdigit() else 0
            found.append(own.get(number) or PERCENT.get(known, "") or ("date" if known in DATES else ""))
    return found


def _all(root: etree._Element, name: str) -> Iterator[etree._Element]:
    """All elements of a name, in whatever namespace (strict or transitional)."""
    return root.iter(f"{{*}}{name}")


def _shown_text(item: etree._Element) -> str:
    """The text of a string, without its readings."""
    readings = [one for reading in _all(item, "rPh") for one in _all(reading, "t")]
    return "".join(one.text or "" for one in _all(item, "t") if one not in readings)


def _reference(told: str) -> tuple[int, int] | None:
    """Row and column from 0.

    >>> _reference("B3"), _reference("AA1"), _reference("")
    ((2, 1), (0, 26), None)
    """
    found = _REFERENCE.fullmatch(told)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def _merge(told: str) -> Merge | None:
    ends = [_reference(end) for end in told.split(":")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    return Merge(*ends[0], *ends[1])
