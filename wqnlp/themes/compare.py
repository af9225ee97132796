"""The models side by side, each scored on documents it did not see: linear, spaCy, their blend, and the baselines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wqnlp import vocab
from wqnlp.themes import labelling, spacy_pipeline, train
from wqnlp.themes.measure import Scored, best_threshold, calibration, chosen, f1_at
from wqnlp.themes.model import FOLDER
from wqnlp.themes.rows import FOLDS, GOLD, Row, gold_rows, written_rows
from wqnlp.themes.rules import by_rules

Table = dict[str, dict[str, float]]


def compare(with_spacy: bool = True) -> Table:
    """Name of a model to its scores, by five folds of whole documents: F1 and calibration on dev and on the written rows.

    The threshold of each is the one that serves it best (`best_threshold`). Raises DataError E41 without spaCy.
    """
    dev, written = gold_rows(GOLD / "dev"), written_rows()
    rows = [*dev, *written]
    models: dict[str, Scored] = {"linear": train.cross_validate(rows)}
    if with_spacy:
        models["spacy"] = _spacy(rows)
        models["blend"] = [(row, {code: (one[code] + other[code]) / 2 for code in one})
                           for (row, one), (_, other) in zip(models["linear"], models["spacy"], strict=True)]
    models["tfidf"] = _tfidf(rows)
    models["labels"] = _labels(rows)
    models["seeds"] = [(row, by_rules(row.text)) for row in rows]
    found = {name: _row(scored, len(dev)) for name, scored in models.items()}
    best = {name: best_threshold(scored, len(dev)) for name, scored in models.items()}
    for name, scored in models.items():
        low, high = margin((models["linear"], best["linear"]), (scored, best[name]))
        found[name] |= {"behind low": round(low, 4), "behind high": round(high, 4)}
    return found


def margin(one: tuple[Scored, float], other: tuple[Scored, float], draws: int = 2000) -> tuple[float, float]:
    """The 95 % interval of how far the second model's micro F1 lies behind the first's, over all rows.

    A paired bootstrap that draws whole documents; each model comes with its threshold. Deterministic.
    """
    import numpy as np

    groups = {name: at for at, name in enumerate(sorted({row.group for row, _ in one[0]}))}
    counts = np.zeros((2, len(groups), 2))                       # hits twice over; gold and found together
    for side, (scored, threshold) in enumerate((one, other)):
        for row, scores in scored:
            given = chosen(scores, threshold)
            counts[side, groups[row.group]] += 2 * len(given & row.themes), len(given) + len(row.themes)
    drawn = np.random.default_rng(7).integers(0, len(groups), (draws, len(groups)))
    sums = counts[:, drawn].sum(axis=2)
    gaps = sums[0, :, 0] / sums[0, :, 1] - sums[1, :, 0] / sums[1, :, 1]
    low, high = np.percentile(gaps, [2.5, 97.5])
    return float(low), float(high)


def _row(scored: Scored, dev: int) -> dict[str, float]:
    threshold = best_threshold(scored, dev)
    on_dev, on_written = f1_at(scored[:dev], threshold), f1_at(scored[dev:], threshold)
    found = {"dev micro": on_dev["micro"], "dev macro": on_dev["macro"], "dev ece": calibration(scored[:dev]),
             "written micro": on_written["micro"], "written macro": on_written["macro"],
             "written ece": calibration(scored[dev:]), "threshold": threshold}
    return {name: round(value, 4) for name, value in found.items()}


def _named(rows: Sequence[Row], values: Any) -> Scored:
    return [(row, dict(zip(vocab.codes("themes"), map(float, one), strict=True)))
            for row, one in zip(rows, values, strict=True)]


def _spacy(rows: Sequence[Row]) -> Scored:
    models = [spacy_pipeline.train([row for row in rows if row.fold != fold]) for fold in range(FOLDS)]
    return _named(rows, [spacy_pipeline.scores(models[row.fold], [row.text])[0] for row in rows])


def _labels(rows: Sequence[Row]) -> Scored:
    """The label models see no label, so that nothing need be held out."""
    texts = [row.text for row in rows]
    return _named(rows, labelling.probabilities(labelling.fit_all(texts), texts))


def _tfidf(rows: Sequence[Row]) -> Scored:
    """The ten-line baseline: TF-IDF of character 1- to 3-grams, logistic regression, one against the rest."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    labels = np.array([[code in row.themes for code in vocab.codes("themes")] for row in rows], dtype=int)
    folds, values = np.array([row.fold for row in rows]), np.zeros(labels.shape)
    texts = np.array([row.text for row in rows])
    for fold in range(FOLDS):
        model = make_pipeline(TfidfVectorizer(analyzer="char", ngram_range=(1, 3)),
                              OneVsRestClassifier(LogisticRegression(C=10.0, solver="liblinear", random_state=0)))
        model.fit(texts[folds != fold], labels[folds != fold])
        values[folds == fold] = model.predict_proba(texts[folds == fold])
    return _named(rows, values)


def write(table: Table, folder: Path = FOLDER) -> None:
    """Keep a comparison beside the model, for its card."""
    (folder / "comparison.json").write_text(json.dumps(table, indent=1) + "\n", "utf-8")


def told(what: str, with_spacy: bool = False) -> list[list[str]]:
    """Rows for the terminal: the models side by side (`themes`) or the scoreboard of the labelling rules (`rules`).

    A comparison with spaCy is kept beside the model, for its card.
    """
    if what == "rules":
        rows = [*gold_rows(GOLD / "dev"), *written_rows()]
        board = labelling.scoreboard([row.text for row in rows], [row.themes for row in rows])
        return [["rule", "speaks", "conflicts", "right"],
                *([one.name, f"{one.coverage:.3f}", f"{one.conflicts:.3f}",
                   "" if one.accuracy is None else f"{one.accuracy:.3f}"] for one in board)]
    table = compare(with_spacy)
    if with_spacy:
        write(table)
    return [["", *table["linear"]], *([name, *(f"{value:.3f}" for value in row.values())] for name, row in table.items())]
