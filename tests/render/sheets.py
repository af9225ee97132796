"""Excel workbooks: a summary written into the cells of a sheet, as offices do."""

from __future__ import annotations

import io

from render.base import File, Gold


def plain(gold: Gold) -> list[File]:
    """A paragraph a row, the title over several columns, tables as they are, figures of tables as numbers."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for part in gold.parts():
        for row in part.rows if part.kind == "table" else [(part.text,)]:
            sheet.append([int(cell) if cell.isdecimal() and len(cell) < 10 and (cell == "0" or cell[0] != "0") else cell for cell in row])
        if part.kind == "title":
            sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=8)
    held = io.BytesIO()
    book.save(held)
    return [File(f"{gold.name}.xlsx", held.getvalue())]
