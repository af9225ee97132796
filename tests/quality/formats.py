"""What is lost between a format and its figures: the dev summaries in every format, read and scored.

    python tests/quality/formats.py                          every format, a table, and formats.json beside this file
    python tests/quality/formats.py --formats docx,html      some of them; the others keep their numbers
    python tests/quality/formats.py --json | --markdown      the rows as JSON, or a table for the README
    python tests/quality/formats.py --repin [--lower]        pin the scores as floors (they only rise, unless --lower)
    python tests/quality/formats.py --keep FOLDER            leave what was rendered and extracted there

Each way of tests/render is written to a folder, extracted with `python -m wqnlp extract` and scored by text: the figures
of a format are held against those of the gold in reading order. A format without a reader is told as such.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata
import zlib
from collections import Counter
from contextlib import closing
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]
import gate  # noqa: E402
import render  # noqa: E402

from wqnlp.quality.cer import distance  # noqa: E402

RESULT = Path(__file__).with_name("formats.json")
PINNED = ("found", "complete", "false_per_document", "invented", "character_errors")
CEILINGS = ("false_per_document", "invented", "character_errors")
SLACK = {"read": 0.0005, "recognised": 0.01}         # what OCR sees differs a little between machines
PAGE = 10_000_000                                    # how far the second file of a summary is put behind the first
TABLES = ("documents", "figures", "set_aside", "activities", "issues", "audits")
HEAD = ("format", "manner", "reader", "found F1", "complete F1", "against text", "false a doc.", "invented", "CER %", "seconds")


def rows_of(path: Path) -> list[dict]:
    """The rows of a JSON Lines table, none where it is missing."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


def summary_of(path: str, names: list[str]) -> tuple[str, int] | None:
    """Which summary a file or a member of an archive holds, and which of its files it is, from 1."""
    found = re.findall(rf"({'|'.join(names)})(?:_(\d+))?(?![0-9])", path)
    return (found[-1][0], int(found[-1][1] or 1)) if found else None


def gather(out: Path, inputs: Path, names: list[str], made: Path) -> None:
    """The extracted tables as if each summary were one text file: paths named for it, its second file after its first."""
    made.mkdir()
    shift = {}
    for table in TABLES:
        kept = []
        for row in rows_of(out / f"{table}.jsonl"):
            if table == "documents":
                known = summary_of(row["path"].removeprefix(str(inputs)), names)
                row["path"], number = (f"{known[0]}.txt", known[1]) if known else ("unknown.txt", 1)
                shift[row["doc_id"]] = PAGE * (number - 1)
            for key in ("start", "end") if "start" in row else ():
                row[key] += shift.get(row["doc_id"], 0)
            kept.append(json.dumps(row, ensure_ascii=False) + "\n")
        (made / f"{table}.jsonl").write_text("".join(kept), "utf-8")


def sources(library: Path) -> list[tuple[str, str, str]]:
    """Path, format and text of every file that was read."""
    if not library.is_file():
        return []
    with closing(sqlite3.connect(library)) as base:
        rows = base.execute("SELECT path, format, text FROM files ORDER BY path").fetchall()
    return [(path, form, zlib.decompress(text).decode("utf-8", "surrogatepass")) for path, form, text in rows]


def character_errors(read: list[tuple[str, str, str]], golds: list[render.Gold]) -> float:
    """Characters wrong, missing or too many, over those of the gold; white space, cell borders and the width of a digit, which
    paper does not tell, do not count."""
    names, texts = [gold.name for gold in golds], Counter()
    found = dict.fromkeys(names, "")
    for path, _, text in read:
        known = summary_of(path, names)
        if known:
            found[known[0]] += text
    for gold in golds:
        truth, seen = (re.sub(r"[\s|]", "", unicodedata.normalize("NFKC", text)) for text in (gold.text, found[gold.name]))
        texts.update(wrong=distance(truth, seen), all=len(truth))
    return texts["wrong"] / texts["all"]


def measure(way: render.Way, golds: list[render.Gold], folder: Path, gold_folder: Path = render.DEV) -> dict:
    """Render, extract and score one way."""
    inputs, out, library = folder / "in", folder / "out", folder / "library.db"
    inputs.mkdir(parents=True)
    for file in way.files(golds):
        (inputs / file.name).write_bytes(file.data)
    start = time.perf_counter()
    command = [sys.executable, "-m", "wqnlp", "extract", str(inputs), "-o", str(out), "--store", str(library), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{way.name}: extract ended with {done.returncode}\n{done.stderr}")
    names = [gold.name for gold in golds]
    gather(out, inputs, names, folder / "gathered")
    told = subprocess.run([sys.executable, str(gate.SCORER), str(gold_folder), str(folder / "gathered"), "--align", "text", "--json"],
                          check=True, capture_output=True, text=True).stdout
    scores = json.loads(told)["total"]
    read = sources(library)
    return {"format": way.format, "manner": way.manner, "reader": reader(way, read),
            "errors": dict(Counter(row["error"] for row in rows_of(out / "errors.jsonl"))),
            "found": round(scores["figures.found.f1"], 4), "complete": round(scores["figures.complete.f1"], 4),
            "false_per_document": round(scores["figures.false_per_document"], 2), "invented": scores["figures.invented"],
            **({"character_errors": round(character_errors(read, golds), 4)} if way.recognised and read else {}),
            "seconds": round(seconds, 1)}


def reader(way: render.Way, read: list[tuple[str, str, str]]) -> str | None:
    """The readers that read the files of a way; None where there was none, or only plain text of what is not text."""
    forms = sorted({form for _, form, _ in read})
    return None if not forms or (forms == ["text"] and way.format not in ("text", "eml")) else ", ".join(forms)


def floors_of(rows: dict[str, dict]) -> dict[str, dict[str, float]]:
    """The scores to pin, of the ways that have a reader."""
    return {name: {key: row[key] for key in PINNED if key in row} for name, row in rows.items() if row["reader"]}


def worse(key: str, got: float, floor: float, recognised: bool = False) -> bool:
    """Whether a score is on the wrong side of its floor (or ceiling)."""
    slack = SLACK["recognised" if recognised else "read"]
    return got > floor + slack if key in CEILINGS else got < floor - slack


def faults(rows: dict[str, dict], pinned: dict) -> list[str]:
    """Why a change may not go in; an empty list lets it through."""
    if pinned["gold"] != gate.fingerprint("dev"):
        return ["the gold of dev changed: python tests/quality/formats.py --repin"]
    found = []
    for name, floors in pinned["floors"].items():
        row = rows.get(name)
        if row is None or not row["reader"]:
            found.append(f"{name}: not read" + (f" ({row['errors']})" if row else ""))
            continue
        found += [f"{name} {key}: {row.get(key)} is worse than {floor}" for key, floor in floors.items()
                  if key not in row or worse(key, row[key], floor, "character_errors" in floors)]
    return found


def repin(rows: dict[str, dict], pinned: dict, lower: bool) -> dict[str, dict[str, float]]:
    """The new floors: what was measured, but never worse than before, unless lower."""
    new = dict(pinned.get("floors", {}))
    for name, scores in floors_of(rows).items():
        old = {} if lower else new.get(name, {})
        new[name] = {key: old[key] if key in old and worse(key, value, old[key]) else value for key, value in scores.items()}
    return new


def cells(row: dict, text: dict) -> list[str]:
    """A row of the table in words."""
    if not row["reader"]:
        told = ", ".join(f"{code} × {times}" for code, times in row["errors"].items()) or "read as plain text"
        return [row["format"], row["manner"], f"no reader ({told})", *["–"] * 6, f"{row['seconds']:.1f}"]
    errors = "".join(f", {code} × {times}" for code, times in row["errors"].items())
    cer = f"{100 * row['character_errors']:.2f}" if "character_errors" in row else ""
    return [row["format"], row["manner"], row["reader"] + errors, f"{row['found']:.3f}", f"{row['complete']:.3f}",
            f"{100 * (row['complete'] - text['complete']):+.1f}", f"{row['false_per_document']:.2f}", str(row["invented"]), cer,
            f"{row['seconds']:.1f}"]


def table(rows: dict[str, dict], markdown: bool) -> str:
    """All rows, as Markdown or in columns."""
    lines = [cells(row, rows["text plain"]) for row in rows.values()]
    if markdown:
        short = [[*line[:2], *line[3:9]] for line in lines if not line[2].startswith("no reader")]
        head = [*HEAD[:2], *HEAD[3:9]]
        return "\n".join(["| " + " | ".join(line) + " |" for line in (head, ["---"] * len(head), *short)])
    widths = [max(len(line[at]) for line in [list(HEAD), *lines]) + 2 for at in range(len(HEAD))]
    return "\n".join("".join(cell.ljust(width) if at < 3 else cell.rjust(width) for at, (cell, width) in
                             enumerate(zip(line, widths, strict=True))) for line in [list(HEAD), *lines])


def run(formats: list[str], keep: Path | None = None) -> dict[str, dict]:
    """Every way of some formats; plain text always, as the others are held against it."""
    golds = render.load()
    with tempfile.TemporaryDirectory() as scratch:
        folder = keep or Path(scratch)
        return {way.name: measure(way, golds, folder / way.name.replace(" ", "-")) for way in render.WAYS
                if way.name == "text plain" or not formats or way.format in formats}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--formats", type=lambda told: told.split(","), default=[])
    parser.add_argument("--keep", type=Path)
    for name in ("--json", "--markdown", "--repin", "--lower"):
        parser.add_argument(name, action="store_true")
    options = parser.parse_args()
    unknown = set(options.formats) - {way.format for way in render.WAYS}
    if unknown:
        parser.error(f"no such format: {', '.join(sorted(unknown))}")
    if not gate.SCORER.is_file():
        sys.exit("the scorer is not beside this repository: nothing measured")
    measured = run(options.formats, options.keep)
    pinned = json.loads(RESULT.read_text("utf-8")) if RESULT.is_file() else {}
    rows = {way.name: row for way in render.WAYS if (row := measured.get(way.name) or pinned.get("rows", {}).get(way.name))}
    floors = repin(measured, pinned, options.lower) if options.repin else pinned.get("floors", {})
    kept = {"gold": gate.fingerprint("dev"), "floors": floors, "rows": rows}
    RESULT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if options.json:
        print(json.dumps(list(measured.values()), indent=1, ensure_ascii=False))
    else:
        print(table(measured if options.formats else rows, options.markdown))
    short = faults(measured, {**kept, "floors": {name: row for name, row in floors.items() if name in measured}})
    sys.exit("\n".join(short) or None)


if __name__ == "__main__":
    main()
