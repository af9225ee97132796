"""Train the theme model from the labelled rows of the repository: `python -m wqnlp.themes.train`.

Rows are the activities of tests/gold/dev and the units written for training in corpus/training. Deterministic: the
same rows give the same weights. Scores are cross-validated: five folds of whole documents, threshold chosen there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wqnlp import vocab
from wqnlp.themes.measure import best_threshold, f1_at
from wqnlp.themes.model import FOLDER, SIZES, WORD, ThemeClassifier, grams, split
from wqnlp.themes.rows import FOLDS, GOLD, Row, gold_rows, told, written_rows
from wqnlp.themes.rules import SIGNALS, signals

SEEN = 2                     # an n-gram or word must stand in so many rows
C_GRAMS, C_POOLED = 8.0, 1.0


def words(text: str) -> set[str]:
    """The words of two hanzi and more that jieba finds in a text.

    >>> sorted(words("走访慰问困难妇女"))
    ['困难', '妇女', '慰问', '走访']
    """
    import jieba

    jieba.setLogLevel(60)
    return {word for word in jieba.cut(text) if re.fullmatch(r"[\u4e00-\u9fff]{2,}", word)}


def vocabulary(rows: Sequence[Row]) -> list[str]:
    """N-grams and words (marked) that stand in at least `SEEN` rows, in a fixed order."""
    counts = Counter(entry for row in rows for entry in (*grams(row.text), *(WORD + word for word in words(row.text))))
    return sorted(entry for entry, count in counts.items() if count >= SEEN)


def fit(rows: Sequence[Row], threshold: float = 0.5) -> ThemeClassifier:
    """Both layers of the model; the second is fitted on logits that the first gave for documents it had not seen."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    logits = np.zeros((len(rows), len(vocab.codes("themes"))))
    for seen, unseen in GroupKFold(FOLDS).split(rows, groups=[row.group for row in rows]):
        first = _first_layer([rows[i] for i in seen])
        for i in unseen:
            logits[i] = first.logits(rows[i].text)
    inputs, labels = [], []
    for row, given in zip(rows, logits, strict=True):
        for (theme, values), logit in zip(signals(row.text).items(), given, strict=True):
            inputs.append((*values, logit, logit - given.max()))
            labels.append(theme in row.themes)
    pooled = LogisticRegression(C=C_POOLED, max_iter=1000).fit(np.array(inputs), np.array(labels))
    first = _first_layer(rows)
    return ThemeClassifier(first.vocabulary, first.words, first.weights, first.intercepts,
                           tuple(float(x) for x in pooled.coef_[0]), float(pooled.intercept_[0]), threshold)


def _first_layer(rows: Sequence[Row]) -> ThemeClassifier:
    """One logistic regression over n-grams and words for each theme."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    entries = vocabulary(rows)
    known, lexicon = split(entries)
    values, columns, edges = [], [], [0]
    for row in rows:
        found = {known[gram] for gram in grams(row.text) if gram in known}
        found.update(hit.value for hit in lexicon.find(row.text))
        columns += sorted(found)
        values += [1.0 / max(1, len(found)) ** 0.5] * len(found)
        edges.append(len(columns))
    matrix = csr_matrix((values, columns, edges), shape=(len(rows), len(entries)))
    weights, intercepts = [], []
    for theme in vocab.codes("themes"):
        labels = np.array([theme in row.themes for row in rows])
        if not labels.any():
            weights.append(np.zeros(len(entries)))
            intercepts.append(-5.0)
            continue
        model = LogisticRegression(C=C_GRAMS, solver="liblinear", random_state=0).fit(matrix, labels)
        weights.append(model.coef_[0])
        intercepts.append(float(model.intercept_[0]))
    return ThemeClassifier(known, lexicon, np.round(np.array(weights).T, 4), np.round(np.array(intercepts), 4),
                           (), 0.0, 0.5)


def cross_validate(rows: Sequence[Row]) -> list[tuple[Row, dict[str, float]]]:
    """Each row, in order, with the scores of a model that saw no row of its fold, and so none of its document."""
    models = [fit([row for row in rows if row.fold != fold]) for fold in range(FOLDS)]
    return [(row, models[row.fold].scores(row.text)) for row in rows]


def save(model: ThemeClassifier, rows: Sequence[Row], threshold: float, folder: Path) -> None:
    """Write weights.npz (arrays only) and config.json."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    entries = vocabulary(rows)
    np.savez_compressed(folder / "weights.npz", vocabulary=np.array(entries), weights=model.weights.astype("float32"),
                        intercepts=model.intercepts, pooled=np.array(model.pooled),
                        pooled_intercept=np.array(model.pooled_intercept))
    config: dict[str, Any] = {
        "version": 2, "themes": list(vocab.codes("themes")), "signals": list(SIGNALS), "gram_sizes": list(SIZES),
        "c_grams": C_GRAMS, "c_pooled": C_POOLED, "seen": SEEN, "threshold": threshold, "rows": len(rows),
        "rows_sha256": hashlib.sha256(told(rows).encode()).hexdigest(),
        "weights_sha256": hashlib.sha256((folder / "weights.npz").read_bytes()).hexdigest()}
    (folder / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", "utf-8")


def main(folder: Path = FOLDER) -> dict[str, float]:
    """Cross-validate, fit on all rows, write the folder and its card; the cross-validated scores on dev."""
    from wqnlp.themes.card import card

    dev, written = gold_rows(GOLD / "dev"), written_rows()
    rows = [*dev, *written]
    scored = cross_validate(rows)
    threshold = best_threshold(scored, len(dev))
    model = fit(rows, threshold)
    save(model, rows, threshold, folder)
    own = gold_rows(GOLD / "own") if (GOLD / "own" / "gold").is_dir() else []
    held_out = [(row, model.scores(row.text)) for row in own]
    (folder / "card.md").write_text(card(scored, held_out, len(dev), threshold, folder), "utf-8")
    return f1_at(scored[:len(dev)], threshold)


if __name__ == "__main__":
    main()
