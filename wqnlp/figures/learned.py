"""What a figure counts where no rule speaks, or one speaks against all that stands around it.

A linear model over the words around it, with the rules' guess among them.

Rules are right nearly always where a verb or a noun they know stands by the number; where none does, the unit alone is
a poor guess, and a multinomial logistic regression over character n-grams does better (models/measures/card.md has the
figures). Trained by `python -m wqnlp.figures.train`; running needs numpy alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wqnlp import vocab
from wqnlp.errors import DataError
from wqnlp.figures.context import Context
from wqnlp.figures.measure import Reading, groups
from wqnlp.tables import model_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = model_folder("measures")
TODO = "restore models/measures from the repository, or rebuild it with: python -m wqnlp.figures.train"
GUESSES = {"bodies.courts"}
"""Rules that speak of anything of their unit: hardly better than the unit alone."""
SURE = 0.85                          # a reading trusted less than this is a guess
LIKELY = 0.5                         # from this probability on the model's word is taken for a guess
OVERRULES = 0.8                      # and against a rule: on unseen sets it was then right 11 times and the rule 4 of 17
OVERRULED = 0.7                      # trust in such a reading
NEVER = frozenset({"change", "share", "resolution_rate", "satisfaction_rate"})       # told by unit and verb alone
UNIT, RULE = 2.0, 0.5                # weights of the unit and of the rules' guess beside an n-gram's 1


def is_guess(reading: Reading, context: Context) -> bool:
    """Whether the rules have only guessed what a count of things or people is."""
    return context.quantity.kind in ("count", "people") and (reading.trust < SURE or reading.rule in GUESSES)


def features(context: Context, reading: Reading, before: str) -> dict[str, float]:
    """Name to weight: n-grams of its own words, the words after it and before, unit, the rules' guess, the figure before."""
    found: dict[str, float] = {}
    for name, text, longest in (("o", context.own[-12:], 3), ("a", context.after[:8], 3), ("l", context.lead[-20:], 2)):
        found |= {f"{name}:{text[i:i + size]}": 1.0 for size in range(1, longest + 1) for i in range(len(text) - size + 1)}
    return found | {f"u:{context.quantity.unit}": UNIT, f"r:{reading.measure}": RULE, f"i:{reading.rule}": RULE,
                    f"p:{before}": 1.0, f"end:{context.own[-3:]}": 1.0, f"head:{context.after[:3]}": 1.0}


@dataclass(frozen=True, slots=True)
class MeasureModel:
    """The trained model: features by measures."""

    vocabulary: dict[str, int]
    weights: NDArray[Any]            # (features, measures)
    intercepts: NDArray[Any]         # (measures,)
    measures: tuple[str, ...]

    def best(self, told: Sequence[dict[str, float]]) -> list[tuple[str, float]]:
        """Of each figure's features the likeliest measure and its probability, all figures in one product."""
        import numpy as np

        logits = np.tile(self.intercepts, (len(told), 1))
        for at, one in enumerate(told):
            pairs = [(row, weight) for name, weight in one.items() if (row := self.vocabulary.get(name)) is not None]
            if pairs:
                rows, values = zip(*pairs, strict=True)
                logits[at] += np.asarray(values) @ self.weights[list(rows)]
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        return [(self.measures[k], float(shares[at, k])) for at, k in enumerate(shares.argmax(axis=1))]

    def probabilities(self, told: dict[str, float]) -> dict[str, float]:
        """Measure to probability; they sum to 1."""
        import numpy as np

        pairs = sorted((row, weight) for name, weight in told.items() if (row := self.vocabulary.get(name)) is not None)
        logits = self.intercepts.copy()
        if pairs:
            rows, values = zip(*pairs, strict=True)
            logits = logits + np.asarray(values) @ self.weights[list(rows)]
        powers = np.exp(logits - logits.max())
        return dict(zip(self.measures, (powers / powers.sum()).tolist(), strict=True))


def load(folder: Path = FOLDER) -> MeasureModel:
    """Read and check a model folder; E41 where it is damaged or was trained for another vocabulary."""
    import numpy as np

    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        packed = (folder / "weights.npz").read_bytes()
    except (OSError, ValueError) as fault:
        raise DataError("E41", str(folder), f"the model of measures cannot be read ({fault})", TODO) from fault
    if hashlib.sha256(packed).hexdigest() != config["weights_sha256"]:
        raise DataError("E41", str(folder), "weights.npz is not the file that config.json describes", TODO)
    if not set(config["measures"]) <= set(vocab.codes("measures")):
        raise DataError("E41", str(folder), "the model was trained for other measures", TODO)
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        return MeasureModel({str(name): row for row, name in enumerate(arrays["vocabulary"])},
                            arrays["weights"].astype("float64"), arrays["intercepts"].astype("float64"),
                            tuple(config["measures"]))


@cache
def model() -> MeasureModel | None:
    """The model of the repository, or None (and a warning, once) where the folder is not there."""
    if not FOLDER.is_dir():
        logging.getLogger("wqnlp").warning("no model at %s: where no rule speaks, a figure counts what its unit mostly does",
                                           FOLDER)
        return None
    return load(FOLDER)


def second_looks(readings: Sequence[Reading], views: Sequence[Context]) -> list[Reading]:
    """The readings, or the model's: where the rules have only guessed and it is surer, and where it is as good as sure
    that a rule is wrong. The rules' measure of the figure before is one of its features."""
    asked = [at for at, view in enumerate(views) if view.quantity.kind in ("count", "people") and readings[at].measure not in NEVER]
    trained = model() if asked else None
    if trained is None:
        return list(readings)
    told = [features(views[at], readings[at], readings[at - 1].measure if at else "") for at in asked]
    looks = list(readings)
    for at, (best, sure) in zip(asked, trained.best(told), strict=True):
        reading = readings[at]
        if best == "organisations" and "people" in groups(views[at].quantity.unit, views[at].after[:8]):
            continue                                 # 9个派出所长 are no bodies
        if best in NEVER or (best == reading.measure and not is_guess(reading, views[at])):
            continue
        if is_guess(reading, views[at]):
            if sure >= LIKELY:
                looks[at] = Reading(best, f"model after {reading.rule}", min(max(sure, 0.4), 0.9))
        elif sure >= OVERRULES and reading.rule != "list":         # what a list is of, its other figures say, too
            looks[at] = Reading(best, f"model against {reading.rule}", OVERRULED)
    _along(looks, readings, views)
    return looks


def _along(looks: list[Reading], readings: Sequence[Reading], views: Sequence[Context]) -> None:
    """A list goes with the figure it began with: where the model has read that anew, the rest of the list, too."""
    for at in range(1, len(looks)):
        last, here = views[at - 1], views[at]
        if readings[at].rule == "list" and last.sentence == here.sentence and last.quantity.unit == here.quantity.unit \
                and looks[at - 1].measure != readings[at - 1].measure == readings[at].measure:
            looks[at] = Reading(looks[at - 1].measure, "list", readings[at].trust)
