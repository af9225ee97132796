"""Names of members: bytes whose encoding no one wrote down."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wqnlp.source.text import plausible_share

ENOUGH = 0.2                             # plausible share from which names are Chinese; as for texts
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def decoded(names: Sequence[bytes]) -> list[str]:
    """Names of one archive as text: each UTF-8 where it is, the others together in what they are plausible as.

    Zip tools of Chinese systems write GBK (or Big5) and do not say so; what is neither is Latin as DOS wrote it.

    >>> decoded(["县妇联".encode("gb18030"), "总结.txt".encode(), "总结".encode("gb18030")])
    ['县妇联', '总结.txt', '总结']
    """
    others = [name for name in names if _utf8(name) is None]
    encoding = _fitting(b"\n".join(others)) if others else "utf-8"
    texts = (_utf8(name) or name.decode(encoding, "replace") for name in names)
    return [tidy(text.replace("\\", "/")) for text in texts]


def tidy(name: str) -> str:
    """A name that can stand in one line.

    >>> tidy("总\\n结")
    '总\ufffd结'
    """
    return _CONTROL.sub("\ufffd", name)


def _utf8(name: bytes) -> str | None:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _fitting(sample: bytes) -> str:
    shares = {encoding: plausible_share(sample.decode(encoding, "replace")) for encoding in ("gb18030", "cp950")}
    best = max(shares, key=lambda encoding: shares[encoding])
    return best if shares[best] >= ENOUGH else "cp437"


def hidden(name: str) -> bool:
    """Whether a member is hidden, as files of folders are: `.name`, `~$name`, `__MACOSX`, `Thumbs.db` and their like.

    >>> hidden("总结/.DS_Store"), hidden("../总结.txt")
    (True, False)
    """
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    last = parts[-1].lower() if parts else ""
    return not parts or any(part.startswith((".", "~$")) or part == "__MACOSX" for part in parts) or \
        last in ("thumbs.db", "desktop.ini")
