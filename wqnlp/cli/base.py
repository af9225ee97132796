"""The group that all commands hang on, and what a fault of ours or Ctrl-C becomes."""

from __future__ import annotations

from typing import Any

import click

from wqnlp import __version__
from wqnlp.errors import WqnlpError


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


def main() -> None:
    """The entry point of `wqnlp` and `python -m wqnlp`."""
    cli(prog_name="wqnlp")
