"""Bodies of requests: their bytes, counted as they come, and what is in them. Memory only: nothing touches a disk."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, NamedTuple

from wqnlp.serve.problems import Problem, problem

if TYPE_CHECKING:
    from starlette.requests import Request

KINDS = ("text/plain", "application/json", "multipart/form-data")
LONGEST_NAME = 255
_HALF = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Posted(NamedTuple):
    """What was posted: a text, or a file's bytes, and what its records call it."""

    content: str | bytes
    name: str


async def taken(request: Request, most: int, seconds: float) -> bytes:
    """The body, of at most so many bytes within so many seconds. Raises `Problem`: 413, 408, 415, and 400, which nobody hears."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise problem("E72", "request", "the body is compressed", "post it as it is", 415)
    from starlette.requests import ClientDisconnect

    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdigit() and int(told[:20]) > most:
        raise _too_large(most)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise problem("E72", "request", f"the body had not come after {seconds:g} seconds", "post it faster", 408) from None
    except ClientDisconnect:
        raise problem("E72", "request", "the client went away before its body had come", "post it again", 400) from None
    return bytes(body)


def _too_large(most: int) -> Problem:
    return problem("E04", "request", f"the body has more than the limit of {most:,} bytes",
                   "split the file, or start the service with a higher --max-bytes")


def kind_of(content_type: str, kinds: tuple[str, ...] = KINDS) -> str:
    """The media type of a Content-Type header. Raises `Problem` (415) where it is none of those known.

    >>> kind_of("Text/Plain; charset=GBK")
    'text/plain'
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in kinds:
        raise problem("E72", "request", "the Content-Type " + (f"is {kind[:80]!r}" if kind else "is missing"),
                      f"post {', '.join(kinds)}", 415)
    return kind


def posted(body: bytes, content_type: str) -> Posted:
    """What is in a body. Raises `Problem`, mostly 422.

    What stands as text/plain is a text file and decoded like one, by what gives Chinese; its charset is not believed.

    >>> posted('{"text": "接访96件", "name": "2013"}'.encode(), "application/json")
    Posted(content='接访96件', name='2013')
    """
    kind = kind_of(content_type)
    if kind == "text/plain":
        return Posted(body, "text")
    if kind == "multipart/form-data":
        return asyncio.run(_form(body, content_type))
    text, name = members(body, ("text", "name"))
    return Posted(text, label(name, "text"))


def members(body: bytes, names: tuple[str, ...]) -> list[str]:
    """Texts by name out of a JSON object: the first must be there, no other may be. Raises `Problem` (422).

    >>> members('{"text": "九成"}'.encode(), ("text", "name"))
    ['九成', '']
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise _not_understood("the body is no JSON") from None
    if not isinstance(found, dict) or names[0] not in found:
        raise _not_understood(f"the body is no JSON object with {names[0]!r}")
    for key, value in found.items():
        if key not in names:
            raise _not_understood(f"there is a member {str(key)[:80]!r}", f"only {', '.join(names)} may be there")
        if not isinstance(value, str):
            raise _not_understood(f"{key!r} is no string")
    return [_HALF.sub("\ufffd", found.get(name, "")) for name in names]


async def _form(body: bytes, content_type: str) -> Posted:
    """The one file of a form."""
    from python_multipart.multipart import parse_options_header
    from starlette.datastructures import Headers, UploadFile
    from starlette.formparsers import MultiPartException, MultiPartParser

    class InMemory(MultiPartParser):
        spool_max_size = len(body) + 1   # never onto the disk

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not 0 < len(boundary) <= 70 or b'"' in boundary or b"\\" in boundary:
        raise _not_understood("the form has no boundary of 1 to 70 characters")
    plain = Headers({"content-type": f'multipart/form-data; boundary="{boundary.decode("latin-1")}"'})   # no charset of theirs
    try:
        form = await InMemory(plain, whole(), max_files=1, max_fields=8).parse()
    except MultiPartException as fault:
        raise _not_understood(f"the form is broken ({fault.message[:80]})") from None
    files = [(key, one) for key, one in form.multi_items() if isinstance(one, UploadFile)]
    if len(files) != 1 or files[0][0] != "file":
        raise _not_understood("the form has no part `file` with a filename")
    file = files[0][1]
    return Posted(await file.read(), label(file.filename or "", "file"))


def label(name: str, otherwise: str) -> str:
    """What records call a posted file: the name it was given, made harmless to show. It never becomes a path.

    >>> label("../2013\\n总结.txt", "file"), label(" ", "file")
    ('../2013 总结.txt', 'file')
    """
    return _CONTROL.sub(" ", _HALF.sub("\ufffd", name)).strip()[:LONGEST_NAME] or otherwise


def _not_understood(seen: str, todo: str = "see /openapi.json for what may be posted") -> Problem:
    return problem("E72", "request", seen, todo, 422)
