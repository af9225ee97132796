"""What a service is told when it starts."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass, field

from wqnlp.errors import WqnlpError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the service listens, who may ask, and how much.

    `seconds` is how long a body may take to come, how long a request may wait for a process, and how long the work on
    it may take, each for itself. `waiting` is how many requests may wait; one more is told to come again.
    """

    host: str = "127.0.0.1"
    port: int = 8138
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    workers: int = 1
    waiting: int = 16
    max_bytes: int = 16 * 2**20
    seconds: float = 30.0


def checked(host: str, token: str | None) -> str | None:
    """The token as given, None where one is to be made. Raises `WqnlpError` (E74) for what would not be safe.

    >>> checked("127.0.0.1", None) is None
    True
    >>> checked("0.0.0.0", None)
    Traceback (most recent call last):
    wqnlp.errors.WqnlpError: E74 0.0.0.0: other machines reach this address, and no token was given. To do: set WQNLP_TOKEN
    """
    if token is None:
        if not loopback(host):
            raise WqnlpError("E74", host, "other machines reach this address, and no token was given", "set WQNLP_TOKEN")
        return None
    if len(token) < 16 or not token.isascii() or not token.isprintable() or " " in token:
        raise WqnlpError("E74", "token", "it must have 16 or more letters, digits and signs of ASCII, and no blank",
                         "leave it out, and one is made and shown; or use the first line of: openssl rand -hex 24")
    return token


def loopback(host: str) -> bool:
    """Whether only this machine reaches an address.

    >>> loopback("localhost"), loopback("::1"), loopback("0.0.0.0"), loopback("内网")
    (True, True, False, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
