"""Commands about what the program knows: codes, train, evaluate."""

from __future__ import annotations

import click

from wqnlp.cli.base import cli
from wqnlp.cli.screen import aligned


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
