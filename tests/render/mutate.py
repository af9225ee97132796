"""Files broken by chance: bytes, chunks, numbers and tags, and the same inside the members of a ZIP or gzip."""

from __future__ import annotations

import gzip
import io
import re
import warnings
import zipfile
from random import Random

ODD = (b"\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\x00" * 64, b"\r\n\r\n", b"<", b"]]>", b"&#x110000;",
       b"&#xD800;", b"%s", b"../", b"\\u-1?", b"\\bin99999999 ", b"{" * 50, b"(" * 50, b"<<" * 50,
       b"\xef\xbb\xbf", b"\xff\xfe", b"=?utf-8?b?", b"\x1b$B")
NUMBERS = (b"0", b"-1", b"1", b"65535", b"65536", b"2147483647", b"4294967296", b"99999999999999999999", b"1e309", b"3.7")
_NUMBER = re.compile(rb"[0-9]+")
_TAG = re.compile(rb"<[^<>]{1,200}>|\\[a-z]+-?[0-9]*|/[A-Z][A-Za-z]+")


def mutate(data: bytes, dice: Random, other: bytes = b"") -> bytes:
    """The data with one to four things done to it; `other` is what pieces are taken from."""
    for _ in range(dice.randint(1, 4)):
        data = dice.choice(_kinds(data))(data, dice, other)
    return data


def _kinds(data: bytes) -> list:
    kinds = [_flip, _flip, _cut, _drop, _repeat, _splice, _insert, _number, _number, _tag, _tag]
    if data[:2] == b"PK":
        kinds += [_member] * 20
    if data[:2] == b"\x1f\x8b":
        kinds += [_unzipped] * 20
    return kinds


def _span(data: bytes, dice: Random) -> tuple[int, int]:
    """A stretch of any size, small ones more often."""
    start = dice.randrange(len(data) + 1)
    return start, min(len(data), start + int(2 ** dice.uniform(0, max(1, len(data).bit_length() - 2))))


def _flip(data: bytes, dice: Random, other: bytes) -> bytes:
    broken = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 8, 64))):
        if broken:
            broken[dice.randrange(len(broken))] ^= 1 << dice.randrange(8)
    return bytes(broken)


def _cut(data: bytes, dice: Random, other: bytes) -> bytes:
    return data[:dice.randrange(len(data) + 1)]


def _drop(data: bytes, dice: Random, other: bytes) -> bytes:
    start, end = _span(data, dice)
    return data[:start] + data[end:]


def _repeat(data: bytes, dice: Random, other: bytes) -> bytes:
    start, end = _span(data, dice)
    times = dice.choice((2, 3, 50, 1000))
    return data[:start] + data[start:end][:200_000 // times + 1] * times + data[end:]


def _splice(data: bytes, dice: Random, other: bytes) -> bytes:
    start, end = _span(other, dice)
    at = dice.randrange(len(data) + 1)
    return data[:at] + other[start:end] + data[at + dice.choice((0, end - start)):]


def _insert(data: bytes, dice: Random, other: bytes) -> bytes:
    at = dice.randrange(len(data) + 1)
    odd = dice.choice(ODD)
    return data[:at] + odd + data[at + dice.choice((0, len(odd))):]


def _number(data: bytes, dice: Random, other: bytes) -> bytes:
    """Another number for one that stands there in digits: a length, an object, an offset, a span."""
    found = _pick(_NUMBER, data, dice)
    return data[:found.start()] + dice.choice(NUMBERS) + data[found.end():] if found else data


def _tag(data: bytes, dice: Random, other: bytes) -> bytes:
    """A tag, a control word or a key dropped, doubled, or opened a thousand times."""
    found = _pick(_TAG, data, dice)
    return data[:found.start()] + found[0] * dice.choice((0, 2, 1000)) + data[found.end():] if found else data


def _pick(pattern: re.Pattern[bytes], data: bytes, dice: Random) -> re.Match[bytes] | None:
    return pattern.search(data, dice.randrange(len(data) + 1)) or pattern.search(data)


def _member(data: bytes, dice: Random, other: bytes) -> bytes:
    """A member of a ZIP: its bytes broken, its name another, dropped, doubled; then packed as it should be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, IndexError, zipfile.zlib.error):
        return _flip(data, dice, other)
    if not members:
        return data
    at = dice.randrange(len(members))
    name, inside = members[at]
    what = dice.random()
    if what < 0.8:
        members[at] = (name, mutate(inside, dice, other))
    elif what < 0.87:
        del members[at]
    elif what < 0.94:
        members[at] = (dice.choice(("../" + name, "/" + name, name.upper(), name * 40, "")), inside)
    else:
        members.append((name, mutate(inside, dice, other)))
    held = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, inside in members:
            archive.writestr(name[:60_000] or "x", inside)
    return held.getvalue()


def _unzipped(data: bytes, dice: Random, other: bytes) -> bytes:
    """What a gzip holds, broken and packed again."""
    try:
        return gzip.compress(mutate(gzip.decompress(data), dice, other), 1)
    except (OSError, EOFError, ValueError, zipfile.zlib.error):
        return _flip(data, dice, other)
