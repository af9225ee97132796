"""The stage itself: a repaired file to its summaries."""

from __future__ import annotations

from wqnlp.repair.base import Repaired
from wqnlp.span import Span
from wqnlp.structure.activities import units
from wqnlp.structure.base import Line, Summary
from wqnlp.structure.outline import as_rows, classify
from wqnlp.structure.sentences import split
from wqnlp.structure.split import Window, windows


def summaries(repaired: Repaired) -> list[Summary]:
    """The summaries of a file, in order, each with its outline; none where the text is blank.

    All spans are of the repaired text. Time is linear in its length.

    >>> from wqnlp.source.base import Decoding, Source
    >>> from wqnlp.span import Aligned
    >>> text = "霍山县妇联2006年维权工作总结\\n2006年，县妇联做了以下工作。\\n一、接访\\n全年接待来访121件，办结119件。"
    >>> source = Source(path="a.txt", text=text, sha256="", format="text",
    ...                 decoding=Decoding(encoding="utf-8", reason="", confidence=1))
    >>> [summary] = summaries(Repaired(source=source, aligned=Aligned.of(text)))
    >>> summary.slice(summary.title), [(line.kind, line.level) for line in summary.lines]
    ('霍山县妇联2006年维权工作总结', [('title', 0), ('body', 0), ('heading', 1), ('body', 0)])
    >>> [(unit.heading_path, summary.slice(unit)) for unit in summary.units]
    [(('接访',), '全年接待来访121件，办结119件。')]
    """
    return [_summary(repaired, window) for window in windows(repaired.text)]


def _summary(repaired: Repaired, window: Window) -> Summary:
    text = repaired.text
    lines = as_rows(classify(text, window.spans, window.head), _rows(repaired))
    return Summary(repaired=repaired, start=window.start, end=window.end, title=window.title, lines=tuple(lines),
                   sentences=tuple(_sentences(text, lines)), units=tuple(units(text, lines)))


def _rows(repaired: Repaired) -> list[Span]:
    """The rows of the tables that the reader of the file knows, in order."""
    rows: dict[tuple[int, int], Span] = {}
    for cell in repaired.source.cells:
        span = repaired.aligned.repaired_span(cell.start, cell.end)
        first = rows.get((cell.table, cell.row), span)
        rows[cell.table, cell.row] = Span(min(first.start, span.start), max(first.end, span.end))
    return sorted(rows.values())


def _sentences(text: str, lines: list[Line]) -> list[Span]:
    found: list[Span] = []
    for line in lines:
        if line.kind == "table":
            found.append(Span(line.start, line.end))
        else:
            found += split(text, line.start, line.end)
    return found
