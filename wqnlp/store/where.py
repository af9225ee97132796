"""Where a library is: a file, or the URL of a database. What is shown of a URL never has its password."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from wqnlp.errors import MissingExtra, Unreadable

if TYPE_CHECKING:
    from sqlalchemy import URL

Where = str | os.PathLike[str]
"""A path, or a URL: `sqlite:///library.db`, `postgresql://user:password@host/database`."""

_SCHEME = re.compile(r"(sqlite|postgres(?:ql)?)(?:\+\w+)?://", re.IGNORECASE)
_SECRET = re.compile(r"([?&](?:password|passfile|sslpassword)=)[^&]*", re.IGNORECASE)
TODO = "give a file, sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/DATABASE (special characters as %40 and the like)"


def is_url(where: Where) -> bool:
    """Whether a library is named by a URL.

    >>> is_url("postgresql://db.example/fulian"), is_url("妇联/library.db")
    (True, False)
    """
    return _SCHEME.match(os.fspath(where)) is not None


def shown(where: Where) -> str:
    """What may be printed of it: without a password.

    >>> shown("postgresql://li:geheim@db.example/fulian?sslpassword=x"), shown("妇联/library.db")
    ('postgresql://li:***@db.example/fulian?sslpassword=***', '妇联/library.db')
    """
    text = os.fspath(where)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return text
    who, at, rest = text[scheme.end():].rpartition("@")    # the last one: a password may hold an @ that was not escaped
    name, colon, _ = who.partition(":")
    return scheme.group() + (f"{name}{':***' if colon else ''}@" if at else "") + _SECRET.sub(r"\1***", rest)


class Address(NamedTuple):
    """A library's place for the database driver, and for people."""

    url: URL
    shown: str
    file: str | None                     # the path of a SQLite file

    def __repr__(self) -> str:
        return f"Address({self.shown!r})"


def located(where: Where) -> Address:
    """The address of a library. Raises `Unreadable` (E22) for a URL that is none, `MissingExtra` (E51) without a driver.

    >>> located("妇联/library.db").file
    '妇联/library.db'
    """
    from sqlalchemy import URL, make_url
    from sqlalchemy.exc import ArgumentError

    text = os.fspath(where)
    if not is_url(text):
        return Address(URL.create("sqlite", database=text), text, text)
    try:
        url = make_url(re.sub(r"^postgres://", "postgresql://", text, flags=re.IGNORECASE))
    except (ArgumentError, ValueError):
        raise Unreadable("E22", shown(text), "it is no URL of a database", TODO) from None
    if url.get_backend_name() != "sqlite" and "@" in f"{url.host}{url.database}":
        raise Unreadable("E22", shown(text), "its password has characters that stand for something else in a URL", TODO)
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise Unreadable("E22", shown(text), "it names no file", TODO)
        return Address(URL.create("sqlite", database=url.database), shown(text), url.database)
    _needs_driver(shown(text))
    return Address(url.set(drivername="postgresql+psycopg"), shown(text), None)


def _needs_driver(name: str) -> None:
    try:
        import psycopg  # noqa: F401
    except ImportError as fault:
        raise MissingExtra("E51", name, f"a library in PostgreSQL needs the package psycopg ({fault})",
                           "pip install 'wqnlp[postgres]'") from fault
