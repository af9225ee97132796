"""Codes and values as a reader sees them: Chinese words, numbers with their bounds, lines of equal width."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from wqnlp import vocab
from wqnlp.plots.panel import amount
from wqnlp.records import Audit, Document, Figure
from wqnlp.tables import table

WIDEST = 30


def word(kind: str, code: str | None) -> str:
    """The Chinese word for a code of `data/report.yaml` or of the taxonomy; the code itself where there is none.

    >>> word("statuses", "inconsistent"), word("measures", "cases_received"), word("reasons", "hitherto_unknown")
    ('不符', '受理/接待案件数', 'hitherto_unknown')
    """
    if not code:
        return ""
    if kind in vocab.KINDS:
        return vocab.label(kind, code) if code in vocab.codes(kind) else code
    return str(table("report")[kind].get(code, code))


def value_of(figure: Figure) -> str:
    """A figure's value and unit, its bounds where that is all there is, or the word that says why it has none.

    >>> told = dict(id="d:0-4", doc_id="d", start=0, end=4, text="", sentence="", kind="count", measure="other")
    >>> value_of(Figure(value=None, low=200, high=299, unit="件", flags=("masked",), **told))
    '200–299件'
    >>> value_of(Figure(value=9000, low=9000, high=None, unit="件", **told))
    '9000余件'
    """
    unit = figure.unit or ""
    if figure.value is not None:
        return amount(figure.value, figure.low, figure.high, unit)
    if figure.low is not None and figure.high is not None:
        return f"{figure.low:.10g}–{figure.high:.10g}{unit}"
    return "不明"


def numbered(row: Mapping[str, Any], period_kind: str = "") -> str:
    """The number of a panel row with its unit and bounds, or the word that says why there is none.

    Where the number is for another period than `period_kind`, that of its summary, its own is added.

    >>> row = {"value": 186.0, "low": 186.0, "high": 186.0, "unit": "件", "status": "given", "period_kind": "half"}
    >>> numbered(row, "annual")
    '186件（半年）'
    >>> numbered(row | {"value": None, "low": 200, "high": 299, "status": "masked"})
    '200–299件（遮盖）'
    """
    value, low, high = (None if x is None or x != x else float(x) for x in (row["value"], row["low"], row["high"]))
    if value is not None:
        own = row["period_kind"]
        other = f"（{word('periods', own)}）" if period_kind and own != period_kind else ""
        return amount(value, low, high, row["unit"] or "") + other
    why = word("missing", row["status"])
    return f"{low:.10g}–{high:.10g}{row['unit'] or ''}（{why}）" if low is not None and high is not None else why


def period(document: Document) -> str:
    """The reporting period in words.

    >>> period(Document(doc_id="a", path="", start=0, end=1, title="", year=2008, period_start="2008-01-01",
    ...                 period_end="2008-06-30", period_kind="half"))
    '2008-01-01 至 2008-06-30（半年）'
    """
    told = word("periods", document.period_kind)
    if document.period_start and document.period_end:
        return f"{document.period_start} 至 {document.period_end}（{told}）"
    return told


def relation(audit: Audit, figures: dict[str, Figure]) -> str:
    """An audit as a line of arithmetic, the stated number first.

    >>> told = dict(doc_id="d", start=0, end=4, sentence="", unit="件", kind="count", measure="cases_received")
    >>> known = {t: Figure(id=t, text=t, value=1, low=1, high=1, **told) for t in ("186件", "14件", "172件")}
    >>> audit = Audit(doc_id="d", kind="sum", figures=tuple(known), stated=186, computed=186, status="consistent")
    >>> relation(audit, known)
    '186件 ＝ 14件 ＋ 172件'
    """
    texts = [figures[name].text if name in figures else name for name in audit.figures]
    stated, *members = texts
    if audit.kind == "sum":
        return f"{stated} ＝ {' ＋ '.join(members)}"
    if audit.kind == "ratio":
        return f"{stated} ＝ {' ÷ '.join(members)}"
    if audit.kind == "remainder":
        return f"{stated} ＝ {' － '.join(members)}"
    return f"{stated} ↔ {'、'.join(members)}"


def width(text: str) -> int:
    """Columns of a terminal a text takes.

    >>> width("186件")
    5
    """
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines whose columns stand under one another, long cells cut.

    >>> aligned([["地区", "年"], ["霍山县", "2006"]])
    ['地区    年', '霍山县  2006']
    """
    cells = [[_cut(" ".join(cell.split())) for cell in row] for row in rows]
    widths = [max(width(row[at]) for row in cells) for at in range(len(cells[0]))]
    return ["  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()
            for row in cells]


def _cut(text: str) -> str:
    if width(text) <= WIDEST:
        return text
    while width(text) >= WIDEST:
        text = text[:-1]
    return text + "…"
