"""The command line: parse, call, print, exit code. One module a group of commands; nothing else prints.

Exit codes: 0 all done; 2 nothing done, the command or an output was wrong; 3 done, but some input could not be
read (each is named on stderr and in the table `errors`); 130 stopped by Ctrl-C, with what was written kept.
"""

from wqnlp.cli import (  # noqa: F401 (their import hangs the commands on the group)
    arriving,
    asking,
    keeping,
    knowledge,
    reading,
    serving,
)
from wqnlp.cli.base import cli, main
from wqnlp.cli.screen import aligned, cut, width

__all__ = ["aligned", "cli", "cut", "main", "width"]
