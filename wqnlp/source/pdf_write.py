"""Sheets to text: lines joined to paragraphs, tables to rows, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wqnlp.source import pdf_layout, pdf_tables
from wqnlp.source.base import Cell, Page, Place
from wqnlp.source.pdf_layout import Line
from wqnlp.source.pdf_page import Grid, Sheet, joined

Written = tuple[str, tuple[Page, ...], tuple[Place, ...], tuple[Cell, ...]]
BAR = " | "


def content(sheets: Sequence[Sheet]) -> Written:
    """Text, pages, places and cells of a document. The furniture is cut already."""
    flow = [(sheet, list(_flow(sheet))) for sheet in sheets]
    lines = [one for _, parts in flow for one in parts if isinstance(one, Line)]
    pdf_layout.widen(lines)
    writer = _Writer(pdf_layout.leading(lines), pdf_layout.indents(lines))
    for sheet, parts in flow:
        writer.page(sheet.number)
        for part in parts:
            if isinstance(part, Line):
                writer.line(part)
            else:
                writer.grid(sheet.number, part)
    return writer.done()


def _flow(sheet: Sheet) -> Iterator[Line | Grid]:
    """What a page holds, in reading order."""
    loose, runs = pdf_tables.find(sheet.runs)
    for block in pdf_layout.blocks([*runs, *sheet.grids, *loose]):
        yield from pdf_layout.lines_of(sheet, block)


class _Writer:
    """The text so far, and where its parts stand."""

    def __init__(self, usual: float, indented: bool) -> None:
        self._usual, self._indented = usual, indented
        self._parts: list[str] = []
        self._at = 0
        self._last: Line | Grid | None = None
        self._tables = self._rows = 0
        self._head: Grid | None = None                          # first part of the table that was written last
        self._spans: dict[int, tuple[int, int]] = {}
        self._places: list[Place] = []
        self._cells: list[Cell] = []

    def page(self, number: int) -> None:
        self._spans[number] = (-1, -1)

    def line(self, line: Line) -> None:
        before = self._last
        if isinstance(before, Line) and pdf_layout.goes_on(before, line, usual=self._usual, indented=self._indented):
            tail = self._parts[-1][-1:]
            self._put(joined([tail, line.text[:1]])[1:-1])
        else:
            self._break()
        self._place(line.page, line.text, (line.x0, line.top, line.x1, line.bottom))
        self._last = line

    def grid(self, page: int, grid: Grid) -> None:
        before, skipped = self._last, 0
        if isinstance(before, Grid) and self._head is not None and pdf_tables.goes_on(before, grid) \
                and self._spans[page][0] < 0:
            skipped = pdf_tables.repeated(self._head, grid)
        else:
            self._tables, self._rows, self._head = self._tables + 1, 0, grid
        width = len(grid.edges) - 1
        for row in range(skipped, 1 + max(cell.row for cell in grid.cells)):
            own = {cell.column: cell for cell in grid.cells if cell.row == row}
            self._break()
            for column in range(width):
                self._put(BAR if column else "")
                if column in own:
                    cell = own[column]
                    start = self._at
                    self._place(page, cell.text, cell.box)
                    self._cells.append(Cell(self._tables - 1, self._rows, column, cell.rows, cell.columns, start, self._at))
            self._rows += 1
        self._last = grid

    def done(self) -> Written:
        """Everything; a page of which nothing was written has an empty span where it would stand."""
        pages, at = [], 0
        for number, (start, end) in self._spans.items():
            pages.append(Page(number, at, at) if start < 0 else Page(number, start, end))
            at = pages[-1].end
        return "".join(self._parts), tuple(pages), tuple(self._places), tuple(self._cells)

    def _break(self) -> None:
        if self._at:
            self._put("\n")

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._at += len(text)

    def _place(self, page: int, text: str, box: tuple[float, float, float, float]) -> None:
        start = self._at
        self._put(text)
        first, last = self._spans[page]
        self._spans[page] = (start if first < 0 else min(first, start), max(last, self._at))
        if text:
            self._places.append(Place(start, self._at, page=page, box=box))
