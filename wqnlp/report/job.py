"""The main job: files in; tables, a plot and a page out; and what a person should read of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from wqnlp.compare import panel
from wqnlp.errors import Unwritable
from wqnlp.guard import Limits, usual
from wqnlp.library import open_store
from wqnlp.pipeline import Result, run_many
from wqnlp.plots import panel as draw
from wqnlp.report import tables as sheets
from wqnlp.report.collect import Collection
from wqnlp.report.html import cells_of, page
from wqnlp.report.stored import results
from wqnlp.report.words import aligned, numbered, word
from wqnlp.source import gather
from wqnlp.store import batch
from wqnlp.store.csv import CsvWriter
from wqnlp.store.jsonl import JsonlWriter
from wqnlp.store.where import Where, is_url

if TYPE_CHECKING:
    import pandas as pd

RECEIVED = ("cases_received", "case_visits")
SAID = 1000                              # summaries that have a line of their own; of more, the tables have the rest
TITLE = "妇联受理接待案件与家庭暴力案件（各地各年）"


class Done(list[str]):
    """The lines to print of a run; `errors` is how many inputs could not be read."""

    errors: int = 0


def main_job(paths: Iterable[Where], out: Path, *, workers: int = 1,
             watch: Callable[[Result], object] | None = None, limits: Limits | None = None) -> Done:
    """Read every file under `paths`, or take a library; leave tables, plots and a page in `out`; give lines to print.

    In `out`: `report.html` (self-contained), `panel.png`, `tables/` (each table as JSON Lines and as CSV) and the panel
    as `tables/panel` .csv, .xlsx (with a codebook), .parquet and .dta. Where `out` is named .html, only the page is
    written, there. `watch` is called with the result of each file, for a progress bar. A file that cannot be read is
    a row of `errors` and a line; the rest is done. Raises `Unwritable` (E21) before any work where `out` cannot be
    written. `limits` are as in `wqnlp.store.batch.extract`.
    """
    alone = out.suffix == ".html"
    tables = out / "tables"
    collection = Collection()
    if alone:
        _write(out, b"")
    with ExitStack() as opened:
        writers = [] if alone else [opened.enter_context(kind(tables)) for kind in (JsonlWriter, CsvWriter)]
        for result in _results(list(paths), workers, limits or usual(), opened):
            if result.same_as is None:
                for writer in writers:
                    writer.write(result)
            collection.add(result)
            if watch is not None:
                watch(result)
        found = collection.link()
        for writer in writers:
            writer.amend(found)
            writer.write(Result(path="", audits=collection.between))
    panels = compared(collection)
    plot = draw(panels, title=TITLE)
    places = {"page": out} if alone else {"page": out / "report.html", "plot": out / "panel.png", "tables": tables}
    if not alone:
        _write(places["plot"], plot.png())
        frame = sheets.joined(panels)
        for name, made in (("csv", sheets.csv), ("xlsx", sheets.excel), ("parquet", sheets.parquet), ("dta", sheets.stata)):
            _write(tables / f"panel.{name}", made(frame))
    _write(places["page"], page(collection, panels, plot, tables=not alone).encode("utf-8"))
    done = Done([*summary(collection, panels), "", *told(collection), "",
                 *(f"{name:7} {path}" for name, path in places.items())])
    done.errors = len(collection.errors)
    return done


def _results(paths: list[Where], workers: int, limits: Limits | None, opened: ExitStack) -> Iterator[Result]:
    """What the files give; of a library, what it holds."""
    files: list[str] = []
    for path in batch.expand(paths, limits):
        if is_library(path):
            yield from results(opened.enter_context(open_store(path)))
        else:
            files.append(path)
    yield from opened.enter_context(closing(run_many(gather(files), workers, limits=limits)))


def is_library(path: str) -> bool:
    """Whether a path is of a SQLite file, as a library is, or the URL of a database.

    >>> is_library("没有这个文件.db"), is_library("postgresql://db.example/fulian")
    (False, True)
    """
    if is_url(path):
        return True
    try:
        with open(path, "rb") as file:
            return file.read(15) == b"SQLite format 3"
    except OSError:
        return False                     # what cannot be opened is an error row of the run


def compared(collection: Collection) -> dict[str, pd.DataFrame]:
    """Cases received, and those of domestic violence among them, by place and year."""
    return {"受理接待案件": panel(collection.documents, collection.figures, RECEIVED),
            "其中：家庭暴力": panel(collection.documents, collection.figures, RECEIVED, "domestic_violence")}


def summary(collection: Collection, panels: dict[str, pd.DataFrame]) -> list[str]:
    """A line a summary: place, year, period, how many figures, cases, and what is wrong with it."""
    listed = sorted(collection.lines, key=lambda line: (line.document.adcode or "~", line.document.year or 9999))[:SAID]
    cells = cells_of(panels, [line.document.doc_id for line in listed])
    rows = [["地区", "年份", "时段", "数字", *panels, "核对不符", "修复", "副本"]]
    for line in listed:
        document = line.document
        own = [cells[name].get(document.doc_id) for name in panels]
        again = "重复，不计" if document.doc_id in collection.stands else f"{len(document.copies) or ''}"
        rows.append([document.place or document.organisation or document.path, str(document.year or "不详"),
                     word("periods", document.period_kind), str(line.figures),
                     *["" if row is None else numbered(row, document.period_kind) for row in own],
                     f"{line.inconsistent or ''}", f"{line.repairs or ''}", again])
    more = len(collection.lines) - len(listed)
    return [*aligned(rows), *([f"其余 {more} 份未列"] if more else [])]


def told(collection: Collection) -> list[str]:
    """Totals of the run, and what could not be read."""
    figures, wrong = (sum(getattr(line, name) for line in collection.lines) for name in ("figures", "inconsistent"))
    lines = [f"{collection.files} 个文件，{len(collection.lines)} 份总结，{figures} 个数字，"
             f"{collection.audits} 处算术关系核对，{wrong} 处不符，{len(collection.errors)} 个错误"]
    lines += [f"{path}: the same bytes as {other}, counted once" for path, other in collection.repeated]
    return lines + [error.message for error in collection.errors]



def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as fault:
        raise Unwritable("E21", str(path), f"cannot be written ({fault.strerror})",
                         "name another folder with -o; the tables written before are kept") from fault
