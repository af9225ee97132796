"""Tables as JSON Lines: UTF-8, one record a line, Chinese as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, Any

from wqnlp.store.folder import FolderWriter
from wqnlp.store.schema import to_json


class JsonlWriter(FolderWriter):
    """One `TABLE.jsonl` for each table."""

    suffix = "jsonl"

    def _open(self, table: str, path: Path) -> IO[str]:
        return path.open("w", encoding="utf-8", newline="\n")

    def _append(self, table: str, rows: list[dict[str, Any]]) -> None:
        file = self._files[table]
        file.writelines(to_json(row) + "\n" for row in rows)
        file.flush()

    def _rewrite(self, old: Path, new: Path) -> None:
        with old.open(encoding="utf-8", newline="\n") as lines, new.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(to_json(self._with_copies(json.loads(line))) + "\n" for line in lines)
