"""GBK as bytes: single characters, and which byte pairs spell a character with a given reading.

Only the two-byte part of GB18030 counts (it holds GBK, and shows unassigned pairs as private-use
characters instead of failing), for that is what the converters of old archive sites worked on.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

LEADS = range(0x81, 0xFF)
TRAILS = tuple(b for b in range(0x40, 0xFF) if b != 0x7F)
HALF = {"!": 0xA1, "(": 0xA8, ")": 0xA9, ",": 0xAC, ":": 0xBA, ";": 0xBB, "?": 0xBF}
"""Half-width punctuation that sites print for full-width (lead byte A3), with its trail byte."""

_PLAIN = str.maketrans("ɑɡ", "ag")


def encode(char: str) -> bytes | None:
    """The one or two GBK bytes of a character, or None where it has none.

    >>> encode("婦").hex(), encode("D"), encode("😀")
    ('8b44', b'D', None)
    """
    try:
        raw = char.encode("gb18030")
    except UnicodeEncodeError:                     # a lone surrogate
        return None
    return raw if len(raw) <= 2 else None


@cache
def decode(lead: int, trail: int) -> str | None:
    """The character of a byte pair, or None where GBK assigns none.

    >>> decode(0x8B, 0x44), decode(0xD3, 0x8B), decode(0x8B, 0x28)
    ('婦', '計', None)
    """
    if lead not in LEADS or trail < 0x40 or trail in (0x7F, 0xFF):
        return None
    char = bytes((lead, trail)).decode("gb18030")
    return None if "\ue000" <= char <= "\uf8ff" else char


def plain(reading: str) -> str:
    """A reading as compared: the two letters that GBK has twice made one."""
    return reading.translate(_PLAIN)


@cache
def spelled(reading: str) -> dict[int, dict[int, str]]:
    """Lead byte to trail byte to character, for every GBK character that may be read so.

    >>> spelled("jì")[0xD3]
    {74: '覬', 139: '計', 147: '訐', 155: '記'}
    """
    return {lead: dict(pairs) for lead, pairs in _by_reading().get(plain(reading), {}).items()}


@cache
def readings(char: str) -> tuple[str, ...]:
    """All readings of a character, the commonest first.

    >>> readings("會")
    ('huì', 'kuài', 'kuò')
    """
    from pypinyin.constants import PINYIN_DICT

    return tuple(plain(one) for one in PINYIN_DICT.get(ord(char), "").split(",") if one)


@cache
def _by_reading() -> dict[str, dict[int, dict[int, str]]]:
    found: dict[str, dict[int, dict[int, str]]] = defaultdict(lambda: defaultdict(dict))
    for lead in LEADS:
        for trail in TRAILS:
            char = decode(lead, trail)
            if char and "\u4e00" <= char <= "\u9fff":
                for reading in readings(char):
                    found[reading][lead][trail] = char
    return found
