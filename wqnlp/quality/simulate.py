"""The damage simulator: sound texts with their gold in, damaged texts with moved gold out.

    python -m wqnlp.quality.simulate GOLD OUT --kind byte_gloss --seed 7

GOLD holds `texts/*.txt` and `gold/*.jsonl`; OUT gets the same layout. Each kind does one damage of archived
summaries, as far as is known by the mechanism that did it; `mixed` does several. Equal seeds give equal output.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from pathlib import Path

import click

from wqnlp.errors import Unreadable
from wqnlp.quality.simulate_base import Draft, Row, Rows
from wqnlp.quality.simulate_kinds import KINDS

TABLES = ("documents", "figures", "activities", "issues", "audits")
SEVERAL = "several_in_one"


def damage(text: str, rows: Rows, kind: str, seed: int) -> tuple[str, Rows]:
    """One text with one kind of damage, and its gold rows moved and changed to match. The input stays as it is.

    >>> text, rows = damage("妇联接待群众", {}, "traditional", 7)
    >>> text
    '婦聯接待群眾'
    """
    draft = Draft(text, rows)
    KINDS[kind](draft, random.Random(f"{seed} {kind} {len(text)} {text[:40]}"))
    return draft.text, draft.rows


def several(files: list[tuple[str, Rows]], path: str) -> tuple[str, Rows]:
    """Several texts as one file at `path`, their rows together."""
    text, together = "", {table: [] for table in TABLES}  # type: tuple[str, Rows]
    for part, rows in files:
        from_here = Draft(part, rows)
        from_here.shift(len(text))
        for table, some_rows in from_here.rows.items():
            together.setdefault(table, []).extend(some_rows)
        text += part.rstrip("\n") + "\n"
    for row in together["documents"]:
        row["path"] = path
    return text, together


def read_gold(folder: Path) -> dict[str, tuple[str, Rows]]:
    """Path of each text of a gold folder to the text and its rows."""
    tables: dict[str, list[Row]] = {}
    for table in TABLES:
        file = folder / "gold" / f"{table}.jsonl"
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
        tables[table] = [json.loads(line) for line in lines if line.strip()]
    home = {row["doc_id"]: row["path"] for row in tables["documents"]}
    found: dict[str, tuple[str, Rows]] = {}
    for path in sorted(set(home.values())):
        file = folder / "texts" / path
        if not file.is_file():
            raise Unreadable("E01", str(file), "the gold names this text, and it is not there")
        rows: Rows = defaultdict(list)
        for table, some_rows in tables.items():
            rows[table] = [row for row in some_rows if home.get(row["doc_id"]) == path]
        found[path] = (file.read_bytes().decode("utf-8"), dict(rows))
    return found


def write_gold(folder: Path, files: dict[str, tuple[str, Rows]]) -> None:
    """Texts and rows in the layout that `read_gold` reads."""
    (folder / "texts").mkdir(parents=True, exist_ok=True)
    (folder / "gold").mkdir(parents=True, exist_ok=True)
    for path, (text, _) in files.items():
        (folder / "texts" / path).write_bytes(text.encode("utf-8", "replace"))
    for table in TABLES:
        lines = [json.dumps(row, ensure_ascii=False) for _, rows in files.values() for row in rows.get(table, ())]
        (folder / "gold" / f"{table}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


@click.command(help=__doc__)
@click.argument("gold", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice([*KINDS, SEVERAL]), required=True, help="The damage to do.")
@click.option("--seed", type=int, default=7, show_default=True, help="Equal seeds give equal output.")
def main(gold: Path, out: Path, kind: str, seed: int) -> None:
    """Damage a gold folder."""
    files = read_gold(gold)
    if kind == SEVERAL:
        names = sorted(files)
        random.Random(seed).shuffle(names)
        groups = [sorted(names[i:i + 3]) for i in range(0, len(names), 3)]
        done = {group[0]: several([files[name] for name in group], group[0]) for group in groups}
    else:
        done = {path: damage(text, rows, kind, seed) for path, (text, rows) in files.items()}
    write_gold(out, done)


if __name__ == "__main__":
    main()
