"""ZIP archives, through zipfile: any of its members by its number; nothing is ever written to disk."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import IO

from wqnlp.source.packed_base import Broken, Checked, Entry, Opened, refuse_ratio, said, unique
from wqnlp.source.packed_names import decoded, hidden

MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04")
FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error, NotImplementedError, RuntimeError,
          OverflowError, IndexError, KeyError)
_UTF8, _ENCRYPTED = 0x800, 0x1
_MODES = {0xA000: "a link", 0x2000: "a device", 0x6000: "a device", 0x1000: "a pipe", 0xC000: "a socket"}


class Zip:
    """A ZIP archive: its entries as they stand in its directory. Raises `Broken` where there is none."""

    def __init__(self, file: IO[bytes], ratio: int) -> None:
        self.fault: Broken | None = None
        try:
            self._zip = zipfile.ZipFile(file)
        except FAULTS as fault:
            raise Broken("E18", f"the ZIP archive is broken ({said(fault)})") from fault
        infos = self._zip.infolist()
        names = decoded([_raw(info) for info in infos])
        overlap = _overlapping(infos)
        kept = [(info, name, at in overlap) for at, (info, name) in enumerate(zip(infos, names, strict=True))
                if not name.endswith("/") and not hidden(name)]
        self._infos = [info for info, _, _ in kept]
        self.entries = [Entry(name, info.file_size, info.compress_size, _fault(info, over, ratio))
                        for name, (info, _, over) in zip(unique([name for _, name, _ in kept]), kept, strict=True)]

    def open(self, number: int) -> Opened:
        """See `Archive`."""
        info = self._infos[number]
        try:
            return Checked(self._zip.open(info), FAULTS)
        except NotImplementedError as fault:
            raise Broken("E18", f"it is packed by a method that is not read (type {info.compress_type})",
                         "pack it again as plain ZIP") from fault
        except FAULTS as fault:
            raise Broken("E18", f"it is broken in the archive ({said(fault)})") from fault

    def head(self, number: int) -> bytes:
        """See `Archive`."""
        with self.open(number) as file:
            return file.read(4096)

    def close(self) -> None:
        """See `Archive`."""
        self._zip.close()


def inside(file: IO[bytes]) -> set[str] | None:
    """Names in a ZIP file as its directory spells them; None where it has none that can be read."""
    try:
        with zipfile.ZipFile(file) as opened:
            return set(opened.namelist())
    except FAULTS:
        return None


def _raw(info: zipfile.ZipInfo) -> bytes:
    """The bytes of a name. Without the flag for UTF-8, zipfile has read them as DOS Latin; some tools put the name in
    UTF-8 beside it (Info-ZIP, field 0x7075)."""
    if info.flag_bits & _UTF8:
        return info.orig_filename.encode("utf-8", "surrogatepass")
    raw = info.orig_filename.encode("cp437", "replace")
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == 0x7075 and size > 5 and struct.unpack("<L", extra[5:9].ljust(4, b"\0"))[0] == zlib.crc32(raw):
            return extra[9:4 + size]
        extra = extra[4 + size:]
    return raw


def _overlapping(infos: Sequence[zipfile.ZipInfo]) -> set[int]:
    """Places of members that share bytes with the next one: no tool packs so, only bombs do."""
    order = sorted(range(len(infos)), key=lambda at: infos[at].header_offset)
    found: set[int] = set()
    end, last = -1, -1
    for at in order:
        info = infos[at]
        if info.header_offset < end:
            found |= {at, last}
        here = info.header_offset + 30 + len(info.orig_filename) + info.compress_size
        if here > end:
            end, last = here, at
    return found


def _fault(info: zipfile.ZipInfo, overlaps: bool, ratio: int) -> Broken | None:
    kind = _MODES.get(info.external_attr >> 16 & 0xF000) if info.create_system == 3 else None
    if kind:
        return Broken("E05", f"it is {kind}, not a file", "name the file itself")
    if overlaps:
        return Broken("E19", "it shares its bytes with another file of the archive", "leave it out: only bombs are packed so")
    if info.flag_bits & _ENCRYPTED:
        return Broken("E18", "it is encrypted", "unpack it with its password")
    try:
        refuse_ratio(info.file_size, info.compress_size, ratio)
    except Broken as fault:
        return fault
    return None
