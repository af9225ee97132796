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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import add
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
KINDS = {"o": 1.0, "a": 1.0, "l": 1.0, "u": 2.0, "r": 0.5, "i": 0.5, "p": 1.0, "end": 1.0, "head": 1.0}
"""Kinds of feature and their weights: the unit and the rules' guess, beside an n-gram's 1."""


def is_guess(reading: Reading, context: Context) -> bool:
    """Whether the rules have only guessed what a count of things or people is."""
    return context.quantity.kind in ("count", "people") and (reading.trust < SURE or reading.rule in GUESSES)


def features(context: Context, reading: Reading, before: str) -> dict[str, float]:
    """Name to weight: n-grams of its own words, the words after it and before, unit, the rules' guess, the figure before."""
    return {f"{kind}:{name}": KINDS[kind] for kind, names in _said(context, reading, before) for name in names}


def _said(context: Context, reading: Reading, before: str) -> tuple[tuple[str, Iterable[str]], ...]:
    """The features by kind: names, each once."""
    own, after = context.own, context.after
    return (("o", _grams(own[-12:], 3)), ("a", _grams(after[:8], 3)), ("l", _grams(context.lead[-20:], 2)),
            ("u", (str(context.quantity.unit),)), ("r", (reading.measure,)), ("i", (reading.rule,)),
            ("p", (before,)), ("end", (own[-3:],)), ("head", (after[:3],)))


def _grams(text: str, longest: int) -> Iterable[str]:
    """The n-grams of a text up to two or three characters, each once."""
    pairs = list(map(add, text, text[1:]))
    return dict.fromkeys((*text, *pairs, *map(add, pairs, text[2:])) if longest == 3 else (*text, *pairs))


@dataclass(frozen=True, slots=True)
class MeasureModel:
    """The trained model: features by measures."""

    vocabulary: dict[str, dict[str, int]]        # of each kind of feature, names and their rows
    weights: NDArray[Any]            # (features, measures), times those of the kinds; the first row is the intercepts
    measures: tuple[str, ...]

    def shares(self, asked: Sequence[tuple[Context, Reading, str]]) -> NDArray[Any]:
        """The probability of each measure for each figure (figures, measures), all in one sum; each figure's add up to 1.

        A figure is asked by its context, the rules' reading, and their measure of the figure before.
        """
        import numpy as np

        known = {kind: names.get for kind, names in self.vocabulary.items()}
        rows, starts = list[int](), list[int]()
        for one in asked:
            starts.append(len(rows))
            rows.append(0)
            for kind, names in _said(*one):
                rows.extend(filter(None, map(known[kind], names)))
        logits = np.add.reduceat(self.weights[rows].astype("float64"), starts)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        found: NDArray[Any] = powers / powers.sum(axis=1, keepdims=True)
        return found

    def best(self, asked: Sequence[tuple[Context, Reading, str]]) -> list[tuple[str, float]]:
        """The likeliest measure of each figure, and its probability."""
        shares = self.shares(asked)
        return [(self.measures[k], float(shares[at, k])) for at, k in enumerate(shares.argmax(axis=1))]


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
        vocabulary: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
        weights = np.vstack([arrays["intercepts"], arrays["weights"]])
        for row, entry in enumerate(arrays["vocabulary"].tolist(), 1):
            kind, _, name = entry.partition(":")
            vocabulary[kind][name] = row
            weights[row] *= KINDS[kind]
        return MeasureModel(vocabulary, weights, tuple(config["measures"]))


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
    asked = [at for at, view in enumerate(views) if view.quantity.kind in ("count", "people")
             and readings[at].measure not in NEVER and readings[at].rule != "list"]      # what a list is of, its other figures say, too
    trained = model() if asked else None
    if trained is None:
        return list(readings)
    told = trained.best([(views[at], readings[at], readings[at - 1].measure if at else "") for at in asked])
    looks = list(readings)
    for at, (best, sure) in zip(asked, told, strict=True):
        reading = readings[at]
        if best == "organisations" and "people" in groups(views[at].quantity.unit, views[at].after[:8]):
            continue                                 # 9个派出所长 are no bodies
        if best in NEVER or (best == reading.measure and not is_guess(reading, views[at])):
            continue
        if is_guess(reading, views[at]):
            if sure >= LIKELY:
                looks[at] = Reading(best, f"model after {reading.rule}", min(max(sure, 0.4), 0.9))
        elif sure >= OVERRULES:
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
