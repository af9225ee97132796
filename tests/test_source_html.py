"""Saved web pages: what a page shows is read, what its site puts around it is not, and no page breaks the reader."""

import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from webskins import COMMENTS, SKINS, TEASERS, render

from wqnlp.errors import Unreadable
from wqnlp.pipeline import run
from wqnlp.source import read
from wqnlp.source.html import HtmlReader
from wqnlp.source.htmllines import Line
from wqnlp.source.htmlmain import _about, _of_site
from wqnlp.source.htmltree import Element, tree
from wqnlp.tables import table

DEV = sorted((Path(__file__).parent / "gold" / "dev" / "texts").glob("*.txt"))
NUMBER = re.compile(r"\d+")


def page(tmp_path, text, encoding="utf-8", name="a.html"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return read(path)


def lines(tmp_path, text):
    return page(tmp_path, f"<html><body>{text}</body></html>").text.split("\n")


SAID = "县妇联共接待来信来访二百八十七人次，办结二百八十件。"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("label", ["gb2312", "utf-8", "GBK", "big5", "iso-8859-1", ""])
def test_the_encoding_that_gives_chinese_whatever_the_page_says(tmp_path, encoding, label):
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={label}">' if label else ""
    assert page(tmp_path, f"<html><head>{head}</head><body><p>{SAID}</p></body></html>", encoding).text == SAID


def test_the_encoding_is_found_behind_a_long_script(tmp_path):
    source = page(tmp_path, f"<html><script>{'var a = 1; ' * 9000}</script><p>{SAID}</p></html>", "gb18030")
    assert (source.text, source.decoding.encoding) == (SAID, "gb18030")


def test_traditional_pages_in_big5(tmp_path):
    said = "縣婦聯共接待來信來訪二百八十七人次，辦結二百八十件。"
    assert page(tmp_path, f"<html><meta charset=big5><p>{said}", "cp950").text == said


def test_what_a_page_says_of_its_encoding_is_told(tmp_path):
    source = page(tmp_path, f"<html><meta charset=gb2312><p>{SAID}", "gb18030")
    assert "the page says so" in source.decoding.reason and source.decoding.confidence > 0.9


@pytest.mark.parametrize(("markup", "shown"), [
    ("<p>接待<span>2</span>80件", ["接待280件"]),
    ("<p>接待<font color=red>28</font><b>0</b>件", ["接待280件"]),
    ("<p>接待2<span style='display:none'>9</span>80件", ["接待280件"]),
    ("<p>接待2<span hidden>9</span>80件", ["接待280件"]),
    ("<p>接待2<i style='font-size:0px'>9</i>80件", ["接待280件"]),
    ("<p>接待2<i style='position:absolute; left:-9999px'>9</i>80件", ["接待280件"]),
    ("<p>接待2<i style='width:0;height:0;overflow:hidden'>9</i>80件", ["接待280件"]),
    ("<p>接待2<font class=jammer>9</font>80件", ["接待280件"]),
    ("<style>.x{color:red} .y, p .z{display:none}</style><p>接待2<b class=z>9</b>80<b class=x>件</b><b class=y>1</b>", ["接待280件"]),
    ("<style>@media print{.z{display:none}}</style><p>接待2<b class=z>8</b>0件", ["接待280件"]),
    ("<style>.z{display:none} .on .z{display:block}</style><p>接待2<b class=z>8</b>0件", ["接待280件"]),
    ("<div style='font-size:0'><p style='font-size:14px'>接待280件</p>9</div>", ["接待280件"]),
    ("<p>接待2&#8203;8&shy;0<wbr>件", ["接待280件"]),
    ("<p>接待&#x6765;&#35775;28&#48;件&mdash;&mdash;&ldquo;三八&rdquo;", ["接待来访280件——“三八”"]),
    ("<p>接待&amp;nbsp;280件&amp;mdash;&amp;#x5987;联", ["接待\xa0280件—妇联"]),
    ("<p>接待<ruby>妇<rp>(</rp><rt>fù</rt><rp>)</rp>联<rt>lián</rt></ruby>280件", ["接待妇联280件"]),
    ("<p>接待<del>290</del><ins>280</ins>件<s>，办结7件</s>", ["接待280件"]),
    ("<p>接待280<sup>[1]</sup>件，面积5km<sup>2</sup>", ["接待280件，面积5km²"]),
    ("<p>接待280<sup>1</sup>件", ["接待280件"]),
    ("<p>一<br>二<BR/>三<p>四<div>五</div>六", ["一", "二", "三", "四", "五", "六"]),
    ("<p>接待来信\n  来访280\n件", ["接待来信来访280件"]),
    ("<p>接待 280 件\nin all\n2013", ["接待 280 件in all 2013"]),
    ("<pre>一、信访\n\n  接待280件\n</pre>", ["一、信访", "  接待280件"]),
    ("<ol><li>信访<li>普法<li value=7>调解</ol>", ["1. 信访", "2. 普法", "7. 调解"]),
    ("<ol start=9 type=a><li>信访<li>普法</ol>", ["i. 信访", "j. 普法"]),
    ("<ol style='list-style-type:cjk-ideographic' start=10><li>信访<li>普法</ol>", ["十、信访", "十一、普法"]),
    ("<ol><li><h2>信访</h2><li><p>普法<p>维权<li><ol><li><p>热线</ol></ol>", ["1. 信访", "2. 普法", "维权", "1. 热线"]),
    ("<div title=header><p>第7期 共印35份</div><ol><li>信访</ol><p><a class=sdfootnotesym href=#a>1</a>9件</p>", ["1. 信访", "9件"]),
    ("<ol reversed><li>信访<li>普法</ol>", ["2. 信访", "1. 普法"]),
    ("<ol style='list-style:none'><li>信访</ol><ul><li>普法</ul>", ["信访", "普法"]),
    ("<p>接待<img src=a.gif alt='999件'>280件", ["接待280件"]),
    ("<p>接待280件<script>document.write('9件')</script><noscript>9件</noscript><template>9件</template>", ["接待280件"]),
    ("<p>接待280件<!-- 9件 --><!--[if gte mso 9]><xml>9件</xml><![endif]-->", ["接待280件"]),
    ("<p>接待<o:p></o:p>280<st1:chmetcnv w:st=on>件</st1:chmetcnv>", ["接待280件"]),
    ("<p>他说<q>接待280件</q>", ["他说“接待280件”"]),
    ("<p>接待\x00280件", ["接待280件"]),
    ("<textarea>复制9件</textarea><select><option>9件</select><button>9</button><p>接待280件", ["接待280件"]),
    ("<marquee>表彰28名</marquee><p>接待280件", ["接待280件"]),
    ("<div>一、信访\n　　接待280件\n　　二、普法</div>", ["一、信访", "　　接待280件", "　　二、普法"]),
])
def test_what_a_page_shows(tmp_path, markup, shown):
    assert lines(tmp_path, markup) == shown


def test_a_data_table_is_rows_and_its_cells_are_exact(tmp_path):
    source = page(tmp_path, "<html><p>表1<table border=1><tr><th rowspan=2>县区<th colspan=2>信访<th>合计<tr><td>来信<td>来访<td>"
                            "<tr><td>城关<br>镇<td>12<td>34<td>46</table><p>完")
    assert source.text.split("\n") == ["表1", "县区 | 信访 | 合计", " | 来信 | 来访 | ", "城关镇 | 12 | 34 | 46", "完"]
    told = [(c.table, c.row, c.column, c.rows, c.columns, source.text[c.start:c.end]) for c in source.cells]
    assert told == [(0, 0, 0, 2, 1, "县区"), (0, 0, 1, 1, 2, "信访"), (0, 0, 3, 1, 1, "合计"), (0, 1, 1, 1, 1, "来信"),
                    (0, 1, 2, 1, 1, "来访"), (0, 1, 3, 1, 1, ""), (0, 2, 0, 1, 1, "城关镇"), (0, 2, 1, 1, 1, "12"),
                    (0, 2, 2, 1, 1, "34"), (0, 2, 3, 1, 1, "46")]


def test_a_table_that_lays_out_a_page_is_read_as_text(tmp_path):
    source = page(tmp_path, f"<html><table><tr><td>{SAID * 10}<td>右<tr><td>下<td><table><tr><td>甲<td>1<tr><td>乙<td>2</table></table>")
    assert source.text.split("\n")[0] == SAID * 10 and "甲 | 1\n乙 | 2" in source.text
    assert {cell.table for cell in source.cells} == {0}


def test_places_are_paths_of_elements(tmp_path):
    source = page(tmp_path, "<html><body><div><p>县妇联总结</p><p>接待<b>280</b>件</p></div></body></html>")
    at = source.text.index("280")
    assert source.place_of(at, at + 3).node == "/html/body/div[1]/p[2]"


@pytest.mark.parametrize("skin", SKINS)
@pytest.mark.parametrize("number", range(0, len(DEV), 3))
def test_a_page_gives_the_text_that_it_was_made_of(tmp_path, skin, number):
    text = DEV[number].read_text("utf-8")
    got = page(tmp_path, render(skin, text, number)).text
    bare = [re.sub(r"[\s　|]", "", one) for one in (text, got)]
    assert bare[0] == bare[1]


@pytest.mark.parametrize("skin", SKINS)
def test_a_page_gives_the_figures_of_its_text(tmp_path, skin):
    text = DEV[9].read_text("utf-8")
    (tmp_path / "a.txt").write_text(text, "utf-8")
    (tmp_path / "a.html").write_bytes(render(skin, text, 5))
    plain, web = (run(tmp_path / name) for name in ("a.txt", "a.html"))
    assert [(f.text, f.value, f.unit, f.measure, f.issue) for f in web.figures] == \
        [(f.text, f.value, f.unit, f.measure, f.issue) for f in plain.figures]
    assert [(d.title, d.year, d.place) for d in web.documents] == [(d.title, d.year, d.place) for d in plain.documents]


def test_a_short_article_among_much_of_its_site(tmp_path):
    text = "江平县妇联2014年维权工作总结\n全年共接待来信来访286件，办结280件，办结率为97.9%。\n江平县妇联\n2014年12月20日"
    for skin in SKINS:
        got = page(tmp_path, render(skin, text)).text
        assert NUMBER.findall(got) == NUMBER.findall(text), skin
        assert not any(other[:12] in got for other in TEASERS + COMMENTS)


def test_a_hidden_article_is_read_where_nothing_else_is_shown(tmp_path):
    assert page(tmp_path, f"<html><p>加载中</p><div style='display:none'>{SAID * 12}</div>").text.endswith(SAID)


@pytest.mark.parametrize(("text", "code"), [
    ("<html><frameset cols=20%,*><frame src=menu.htm><frame src=main.htm></frameset></html>", "E03"),
    ("<html><head><title>县妇联工作总结</title></head><body><img src=1.jpg></body></html>", "E03"),
    ("<html><body></body></html>", "E03"),
])
def test_pages_without_text(tmp_path, text, code):
    with pytest.raises(Unreadable) as raised:
        page(tmp_path, text)
    assert raised.value.code == code and "a.html" in str(raised.value) and raised.value.todo
    assert "main.htm" in str(raised.value) or "frame" not in text


@pytest.mark.parametrize(("data", "kind"), [
    ("<!DOCTYPE html><p>妇联", "html"), ("\ufeff\r\n <HTML>妇联", "html"), ("<?xml version='1.0'?><html>妇联</html>", "html"),
    ("<!-- saved from url=(0022)http://www.example.com/ -->\n<html>妇联", "html"), ("<META charset=gbk>妇联", "html"),
    ("<div class=a><p>接待280件</p></div>", "html"), ("<table><tr><td>甲</td></tr></table>", "html"),
    ("县妇联总结<br>\n接待280件<br>\n", "text"), ("<P>县妇联总结\n接待280件\n办结9件\n三、普法\n四、调解", "text"),
    ("<妇联总结>接待280件", "text"), ("<2014年>总结", "text"), ("a < b", "text"),
])
def test_what_is_a_page_is_told_by_its_beginning(tmp_path, data, kind):
    for name in ("a.txt", "a.doc", "a.xls", "a.html"):
        assert page(tmp_path, data, name=name).format == kind


def test_a_sheet_saved_as_html_under_the_name_xls(tmp_path):
    source = page(tmp_path, '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset=gb2312></head><body><table>'
                            "<tr><td>县区</td><td>件</td></tr><tr><td>城关镇</td><td x:num>12</td></tr></table>", "gb18030", "a.xls")
    assert source.text == "县区 | 件\n城关镇 | 12" and len(source.cells) == 4


@pytest.mark.parametrize("head", ["<?xml version='1.0'?>" * 50, "<!-- -->" * 120 + "<", "<?a" * 300 + ">" * 100, " <!--" * 200 + "-->"])
def test_no_beginning_takes_long_to_tell(head):
    began = time.perf_counter()
    assert not HtmlReader().sniff(head.encode()[:1024])
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(("name", "text"), [
    ("deep", "<div>" * 100_000 + "接待280件"), ("deep spans", "<span>" * 100_000 + "接待280件"),
    ("deep tables", "<table><tr><td>" * 50_000 + "接待280件"), ("deep lists", "<ul><li>" * 50_000 + "接待280件"),
    ("svg", "<svg>" + "<td>" * 100_000 + "</svg>接待280件"),
    ("open fonts", "".join(f"<font color={n}>" for n in range(900)) + "<p>接待280件" * 2000),
    ("many fonts", "<font color=red>接待280件" * 20_000), ("ends", "<div>" * 900 + "</span>" * 200_000 + "接待280件"),
    ("paragraphs", "<p>接待280件" * 20_000), ("rows", "<table>" + "<tr><td>接<td>280" * 8_000 + "</table>"),
    ("spans of cells", "<table>" + "<tr><td rowspan=65534 colspan=1000>接待280件<td>1" * 500 + "</table>"),
    ("cells", "<table><tr><td>接<td>280<tr>" + "<td>接待280件" * 50_000 + "</table>"),
    ("list", "<ol>" + "<li>接待280件" * 15_000), ("one line", "<p>" + "接待来访280件。" * 300_000),
    ("blanks", "<p>接待280件" + " \n" * 1_000_000), ("brackets", "<p>接待280件" + "<" * 300_000),
    ("tags cut", "<p>接待280件" + "<a " * 200_000),
    ("comments", "<p>接待280件" + "<!--" * 200_000),
    ("scripts", "<p>接待280件" + "<script>" * 200_000),
    ("styles", "<style>" + "/*" * 300_000 + "</style><p>接待280件"),
    ("style", f"<p style='{'font:' * 200_000}'>接待280件"),
    ("entities", "<!DOCTYPE html [<!ENTITY a 'x'>" + "<!ENTITY b '&a;&a;'>" * 9000 + "]><p>接待280件&b;"),
    ("class", f"<p class='{'a ' * 200_000}'>接待280件"), ("pager", "<p>接待280件，办结率达百分之百。<p>" + "1 2 3 4 " * 20 + "x" + "</p>"),
    ("amps", "<p>接待280件" + "&#" * 300_000), ("links", "<a href=1>接待280件</a><br>" * 15_000),
])
def test_no_page_takes_long(tmp_path, name, text):
    path = tmp_path / "a.html"
    path.write_text("<html><body>" + text, "utf-8")
    began = time.process_time()
    try:
        assert "280" in read(path).text or name in ("links", "tags cut")
    except Unreadable as refused:
        assert refused.code == "E03" and name in ("links", "comments", "scripts")
    assert time.process_time() - began < 12


SEEDS = [b"<!doctype html><html><head><meta charset=gb2312><title>x</title><style>.a{display:none}</style></head><body>"
         + "<h1>县妇联2014年总结</h1><table border=1><tr><td rowspan=2>县<td>件<tr><td>28</table><ol start=3><li>信访".encode("gb18030"),
         *(render(skin, DEV[9].read_text("utf-8")[:300]) for skin in SKINS)]


def mutated(data, rng):
    """Bytes of a page with a few pieces lost, doubled, changed or put elsewhere."""
    made = bytearray(data)
    for _ in range(rng.randint(1, 12)):
        at, size = rng.randrange(len(made) or 1), rng.randint(1, 40)
        piece = bytes(made[at:at + size])
        kind = rng.randrange(5)
        if kind == 0:
            del made[at:at + size]
        elif kind == 1:
            made[at:at] = piece * rng.randint(1, 30)
        elif kind == 2:
            made[at:at] = rng.choice([b"<", b">", b"</", b"<table>", b"<td colspan=-1 rowspan=0>", b"&#x110000;", b"\0", b"\xff\xfe",
                                      b"<!--",
                                      b"<a href=", b"'", b'"', b"<ol start=99999999999>", b"<svg><p>", b"<template>", b"<select>",
                                      b"</body>",
                                      b"&#xD800;", b"<plaintext>", b"<frameset>", b"<rt>", b"<sup>9</sup>", b"style='font-size:0'"])
        elif kind == 3:
            made[at:at + size] = bytes(rng.randrange(256) for _ in range(size))
        else:
            del made[at:]
    return bytes(made)


def read_or_refused(data):
    try:
        made = HtmlReader().read("x.html", data)
    except Unreadable as refused:
        assert refused.code in ("E03", "E05", "E06")
        return
    assert made.text.strip() and [place.start for place in made.places] == sorted(place.start for place in made.places)
    assert all(0 <= part.start <= part.end <= len(made.text) for part in (*made.places, *made.cells))
    assert "".join(made.text[place.start:place.end] for place in made.places) == made.text.replace("\n", "")
    made.text.encode("utf-8")


def test_mutated_pages(tmp_path):
    rng = random.Random(7)
    for number in range(300):
        read_or_refused(mutated(SEEDS[number % len(SEEDS)], rng))


@pytest.mark.slow
def test_many_mutated_pages():
    rng = random.Random(11)
    for number in range(20_000):
        read_or_refused(mutated(SEEDS[number % len(SEEDS)], rng))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes(data):
    read_or_refused(b"<html>" + data)


WORDS = st.text(st.sampled_from("接待来访信件，。0123456789九百妇联"), min_size=1, max_size=30)


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6), st.integers(0, 2**32))
def test_inline_elements_split_nothing_and_blocks_split_always(parts, seed):
    rng = random.Random(seed)

    def cut(text):
        tags = [rng.choice(["span", "b", "font", "u", "x:y", ""]) for _ in text]
        return "".join(f"<{tag}>{char}</{tag}>" if tag else char for tag, char in zip(tags, text, strict=True))

    made = HtmlReader().read("x", ("<html><body>" + "".join(f"<p>{cut(part)}</p>" for part in parts)).encode())
    assert made.text == "\n".join(parts)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(WORDS, st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=4), min_size=2, max_size=5))
def test_cells_never_overlap_and_their_text_is_theirs(rows):
    shown = "".join("<tr>" + "".join(f"<td rowspan={down} colspan={across}>{text}</td>" for text, down, across in row)
                    for row in rows)
    made = HtmlReader().read("x", f"<html><table border=1><caption>表</caption>{shown}</table>".encode())
    if made.cells:
        assert [made.text[cell.start:cell.end] for cell in made.cells] == [text for row in rows for text, _, _ in row]
        starts = [(cell.row, cell.column) for cell in made.cells]
        assert len(set(starts)) == len(starts) and all(cell.row + cell.rows <= len(rows) for cell in made.cells)


def test_the_words_of_the_table():
    web = table("web")
    for part, whole in (("beside", False), ("ends", True), ("teaser", False)):
        pattern = re.compile(web[part]["pattern"])
        matches = pattern.fullmatch if whole else pattern.search
        assert [text for text in web[part]["says"] if not matches(text)] == []
        assert [text for text in web[part]["but_not"] if matches(text)] == []
    for row in web["site"]:
        assert [text for text in row["says"] if not re.fullmatch(row["pattern"], text)] == [], row["id"]
        assert [text for text in row["but_not"] if _of_site(text)] == [], row["id"]
    at = Element("p", {}, None)
    assert [text for text in web["about"]["says"] if not _about(Line(text, at))] == []
    assert [text for text in [*web["about"]["but_not"], "2014年12月20日", "（2015-01-06）"] if _about(Line(text, at))] == []


def test_parts_are_cut_for_their_name_only_where_they_hold_little(tmp_path):
    text = page(tmp_path, f"<html><div class=comment><p>{SAID * 3}</p></div>"
                          "<div class=related><p>邻县妇联接待来访五百件，办结四百件。</p></div>").text
    assert text == SAID * 3


def test_the_tree_of_a_page_deeper_than_allowed_is_its_lines():
    page = tree("<div>" * 20 + "接待<b>28</b>0件</div>办结", deepest=10)
    assert [part for part in "".join(page.elements[1].children).split("\n") if part] == ["接待280件", "办结"]
