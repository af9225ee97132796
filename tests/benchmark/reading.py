"""Characters and pages a second that each reader takes in, on the dev summaries in every format of tests/render.

    python tests/benchmark/reading.py                     a table, and reading.json beside this file
    python tests/benchmark/reading.py --formats pdf,docx  some formats; the others keep their numbers
    python tests/benchmark/reading.py --rounds 5          the best of more rounds

Reading alone, in one process, libraries loaded before the clock starts; what the stages after it take is in speed.py.
Characters are those of the summaries, not what a site puts around them, so that formats can be compared. A page is a
page of the file where it has pages, else 600 characters, which is what an office prints on A4.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "quality")]
import render  # noqa: E402
from formats import reader  # noqa: E402

from wqnlp.errors import Unreadable  # noqa: E402
from wqnlp.source import Source, reading  # noqa: E402

RESULT = Path(__file__).with_name("reading.json")
PAGE = 600


def sources(path: Path) -> list[Source]:
    """All that a file holds, nothing where it cannot be read."""
    try:
        made = reading.read(path)
    except Unreadable:
        return []
    return [made] if isinstance(made, Source) else list(made)


def measure(way: render.Way, golds: list[render.Gold], folder: Path, rounds: int) -> dict:
    """Speed of one way: the fastest of some rounds over all its files."""
    paths = []
    for file in way.files(golds):
        paths.append(folder / file.name)
        paths[-1].write_bytes(file.data)
    sources(paths[0])                                          # libraries and models loaded
    times, read = [], []
    for _ in range(1 if way.recognised else rounds):
        start = time.perf_counter()
        read = [source for path in paths for source in sources(path)]
        times.append(time.perf_counter() - start)
    told = reader(way, [(source.path, source.format, source.text) for source in read])
    row = {"reader": told, "files": len(paths), "kilobytes": round(sum(path.stat().st_size for path in paths) / 1024)}
    if told:
        characters = sum(len(gold.text) for gold in golds)
        pages = sum(len(source.pages) or len(source.text) / PAGE for source in read)
        row |= {"seconds": round(min(times), 4), "characters a second": round(characters / min(times)),
                "pages a second": round(pages / min(times), 1)}
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--formats", type=lambda told: told.split(","), default=[])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    golds, kept = render.load(), json.loads(RESULT.read_text("utf-8"))["ways"] if RESULT.is_file() else {}
    for way in render.WAYS:
        if not options.formats or way.format in options.formats:
            with tempfile.TemporaryDirectory() as folder:
                kept[way.name] = measure(way, golds, Path(folder), options.rounds)
    rows = {way.name: kept[way.name] for way in render.WAYS if way.name in kept}
    print(f"{'format':22}{'reader':24}{'KB':>8}{'characters a second':>22}{'pages a second':>17}")
    for name, row in rows.items():
        speed = (f"{row['characters a second']:22,}{row['pages a second']:17,.1f}" if row["reader"] else f"{'–':>22}{'–':>17}")
        print(f"{name:22}{row['reader'] or 'no reader':24}{row['kilobytes']:8,}{speed}")
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    RESULT.write_text(json.dumps({"machine": machine, "ways": rows}, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
