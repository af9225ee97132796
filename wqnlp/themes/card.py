"""The card of the theme model, written by training so that it cannot disagree with the weights beside it."""

from __future__ import annotations

import json
from pathlib import Path

from wqnlp import vocab
from wqnlp.themes.measure import Scored, calibration, f1_at

HEAD = """# themes: what a unit of work is about

Serves `wqnlp.themes.activities`. Rebuild with `wqnlp train themes` (or `python -m wqnlp.themes.train`).

- **Data**: {dev} activities of the summaries in tests/gold/dev, and {written} units written for training
  (corpus/training, see its card). The other gold folders are never trained or tuned on.
- **Method**: for each theme a logistic regression over the hanzi 2- and 3-grams and the jieba words of a unit; then one
  logistic regression, shared by all themes, over that logit, its distance from the highest, and the rule signals
  (seed words in the unit and in its opening clause, from `wqnlp/data/themes.yaml`). The second layer is fitted on
  documents the first had not seen, and so calibrates it. A theme is named from a probability of {threshold} on.
- **Threshold**: the one with the highest mean of micro F1 on dev and on the written units, cross-validated.
- **Files**: `weights.npz` holds arrays only and is read with `allow_pickle=False`; `config.json` has the parameters
  and the SHA-256 of the training rows and of the weights. Running needs numpy alone.
- **Limits**: offender_support, culture_sports and family_education have two or three dev examples each; their dev rows
  say little. Seed words were written with the dev summaries at hand, so the dev figures flatter. The written units are
  harder than summaries: shorter, in many voices, with hard negatives, and outside any summary. Paragraphs that mix
  many kinds of work are named by their one or two main ones.
- **Without this folder**, or where its files do not fit the package, themes are found by the seed words alone, with a
  warning in the log; the scores are then no probabilities.

All cross-validated figures: five folds, every document wholly on one side.
"""

NAMES = {"linear": "linear (the default)", "spacy": "spaCy (jieba, tok2vec, text categoriser)", "blend": "mean of both",
         "tfidf": "baseline: TF-IDF, logistic regression", "labels": "label model over the labelling rules",
         "seeds": "keyword matching (seed words)"}
MEASURES = ("dev micro", "dev macro", "dev ece", "written micro", "written macro", "written ece")


def card(scored: Scored, held_out: Scored, dev: int, threshold: float, folder: Path) -> str:
    """The text of card.md, from the cross-validated scores (dev rows first) and those of a gold never trained on."""
    columns = [scored[:dev], scored[dev:], held_out]
    counts = [len(rows) for rows in columns]
    lines = [HEAD.format(dev=counts[0], written=counts[1], threshold=threshold),
             "\n| | dev | written units | held out (tests/gold/own) |\n|---|---|---|---|\n"]
    scores = [f1_at(rows, threshold) for rows in columns]
    for name in ("micro", "macro", *vocab.codes("themes")):
        cells = " | ".join(f"{one[name]:.3f}" if name in one else "–" for one in scores)
        lines.append(f"| {name} F1 | {cells} |\n")
    errors = " | ".join(f"{calibration(rows):.3f}" if rows else "–" for rows in columns)
    lines.append(f"| expected calibration error | {errors} |\n")
    lines.append("\nCalibration is over all pairs of unit and theme, most of them plain noes.\n")
    return "".join(lines) + _compared(folder / "comparison.json")


def _compared(path: Path) -> str:
    """The table of `wqnlp.themes.compare`, where it was made."""
    if not path.is_file():
        return ""
    table = json.loads(path.read_text("utf-8"))
    lines = ["\n## Beside other models\n\nMade by `wqnlp evaluate themes --with-spacy`; each with its own best threshold. "
             "Behind linear: micro F1 over all rows,\n95 % interval of a paired bootstrap of whole documents.\n\n",
             f"| | {' | '.join(MEASURES)} | behind linear |\n|---|{'---|' * (len(MEASURES) + 1)}\n"]
    lines += [f"| {NAMES[name]} | {' | '.join(f'{row[key]:.3f}' for key in MEASURES)} | "
              f"{row['behind low']:+.3f} to {row['behind high']:+.3f} |\n" for name, row in table.items()]
    return "".join(lines) + VERDICT


VERDICT = """
In micro F1 the linear model is level with spaCy or better on dev and clearly better on the written units; dev macro goes
the other way, on themes that have two or three units there. The mean of both is the best of all by a point or two, but
would make every run load spaCy and jieba and read several times slower, so the linear model is the default.
"""
