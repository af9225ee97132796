"""Labelling rules, their scoreboard and the label model."""

import numpy as np
import pytest

from wqnlp import vocab
from wqnlp.themes import labelling
from wqnlp.themes.compare import margin
from wqnlp.themes.rows import GOLD, Row, gold_rows


def test_every_theme_has_rules_of_its_own():
    rules = labelling.labelling_rules()
    assert len({rule.name for rule in rules}) == len(rules)
    assert all(sum(rule.theme == code for rule in rules) >= 3 for code in vocab.codes("themes"))


def test_a_rule_may_stay_silent_or_say_no():
    rule = next(rule for rule in labelling.labelling_rules() if rule.name == "hotline.of_others")
    assert rule.vote("供热热线招聘话务员") == labelling.NO
    assert rule.vote("走访慰问困难母亲") == labelling.SILENT


def test_the_label_model_finds_hidden_labels_and_who_to_trust():
    """Three rules of known make on hidden labels: a sharp one, a dull one, and one that tosses a coin."""
    random = np.random.default_rng(7)
    hidden = random.random(2000) < 0.3
    sharp = np.where(hidden & (random.random(2000) < 0.9), 1, np.where(~hidden & (random.random(2000) < 0.02), 1, 0))
    dull = np.where(hidden & (random.random(2000) < 0.6), 1, np.where(~hidden & (random.random(2000) < 0.1), 1, 0))
    no = np.where(~hidden & (random.random(2000) < 0.5), -1, 0)
    coin = np.where(random.random(2000) < 0.5, 1, 0)
    said = np.column_stack([sharp, dull, no, coin]).astype(np.int8)
    model = labelling.fit(said)
    found = model.probability(said) > 0.5
    majority = said.sum(axis=1) > 0
    assert (found == hidden).mean() > 0.93 > (majority == hidden).mean()
    assert model.prior == pytest.approx(0.3, abs=0.05)
    assert np.allclose(model.answers.sum(axis=2), 1)


def test_the_scoreboard_counts_coverage_conflicts_and_accuracy():
    texts = ["供热热线招聘，接听来电500个。", "12338热线接听来电90个。", "走访慰问孤儿。"]
    truth = [frozenset[str](), frozenset({"hotline"}), frozenset({"care_hardship"})]
    board = {row.name: row for row in labelling.scoreboard(texts, truth)}
    answered = board["hotline.answered"]
    assert (answered.coverage, answered.conflicts, answered.accuracy) == (pytest.approx(2 / 3), 0.5, 0.5)
    assert board["health.claims"].accuracy is None


def test_rules_are_right_more_often_than_not_on_dev():
    rows = gold_rows(GOLD / "dev")
    board = labelling.scoreboard([row.text for row in rows], [row.themes for row in rows])
    weak = [row.name for row in board if row.accuracy is not None and row.accuracy < 0.5 and row.coverage > 0.05]
    assert set(weak) <= {"network_building.opening", "training_research.opening", "peaceful_family.opening",
                         "culture_sports.opening", "judicial_cooperation.opening", "legal_aid.opening"}


def test_the_margin_between_two_models_is_an_interval_around_their_gap():
    rows = [Row(f"d{n % 20}", "", frozenset({"hotline" if n % 2 else "legal_aid"})) for n in range(200)]
    right = [(row, {code: float(code in row.themes) for code in ("hotline", "legal_aid")}) for row in rows]
    half = [(row, {"hotline": 1.0, "legal_aid": 0.0}) for row in rows]
    low, high = margin((right, 0.5), (half, 0.5))
    assert 0 < low <= 0.5 <= high < 1
    assert margin((right, 0.5), (right, 0.5)) == (0.0, 0.0)
