"""Copies: found through other dates, damage and spun words; look-alikes kept apart."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wqnlp.copies import ALIKE, find_copies, normalised, same_text, shared_figures, similarity, with_copies
from wqnlp.records import Document, Figure

TEXTS = {p.stem: p.read_text("utf-8") for p in sorted((Path(__file__).parent / "gold/dev/texts").glob("*.txt"))}
FORM = ("全年接待妇女来信来访{}件，其中家庭暴力{}件，调解婚姻家庭纠纷{}起，开展普法宣传，发放宣传资料，"
        "组织志愿者深入社区乡村，慰问困难妇女儿童，举办维权骨干培训班，落实信访责任制，受到群众好评，维护了社会稳定。")


def document(doc_id, **fields):
    return Document(**{"doc_id": doc_id, "path": "", "start": 0, "end": 9, "title": "", **fields})


def figure(doc_id, value, /, **fields):
    told = {"id": f"{doc_id}:{value}", "doc_id": doc_id, "start": 0, "end": 3, "text": f"{value}件", "sentence": "",
            "unit": "件", "value": value, "low": value, "high": value, "kind": "count", "measure": "cases_received"}
    return Figure(**{**told, **fields})


def test_no_two_gold_summaries_are_copies():
    assert find_copies(TEXTS.items()) == {}


@pytest.mark.parametrize("name", TEXTS)
def test_a_redated_copy_is_found_and_says_so(name):
    text = TEXTS[name]
    again = "".join(random.Random(name).choice("0123456789") if c.isdigit() and c.isascii() else c for c in text)
    again = again.replace("年", "Ｘ年")
    found = find_copies([*TEXTS.items(), ("again", again)],
                        [document(name, year=2009, place="甲县"), document("again", year=2023, place="甲县")])
    assert [copy.doc_id for copy in found[name]] == ["again"] and found[name][0].differs == ("year",)
    assert found["again"][0].similarity > 0.95


@pytest.mark.parametrize("rate", [0.02, 0.05])
def test_spun_words_do_not_hide_a_copy(rate):
    rng = random.Random(3)
    for name, text in TEXTS.items():
        spun = "".join(rng.choice("奉献咨询发展权益") if rng.random() < rate else c for c in text)
        assert find_copies([(name, text), ("spun", spun)]), name


def test_half_a_text_under_another_title_is_no_copy_of_a_third():
    halves = TEXTS["d01"][:400] + TEXTS["d04"][400:]
    assert similarity(halves, TEXTS["d01"]) < ALIKE


def test_a_form_filled_in_anew_is_alike_but_not_the_same_text():
    found = find_copies([("a", FORM.format(186, 47, 31)), ("b", FORM.format(212, 51, 36))],
                        [document("a", year=2006), document("b", year=2007)],
                        [figure("a", 186), figure("a", 47), figure("b", 212), figure("b", 51)])
    assert found["a"][0].differs == ("year", "figures")
    assert not same_text([figure("a", 186), figure("a", 47)], [figure("b", 212), figure("b", 51)])


def test_masked_figures_say_nothing_either_way():
    masked = figure("b", 1, value=None, low=None, high=None, flags=("masked",))
    assert shared_figures([figure("a", 186), figure("a", 47)], [figure("b", 186), masked]) == 1
    assert shared_figures([], [figure("b", 186)]) == 1


def test_with_copies_fills_only_those_found():
    one, two = document("a"), document("b")
    found = find_copies([("a", FORM), ("c", FORM)])
    filled = with_copies([one, two], found)
    assert filled[0] == replace(one, copies=found["a"]) and filled[1] is two


def test_short_and_empty_texts_are_left_alone():
    assert find_copies([("a", ""), ("b", ""), ("c", "市妇联"), ("d", "市妇联"), ("e", "2006"), ("f", "2006")]) == {}


def test_hundreds_of_copies_are_all_linked_and_stay_linear():
    texts = [(f"{n}-{name}", text + ("补" * (n % 3))) for n in range(120) for name, text in TEXTS.items()]
    found = find_copies(texts)
    assert len(found) == len(texts) and max(map(len, found.values())) < 200
    for doc_id, copies in found.items():
        assert {copy.doc_id.split("-")[1] for copy in copies} == {doc_id.split("-")[1]}
    reached, todo = set(), ["0-d01"]
    while todo:
        if (one := todo.pop()) not in reached:
            reached.add(one)
            todo += [copy.doc_id for copy in found[one]]
    assert len(reached) == 120                             # every copy of d01 can be reached from the first


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="妇联接待信访家庭暴力调解维权0123，。\n", max_size=400), max_size=6))
def test_links_go_both_ways_and_hold(texts):
    found = find_copies([(str(i), text) for i, text in enumerate(texts)])
    for doc_id, copies in found.items():
        for copy in copies:
            assert ALIKE <= copy.similarity <= 1
            assert any(back.doc_id == doc_id and back.similarity == copy.similarity for back in found[copy.doc_id])


def test_normalised_is_blind_to_dates_numbers_and_widths():
    assert normalised("２００９年，接待１８６件") == normalised("二○○九年接待一百八十六件") == "接待件"
