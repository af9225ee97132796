"""Commands that ask a library: explain, compare, review-list."""

from __future__ import annotations

import click

from wqnlp.cli.base import cli
from wqnlp.cli.screen import aligned


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
