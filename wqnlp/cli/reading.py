"""Commands that read files: extract, show, report."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wqnlp.cli.base import cli, limited, limits_of
from wqnlp.cli.screen import aligned

if TYPE_CHECKING:
    from wqnlp.pipeline import Engine, Result
    from wqnlp.records import Figure
    from wqnlp.store.batch import Batch


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--out", metavar="OUT", help="Folder for the tables; made where it is missing.")
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv", "parquet"]), default="jsonl", show_default=True,
              help="Format of the tables.")
@click.option("--store", metavar="LIBRARY", help="Library to fill as well: a SQLite file, or postgresql://USER:PASSWORD@HOST/DB.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to share the work.")
@click.option("--fresh", is_flag=True, help="Begin anew: read what an earlier run has finished, too.")
@click.option("--engine", type=click.Choice(["processes", "dask"]), default="processes", show_default=True,
              help="What shares the work: processes of this machine, or the workers of a Dask cluster.")
@click.option("--scheduler", metavar="ADDRESS", envvar="DASK_SCHEDULER_ADDRESS",
              help="With --engine dask: its scheduler, such as tcp://10.0.0.1:8786.")
@limited
@click.option("--quiet", is_flag=True, help="No progress bar and no summary; errors are still told.")
@click.pass_context
def extract(ctx: click.Context, paths: tuple[str, ...], out: str | None, kind: str, store: str | None, workers: int,
            fresh: bool, engine: str, scheduler: str | None, timeout: float, memory: int, quiet: bool) -> None:
    """Read files, folders (with all below them), globs and archives, and write one table for each kind of record.

    Of an archive (zip, tar, gz, bz2, xz, 7z, saved mail) each file in it is read as one of its own, archives in it
    included; its path is ARCHIVE!FILE, which every command takes.

    A file that cannot be read is told on stderr and in the table errors; the rest is done, and the exit code is 3.
    A file with the same bytes as an earlier one is counted once; saved pages 1, 2, 3 of one article are one file.

    Ctrl-C, kill, a full disk, a power cut: the same command again goes on where it stopped, and leaves what a run
    leaves that was never stopped. The tables stand in OUT when the last file is read. Files that a library holds as the
    rules of now read them are not read again; a file that changed is.

    With --engine dask the files are read by the workers of a Dask cluster (pip install 'wqnlp[cluster]' on all its
    machines), which see them under the same paths; this command alone writes. The results are the same.

    \b
    wqnlp extract archive/ 'more/*.txt' -o out --format csv --store library.db --workers 4
    wqnlp extract /shared/archive --store library.db --engine dask --scheduler tcp://10.0.0.1:8786
    """
    if out is None and store is None:
        raise click.UsageError("say where the tables go: -o OUT, or --store FILE, or both")
    from tqdm import tqdm

    from wqnlp.cli.progress import advance, progress
    from wqnlp.store import batch
    from wqnlp.store.where import shown

    limits = limits_of(timeout, memory)
    with sharing(engine, scheduler) as share, batch.opened(out, format=kind, store=store, fresh=fresh) as outputs:
        if outputs.journal is not None and outputs.journal.found and not quiet:
            click.echo(f"going on with a run that was stopped; files finished then: {outputs.journal.found:,} (--fresh begins anew)",
                       err=True)
        with batch.listed(paths, limits) as files, progress(len(files), quiet=quiet) as bar:
            seen = 0

            def watch(result: Result) -> None:
                nonlocal seen
                seen += 1
                advance(bar, kept=result.kept, last=seen == len(files))
                for line in told(result):
                    tqdm.write(line, file=sys.stderr)

            try:
                done = batch.fill(outputs, files, workers=workers, watch=watch, limits=limits, fresh=fresh, engine=share)
            except KeyboardInterrupt:
                bar.close()
                finished = seen if outputs.journal is None else len(outputs.journal)
                click.echo(f"stopped: {finished:,} of {len(files):,} files are finished, and kept; the same command goes on from there",
                           err=True)
                ctx.exit(130)
    if not quiet:
        click.echo(summed(done, [shown(place) for place in (out, store) if place]))
    ctx.exit(3 if done.errors else 0)


@contextmanager
def sharing(engine: str, scheduler: str | None) -> Iterator[Engine | None]:
    """What `--engine` and `--scheduler` say: a cluster, or None for processes of this machine."""
    if engine != "dask":
        yield None
        return
    if not scheduler:
        raise click.UsageError("say where the cluster is: --scheduler ADDRESS, or DASK_SCHEDULER_ADDRESS")
    from wqnlp.cluster import Cluster, quiet

    quiet()
    with Cluster(scheduler) as cluster:
        yield cluster.each


def told(result: Result) -> list[str]:
    """What a person should hear of one file: its errors, or that its bytes were there before."""
    if result.same_as is not None:
        return [f"{result.path}: the same bytes as {result.same_as}, counted once"]
    return [error.message for error in result.errors]


def summed(done: Batch, places: Sequence[str]) -> str:
    """The last lines of a run: how much of what, and where it is."""
    bad = len({error.path for error in done.errors})
    rows = [[name, f"{count:,}"] for name, count in done.rows.items() if name != "errors"]
    files = f"{done.files} files, {bad} with errors" + (f", {len(done.repeated)} repeated" if done.repeated else "") + (
        f", {done.kept} of them finished before and not read again" if done.kept else "")
    return "\n".join([files, *aligned([["table", "rows"], *rows]), f"written to {' and '.join(places)}"])


@cli.command()
@click.argument("path")
@limited
@click.pass_context
def show(ctx: click.Context, path: str, timeout: float, memory: int) -> None:
    """Look at one file: what it says of itself, its figures, and the sums that do not add up.

    \b
    wqnlp show archive/2009.txt
    wqnlp show 'archive/2009.zip!县妇联/总结.txt'
    """
    from wqnlp.pipeline import Kept

    with Kept(limits_of(timeout, memory)) as guarded:
        result = guarded(path)
    for document in result.documents:
        own = [figure for figure in result.figures if figure.doc_id == document.doc_id]
        click.echo(f"{document.title}\n{document.place or 'no place'} {document.adcode or ''} · "
                   f"{document.organisation or 'no organisation'} · {document.year or 'no year'} "
                   f"({document.period_start or '?'} to {document.period_end or '?'}, {document.period_kind})\n")
        click.echo("\n".join(aligned(figure_rows(own), right={1})) + "\n")
        for audit in result.audits:
            if audit.doc_id == document.doc_id and audit.status in ("inconsistent", "rounding"):
                click.echo(f"{audit.status}: {audit.kind} stated {audit.stated:g}, computed {audit.computed:.6g}"
                           + (f"; {audit.suggestion}" if audit.suggestion else "") + f"  {' '.join(audit.figures)}")
    click.echo(f"{len(result.documents)} summaries, {len(result.figures)} figures, {len(result.set_aside)} numbers set "
               f"aside, {len(result.audits)} relations checked")
    for line in told(result):
        click.echo(line, err=True)
    ctx.exit(3 if result.errors else 0)


def figure_rows(figures: Iterable[Figure]) -> list[list[str]]:
    """Figures as rows of a table with a head, codes in Chinese."""
    from wqnlp.vocab import label

    rows = [["text", "value", "unit", "counts", "about", "flags", "sure", "id"]]
    for f in figures:
        value = f"{f.value:,.10g}" if f.value is not None else \
            "?" if f.low is None and f.high is None else f"{_edge(f.low)}–{_edge(f.high)}"
        about = label("issues", f.issue) if f.issue else ""
        rows.append([f.text, value, f.unit or "", label("measures", f.measure), about, " ".join(f.flags),
                     f"{f.confidence:.2f}", f.id])
    return rows


def _edge(bound: float | None) -> str:
    return "" if bound is None else f"{bound:,.10g}"


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--out", required=True, metavar="OUT", help="Folder for the page, the plots and the tables.")
@limited
@click.pass_context
def report(ctx: click.Context, paths: tuple[str, ...], out: str, timeout: float, memory: int) -> None:
    """Read an archive, or take a library, and leave tables, plots and one self-contained HTML page.

    OUT is a folder for all of it, or the name of a page (report.html) for the page alone.

    \b
    wqnlp report corpus/raw -o out
    wqnlp report library.db -o report.html
    """
    from tqdm import tqdm

    from wqnlp.report import main_job

    with tqdm(unit="file", file=sys.stderr, dynamic_ncols=True, disable=None) as bar:
        done = main_job(paths, Path(out), watch=lambda _: bar.update(), limits=limits_of(timeout, memory))
    click.echo("\n".join(done))
    ctx.exit(3 if done.errors else 0)
