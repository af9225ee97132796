"""Train the model of measures: `python -m wqnlp.figures.train GOLD...` (folders with texts/ and gold/figures.jsonl).

The rows are the figures of the gold, read by the pipeline as it stands; the rules' reading is a feature. Scored leaving
one gold set out, then trained on all. Writes models/measures: weights.npz (arrays only), config.json, card.md.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wqnlp import repair, source, structure
from wqnlp.figures import find
from wqnlp.figures.learned import FOLDER, LIKELY, NEVER, OVERRULES, features, is_guess
from wqnlp.figures.tell import readings

LEAST = 2                            # a feature of one row alone teaches that row, not the next
STRENGTH = 5.0                       # C of the regression; chosen, with the weights in `learned`, by leaving sets out
ROUNDS = 3000


class Row(NamedTuple):
    """A figure of the gold as the model sees it."""

    told: dict[str, float]
    rules: str
    gold: str
    guess: bool
    counted: bool


def rows(folder: Path) -> list[Row]:
    """The figures of a gold set that the pipeline finds."""
    gold = {}
    for line in (folder / "gold" / "figures.jsonl").read_text("utf-8").splitlines():
        figure = json.loads(line)
        gold[figure["doc_id"], figure["start"], figure["end"]] = str(figure["measure"])
    found = []
    for line in (folder / "gold" / "documents.jsonl").read_text("utf-8").splitlines():
        document = json.loads(line)
        for summary in structure.summaries(repair.repair(source.read(folder / "texts" / document["path"]))):
            quantities = sorted(find.candidates(summary)[0], key=lambda q: q.start)
            before = ""
            for context, reading in readings(summary, quantities):
                span = summary.to_source(context.quantity.start, context.quantity.end)
                right = gold.get((document["doc_id"], span.start, span.end))
                if right is not None:
                    found.append(Row(features(context, reading, before), reading.measure, right, is_guess(reading, context),
                                     context.quantity.kind in ("count", "people")))
                before = reading.measure
    return found


def fit(train: Sequence[Row]) -> tuple[list[str], Any]:
    """The vocabulary and a fitted regression."""
    from collections import Counter

    from sklearn.linear_model import LogisticRegression

    counts = Counter(name for row in train for name in row.told)
    names = sorted(name for name, count in counts.items() if count >= LEAST)
    return names, LogisticRegression(C=STRENGTH, max_iter=ROUNDS).fit(matrix(train, names), [row.gold for row in train])


def matrix(part: Iterable[Row], names: Sequence[str]) -> Any:
    """Rows as a sparse matrix over the vocabulary."""
    from sklearn.feature_extraction import DictVectorizer

    vectorizer = DictVectorizer().fit([dict.fromkeys(names, 1.0)])
    return vectorizer.transform([row.told for row in part])


def left_out(sets: dict[str, list[Row]]) -> list[str]:
    """One line a set: how often the rules alone, and the rules with a model that was not trained on the set, are right."""
    lines = []
    for name, part in sets.items():
        train = [row for other, rest in sets.items() if other != name for row in rest]
        if not part or not train:
            continue
        names, fitted = fit(train)
        shares = fitted.predict_proba(matrix(part, names))
        both = [looked(row, str(fitted.classes_[share.argmax()]), float(share.max())) for row, share in zip(part, shares, strict=True)]
        by_rules = sum(row.rules == row.gold for row in part)
        by_both = sum(code == row.gold for code, row in zip(both, part, strict=True))
        guesses = sum(row.guess for row in part)
        lines.append(f"| {name} | {len(part)} | {guesses} | {by_rules / len(part):.3f} | {by_both / len(part):.3f} |")
    return lines


def looked(row: Row, best: str, sure: float) -> str:
    """The measure that `learned.second_looks` would give."""
    if best in NEVER or row.rules in NEVER or not row.counted:
        return row.rules
    return best if sure >= (LIKELY if row.guess else OVERRULES) else row.rules


def write(names: Sequence[str], fitted: Any, card: str, folder: Path = FOLDER) -> None:
    """Save the arrays and their description."""
    import numpy as np

    packed = io.BytesIO()
    np.savez_compressed(packed, vocabulary=np.array(names), weights=fitted.coef_.T.astype("float32"),
                        intercepts=fitted.intercept_.astype("float32"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "weights.npz").write_bytes(packed.getvalue())
    config = {"measures": [str(code) for code in fitted.classes_], "features": len(names),
              "weights_sha256": hashlib.sha256(packed.getvalue()).hexdigest()}
    (folder / "config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (folder / "card.md").write_text(card, "utf-8")


CARD = """# measures

What a figure counts, where no rule of `wqnlp/data/rules/measures.yaml` speaks, or where the model is as good as sure
that the rule is wrong. Multinomial logistic regression over
character n-grams of the words around a figure, its unit, the rules' guess and the measure of the figure before
(`wqnlp/figures/learned.py`). Against a rule it is heard from a probability of 0.8 on: on `voices`, `regions` and
`mainstream`, before any rule or model had seen them, the rules were right on 0.851, 0.899 and 0.920 of the figures and a
model of the four older sets on 0.826, 0.904 and 0.936; where it was that sure, it was right 11 times of 17, the rule 4.

Made by `python -m wqnlp.figures.train {folders}` from {count} figures; arrays only, nothing runs when it is loaded.

Share of figures whose measure is right, leaving each gold set out of the training of the model:

| set left out | figures | guesses of the rules | rules alone | with the model |
|---|---|---|---|---|
{table}

The rules were tuned with these sets in view; the model was not. A score on a set that the shipped model was trained on
says nothing of the model.

Limits: trained on figures of invented summaries of about ninety offices; words it has not seen it cannot weigh.
"""


def main(folders: Sequence[str]) -> list[str]:
    """Train on the gold folders named, write the model, and return the lines of the table."""
    sets = {Path(folder).name: rows(Path(folder)) for folder in folders}
    table = left_out(sets)
    every = [row for part in sets.values() for row in part]
    names, fitted = fit(every)
    write(names, fitted, CARD.format(folders=" ".join(folders), count=len(every), table="\n".join(table)))
    return table


if __name__ == "__main__":
    everything = [str(folder) for folder in sorted(Path("tests/gold").iterdir()) if folder.is_dir()]
    sys.stdout.write("\n".join(main(sys.argv[1:] or everything)) + "\n")
