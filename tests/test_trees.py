"""Trees, issues, flags and audits end to end: short texts in many voices, with what must be read of them and what must not."""

import json
from collections import Counter
from pathlib import Path

import pytest

from wqnlp.pipeline import reasons, run_text

CASES = Path(__file__).parent / "cases" / "trees"
HEAD = "江平县妇联2013年维权工作总结\n2013年，江平县妇联围绕中心、服务大局，认真履行维权职责。\n一、基本情况\n"


def shelf(name):
    """Rows of a shelf: text, `figures` (surface, its second time with `#2`, to fields; a parent by surface), `audits`."""
    rows = [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()]
    return [pytest.param(row, id=f"{row['of']}-{row['text'][:16]}".replace("\n", " ")) for row in rows]


def told(text):
    """The figures of a text by surface, their parents by surface, and its audits as words."""
    made = run_text(HEAD + text + "\n")
    assert not made.errors
    seen, names = Counter(), {}
    for figure in made.figures:
        seen[figure.text] += 1
        names[figure.id] = figure.text + (f"#{seen[figure.text]}" if seen[figure.text] > 1 else "")
    figures = {names[figure.id]: figure for figure in made.figures}
    audits = {f"{a.kind} {a.status}: {' '.join(names[one] for one in a.figures)}" for a in made.audits}
    return figures, names, audits


def holds(row):
    figures, names, audits = told(row["text"])
    for surface, fields in row.get("figures", {}).items():
        assert surface in figures, f"{surface} is not among {sorted(figures)}"
        for field, want in fields.items():
            got = getattr(figures[surface], field)
            got = names.get(got) if field == "parent" else list(got) if field == "flags" else got
            assert got == want, f"{field} of {surface}"
    assert not set(row.get("none", ())) & set(figures)
    assert set(row.get("audits", ())) <= audits
    assert not set(row.get("no_audits", ())) & {audit.split()[0] for audit in audits}
    assert {audit for audit in audits if "inconsistent" in audit} <= set(row.get("audits", ()))


@pytest.mark.parametrize("row", [*shelf("positive"), *shelf("negative")])
def test_what_is_read_and_what_is_not(row):
    holds(row)


@pytest.mark.xfail(strict=True, reason="written down so that a cure is noticed")
@pytest.mark.parametrize("row", shelf("known_failures"))
def test_not_yet(row):
    holds(row)


def test_each_behaviour_has_rows_for_and_against():
    for name in ("positive", "negative"):
        assert min(Counter(param.values[0]["of"] for param in shelf(name)).values()) >= 6


@pytest.mark.parametrize(("text", "surface", "line"), [
    ("12338热线接听来电726个。按诉求性质，咨询类512个，投诉求助类214个。", "214个", "parent: adds up"),
    ("市法院受理离婚案件1187件，东关镇涉及的有41件，占3.5%。", "41件", "parent: its share"),
    ("县妇联接待信访122件。\n1.财产权益类88件，占72.1%。\n2.土地权益类10件，占8.2%。", "10件", "part of: 122件"),
    ("接待家庭暴力投诉60件，其中来信20件、来访40件。", "40件", "issue: of its total"),
    ("受理家暴投诉46件，上年31件，增加15件。", "15件", "issue: of the figure beside it"),
    ("受理家庭暴力118件次。占婚姻家庭四成。", "四成", "issue: of the sentence before"),
    ("明年我们将新建维权服务站30个。", "30个", "flag: a period to come"),
    ("2012年为212件，2013年为238件。", "212件", "flag: a period before this one"),
])
def test_a_figure_tells_why(text, surface, line):
    whole = HEAD + text + "\n"
    start = whole.index(surface, len(HEAD))
    assert line in reasons(whole, start, start + len(surface))
