"""Offsets survive any edits: the alignment's own properties."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wqnlp.span import Aligned, Edit, replay


def batches(draw, length):
    """Edits of one step: apart from one another, inside a text of `length`."""
    cuts = sorted(draw(st.lists(st.integers(0, length), max_size=8, unique=True)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return [Edit(a, b, draw(st.text("甲乙丙12", max_size=3)), draw(st.sampled_from(["gloss", "script"])))
            for a, b in pairs]


@st.composite
def edited(draw):
    source = draw(st.text("天地玄黄0123", max_size=25))
    aligned, plain = Aligned.of(source), source
    for _ in range(draw(st.integers(1, 4))):
        edits = batches(draw, len(plain))
        aligned = aligned.edit(edits)
        for edit in reversed(edits):
            plain = plain[:edit.start] + edit.new + plain[edit.end:]
    return source, plain, aligned


@settings(max_examples=500)
@given(edited())
def test_edits_keep_text_log_and_offsets_together(case):
    source, plain, aligned = case
    assert aligned.text == plain
    assert replay(source, aligned.repairs) == plain
    spans = [aligned.source_span(i, i + 1) for i in range(len(plain))]
    assert all(0 <= s.start <= s.end <= len(source) for s in spans)
    assert [s.start for s in spans] == sorted(s.start for s in spans)
    assert [s.end for s in spans] == sorted(s.end for s in spans)


@settings(max_examples=300)
@given(edited())
def test_untouched_characters_answer_for_themselves(case):
    source, plain, aligned = case
    touched = {i for r in aligned.repairs for i in range(r.start, r.end)}
    for i in range(len(plain)):
        span = aligned.source_span(i, i + 1)
        if span.end - span.start == 1 and span.start not in touched:
            assert source[span.start] == plain[i]


def test_a_step_that_changes_nothing_leaves_no_trace():
    text = "共接待来信来访二百余件"
    assert Aligned.of(text).edit([Edit(0, 1, "共", "script")]).repairs == ()
