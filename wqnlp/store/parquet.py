"""Tables as Parquet with a fixed schema, empty tables too, in row groups as results come."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from wqnlp.records import TABLES
from wqnlp.store.folder import FolderWriter
from wqnlp.store.schema import schema, to_json

GROUP = 20_000                           # rows a row group: large enough to compress, small enough to hold


@cache
def arrow_schema(table: str) -> Any:
    """The Arrow schema of a table: lists of codes as lists, nested objects as JSON text.

    >>> str(arrow_schema("figures").field("flags").type)
    'list<element: string>'
    """
    import pyarrow as pa

    kinds = {"text": pa.string(), "integer": pa.int64(), "real": pa.float64(), "json": pa.string(),
             "strings": pa.list_(pa.field("element", pa.string()))}
    return pa.schema([pa.field(column.name, kinds[column.kind]) for column in schema(table)])


class ParquetWriter(FolderWriter):
    """One `TABLE.parquet` for each table. A file is readable once it is closed; `close` runs on Ctrl-C too."""

    suffix = "parquet"

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._waiting: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
        super().__init__(folder)

    def _open(self, table: str, path: Path) -> Any:
        import pyarrow.parquet as pq

        return pq.ParquetWriter(path, arrow_schema(table), compression="zstd")

    def _append(self, table: str, rows: list[dict[str, Any]]) -> None:
        nested = [column.name for column in schema(table) if column.kind == "json"]
        self._waiting[table] += [row | {name: to_json(row[name]) for name in nested} for row in rows]
        if len(self._waiting[table]) >= GROUP:
            self._flush(table)

    def _flush(self, table: str) -> None:
        import pyarrow as pa

        rows, self._waiting[table] = self._waiting[table], []
        if rows:
            self._files[table].write_table(pa.Table.from_pylist(rows, schema=arrow_schema(table)))

    def _finish(self, table: str) -> None:
        if self._files[table].is_open:
            self._flush(table)
            self._files[table].close()

    def _rewrite(self, old: Path, new: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        with pq.ParquetWriter(new, arrow_schema("documents"), compression="zstd") as out, pq.ParquetFile(old) as rows:
            for group in range(rows.num_row_groups):
                made = [self._with_copies(row) for row in rows.read_row_group(group).to_pylist()]
                for row in made:
                    row["copies"] = to_json(row["copies"])
                out.write_table(pa.Table.from_pylist(made, schema=arrow_schema("documents")))
