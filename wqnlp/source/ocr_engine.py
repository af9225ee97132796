"""The recogniser: PP-OCRv6 through rapidocr and onnxruntime. Where lines stand on a picture, and what each character may be.

The models are files of the rapidocr wheel, named here by path, so that nothing is ever fetched. Pictures are arrays of
height × width × 3 bytes; boxes count pixels from the upper left corner.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wqnlp.errors import MissingExtra

if TYPE_CHECKING:
    from numpy import ndarray

    Picture = ndarray[Any, Any]
    Quad = ndarray[Any, Any]                 # 4 × 2: upper left, upper right, lower right, lower left

DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
HEIGHT = 48             # pixels of a line, as the recogniser was trained
STEP = 8                # pixels of a line for one answer of the recogniser
WIDEST = 3200           # pixels of a line of that height: 66 full characters, more than a page has
BATCH = 12_000          # pixels of width recognised at once
LONG_SIDE = 1216        # pixels to which a page is made smaller before lines are looked for: 1600 finds no more
UNSEEN = 0.02           # a character that was passed over is told from this probability on
THREADS = "WQNLP_OCR_THREADS"


class Char(NamedTuple):
    """A recognised character: how sure it is, what else it may be and how likely, where its middle stands in the line.

    `missed` is what may stand between it and the character before, and was taken for nothing.
    """

    text: str
    confidence: float
    other: str = ""
    share: float = 0.0
    at: float = 0.0                      # of the width of the line
    missed: str = ""
    missed_share: float = 0.0


class Engine:
    """The two models, loaded once; `engine` holds the only one of a process."""

    def __init__(self, threads: int) -> None:
        folder, (rapidocr, onnxruntime) = _installed()
        self._find = rapidocr.RapidOCR(params={
            "Global.use_cls": False, "Global.use_rec": False, "Global.log_level": "error",
            "Global.max_side_len": LONG_SIDE, "Global.model_root_dir": str(folder),
            "Det.model_path": str(folder / DETECTOR), "EngineConfig.onnxruntime.intra_op_num_threads": threads})
        how = onnxruntime.SessionOptions()
        how.intra_op_num_threads, how.inter_op_num_threads, how.log_severity_level = threads, 1, 4
        how.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(str(folder / RECOGNISER), how, providers=["CPUExecutionProvider"])
        signs = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._signs = ["", *signs, " "]                         # the first is the blank between two characters

    def lines(self, picture: Picture) -> list[Quad]:
        """Where lines of text stand, in no order."""
        found = self._find(picture, use_det=True, use_cls=False, use_rec=False).boxes
        return [] if found is None else list(found)

    def read(self, picture: Picture, quads: Sequence[Quad]) -> list[list[Char]]:
        """The characters of each line; none where there is nothing to read."""
        cut = [_cut(picture, quad) for quad in quads]
        read: list[list[Char]] = [[] for _ in cut]
        batch: list[int] = []
        for index in sorted(range(len(cut)), key=lambda i: cut[i].shape[1]):
            if batch and cut[index].shape[1] * (len(batch) + 1) > BATCH:
                self._batch(cut, batch, read)
                batch = []
            batch.append(index)
        if batch:
            self._batch(cut, batch, read)
        return read

    def _batch(self, cut: Sequence[Picture], batch: Sequence[int], read: list[list[Char]]) -> None:
        import numpy as np

        wide = max(320, *(cut[index].shape[1] for index in batch))
        held = np.zeros((len(batch), 3, HEIGHT, wide), np.float32)
        for row, index in enumerate(batch):
            held[row, :, :, :cut[index].shape[1]] = cut[index].transpose(2, 0, 1) / np.float32(127.5) - 1
        answers = self._session.run(None, {self._session.get_inputs()[0].name: held})[0]
        for row, index in enumerate(batch):
            read[index] = self._decode(answers[row], wide / cut[index].shape[1])

    def _decode(self, answer: Picture, stretch: float) -> list[Char]:
        """The characters of one line. An answer has a row of probabilities every few pixels; a character may hold
        several rows, and blanks stand between two of the same."""
        import numpy as np

        best = answer.argmax(1)
        found: list[Char] = []
        missed, start = ("", 0.0), 0
        for end in [*(np.flatnonzero(np.diff(best)) + 1), len(best)]:
            rows, sign = answer[start:end], int(best[start])
            peak = rows[int(rows[:, sign].argmax())]
            if sign:
                order = np.argpartition(peak, -3)[-3:]
                other = max((int(o) for o in order if o not in (sign, 0)), key=lambda o: peak[o], default=0)
                at = (start + end) / 2 / len(best) * stretch
                if self._signs[sign].strip():
                    found.append(Char(self._signs[sign], float(peak[sign]), self._signs[other], float(peak[other]),
                                      min(at, 1.0), *missed))
                missed = ("", 0.0)
            else:
                missed = self._passed_over(rows, missed, best, start, end)
            start = end
        return found

    def _passed_over(self, rows: Picture, missed: tuple[str, float], best: Picture, start: int, end: int) -> tuple[str, float]:
        """The likeliest sign among blanks that is not the end or the beginning of its neighbours."""
        beside = {0, len(self._signs) - 1, *(int(best[at]) for at in (start - 1, end) if 0 <= at < len(best))}
        likely = rows.max(0).copy()
        likely[list(beside)] = 0
        top = int(likely.argmax())
        return (self._signs[top], float(likely[top])) if likely[top] > max(UNSEEN, missed[1]) else missed


def _cut(picture: Picture, quad: Quad) -> Picture:
    """A line cut out of a picture, straight and of the recogniser's height."""
    import cv2
    import numpy as np

    wide = max(math.dist(quad[0], quad[1]), math.dist(quad[3], quad[2]))
    high = max(math.dist(quad[0], quad[3]), math.dist(quad[1], quad[2]), 1.0)
    width = int(min(max(round(wide * HEIGHT / high), STEP), WIDEST))
    corners = np.array([[0, 0], [width, 0], [width, HEIGHT], [0, HEIGHT]], np.float32)
    turn = cv2.getPerspectiveTransform(quad.astype(np.float32), corners)
    flags = cv2.INTER_AREA if high > 2 * HEIGHT else cv2.INTER_CUBIC
    return cv2.warpPerspective(picture, turn, (width, HEIGHT), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def engine() -> Engine:
    """The engine of this process, for a session of the recogniser does not survive a fork.

    It uses as many threads as WQNLP_OCR_THREADS says, or one: files go to several processes by `--workers`. Raises
    `MissingExtra` (E51) where the extra `ocr` is not installed.
    """
    return _engine(os.getpid())


@cache
def _engine(_process: int) -> Engine:
    told = os.environ.get(THREADS, "")
    return Engine(int(told) if told.isdecimal() and int(told) else 1)


def _installed() -> tuple[Path, tuple[Any, Any]]:
    """The folder of the models, and the two packages."""
    try:
        import onnxruntime
        import rapidocr
    except ImportError as error:
        raise MissingExtra("E51", "ocr", "scans and images need an optional package that is not installed",
                           "pip install 'wqnlp[ocr]'") from error
    folder = Path(rapidocr.__file__).parent / "models"
    lacking = [name for name in (DETECTOR, RECOGNISER) if not (folder / name).is_file()]
    if lacking:
        raise MissingExtra("E51", "ocr", f"rapidocr came without its model {lacking[0]}", "pip install 'wqnlp[ocr]' "
                           "(rapidocr 3.10)")
    return folder, (rapidocr, onnxruntime)
