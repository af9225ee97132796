"""The command for other programs: serve."""

from __future__ import annotations

import os

import click

from wqnlp.cli.base import cli


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on. One that other machines reach "
              "asks for a token.")
@click.option("--port", type=click.IntRange(0, 65535), default=8138, show_default=True, help="Port; 0 for any that is free.")
@click.option("--token", envvar="WQNLP_TOKEN", show_envvar=True, help="What requests must carry; better in the environment, for "
              "other users see command lines.  [default: made anew, and shown once]")
@click.option("--workers", type=click.IntRange(1), help="Processes that read summaries.  [default: one a core, at most 8]")
@click.option("--waiting", type=click.IntRange(0), default=16, show_default=True, help="Requests that may wait for a process.")
@click.option("--max-bytes", type=click.IntRange(1), default=16 * 2**20, show_default=True, help="Largest body of a request.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), default=30.0, show_default=True,
              help="Seconds that the work on one request may take.")
@click.option("--quiet", is_flag=True, help="No line of log for each request.")
def serve(host: str, port: int, token: str | None, workers: int | None, waiting: int, max_bytes: int, timeout: float,
          quiet: bool) -> None:
    """Answer over HTTP: post a summary, get its records as JSON. Needs the extra: pip install 'wqnlp[serve]'.

    POST /v1/summaries, POST /v1/numbers, GET /v1/codes, GET /healthz; /openapi.json describes them. Nothing posted is
    kept. End it with Ctrl-C: what is being dealt with is answered first.

    \b
    wqnlp serve
    curl -H "Authorization: Bearer TOKEN" -F file=@2009.doc http://127.0.0.1:8138/v1/summaries
    """
    from wqnlp.serve.running import log_to_stderr, needed, run
    from wqnlp.serve.settings import Settings, checked

    needed()
    given = checked(host, token)
    limits = {"workers": workers or min(os.cpu_count() or 1, 8), "waiting": waiting, "max_bytes": max_bytes}
    settings = Settings(host=host, port=port, seconds=timeout, **limits, **({"token": given} if given else {}))  # type: ignore[arg-type]
    if not quiet:
        log_to_stderr()

    def told(at: str, number: int) -> None:
        click.echo(f"listening on http://{f'[{at}]' if ':' in at else at}:{number}")
        if given is None:
            click.echo(f"token {settings.token}")

    run(settings, told)
