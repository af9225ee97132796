"""The theme classifier: rule signals and character n-grams, weighed by a small linear model.

For each theme a logistic regression over the 2- and 3-grams of hanzi gives a logit; a second, shared by all
themes, weighs that logit with the rule signals and gives the probability. Shared weights are what lets themes
with a handful of examples profit from the others. Trained by `wqnlp.themes.train`; running needs numpy alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from wqnlp import vocab
from wqnlp.errors import DataError
from wqnlp.themes.rules import SIGNALS, by_rules, signals

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = Path(__file__).parents[2] / "models" / "themes"
SIZES = (2, 3)
_HANZI = re.compile(r"[\u4e00-\u9fff]{2,}")
TODO = "restore models/themes from the repository, or rebuild it with: python -m wqnlp.themes.train"


def grams(text: str) -> set[str]:
    """The 2- and 3-grams of the runs of hanzi in a text.

    >>> sorted(grams("维权站3个，站点"))
    ['权站', '站点', '维权', '维权站']
    """
    return {run[i:i + size] for run in _HANZI.findall(text) for size in SIZES for i in range(len(run) - size + 1)}


class Scorer(Protocol):
    """Gives each theme a score from 0 to 1; a theme is named from `threshold` on."""

    @property
    def method(self) -> str:
        """`model` or `rules`."""
        ...

    @property
    def threshold(self) -> float:
        """From what score a theme is named."""
        ...

    def scores(self, text: str) -> dict[str, float]:
        """Theme code to score."""
        ...


class RulesAlone:
    """What stands in when no model is installed. Its scores are no calibrated probabilities."""

    method = "rules"
    threshold = 0.5

    def scores(self, text: str) -> dict[str, float]:
        """Theme code to score by the seed words of `data/themes.yaml`."""
        return by_rules(text)


@dataclass(frozen=True, slots=True)
class ThemeClassifier:
    """The trained model, as loaded from a folder."""

    vocabulary: dict[str, int]
    weights: NDArray[Any]            # (n-grams, themes)
    intercepts: NDArray[Any]         # (themes,)
    pooled: tuple[float, ...]        # of the rule signals, in order, then of the n-gram logit
    pooled_intercept: float
    threshold: float
    method: str = "model"

    def logits(self, text: str) -> list[float]:
        """The n-gram logit of each theme, in taxonomy order."""
        rows = [row for row in map(self.vocabulary.get, grams(text)) if row is not None]
        if not rows:
            return [float(x) for x in self.intercepts]
        rows.sort()                                        # sums must not depend on the order of a set
        return [float(x) for x in self.weights[rows].sum(axis=0) / math.sqrt(len(rows)) + self.intercepts]

    def scores(self, text: str) -> dict[str, float]:
        """Theme code to probability."""
        found, logits = {}, self.logits(text)
        for (theme, values), logit in zip(signals(text).items(), logits, strict=True):
            raw = self.pooled_intercept + sum(w * x for w, x in zip(self.pooled, (*values, logit), strict=True))
            found[theme] = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, raw))))
        return found


def load(folder: Path = FOLDER) -> ThemeClassifier:
    """Read and check a model folder.

    Raises DataError E41 where a file is missing, its hash is not the one of config.json, or it was trained
    for other themes or signals than the package has now.
    """
    import numpy as np

    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        packed = (folder / "weights.npz").read_bytes()
    except (OSError, ValueError) as fault:
        raise DataError("E41", str(folder), f"the theme model cannot be read ({fault})", TODO) from fault
    if hashlib.sha256(packed).hexdigest() != config["weights_sha256"]:
        raise DataError("E41", str(folder), "weights.npz is not the file that config.json describes", TODO)
    if config["themes"] != list(vocab.codes("themes")) or config["signals"] != list(SIGNALS):
        raise DataError("E41", str(folder), "the model was trained for other themes or signals", TODO)
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        return ThemeClassifier(
            {str(gram): row for row, gram in enumerate(arrays["vocabulary"])}, arrays["weights"].astype("float64"),
            arrays["intercepts"], tuple(float(x) for x in arrays["pooled"]), float(arrays["pooled_intercept"]),
            float(config["threshold"]))


@cache
def classifier() -> Scorer:
    """The model of the repository; where that folder does not exist, the rules alone, and a warning says so."""
    if not FOLDER.is_dir():
        logging.getLogger("wqnlp").warning("no theme model at %s: themes are found by rules alone", FOLDER)
        return RulesAlone()
    return load(FOLDER)
