"""Every number of a text in any script: 壹佰伍拾, 4.78万亿, 三百五又三分之一, 7 万 5 千, -1,100.9億.

The reader of damaged summaries has its own, narrower patterns (`numerals`); this one is for any text.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from wqnlp.grammar import numerals
from wqnlp.tables import table

SCALES = {"十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "亿": 1e8, "兆": 1e12}
DIGITS = {char: float(value) for value, char in enumerate("零一二三四五六七八九")} | {"两": 2.0}
TENS = {"廿": 20.0, "卅": 30.0, "卌": 40.0}
_SPACE = " \u3000\t"
_ARABIC = re.compile(r"\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|(?<!\.)\d++\.\d++(?!\.\d)|\d+|(?<![\d.])\.\d+")
_POINT = re.compile(r"\s*点\s*([零一二三四五六七八九](?:[ \u3000]*[零一二三四五六七八九])*)(?![十百千两])")
_SUFFIX = re.compile(r"\s?([kKmM])(?![A-Za-z])|[eE]([-+]?\d{1,3})(?![A-Za-z\d])")
_POWERS = {"k": 1e3, "m": 1e6}
_BELOW = re.compile(r"\s*分\s*之\s*")
_AND = re.compile(r"\s*又\s*")
_SLASH = re.compile(r"\s*/\s*(\d{1,6})(?![\d/.年月])")
_SPACED = re.compile(r"[ \u3000]+(\d{1,4}\s*/\s*\d{1,4})(?![\d/.年月])")
_MINUS = re.compile(r"(?<![-\w)%])-(?=[\d.零一二三四五六七八九十])")
_NOT_MORE = re.compile(r"\s*[年月]")
_SCALED = re.compile(r"\s*[十百千万亿]")
_DOZEN = re.compile(r"打(?![击开电扮架造印工算拼])")
_START = re.compile(r"[\d.零一二三四五六七八九十百千两数几半廿卅卌负-]")
_SEVERAL = re.compile(r"[数几][十百千万亿]+(?![\d零一二三四五六七八九])")
_OVER = "余多几"


class Found(NamedTuple):
    """A number at [start, end): nominal value (None for 五六百) and the bounds its digits support."""

    start: int
    end: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def over(self) -> bool:
        """Whether 余, 多 or 几 says that there are more."""
        return self.value is not None and self.high is None


def plain(text: str) -> str:
    """The text with full-width, formal and traditional signs as those that are read, one for one: offsets stay.

    >>> plain("壹萬元，２８７人次")
    '一万元,287人次'
    """
    return text.translate(_same())


@cache
def _same() -> dict[int, str]:
    known = {ord(char): to for char, to in table("reading")["same"].items()}
    known |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {ord("−"): "-"}
    return known


@cache
def _words() -> re.Pattern[str]:
    words = sorted(table("reading")["words"], key=len, reverse=True)
    return re.compile(r"https?://\S+|[A-Za-z_]+\d[\w]*|(?<!分)之一(?![十百千万点])|" + "|".join(map(re.escape, words)))


def numbers(text: str) -> list[Found]:
    """All numbers of a text in order, apart from each other, in offsets of the text as given.

    >>> [(n.start, n.end, n.value) for n in numbers("共４千２百五，佔三分之一")]
    [(1, 6, 4250.0), (8, 12, 0.3333333333333333)]
    >>> numbers("四川的队伍一切顺利"), numbers("二十幾萬")[0][2:]
    ([], (200000.0, 200000.0, None))
    """
    clear = plain(text)
    kept, at = [], 0
    words = [word.span() for word in _words().finditer(text)]
    index = 0
    while found := _START.search(clear, at):
        start = found.start()
        while index < len(words) and words[index][1] <= start:
            index += 1
        if index < len(words) and words[index][0] <= start:
            at = words[index][1]
            continue
        number = number_at(clear, start)
        if number is None or _lone_word(text, clear, number):
            at = start + 1 if number is None else number.end
        else:
            kept.append(number)
            at = number.end
    return kept


def _lone_word(text: str, clear: str, number: Found) -> bool:
    """肆, 伍, 陆 alone in a text of other words are mostly no numbers."""
    alone = number.end - number.start == 1 and text[number.start] in table("reading")["formal"]
    beside = clear[max(0, number.start - 1):number.start] + clear[number.end:number.end + 1]
    return alone and bool(re.search("[一-龥]", beside))


def number_at(clear: str, start: int) -> Found | None:
    """The longest number that starts at an offset of a `plain` text: sign, mixed numeral, fraction and all."""
    sign, at = _sign(clear, start)
    several = _SEVERAL.match(clear, at)
    if several:
        read = numerals.read(several[0])
        return None if read is None else Found(start, several.end(), None, read.low, read.high)
    one = _cardinal(clear, at)
    if one is None:
        return None
    if one.value is not None and not one.over:
        one = _fraction(clear, one) or one
    if sign < 0:
        one = one._replace(value=_minus(one.value), low=_minus(one.high), high=_minus(one.low))
    return one._replace(start=start)


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _sign(clear: str, start: int) -> tuple[int, int]:
    """负 and a minus; a dash after a word or a number joins, and says nothing."""
    if clear[start] == "负" or _MINUS.match(clear, start):
        at = start + 1
        while at < len(clear) and clear[at] in _SPACE:
            at += 1
        return -1, at
    return 1, start


def _fraction(clear: str, one: Found) -> Found | None:
    """What a number grows into: 3又一千分之23, 二分之一, 4/3, 1 4/3."""
    joined = _AND.match(clear, one.end)
    if joined:
        below = _cardinal(clear, joined.end())
        part = _parts(clear, below) if below else None
        return _exact(one.start, part.end, _sum(one.value, part.value)) if part else None
    if clear[one.start:one.end].isdigit():
        whole, slash = _SPACED.match(clear, one.end), _SLASH.match(clear, one.end)
        if whole:
            above, below_ = map(float, whole[1].split("/"))
            return _exact(one.start, whole.end(), _sum(one.value, above / below_)) if below_ else None
        if slash and float(slash[1]) and clear[max(0, one.start - 1):one.start] != "/":
            return _exact(one.start, slash.end(), float(clear[one.start:one.end]) / float(slash[1]))
    return _parts(clear, one)


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _parts(clear: str, below: Found) -> Found | None:
    between = _BELOW.match(clear, below.end)
    if not between or between.end() >= len(clear) or not below.value:
        return None
    sign, at = _sign(clear, between.end()) if clear[between.end()] == "负" else (1, between.end())
    above = _cardinal(clear, at)
    if above is None or above.value is None:
        return None
    return _exact(below.start, above.end, sign * above.value / below.value)


def _exact(start: int, end: int, value: float | None) -> Found:
    return Found(start, end, value, value, value)


def _cardinal(clear: str, start: int) -> Found | None:
    """Digits and scales, with a decimal part, without sign or fraction."""
    if clear.startswith("半百", start):
        return _exact(start, start + 2, 50.0)
    marks = _marks(clear, start)
    while marks:
        value = _value(marks, clear, start)
        if value is not None:
            return _tail(clear, start, marks, value)
        marks.pop()
    return None


class _Sign(NamedTuple):
    kind: str                   # d a digit, n an Arabic number, s a scale, o 余多几
    value: float
    end: int


def _marks(clear: str, start: int) -> list[_Sign]:
    """The digits, scales and 余 that can follow each other from `start`, spaces between them allowed."""
    marks: list[_Sign] = []
    at = start
    while at < len(clear):
        if clear[at] in _SPACE and marks:
            at += 1
            continue
        last = marks[-1].kind if marks else ""
        near = not marks or marks[-1].end == at
        one = _mark(clear, at, last, near, marks)
        if one is None:
            break
        marks.append(one)
        at = one.end
    return marks


def _mark(clear: str, at: int, last: str, near: bool, marks: list[_Sign]) -> _Sign | None:
    char = clear[at]
    if char in DIGITS and (last in ("", "s", "t") or (last == "d" and (near or marks[-1].value == 0))):
        return _Sign("d", DIGITS[char], at + 1)
    if char in TENS and last in ("", "s"):
        return _Sign("t", TENS[char], at + 1)
    if char in SCALES:
        scale = SCALES[char]
        if last == "s":
            rises = scale >= 1e4 and (scale >= marks[-1].value or len(marks) > 1)
            return _Sign("s", scale, at + 1) if rises else None
        return _Sign("s", scale, at + 1) if marks or scale < 1e4 else None
    if char in _OVER and marks and last in ("s", "n", "d") and (last != "d" or marks[-1].value == 0):
        return _Sign("o", 0.0, at + 1)
    if (char.isdigit() or char == ".") and (last in ("", "s") or (last == "d" and marks[-1].value == 0)):
        found = _ARABIC.match(clear, at)
        if found and not (marks and _NOT_MORE.match(clear, found.end())) and (near or _SCALED.match(clear, found.end())):
            return _Sign("n", float(found[0].replace(",", "")), found.end())
    return None


def _value(marks: list[_Sign], clear: str, start: int) -> Found | None:
    """The value of marks that make a number; None where they do not, and one must be left out."""
    end, kinds = marks[-1].end, "".join(mark.kind for mark in marks)
    over = "o" in kinds
    if kinds[-1] == "o" and clear[marks[-1].end - 1] == "几":
        return None
    if kinds in ("s", "ss") and marks[0].value != 10:
        return None
    if kinds[0] == "s" and marks[0].value > 10 and kinds[1:2] == "s":
        return None
    if len(kinds) > 1 and kinds[-1] == "d" and marks[-1].value == 0 and set(kinds) != {"d"}:
        return None
    if any(a.kind == b.kind == "d" and a.value for a, b in pairwise(marks)):
        return _side_by_side(re.sub(r"\s", "", clear[start:end]), start, end)
    value = _evaluate([mark for mark in marks if mark.kind != "o"])
    return Found(start, end, value, value, None if over else value)


def _side_by_side(surface: str, start: int, end: int) -> Found | None:
    """五六百 is a range, 二零零八 a year or a code in digits."""
    read = numerals.read(surface)
    if read is not None and read.value is None and read.low is not None and read.high is not None:
        return Found(start, end, None, read.low, read.high)
    if len(surface) >= 3 and set(surface) <= DIGITS.keys() - {"两"}:
        value = float("".join(str(int(DIGITS[char])) for char in surface))
        return _exact(start, end, value)
    return None


def _evaluate(marks: list[_Sign]) -> float:
    """Place values: what stands before 万, 亿 or 兆 and is smaller is counted in them; a last digit after 百 is tens."""
    done: list[tuple[float, float]] = []                # value, scale
    section, digit, unit = 0.0, 0.0, 1.0
    for mark in marks:
        if mark.kind in "dn":
            digit, unit = mark.value, unit if mark.value else 1.0        # after 零 the last digit is units
        elif mark.kind == "t":
            section += mark.value
        elif mark.value < 1e4:
            section, digit, unit = section + (digit or 1.0) * mark.value, 0.0, mark.value
        else:
            own, bare = section + digit, not section + digit
            while done and done[-1][1] < mark.value:
                own += done.pop()[0]
            if bare and not own and done:
                own = done.pop()[0]                     # 四万万
            done.append(((own or 1.0) * mark.value, mark.value))
            section, digit, unit = 0.0, 0.0, mark.value
    if digit and marks[-1].kind == "d" and unit > 10:
        digit *= unit / 10                              # 两千四百五, 一万三
    return round(sum(value for value, _ in done) + section + digit, 9)


def _tail(clear: str, start: int, marks: list[_Sign], found: Found) -> Found:
    """A decimal part after 点, k or e5 after Arabic digits, a dozen."""
    end, value = found.end, found.value
    if value is None or found.over:
        return found
    point = _POINT.match(clear, end)
    if point and marks[-1].kind in "dst":
        part = "".join(str(int(DIGITS[char])) for char in re.sub(r"\s", "", point[1]))
        value, end = float(f"{value:.0f}.{part}"), point.end()
        while end < len(clear) and clear[end] in "万亿":
            value, end = value * SCALES[clear[end]], end + 1
    suffix = _SUFFIX.match(clear, end) if len(marks) == 1 and marks[0].kind == "n" else None
    if suffix:
        value *= _POWERS[suffix[1].lower()] if suffix[1] else 1.0
        value, end = float(f"{clear[start:end].replace(',', '')}e{suffix[2]}") if suffix[2] else value, suffix.end()
    if _DOZEN.match(clear, end):
        value, end = value * 12, end + 1
    return _exact(start, end, value)
