"""Summaries made up with a known truth: no false alarm, hardly a wrong parent or an invented relation, slips found in time."""

import random
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import BLOCKS, HEAD, Page, cases, spelled, summary

from wqnlp import metadata, repair, structure
from wqnlp.audits import audit
from wqnlp.figures.extracting import extract
from wqnlp.grammar import numerals
from wqnlp.pipeline import Result, run_text
from wqnlp.source.base import Decoding, Source

WRONG_PARENTS, INVENTED = 1 / 200, 0.02         # most of the figures
FOUND = {"change %": 0.95, "change n": 0.9, "ratio %": 0.95, "ratio n": 0.8, "sum n": 0.15}     # least of the slips


def read(text: str) -> Result:
    made = run_text(text)
    assert not made.errors
    return made


def compared(page: Page) -> tuple[Counter[str], list[str]]:
    """How the figures and audits of a page stand to its truth, with what is wrong in words; what must never be is asserted."""
    made = read(page.text)
    by_id = {figure.id: figure for figure in made.figures}
    truth = {one.start: one for one in page.figures}
    tally, faults = Counter(figures=len(truth), found=len(truth.keys() & {f.start for f in made.figures})), []
    for figure in made.figures:
        parent, want = by_id.get(figure.parent or ""), truth.get(figure.start)
        if parent is None:
            tally["missing"] += want is not None and want.parent is not None
            continue
        assert parent.measure != "change" and figure.kind != "percent"
        assert parent.value is None or figure.value is None or figure.value <= parent.value, (figure.text, parent.text)
        above, seen = parent, {figure.id}
        while above is not None:
            assert above.id not in seen, f"a cycle over {figure.text}"
            seen.add(above.id)
            above = by_id.get(above.parent or "")
        if want is None or want.parent is None or want.parent.start != parent.start:
            faults.append(f"{figure.text} of {parent.text}: {figure.sentence}")
            tally["wrong"] += 1
        else:
            tally["right"] += 1
    for made_of in made.audits:
        members = [by_id[one] for one in made_of.figures]
        told = f"{made_of.kind} {[one.text for one in members]} {made_of.stated} {made_of.computed}: {members[0].sentence}"
        assert made_of.status != "inconsistent", told
        known = (made_of.kind, frozenset(one.start for one in members)) in page.relations
        if not known and made_of.kind != "restatement":
            faults.append(told)
            tally["invented"] += 1
    return tally, faults


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10 ** 6))
def test_what_holds_is_never_called_wrong_and_no_part_exceeds_its_total(seed):
    compared(summary(seed))


def totals(seeds):
    tally, faults = Counter(), []
    for seed in seeds:
        one, wrong = compared(summary(seed))
        tally += one
        faults += wrong
    return tally, "\n".join(faults[:20])


def check(tally, told):
    assert tally["wrong"] <= WRONG_PARENTS * tally["figures"], f"{tally}\n{told}"
    assert tally["invented"] <= INVENTED * tally["figures"], f"{tally}\n{told}"
    assert tally["missing"] <= 0.02 * tally["right"], f"{tally}"
    assert tally["found"] >= 0.99 * tally["figures"]


def test_trees_and_relations_of_a_few():
    check(*totals(range(120)))


@pytest.mark.slow
def test_trees_and_relations_of_many():
    check(*totals(range(10_000, 11_500)))


def slipped(page: Page, rng: random.Random):
    """The text with one digit of one member of a relation changed: what kind of figure it was, and where it stands."""
    at = {one.start: one for one in page.figures}
    relations = sorted((kind, tuple(sorted(members))) for kind, members in page.relations if len(members) > 2)
    if not relations or page.hanzi:
        return None
    kind, members = rng.choice(relations)
    one = at[rng.choice(members)]
    place = one.start + rng.choice([i for i, char in enumerate(one.text) if char.isdigit()])
    digit = rng.choice([d for d in "123456789" if d != page.text[place]])
    return page.text[:place] + digit + page.text[place + 1:], f"{kind} {'%' if one.text.endswith('%') else 'n'}", one.start


def slips(seeds) -> tuple[Counter[str], Counter[str]]:
    tried, found = Counter(), Counter()
    for seed in seeds:
        slip = slipped(summary(seed), random.Random(seed))
        if slip is not None:
            text, kind, start = slip
            made = read(text)
            accused = {one for audit in made.audits if audit.status in ("inconsistent", "rounding") for one in audit.figures}
            tried[kind] += 1
            found[kind] += any(figure.start == start and figure.id in accused for figure in made.figures)
    return tried, found


def enough(tried, found):
    for kind, least in FOUND.items():
        assert found[kind] >= least * tried[kind] - 1, f"{kind}: {found[kind]} of {tried[kind]} slips found"


def test_one_wrong_digit_is_found_where_a_share_or_a_change_stands_beside():
    """A list of parts alone, of which a summary may leave out some, is accused of nothing: most slips of `sum` stay unfound."""
    enough(*slips(range(160)))


@pytest.mark.slow
def test_wrong_digits_of_many():
    enough(*slips(range(20_000, 21_200)))


def page_of(figures: int) -> str:
    rng = random.Random(figures)
    page = Page(rng, 0)
    while len(page.figures) < figures:
        rng.choice((cases, *BLOCKS[:-1]))(page)
        page.say("\n" if rng.random() < 0.4 else "")
    return page.text


def rows_of(figures: int) -> str:
    rows = "".join(f"{chr(0x4e00 + n)}县 | {n % 90 + 10} | {n % 9 + 1} | {n % 7 + 1}\n" for n in range(figures // 6))
    return f"下表（单位：件）。\n地区 | 总数 | 家暴 | 离婚\n{rows}合计 | 3000 | 900 | 700\n二、其他\n" + \
        "。".join(f"婚姻家庭类中，家庭暴力{n % 40}件，办结{n % 9 + 1}件" for n in range(figures // 4)) + "。"


LONG = {
    "a page": page_of, "a table and its topics": rows_of,
    "one sentence": lambda n: "接待来访5000件，其中" + "、".join(f"家庭暴力{at % 50 + 1}件" for at in range(n)) + "。",
    "equal numbers": lambda n: "接待来访12件。" * n,
    "brackets": lambda n: "接待9000件" + "".join(f"，婚姻{at % 40 + 20}件（家暴{at % 9 + 1}件，离婚{at % 9 + 3}件）"
                                              for at in range(n // 3)),
    "其中 upon 其中": lambda n: "接待9000件，" + "，".join(f"其中{at % 40 + 20}件" for at in range(n)) + "。",
    "shares": lambda n: "".join(f"离婚{at % 40 + 20}件，占{at % 37 + 3}.{at % 10}%。" for at in range(n // 2)),
}


@pytest.mark.parametrize("make", LONG.values(), ids=LONG)
def test_time_grows_with_the_number_of_figures(make):
    """200 figures and 2,000: ten times the time, not a hundred times."""
    def seconds(figures):
        text = f"{HEAD}{make(figures)}\n"
        source = Source(path="t.txt", text=text, sha256="0" * 64, format="text",
                        decoding=Decoding(encoding="utf-8", reason="given", confidence=1.0))
        whole = structure.summaries(repair.repair(source))[0]
        document = metadata.describe(whole, "d", "t.txt")
        start = time.process_time()
        found, _ = extract(whole, document)
        audit(found)
        assert len(found) >= 0.8 * figures
        return time.process_time() - start

    def best(figures):
        return min(seconds(figures) for _ in range(3))

    seconds(200)
    assert best(2000) < 25 * max(best(200), 0.01)


@given(st.integers(1, 9999))
def test_numbers_are_spelled_as_they_are_read(number):
    assert numerals.read(spelled(number)).value == number
