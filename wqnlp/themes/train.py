"""Train the theme model from the labelled rows of the repository: `python -m wqnlp.themes.train`.

Rows are the activities of tests/gold/dev and the written examples of models/themes/rows.tsv. Deterministic:
the same rows give the same weights. The card's scores are cross-validated, each dev summary left out once.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wqnlp import vocab
from wqnlp.errors import DataError
from wqnlp.themes.activities import FLOOR
from wqnlp.themes.model import FOLDER, SIZES, ThemeClassifier, grams
from wqnlp.themes.rules import SIGNALS, by_rules, signals

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "tests" / "gold"
SEEN = 3                     # an n-gram must stand in so many rows
C_GRAMS, C_POOLED = 4.0, 1.0
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5)


class Row(NamedTuple):
    """One labelled unit of work. Rows of one group are never split between training and testing."""

    group: str
    text: str
    themes: frozenset[str]


def gold_rows(folder: Path) -> list[Row]:
    """The activities of a gold folder."""
    path = folder / "gold" / "activities.jsonl"
    if not path.is_file():
        raise DataError("E41", str(path), "the training rows are missing", "train in a checkout of the repository")
    lines = path.read_text("utf-8").splitlines()
    return [Row(row["doc_id"], row["text"], frozenset(row["themes"])) for row in map(json.loads, lines)]


def written_rows(path: Path) -> list[Row]:
    """The written examples: themes, a tab, a unit of work."""
    rows = []
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        themes, _, text = line.partition("\t")
        rows.append(Row(f"written-{number}", text, frozenset(themes.split(","))))
    return rows


def fit(rows: Sequence[Row], threshold: float = 0.4) -> ThemeClassifier:
    """Both layers of the model; the second is fitted on logits that the first gave for rows it had not seen."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    logits = np.zeros((len(rows), len(vocab.codes("themes"))))
    folds = GroupKFold(5).split(rows, groups=[row.group for row in rows])
    for seen, unseen in folds:
        first = _first_layer([rows[i] for i in seen])
        for i in unseen:
            logits[i] = first.logits(rows[i].text)
    inputs, labels = [], []
    for row, given in zip(rows, logits, strict=True):
        for (theme, values), logit in zip(signals(row.text).items(), given, strict=True):
            inputs.append((*values, logit))
            labels.append(theme in row.themes)
    pooled = LogisticRegression(C=C_POOLED, max_iter=1000).fit(np.array(inputs), np.array(labels))
    first = _first_layer(rows)
    return ThemeClassifier(first.vocabulary, first.weights, first.intercepts,
                           tuple(float(x) for x in pooled.coef_[0]), float(pooled.intercept_[0]), threshold)


def _first_layer(rows: Sequence[Row]) -> ThemeClassifier:
    """One logistic regression over n-grams for each theme."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    sets = [grams(row.text) for row in rows]
    counts = Counter(gram for one in sets for gram in one)
    vocabulary = {gram: i for i, gram in enumerate(sorted(g for g, n in counts.items() if n >= SEEN))}
    matrix = np.zeros((len(rows), len(vocabulary)))
    for i, one in enumerate(sets):
        known = [vocabulary[gram] for gram in one if gram in vocabulary]
        matrix[i, known] = 1.0 / np.sqrt(max(1, len(known)))
    weights, intercepts = [], []
    for theme in vocab.codes("themes"):
        labels = np.array([theme in row.themes for row in rows])
        if not labels.any():
            weights.append(np.zeros(len(vocabulary)))
            intercepts.append(-5.0)
            continue
        model = LogisticRegression(C=C_GRAMS, max_iter=2000).fit(matrix, labels)
        weights.append(model.coef_[0])
        intercepts.append(float(model.intercept_[0]))
    return ThemeClassifier(vocabulary, np.round(np.array(weights).T, 4), np.round(np.array(intercepts), 4),
                           (), 0.0, 0.5)


def chosen(scores: dict[str, float], threshold: float) -> set[str]:
    """The themes that `activities` would name for these scores."""
    best = max(scores, key=lambda code: scores[code])
    over = {code for code, score in scores.items() if score >= threshold}
    return over or ({best} if scores[best] >= FLOOR else set())


def f1(pairs: Sequence[tuple[frozenset[str], set[str]]]) -> dict[str, float]:
    """Micro and macro F1 of (gold, found) sets, macro over the themes that gold has."""
    hits, gold, found = Counter[str](), Counter[str](), Counter[str]()
    for wanted, given in pairs:
        hits.update(wanted & given)
        gold.update(wanted)
        found.update(given)
    each = {code: 2 * hits[code] / (gold[code] + found[code]) for code in gold}
    return {"micro": 2 * sum(hits.values()) / max(1, sum(gold.values()) + sum(found.values())),
            "macro": sum(each.values()) / max(1, len(each)), **each}


def cross_validate(dev: Sequence[Row], more: Sequence[Row]) -> list[tuple[Row, dict[str, float]]]:
    """Each dev row with the scores of a model that did not see its summary."""
    found = []
    for group in sorted({row.group for row in dev}):
        model = fit([row for row in dev if row.group != group] + list(more))
        found += [(row, model.scores(row.text)) for row in dev if row.group == group]
    return found


def calibration(scored: Sequence[tuple[Row, dict[str, float]]]) -> float:
    """Expected calibration error over ten bins of probability, themes pooled."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for row, scores in scored:
        for code, score in scores.items():
            bins[min(9, int(score * 10))].append((score, code in row.themes))
    total = sum(map(len, bins))
    return sum(abs(sum(s for s, _ in one) - sum(r for _, r in one)) for one in bins) / total


def save(model: ThemeClassifier, rows: Sequence[Row], threshold: float, folder: Path) -> None:
    """Write weights.npz (arrays only) and config.json."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    grams_in_order = sorted(model.vocabulary, key=lambda gram: model.vocabulary[gram])
    np.savez(folder / "weights.npz", vocabulary=np.array(grams_in_order), weights=model.weights.astype("float32"),
             intercepts=model.intercepts, pooled=np.array(model.pooled),
             pooled_intercept=np.array(model.pooled_intercept))
    told = "\n".join(f"{','.join(sorted(row.themes))}\t{row.text}" for row in rows)
    config: dict[str, Any] = {
        "version": 1, "themes": list(vocab.codes("themes")), "signals": list(SIGNALS), "gram_sizes": list(SIZES),
        "c_grams": C_GRAMS, "c_pooled": C_POOLED, "seen": SEEN, "threshold": threshold, "rows": len(rows),
        "rows_sha256": hashlib.sha256(told.encode()).hexdigest(),
        "weights_sha256": hashlib.sha256((folder / "weights.npz").read_bytes()).hexdigest()}
    (folder / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", "utf-8")


def main(folder: Path = FOLDER) -> dict[str, float]:
    """Cross-validate, fit on all rows, write the folder and its card; the cross-validated scores."""
    from wqnlp.themes.card import card

    dev, written = gold_rows(GOLD / "dev"), written_rows(FOLDER / "rows.tsv")
    scored = cross_validate(dev, written)
    by_threshold = {t: f1([(row.themes, chosen(scores, t)) for row, scores in scored]) for t in THRESHOLDS}
    threshold = max(THRESHOLDS, key=lambda t: (round(by_threshold[t]["micro"], 3), t))
    model = fit([*dev, *written], threshold)
    save(model, [*dev, *written], threshold, folder)
    own = gold_rows(GOLD / "own") if (GOLD / "own" / "gold").is_dir() else []
    held_out = f1([(row.themes, chosen(model.scores(row.text), threshold)) for row in own])
    rules = f1([(row.themes, chosen(by_rules(row.text), 0.5)) for row in own or dev])
    text = card(by_threshold[threshold], held_out if own else {}, rules, threshold=threshold,
                rows=(len(dev), len(written)), error=calibration(scored))
    (folder / "card.md").write_text(text, "utf-8")
    return by_threshold[threshold]


if __name__ == "__main__":
    main()
