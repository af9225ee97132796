"""Archives for the tests: as offices pack them, and as nobody should."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib

TEXT = "江平县妇联{}年工作总结\n全年接待来信来访{}件，其中家庭暴力{}件。"


def text(year: int = 2009, encoding: str = "utf-8") -> bytes:
    """A summary of a year."""
    return TEXT.format(year, year - 1900, 7).encode(encoding)


class Raw(zipfile.ZipInfo):
    """An entry whose name is bytes in some encoding, with no word about it."""

    raw = b""

    def _encodeFilenameFlags(self):
        return self.raw, self.flag_bits & ~0x800


def zipped(*members: tuple[str, bytes], encoding: str = "", stored: bool = False) -> bytes:
    """A ZIP; names in the encoding, or in UTF-8 with its flag."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            entry = Raw(name) if encoding else zipfile.ZipInfo(name)
            entry.compress_type = archive.compression
            if isinstance(entry, Raw):
                entry.raw = name.encode(encoding)
            archive.writestr(entry, data)
    return held.getvalue()


def tarred(*members: tuple[str, bytes], mode: str = "w", encoding: str = "utf-8", **more: bytes) -> bytes:
    """A tar; `more` are entries that are no files: kind=name."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode, encoding=encoding, format=tarfile.GNU_FORMAT) as archive:
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        for name, kind in more.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
    return held.getvalue()


def local(name: bytes, data: bytes, size: int) -> bytes:
    """A local header of a ZIP with its deflated data."""
    return struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, zlib.crc32(b"\0" * size) if size < 2**26 else 0, len(data), size,
                       len(name), 0) + name + data


def central(name: bytes, at: int, packed: int, size: int, crc: int = 0) -> bytes:
    """Its line in the directory."""
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 33, crc, packed, size, len(name), 0, 0, 0, 0, 0, at) + name


def overlapping(count: int = 200, size: int = 2**22) -> bytes:
    """Many names for one and the same bytes, as in a bomb that needs no nesting."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = deflate.compress(b"\0" * size) + deflate.flush()
    body = local(b"0.txt", data, size)
    directory = b"".join(central(b"%d.txt" % n, 0, len(data), size) for n in range(count))
    return body + directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)


def bomb(depth: int, width: int = 16, size: int = 2**22) -> bytes:
    """Archives in archives, each with so many of the next, at the bottom zeros; the whole unfolds to size * width ** depth."""
    data = zipped(("0.txt", b"\0" * size))
    for _ in range(depth):
        data = zipped(*[(f"{n}.zip", data) for n in range(width)])
    return data
