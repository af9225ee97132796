"""Archives: a folder of summaries in several formats, packed as offices pack them."""

from __future__ import annotations

import io
import tarfile
import zipfile

from render import docx, html, pdf, rtf, text
from render.base import File, Gold

EACH = (text.gb18030, docx.plain, html.plain, pdf.plain, rtf.plain, text.utf8)
DATE = (2019, 12, 31, 9, 15, 0)


def members(golds: list[Gold]) -> list[File]:
    """Each summary in one format, the formats in turn."""
    return [file for at, gold in enumerate(golds) for file in EACH[at % len(EACH)](gold)]


def zipped(golds: list[Gold]) -> list[File]:
    """A ZIP of a folder of two, names in UTF-8."""
    files = members(golds)
    half = len(files) // 2
    return [File("all.zip", _zip([(f"总结/{'上' if at < half else '下'}/{file.name}", file.data) for at, file in enumerate(files)]))]


def zipped_awkward(golds: list[Gold]) -> list[File]:
    """Names in GBK without a sign of it, a ZIP and a tar in the ZIP, and what systems leave behind."""
    files = members(golds)
    third = len(files) // 3
    left = [("__MACOSX/._d01.docx", b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X"), ("总结/Thumbs.db", b"\xd0\xcf\x11\xe0" + bytes(508)),
            ("总结/~$d02.docx", b"\x05zhang" + bytes(156)), ("总结/.DS_Store", b"\x00\x00\x00\x01Bud1" + bytes(20)), ("总结/空/", b"")]
    inner = _zip([(f"旧/{file.name}", file.data) for file in files[:third]])
    tar = _tar([(f"年报/{file.name}", file.data) for file in files[third:2 * third]], "w:gz")
    own = [(f"总结/{file.name}", file.data) for file in files[2 * third:]]
    return [File("all.zip", _zip([*left, ("总结/一九九几年.zip", inner), ("总结/年报.tar.gz", tar), *own], gbk=True))]


def tarred(golds: list[Gold]) -> list[File]:
    """A tar of a folder, packed with gzip."""
    return [File("all.tar.gz", _tar([(f"总结/{file.name}", file.data) for file in members(golds)], "w:gz"))]


def tarred_awkward(golds: list[Gold]) -> list[File]:
    """A bare tar with a ZIP in it, a link, an empty folder, and names in GBK."""
    files = members(golds)
    half = len(files) // 2
    inner = _zip([(f"旧/{file.name}", file.data) for file in files[:half]])
    own = [(f"总结/{file.name}", file.data) for file in files[half:]]
    return [File("all.tar", _tar([("总结/旧.zip", inner), *own], "w", "gbk", link=True))]


def _zip(entries: list[tuple[str, bytes]], gbk: bool = False) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_STORED if name.endswith((".zip", "/")) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    packed = held.getvalue()
    return _gbk_names(packed, [name for name, _ in entries]) if gbk else packed


def _gbk_names(packed: bytes, names: list[str]) -> bytes:
    """The archive with its names in GBK and the sign of UTF-8 taken away, as WinRAR of a Chinese Windows writes it."""
    held, made = io.BytesIO(packed), io.BytesIO()
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(made, "w") as new:
        for info, name in zip(old.infolist(), names, strict=True):
            entry = _Gbk(name, DATE)
            entry.compress_type = info.compress_type
            new.writestr(entry, old.read(info))
    return made.getvalue()


class _Gbk(zipfile.ZipInfo):
    def _encodeFilenameFlags(self):
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def _tar(entries: list[tuple[str, bytes]], mode: str, encoding: str = "utf-8", link: bool = False) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode, format=tarfile.GNU_FORMAT, encoding=encoding) as archive:
        for name, data in entries:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(data), 1577754900
            archive.addfile(entry, io.BytesIO(data))
        if link:
            entry = tarfile.TarInfo("总结/最新.txt")
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(entry)
    return held.getvalue()
