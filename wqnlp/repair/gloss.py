"""Pinyin glosses after the character they read: 聯(lián) is 聯. The gloss goes, the character stays.

A bracket of Latin letters is a gloss only where it is a reading of the character before it, so 女(she) stays.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from wqnlp.grammar.heads import headed
from wqnlp.span import Edit, Mark

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿăĕĭŏŭ"
_TRIGGER = headed(f"[{_TONED}ü][a-zɑɡ{_TONED}]{{0,4}}[)）]"
                  "|(?<=[㐀-鿿])[(（](?:de|le|men|zhe|zi|ma|ne|ba|me|ge)[)）]")
_GLOSS = re.compile(f"(?<=[㐀-鿿])[(（]([a-zɑɡüv{_TONED}]{{1,6}})[)）]")
_SAME = str.maketrans("ɑɡăĕĭŏŭ", "agǎěǐǒǔ")


def find(text: str) -> tuple[list[Edit], list[Mark]]:
    """One edit for each gloss that is a reading of its character; a tone mark alone may differ.

    >>> [(edit.start, edit.end) for edit in find("市婦聯(lián)維權(quán)工作")[0]]
    [(3, 9), (11, 17)]
    >>> find("她(she)说，妇联（fùlián）来了")[0]
    []
    """
    if not _TRIGGER.search(text):
        return [], []
    return [Edit(m.start(), m.end(), "", "gloss") for m in _GLOSS.finditer(text)
            if is_reading(text[m.start() - 1], m.group(1))], []


@cache
def is_reading(char: str, gloss: str) -> bool:
    """Whether a character may be read so. A gloss without a tone must be a reading without one.

    >>> is_reading("長", "zhǎng"), is_reading("們", "men"), is_reading("他", "ta")
    (True, True, False)
    """
    import pypinyin

    spelt = unicodedata.normalize("NFC", gloss).translate(_SAME)
    readings = pypinyin.pinyin(char, style=pypinyin.Style.TONE, heteronym=True)[0]
    if spelt in readings:
        return True
    plain = _toneless(spelt)
    return plain != spelt.replace("ü", "v") and plain in {_toneless(reading) for reading in readings}


def _toneless(reading: str) -> str:
    """Letters alone, ü as v: nǚ is nv.

    >>> _toneless("nǚ"), _toneless("quán")
    ('nv', 'quan')
    """
    spread = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(char for char in spread if not unicodedata.combining(char))
