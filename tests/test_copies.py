"""Copies: found through other dates, damage and spun words; look-alikes kept apart."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planting import kinds

from wqnlp.copies import ALIKE, TRACE, find_copies, listed, normalised, same_text, shared_figures, similarity, with_copies
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


KINDS = ("redated", "replaced", "renumbered", "spun10", "spun20", "spun30", "spun15-redated-renumbered", "spun30-renumbered",
         "first-half")


@pytest.fixture(scope="module")
def planted():
    """All gold summaries with every kind of copy of each, and what was linked."""
    texts = [(f"{name}~{kind}", again) for name, text in TEXTS.items() for kind, again in kinds(text, name).items()]
    return find_copies([*((f"{name}~", text) for name, text in TEXTS.items()), *texts])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_copy_is_linked_with_its_original(planted, kind):
    missed = [name for name in TEXTS if f"{name}~{kind}" not in {copy.doc_id for copy in planted.get(f"{name}~", ())}]
    assert missed == []


def test_no_copy_is_linked_with_another_text(planted):
    links = [(one, copy.doc_id) for one, copies in planted.items() for copy in copies]
    assert len(links) > 14 * 60 and [pair for pair in links if len({name.split("~")[0] for name in pair}) > 1] == []


def test_every_difference_is_listed():
    one, two = document("a", place="甲县", year=2006), document("b", place="乙县", year=2009)
    told = listed(one, two, [figure("a", 186), figure("a", 47)], [figure("b", 212), figure("b", 47)])
    assert told == [("place", "甲县", "乙县"), ("year", "2006", "2009"), ("figures", "186件", "212件")]


@pytest.mark.slow
def test_a_hundred_thousand_sketches_are_compared_in_minutes():
    """Synthetic sketches: 97,000 unlike texts that share a stock of phrases, and 3,000 near copies among them."""
    import time

    import numpy as np

    from wqnlp.copies.kept import Kept
    from wqnlp.copies.search import pairs
    from wqnlp.copies.sketch import BINS, KEPT, Sketch

    rng = np.random.default_rng(7)
    stock = rng.integers(0, 2**32, (400, BINS), dtype=np.uint32)

    def made():
        least = rng.integers(0, 2**32, BINS, dtype=np.uint32)
        common = rng.random(BINS) < 0.04                   # what two texts of one trade share
        least[common] = stock[rng.integers(0, 400), common]
        lowest = np.sort(rng.choice(2**32, KEPT, replace=False).astype(np.uint32)) if len(made.cache) < 50 else \
            made.cache[rng.integers(0, 50)] ^ np.uint32(rng.integers(1, 2**31))
        made.cache.append(lowest)
        places = np.linspace(0, 1, KEPT).astype(np.float16)
        return Sketch(least, np.sort(lowest), places, KEPT, tuple(rng.integers(10, 5000, 30).astype(float)))

    made.cache = []
    sketches = [made() for _ in range(97_000)]
    for n in range(3_000):
        least = sketches[n].least.copy()
        other = rng.random(BINS) < 0.4
        least[other] = rng.integers(0, 2**32, int(other.sum()), dtype=np.uint32)
        lowest = np.unique(np.concatenate([sketches[n].lowest[::5], sketches[n].lowest[1::5], sketches[n].lowest[2::5],
                                           rng.integers(0, 2**32, 400, dtype=np.uint32)]))[:KEPT]
        sketches.append(Sketch(least, lowest, sketches[n].places[:len(lowest)], len(lowest), sketches[n].numbers))
    began, kept = time.process_time(), Kept()
    for one in sketches:
        kept.append(one)
    found = {(i, j) for i, j, _ in pairs(kept)}
    took = time.process_time() - began
    wanted = {(n, 97_000 + n) for n in range(3_000)}
    assert len(found & wanted) >= 0.98 * len(wanted) and len(found - wanted) <= 0.02 * len(found)
    assert took < 180, f"{took:.0f} s"


def random_sketches(number, seed=3):
    """Sketches that have nothing in common, but that every tenth is like the one three before it."""
    import numpy as np

    from wqnlp.copies.sketch import BINS, KEPT, Sketch

    rng = np.random.default_rng(seed)
    held = []
    for at in range(number):
        least = rng.integers(0, 2**32, BINS, dtype=np.uint32)
        lowest = np.unique(rng.integers(0, 2**32, KEPT, dtype=np.uint32))
        if at % 10 == 9:
            before = held[at - 3]
            least = np.where(rng.random(BINS) < 0.3, least, before.least)
            lowest = np.unique(np.concatenate([before.lowest[: 4 * len(before.lowest) // 5], lowest[: len(lowest) // 5]]))
        held.append(Sketch(least, lowest, np.linspace(0, 1, len(lowest)).astype(np.float16), len(lowest),
                           tuple(rng.integers(10, 5000, 20).astype(float))))
    return held


def test_what_is_kept_is_found_across_blocks_and_goes_on(monkeypatch):
    from wqnlp.copies import kept as on_disk
    from wqnlp.copies.search import pairs

    monkeypatch.setattr(on_disk, "BLOCK", 64)
    monkeypatch.setattr(on_disk, "PART", 100)
    kept, sketches = on_disk.Kept(), random_sketches(300)
    for at, one in enumerate(sketches):
        kept.append(one, at)
        if at + 1 in (63, 64, 65, 150, 300):
            found = {(i, j) for i, j, _ in pairs(kept)}
            assert found == {(n - 3, n) for n in range(9, at + 1, 10)}
    assert [kept.told(at) for at in (0, 128, 299)] == [0, 128, 299]
    assert all((kept.sketch(at).least == sketches[at].least).all() for at in (0, 63, 64, 299))


def test_memory_stays_flat_however_many_are_kept():
    import tracemalloc

    from wqnlp.copies.kept import BLOCK, Kept

    kept, sketches = Kept(), random_sketches(100)
    tracemalloc.start()
    try:
        sizes = []
        for at in range(6 * BLOCK):
            kept.append(sketches[at % 100])
            if (at + 1) % BLOCK == 0:
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert (sizes[-1] - sizes[0]) / (5 * BLOCK) < 100, "bytes of each summary"


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
            assert TRACE <= copy.similarity <= 1
            assert any(back.doc_id == doc_id and back.similarity == copy.similarity for back in found[copy.doc_id])


def test_normalised_is_blind_to_dates_numbers_and_widths():
    assert normalised("２００９年，接待１８６件") == normalised("二○○九年接待一百八十六件") == "接待件"
