"""Tables as CSV that opens in Excel: a BOM so that Chinese stays whole, and no cell that runs as a formula."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import IO, Any

from wqnlp.store.folder import FolderWriter
from wqnlp.store.schema import Column, schema, to_json

ENCODING = "utf-8-sig"                   # with the mark that tells Excel the cells are UTF-8
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: Any, kind: str) -> Any:
    """A value as a cell: numbers stay numbers, lists and objects are JSON, a text that would run gets a `'`.

    >>> cell(-3.5, "real"), cell("=HYPERLINK(1)", "text"), cell(["masked"], "strings"), cell(None, "real")
    (-3.5, "'=HYPERLINK(1)", '["masked"]', '')
    """
    if value is None:
        return ""
    if kind in ("strings", "json"):
        return to_json(value)
    if kind == "text" and str(value).startswith(RUNS):
        return "'" + str(value)
    return value


def uncell(text: str, kind: str) -> Any:
    """The value a cell was made of.

    >>> uncell("'-5%", "text"), uncell("", "real"), uncell("20", "integer")
    ('-5%', None, 20)
    """
    if kind in ("strings", "json"):
        return json.loads(text)
    if kind in ("integer", "real"):
        return None if text == "" else (int if kind == "integer" else float)(text)
    return text[1:] if text[:1] == "'" and text[1:].startswith(RUNS) else text


class CsvWriter(FolderWriter):
    """One `TABLE.csv` for each table, with a head line; an empty table has its head line alone."""

    suffix = "csv"

    def _open(self, table: str, path: Path) -> IO[str]:
        file = path.open("w", encoding=ENCODING, newline="")
        csv.writer(file).writerow([column.name for column in schema(table)])
        return file

    def _append(self, table: str, rows: list[dict[str, Any]]) -> None:
        file = self._files[table]
        csv.writer(file).writerows(_cells(row, schema(table)) for row in rows)
        file.flush()

    def _rewrite(self, old: Path, new: Path) -> None:
        kinds = schema("documents")
        with old.open(encoding=ENCODING, newline="") as lines, new.open("w", encoding=ENCODING, newline="") as out:
            rows, writer = _reader(lines), csv.writer(out)
            writer.writerow(next(rows))
            for cells in rows:
                document = {column.name: uncell(text, column.kind) for column, text in zip(kinds, cells, strict=True)}
                writer.writerow(_cells(self._with_copies(document), kinds))


def _cells(row: dict[str, Any], kinds: tuple[Column, ...]) -> list[Any]:
    return [cell(row[column.name], column.kind) for column in kinds]


def _reader(lines: IO[str]) -> Any:
    csv.field_size_limit(2**31 - 1)      # evidence of a long summary is over the default of 128 KB
    return csv.reader(lines)
