"""Audits as a solver: what one slip explains, what must never be accused, years side by side, and bounded time."""

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wqnlp.audits import audit, audit_years
from wqnlp.records import Copy, Document, Figure

ISSUES = ("marriage_family", "labour", "property", "personal", "education_culture", "other")
WORDS = ("婚姻家庭类", "劳动权益类", "财产权益类", "人身权益类", "文化教育类", "其他")


def figure(text, sentence, start, value, measure="cases_received", **more):
    unit = "%" if "%" in text or measure == "share" else "名" if text.endswith("名") else "件"
    fields = {"unit": unit, "kind": "percent" if unit == "%" else "count", "low": value, "high": value, "doc_id": "d"}
    return Figure(id=f"d:{start}-{start + len(text)}", start=start, end=start + len(text), text=text, sentence=sentence,
                  value=value, measure=measure, **(fields | more))


def breakdown(total, parts, shares=None, *, begin=0, link=True):
    """接待60件，其中婚姻家庭类26件，占43%；……: the figures as extraction gives them."""
    surfaces, text = [(f"{total}件", total, "cases_received", None)], f"接待{total}件，其中"
    for n, part in enumerate(parts):
        issue = 5 if n == len(parts) - 1 else n
        text += f"{WORDS[issue]}{part}件"
        surfaces.append((f"{part}件", part, "cases_received", ISSUES[issue]))
        if shares:
            text += f"，占{shares[n]}%"
            surfaces.append((f"{shares[n]}%", float(shares[n]), "share", ISSUES[issue]))
        text += "；" if n < len(parts) - 1 else "。"
    made, at = [], 0
    for surface, value, measure, issue in surfaces:
        at = text.index(surface, at)
        part = made and link and measure == "cases_received"
        made.append(figure(surface, text, begin + at, float(value), measure, issue=issue,
                           parent=made[0].id if part else None, role="part" if part else "single"))
        at += len(surface)
    return made


def printed(part, total, decimals, cut):
    exact = 100 * part * 10 ** decimals / total
    number = int(exact) if cut else int(exact + 0.5)
    return f"{number / 10 ** decimals:.{decimals}f}"


breakdowns = st.tuples(st.lists(st.integers(1, 400), min_size=2, max_size=6), st.integers(0, 2), st.booleans(),
                       st.booleans(), st.booleans())


@settings(max_examples=150, deadline=None)
@given(breakdowns)
def test_a_consistent_breakdown_is_never_accused(drawn):
    parts, decimals, cut, with_shares, link = drawn
    total = sum(parts)
    shares = [printed(p, total, decimals, cut) for p in parts] if with_shares else None
    found = audit(breakdown(total, parts, shares, link=link))
    assert not [a for a in found if a.status == "inconsistent"]
    if link:
        assert any(a.kind == "sum" and a.status == "consistent" for a in found)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(20, 400), min_size=3, max_size=6), st.integers(0, 9), st.data())
def test_a_digit_changed_is_found_and_the_suggestion_holds_the_true_value(parts, new, data):
    total = sum(parts)
    figures = breakdown(total, parts, [printed(p, total, 1, False) for p in parts])
    at = data.draw(st.integers(0, len(figures) - 1))
    one = figures[at]
    place = data.draw(st.sampled_from([i for i, c in enumerate(one.text) if c.isdigit()]))
    if one.text[place] == str(new) or (place == 0 and new == 0):
        return
    text = one.text[:place] + str(new) + one.text[place + 1:]
    sentence = one.sentence[:one.start] + text + one.sentence[one.end:]
    figures = [replace(f, sentence=sentence) for f in figures]
    value = float(text.rstrip("件%"))
    figures[at] = replace(figures[at], text=text, value=value, low=value, high=value)
    found = audit(figures)
    wrong = [a for a in found if a.status == "inconsistent"]
    off = abs(value - (one.value or 0))
    if one.unit == "%" and off > 0.15:
        # By chance it may come right for two other figures (20 of 204 is 9.8%); for its own it never does.
        told = [a for a in found if a.figures[0] == one.id]
        assert told
        assert all(a.status != "consistent" or a.figures[1:] != (figures[at - 1].id, figures[0].id) for a in told)
    # Where the true value is the only explanation, it is what is suggested for a share: its part and total are bound.
    for a in wrong:
        if one.unit == "%" and a.suggestion:
            assert a.suggestion.startswith(f"{one.text}：")


def test_zeros_and_percent_signs_lost_are_put_back_in_words_only():
    text = "今年共接待来信来访来电5件，其中来访44，来信3，来电3。"
    more = "其中婚姻家庭类26件，占52。"
    figures = [figure("5件", text, 11, 5.), figure("44", text, 18, 44., role="total"),
               figure("3", text, 23, 3., parent="d:18-20"), figure("3", text, 27, 3., parent="d:18-20"),
               figure("26件", more, 42, 26., issue="marriage_family", parent="d:18-20"),
               figure("52", more, 47, None, "share", issue="marriage_family", flags=("damaged",))]
    added, share = audit(figures)
    assert (added.kind, added.status, added.stated, added.computed) == ("sum", "inconsistent", 5, 50)
    assert added.suggestion == "50件：5件末位的零脱落，44+3+3=50"
    assert (share.kind, share.status, share.stated) == ("ratio", "consistent", 52)
    assert share.figures == ("d:47-49", "d:42-45", "d:11-13")
    assert share.suggestion == "52%：百分号脱落，26/50合52%"


def test_a_rate_of_one_is_a_hundred_where_all_were_resolved():
    text = "受理60件，办结60件，结案率为1。"
    figures = [figure("60件", text, 2, 60., role="total"), figure("60件", text, 8, 60., "cases_resolved", parent="d:2-5"),
               figure("1", text, 16, None, "resolution_rate", unit="%", kind="percent", flags=("damaged",))]
    [found] = audit(figures)
    assert found.status == "undetermined" and found.suggestion.startswith("100%：")


@pytest.mark.parametrize(("text", "flag", "wanted"), [("□26件", "damaged", "326件"), ("3××件", "masked", "326件"),
                                                      ("××件", "masked", "326件"), ("□27件", "damaged", None)])
def test_a_lost_or_masked_number_is_filled_by_its_sum(text, flag, wanted):
    sentence = f"接待{text}，其中来信100件，来访200件，其他26件。"
    figures = [figure(text, sentence, 2, None, flags=(flag,), role="total")]
    figures += [figure(f"{v}件", sentence, s, float(v), parent=figures[0].id) for v, s in ((100, 11), (200, 18), (26, 25))]
    [found] = audit(figures)
    assert found.status == "undetermined" and found.stated is None and found.computed is None
    assert (found.suggestion or "").partition("：")[0] == (wanted or "")


def test_a_wrong_part_that_two_relations_hold_is_named_and_a_lone_contradiction_is_not():
    both = breakdown(287, [218, 37, 32], ["76.3", "12.9", "11.1"])
    found = {a.figures[0]: a for a in audit(both)}
    assert found[both[2].id].suggestion.startswith("76.0%：76.3%的“3”疑为“0”之误")
    lone = [f for f in both if f.text in ("287件", "218件", "76.3%")]
    [only] = [a for a in audit(lone) if a.status == "inconsistent"]
    assert only.suggestion is None       # 219 of 287 would do as well


def test_a_share_of_several_parts_and_of_a_whole_told_between():
    text = "接待139件，其中劳动类和财产类分别为18件、13件，合计占22.3%。"
    figures = [figure("139件", text, 2, 139., role="total"), figure("18件", text, 21, 18., parent="d:2-6"),
               figure("13件", text, 25, 13., parent="d:2-6"), figure("22.3%", text, 32, 22.3, "share")]
    [found] = [a for a in audit(figures) if a.kind == "ratio"]
    assert (found.status, len(found.figures)) == ("consistent", 4)
    text = "陪审员中女性39名，占全部82名陪审员的50%。"
    figures = [figure("39名", text, 6, 39., "members", kind="people", parent="d:13-16"),
               figure("82名", text, 13, 82., "members", kind="people", role="total"), figure("50%", text, 21, 50., "share")]
    [found] = audit(figures)
    assert (found.figures, found.status) == (("d:21-24", "d:6-9", "d:13-16"), "inconsistent")


def test_parts_in_other_sections_than_their_total():
    lines = ["全年受理348件。", "婚姻家庭类投诉201件。", "劳动权益类投诉97件。", "财产权益类投诉50件。"]
    figures = [figure(f"{v}件", line, 40 * n, float(v), issue=i) for n, (line, v, i) in
               enumerate(zip(lines, (348, 201, 97, 50), (None, *ISSUES[:3]), strict=True))]
    [found] = audit(figures)
    assert (found.kind, found.status, len(found.figures)) == ("sum", "consistent", 4)
    figures[-1] = replace(figures[-1], value=51., text="51件")
    assert audit(figures) == []


def test_a_total_after_its_parts():
    text = "来信12件、来访30件、来电18件，合计60件。"
    figures = [figure(f"{v}件", text, text.index(f"{v}件"), float(v)) for v in (12, 30, 18, 60)]
    [found] = audit(figures)
    assert (found.status, found.stated, len(found.figures)) == ("consistent", 60, 4)


def test_a_change_of_a_part_is_not_held_against_the_base_of_the_whole():
    text = "接待238件，比2009年的221件增加17件，其中婚姻家庭类150件，比上年增加20件。"
    figures = [figure("238件", text, 2, 238., role="total"), figure("221件", text, 14, 221., flags=("previous",)),
               figure("17件", text, 20, 17., "change"), figure("150件", text, 31, 150., parent="d:2-6"),
               figure("20件", text, 41, 20., "change")]
    assert [(a.stated, a.status) for a in audit(figures)] == [(17, "consistent")]


def page(count):
    draw = random.Random(3)
    figures = []
    while len(figures) < count:
        parts = [draw.randint(5, 90) for _ in range(5)]
        total = sum(parts) + draw.choice((0, 0, 0, 1, 10))
        figures += breakdown(total, parts, [printed(p, total, 1, False) for p in parts], begin=len(figures) * 40,
                             link=draw.random() < 0.7)
    return figures[:count]


def test_time_is_bounded_and_in_proportion():
    def seconds(count):
        figures, start = page(count), time.process_time()
        audit(figures)
        return time.process_time() - start

    short, long = min(seconds(200) for _ in range(3)), min(seconds(2000) for _ in range(2))
    assert short < 1.0
    assert long < 30 * max(short, 0.01)  # ten times the figures; a hundred times the time if quadratic


def test_one_list_of_two_thousand_parts_ends_in_time():
    text = "接待12345件，其中" + "、".join("5件" for _ in range(2000)) + "。"
    figures = [figure("12345件", text, 2, 12345., role="total")]
    figures += [figure("5件", text, 12 + 3 * n, 5., parent="d:2-8") for n in range(2000)]
    start = time.process_time()
    assert all(a.status != "inconsistent" for a in audit(figures))
    assert time.process_time() - start < 10


def years(base, **more):
    told = {"path": "", "start": 0, "end": 99, "title": "", "adcode": "341525"}
    old = replace(figure("212件", "受理212件。", 2, 212., role="total"), id="a:2-6", doc_id="a")
    text = f"受理238件，比2009年的{base}件多。"
    new = [replace(f, id="b" + f.id[1:], doc_id="b") for f in
           (figure("238件", text, 2, 238.), figure(f"{base}件", text, 14, float(base), flags=("previous",)))]
    documents = [Document(doc_id="a", year=2009, **told), Document(doc_id="b", year=2010, **(told | more))]
    return {"a": [old], "b": new}, documents


@pytest.mark.parametrize(("base", "status"), [(212, "consistent"), (221, "inconsistent"), (480, None)])
def test_a_base_against_what_the_year_before_reported(base, status):
    assert [a.status for a in audit_years(*years(base))] == ([status] if status else [])


def test_years_of_other_places_periods_and_copies_are_not_set_side_by_side():
    assert audit_years(*years(221, adcode="341526")) == []
    assert audit_years(*years(221, period_kind="half")) == []
    assert audit_years(*years(221, copies=(Copy(doc_id="a", similarity=0.99, differs=("year",)),))) == []
    assert audit_years(*years(221, copies=(Copy(doc_id="a", similarity=0.9, differs=("year", "figures")),)))


def test_a_masked_total_is_suggested_by_the_year_after():
    figures, documents = years(212)
    figures["a"] = [replace(figures["a"][0], text="2xx件", value=None, low=200., high=299., flags=("masked",))]
    [found] = audit_years(figures, documents)
    assert found.status == "undetermined" and found.suggestion.startswith("212件：")
