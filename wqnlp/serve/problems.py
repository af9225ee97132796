"""What went wrong with a request, told as RFC 9457 asks (application/problem+json), with the E-code of `errors`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NamedTuple

from wqnlp.errors import CODES, WqnlpError

MEDIA_TYPE = "application/problem+json"
STATUS = {"E04": 413, "E05": 415, "E14": 413, "E15": 504, "E17": 413, "E19": 413, "E51": 415, "E71": 401, "E73": 503, "E99": 500}
"""The HTTP status of a code; 422 for all others: the input, not the request, is at fault."""


class Refused(NamedTuple):
    """Why there is no answer: an E-code, what it is about, what was seen and what to do. Passes between processes."""

    code: str
    subject: str
    seen: str
    todo: str
    status: int

    @classmethod
    def of(cls, code: str, subject: str, seen: str, todo: str, status: int | None = None) -> Refused:
        """With the status that belongs to the code, where none is given.

        >>> Refused.of("E03", "空.txt", "the file is empty", "get it again").status
        422
        """
        return cls(code, subject, seen, todo, status or STATUS.get(code, 422))

    @classmethod
    def by(cls, path: str, code: str, message: str) -> Refused:
        """From a row of `errors`, whose message has all in one line.

        >>> Refused.by("空.txt", "E03", "E03 空.txt: the file is empty. To do: get it again")[2:4]
        ('the file is empty', 'get it again')
        """
        seen, _, todo = message.removeprefix(f"{code} {path}: ").rpartition(". To do: ")
        return cls.of(code, path, seen, todo)

    def body(self) -> dict[str, Any]:
        """The members of the problem, in order."""
        return {"type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status,
                "detail": str(WqnlpError(self.code, self.subject, self.seen, self.todo)), "code": self.code,
                "meaning": CODES[self.code], "seen": self.seen, "todo": self.todo}


class Problem(Exception):
    """A request that ends with something else than its answer. `headers` go with the response."""

    def __init__(self, refused: Refused, headers: dict[str, str] | None = None) -> None:
        self.refused, self.headers = refused, headers or {}
        super().__init__(refused.code)


def problem(code: str, subject: str, seen: str, todo: str, status: int | None = None, **headers: str) -> Problem:
    """A `Problem` in one call; `Retry_After="2"` is the header Retry-After.

    >>> problem("E73", "service", "all is busy", "ask again later", Retry_After="2").headers
    {'Retry-After': '2'}
    """
    return Problem(Refused.of(code, subject, seen, todo, status),
                   {name.replace("_", "-"): value for name, value in headers.items()})
