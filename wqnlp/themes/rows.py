"""Labelled units of work: where they are, what is in a row, and which rows were written together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wqnlp.errors import DataError

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "tests" / "gold"
CORPUS = ROOT / "corpus" / "training" / "activities.jsonl"
FOLDS = 5


class Row(NamedTuple):
    """One labelled unit of work. Rows of one group are never split between training and testing."""

    group: str
    text: str
    themes: frozenset[str]
    fold: int = 0


def gold_rows(folder: Path) -> list[Row]:
    """The activities of a gold folder, its documents dealt out to the folds in order."""
    rows = _lines(folder / "gold" / "activities.jsonl")
    fold = {name: number % FOLDS for number, name in enumerate(sorted({row["doc_id"] for row in rows}))}
    return [Row(row["doc_id"], row["text"], frozenset(row["themes"]), fold[row["doc_id"]]) for row in rows]


def written_rows(path: Path = CORPUS) -> list[Row]:
    """The units written for training: each row names its document and its fold."""
    return [Row(row["document"], row["text"], frozenset(row["themes"]), row["fold"]) for row in _lines(path)]


def told(rows: Sequence[Row]) -> str:
    """Rows as one text, for a hash that changes with any of them."""
    return "\n".join(f"{row.group}\t{','.join(sorted(row.themes))}\t{row.text}" for row in rows)


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise DataError("E41", str(path), "the training rows are missing", "train in a checkout of the repository")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
