"""Files in archives. The path of one is `ARCHIVE!MEMBER`: `archive/2009.zip!县妇联/2009年总结.docx`; archives in archives
go on so: `all.tar.gz!2009.zip!总结.txt`. A file on disk whose own name has a `!` is that file.

What a file is shows in its bytes: a Word document is a ZIP too, and goes to its reader. Nothing of an archive is ever
written to disk under a name: members are read one at a time, archives within archives into a file without one.
"""

from __future__ import annotations

import atexit
import os
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from wqnlp.errors import Unreadable
from wqnlp.source import packed_7z, packed_tar, packed_zip
from wqnlp.source.packed_base import Archive, Broken, Budget, Unpacking
from wqnlp.source.packed_mail import Mail, is_mail

SEPARATOR = "!"
HEAD = 4096                              # bytes that say what a file is
OPEN = 6                                 # archives a process keeps open, so that the next member is at hand
IN_MEMORY = 2**24                        # bytes of an archive within an archive that stay in memory
KINDS = {"zip": "a ZIP archive", "tar": "a tar archive", "single": "a packed file", "7z": "a 7z archive", "rar": "a RAR archive",
         "mail": "a saved mail"}
_OFFICE = ("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF", "AndroidManifest.xml")


class Member(str):
    """The path of a file in an archive, which remembers the size that the archive gives it."""

    size = 0


def member(path: str, size: int) -> Member:
    """A path with a size.

    >>> member("2009.zip!总结.txt", 120).size
    120
    """
    made = Member(path)
    made.size = size
    return made


def kind_of(file: IO[bytes]) -> str | None:
    """What kind of archive a file is, None where it is none (a document in a ZIP package is none)."""
    file.seek(0)
    head = file.read(HEAD)
    kind = _kind_of_head(head)
    if kind == "zip" and _packages(head) is None:
        names = packed_zip.inside(file)
        return None if names is not None and any(name in names for name in _OFFICE) else "zip"
    if kind == "zip":
        return None if _packages(head) else "zip"
    if kind == "single":
        return "tar" if packed_tar.is_tar(_inner_head(file)) else "single"
    return kind


def _packages(head: bytes) -> bool | None:
    """Whether a ZIP is a document's package, by the first name in it; None where only its directory can tell."""
    return True if head[30:].startswith((b"[Content_Types].xml", b"mimetype")) else None


def _inner_head(file: IO[bytes]) -> bytes:
    opened = packed_tar.unpacked(file)
    try:
        return opened.read(512) if opened else b""
    except packed_tar.FAULTS:
        return b""


def _kind_of_head(head: bytes) -> str | None:
    if head.startswith(packed_zip.MAGIC):
        return "zip"
    if head.startswith(tuple(packed_tar.CODECS)):
        return "single"
    if head.startswith(packed_7z.MAGIC):
        return "7z"
    if head.startswith(packed_7z.RAR):
        return "rar"
    if packed_tar.is_tar(head):
        return "tar"
    return "mail" if is_mail(head) else None


def _nested(head: bytes) -> bool:
    kind = _kind_of_head(head)
    return kind is not None and not (kind == "zip" and _packages(head))


def looks_packed(path: str) -> bool:
    """Whether a file may be an archive, by its first bytes alone.

    >>> looks_packed("没有这个文件.zip")
    False
    """
    try:
        if not os.path.isfile(path):
            return False                 # a pipe would be waited for
        with open(path, "rb") as file:
            return _nested(file.read(HEAD))
    except (OSError, ValueError):
        return False                     # reading it says why


def members(path: str, limits: Unpacking | None = None) -> list[str] | None:
    """The files in an archive, those of archives in it included, in its order; None where the path is no archive.

    What cannot be read stands among them, and reading it says why. Where the archive cannot be listed to its end, its
    own path comes last: reading that says why.

    >>> members("没有这个文件.zip") is None
    True
    """
    found: list[str] = []
    try:
        with open(path, "rb") as file:
            kind = kind_of(file)
            if kind is None:
                return None
            found.extend(_listed(path, file, kind, Budget(limits or Unpacking.from_environment(), os.fstat(file.fileno()).st_size), 1))
    except Broken:
        found.append(path)
    except OSError:
        return None if not found else [*found, path]
    return found


def _listed(path: str, file: IO[bytes], kind: str, budget: Budget, depth: int) -> Iterator[str]:
    """The files in an archive. Raises `Broken` after the last that could be listed."""
    if depth > budget.limits.depth:
        raise budget.too_deep(depth)
    archive = _opened(path, file, kind, budget)
    try:
        for number, entry in enumerate(archive.entries):
            budget.take(0 if entry.fault else entry.size)
            own = path + SEPARATOR + entry.name
            if entry.fault is None and _nested(_head(archive, number)):
                yield from _inside(own, archive, number, budget, depth)
            else:
                yield member(own, entry.size)
        if archive.fault is not None:
            raise archive.fault
        if not archive.entries:
            raise Broken("E03", f"it is {KINDS[kind]} that holds no file", "get it again, or leave it out")
    finally:
        archive.close()


def _head(archive: Archive, number: int) -> bytes:
    try:
        return archive.head(number)
    except Broken:
        return b""                       # reading the member says why


def _inside(own: str, archive: Archive, number: int, budget: Budget, depth: int) -> Iterator[str]:
    """The files in an archive within an archive; itself where it is none, and last where it cannot be listed."""
    try:
        with _spooled(archive, number, budget.limits.archive_bytes) as spooled:
            kind = kind_of(spooled)
            if kind is None:
                yield member(own, archive.entries[number].size)
            else:
                yield from _listed(own, spooled, kind, budget, depth + 1)
    except Broken:
        if budget.spent:
            raise                        # the limits are those of the whole file, not of what is in it
        yield own


def _spooled(archive: Archive, number: int, most: int) -> IO[bytes]:
    """An entry as a file that has no name and can be read at any place."""
    made: Any = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (handed on)
    total = 0
    try:
        with archive.open(number) as file:
            while piece := file.read(2**20):
                total += len(piece)
                if total > most:
                    raise Broken("E19", f"it has more than {most / 2**20:.0f} MB unpacked", "unpack it, and name its folders")
                made.write(piece)
    except BaseException:
        made.close()
        raise
    made.seek(0)
    return made  # type: ignore[no-any-return]


def _opened(path: str, file: IO[bytes], kind: str, budget: Budget) -> Archive:
    if kind == "zip":
        return packed_zip.Zip(file, budget.limits.ratio)
    if kind == "tar":
        return packed_tar.Tar(file, budget, _nested)
    if kind == "single":
        return packed_tar.Single(file, path)
    if kind == "7z":
        return packed_7z.SevenZip(file, budget)
    if kind == "mail":
        return Mail(file)
    raise Broken("E05", "it is a RAR archive, which only RAR's own program unpacks", "unpack it, or pack it again as ZIP or 7z")


def parted(path: str) -> tuple[str, str] | None:
    """The archive on disk and the rest of a member's path; None where the path is no member's.

    >>> parted("没有这个文件.zip!总结.txt") is None
    True
    """
    if SEPARATOR not in path or os.path.lexists(path):
        return None
    at = path.find(SEPARATOR)
    while at >= 0:
        if os.path.isfile(path[:at]):
            return path[:at], path[at + 1:]
        at = path.find(SEPARATOR, at + 1)
    return None


class _Shelf:
    """Archives that this process has open, the last used ones. A fork opens its own: two would share one place in a file."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[object, ...], _Held] = OrderedDict()
        self._owner = os.getpid()

    def get(self, key: tuple[object, ...]) -> _Held | None:
        """An open archive."""
        if self._owner != os.getpid():
            self._held.clear()
            self._owner = os.getpid()
        if key in self._held:
            self._held.move_to_end(key)
        return self._held.get(key)

    def put(self, held: _Held) -> _Held:
        """Keep it open, and close what was not used for longest."""
        if not self._held:
            atexit.register(self.close)
        self._held[held.key] = held
        while len(self._held) > OPEN:
            self._close_first()
        return held

    def _close_first(self) -> None:
        _, old = self._held.popitem(last=False)
        old.archive.close()
        old.file.close()

    def close(self) -> None:
        """Close all."""
        while self._held:
            self._close_first()


class _Held(NamedTuple):
    key: tuple[object, ...]
    archive: Archive
    file: IO[bytes]
    numbers: dict[str, int]


_SHELF = _Shelf()


def data_of(path: str, file: str, rest: str, limits: Unpacking | None = None) -> tuple[bytes, int]:
    """The bytes of the member `rest` of the archive `file`, and how many archives it lies in.

    Raises `Unreadable`, whose message names `path`.
    """
    limits = limits or Unpacking.from_environment()
    try:
        return _found(_on_disk(file, limits), file, rest, limits, 1)
    except Broken as fault:
        raise Unreadable(fault.code, path, fault.seen, fault.todo) from fault
    except OSError as fault:
        raise Unreadable("E07", path, f"reading the archive failed ({fault})", "try again") from fault


def _found(held: _Held, own: str, rest: str, limits: Unpacking, depth: int) -> tuple[bytes, int]:
    if depth > limits.depth:
        raise Broken("E19", f"it lies in {depth} archives, one in another", "unpack it, and name its folders")
    if rest in held.numbers:
        return _data(held.archive, held.numbers[rest], limits.member_bytes), depth
    at = rest.find(SEPARATOR)
    while at >= 0:
        number = held.numbers.get(rest[:at])
        if number is not None:
            inner = f"{own}{SEPARATOR}{rest[:at]}"
            return _found(_within(held, number, inner, limits), inner, rest[at + 1:], limits, depth + 1)
        at = rest.find(SEPARATOR, at + 1)
    raise held.archive.fault or Broken("E01", "the archive holds no such file", "check the path")


def _data(archive: Archive, number: int, most: int) -> bytes:
    entry = archive.entries[number]
    if entry.fault is not None:
        raise entry.fault
    if entry.size > most:
        raise Broken("E04", f"it has {entry.size / 2**20:.0f} MB, more than the limit of {most / 2**20:.0f} MB",
                     "split it into smaller files")
    with archive.open(number) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Broken("E04", f"it has more than the limit of {most / 2**20:.0f} MB", "split it into smaller files")
    if not data:
        raise Broken("E03", "the file is empty", "get the file again, or leave it out")
    return data


def _on_disk(file: str, limits: Unpacking) -> _Held:
    seen = os.stat(file)
    key = (file, seen.st_size, seen.st_mtime_ns, seen.st_ino, limits)
    return _SHELF.get(key) or _SHELF.put(_hold(key, file, open(file, "rb"), limits, seen.st_size))


def _within(held: _Held, number: int, own: str, limits: Unpacking) -> _Held:
    key = (*held.key, own)
    if (known := _SHELF.get(key)) is not None:
        return known
    entry = held.archive.entries[number]
    if entry.fault is not None:
        raise entry.fault
    spooled = _spooled(held.archive, number, limits.archive_bytes)
    return _SHELF.put(_hold(key, own, spooled, limits, spooled.seek(0, os.SEEK_END)))


def _hold(key: tuple[object, ...], path: str, file: IO[bytes], limits: Unpacking, size: int) -> _Held:
    try:
        kind = kind_of(file)
        if kind is None:
            raise Broken("E01", "there is no such file, and what stands before the ! is no archive", "check the path")
        archive = _opened(path, file, kind, Budget(limits, size))
    except BaseException:
        file.close()
        raise
    return _Held(key, archive, file, {entry.name: number for number, entry in enumerate(archive.entries)})


def refuse_archive(path: str, file: IO[bytes], depth: int = 0, limits: Unpacking | None = None) -> None:
    """Raise `Unreadable` where a file is an archive, which is no text: what is in it, or what is wrong with it.

    `depth` is how many archives the file itself lies in.
    """
    kind = kind_of(file)
    if kind is None:
        return
    budget = Budget(limits or Unpacking.from_environment(), file.seek(0, os.SEEK_END))
    try:
        names = list(_listed(path, file, kind, budget, depth + 1))
    except Broken as fault:
        raise Unreadable(fault.code, path, fault.seen, fault.todo) from fault
    raise Unreadable("E05", path, f"it is {KINDS[kind]} with {len(names)} files, not a text",
                     f"name a file in it, as {names[0]}, or have `wqnlp extract` read all")
