"""A number as it is printed to its value and bounds: Arabic, Chinese, mixed, ranges, masks, lost digits.

    40余万 -> 400000, at least that            五六百 -> 500 to 600
    2xx    -> nothing, 200 to 299              □00  -> nothing, 100 to 999

Sources: the place-value rules of Chinese numerals are those of GB/T 15835-2011 (numerals in publications).
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from wqnlp.tables import table


class Number(NamedTuple):
    """A nominal value (None where masked, lost or a range), the bounds the digits support, and flags."""

    value: float | None
    low: float | None
    high: float | None
    flags: frozenset[str] = frozenset()


ARABIC = r"\d{1,3}(?:[,，]\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?:[  ]\d{3})+(?![\d,，])|\d+(?:\.\d+)?"
CHINESE = r"[零〇○一二两三四五六七八九十百千万亿廿卅壹贰叁肆伍陆柒捌玖拾佰仟]+"
POINT = r"[一二三四五六七八九十百零]{1,6}点[零〇○一二三四五六七八九]+[万亿]?"
SEVERAL = r"(?:数|几)[十百千万亿]+"
MASKED = (r"(?<![A-Za-z0-9])(?:\d{0,6}[xXＸ×＊*]{1,6})(?![A-Za-z0-9])"
          r"|(?<![xX][ 　])[xX](?:[ 　][xX]){1,4}(?![A-Za-z0-9])|(?<![_＿■])(?:[_＿]{2,8}|■{2,6})(?![_＿■])"
          r"|(?<![○〇零一二三四五六七八九十])[○〇]{2,4}(?![○〇零一二三四五六七八九十])")
LOST = r"\d{0,9}□[\d□]*(?:[,，]\d{3}(?!\d))*(?:[.．][\d□]+)?|(?<=[)）一-龥])[?？](?=[.．]?\d)\d*(?:[.．]\d+)?|(?<![\d.．])[.．]\d+"
MULTIPLIER = r"[十百千万亿]"
DASH = r"\s*(?:—{1,2}|–|-|－|~|～|至|到)\s*"

_GROUP = re.compile(r"零?(?P<digits>\d+(?:\.\d+)?)(?P<scale>[十百千万萬亿億多余来几馀]*)")
_MIXED = re.compile(r"(?:零?\d+(?:\.\d+)?[十百千万萬亿億多余来几馀]+)*(?:零?\d+(?:\.\d+)?)?")
LONGEST = 24                                    # characters: what is longer is a row of digits, not a number
_BOXED = str.maketrans("?？．", "□□.")
_PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_ZEROS = re.compile(r"[○〇]{2,}")
_CHINESE = re.compile(CHINESE)
_MASK_CHAR = re.compile(r"[xXＸ×＊*○〇_＿■]")


@cache
def _digits() -> dict[str, int]:
    return {str(k): int(v) for k, v in table("numerals")["digits"].items()}


@cache
def _tens() -> dict[str, int]:
    return {str(k): int(v) for k, v in table("numerals")["tens"].items()}


@cache
def _myriads() -> dict[str, int]:
    return {str(k): int(v) for k, v in table("numerals")["myriads"].items()}


@cache
def _scales() -> dict[str, int]:
    return _tens() | _myriads()


@cache
def _inside() -> frozenset[str]:
    return frozenset(table("numerals")["about_inside"])


@cache
def _over() -> frozenset[str]:
    return frozenset(table("numerals")["over"])


def read(text: str) -> Number | None:
    """The value and bounds of a printed number without its unit; None where it is no number.

    >>> read("40余万"), read("一万一千八百").value
    (Number(value=400000.0, low=400000.0, high=None, flags=frozenset({'approximate'})), 11800.0)
    >>> read("十来")                                            # neither more nor less than ten
    Number(value=10.0, low=None, high=None, flags=frozenset({'approximate'}))
    >>> read("五六百")[:3], read("2xx")[:3], read("□00")[:3], read("数百")[:3]
    ((None, 500.0, 600.0), (None, 200.0, 299.0), (None, 100.0, 999.0), (None, 200.0, 999.0))
    """
    if len(text) <= LONGEST and _PLAIN.fullmatch(text):         # most are: 12, 43.5
        value = round(float(text), 6)
        return Number(value, value, value)
    text = "".join(text.split()).replace("，", "").replace(",", "")
    if not text or len(text) > LONGEST:
        return None
    if text[0] in ".．□?？" or "□" in text:
        return _lost(text.translate(_BOXED))
    if _MASK_CHAR.search(text) and (_ZEROS.fullmatch(text) or not _CHINESE.fullmatch(text)):
        return _masked(text)
    number = _arabic(text) if text[0].isdigit() else _chinese(text)
    if number is not None and not _inside().isdisjoint(text):
        return number._replace(low=None, high=None)
    return number


def read_range(first: str, last: str) -> Number | None:
    """The bounds of a range printed as two numbers; 3—5万 scales both.

    >>> read_range("100", "200")[:3], read_range("2", "3万")[:3]
    ((None, 100.0, 200.0), (None, 20000.0, 30000.0))
    """
    low, high = read(first), read(last)
    if low is None or high is None:
        return None
    if low.value is None or high.value is None:
        unread = (low.flags | high.flags) & {"masked", "damaged"}
        return Number(None, low.low, high.high, unread | {"approximate"}) if unread else None
    scale = re.search(r"[十百千万亿]+$", last)
    short = scale and first[-1:].isdigit() and last[0].isdigit() and low.value < 1000
    if scale and (short or low.value >= high.value):
        low = read(first + scale[0]) or low                     # 2—3万
    if low.value is None or high.value is None or low.value >= high.value:
        return None
    return Number(None, low.value, high.value, frozenset({"approximate"}))


def _arabic(text: str) -> Number | None:
    value, last, over = 0.0, 0.0, False
    scales = _scales()
    if not _MIXED.fullmatch(text):
        return None
    for group in _GROUP.finditer(text):                         # 3万5千, 1亿2000万余
        times = 1.0
        for char in group["scale"]:
            over = over or char in _over()
            times *= scales.get(char, 1)
        if last > 10 and not group["scale"] and len(group[0]) == 1:
            times = last / 10                                   # 3千5 is 3500
        part = float(group["digits"]) * times
        if value and part >= last:                              # 2千零30万: not said so, not guessed at
            return None
        value, last = value + part, times
    return _number(value, over)


def _number(value: float, over: bool) -> Number:
    value = round(value, 6) if value < 1e9 else float(f"{value:.15g}")     # 2.18万亿 is no 2180000000000.0002
    return Number(value, value, None if over else value, frozenset({"approximate"} if over else ()))


def _masked(text: str) -> Number | None:
    """2xx keeps its leading digits: 200 to 299. A mask alone keeps nothing. 20xx多 is at least 2000."""
    over = text[-1:] in _over()
    body = text[:-1] if over else text
    scale = 1.0
    while body and body[-1] in _scales():
        scale *= _scales()[body[-1]]
        body = body[:-1]
    flags = frozenset({"masked", "approximate"} if over else {"masked"})
    lead = re.match(r"\d+", body)
    if not lead or set(body) <= set("xXＸ×＊*○〇_＿■"):
        return Number(None, None, None, flags)
    hidden = len(body) - len(lead[0])
    low = int(lead[0]) * 10 ** hidden * scale
    high = ((int(lead[0]) + 1) * 10 ** hidden - 1) * scale
    return Number(None, low, None if over else high, flags)


def _lost(text: str) -> Number:
    """A lost leading digit is 1 to 9; where no digit stands before the point, one place was lost.

    The bounds are those of as many places: □00 is 100 to 999, □3.4 is 10 to 99.9 (the contract's convention).
    """
    found = re.fullmatch(r"([\d□]*)(?:\.([\d□]+))?([多余来几馀]?)([十百千万亿]*)([多余来几馀]?)", text)
    over = bool(found and (found[3] or found[5]))
    flags = frozenset({"damaged", "approximate"} if over else {"damaged"})
    if not found or not found[1]:
        return Number(None, None, None, flags)
    scale = 1.0
    for times in found[4]:
        scale *= _scales()[times]
    whole, part = found[1], found[2] or ""
    if whole.startswith("□"):
        low, high = 10.0 ** (len(whole) - 1), 10.0 ** len(whole) - 10.0 ** -len(part)
    else:
        low, high = float(whole.replace("□", "0")), float(whole.replace("□", "9")) + 1 - 10.0 ** -len(part)
    return Number(None, round(low * scale, 6), round(high * scale, 6), flags)


def _chinese(text: str) -> Number | None:
    if text[0] in table("numerals")["several"]:
        power = re.fullmatch(r"[十百千万亿]+", text[1:].rstrip("多余"))
        scale = _cardinal(power[0]) if power else None
        return None if scale is None else Number(None, 2 * scale, 10 * scale - 1, frozenset({"approximate"}))
    whole, point, part = text.partition("点")
    if point:
        return _decimal(whole, part)
    over = text[-1] in _over() and len(text) > 1
    body = "".join(c for c in text if c not in _over()) if over or any(c in _over() for c in text) else text
    over = body != text
    if not body:
        return None
    span = _adjacent(body)
    if span is not None:
        return Number(None, *span, frozenset({"approximate"}))
    value = _cardinal(body)
    return None if value is None else _number(value, over)


def _decimal(whole: str, part: str) -> Number | None:
    """三点五, 一点二万: digits after 点, then perhaps 万 or 亿."""
    body = part.rstrip("万亿")
    first = _cardinal(whole)
    if first is None or not body or any(char not in _digits() for char in body):
        return None
    value = float(f"{int(first)}." + "".join(str(_digits()[char]) for char in body))
    for times in part[len(body):]:
        value *= _myriads()[times]
    return _number(value, over=False)


def _adjacent(text: str) -> tuple[float, float] | None:
    """五六百, 三四十, 十七八, 两三: two digits side by side, one after the other, are a range."""
    digits = _digits()
    found = re.fullmatch(r"(.*?)([一二两三四五六七八九])([二两三四五六七八九])([十百千万亿]*)(.*)", text)
    if not found or found[5]:
        return None
    first, second = digits[found[2]], digits[found[3]]
    if second - first not in (1, 2) or (second - first == 2 and (first, second) != (3, 5)):
        return None
    if found[1] and found[1][-1] not in _tens() and found[1][-1] not in _myriads():
        return None
    ends = [_cardinal(found[1] + found[i] + found[4]) for i in (2, 3)]
    return None if None in ends else (float(ends[0] or 0), float(ends[1] or 0))


def _cardinal(text: str) -> float | None:
    """A Chinese cardinal number: 一万一千八百, 一百零七, 两千三, 十二, 廿三, 万, 百."""
    digits, tens, myriads = _digits(), _tens(), _myriads()
    if text in tens or text in myriads:
        return float(_scales()[text])
    total, section, unit = 0.0, 0.0, 1
    digit: float | None = None
    for char in text:
        if char in digits:
            if digit not in (None, 0):
                return None                                     # 二○○三: digits, not a cardinal
            digit = digits[char]
        elif char in table("numerals")["compact"]:
            section += table("numerals")["compact"][char]
        elif char in tens:
            unit = tens[char]
            section += (digit or 1) * unit            # 十, 一千零十二
            digit = None
        elif char in myriads:
            if total and not section and digit is None and myriads[char] <= unit:
                return None                                     # 四万万
            total = (total + section + (digit or 0)) * myriads[char] if myriads[char] > 10000 else \
                total + (section + (digit or 0) or 1) * myriads[char]
            section, digit, unit = 0.0, None, myriads[char]
        else:
            return None
    if digit and unit > 10 and text[-2] not in "零〇○":
        digit *= unit / 10                                      # 两千三 is 2300
    return total + section + (digit or 0)
