"""Commands that keep a library right: refresh, correct, corrections."""

from __future__ import annotations

import click

from wqnlp.cli.base import cli, limited, limits_of
from wqnlp.cli.screen import aligned


@cli.command()
@click.argument("library")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to share the work.")
@limited
@click.pass_context
def refresh(ctx: click.Context, library: str, paths: tuple[str, ...], dry_run: bool, workers: int, timeout: float,
            memory: int) -> None:
    """Read again what other rules or models than those of now had read, and put in what differs.

    A file is read from where it was, if the same bytes are there, and else from its text in the library. PATHs are
    files and folders of the library; none means all. Corrections stay. The exit code is 3 where a file could not be
    read again; it stays as it is.

    \b
    wqnlp refresh library.db --dry-run
    wqnlp refresh postgresql://li:password@host/fulian archive/2009
    """
    import sys

    from tqdm import tqdm

    from wqnlp.store.refresh import refresh as read_again
    from wqnlp.store.stamp import current

    with tqdm(unit="file", file=sys.stderr, dynamic_ncols=True, disable=None) as bar:
        done = read_again(library, paths, dry_run=dry_run, workers=workers, watch=lambda _: bar.update(),
                          limits=limits_of(timeout, memory))
    for path, why in done.left:
        click.echo(f"{path}: stays as it is: {why}", err=True)
    click.echo(f"{done.files} files, {done.stale} of them read by other rules or models than {current()}")
    click.echo(f"{done.from_files} read again from their files, {done.from_texts} from their texts in the library, "
               f"{len(done.left)} stay as they are; {done.changed} {'would change' if dry_run else 'changed'}")
    if changed := done.tables():
        click.echo("\n".join(aligned([["table", "new", "gone"], *([name, f"{change.new:,}", f"{change.gone:,}"]
                                                                  for name, change in changed.items())], right={1, 2})))
    ctx.exit(3 if done.left else 0)


@cli.command()
@click.argument("library")
@click.argument("record", metavar="ID")
@click.argument("changes", nargs=-1, required=True, metavar="COLUMN=VALUE...")
@click.option("--who", required=True, help="Who corrects it.")
@click.option("--why", default="", help="Why: what in the text says so.")
def correct(library: str, record: str, changes: tuple[str, ...], who: str, why: str) -> None:
    """Put another value in place of one that was read wrong, in a figure or a document (ID as the tables have it).

    What was read stays beside it: explain shows both. The correction holds in every table, comparison and report, and
    when the file is read again. Nothing after the = is no value; several flags stand with blanks between them.

    \b
    wqnlp correct library.db 3c745dc3418a-0:338-341 measure=cases_resolved --who 李梅 --why 表头写的是办结
    wqnlp correct library.db 3c745dc3418a-0 year=2009 --who 李梅
    """
    from wqnlp.store.correct import correct as put
    from wqnlp.store.database import Store

    pairs = dict(change.partition("=")[::2] for change in changes)
    if not all("=" in change for change in changes):
        raise click.UsageError("give each correction as COLUMN=VALUE, such as measure=cases_resolved")
    with Store(library, new=False) as store:
        made = put(store, record, pairs, who=who, why=why)
    for one in made:
        click.echo(f"{one.number}  {one.record}  {one.line()}")
    if not made:
        click.echo(f"{record} says so already; nothing is corrected")


@cli.command()
@click.argument("library")
@click.option("--state", type=click.Choice(["active", "orphaned", "undone"]), help="Only those.")
@click.option("--undo", type=int, metavar="NUMBER", help="Take this one back; what was there before holds again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def corrections(library: str, state: str | None, undo: int | None, as_json: bool) -> None:
    """What people corrected in a library, by whom and why; those whose figure is no more are `orphaned`.

    \b
    wqnlp corrections library.db --state orphaned
    wqnlp corrections library.db --undo 3
    """
    import json

    from wqnlp.store.correct import undo as take_back
    from wqnlp.store.database import Store
    from wqnlp.store.reader import Reader

    if undo is not None:
        with Store(library, new=False) as store:
            one = take_back(store, undo)
        click.echo(f"{one.number}  {one.record}  undone: {one.line()}")
        return
    with Reader(library) as reader:
        found = reader.corrections(state=state)
    if as_json:
        for one in found:
            click.echo(json.dumps(one._asdict(), ensure_ascii=False))
        return
    rows = [[str(one.number), one.state, one.record, one.text, one.line(), one.path] for one in found]
    click.echo("\n".join(aligned([["number", "state", "id", "text", "correction", "path"], *rows], right={0})))
