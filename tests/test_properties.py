"""Properties of the whole pipeline: whatever comes in, no fault escapes, spans hold, and the log replays."""

import re
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wqnlp.pipeline import run
from wqnlp.span import replay
from wqnlp.store.database import Store
from wqnlp.store.jsonl import JsonlWriter

TEXTS = [path.read_bytes().decode("utf-8") for path in
         sorted((Path(__file__).parent / "gold" / "dev" / "texts").glob("*.txt"))]
WORDS = re.split(r"\s+", """接待 来信来访 其中 家庭暴力 婚姻家庭类 占 比上年
    增加 下降 分别为 和 ， 。 ； 、 （一） 一、 1. 件 起
    人次 名 万元 % 个百分点 户 份 场 20xx年 ××县 妇联 总结 2009年 一百二十 九成 三分之二 翻一番 余 多 近
    以上 每人 共计 其他 ５８ 聯(lián) ?jì)D □ | ( ) “ ” 😀 合计 1至6月份 - — ～ 3.5 1,285""")
WORDS += ["\n", "\r\n", "\t", "　", "\ufeff", "\ufffd", "\x00"]
MAIN = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(MAIN, max_examples=1500)

words = st.lists(st.one_of(st.sampled_from(WORDS), st.integers(0, 10**13).map(str), st.text(max_size=4)),
                 max_size=120).map("".join)
hanzi = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
chinese = st.text(hanzi | st.sampled_from("，。；：0123456789年月件人"), max_size=400)


@st.composite
def edited(draw):
    """A real-looking text with some stretches cut, doubled, moved, or with odd words put in."""
    text = draw(st.sampled_from(TEXTS))
    start = draw(st.integers(0, max(0, len(text) - 600)))
    text = text[start:start + draw(st.integers(50, 1200))]
    for _ in range(draw(st.integers(1, 8))):
        low = draw(st.integers(0, len(text)))
        high = min(len(text), low + draw(st.integers(0, 30)))
        new = draw(st.sampled_from(["", text[low:high] * 2, text[low:high][::-1]]) | st.sampled_from(WORDS))
        text = text[:low] + new + text[high:]
    return text


def holds(data):
    """Run the pipeline on bytes and check what must be true of any result."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.txt"
        path.write_bytes(data)
        made = run(path)
        with JsonlWriter(Path(folder) / "out") as tables, Store(Path(folder) / "x.db") as library:
            tables.write(made)
            library.write(made)
    assert not [error.message for error in made.errors if error.error == "E99"]
    if made.source is None:
        assert [error.stage for error in made.errors] == ["source"] and not made.documents
        return made
    text, repaired = made.source.text, made.repaired
    assert made.errors == [] and replay(text, repaired.log) == repaired.text
    assert all(0 <= mark.start <= mark.end <= len(repaired.text) for mark in repaired.marks)
    ends = {document.doc_id: (document.start, document.end) for document in made.documents}
    spans = list(ends.values())
    assert spans == sorted(spans) and all(a[1] <= b[0] for a, b in pairwise(spans))
    for table in ("figures", "set_aside", "activities", "issues"):
        for record in made.rows(table):
            low, high = ends[record.doc_id]
            assert low <= record.start < record.end <= high, record
    order = [(list(ends).index(f.doc_id), f.start) for f in made.figures]
    assert order == sorted(order)
    ids = {f.id for f in made.figures}
    assert len(ids) == len(made.figures)
    for f in made.figures:
        assert f.parent is None or f.parent in ids
        assert not {"masked", "damaged"} & set(f.flags) or f.value is None
        assert f.low is None or f.high is None or f.low <= f.high
    assert all(set(audit.figures) <= ids for audit in made.audits)
    return made


@MAIN
@given(st.binary(max_size=600))
def test_random_bytes(data):
    holds(data)


@MAIN
@given(chinese)
def test_random_chinese(text):
    holds(text.encode("utf-8"))


@MAIN
@given(words, st.sampled_from(["utf-8", "gb18030", "utf-16", "big5"]))
def test_random_words_of_reports_in_any_encoding(text, encoding):
    holds(text.encode(encoding, "replace"))


@MAIN
@given(edited())
def test_edited_summaries(text):
    holds(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("text", ["0个，", "来访10件，", "2余名,"])
def test_a_text_that_ends_after_a_comma(text):
    holds(text.encode())


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_sound_summary_is_left_untouched(text):
    made = holds(text.encode("utf-8"))
    kinds = {kind for repair in made.repaired.log for kind in repair.kinds}
    assert kinds <= {"fullwidth"}


@pytest.mark.slow
@MANY
@given(st.one_of(st.binary(max_size=2000), edited().map(str.encode), words.map(lambda t: t.encode("utf-8", "replace"))))
def test_many_more_of_each(data):
    holds(data)
