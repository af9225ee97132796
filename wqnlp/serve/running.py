"""The service on a socket, until it is told to end."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from wqnlp.errors import MissingExtra, WqnlpError
from wqnlp.serve.settings import Settings

if TYPE_CHECKING:
    import uvicorn

    from wqnlp.serve.pool import Pool

NEEDED = ("fastapi", "uvicorn", "python_multipart")
CONNECTIONS = 512                        # more at once are told 503 before anything is read


def needed() -> None:
    """Raises `MissingExtra` (E51) where a package of the extra is not installed."""
    for name in NEEDED:
        if find_spec(name) is None:
            raise MissingExtra("E51", "serve", f"{name} is not installed", "pip install 'wqnlp[serve]'")


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 is any that is free. Raises `WqnlpError` (E74)."""
    try:
        [(family, *_), *_] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        made = socket.create_server((host, port), family=family, backlog=128)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)       # else each answer waits 40 ms for its own head
        return made
    except (OSError, OverflowError, UnicodeError) as fault:
        raise WqnlpError("E74", f"{host}:{port}", f"the address cannot be listened on ({fault})",
                         "end what listens there, or name another --port or --host") from fault


def server(settings: Settings, pool: Pool | None = None) -> uvicorn.Server:
    """The server of a service, ready to `run`. What it logs is what `app.Told` writes."""
    needed()
    import uvicorn

    from wqnlp.serve.app import make

    config = uvicorn.Config(
        make(settings, pool), log_level="critical", access_log=False, server_header=False, proxy_headers=False, ws="none",
        lifespan="on", limit_concurrency=CONNECTIONS, timeout_keep_alive=30,
        timeout_graceful_shutdown=int(settings.seconds) + 5)
    return uvicorn.Server(config)


def run(settings: Settings, told: Callable[[str, int], object]) -> None:
    """Serve until Ctrl-C or SIGTERM; requests that are being dealt with are answered first.

    From the main thread. `told` hears where the service listens as soon as it does. Raises `MissingExtra` (E51), `WqnlpError` (E74, E99).
    """
    made = server(settings)
    signal.signal(signal.SIGTERM, signal.default_int_handler)    # the server ends by the signal that it was given, as Ctrl-C does
    with suppress(KeyboardInterrupt, SystemExit), listening(settings.host, settings.port) as listener:
        told(settings.host, listener.getsockname()[1])
        made.run(sockets=[listener])
    if not made.started:
        raise WqnlpError("E99", "service", "its processes do not start", "see whether `wqnlp show FILE` works")


def log_to_stderr() -> None:
    """Send the lines of the service's log to stderr."""
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    logging.getLogger("wqnlp.serve").setLevel(logging.INFO)
