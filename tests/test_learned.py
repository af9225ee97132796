"""The model of measures: it speaks where the rules have guessed or all speaks against them, and a damaged folder is refused."""

import json
import shutil

import pytest
from test_measure import context

from wqnlp.errors import DataError
from wqnlp.figures import learned
from wqnlp.figures.measure import Reading, measure

GUESSED, KNOWN = "志愿服务小分队陪伴【名】", "走访慰问单亲特困母亲【名】"


def look(said):
    view, earlier = context(said)
    view.quantity.kind = "people"
    reading = measure(view, earlier)
    return reading, learned.second_looks([reading], [view])[0]


def test_a_rule_that_speaks_is_kept():
    reading, second = look(KNOWN)
    assert reading.measure == "people_aided"
    assert second is reading


def test_a_guess_is_looked_at_again():
    reading, second = look("老两口领着【名】")
    assert reading.rule.startswith("unit ")
    assert second.rule == "model after unit 名" or second is reading


def test_probabilities_are_of_the_measures_and_sum_to_one():
    view, _ = context(GUESSED)
    model, asked = learned.load(), (view, Reading("other", "unit 名", 0.5), "")
    [shares] = model.shares([asked])
    assert len(shares) == len(model.measures)
    assert sum(shares) == pytest.approx(1.0)
    assert model.best([asked]) == [(model.measures[shares.argmax()], shares.max())]


def test_figures_asked_together_are_told_as_each_alone():
    model = learned.load()
    asked = [(context(said)[0], Reading("other", "unit 名", 0.5), before)
             for said, before in ((GUESSED, ""), (KNOWN, "people_aided"), ("【名】", "other"))]
    alone = [model.best([one])[0] for one in asked]
    assert [measure for measure, _ in model.best(asked)] == [measure for measure, _ in alone]
    assert [share for _, share in model.best(asked)] == pytest.approx([share for _, share in alone])


def test_each_feature_has_its_row_under_its_kind():
    view, _ = context(GUESSED)
    told = learned.features(view, Reading("other", "unit 名", 0.5), "")
    assert {"o", "u", "r", "end"} <= {name.partition(":")[0] for name in told} <= set(learned.KINDS)
    assert told["u:名"] == learned.KINDS["u"]


def test_a_damaged_folder_is_refused(tmp_path):
    shutil.copytree(learned.FOLDER, tmp_path / "measures")
    config = json.loads((tmp_path / "measures" / "config.json").read_text("utf-8"))
    (tmp_path / "measures" / "weights.npz").write_bytes(b"PK")
    with pytest.raises(DataError, match=r"E41.*python -m wqnlp\.figures\.train"):
        learned.load(tmp_path / "measures")
    config["measures"] = ["no_such_measure"]
    shutil.copy(learned.FOLDER / "weights.npz", tmp_path / "measures" / "weights.npz")
    (tmp_path / "measures" / "config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(DataError, match="other measures"):
        learned.load(tmp_path / "measures")
