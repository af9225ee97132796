"""Saved mail (.eml): its text, its attachments and the mails in it, each a file of its own."""

from __future__ import annotations

import email
import email.errors
import email.policy
import io
import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message
from typing import IO

from wqnlp.source.packed_base import Broken, Entry, Opened, unique
from wqnlp.source.packed_names import decoded, hidden, tidy

BODY = "正文"
LARGEST = 64 * 2**20                     # bytes of a mail
FAULTS = (email.errors.MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
_FIELD = re.compile(rb"^([A-Za-z][A-Za-z0-9-]*)[ \t]*:", re.MULTILINE)
_START = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:From \S[^\n]*\n)?[A-Za-z][A-Za-z0-9-]*[ \t]*:[^\n]*\n")
_SENT = {b"received", b"return-path", b"message-id", b"delivered-to", b"to", b"cc", b"bcc", b"x-mailer", b"in-reply-to"}
_USUAL = {b"from", b"date", b"subject", b"mime-version", b"content-type", b"sender", b"reply-to"}
_SAVED = re.compile(rb"^(?:snapshot-content-location:|from:\s*\"?<?saved by )", re.IGNORECASE | re.MULTILINE)
_KEPT = re.compile(r"utf-?8|us-ascii|ascii|gb.*|big5.*|cp9(?:36|50)|x-gbk|unknown.*|default.*", re.IGNORECASE)
_LINK = re.compile(r'[\\/:*?"<>|\s]+')


def is_mail(head: bytes) -> bool:
    """Whether a file begins with the head of a mail that was sent; a page saved as .mht has a head, but no receiver.

    >>> is_mail("From: 县妇联\\nTo: 市妇联\\nSubject: 总结\\n\\n".encode()), is_mail("市妇联：2009年总结\\n".encode())
    (True, False)
    """
    if not _START.match(head):
        return False
    top = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0] + b"\n"
    names = {name.lower() for name in _FIELD.findall(top)}
    return bool(names & _SENT) and len(names & (_SENT | _USUAL)) > 2 - (b"from" in names) and not _SAVED.search(top)


class Mail:
    """A mail. Raises `Broken` where its parts cannot be told apart."""

    def __init__(self, file: IO[bytes]) -> None:
        self.fault: Broken | None = None
        file.seek(0)
        data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise Broken("E04", f"the mail has more than {LARGEST // 2**20} MB", "save its attachments")
        try:
            whole = email.message_from_bytes(data.removeprefix(b"\xef\xbb\xbf"), policy=email.policy.compat32)
            parts = list(_parts(whole))
        except FAULTS as fault:
            raise Broken("E18", f"its parts cannot be told apart ({type(fault).__name__})", "save its attachments") from fault
        parts = [(name, data) for name, data in parts if not hidden(name)]
        self._data = [data for _, data in parts]
        self.entries = [Entry(name, len(data), len(data)) for name, data in zip(unique([n for n, _ in parts]), self._data, strict=True)]

    def open(self, number: int) -> Opened:
        """See `Archive`."""
        return io.BytesIO(self._data[number])

    def head(self, number: int) -> bytes:
        """See `Archive`."""
        return self._data[number][:4096]

    def close(self) -> None:
        """See `Archive`."""


def _parts(message: Message) -> Iterator[tuple[str, bytes]]:
    """Names and bytes: the text in one of its forms, then whatever is attached."""
    kind = message.get_content_type()
    if kind == "message/rfc822" and isinstance(message.get_payload(), list):
        inner = message.get_payload(0)
        assert isinstance(inner, Message)
        name = _name(message) or (_LINK.sub(" ", _words(_raw(inner, "subject"))).strip() or "mail") + ".eml"
        yield name, inner.as_bytes(policy=inner.policy)
    elif message.is_multipart():
        within = [part for part in message.get_payload() if isinstance(part, Message)]
        for part in _one_form(within) if kind == "multipart/alternative" else within:
            yield from _parts(part)
    else:
        yield from _leaf(message, kind)


def _one_form(forms: list[Message]) -> list[Message]:
    """Of the forms of one text the plain one, where it says something; whatever else stands among them stays."""
    plain = [form for form in forms if form.get_content_type() == "text/plain" and _bytes(form).strip()]
    rest = [form for form in forms if form.get_content_type() != "text/plain"]
    return [plain[0], *(form for form in rest if _attached(form))] if plain else rest


def _attached(form: Message) -> bool:
    return form.get_filename() is not None or form.get_content_type() == "message/rfc822" or \
        (form.is_multipart() and any(isinstance(part, Message) and _attached(part) for part in form.get_payload()))


def _leaf(part: Message, kind: str) -> Iterator[tuple[str, bytes]]:
    name, data = _name(part), _bytes(part)
    if name:
        yield name, data
    elif kind in ("text/plain", "text/html") and data.strip():
        yield BODY + (".html" if kind == "text/html" else ".txt"), data
    elif not kind.startswith(("text/", "image/")) and data:
        yield f"{kind.replace('/', '-')}.bin", data


def _bytes(part: Message) -> bytes:
    """The bytes of a part. A charset that no text file has (UTF-7, HZ, ISO-2022) becomes UTF-8."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return b""
    charset = part.get_content_charset() or "ascii"
    if part.get_content_maintype() != "text" or _KEPT.fullmatch(charset):
        return data
    try:
        return data.decode(charset).encode()
    except (LookupError, ValueError):
        return data


def _raw(part: Message, header: str) -> str:
    """A header as it stands in the mail; `Message.get` gives bytes that nobody encoded as U+FFFD."""
    value = next((value for name, value in part.raw_items() if name.lower() == header), "")
    raw = str(value).encode("utf-8", "surrogateescape")
    return str(value) if raw.isascii() else decoded([raw.replace(b"\r", b"").replace(b"\n", b"")])[0]


def _name(part: Message) -> str:
    """The name of an attachment, without folders."""
    for header in ("content-disposition", "content-type"):
        if header in part and not _raw(part, header).isascii():
            part.replace_header(header, _raw(part, header))
    try:
        name = part.get_filename("")
    except FAULTS:
        name = ""
    return _words(name).replace("\\", "/").rpartition("/")[2].strip()


def _words(value: object) -> str:
    """A header's text: encoded words (RFC 2047) of any charset, or bytes that nobody encoded."""
    pieces = []
    try:
        found = decode_header(str(value)) if "=?" in str(value) else [(str(value), None)]
    except FAULTS:
        found = [(str(value), None)]
    for text, charset in found:
        raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        pieces.append(_decoded(raw, charset))
    return tidy("".join(pieces).replace("\r", "").replace("\n", ""))


def _decoded(raw: bytes, charset: str | None) -> str:
    charset = "gb18030" if (charset or "").lower().startswith(("gb", "x-gb")) else charset
    try:
        return raw.decode(charset) if charset else decoded([raw])[0]
    except (LookupError, ValueError):
        return decoded([raw])[0]
