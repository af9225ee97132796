"""Words that tell places and years apart: the prior keeps rare and common words in their place; lines lead back."""

from pathlib import Path

import pytest

import wqnlp
from wqnlp.compare import concordance, concordance_of, keyness, texts
from wqnlp.compare.keyness import over_time

TEXTS = Path(__file__).parent / "gold/dev/texts"
COMMON = "妇女儿童权益维护工作开展宣传活动，接待来信来访，调解婚姻家庭纠纷。"


def library(extra):
    """Eight texts that share a stock of phrases, and what each group has of its own."""
    told = {f"{group}{n}": COMMON * 10 + words for group, words in extra.items() for n in range(4)}
    return told, {doc_id: doc_id[0] for doc_id in told}


def test_a_word_of_one_group_comes_first_and_common_words_do_not():
    found = keyness(*library({"甲": "土地承包征地补偿" * 5, "乙": "家庭暴力告诫" * 5}))
    best = found.groupby("group").head(2).groupby("group")["word"].apply(set).to_dict()
    assert "家庭暴力" in best["乙"] and any("土地" in word for word in best["甲"])
    assert found[found["word"] == "妇女儿童"]["z"].abs().max() < 1.5 or found[found["word"] == "妇女"]["z"].abs().max() < 1.5


def test_two_groups_mirror_one_another():
    found = keyness(*library({"甲": "土地承包" * 5, "乙": "家庭暴力" * 5}))
    wide = found.pivot(index="word", columns="group", values="z")
    assert wide["甲"].to_numpy() == pytest.approx(-wide["乙"].to_numpy())


def test_nothing_tells_alike_texts_apart():
    assert (keyness(*library({"甲": "", "乙": ""}))["q"] > 0.9).all()


def test_rare_words_and_names_of_places_are_left_out():
    found = keyness(*library({"甲": "霍山县霍山县", "乙": "昆山市昆山市"}), fewest=4)
    assert not {"霍山县", "昆山市"} & set(found["word"])
    told, groups = library({"甲": "土地承包", "乙": ""})
    told["甲0"] += "庇护庇护"
    assert "庇护" not in set(keyness(told, groups, fewest=3)["word"])


def test_no_text_gives_an_empty_frame():
    assert keyness({}, {}).empty and concordance({}, "妇女").empty


def test_lines_of_a_library_lead_to_their_source_characters(tmp_path):
    damaged = tmp_path / "damaged.txt"
    damaged.write_text((TEXTS / "d01.txt").read_text("utf-8").replace("家庭", "家(jiā)庭"), "utf-8")
    wqnlp.extract([damaged, TEXTS / "d04.txt"], store=tmp_path / "library.db")
    with wqnlp.open_store(tmp_path / "library.db") as store:
        lines = concordance_of(store, "家庭暴力")
        assert len(lines) > 4 and lines["doc_id"].nunique() == 2
        for line in lines.itertuples():
            source = store.source_text(line.doc_id)[line.start:line.end]
            assert source.replace("(jiā)", "") == "家庭暴力", source
        assert "jiā" not in "".join(one.text for one in texts(store).values())


def test_themes_over_the_years():
    import pandas as pd
    seen = pd.DataFrame([{"doc_id": "a", "themes": ["hotline"]}, {"doc_id": "a", "themes": []},
                         {"doc_id": "b", "themes": ["hotline", "legal_aid"]}, {"doc_id": "c", "themes": ["hotline"]}])
    found = over_time(seen, {"a": 2006, "b": 2007, "c": None}, ["hotline"])
    assert found[["year", "activities", "of", "share"]].values.tolist() == [[2006, 1, 2, 0.5], [2007, 1, 1, 1.0]]
    assert ((found["low"] < found["share"]) | (found["share"] == 0)).all()
