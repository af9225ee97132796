"""Commands for new summaries: classify, watch."""

from __future__ import annotations

import click

from wqnlp.cli.base import cli, limited, limits_of


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@click.option("--store", metavar="FILE", help="Library to compare with: what the same place reported the year before.")
@limited
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, a line each.")
@click.pass_context
def classify(ctx: click.Context, paths: tuple[str, ...], store: str | None, timeout: float, memory: int,
             as_json: bool) -> None:
    """Say what a file is: place, year, themes, issues, and what is uncertain. Nothing is written.

    \b
    wqnlp classify new.txt --store library.db
    """
    import json
    from contextlib import ExitStack

    from wqnlp.desk.look import lines, look
    from wqnlp.library import open_store
    from wqnlp.pipeline import Kept
    from wqnlp.store.batch import inputs

    bad, limits = False, limits_of(timeout, memory)
    with ExitStack() as stack:
        guarded = stack.enter_context(Kept(limits))
        library = stack.enter_context(open_store(store)) if store else None
        for path in inputs(paths, limits):
            seen = look(guarded(path), library)
            bad = bad or bool(seen["errors"])
            click.echo(json.dumps(seen, ensure_ascii=False) if as_json else "\n".join(lines(seen)))
    ctx.exit(3 if bad else 0)


@cli.command()
@click.argument("inbox")
@click.option("--store", required=True, metavar="FILE", help="The library that new files land in.")
@click.option("--quarantine", metavar="FOLDER", help="Where broken files go  [default: INBOX-quarantine, beside it]")
@click.option("--once", is_flag=True, help="Deal with what lies in the folder, and end.")
@click.option("--settle", type=click.FloatRange(0.0), default=1.0, show_default=True,
              help="Seconds for which a file must stand still before it is read.")
@limited
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, a line each.")
@click.pass_context
def watch(ctx: click.Context, inbox: str, store: str, quarantine: str | None, once: bool, settle: float,
          timeout: float, memory: int, as_json: bool) -> None:
    """Read what is dropped into a folder, hold it against the year before, and put it into the library.

    Files stay where they are; those that cannot be read are moved beside the folder, each with NAME.reason.txt.
    Of an archive every file in it is read; the archive stays where it is, what could not be read in it is told.
    End it with Ctrl-C. A restart loses nothing and does nothing twice.

    \b
    wqnlp watch inbox/ --store library.db
    """
    import signal

    from wqnlp.watch import Watcher

    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    bad = False
    with Watcher(inbox, store, quarantine=quarantine, settle=settle,
                 limits=limits_of(timeout, memory)) as watcher:
        for arrival in watcher.once() if once else watcher.forever(lambda: bool(stopped)):
            bad = bad or arrival.state in ("quarantined", "unread")
            click.echo(arrival.as_json() if as_json else "\n".join(arrival.lines()))
    ctx.exit(3 if bad and once else 0)
