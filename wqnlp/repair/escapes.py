"""Bytes and code points written out in a text: %E5%A6%87, =E5=A6=87, \\u5987, %u5987 are all 妇.

A run of bytes is read as UTF-8, else as GBK, and taken only where it gives Chinese. Where a text is shown to be
quoted-printable, its soft line breaks and =3D go too. No digit that is written out is put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from wqnlp.source.text import plausible_share
from wqnlp.span import Edit, Mark

LIKELY = 0.5                             # plausible share of what bytes must give
_PERCENT = re.compile("(?:%[89A-Fa-f][0-9A-Fa-f]){2,}")
_QUOTED = re.compile("(?:=[89A-F][0-9A-F](?:=\r?\n)?){2,}")
_CODES = re.compile(r"(?:(?:\\|%)u[0-9A-Fa-f]{4})+")
_BYTE = re.compile("[%=]([0-9A-Fa-f]{2})")
_SOFT = re.compile("=\r?\n|=3D|=20(?=\r?$)", re.MULTILINE)
_SIGNS = ("%", "=", "\\u")


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit for each run of escapes that gives Chinese.

    >>> [edit.new for edit in find("%E5%A6%87%E8%81%942014%E5%B9%B4 =E5=A6=87 \\\\u5987\\\\u8054")[0]]
    ['妇联', '年', '妇', '妇联']
    >>> find("办结率98%，占52%85件，a=E5")[0]
    []
    """
    if not any(sign in text for sign in _SIGNS):
        return [], []
    edits = [*_bytes(text, _PERCENT), *_codes(text)]
    quoted = list(_bytes(text, _QUOTED))
    edits += quoted
    if quoted:
        inside = {at for edit in quoted for at in range(edit.start, edit.end)}
        edits += [Edit(m.start(), m.end(), {"=3D": "=", "=20": " "}.get(m.group(), ""), "escape")
                  for m in _SOFT.finditer(text) if m.start() not in inside]
    return sorted(edits), []


def _bytes(text: str, shape: re.Pattern[str]) -> Iterator[Edit]:
    for found in shape.finditer(text):
        data = bytes(int(one, 16) for one in _BYTE.findall(found.group()))
        for encoding in ("utf-8", "gb18030"):
            told = data.decode(encoding, "ignore")
            if told and told.encode(encoding) == data and _chinese(told):
                yield Edit(found.start(), found.end(), told, "escape")
                break


def _codes(text: str) -> Iterator[Edit]:
    for found in _CODES.finditer(text) if "\\u" in text or "%u" in text else ():
        told = "".join(chr(int(one, 16)) for one in re.findall("u([0-9A-Fa-f]{4})", found.group()))
        if _chinese(told):
            yield Edit(found.start(), found.end(), told, "escape")


def _chinese(text: str) -> bool:
    """Whether a text is of hanzi and Chinese marks, and brings no digit in."""
    return text.isprintable() and not any(char.isdigit() for char in text) and min(text) > "\x7f" \
        and plausible_share(text) >= LIKELY
