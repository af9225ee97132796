"""Issues end to end: short texts with what they raise and what they must not; denials, titles, publicity, roll-up."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wqnlp import vocab
from wqnlp.issues import rollup
from wqnlp.pipeline import run
from wqnlp.records import Figure

HEAD = "江平县妇联2013年维权工作总结\n2013年，江平县妇联围绕中心、服务大局，认真履行维权职责。\n一、做好信访工作\n"


def _cases():
    found = []
    for path in sorted((Path(__file__).parent / "cases" / "issues").glob("*.tsv")):
        for line in path.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                text, want, wont = [*line.split("\t"), "", ""][:3]
                found.append((text, want.split(), wont.split()))
    return found


CASES = _cases()


def raised(text, folder):
    path = folder / "t.txt"
    path.write_text(HEAD + text + "\n", "utf-8")
    result = run(path)
    assert not result.errors
    return {issue.issue: issue for issue in result.issues}


@pytest.mark.parametrize(("text", "want", "wont"), CASES, ids=[case[0][:14] for case in CASES])
def test_what_is_raised_and_what_is_not(text, want, wont, tmp_path):
    found = raised(text, tmp_path)
    assert not set(wont) & set(found), "raised, though only denied, named or taught"
    for one in want:
        code, _, cases = one.partition("=")
        code, _, salience = code.partition(":")
        assert code in vocab.codes("issues")
        assert code in found, f"{code} is missing of {sorted(found)}"
        if cases:
            assert found[code].cases == float(cases)
        if salience:
            assert found[code].salience == salience


def figure(at, value, issue, parent=None, measure="cases_received", unit="件", flags=(), low=None):
    return Figure(id=f"d:{at}", doc_id="d", start=at, end=at + 2, text="", sentence="", value=value,
                  low=value if low is None else low, high=value, unit=unit, kind="count", measure=measure,
                  issue=issue, parent=parent, flags=flags)


def test_a_class_with_its_own_figure_does_not_add_its_parts():
    told = rollup([figure(0, 118.0, "marriage_family"), figure(5, 47.0, "domestic_violence", "d:0"),
                   figure(9, 30.0, "divorce", "d:0")])["marriage_family"]
    assert (told.cases, told.how, told.parts) == (118.0, "stated", {"domestic_violence": 47.0, "divorce": 30.0})
    assert told.figures == ("d:0",)


def test_parts_alone_are_summed_each_once():
    told = rollup([figure(0, 47.0, "domestic_violence"), figure(5, 47.0, "domestic_violence", flags=("duplicate",)),
                   figure(9, 30.0, "divorce"), figure(12, 20.0, "divorce", flags=("previous",)),
                   figure(20, 11.0, "domestic_violence", measure="cases_resolved")])["marriage_family"]
    assert (told.cases, told.how, told.figures) == (77.0, "summed", ("d:0", "d:9"))


def test_a_part_of_a_part_is_not_added():
    told = rollup([figure(0, 47.0, "divorce"), figure(5, 12.0, "domestic_violence", "d:0")])["marriage_family"]
    assert (told.cases, told.figures) == (47.0, ("d:0",))


def test_people_and_cases_are_not_added():
    told = rollup([figure(0, 47.0, "divorce"), figure(5, 12.0, "domestic_violence"),
                   figure(9, 300.0, "custody_support", measure="case_visits", unit="人次")])["marriage_family"]
    assert told.cases == 59.0 and told.unit == "件"


def test_a_masked_part_leaves_a_lower_bound():
    told = rollup([figure(0, 4.0, "trafficking"), figure(5, None, "sexual_assault", low=None)])["personal"]
    assert (told.cases, told.low, told.how) == (None, 4.0, "at_least")


@given(st.lists(st.tuples(st.sampled_from(["divorce", "domestic_violence", "marriage_family", "trafficking"]),
                          st.integers(0, 99), st.one_of(st.none(), st.integers(0, 8))), max_size=9))
def test_never_more_than_was_printed_and_no_figure_twice(rows):
    figures = [figure(at, float(value), issue, None if parent is None else f"d:{parent}")
               for at, (issue, value, parent) in enumerate(rows)]
    for one in rollup(figures).values():
        family = [f.value for f in figures if (vocab.parent(f.issue) or f.issue) == one.issue]
        assert one.cases <= sum(family) and len(set(one.figures)) == len(one.figures)
        assert one.how == "summed" or one.cases in family


@pytest.mark.parametrize(("text", "want", "wont"), CASES, ids=[case[0][:14] for case in CASES])
def test_the_same_in_traditional_script_and_full_width(text, want, wont, tmp_path):
    from opencc import OpenCC

    digits = str.maketrans({str(n): chr(0xff10 + n) for n in range(10)} | {"%": "％"})
    found = raised(OpenCC("s2t").convert(text).translate(digits), tmp_path)
    assert not set(wont) & set(found)
    for code, _, cases in (one.partition(":")[0].partition("=") for one in want):
        assert found[code].cases == (float(cases) if cases else found[code].cases)
