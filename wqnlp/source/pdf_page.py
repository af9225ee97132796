"""One page of a PDF as pdfplumber sees it, made small: its runs of characters, its ruled tables, how much is image.

Nothing here knows of other pages. Lengths are points, from the upper left corner of the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from wqnlp.source.pdf_struck import without_struck
from wqnlp.source.raised import raised

EDGES = 6000            # ruling lines of a page: more are a drawing, no table
COLUMN_GAP = 1.2        # of the height of a character: hanzi further apart stand in two cells or columns
NUMBER_GAP = 0.7        # numbers need less
WORD_GAP = 0.18         # and Latin words are parted by so much
BLANK_GAP = 1.6         # what is left blank between hanzi on purpose
CLOSE = 0.15            # what follows in the file and stands no further off is next to it: a wider gap, another font may have filled
PARTED = 0.6            # a blank in the same place in line after line may be as narrow between columns
FEWEST_PARTED = 5       # lines that it is seen in
LEAST_SIDE = 8          # characters of a line of a column, in the mean
RAISED_SIZE, RAISED_FOOT = 0.75, 0.2        # of the characters before: how large a raised one is, and how far above their foot it ends
LEAST_TEXT = 30         # a page with fewer characters over an image is a scan with a stamp or a number on it
LEAST_IMAGE = 0.4       # share of the page


class Run(NamedTuple):
    """Characters that stand together on one line."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float                          # height of its characters

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


class GridCell(NamedTuple):
    """A cell of a table of one page: its place in the grid, how far it spans, its text and its box."""

    row: int
    column: int
    rows: int
    columns: int
    text: str
    box: tuple[float, float, float, float]


@dataclass(slots=True, kw_only=True)
class Grid:
    """A table of one page."""

    x0: float
    top: float
    x1: float
    bottom: float
    cells: list[GridCell]
    edges: tuple[float, ...]             # left of each column, and right of the last
    ruled: bool = True


@dataclass(slots=True, kw_only=True)
class Sheet:
    """What is kept of a page."""

    number: int
    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    images: float = 0.0                  # share of the page
    letters: int = 0
    lost: int = 0                        # characters whose font does not say which they are
    fault: str = ""                      # the page could not be read, and why

    @property
    def scanned(self) -> bool:
        """Whether the page is an image without a text layer to speak of."""
        return self.images >= LEAST_IMAGE and self.letters < LEAST_TEXT


def sheet_of(page: Any) -> Sheet:
    """A pdfplumber page, turned so that most of its text stands upright."""
    page = _upright(page)
    chars, aside = _chars(page)
    chars = without_struck(chars, page)
    sheet = Sheet(number=page.page_number, width=float(page.width), height=float(page.height),
                  images=_images(page), letters=len(chars), lost=sum(c["text"] == "\ufffd" for c in chars))
    grids = [grid for table in _tables(page) if (grid := grid_of(table, chars, aside)) is not None]
    sheet.grids = [grid for grid in grids if not any(inside(grid, other) for other in grids if other is not grid)]
    left = [c for c in chars if not any(holds(grid, c) for grid in sheet.grids)]
    touching = _runs(left)
    sheet.runs = segments(touching, gutters(rows_of(touching)))
    return sheet


def _angle(char: dict[str, Any]) -> int:
    """How far a character is turned, in quarters; -1 where it stands askew, as a watermark does."""
    a, b = char["matrix"][0], char["matrix"][1]
    if abs(b) < 0.02 * abs(a):
        return 0 if a > 0 else 2
    if abs(a) < 0.02 * abs(b):
        return 1 if b > 0 else 3
    return -1 if abs(b) > 0.35 * abs(a) else 0                  # italics lean in their font, not so far


def _upright(page: Any) -> Any:
    turns = Counter(_angle(char) for char in page.chars)
    angle, count = max(turns.items(), key=lambda item: item[1], default=(0, 0))
    if angle <= 0 or count < 0.6 * sum(turns.values()):
        return page
    from pdfplumber.page import Page

    page.page_obj.rotate = (page.page_obj.rotate + 90 * angle) % 360
    return Page(page.pdf, page.page_obj, page_number=page.page_number, initial_doctop=page.initial_doctop)


def _chars(page: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The characters that stand upright on the page, each once, and those turned by a quarter."""
    kept, aside = [], []
    x0, top, x1, bottom = page.bbox
    for char in _each_once(page.chars):
        text = char["text"]
        if text.startswith("(cid:"):
            char["text"] = "\ufffd"
        elif not text.strip() or (not text.isprintable() and not text.strip("\x00\u200b\ufeff\xad")):
            continue
        if not (x0 <= (char["x0"] + char["x1"]) / 2 <= x1 and top <= (char["top"] + char["bottom"]) / 2 <= bottom):
            continue
        angle = _angle(char)
        if angle == 0:
            kept.append(char)
        elif angle in (1, 3):
            aside.append(char)
    return kept, aside


def _each_once(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Characters without their overprints, as `pdfplumber.Page.dedupe_chars` does, whose time grows with their square."""
    from pdfplumber.utils.clustering import cluster_objects

    kind, across, down = itemgetter("upright", "text", "fontname", "size"), itemgetter("x0"), itemgetter("doctop")
    order = {id(char): place for place, char in enumerate(chars)}
    kept = [min(one, key=itemgetter("doctop", "x0"))
            for _, alike in groupby(sorted(chars, key=kind), key=kind)
            for row in cluster_objects(list(alike), down, 1)
            for one in cluster_objects(row, across, 1)]
    return sorted(kept, key=lambda char: order[id(char)])


def _images(page: Any) -> float:
    area = sum(abs(i["x1"] - i["x0"]) * abs(i["bottom"] - i["top"]) for i in page.images)
    return float(area / (page.width * page.height or 1))


def _runs(chars: Iterable[dict[str, Any]]) -> list[Run]:
    """Characters that follow one another in the file and touch on the page, as runs."""
    runs: list[Run] = []
    for c in chars:
        made = Run(c["text"], float(c["x0"]), float(c["top"]), float(c["x1"]), float(c["bottom"]), float(c["size"]))
        last = runs[-1] if runs else None
        if last is not None and beside(last, made) and not _is_raised(last, made) and (
                -0.3 * made.size <= made.x0 - last.x1 <= CLOSE * made.size):
            runs[-1] = _glued(last, made)
        else:
            runs.append(made)
    return runs


def gutters(rows: Sequence[Sequence[Run]]) -> list[float]:
    """Where a blank no wider than a character, at one place in most lines, parts running text on both its sides.

    >>> left, right = "县妇联维权工作领导小", "组成员单位由九个增加"
    >>> gutters([[Run(left, 0, 20 * n, 100, 20 * n + 10, 10), Run(right, 110, 20 * n, 210, 20 * n + 10, 10)] for n in range(6)])
    [109.0]
    """
    wanted = Counter(round(b.x0) - 1 for row in rows for a, b in pairwise(row)            # what hangs over a line ends before it
                     if b.x0 - a.x1 >= PARTED * max(a.size, b.size))
    found: list[float] = []
    for x, count in wanted.most_common(12):
        if count < FEWEST_PARTED or any(abs(x - other) < 20 for other in found):
            continue
        parted, left, right = 0, 0, 0
        for row in rows:
            if row[0].x1 <= x <= row[-1].x0 and not any(run.x0 < x < run.x1 for run in row):
                parted += 1
                left += sum(len(run.text) for run in row if run.x1 <= x)
                right += sum(len(run.text) for run in row if run.x0 >= x)
        across = sum(any(run.x0 < x < run.x1 for run in row) for row in rows)
        if parted >= max(FEWEST_PARTED, across) and min(left, right) >= LEAST_SIDE * parted:
            found.append(float(x))
    return found


def segments(runs: Sequence[Run], parted: Sequence[float] = ()) -> list[Run]:
    """Runs with those that stand close on one line put together, in order of lines; never over what parts columns.

    >>> [run.text for run in segments([Run("6件", 60, 0, 80, 12, 12), Run("接访18", 0, 0, 58, 12, 12),
    ...                                Run("合计", 120, 0, 144, 12, 12)])]
    ['接访186件', '合计']
    """
    out: list[Run] = []
    for row in rows_of(runs):
        kept: list[Run] = []
        for run in row:
            fits = kept and beside(kept[-1], run) and run.x0 - kept[-1].x1 <= _reach(kept[-1], run) and not any(
                kept[-1].x1 <= x <= run.x0 for x in parted)
            if fits:
                kept[-1] = _glued(kept[-1], run)
            else:
                kept.append(run)
        out += kept
    return out


def rows_of(runs: Iterable[Run]) -> list[list[Run]]:
    """Runs by the line they stand on, from the top, each line from the left."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda r: (r.middle, r.x0)):
        home = next((row for row in reversed(rows[-4:]) if beside(_tallest(row), run)), None)
        if home is None:
            rows.append([run])
        else:
            home.append(run)
    rows.sort(key=lambda row: _tallest(row).middle)
    return [sorted(row, key=lambda r: r.x0) for row in rows]


def _tallest(row: Sequence[Run]) -> Run:
    return max(row, key=lambda r: (r.size, len(r.text)))


def beside(a: Run, b: Run) -> bool:
    """Whether two runs stand on one line; a raised figure does."""
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return shared >= 0.5 * min(a.bottom - a.top, b.bottom - b.top)


def _reach(a: Run, b: Run) -> float:
    """How far apart two runs may stand and still be one."""
    size = max(a.size, b.size)
    first, second = a.text[-1], b.text[0]
    return size * (NUMBER_GAP if first.isascii() and second.isascii() else COLUMN_GAP)


def _glued(a: Run, b: Run) -> Run:
    large = max(a, b, key=lambda r: r.size * len(r.text))
    return Run(after(a, b), min(a.x0, b.x0), large.top, max(a.x1, b.x1), large.bottom, large.size)


def after(a: Run, b: Run) -> str:
    """The text of two runs of a line, the number of a note that is raised behind the first left out.

    >>> after(Run("186", 0, 0, 36, 12, 12), Run("1", 36, -2, 39, 4, 6)), after(Run("186", 0, 0, 36, 12, 12), Run("1件", 36, 0, 60, 12, 12))
    ('186', '1861件')
    """
    mark = raised(b.text, a.text) if _is_raised(b, a) else None
    return a.text + (between(a, b) + b.text if mark is None else mark)


def _is_raised(small: Run, large: Run) -> bool:
    return small.size <= RAISED_SIZE * large.size and small.bottom <= large.bottom - RAISED_FOOT * large.size


def between(a: Run, b: Run) -> str:
    """What is written between two runs of a line: a blank between Latin words or where much is left free, or nothing.

    >>> between(Run("接", 0, 0, 12, 12, 12), Run("访", 18, 0, 30, 12, 12))
    ''
    >>> between(Run("PDF", 0, 0, 12, 12, 12), Run("text", 16, 0, 30, 12, 12))
    ' '
    """
    gap, size = b.x0 - a.x1, max(a.size, b.size)
    if _is_raised(a, b) and a.text.isdecimal():                 # a note begins: its number is no part of its text
        return " "
    word = a.text[-1].isascii() and b.text[0].isascii() and (a.text[-1].isalnum() or b.text[0].isalnum())
    return " " if gap > size * (WORD_GAP if word else BLANK_GAP) else ""


def _tables(page: Any) -> list[Any]:
    edges = page.edges
    if not edges or len(edges) > EDGES:
        return []
    return list(page.find_tables({"explicit_vertical_lines": _closing(page, edges)}))


def _closing(page: Any, edges: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sides of tables that are drawn without sides: where three lines and more begin and end together."""
    spans: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for edge in edges:
        if edge["orientation"] == "h" and edge["width"] > 100:
            spans.setdefault((round(edge["x0"] / 4), round(edge["x1"] / 4)), []).append(edge)
    made = []
    for group in spans.values():
        if len(group) < 3:
            continue
        top, bottom = min(e["top"] for e in group), max(e["top"] for e in group)
        if not any(e["orientation"] == "v" and top - 3 <= e["top"] and e["bottom"] <= bottom + 3 for e in edges):
            continue                                            # lines alone are no grid: the blanks make the columns
        for x in (min(e["x0"] for e in group), max(e["x1"] for e in group)):
            made.append({"object_type": "line", "x0": x, "x1": x, "top": top, "bottom": bottom, "width": 0,
                         "height": bottom - top, "y0": page.height - bottom, "y1": page.height - top, "doctop": top,
                         "page_number": page.page_number})
    return made


def _steps(values: Iterable[float]) -> list[float]:
    """Sorted values, those closer than 3 points as one."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > 3:
            kept.append(value)
    return kept


def _at(steps: Sequence[float], value: float) -> int:
    return min(range(len(steps)), key=lambda i: abs(steps[i] - value))


def grid_of(table: Any, chars: list[dict[str, Any]], aside: list[dict[str, Any]]) -> Grid | None:
    """A ruled table with the text of its cells; None for a frame around running text, and for a drawing."""
    boxes = [tuple(map(float, box)) for box in table.cells]
    xs, ys = _steps(x for b in boxes for x in (b[0], b[2])), _steps(y for b in boxes for y in (b[1], b[3]))
    if len(xs) < 3 or len(ys) < 2:
        return None
    held: dict[tuple[int, int, int, int], tuple[float, float, float, float]] = {}
    for left, top, right, bottom in boxes:
        column, row = _at(xs, left), _at(ys, top)
        key = (row, column, max(_at(ys, bottom) - row, 1), max(_at(xs, right) - column, 1))
        held[key] = (left, top, right, bottom)
    taken = {(r, c) for row, column, rows, columns in held
             for r in range(row, row + rows) for c in range(column, column + columns)}
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            if (row, column) not in taken:                      # a cell that is not ruled on all sides
                held[row, column, 1, 1] = (xs[column], ys[row], xs[column + 1], ys[row + 1])
    here = [c for c in chars if xs[0] - 1 <= _middle(c)[0] <= xs[-1] + 1 and ys[0] - 1 <= _middle(c)[1] <= ys[-1] + 1]
    turned = [c for c in aside if xs[0] <= _middle(c)[0] <= xs[-1] and ys[0] <= _middle(c)[1] <= ys[-1]]
    cells = [GridCell(*key, _cell_text(here, turned, box), box) for key, box in sorted(held.items())]
    filled = Counter(cell.row for cell in cells if cell.text)
    if sum(count >= 2 for count in filled.values()) < min(2, len(ys) - 1):
        return None
    return Grid(x0=xs[0], top=ys[0], x1=xs[-1], bottom=ys[-1], cells=cells, edges=tuple(xs))


def _middle(char: dict[str, Any]) -> tuple[float, float]:
    return (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2


def _cell_text(chars: list[dict[str, Any]], turned: list[dict[str, Any]],
               box: tuple[float, float, float, float]) -> str:
    own = [c for c in chars if box[0] <= _middle(c)[0] < box[2] and box[1] <= _middle(c)[1] < box[3]]
    if not own:
        own = [c for c in turned if box[0] <= _middle(c)[0] < box[2] and box[1] <= _middle(c)[1] < box[3]]
        up = bool(own) and _angle(own[0]) == 1
        own.sort(key=lambda c: (round(c["x0"]) if up else -round(c["x0"]), -c["top"] if up else c["top"]))
        return "".join(c["text"] for c in own)
    return joined(" ".join(run.text for run in row) for row in rows_of(segments(_runs(own))))


def joined(lines: Iterable[str]) -> str:
    """Lines of one paragraph as one: no blank between hanzi, none where a hyphen stands, one between Latin words.

    >>> joined(["接待来信", "来访12", "8件"]), joined(["text", "layer"])
    ('接待来信来访128件', 'text layer')
    """
    out = ""
    for line in lines:
        word = out[-1:].isascii() and out[-1:].isalpha() and line[:1].isascii() and line[:1].isalpha()
        out += (" " if word else "") + line
    return out


def holds(grid: Grid, char: dict[str, Any]) -> bool:
    x, y = _middle(char)
    return grid.x0 - 1 <= x <= grid.x1 + 1 and grid.top - 1 <= y <= grid.bottom + 1


def inside(grid: Grid, other: Grid) -> bool:
    """A table in a cell of another is read as that cell's text."""
    return other.x0 - 1 <= grid.x0 and grid.x1 <= other.x1 + 1 and other.top - 1 <= grid.top \
        and grid.bottom <= other.bottom + 1 and (other.x1 - other.x0) * (other.bottom - other.top) > \
        (grid.x1 - grid.x0) * (grid.bottom - grid.top)
