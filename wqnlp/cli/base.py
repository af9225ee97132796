"""The group that all commands hang on, and what a fault of ours or Ctrl-C becomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from wqnlp import __version__
from wqnlp.errors import WqnlpError

if TYPE_CHECKING:
    from wqnlp.guard import Limits


class Commands(click.Group):
    """Turns our own errors into one line on stderr and exit code 2, and Ctrl-C into 130."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except WqnlpError as fault:
            click.echo(str(fault), err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo("stopped; what was written before is kept", err=True)
            ctx.exit(130)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wqnlp")
def cli() -> None:
    """维权 NLP: figures that can be believed, out of archived summaries of women's-rights protection work.

    \b
    wqnlp extract archive/ -o out                  read a folder, leave tables in out/
    wqnlp show archive/2009.txt                    look at the figures of one file
    wqnlp report archive/ -o out                   tables, a plot and one page to read
    wqnlp watch inbox/ --store library.db          read what is dropped into a folder, as it comes
    """


def limited(command: Callable[..., None]) -> Callable[..., None]:
    """The options of what one file may take."""
    memory = click.option("--memory", type=click.IntRange(64), default=2048, show_default=True, envvar="WQNLP_MEMORY", metavar="MB",
                          help="Memory that a file may take beside the program itself. A file that takes more is an error row.")
    seconds = click.option("--timeout", type=click.FloatRange(0.1), default=120.0, show_default=True, envvar="WQNLP_TIMEOUT",
                           metavar="SECONDS", help="Time that a file may take, for each megabyte begun. A file that takes more is "
                                                   "an error row.")
    return seconds(memory(command))


def limits_of(timeout: float, memory: int) -> Limits:
    """The limits that `--timeout` and `--memory` say."""
    from wqnlp.guard import Limits

    return Limits(seconds=timeout, megabytes=memory)


def main() -> None:
    """The entry point of `wqnlp` and `python -m wqnlp`."""
    cli(prog_name="wqnlp")
