"""The card of the theme model, written by training so that it cannot disagree with the weights beside it."""

from __future__ import annotations

from collections.abc import Mapping

from wqnlp import vocab

HEAD = """# themes: what a unit of work is about

Serves `wqnlp.themes.activities`. Rebuild with `python -m wqnlp.themes.train` (or `wqnlp train themes`).

- **Data**: {dev} activities of the summaries in tests/gold/dev, and {written} examples written for training
  (`rows.tsv`: themes, tab, text). Places and events are invented. tests/gold/own is never trained on.
- **Method**: for each theme a logistic regression over the hanzi 2- and 3-grams of a unit; then one logistic
  regression, shared by all themes, over that logit and the rule signals (seed words in the unit and in its opening
  clause, from `wqnlp/data/themes.yaml`). A theme is named from a probability of {threshold} on.
- **Files**: `weights.npz` holds arrays only and is read with `allow_pickle=False`; `config.json` has the parameters
  and the SHA-256 of the training rows and of the weights.
- **Limits**: offender_support, culture_sports and family_education have two or three dev examples each; their rows
  below say little. Seed words were written with the dev summaries at hand, so the cross-validated figures flatter; the
  held-out column is the fairer one, though written in the same house as the rows. Paragraphs that mix many kinds of
  work are named by their one or two main ones.
- **Without this folder** themes are found by the rules alone (micro F1 {rules:.3f} on the {rules_on} set), with a
  warning in the log; the scores are then no probabilities.

| | leave one dev summary out | held out (tests/gold/own) |
|---|---|---|
"""


def card(cross: Mapping[str, float], held_out: Mapping[str, float], rules: Mapping[str, float], *,
         threshold: float, rows: tuple[int, int], error: float) -> str:
    """The text of card.md, from F1 scores by name (`micro`, `macro`, and each theme)."""
    lines = [HEAD.format(dev=rows[0], written=rows[1], threshold=threshold, rules=rules["micro"],
                         rules_on="held-out" if held_out else "dev")]
    for name in ("micro", "macro", *vocab.codes("themes")):
        cells = [f"{scores[name]:.3f}" if name in scores else "–" for scores in (cross, held_out)]
        lines.append(f"| {name} F1 | {cells[0]} | {cells[1]} |\n")
    lines.append(f"\nExpected calibration error, cross-validated: {error:.3f}, over all pairs of unit and theme "
                 "(most of them plain noes).\n")
    return "".join(lines)
