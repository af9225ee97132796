"""The panel as tables for other programs: Excel with a codebook, CSV, Parquet, Stata."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from wqnlp.store.csv import cell

if TYPE_CHECKING:
    import pandas as pd

CODEBOOK = {
    "series": "系列：计的是什么 · what is counted", "place_id": "历年不变的地区代码 · one code of a place through renamings",
    "place": "地区，当年的全名 · full name, as of that year", "adcode": "当年的六位区划代码 · GB/T 2260 code of that year",
    "year": "总结所报的年份 · year reported on", "period_kind": "annual 全年, half 半年, quarter 季度, partial 部分时段",
    "period_start": "时段之始 · first day", "period_end": "时段之末 · last day",
    "measure": "计什么的代码 · code of the measure (taxonomy.yaml)", "issue": "问题的代码 · code of the issue (taxonomy.yaml)",
    "value": "数值；空即没有，绝非零 · nominal value; empty is missing, never zero",
    "low": "文字所许的下限 · lower bound that the text supports", "high": "上限 · upper bound", "unit": "单位 · unit",
    "status": "given 有, approximate 约数, masked 遮盖, damaged 缺损, none 未报告",
    "figure_id": "数字的编号：文件、原文起止 · id of the figure: file, source characters",
    "doc_id": "总结的编号 · id of the summary", "note": "说明 · what is to be said of it",
}
STATA_LONGEST = 240                      # characters of a text in Stata; notes are cut, the other tables have them whole


def joined(panels: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """All panels as one frame, `series` first."""
    import pandas as pd

    frame = pd.concat([frame.assign(series=name) for name, frame in panels.items()], ignore_index=True)
    return frame[["series", *(name for name in frame.columns if name != "series")]]


def excel(frame: pd.DataFrame) -> bytes:
    """A workbook: sheet 1 the panel with numbers as numbers, sheet 2 what every column is. No cell is a formula."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "panel"
    sheet.append(list(frame.columns))
    for row in frame.to_dict("records"):
        sheet.append([_typed(value) for value in row.values()])
    codes = book.create_sheet("codebook")
    codes.append(["column", "type", "meaning"])
    for name in frame.columns:
        codes.append([name, _kind(frame[name]), CODEBOOK.get(str(name), "")])
    for page in (sheet, codes):
        page.freeze_panes = "A2"
        for n, column in enumerate(page.iter_cols(), 1):
            column[0].font = Font(bold=True)
            page.column_dimensions[get_column_letter(n)].width = min(48, 3 + max(_wide(one.value) for one in column))
    sheet.auto_filter.ref = sheet.dimensions
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    """The panel as Parquet, with nullable types."""
    return bytes(frame.to_parquet(index=False))


def stata(frame: pd.DataFrame) -> bytes:
    """The panel for Stata 14 and later (UTF-8), with the codebook as labels of the variables."""
    made = frame.copy()
    for name in made.columns:
        if made[name].dtype.kind not in "iuf" and str(made[name].dtype) != "Int64":
            made[name] = ["" if _none(value) else str(value)[:STATA_LONGEST] for value in made[name]]
    made["year"] = made["year"].astype("float64")
    held = BytesIO()
    made.to_stata(held, write_index=False, version=118,
                  variable_labels={name: CODEBOOK[name][:80] for name in made.columns if name in CODEBOOK})
    return held.getvalue()


def csv(frame: pd.DataFrame) -> bytes:
    """The panel as CSV that opens in a spreadsheet with Chinese intact, and with no cell that it runs."""
    made = frame.copy()
    for name in made.columns:
        if made[name].dtype.kind not in "iuf":
            made[name] = [cell(x, "text") if isinstance(x, str) else x for x in made[name]]
    return made.to_csv(index=False).encode("utf-8-sig")


def _none(value: Any) -> bool:
    return value is None or value != value or str(value) == "<NA>"


def _typed(value: Any) -> Any:
    """A cell's value: None where there is none, text that would be a formula with a quote before it."""
    if _none(value):
        return None
    if isinstance(value, str):
        return cell(value, "text")
    return value.item() if hasattr(value, "item") else value


def _kind(column: pd.Series[Any]) -> str:
    return "text" if column.dtype.kind not in "iuf" else "whole number" if "nt" in str(column.dtype) else "number"


def _wide(value: Any) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in str(value or ""))
