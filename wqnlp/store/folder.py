"""A folder of table files, written as results come and named when they are whole.

A table grows in `NAME.part`, flushed after each file; `close` (on Ctrl-C too) gives it its name, once it is on the
disk. So a run that fails early leaves an older output as it was, and a run that fails late leaves what it had done;
with `whole_or_nothing` that one, too, leaves the older output.
"""

from __future__ import annotations

import errno
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from wqnlp.errors import Unwritable
from wqnlp.records import TABLES, Copy, row
from wqnlp.store.schema import plain

if TYPE_CHECKING:
    from wqnlp.pipeline import Result


def writable(folder: str | os.PathLike[str]) -> Path:
    """The folder, made where it is missing. Raises `Unwritable` (E21) before any work is done."""
    path = Path(folder)
    probe = path / ".wqnlp-probe"
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except (OSError, ValueError) as fault:
        raise Unwritable("E21", os.fspath(folder), f"the output folder cannot be written ({_reason(fault)})",
                         "name another folder with -o, or ask its owner for permission") from fault
    return path


def _reason(fault: Exception) -> str:
    return getattr(fault, "strerror", None) or str(fault)


def _to_disk(path: Path) -> None:
    """See that a file is on the disk, or the names in a folder. Not every system does that for folders."""
    try:
        held = os.open(path, os.O_RDONLY)
    except PermissionError:
        if path.is_dir():
            return
        raise
    try:
        os.fsync(held)
    except OSError as fault:
        if not path.is_dir() or fault.errno in (errno.ENOSPC, errno.EIO):
            raise
    finally:
        os.close(held)


class FolderWriter(ABC):
    """All TABLES as files of one format in one folder."""

    suffix: str

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = writable(folder)
        self._copies: Mapping[str, tuple[Copy, ...]] = {}
        self._files: dict[str, Any] = {}
        self._written = self._again = False
        self.whole_or_nothing = False
        try:
            for table in TABLES:
                self._files[table] = self._open(table, self.part(table))
        except OSError as fault:
            raise self._refused(fault) from fault

    def part(self, table: str) -> Path:
        """Where a table grows until it is whole."""
        return self.folder / f"{table}.{self.suffix}.part"

    def write(self, result: Result) -> None:
        """Append all that one file gave."""
        self._written = True
        for table in TABLES:
            self.append(table, [plain(record) for record in result.rows(table)])

    def append(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Append rows of plain values to one table. Raises `Unwritable` (E21)."""
        if not rows:
            return
        if table == "documents" and self._copies:
            rows = [self._with_copies(one) for one in rows]
        try:
            self._append(table, rows)
        except OSError as fault:
            raise self._refused(fault) from fault

    def amend(self, copies: Mapping[str, tuple[Copy, ...]]) -> None:
        """Copies go into `documents` as they are written; what was written before is written again when it is closed."""
        self._again = self._written
        self._copies = copies

    def close(self) -> None:
        """Name the tables. Safe to call twice."""
        try:
            for table in TABLES:
                part = self.part(table)
                self._finish(table)
                if not part.exists():
                    continue
                if table == "documents" and self._copies and self._again:
                    whole = part.with_suffix(".copies")
                    self._rewrite(part, whole)
                    os.replace(whole, part)
                _to_disk(part)
                os.replace(part, part.with_suffix(""))
            _to_disk(self.folder)
        except OSError as fault:
            if self.whole_or_nothing:
                self._discard()
            raise self._refused(fault) from fault

    def _discard(self) -> None:
        for table in TABLES:
            with suppress(OSError):      # a disk that is full is full for the rest of the table, too
                self._finish(table)
            self.part(table).unlink(missing_ok=True)

    def _with_copies(self, document: dict[str, Any]) -> dict[str, Any]:
        copies = self._copies.get(document["doc_id"], ())
        return document | {"copies": [row(copy) for copy in copies]}

    def _refused(self, fault: OSError) -> Unwritable:
        return Unwritable("E21", str(self.folder), f"writing failed ({_reason(fault)})",
                          "free some space or name another folder with -o; what was written before is kept")

    @abstractmethod
    def _open(self, table: str, path: Path) -> Any:
        """An open file of the format."""

    @abstractmethod
    def _append(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Write rows of plain values."""

    def _finish(self, table: str) -> None:
        self._files[table].close()

    @abstractmethod
    def _rewrite(self, old: Path, new: Path) -> None:
        """The documents once more, with `_with_copies` applied to each."""

    def __enter__(self) -> FolderWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 where: TracebackType | None) -> None:
        if kind is not None and (self.whole_or_nothing or not self._written):
            self._discard()              # stopped before the first file: an older output stays
        else:
            self.close()
