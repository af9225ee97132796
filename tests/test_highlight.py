"""A summary in a notebook: highlighted, with hints, and safe whatever markup the text holds."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wqnlp
from wqnlp.highlight import LONGEST, safe, to_html
from wqnlp.pipeline import Result, run, run_text

TEXTS = sorted((Path(__file__).parent / "gold" / "dev" / "texts").glob("*.txt"))
KNOWN = {"style", "div", "span", "b", "br"}


class Page(HTMLParser):
    """What a browser would see: tags, attributes, and the text of the summary without its chips."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.texts, self.hints, self.open = [], set(), [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.hints += [value for name, value in attrs if name == "title"]
        if tag != "br":
            self.open.append((tag, dict(attrs).get("class", "")))
        if (tag, dict(attrs).get("class")) == ("div", "w-text"):
            self.texts.append("")

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if ("div", "w-text") in self.open and self.open[-1][0] != "b":
            self.texts[-1] += data


def check(result):
    page = Page(to_html(result))
    assert set(page.tags) <= KNOWN and page.attributes <= {"class", "title"} and not page.open
    return page


@pytest.mark.parametrize("path", TEXTS[:5], ids=[p.name for p in TEXTS[:5]])
def test_every_character_and_every_figure_is_shown(path):
    summary = wqnlp.read(path)
    page = check(summary.result)
    assert summary._repr_html_() == to_html(summary.result)
    shown = summary.result.repaired.aligned.repaired_span
    assert page.texts == [safe_text(summary.text[slice(*shown(d.start, d.end))]) for d in summary.result.documents]
    assert sum("sure" in hint for hint in page.hints) >= len(summary.figures)


def safe_text(text):
    from html import unescape

    return unescape(safe(text))


PIECES = st.sampled_from(["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</div>", "'", '"', "&lt;", "&#60;",
                          "<!--", "]]>", "96件", "家庭暴力12件", "聯(lián)系", "\n", "\r\n", "\x00", "\ud800", "\u202e",
                          "接待来信来访", "“12338”", "××件", "</style>", "<svg/onload=x>", "９６件", "&amp"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=14))
def test_markup_in_a_text_is_shown_and_not_obeyed(pieces):
    result = run_text("江平县妇联2013年工作总结\n" + "".join(pieces))
    assert not result.errors
    page = check(result)
    whole = safe_text(result.repaired.text)
    assert len(page.texts) == max(1, len(result.documents)) and all(text in whole for text in page.texts)
    to_html(result).encode("utf-8")


def test_markup_in_a_path_and_a_hint():
    missing = check(run("<b>x</b>.txt"))
    assert "b" not in missing.tags
    page = check(run_text('江平县妇联2013年工作总结\n接待"<i>来访</i>96件，聯(<b onclick=x>lián</b>)系。'))
    assert "i" not in page.tags


def test_repairs_are_told_on_hover():
    page = check(run_text("江平縣婦聯2013年工作總結\n全年聯(lián)合接待來訪９６件，救助××名。"))
    assert any("縣" in hint and "县" in hint for hint in page.hints)
    assert any("lián" in hint for hint in page.hints)
    assert any(hint.startswith("96 件") for hint in page.hints) or any("\n96 件" in hint for hint in page.hints)


def test_a_long_text_is_cut_and_says_so():
    html = to_html(run_text("江平县妇联2013年工作总结\n" + "开展普法宣传活动。\n" * (LONGEST // 9 + 50)))
    assert re.search(r"[\d,]+ more characters are not shown", html)
    check_tags = Page(html)
    assert not check_tags.open


def test_what_could_not_be_read():
    assert "w-text" not in to_html(Result(path="x")).split("</style>")[1]
