"""Tar archives, packed or not, and single files packed with gzip, bzip2 or xz: read forward, never written to disk."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import struct
import tarfile
import zlib
from collections.abc import Callable
from typing import IO, cast

from wqnlp.source.packed_base import Broken, Budget, Checked, Entry, Opened, said, unique
from wqnlp.source.packed_names import decoded, hidden

CODECS: dict[bytes, Callable[[IO[bytes]], IO[bytes]]] = {
    b"\x1f\x8b": lambda file: cast(IO[bytes], gzip.GzipFile(fileobj=file, mode="rb")),
    b"BZh": lambda file: bz2.BZ2File(file),
    b"\xfd7zXZ\x00": lambda file: lzma.LZMAFile(file),  # noqa: SIM115 (handed on)
}
SUFFIXES = (".gz", ".gzip", ".bz2", ".xz", ".z")
LONGEST_HEAD = 2**20                     # bytes of a header of tar; an honest one has some hundred
FAULTS = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, struct.error, lzma.LZMAError, OverflowError, IndexError,
          KeyError, TypeError, AttributeError, RecursionError)
_KINDS = {tarfile.SYMTYPE: "a link", tarfile.LNKTYPE: "a link", tarfile.CHRTYPE: "a device", tarfile.BLKTYPE: "a device",
          tarfile.FIFOTYPE: "a pipe"}


def unpacked(file: IO[bytes]) -> IO[bytes] | None:
    """The file behind gzip, bzip2 or xz; None where it is none of them."""
    file.seek(0)
    head = file.read(6)
    file.seek(0)
    codec = next((codec for magic, codec in CODECS.items() if head.startswith(magic)), None)
    return None if codec is None else codec(file)


def is_tar(head: bytes) -> bool:
    """Whether a file begins with a header of tar whose sum is right.

    >>> is_tar(bytes(512))
    False
    """
    try:
        tarfile.TarInfo.frombuf(head[:512], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError, OverflowError):
        return False
    return True


class _Measured:
    """A file that is unpacked as it is read, held against the limits. It seeks, forward at the price of reading."""

    def __init__(self, file: IO[bytes], budget: Budget) -> None:
        self._file, self._budget, self._listing = file, budget, True

    def listed(self) -> None:
        """From here on files are read: in pieces of any size."""
        self._listing = False

    def read(self, size: int = -1) -> bytes:
        """As of any file. Raises `Broken` (E19)."""
        if self._listing and not 0 <= size <= LONGEST_HEAD:
            raise Broken("E18", f"a header in it claims {size} bytes")
        return self._file.read(size)

    def tell(self) -> int:
        """As of any file."""
        return self._file.tell()

    def seek(self, to: int, whence: int = 0) -> int:
        """As of any file, in small steps."""
        limits = self._budget.limits
        at = self._file.tell()
        if whence != 0 or to <= at:
            return self._file.seek(to, whence)
        while at < to:
            if self._listing:
                self._budget.check()
            if at > limits.bytes:
                raise Broken("E19", f"it unfolds to more than {limits.bytes / 2**20:.0f} MB", "unpack it, and name its folders")
            if at > 64 * 2**20 and at > limits.ratio * self._budget.own:
                raise Broken("E19", f"it unfolds to more than {limits.ratio} times its size",
                             "leave it out: archives of texts do not do that")
            now = self._file.seek(min(to, at + 2**22))
            if now <= at:
                break
            at = now
        return at


class Tar:
    """A tar archive: its entries in their order. What cannot be read of it is its `fault`."""

    def __init__(self, file: IO[bytes], budget: Budget, nested: Callable[[bytes], bool]) -> None:
        self.fault: Broken | None = None
        self._file = _Measured(unpacked(file) or file, budget)
        self._infos: list[tarfile.TarInfo] = []
        self._heads: dict[int, bytes] = {}
        try:
            self._tar = tarfile.open(  # noqa: SIM115 (held until close)
                fileobj=cast(IO[bytes], self._file), mode="r:", encoding="utf-8", errors="surrogateescape", errorlevel=0)
            self._list(budget, nested)
        except Broken as fault:
            self.fault = fault
        except FAULTS as fault:
            self.fault = Broken("E18", f"the archive is broken after {len(self._infos)} files ({said(fault)})")
        self._file.listed()
        names = decoded([_raw(info.name) for info in self._infos])
        self.entries = [Entry(name, info.size, 0, _fault(info)) for name, info in zip(unique(names), self._infos, strict=True)]

    def _list(self, budget: Budget, nested: Callable[[bytes], bool]) -> None:
        while (info := self._tar.next()) is not None:
            self._tar.members = []  # type: ignore[attr-defined]     # they are kept here, without folders
            budget.check()
            if info.isdir() or hidden(info.name):
                continue
            if len(self._infos) >= budget.limits.members:
                raise Broken("E19", f"it holds more than {budget.limits.members} files", "unpack it, and name its folders")
            number = len(self._infos)
            if info.isreg() and info.size and not info.issparse():
                self._file.seek(info.offset_data)
                head = self._file.read(min(info.size, 4096))
                if nested(head):
                    self._heads[number] = head
            self._infos.append(info)
        self._file.seek(self._tar.offset)                   # tarfile takes a header that is broken for the end
        if self._file.read(512).strip(b"\0"):
            raise tarfile.ReadError("no header where one should be")

    def open(self, number: int) -> Opened:
        """See `Archive`."""
        try:
            file = self._tar.extractfile(self._infos[number])
        except FAULTS as fault:
            raise Broken("E18", f"it is broken in the archive ({said(fault)})") from fault
        if file is None:
            raise Broken("E05", "it is not a file", "leave it out")
        return Checked(file, FAULTS, self._infos[number].size)

    def head(self, number: int) -> bytes:
        """See `Archive`."""
        return self._heads.get(number, b"")

    def close(self) -> None:
        """See `Archive`."""


class Single:
    """One file packed by itself: `2009.txt.gz`."""

    def __init__(self, file: IO[bytes], path: str) -> None:
        self.fault: Broken | None = None
        self._packed = file
        name = _gzip_name(file) or _stem(path)
        self.entries = [Entry(name, 0)]

    def open(self, number: int) -> Opened:
        """See `Archive`."""
        opened = unpacked(self._packed)
        assert opened is not None
        return Checked(opened, FAULTS)

    def head(self, number: int) -> bytes:
        """See `Archive`."""
        return self.open(number).read(4096)

    def close(self) -> None:
        """See `Archive`."""


def _gzip_name(file: IO[bytes]) -> str:
    """The name that gzip notes of a file, without folders; empty where it notes none."""
    file.seek(0)
    head = file.read(4096)
    if head[:2] != b"\x1f\x8b" or len(head) < 12 or not head[3] & 8:
        return ""
    start = 10 + (2 + struct.unpack("<H", head[10:12])[0] if head[3] & 4 else 0)
    raw = head[start:head.find(b"\0", start)]
    return os.path.basename(decoded([raw])[0]) if raw else ""


def _stem(path: str) -> str:
    name = os.path.basename(path.rpartition("!")[2])
    stem, suffix = os.path.splitext(name)
    return stem if suffix.lower() in SUFFIXES and stem else name or "file"


def _raw(name: str) -> bytes:
    """A name's bytes, as the archive has them."""
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return name.encode("utf-8", "replace")


def _fault(info: tarfile.TarInfo) -> Broken | None:
    kind = _KINDS.get(info.type)
    if kind is None and not info.isreg():
        kind = "of a kind that tar does not name"
    to = f" to {info.linkname!r}" if info.type in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
    return None if kind is None else Broken("E05", f"it is {kind}{to}, not a file", "name the file itself")
