"""The command line: parse, call, print, exit code.

Exit codes: 0 all done; 2 nothing done, the command or an output was wrong; 3 done, but some input could not be
read (each is named on stderr and in the table `errors`); 130 stopped by Ctrl-C, with what was written kept.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wqnlp import __version__
from wqnlp.errors import WqnlpError

if TYPE_CHECKING:
    from wqnlp.pipeline import Result
    from wqnlp.records import Figure
    from wqnlp.store.batch import Batch

WIDEST = 44                              # columns of the terminal that one cell may take


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


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--out", metavar="OUT", help="Folder for the tables; made where it is missing.")
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv", "parquet"]), default="jsonl", show_default=True,
              help="Format of the tables.")
@click.option("--store", metavar="FILE", help="SQLite library to fill as well; may be read meanwhile.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes to share the work.")
@click.option("--quiet", is_flag=True, help="No progress bar and no summary; errors are still told.")
@click.pass_context
def extract(ctx: click.Context, paths: tuple[str, ...], out: str | None, kind: str, store: str | None, jobs: int,
            quiet: bool) -> None:
    """Read files, folders (with all below them) and globs, and write one table for each kind of record.

    A file that cannot be read is told on stderr and in the table errors; the rest is done, and the exit code is 3.
    A file with the same bytes as an earlier one is counted once; saved pages 1, 2, 3 of one article are one file.

    \b
    wqnlp extract archive/ 'more/*.txt' -o out --format csv --store library.db
    """
    if out is None and store is None:
        raise click.UsageError("say where the tables go: -o OUT, or --store FILE, or both")
    from tqdm import tqdm

    from wqnlp.store import batch

    files = batch.inputs(paths)
    with batch.opened(out, format=kind, store=store) as writers, \
            tqdm(total=len(files), unit="file", disable=quiet, file=sys.stderr, dynamic_ncols=True) as bar:
        def watch(result: Result) -> None:
            bar.update()
            for line in told(result):
                tqdm.write(line, file=sys.stderr)

        done = batch.fill(writers, files, jobs=jobs, watch=watch)
    if not quiet:
        click.echo(summed(done, [place for place in (out, store) if place]))
    ctx.exit(3 if done.errors else 0)


def told(result: Result) -> list[str]:
    """What a person should hear of one file: its errors, or that its bytes were there before."""
    if result.same_as is not None:
        return [f"{result.path}: the same bytes as {result.same_as}, counted once"]
    return [error.message for error in result.errors]


def summed(done: Batch, places: Sequence[str]) -> str:
    """The last lines of a run: how much of what, and where it is."""
    bad = len({error.path for error in done.errors})
    rows = [[name, f"{count:,}"] for name, count in done.rows.items() if name != "errors"]
    files = f"{done.files} files, {bad} with errors" + (f", {len(done.repeated)} repeated" if done.repeated else "")
    return "\n".join([files, *aligned([["table", "rows"], *rows]), f"written to {' and '.join(places)}"])


@cli.command()
@click.argument("path")
@click.pass_context
def show(ctx: click.Context, path: str) -> None:
    """Look at one file: what it says of itself, its figures, and the sums that do not add up.

    \b
    wqnlp show archive/2009.txt
    """
    from wqnlp.pipeline import run

    result = run(path)
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
@click.argument("figure_id")
@click.option("--store", required=True, metavar="FILE", help="The library that the figure stands in.")
def explain(figure_id: str, store: str) -> None:
    """Say why a figure is believed: its characters in the source, repairs there, sums it takes part in.

    \b
    wqnlp explain 3c745dc3418a-0:338-341 --store library.db
    """
    from wqnlp.library import open_store

    with open_store(store) as library:
        click.echo(str(library.explain(figure_id)))


@cli.command()
@click.argument("kind", required=False)
def codes(kind: str | None) -> None:
    """The vocabulary: codes of measures, issues, themes and actors with their Chinese labels.

    \b
    wqnlp codes issues
    """
    from wqnlp import vocab

    if kind is not None and kind not in vocab.KINDS:
        raise click.UsageError(f"no kind of code {kind!r}; there are {', '.join(vocab.KINDS)}")
    for name in [kind] if kind else vocab.KINDS:
        rows = [["code", "label", "part of"]]
        rows += [[code, vocab.label(name, code), (vocab.parent(code) or "") if name == "issues" else ""]
                 for code in vocab.codes(name)]
        click.echo(f"{name}\n" + "\n".join(aligned(rows)) + "\n")


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--out", required=True, metavar="OUT", help="Folder for the page, the plots and the tables.")
@click.pass_context
def report(ctx: click.Context, paths: tuple[str, ...], out: str) -> None:
    """Read an archive, or take a library, and leave tables, plots and one self-contained HTML page.

    OUT is a folder for all of it, or the name of a page (report.html) for the page alone.

    \b
    wqnlp report corpus/raw -o out
    wqnlp report library.db -o report.html
    """
    from tqdm import tqdm

    from wqnlp.report import main_job

    with tqdm(unit="file", file=sys.stderr, dynamic_ncols=True, disable=None) as bar:
        done = main_job([Path(path) for path in paths], Path(out), watch=lambda _: bar.update())
    click.echo("\n".join(done))
    ctx.exit(3 if done.errors else 0)


@cli.command()
@click.argument("source", default="library.db")
@click.option("--years", default=":", metavar="A:B", help="First and last year; either may be left out.")
@click.option("--places", default="", metavar="NAMES", help="Names or parts of names, with commas; former ones too.")
@click.option("--measure", default="cases_received,case_visits", show_default=True, help="The first that is reported.")
@click.option("--issue", help="Only cases of this issue, with their share of all.")
def compare(source: str, years: str, places: str, measure: str, issue: str | None) -> None:
    """Places side by side over the years, from a library or a folder (SOURCE, library.db where none is named).

    \b
    wqnlp compare --years 2012:2016 --places 贵港市,孝感市 --measure cases_received --issue domestic_violence
    """
    from wqnlp.compare.asked import library_at, side_by_side
    from wqnlp.compare.asked import told as said

    first, _, last = years.partition(":")
    if not all(end.isdigit() or not end for end in (first, last)):
        raise click.UsageError(f"--years {years!r}: give them as 2012:2016")
    span = (int(first) if first else None, int(last or first) if last or ":" not in years else None)
    with library_at(source) as library:
        frame = side_by_side(library, years=span, places=[p for p in places.replace("，", ",").split(",") if p],
                             measure=measure.split(","), issue=issue)
    click.echo("\n".join(aligned(said(frame))))


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@click.option("--store", metavar="FILE", help="Library to compare with: what the same place reported the year before.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, a line each.")
@click.pass_context
def classify(ctx: click.Context, paths: tuple[str, ...], store: str | None, as_json: bool) -> None:
    """Say what a file is: place, year, themes, issues, and what is uncertain. Nothing is written.

    \b
    wqnlp classify new.txt --store library.db
    """
    import json
    from contextlib import ExitStack

    from wqnlp.desk.look import lines, look
    from wqnlp.library import open_store
    from wqnlp.pipeline import run
    from wqnlp.store.batch import inputs

    bad = False
    with ExitStack() as stack:
        library = stack.enter_context(open_store(store)) if store else None
        for path in inputs(paths):
            seen = look(run(path), library)
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
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, a line each.")
@click.pass_context
def watch(ctx: click.Context, inbox: str, store: str, quarantine: str | None, once: bool, settle: float,
          as_json: bool) -> None:
    """Read what is dropped into a folder, hold it against the year before, and put it into the library.

    Files stay where they are; those that cannot be read are moved beside the folder, each with NAME.reason.txt.
    End it with Ctrl-C. A restart loses nothing and does nothing twice.

    \b
    wqnlp watch inbox/ --store library.db
    """
    import signal

    from wqnlp.watch import Watcher

    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    bad = False
    with Watcher(inbox, store, quarantine=quarantine, settle=settle) as watcher:
        for arrival in watcher.once() if once else watcher.forever(lambda: bool(stopped)):
            bad = bad or arrival.state == "quarantined"
            click.echo(arrival.as_json() if as_json else "\n".join(arrival.lines()))
    ctx.exit(3 if bad and once else 0)


@cli.command("review-list")
@click.option("--store", required=True, metavar="FILE", help="The library to look through.")
@click.option("--top", type=click.IntRange(1), default=30, show_default=True, help="How many to show.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def review_list(store: str, top: int, as_json: bool) -> None:
    """What is uncertain in a library, what a label would teach most first.

    \b
    wqnlp review-list --store library.db --top 50
    """
    import json

    from wqnlp.desk.review import review, told
    from wqnlp.library import open_store

    with open_store(store) as library:
        found = review(library)
    if as_json:
        for doubt in found[:top]:
            click.echo(json.dumps(doubt.row(), ensure_ascii=False))
        return
    click.echo("\n".join(aligned(told(found[:top]), right={0})))
    click.echo(f"{len(found)} uncertain, {min(top, len(found))} shown")


@cli.group()
def train() -> None:
    """Make a model anew from the labelled data in the repository."""


@train.command()
def themes() -> None:
    """Train the theme model, and write it with its card into models/.

    \b
    wqnlp train themes
    """
    from wqnlp.themes.train import main as train_themes

    for name, score in train_themes().items():
        click.echo(f"{name:24} {score:.4f}")


@cli.command()
@click.argument("what", type=click.Choice(["themes", "rules"]))
@click.option("--with-spacy", is_flag=True, help="Train the spaCy pipeline too: minutes, and needs the extra.")
def evaluate(what: str, with_spacy: bool) -> None:
    """The theme models on documents they did not see, or the scoreboard of the labelling rules."""
    from wqnlp.themes.compare import told as rows

    click.echo("\n".join(aligned(rows(what, with_spacy), right=range(1, 8))))


def width(text: str) -> int:
    """Columns of a terminal a text takes: a Chinese character takes two.

    >>> width("186件")
    5
    """
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, widest: int = WIDEST) -> str:
    """A text that fits so many columns, in one line.

    >>> cut("家庭暴力警情", 7)
    '家庭暴…'
    """
    text = " ".join(text.split())
    if width(text) <= widest:
        return text
    kept = ""
    for character in text:
        if width(kept + character) >= widest:
            break
        kept += character
    return kept + "…"


def aligned(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Rows as lines with columns under one another, Chinese taken at its width; the first row is the head.

    >>> aligned([["unit", "n"], ["件", "12"]], right={1})
    ['unit   n', '件    12']
    """
    rows = [[cut(cell) for cell in row] for row in rows]
    widths = [max(width(row[at]) for row in rows) for at in range(len(rows[0]))]
    to_right = set(right)
    lines = []
    for row in rows:
        pads = [" " * (widths[at] - width(cell)) for at, cell in enumerate(row)]
        lines.append("  ".join(pad + cell if at in to_right else cell + pad
                               for at, (cell, pad) in enumerate(zip(row, pads, strict=True))).rstrip())
    return lines
