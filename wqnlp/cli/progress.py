"""How far a run is: a bar in a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from tqdm import tqdm

SELDOM = 30.0                            # seconds between two lines of a log
SHORT = 5.0                              # a run of fewer seconds is told of by its last lines alone
SAID = "{n:,} of {total:,} files, {rate_noinv_fmt}, {remaining} left{postfix}"


class Lines:
    """A stream that has each state of a bar as a line of its own: a log is no terminal, where one is written over."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what is not only there to move the cursor."""
        line = text.strip("\r\n \x1b[A")
        return self._stream.write(line + "\n") if line else 0

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()


def progress(total: int, *, quiet: bool = False) -> tqdm[Any]:
    """A bar with rate and time left, by the mean of the run: files differ too much for the last few to tell."""
    from tqdm import tqdm

    if quiet or sys.stderr.isatty():
        return tqdm(total=total, unit=" files", disable=quiet, file=sys.stderr, dynamic_ncols=True, smoothing=0,
                    bar_format="{percentage:3.0f}%|{bar}| " + SAID)
    return tqdm(total=total, unit=" files", file=Lines(sys.stderr), smoothing=0, mininterval=SELDOM, maxinterval=SELDOM, delay=SHORT,
                bar_format=SAID)


def advance(bar: tqdm[Any], *, kept: bool, last: bool) -> None:
    """One file more; those that an earlier run had finished are no part of the rate."""
    if bar.disable:
        return
    bar.initial += kept
    bar.update()
    if last:
        bar.set_postfix_str("comparing and writing", refresh=not isinstance(bar.fp, Lines))
