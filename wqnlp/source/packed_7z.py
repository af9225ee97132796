"""7z archives, through py7zr. They are packed as one stream: it is unpacked once, into a nameless file."""

from __future__ import annotations

import io
import lzma
import struct
import tempfile
import zlib
from typing import IO, Any, cast

from wqnlp.source.packed_base import Broken, Budget, Entry, Opened, refuse_ratio, said, unique
from wqnlp.source.packed_names import hidden, tidy

MAGIC, RAR = b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"
IN_MEMORY = 2**24                        # bytes unpacked that stay in memory
FAULTS = (EOFError, OSError, ValueError, struct.error, lzma.LZMAError, zlib.error, OverflowError, IndexError, KeyError, TypeError,
          AttributeError, AssertionError, RuntimeError, NotImplementedError)


class SevenZip:
    """A 7z archive. Raises `Broken` where its directory cannot be read."""

    def __init__(self, file: IO[bytes], budget: Budget) -> None:
        import py7zr
        from py7zr.exceptions import ArchiveError, PasswordRequired

        self.fault: Broken | None = None
        self._budget, self._faults = budget, (*FAULTS, ArchiveError, PasswordRequired)
        self._spooled: dict[str, tuple[int, int]] | None = None
        self._store: IO[bytes] = io.BytesIO()
        file.seek(0)
        try:
            self._zip: Any = py7zr.SevenZipFile(file, max_extract_size=min(budget.limits.bytes, 2**62))
            locked = self._zip.needs_password()
            listed = [one for one in self._zip.list() if not one.is_directory]
        except PasswordRequired as fault:
            raise Broken("E18", "it is encrypted", "unpack it with its password") from fault
        except self._faults as fault:
            raise Broken("E18", f"the 7z archive is broken ({said(fault)})") from fault
        listed = [one for one in listed if not hidden(one.filename)]
        self._names = [one.filename for one in listed]
        names = unique([tidy(name.replace("\\", "/")) for name in self._names])
        self.entries = [Entry(name, int(one.uncompressed or 0), int(one.compressed or 0), _fault(one, locked))
                        for name, one in zip(names, listed, strict=True)]

    def open(self, number: int) -> Opened:
        """See `Archive`."""
        if self._spooled is None:
            self._unpack()
        place = (self._spooled or {}).get(self._names[number])
        if place is None:
            raise self.fault or Broken("E18", "it is broken in the archive")
        start, size = place
        self._store.seek(start)
        return io.BytesIO(self._store.read(size))

    def head(self, number: int) -> bytes:
        """See `Archive`."""
        return self.open(number).read(4096)

    def _unpack(self) -> None:
        """All members into one file that has no name; of a broken archive those before the fault."""
        self._spooled = {}
        self._budget.begin()
        total = sum(entry.size for entry in self.entries)
        refuse_ratio(total, self._budget.own, self._budget.limits.ratio)
        self._store = cast(IO[bytes], tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 (held until close)
        wanted = [name for name, entry in zip(self._names, self.entries, strict=True) if entry.fault is None]
        try:
            self._zip.extract(targets=wanted, factory=_factory(self._store, self._spooled, self._budget))
        except Broken:
            raise
        except self._faults as fault:
            self.fault = Broken("E18", f"the 7z archive is broken ({said(fault)})")
            if self._spooled:
                self._spooled.pop(next(reversed(self._spooled)))          # the one it broke in

    def close(self) -> None:
        """See `Archive`."""
        self._zip.close()
        self._store.close()


def _factory(store: IO[bytes], places: dict[str, tuple[int, int]], budget: Budget) -> Any:
    from py7zr.io import Py7zIO, WriterFactory

    class Piece(Py7zIO):
        """One member, at the end of the store while it is written."""

        def __init__(self, name: str) -> None:
            self._name = name
            places[name] = (store.seek(0, io.SEEK_END), 0)

        def write(self, s: bytes | bytearray) -> int:
            budget.check()
            start, size = places[self._name]
            if store.tell() > budget.limits.bytes:
                raise Broken("E19", f"it unfolds to more than {budget.limits.bytes / 2**20:.0f} MB", "unpack it first")
            store.write(s)
            places[self._name] = (start, size + len(s))
            return len(s)

        def read(self, size: int | None = None) -> bytes:
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:
            return offset

        def flush(self) -> None:
            return None

        def size(self) -> int:
            return places[self._name][1]

    class Pieces(WriterFactory):
        """Makes a piece for each member."""

        def create(self, filename: str) -> Py7zIO:
            return Piece(filename)

    return Pieces()


def _fault(one: Any, locked: bool) -> Broken | None:
    if one.is_symlink:
        return Broken("E05", "it is a link, not a file", "name the file itself")
    return Broken("E18", "it is encrypted", "unpack it with its password") if locked else None
