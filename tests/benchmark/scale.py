"""What grows with an archive and what does not: time and memory for a summary, the library's size, the time of questions.

    python tests/benchmark/scale.py --summaries 1000 10000 100000     a table, and scale.json beside this file
    python tests/benchmark/scale.py --summaries 1000 --only questions  one part again, the rest as scale.json has it
    python tests/benchmark/scale.py --page                            what ten million summaries need, from scale.json

The archives are those of `synthetic.py`; they are made in --folder (a temporary one where none is named) and kept there. Each
size is read by one worker in a process of its own, into a library, in the order of its files. Seconds are of the clock, with
the processor's in brackets: beside other work on the machine compare the latter. Memory is the peak of the process that
writes, told apart for what was read by then (a tenth, a half, all) and for the end of the run: copies and audits between years.
Two workers are set beside one, three times by turns, and the medians are compared: one worker with its writer on all cores and
on one alone, two on two. Of two bare pipelines at one time it is told what the machine itself can give.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

RESULT = Path(__file__).with_name("scale.json")
MILLIONS = 10
CORES = (2, 4, 8)                        # of the machines of the page
TWICE = 2_000                            # files at most on which two workers are set beside one
BARE = 600                               # of them through the bare pipeline
ROUNDS = 3
PATIENCE = 1800                          # seconds for one question


def peak() -> float:
    """Megabytes that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 2**20)


def processor() -> float:
    """Seconds that this process and those it has waited for have worked."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def library_bytes(library: Path) -> int:
    return sum(path.stat().st_size for path in library.parent.glob(library.name + "*"))


def filled(folder: Path, library: Path, workers: int) -> dict[str, Any]:
    """Read an archive into a new library."""
    from wqnlp.guard import Limits
    from wqnlp.store import batch

    for old in library.parent.glob(library.name + "*"):
        old.unlink()
    began, worked = time.perf_counter(), processor()
    marks, seen = {}, 0

    def watch(result: object) -> None:
        nonlocal seen
        seen += 1
        if seen in (len(files) // 10, len(files) // 2, len(files)):
            marks[seen] = (time.perf_counter(), peak())

    with batch.opened(None, store=library) as outputs, closing(batch.Listing([folder])) as files:
        listed = time.perf_counter()
        done = batch.fill(outputs, files, workers=workers, watch=watch, limits=Limits())
        size = sum(os.stat(path).st_size for path in files if isinstance(path, str))
    ended = time.perf_counter()
    (_, tenth), (half_at, half), (read_at, read) = sorted(marks.values())
    return {"files": done.files, "summaries": done.rows["documents"], "figures": done.rows["figures"], "errors": len(done.errors),
            "seconds": {"listing": listed - began, "first half": half_at - listed, "second half": read_at - half_at,
                        "end": ended - read_at, "all": ended - began},
            "processor": processor() - worked, "writer": sum(resource.getrusage(resource.RUSAGE_SELF)[:2]),
            "peak MB": {"tenth": tenth, "half": half, "read": read, "end": peak(),
                        "workers": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024},
            "archive bytes": size,
            "library bytes": library_bytes(library)}


def questions(library: Path) -> dict[str, Callable[[], object]]:
    """What a researcher asks of a library. Imports stand here: each question is asked in a process that has them."""
    from wqnlp.compare import panel_of, recurring_of
    from wqnlp.compare.asked import side_by_side
    from wqnlp.library import open_store
    from wqnlp.report import main_job

    held = open_store(library)
    some = held.documents(year=2005)
    place, figure = str(some["place"].dropna().iloc[0]), str(held.figures(doc_id=str(some["doc_id"].iloc[0]))["id"].iloc[0])
    return {
        "explain one figure": lambda: held.explain(figure),
        "figures of one summary": lambda: held.figures(doc_id=figure.rpartition(":")[0]),
        "figures of one measure and year": lambda: held.figures(measure="cases_received", year=2005),
        "documents of one year": lambda: held.documents(year=2005),
        "panel of one measure": lambda: panel_of(held, "cases_received"),
        "one place, all years, side by side": lambda: side_by_side(held, places=[place]),
        "issues that come back": lambda: recurring_of(held),
        "report, one page": lambda: main_job([library], library.with_suffix(".html")),
    }


def asked(library: Path, question: str) -> dict[str, float]:
    """Seconds and peak memory of one question, the library open and the program loaded."""
    from wqnlp.compare import panel_of  # noqa: F401

    ask = questions(library)[question]
    before, began, worked = peak(), time.perf_counter(), processor()
    ask()
    return {"seconds": time.perf_counter() - began, "processor": processor() - worked, "before MB": before, "peak MB": peak()}


def alone(*words: str, patience: float | None = None) -> dict[str, Any] | None:
    """One part of the work in a process of its own, by its command line; None where it takes longer than `patience`."""
    try:
        told = subprocess.run([sys.executable, __file__, "--part", *words], check=True, stdout=subprocess.PIPE, text=True, timeout=patience)
    except subprocess.TimeoutExpired:
        return None
    return json.loads(told.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def part(words: list[str]) -> dict[str, Any]:
    what, *more = words
    if what == "fill":
        if more[3:] == ["one core"]:
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        return filled(Path(more[0]), Path(more[1]), int(more[2]))
    if what == "bare":
        return bare(Path(more[0]), int(more[1]))
    return asked(Path(more[0]), more[1])


def made(folder: Path, summaries: int) -> Path:
    """The archive of that size, made by all processors where it is not there."""
    where, ready = folder / str(summaries), folder / f"{summaries}.made"
    if not ready.exists():
        import synthetic

        synthetic.words()
        steps = range(0, summaries, 1000)
        with multiprocessing.Pool() as pool:
            pool.starmap(synthetic.archive, [(where, min(first + 1000, summaries), first) for first in steps])
        ready.touch()
    return where


def measured(folder: Path, summaries: int, only: str | None, before: dict[str, Any]) -> dict[str, Any]:
    """All that is told of one size; with `only` a part of it, the other as it was."""
    library = folder / f"{summaries}.db"
    found = before if only == "questions" else alone("fill", str(made(folder, summaries)), str(library), "1")
    found["questions"] = before.get("questions", {}) if only == "filling" else {
        name: alone("ask", str(library), name, patience=PATIENCE) for name in questions(library)}
    return found


def through(paths: list[str]) -> None:
    """Files through all stages, and nothing else."""
    from wqnlp.store.ready import Making

    work = Making()
    for path in paths:
        work(path)


def bare(folder: Path, processes: int) -> dict[str, Any]:
    """Seconds in which so many processes at one time each do the work of a worker on the same files, and write nothing."""
    from wqnlp.store.ready import warm

    warm()
    paths = sorted(str(path) for path in folder.rglob("*") if path.is_file())[:BARE]
    began = time.perf_counter()
    running = [multiprocessing.Process(target=through, args=(paths,)) for _ in range(processes)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return {"seconds": time.perf_counter() - began}


def twice(folder: Path, summaries: int) -> dict[str, Any]:
    """Seconds of reading by one and by two workers, by one on one core alone, and by bare pipelines: medians of some
    rounds by turns."""
    where, library = str(made(folder, summaries)), str(folder / "workers.db")
    kinds = {"1": ("fill", where, library, "1"), "2": ("fill", where, library, "2"),
             "1 on one core": ("fill", where, library, "1", "one core"), "1 bare": ("bare", where, "1"), "2 bare": ("bare", where, "2")}
    rounds: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, words in kinds.items():
            told = alone(*words)["seconds"]
            rounds[name].append(told if isinstance(told, float) else told["first half"] + told["second half"])
    took = {name: statistics.median(held) for name, held in rounds.items()}
    return {"files": summaries, "seconds": took, "times as fast": took["1"] / took["2"],
            "of cores": took["1 on one core"] / took["2"], "of bare pipelines": 2 * took["1 bare"] / took["2 bare"]}


def lines(found: dict[str, Any]) -> list[str]:
    """The table."""
    sizes = sorted(found["sizes"], key=int)
    held = [found["sizes"][size] for size in sizes]

    def row(name: str, told: Callable[[dict[str, Any]], str]) -> str:
        return f"{name:42}" + "".join(f"{told(one):>18}" for one in held)

    def of(one: dict[str, Any], seconds: float) -> str:
        return f"{1000 * seconds / one['summaries']:.1f}"

    def answer(one: dict[str, Any], question: str, what: str, form: str) -> str:
        told = one["questions"][question]
        return f"over {PATIENCE} s" if told is None else format(told[what], form)

    shown = [row("summaries", lambda one: f"{one['summaries']:,}"),
             row("ms a summary (of the processor)", lambda one: f"{of(one, one['seconds']['all'])} ({of(one, one['processor'])})"),
             row("  of the processor, the process that writes", lambda one: of(one, one["writer"])),
             row("  first half", lambda one: of(one, 2 * one["seconds"]["first half"])),
             row("  second half", lambda one: of(one, 2 * one["seconds"]["second half"])),
             row("  end of the run", lambda one: of(one, one["seconds"]["end"])),
             *(row(f"peak MB, {name}", lambda one, name=name: f"{one['peak MB'][name]:.0f}") for name in held[0]["peak MB"]),
             row("archive KB a summary", lambda one: f"{one['archive bytes'] / one['summaries'] / 1000:.2f}"),
             row("library KB a summary", lambda one: f"{one['library bytes'] / one['summaries'] / 1000:.2f}"),
             *(row(f"s, {name}", lambda one, name=name: answer(one, name, "seconds", ".2f")) for name in held[0]["questions"]),
             *(row(f"peak MB, {name}", lambda one, name=name: answer(one, name, "peak MB", ".0f")) for name in held[0]["questions"])]
    if two := found.get("workers"):
        shown.append(f"two workers read {two['files']:,} files {two['times as fast']:.2f} times as fast as one, two cores "
                     f"{two['of cores']:.2f} times as fast as one core; two bare pipelines at one time do {two['of bare pipelines']:.2f} "
                     "times the work of one")
    return shown


def page(found: dict[str, Any]) -> list[str]:
    """What ten million summaries need, out of the largest size that was measured: as many hours as the cores need to read
    them, but not fewer than the one process that writes them needs."""
    one, count = found["sizes"][max(found["sizes"], key=int)], MILLIONS * 1_000_000
    each = {name: seconds / one["summaries"] for name, seconds in one["seconds"].items()}
    reading, end = each["first half"] + each["second half"], each["end"]
    gain = found["workers"]["of cores"] / 2 if "workers" in found else 1.0
    core = found["workers"]["seconds"]["1 on one core"] / found["workers"]["seconds"]["1"] if "workers" in found else 1.0
    writing = (one["writer"] - one["seconds"]["end"]) / one["summaries"]
    disk = one["library bytes"] / one["summaries"] * count / 1e9
    size = one["archive bytes"] / one["summaries"] / 1000
    library = one["library bytes"] / one["summaries"] / 1000
    shown = [f"Measured on {found['machine']} with {one['summaries']:,} summaries of {size:.1f} KB: one worker reads one in "
             f"{1000 * reading:.0f} ms, the end of the run takes {1000 * end:.1f} ms of each, the library {library:.1f} KB. "
             f"For {MILLIONS} million, where one core that reads and writes takes {core:.2f} times as long as a worker beside its "
             f"writer, and each core is worth {gain:.2f} of the first (two were {2 * gain:.2f} times one). The process that writes "
             f"takes {1000 * writing:.1f} ms for each, and is kept busy by {core * reading / writing / gain:.0f} cores; more of them want "
             "several batches at one time, into PostgreSQL or into libraries of their own:", "",
             "| cores | hours to read | hours at the end | library, GB | archive, GB | memory, GB |", "|---:|---:|---:|---:|---:|---:|"]
    worker, writer = one["peak MB"]["workers"] / 1000, one["peak MB"]["end"] / 1000
    for cores in CORES:
        hours = max(core * reading / (cores * gain), writing) * count / 3600
        shown.append(f"| {cores} | {hours:,.0f} | {end * count / 3600:,.1f} | {disk:,.0f} | "
                     f"{one['archive bytes'] / one['summaries'] * count / 1e9:,.0f} | {cores * worker + writer:,.1f} |")
    return shown


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--summaries", type=int, nargs="+", default=[1000, 10_000])
    asked.add_argument("--folder", type=Path)
    asked.add_argument("--page", action="store_true")
    asked.add_argument("--only", choices=("filling", "questions", "workers"), help="the rest as scale.json has it")
    asked.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.part:
        print(json.dumps(part(given.part)))
        return
    if given.page and not RESULT.exists():
        asked.error(f"there is no {RESULT.name} yet: measure first, with --summaries")
    if given.page:
        print("\n".join(page(json.loads(RESULT.read_text("utf-8")))))
        return
    folder = given.folder or Path(tempfile.mkdtemp(prefix="archives-"))
    folder.mkdir(parents=True, exist_ok=True)
    before: dict[str, Any] = json.loads(RESULT.read_text("utf-8")) if given.only else {"sizes": {}}
    found = before | {"machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"}
    for summaries in given.summaries if given.only != "workers" else ():
        found["sizes"][str(summaries)] = measured(folder, summaries, given.only, before["sizes"].get(str(summaries), {}))
        print(f"{summaries:,} done", file=sys.stderr)
    if given.only in (None, "workers"):
        found["workers"] = twice(folder, min(TWICE, max(given.summaries)))
    RESULT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print("\n".join(lines(found)))


if __name__ == "__main__":
    main()
