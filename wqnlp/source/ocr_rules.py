"""The ruling lines of a table on a picture: found, rubbed out before they are read as characters, and made cells of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from wqnlp.source.ocr_engine import Picture, Quad

Box = tuple[float, float, float, float]
SHORTEST = 1.6          # heights of a line of text: no stroke of a character is as long
MOST = 1500             # ruling lines of a page; more are a drawing


class Rules(NamedTuple):
    """Ruling lines as left, top, right, bottom, and the cells of each table, in pixels."""

    across: list[Box]
    down: list[Box]
    tables: list[list[Box]]


NONE = Rules([], [], [])


def find(picture: Picture, size: float) -> Rules:
    """The ruling lines of an upright picture whose text is about `size` pixels high."""
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 35, 25)
    reach = max(int(SHORTEST * size), 20)
    across, down = _lines(dark, reach, True), _lines(dark, reach, False)
    if len(across) < 2 or len(down) < 2 or len(across) + len(down) > MOST:
        return NONE
    tables = _tables(across, down, size)
    return Rules(across, down, tables) if tables else NONE


def _lines(dark: Any, reach: int, across: bool) -> list[Box]:
    import cv2
    import numpy as np

    along, thick = ((reach, 1), (1, 3)) if across else ((1, reach), (3, 1))
    widened = cv2.dilate(dark, np.ones(thick[::-1], np.uint8))     # a line that is not quite straight
    kept = cv2.morphologyEx(widened, cv2.MORPH_OPEN, np.ones(along[::-1], np.uint8))
    joined = cv2.morphologyEx(kept, cv2.MORPH_CLOSE, np.ones((1, reach) if across else (reach, 1), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    found = []
    for left, top, wide, high, _area in stats[1:].tolist():
        long, short = (wide, high) if across else (high, wide)
        if long >= 2 * reach and short <= max(reach / 3, 8):
            found.append((float(left), float(top), float(left + wide), float(top + high)))
    return found


def _tables(across: list[Box], down: list[Box], size: float) -> list[list[Box]]:
    from pdfplumber import table

    edges = [_edge(box, "h") for box in across] + [_edge(box, "v") for box in down]
    near = size / 2
    edges = table.merge_edges(edges, near, near, near, near)
    crossings = table.edges_to_intersections(edges, near, near)
    cells = table.intersections_to_cells(crossings)
    return [[(float(x0), float(top), float(x1), float(bottom)) for x0, top, x1, bottom in one]
            for one in table.cells_to_tables(cells) if len(one) > 3]


def _edge(box: Box, orientation: str) -> dict[str, Any]:
    left, top, right, bottom = box
    if orientation == "h":
        top = bottom = (top + bottom) / 2
    else:
        left = right = (left + right) / 2
    return {"orientation": orientation, "x0": left, "x1": right, "top": top, "bottom": bottom,
            "width": right - left, "height": bottom - top, "object_type": "line"}


def erased(picture: Picture, rules: Rules) -> Picture:
    """The picture with the lines of its tables painted over, so that none is read as 1 or 一."""
    import numpy as np

    if not rules.tables:
        return picture
    made, paper = picture.copy(), np.percentile(picture[::4, ::4], 75, axis=(0, 1))
    for left, top, right, bottom in [*rules.across, *rules.down]:
        made[max(int(top) - 1, 0):int(bottom) + 2, max(int(left) - 1, 0):int(right) + 2] = paper
    return made


def parted(quads: list[Quad], rules: Rules) -> list[Quad]:
    """Lines of text cut where the side of a cell crosses them."""
    out: list[Quad] = []
    for quad in quads:
        left, right = float(quad[:, 0].min()), float(quad[:, 0].max())
        middle, high = float(quad[:, 1].mean()), float(quad[3, 1] - quad[0, 1])
        cuts = sorted((x0 + x1) / 2 for x0, top, x1, bottom in rules.down
                      if top < middle < bottom and left + 0.4 * high < (x0 + x1) / 2 < right - 0.4 * high)
        for a, b in zip([left, *cuts], [*cuts, right], strict=True):
            if b - a > 0.3 * high:
                out.append(_between(quad, (a - left) / (right - left), (b - left) / (right - left)))
    return out


def _between(quad: Quad, first: float, last: float) -> Quad:
    import numpy as np

    top, low = quad[1] - quad[0], quad[2] - quad[3]
    return np.array([quad[0] + first * top, quad[0] + last * top, quad[3] + last * low, quad[3] + first * low])
