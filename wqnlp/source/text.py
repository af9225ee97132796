"""Bytes to text: every encoding a Chinese archive uses is tried, and the one chosen is chosen by what it gives.

A wrong encoding seldom fails: Big5 bytes are mostly valid GB18030 and the other way round. But it gives hanzi
that nobody writes. So each candidate is judged by its *plausible share*: of the characters beyond ASCII, how many
are among the 1000 most frequent hanzi (simplified or traditional) or Chinese punctuation. Right encodings
have 0.75 and more, wrong ones under 0.3, on texts of a few characters already.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from functools import cache
from typing import NamedTuple

from wqnlp.errors import Unreadable
from wqnlp.source.base import Content, Decoding
from wqnlp.tables import table

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),         # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
CANDIDATES = ("utf-8", "gb18030", "cp950", "big5hkscs", "utf-16-le", "utf-16-be")
SAMPLE = 60_000                                 # bytes that are judged; the whole file is decoded all the same
ENOUGH = 0.2                                    # plausible share under which no encoding fits
MOST_BAD = 0.05                                 # share of bytes that may fit no character
_PUNCTUATION = ("　、。，．；：？！（）《》〈〉“”‘’「」『』【】〔〕—…·～％￥×※①②③④⑤⑥⑦⑧⑨⑩○〇●□■★☆→＋－＝／"
                "０１２３４５６７８９")
_UTF8_RUN = re.compile(rb"(?:[\xe3-\xef][\x80-\xbf]{2}){4}")       # four hanzi of UTF-8, seldom anything else
_CHINESE = re.compile("[\u4e00-\u9fff]")
_KINDS = (
    (b"PK\x03\x04", "a ZIP archive or an Office document (docx, xlsx)", "unpack it, or save it as text or PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Word, Excel or WPS document", "save it as text or PDF"),
    (b"{\\rtf", "an RTF document", "save it as text or PDF"),
    (b"%PDF-", "a PDF", "give it the suffix .pdf"),
    (b"Rar!", "a RAR archive", "unpack it"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it"),
    (b"\x1f\x8b", "a gzip archive", "unpack it"),
    (b"\x7fELF", "a program", "leave it out"),
    (b"MZ", "a program", "leave it out"),
    (b"SQLite format 3", "a SQLite library", "leave it out"),
)


class TextReader:
    """Plain text in any of the encodings above."""

    name = "text"
    suffixes: tuple[str, ...] = (".txt", ".text", ".md", "")

    def sniff(self, head: bytes) -> bool:
        """Every file may be text; this reader is asked last."""
        return True

    def read(self, path: str, data: bytes) -> Content:
        """The text of a file's bytes, unchanged but for a byte order mark, and how it was decoded.

        Raises `Unreadable` E03 where nothing but white space is there, E05 for binary files, E06 where no
        encoding fits.
        """
        refuse_binary(path, data)
        text, decoding = decode(path, data)
        if not text.strip("\ufeff\x00 \t\r\n\f\v\u3000\xa0"):
            raise Unreadable("E03", path, "it holds nothing but white space", "get the file again, or leave it out")
        return Content(text=text, decoding=decoding)


class _Tried(NamedTuple):
    share: float                                # plausible share, bad bytes counted as implausible
    bad: int                                    # bytes of the sample that fit no character
    encoding: str


@cache
def common_hanzi() -> dict[str, int]:
    """The most frequent hanzi, simplified and traditional, each with its rank.

    >>> common_hanzi()["的"] < common_hanzi()["妇"], "婦" in common_hanzi()
    (True, True)
    """
    rows = table("hanzi")
    ranked: dict[str, int] = {}
    for name in ("common", "domain", "traditional"):
        for rank, char in enumerate("".join(rows[name].split())):
            ranked.setdefault(char, rank)
    return ranked


class _Weights(dict[str, float]):
    """Weights of characters; one that is not there weighs nothing."""

    def __missing__(self, char: str) -> float:
        return 0.0


@cache
def _weights() -> _Weights:
    """What a character says for an encoding: 1 for the most frequent, something for any that is in daily use."""
    weights = _Weights({char: 1 - 0.2 * rank / 1000 for char, rank in common_hanzi().items()})
    weights.update(dict.fromkeys(map(chr, range(0x80)), 0.0) | dict.fromkeys(_PUNCTUATION, 0.9))
    for code in range(0x4E00, 0x9FA6):
        if chr(code).encode("gb2312", "ignore"):
            weights.setdefault(chr(code), 0.25)
    return weights


def plausible_share(text: str) -> float:
    """How much the characters beyond ASCII are those that Chinese text is made of, 0 to 1; 1 where there are none.

    >>> plausible_share("全年共接待来信来访186件。") > 0.8 > 0.3 > plausible_share("濡囪仈缁存潈")
    True
    """
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return sum(map(_weights().__getitem__, text)) / beyond if beyond else 1.0         # what is ASCII weighs nothing


def decode(path: str, data: bytes) -> tuple[str, Decoding]:
    """The text of some bytes and how it was found. Line ends stay as they are.

    >>> text, how = decode("a.txt", "县妇联共接待来访２８７人次\\r\\n".encode("gb18030"))
    >>> text, how.encoding
    ('县妇联共接待来访２８７人次\\r\\n', 'gb18030')
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            text, bad = _decode(data[len(mark):], encoding)
            return text, Decoding(encoding=encoding, reason="byte order mark", confidence=1.0, undecodable=bad)
    if data.isascii() and not _utf16_plausible(data):
        return data.decode("ascii"), Decoding(encoding="utf-8", reason="ASCII alone", confidence=1.0)
    utf8 = _strict_utf8(data) or _by_lines(data)
    if utf8 is not None:
        return utf8
    tried = sorted((_try(_sample(data), encoding) for encoding in CANDIDATES), reverse=True, key=lambda t: t.share)
    best, second = tried[0], next(t for t in tried[1:] if {t.encoding, tried[0].encoding} != {"cp950", "big5hkscs"})
    if best.share < ENOUGH:
        raise Unreadable("E06", path, f"no encoding gives Chinese text (the best, {best.encoding}, is "
                         f"{best.share:.0%} plausible)", "open it in an editor that can read it and save it as UTF-8")
    text, bad = _decode(data, best.encoding)
    if bad > max(2, MOST_BAD * len(data)):
        raise Unreadable("E06", path, f"{bad} of {len(data)} bytes fit no character of {best.encoding}",
                         "get the file again; this copy is broken")
    reason = (f"its characters are {best.share:.0%} plausible as {best.encoding}, {second.share:.0%} as "
              f"{second.encoding}" + (f"; {bad} bytes fit no character" if bad else ""))
    sure = min(0.99, 0.5 + (best.share - second.share) / 1.5)
    return text, Decoding(encoding=best.encoding, reason=reason, confidence=round(max(0.3, sure), 3),
                          runner_up=second.encoding, undecodable=bad)


def _strict_utf8(data: bytes) -> tuple[str, Decoding] | None:
    """UTF-8 without a fault: proof enough, but for a few bytes that may be GBK by chance (no hanzi come out)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if (b"\0" in data or len(data) < 200) and _utf16_plausible(data):
        return None
    if len(data) < 200 and not re.search("[\u00b7\u00d7\u2010-\u9fff\uf900-\uffef]", text):
        other = _try(data, "gb18030")
        if not other.bad and other.share > max(0.5, plausible_share(text)):
            return None
    return text, Decoding(encoding="utf-8", reason="UTF-8 without a fault", confidence=0.99)


def _by_lines(data: bytes) -> tuple[str, Decoding] | None:
    """A file put together from UTF-8 and GBK or Big5: each line in its own, where lines of both give Chinese.

    A line of UTF-8 to which the other was glued without a line end is cut at the first byte that does not fit.
    """
    if not _UTF8_RUN.search(data):
        return None
    parts: list[str] = []
    used: Counter[str] = Counter()
    bad = 0
    for line in data.splitlines(keepends=True):
        fits, rest = _valid_utf8(line)
        hanzi = bool(_CHINESE.search(fits))
        if hanzi:
            used["utf-8"] += plausible_share(fits) > 0.5
        if rest:
            first = fits if hanzi or fits.isascii() else ""
            other = rest if first else line
            tried = max((_try(other, encoding) for encoding in ("gb18030", "cp950")), key=lambda t: t.share)
            one = tried.encoding if not tried.bad and tried.share > 0.5 else "utf-8"
            used[one] += one != "utf-8"
            told, lost = _decode(other, one)
            fits, bad = first + told, bad + lost
        parts.append(fits)
    if not used["utf-8"] or len(+used) < 2:
        return None
    shares = ", ".join(f"{encoding} in {count}" for encoding, count in used.most_common() if count)
    return "".join(parts), Decoding(encoding="+".join(sorted(+used, key=lambda e: -used[e])), confidence=0.8, undecodable=bad,
                                    reason=f"lines of more than one encoding give Chinese: {shares}")


def _valid_utf8(line: bytes) -> tuple[str, bytes]:
    """What of a line is UTF-8, from its beginning, and the bytes after that."""
    try:
        return line.decode("utf-8"), b""
    except UnicodeDecodeError as fault:
        return line[:fault.start].decode("utf-8"), line[fault.start:]


def _sample(data: bytes) -> bytes:
    """The first bytes, of an even number so that UTF-16 keeps in step, cut at a line where one is near."""
    if len(data) <= SAMPLE:
        return data
    cut = data.rfind(b"\n", SAMPLE - 4000, SAMPLE)
    return data[:cut + 1 if cut > 0 else SAMPLE]


def _try(data: bytes, encoding: str) -> _Tried:
    if encoding.startswith("utf-16"):
        data = data[:len(data) // 2 * 2]
    text, bad = _decode(data, encoding)
    weights = _weights()
    beyond = [weights.get(char, 0.0) for char in text if char > "\x7f" and char != "\ufffd"]
    control = sum(char < " " and char not in "\t\r\n\f" for char in text)
    total = len(beyond) + bad + control
    return _Tried(sum(beyond) / total if total else 0.9, bad, encoding)


def _decode(data: bytes, encoding: str) -> tuple[str, int]:
    """Text, with U+FFFD where no character fits, and the number of bytes that those stand for."""
    try:
        return data.decode(encoding), 0
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
    kept = text.replace("\ufffd", "").encode(encoding, "ignore")
    return text, max(1, len(data) - len(kept))


def refuse_binary(path: str, data: bytes) -> None:
    """Raise E05, saying what kind of file it is, for what is certainly not text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        return
    for magic, kind, todo in _KINDS:
        if data.startswith(magic) and (len(magic) > 2 or b"\0" in data[:64]):
            raise Unreadable("E05", path, f"it is {kind}, not text", todo)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        raise Unreadable("E05", path, "it is a WebP image, not text", "run OCR first")
    head = data[:SAMPLE]
    if b"\0" in head and not _utf16_plausible(head):
        raise Unreadable("E05", path, "it holds zero bytes, as programs, images and archives do", "leave it out")
    control = len(head) - len(head.translate(None, bytes(set(range(32)) - set(b"\t\n\r\f\v\x1a\x1b"))))
    if b"\0" not in head and control > max(2, len(head) // 100):
        raise Unreadable("E05", path, f"{control} of its first {len(head)} bytes are control characters",
                         "leave it out, or save it as text")


def _utf16_plausible(data: bytes) -> bool:
    """Whether UTF-16 without a mark is the better reading: zero bytes are halves of digits, letters of hanzi."""
    if len(data) < 4:
        return False
    head = data[:min(2000, len(data) // 2 * 2)]
    if len(data) % 2 and b"\0" not in head:          # cut in the middle of a character; zeros alone still prove it
        return False
    best = max(_try(head, "utf-16-le").share, _try(head, "utf-16-be").share)
    needed = ENOUGH if b"\0" in head else 0.7 if len(head) >= 6 else 0.85
    return best >= needed
