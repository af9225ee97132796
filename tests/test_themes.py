"""Themes of a unit of work: the rules, the model, and what happens without it."""

import hashlib
import json
import shutil

import pytest
from standin import summary_of

from wqnlp import vocab
from wqnlp.errors import DataError
from wqnlp.records import Document
from wqnlp.tables import table
from wqnlp.themes import activities, model
from wqnlp.themes.measure import best_threshold, calibration, chosen, f1, f1_at
from wqnlp.themes.rows import GOLD, gold_rows, told, written_rows
from wqnlp.themes.rules import by_rules, opening
from wqnlp.themes.train import cross_validate, fit

DOCUMENT = Document(doc_id="d", path="t.txt", start=0, end=0, title="")
WRITTEN = [                                              # phrasing of no gold summary
    ("petition_handling", "坚持有访必接、有诉必应，全年登记群众来访88批次，逐一建立台账，做到件件有落实。"),
    ("drug_aids_prevention", "组织妇女群众参观禁毒教育基地，签订拒绝毒品承诺书。"),
    ("health_insurance", "为全区农村适龄妇女做宫颈癌、乳腺癌免费筛查。"),
    ("employment", "举办女性专场招聘会，提供岗位500个，帮助妇女实现就业。"),
    ("offender_support", "到省女子监狱看望服刑人员，送去书籍，与她们签订帮教协议。"),
    ("family_education", "开办家长学校，邀请专家讲授家庭教育知识。"),
    ("hotline", "12338热线全年接听来电90个，均由律师当场解答。"),
    ("care_hardship", "春节前夕走访慰问单亲特困母亲，送去慰问金。"),
    ("legal_aid", "法律援助工作站为困难妇女免费代理诉讼，挽回损失。"),
]


@pytest.mark.parametrize(("theme", "text"), WRITTEN, ids=[theme for theme, _ in WRITTEN])
def test_plain_units_get_their_theme(theme, text):
    found = activities(summary_of(f"某县妇联维权工作总结\n{text}"), DOCUMENT)[0]
    assert found.themes[0] == theme
    assert set(found.scores) == set(vocab.codes("themes"))
    assert all(0 <= score <= 1 for score in found.scores.values())


def test_an_activity_carries_its_span_and_actors():
    text = "某县妇联维权工作总结\n县妇联会同公安局、法院建立反家暴联动机制，发出告诫书3份。"
    found = activities(summary_of(text), DOCUMENT)[0]
    assert text[found.start:found.end] == found.text
    assert found.id == f"d:{found.start}-{found.end}"
    assert found.actors == ("womens_federation", "court", "police")
    assert "anti_violence" in found.themes


def test_no_unit_no_activity():
    assert activities(summary_of("某县妇联维权工作总结"), DOCUMENT) == []


def test_seeds_have_the_codes_of_the_taxonomy():
    seeds = table("themes")["seeds"]
    assert list(seeds) == list(vocab.codes("themes"))
    assert all(set(lists) == {"strong", "weak", "opening"} for lists in seeds.values())


def test_rules_alone_are_good_enough_to_stand_in():
    pairs = [(row.themes, chosen(by_rules(row.text), 0.5)) for row in gold_rows(GOLD / "dev")]
    assert f1(pairs)["micro"] > 0.8


def test_without_a_folder_the_rules_stand_in_and_say_so(monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(model, "FOLDER", tmp_path / "nothing")
    model.classifier.cache_clear()
    try:
        assert model.classifier().method == "rules"
        assert "rules alone" in caplog.text
    finally:
        model.classifier.cache_clear()


@pytest.mark.parametrize("harm", ["no weights", "other weights", "other themes"])
def test_a_damaged_folder_is_refused(tmp_path, harm):
    folder = tmp_path / "themes"
    shutil.copytree(model.FOLDER, folder)
    if harm == "no weights":
        (folder / "weights.npz").unlink()
    elif harm == "other weights":
        (folder / "weights.npz").write_bytes(b"PK")
    else:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        (folder / "config.json").write_text(json.dumps(config | {"themes": ["one"]}), "utf-8")
    with pytest.raises(DataError, match="E41"):
        model.load(folder)


@pytest.mark.parametrize("harm", ["no weights", "other themes"])
def test_a_damaged_model_costs_no_themes_and_is_told_once(tmp_path, monkeypatch, caplog, harm):
    folder = tmp_path / "themes"
    shutil.copytree(model.FOLDER, folder)
    if harm == "no weights":
        (folder / "weights.npz").unlink()
    else:
        (folder / "config.json").write_text("{}", "utf-8")
    monkeypatch.setattr(model, "FOLDER", folder)
    model.classifier.cache_clear()
    try:
        for _ in range(3):
            found = activities(summary_of("某县妇联维权工作总结\n春节前走访慰问单亲特困母亲，送去慰问金。"), DOCUMENT)
            assert found[0].themes[0] == "care_hardship"
        assert caplog.text.count("rules alone") == 1
        assert "E41" in caplog.text
    finally:
        model.classifier.cache_clear()


def test_the_weights_are_those_of_the_rows_in_the_repository():
    config = json.loads((model.FOLDER / "config.json").read_text("utf-8"))
    rows = [*gold_rows(GOLD / "dev"), *written_rows()]
    assert hashlib.sha256(told(rows).encode()).hexdigest() == config["rows_sha256"]
    assert sum(path.stat().st_size for path in model.FOLDER.iterdir()) < 10_000_000


@pytest.mark.slow
def test_cross_validated_scores_reach_the_targets_and_repeat():
    dev, written = gold_rows(GOLD / "dev"), written_rows()
    scored = cross_validate([*dev, *written])
    found = f1_at(scored[:len(dev)], best_threshold(scored, len(dev)))
    assert found["micro"] >= 0.90
    assert found["macro"] >= 0.82
    assert calibration(scored[:len(dev)]) < 0.05
    one, other = (fit([row for row in dev if row.fold], 0.5) for _ in range(2))
    assert all(one.scores(row.text) == other.scores(row.text) for row in dev)


def test_the_opening_clause_is_the_heading_or_the_first_words():
    assert opening("（二）加大普法力度。发放资料。") == "（二）加大普法力度"
    assert opening("走访慰问困难妇女，送去米面") == "走访慰问困难妇女"
