"""The theme classifier: rule signals, character n-grams and words, weighed by a small linear model.

For each theme a logistic regression over the 2- and 3-grams of hanzi and the words gives a logit; a second, shared by
all themes, weighs that logit (and how far it lies under the highest) with the rule signals and gives the probability.
Shared weights are what lets themes with a handful of examples profit from the others. The words are those jieba found
in the training rows; at run time a lexicon finds them, which needs no dictionary load. Trained by
`wqnlp.themes.train`; running needs numpy alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from wqnlp import vocab
from wqnlp.errors import DataError
from wqnlp.grammar.lexicon import Lexicon
from wqnlp.tables import model_folder
from wqnlp.themes.rules import SIGNALS, by_rules, signals

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = model_folder("themes")
SIZES = (2, 3)
WORD = "="                               # marks a word in the vocabulary, apart from an n-gram of the same hanzi
_HANZI = re.compile(r"[\u4e00-\u9fff]{2,}")
TODO = "restore models/themes from the repository, or rebuild it with: python -m wqnlp.themes.train"


def grams(text: str) -> set[str]:
    """The 2- and 3-grams of the runs of hanzi in a text.

    >>> sorted(grams("维权站3个，站点"))
    ['权站', '站点', '维权', '维权站']
    """
    found: set[str] = set()
    for run in _HANZI.findall(text):
        pairs = list(map(add, run, run[1:]))
        found.update(pairs, map(add, pairs, run[2:]))
    return found


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

    def scores_of(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """The same of several texts."""
        ...


class RulesAlone:
    """What stands in when no model is installed. Its scores are no calibrated probabilities."""

    method = "rules"
    threshold = 0.5

    def scores(self, text: str) -> dict[str, float]:
        """Theme code to score by the seed words of `data/themes.yaml`."""
        return by_rules(text)

    def scores_of(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """The same of several texts."""
        return [by_rules(text) for text in texts]


@dataclass(frozen=True, slots=True)
class ThemeClassifier:
    """The trained model, as loaded from a folder."""

    vocabulary: dict[str, int]       # n-gram to its row
    words: Lexicon[int]              # word to its row
    weights: NDArray[Any]            # (n-grams and words, themes)
    intercepts: NDArray[Any]         # (themes,)
    pooled: tuple[float, ...]        # of the rule signals, in order, then of the two logits
    pooled_intercept: float
    threshold: float
    method: str = "model"

    def logits(self, text: str) -> NDArray[Any]:
        """The logit of each theme by n-grams and words alone, in taxonomy order."""
        known = {row for row in map(self.vocabulary.get, grams(text)) if row is not None}
        known.update(self.words.said(text).values())
        if not known:
            return self.intercepts
        rows = sorted(known)                                      # sums must not depend on the order of a set
        found: NDArray[Any] = self.weights[rows].sum(axis=0) / math.sqrt(len(rows)) + self.intercepts
        return found

    def scores(self, text: str) -> dict[str, float]:
        """Theme code to probability."""
        return self.scores_of([text])[0]

    def scores_of(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Theme code to probability, for each of some texts."""
        import numpy as np

        said = [signals(text) for text in texts]
        logits = np.array([self.logits(text) for text in texts])
        inputs = np.array([list(one.values()) for one in said])
        known = np.dstack([logits, logits - logits.max(axis=1, keepdims=True)])
        raw = np.concatenate([inputs, known], axis=2) @ np.array(self.pooled) + self.pooled_intercept
        shares = 1.0 / (1.0 + np.exp(-np.clip(raw, -30.0, 30.0)))
        return [dict(zip(one, row, strict=True)) for one, row in zip(said, shares.tolist(), strict=True)]


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
    if hashlib.sha256(packed).hexdigest() != config.get("weights_sha256"):
        raise DataError("E41", str(folder), "weights.npz is not the file that config.json describes", TODO)
    if config.get("themes") != list(vocab.codes("themes")) or config.get("signals") != list(SIGNALS):
        raise DataError("E41", str(folder), "the model was trained for other themes or signals", TODO)
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        return ThemeClassifier(
            *split(str(entry) for entry in arrays["vocabulary"]), arrays["weights"].astype("float64"),
            arrays["intercepts"], tuple(float(x) for x in arrays["pooled"]), float(arrays["pooled_intercept"]),
            float(config["threshold"]))


def split(entries: Iterable[str]) -> tuple[dict[str, int], Lexicon[int]]:
    """Vocabulary entries in row order, as n-grams and as a lexicon of words.

    >>> grams_, words = split(["维权", "=热线"])
    >>> grams_, len(words)
    ({'维权': 0}, 1)
    """
    rows = {entry: row for row, entry in enumerate(entries)}
    return ({entry: row for entry, row in rows.items() if not entry.startswith(WORD)},
            Lexicon({entry[1:]: row for entry, row in rows.items() if entry.startswith(WORD)}))


@cache
def classifier() -> Scorer:
    """The installed model; where it is missing or does not fit, the rules alone, and one warning a process says so.

    A model that cannot be used must not cost a file its figures, so this never raises for it.
    """
    log = logging.getLogger("wqnlp")
    if not FOLDER.is_dir():
        log.warning("no theme model at %s: themes are found by rules alone", FOLDER)
        return RulesAlone()
    try:
        return load(FOLDER)
    except DataError as fault:
        log.warning("%s; until then themes are found by rules alone", fault)
        return RulesAlone()
