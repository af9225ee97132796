"""The desk: what is unlike anything seen says so, doubts come in the order of what they teach, and the year before."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wqnlp
from wqnlp.desk.before import beside, same_body
from wqnlp.desk.doubts import Doubt, bits, doubts, ordered, rarity
from wqnlp.desk.look import lines, look
from wqnlp.desk.novelty import count, odd, unlike
from wqnlp.desk.review import review
from wqnlp.pipeline import run
from wqnlp.records import Document, Figure
from wqnlp.themes.model import classifier

GOLD = Path(__file__).parent / "gold"
OWN = sorted((GOLD / "own" / "texts").glob("*.txt"))
FOREIGN = (Path(__file__).parent / "cases" / "novelty" / "documents.txt").read_text("utf-8").split("\n\n")
NEW_THEMES = (Path(__file__).parent / "cases" / "novelty" / "units.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("text", FOREIGN, ids=[text[:12] for text in FOREIGN])
def test_another_kind_of_document_says_so(text):
    assert unlike(text) is not None


@pytest.mark.parametrize("path", OWN, ids=[path.name for path in OWN])
def test_a_summary_is_not_unlike(path):
    result = run(path)
    assert unlike(result.repaired.text) is None
    units = [odd(a.text, a.scores) is not None for a in result.activities]
    assert sum(units) <= max(1, 0.1 * len(units))


def test_most_new_themes_are_told():
    scorer = classifier()
    told = [odd(text, scorer.scores(text)) is not None for text in NEW_THEMES]
    assert sum(told) >= 0.7 * len(NEW_THEMES), [t for t, hit in zip(NEW_THEMES, told, strict=True) if not hit]


def test_pairs_of_one_document_alone_are_not_known():
    assert count(["妇联接待", "妇联走访", "接纳"]) == "妇联"


def test_another_kind_of_document_is_the_first_doubt(tmp_path):
    path = tmp_path / "fire.txt"
    path.write_text(FOREIGN[0], "utf-8")
    seen = look(run(path))
    [document] = seen["documents"]
    assert document["unlike"] and document["uncertain"][0]["kind"] == "document"
    assert any("unlike     anything seen" in line for line in lines(seen))


def doubt(gain, guess="hotline", text="t", kind="theme", start=0):
    return Doubt(kind=kind, doc_id="d", start=start, end=start + 1, text=text, guess=guess, probability=0.5, gain=gain,
                 why="")


def test_one_question_is_not_asked_twenty_times():
    many = [doubt(1.0, text=f"热线{'一二三四五六七八九十'[n]}", start=n) for n in range(10)]
    found = ordered([*many, doubt(0.6, guess="employment", text="就业")])
    assert [d.guess for d in found].index("employment") < 6
    assert len(ordered([doubt(1.0, text="接听12次"), doubt(1.0, text="接听35次")])) == 1


@given(st.lists(st.floats(0, 2), max_size=12))
def test_doubts_come_in_order_and_none_gains(gains):
    found = ordered([doubt(gain, text=chr(0x4e00 + n), start=n) for n, gain in enumerate(gains)])
    assert [d.gain for d in found] == sorted((d.gain for d in found), reverse=True)
    assert len(found) == len(gains) and sum(d.gain for d in found) <= sum(gains) + 0.01


@given(st.floats(0, 1))
def test_bits(p):
    assert 0 <= bits(p) <= 1 and bits(p) == pytest.approx(bits(1 - p), abs=1e-6)


def activity(scores, text="组织妇女接听热线"):
    return {"doc_id": "d", "start": 0, "end": 9, "text": text, "scores": scores}


def test_the_rare_of_two_equal_doubts_comes_first():
    document = {"doc_id": "d", "start": 0, "end": 9, "title": "t", "place": "x", "year": 2000, "evidence": {}}
    text = "县妇联接待妇女来访，宣传妇女儿童权益，走访困难家庭，组织妇女就业培训，评选五好家庭，举办亲子讲座。"
    acts = [activity({"hotline": 0.5}, "妇联组织接听热线"), activity({"employment": 0.5}, "妇联组织妇女就业")]
    weights = rarity(["hotline"] * 50 + ["employment"] * 2)
    assert [d.guess for d in ordered(doubts(document, text, acts, [], weights))] == ["employment", "hotline"]
    sure = [activity({"hotline": 0.99}, "妇联组织接听热线")]
    assert doubts(document, text, sure, [], weights) == []


def test_what_is_lost_is_no_question():
    document = {"doc_id": "d", "start": 0, "end": 9, "title": "t", "place": None, "year": 2000, "evidence": {}}
    row = {"doc_id": "d", "start": 1, "end": 3, "text": "□6件", "sentence": "s", "measure": "events", "confidence": 0.5}
    text = "县妇联接待妇女来访，宣传妇女儿童权益，走访困难家庭，组织妇女就业培训，评选五好家庭，举办亲子讲座。"
    found = doubts(document, text, [], [row | {"flags": ["damaged"]}, row | {"flags": []}])
    assert sorted(d.kind for d in found) == ["figure", "place"]


def make(doc, value, year, unit="件", **more):
    document = Document(doc_id=doc, path="", start=0, end=9, title=doc, year=year, place="江平县", adcode="000001",
                        level="county", organisation="江平县妇联", **more)
    figure = Figure(id=f"{doc}:0-4", doc_id=doc, start=0, end=4, text="", sentence="", value=value, low=value,
                    high=value, unit=unit, kind="count", measure="cases_received", role="total")
    return document, [figure]


def test_the_year_before():
    new, figures = make("b", 240.0, 2010)
    old, old_figures = make("a", 100.0, 2009)
    told = beside(new, figures, ["divorce"], old, old_figures, ["trafficking"])
    [change] = told.changes
    assert (change.difference, change.note) == (140.0, "more than doubled or halved")
    assert (told.issues_new, told.issues_gone) == (("divorce",), ("trafficking",))
    assert same_body(new, [old, new, replace(old, doc_id="c", adcode="000002")]) == [old]
    assert same_body(replace(new, year=None), [old]) == []


@pytest.mark.parametrize(("change", "word"), [({"value": None}, "masked"), ({"unit": "人次"}, "counted in")])
def test_numbers_that_cannot_be_compared_are_not(change, word):
    new, figures = make("b", 240.0, 2010)
    old, [figure] = make("a", 100.0, 2009)
    [told] = beside(new, figures, [], old, [replace(figure, **change)], []).changes
    assert told.difference is None and word in told.note


def test_periods_of_different_length_are_not_compared():
    new, figures = make("b", 240.0, 2010, period_kind="half")
    old, old_figures = make("a", 100.0, 2009)
    [told] = beside(new, figures, [], old, old_figures, []).changes
    assert told.difference is None


def test_a_library_says_its_text_and_its_doubts(tmp_path):
    wqnlp.extract(OWN[:4], store=tmp_path / "l.db")
    with wqnlp.open_store(tmp_path / "l.db") as library:
        for doc_id, path in zip(library.documents().doc_id, OWN, strict=False):
            result = run(path)
            [document] = result.documents
            span = result.repaired.aligned.repaired_span(document.start, document.end)
            assert library.text(doc_id) == result.repaired.text[span.start:span.end]
        found = review(library)
    assert found and [d.gain for d in found] == sorted((d.gain for d in found), reverse=True)
