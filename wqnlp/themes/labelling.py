"""Labelling rules that may stay silent, a scoreboard of them, and a model that weighs them against one another.

Each labelling rule speaks of one theme: yes, no, or nothing. They are the rows of `data/rules/theme_votes.yaml` and,
for every theme, two lexicons of `data/themes.yaml`: `THEME.opening` (a seed word in the opening clause) and
`THEME.words` (two strong seed words in the unit).

The label model is that of Dawid and Skene (1979), a naive Bayes over a hidden label fitted by expectation
maximisation, with silence as a third answer: our rules speak on one side only, so that when they are silent tells as
much as what they say. The packages that offer such models (snorkel, skweak, crowd-kit) take silence as a missing answer
and bring torch or an own pipeline; forty lines of numpy do here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from wqnlp import vocab
from wqnlp.grammar.lexicon import Lexicon
from wqnlp.tables import rules, table
from wqnlp.themes.rules import opening

if TYPE_CHECKING:
    from numpy.typing import NDArray

YES, SILENT, NO = 1, 0, -1
ROUNDS = 50
SMOOTH = 1.0                             # answers added to each count, so that no rule is ever certain


@dataclass(frozen=True, slots=True)
class LabellingRule:
    """A named vote on one theme."""

    name: str
    theme: str
    vote: Callable[[str], int]


@cache
def labelling_rules() -> tuple[LabellingRule, ...]:
    """All rules, those of the table first, then the lexicons in taxonomy order."""
    found = [LabellingRule(rule.id, rule.gives, _of_pattern(rule.pattern, int(rule.extra["vote"])))
             for rule in rules("theme_votes")]
    for theme in vocab.codes("themes"):
        lists = table("themes")["seeds"][theme]
        found.append(LabellingRule(f"{theme}.opening", theme, _of_opening(Lexicon(dict.fromkeys(
            [*lists["strong"], *lists["opening"]], True)))))
        found.append(LabellingRule(f"{theme}.words", theme, _of_words(Lexicon(dict.fromkeys(lists["strong"], True)))))
    return tuple(found)


def _of_pattern(pattern: re.Pattern[str], said: int) -> Callable[[str], int]:
    return lambda text: said if pattern.search(text) else SILENT


def _of_opening(words: Lexicon[bool]) -> Callable[[str], int]:
    return lambda text: YES if words.find(opening(text)) else SILENT


def _of_words(words: Lexicon[bool]) -> Callable[[str], int]:
    return lambda text: YES if len({text[hit.start:hit.end] for hit in words.find(text)}) >= 2 else SILENT


def votes(texts: Sequence[str]) -> NDArray[Any]:
    """What each rule says of each text: an array (texts, rules) of 1, 0 and -1.

    >>> names = [rule.name for rule in labelling_rules()]
    >>> [said] = votes(["在市检察院门前设摊，发放宣传资料3000份。"])
    >>> [name for name, vote in zip(names, said) if vote and "." in name and name.startswith(("justice", "publicity"))]
    ['publicity.handed_out', 'justice.as_place']
    """
    import numpy as np

    return np.array([[rule.vote(text) for rule in labelling_rules()] for text in texts], dtype=np.int8).reshape(
        len(texts), len(labelling_rules()))


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule's row of the scoreboard; `accuracy` is None where the rule never spoke."""

    name: str
    theme: str
    coverage: float
    conflicts: float
    accuracy: float | None


def scoreboard(texts: Sequence[str], themes: Sequence[frozenset[str]]) -> list[Standing]:
    """For each rule: share of units it speaks of, share of those where another rule says the opposite, and how often
    it is right where it speaks.

    >>> rows = scoreboard(["公布12338维权热线", "走访慰问孤儿"], [frozenset({"hotline"}), frozenset({"care_hardship"})])
    >>> [(row.coverage, row.conflicts, row.accuracy) for row in rows if row.name == "hotline.number"]
    [(0.5, 0.0, 1.0)]
    """
    import numpy as np

    said, board = votes(texts), []
    of = [rule.theme for rule in labelling_rules()]
    for number, rule in enumerate(labelling_rules()):
        own = said[:, number]
        spoke = own != SILENT
        others = [i for i, theme in enumerate(of) if theme == rule.theme and i != number]
        against = (said[:, others] == -own[:, None]).any(axis=1) & spoke
        truth = np.array([YES if rule.theme in one else NO for one in themes])
        count = int(spoke.sum())
        board.append(Standing(rule.name, rule.theme, float(spoke.mean()), float(against.sum() / count) if count else 0.0,
                              float((own == truth)[spoke].mean()) if count else None))
    return board


@dataclass(frozen=True, slots=True)
class LabelModel:
    """For one theme: how likely it is at all, and each answer (no, silence, yes) of each rule with and without it."""

    prior: float
    answers: NDArray[Any]                # (2, rules, 3): hidden label no or yes; answer -1, 0, 1

    def probability(self, said: NDArray[Any]) -> NDArray[Any]:
        """Of votes (units, rules) the probability of the theme, by unit."""
        import numpy as np

        place = np.arange(said.shape[1])
        odds = np.log(self.prior / (1 - self.prior)) + np.sum(
            np.log(self.answers[1, place, said + 1]) - np.log(self.answers[0, place, said + 1]), axis=1)
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0))))


def fit(said: NDArray[Any]) -> LabelModel:
    """A label model of one theme from votes (units, rules) alone, no labels seen; it starts from the majority."""
    import numpy as np

    guess = np.where(said.sum(axis=1) > 0, 0.9, 0.05)
    model = _given(said, guess)
    for _ in range(ROUNDS):
        better = model.probability(said)
        if np.abs(better - guess).max() < 1e-4:
            break
        guess, model = better, _given(said, better)
    return model


def _given(said: NDArray[Any], guess: NDArray[Any]) -> LabelModel:
    import numpy as np

    answers = np.empty((2, said.shape[1], 3))
    for label, weight in ((0, 1.0 - guess), (1, guess)):
        for answer in (NO, SILENT, YES):
            answers[label, :, answer + 1] = ((said == answer) * weight[:, None]).sum(axis=0) + SMOOTH
        answers[label] /= answers[label].sum(axis=1, keepdims=True)
    return LabelModel(float(np.clip(guess.mean(), 0.01, 0.99)), answers)


def fit_all(texts: Sequence[str]) -> dict[str, LabelModel]:
    """Theme code to its label model, from unlabelled units."""
    said = votes(texts)
    return {theme: fit(said[:, _columns(theme)]) for theme in vocab.codes("themes")}


def probabilities(models: dict[str, LabelModel], texts: Sequence[str]) -> NDArray[Any]:
    """An array (texts, themes): what the label models make of the votes."""
    import numpy as np

    said = votes(texts)
    return np.array([model.probability(said[:, _columns(theme)]) for theme, model in models.items()]).T


def _columns(theme: str) -> list[int]:
    return [number for number, rule in enumerate(labelling_rules()) if rule.theme == theme]
