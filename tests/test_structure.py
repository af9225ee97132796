"""Structure: summaries split, outline, sentences, units of work; on sound texts, glued texts and random ones."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wqnlp.repair.base import Repaired
from wqnlp.source.base import Decoding, Source
from wqnlp.span import Aligned
from wqnlp.structure import summaries
from wqnlp.structure.outline import is_table, marker
from wqnlp.structure.sentences import split

FIRST = """霍山县妇联2006年维权工作总结
2006年，县妇联在县委的领导下开展工作。现总结如下：
一、夯实基础，健全网络
（一）完善机制
1．领导小组成员单位由9个增加到14个，坚持季度例会。
2．县法院聘请12名妇联干部担任陪审员，全年陪审案件37件。
（二）延伸阵地。全县16个乡镇全部建立维权站，做到小事不出村。
二、信访情况
接待情况见下表，全年共接待186件次，办结179件次。
单位：件
单位 | 来信 | 来访
县本级 | 14 | 121
三、下步打算
一是抓好宣传，二是抓好培训，明年发放资料1万份。
霍山县妇联
2006年12月20日
"""
BOTH = ["霍山县妇联2006年维权工作总结", "孝感市妇联维权工作小结"]
SECOND = """孝感市妇联维权工作小结
一年来，市妇联扎实开展工作。
一是开展普法宣传。发放资料3600份，接受咨询120余人次。
二是调处纠纷。受理信访164件次，其中家庭暴力42件次，全部办结。
总的看，工作取得了一定成效。
"""


def repaired(text):
    source = Source(path="t.txt", text=text, sha256="0" * 64, format="text",
                    decoding=Decoding(encoding="utf-8", reason="test", confidence=1.0))
    return Repaired(source=source, aligned=Aligned.of(text))


def titles(text):
    return [summary.slice(summary.title) for summary in summaries(repaired(text))]


def overlap(one, other):
    shared = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    return shared / (max(one[1], other[1]) - min(one[0], other[0]))


def test_lines_of_every_kind():
    [summary] = summaries(repaired(FIRST))
    kinds = [(line.kind, line.level, line.marker) for line in summary.lines]
    assert kinds == [
        ("title", 0, ""), ("body", 0, ""), ("heading", 1, "一、"), ("heading", 2, "（一）"), ("body", 3, "1．"),
        ("body", 3, "2．"), ("body", 2, "（二）"), ("heading", 1, "二、"), ("body", 0, ""), ("caption", 0, ""),
        ("table", 0, ""), ("table", 0, ""), ("heading", 1, "三、"), ("body", 4, "一是"), ("signature", 0, ""),
        ("signature", 0, "")]


def test_units_leave_out_opening_headings_tables_and_plans():
    [summary] = summaries(repaired(FIRST))
    units = [(unit.heading_path, summary.slice(unit)[:8]) for unit in summary.units]
    above = "夯实基础，健全网络"
    assert units == [((above, "完善机制"), "1．领导小组成员"), ((above, "完善机制"), "2．县法院聘请1"),
                     ((above,), "（二）延伸阵地。"), (("信访情况",), "接待情况见下表，")]


@pytest.mark.parametrize("text", [
    FIRST + SECOND,
    f"篇一：{FIRST}\n\n篇二：{SECOND}",
    f"范文(一)\n{FIRST}范文(2)\n{SECOND}",
    f"第一篇\n{FIRST}\n第二篇\n{SECOND}",
])
def test_several_summaries_in_one_file(text):
    found = summaries(repaired(text))
    assert [summary.slice(summary.title) for summary in found] == BOTH
    assert found[0].end <= found[1].start
    assert [len(summary.units) for summary in found] == [4, 2]


def test_a_title_under_a_dated_signature_begins_a_summary():
    body = SECOND.split("\n", 1)[1]
    assert titles(FIRST + "2007年妇女儿童权益工作\n" + body * 2) == [BOTH[0], "2007年妇女儿童权益工作"]


def test_headings_that_sound_like_titles_do_not_split():
    text = FIRST.replace("二、信访情况", "二、信访工作情况总结").replace("（一）完善机制", "（一）完善工作总结")
    assert len(titles(text)) == 1


@pytest.mark.parametrize("gap", ["　　", " ", ""])
def test_a_page_without_line_breaks_is_cut_at_its_headings(gap):
    body = "".join(f"{n}、做好第{n}类工作。全年接待来访{i}86件，办结{i}79件，发放资料{i}000份，受益群众{i}万人次。{gap}"
                   for i, n in enumerate("一二三四五六七八九十", 1))
    text = f"{BOTH[0]}{gap}2006年，县妇联扎实工作，现总结如下：{gap}{body}" + "全县妇女儿童权益得到维护。" * 12
    [summary] = summaries(repaired(text))
    assert summary.slice(summary.title) == BOTH[0]
    assert [summary.slice(unit)[:2] for unit in summary.units[:10]] == [f"{n}、" for n in "一二三四五六七八九十"]


def test_a_sentence_broken_by_a_page_is_one_paragraph():
    text = SECOND.replace("接受咨询", "接受\n咨询")
    [summary] = summaries(repaired(text))
    assert any("接受\n咨询120余人次" in summary.slice(line) for line in summary.lines)


@pytest.mark.parametrize(("line", "wanted"), [
    ("今年的“6。26”禁毒日，我们来到看守所。帮教67名。", ["今年的“6。26”禁毒日，我们来到看守所。", "帮教67名。"]),
    ("接待124件；办结98件，占79.0%。", ["接待124件；办结98件，占79.0%。"]),
    ("“我真不知道往哪儿躲。”她说。", ["“我真不知道往哪儿躲。”", "她说。"]),
    ("开展“平安家庭！”活动（含村。居）3场！", ["开展“平安家庭！”活动（含村。居）3场！"]),
    ("少了一半引号的“话。也要分开。", ["少了一半引号的“话。", "也要分开。"]),
])
def test_sentences(line, wanted):
    assert [line[span.start:span.end] for span in split(line, 0, len(line))] == wanted


@pytest.mark.parametrize(("line", "level"), [
    ("一、加强领导", 1), ("（二）健全机制", 2), ("(三)、宣传", 2), ("3．抓培训", 3), ("4、抓信访", 3),
    ("（5）抓宣传", 4), ("①抓宣传", 4), ("一是认真接访", 4), ("第一，健全机构", 4), ("2014年，全市", None),
    ("12338热线", None), ("5.12地震发生后", None), ("三八维权周", None), ("第一季度，全市", None),
    ("一、二审法院", None),
])
def test_markers(line, level):
    found = marker(line, 0, len(line))
    assert (found.level if found else None) == level


def test_tables():
    assert is_table("市本级\t46\t31")
    assert is_table("合计　　216　　146　　23")
    assert not is_table("法律温暖 家庭幸福 共建和谐")
    assert not is_table("全年接访46件，办结31件。")


def test_nothing_from_nothing():
    assert summaries(repaired("")) == []
    assert summaries(repaired(" \n　\n")) == []
    assert len(summaries(repaired("12345"))) == 1


def test_units_on_the_gold(shared):
    hits = found = gold = 0
    rows = [json.loads(line) for line in (shared / "gold/dev/gold/activities.jsonl").open(encoding="utf-8")]
    for path in sorted((shared / "gold/dev/texts").glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        wanted = [(row["start"], row["end"]) for row in rows if row["doc_id"] == path.stem]
        [summary] = summaries(repaired(text))
        units = [(unit.start, unit.end) for unit in summary.units]
        hits += sum(any(overlap(one, unit) >= 0.5 for unit in units) for one in wanted)
        found += len(units)
        gold += len(wanted)
    assert 2 * hits / (found + gold) >= 0.97


PIECES = st.sampled_from([
    "一、", "（一）", "1、", "一是", "县妇联2008年工作总结", "\n", "。", "“", "”", "（", "）", "　　", " ", "|", "\t",
    "接待来访12件", "2008年", "单位：件", "篇一：", "本报讯", "明年，", "甲" * 40, "□", "\u2028", "\r\n"])


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=120).map("".join) | st.text(max_size=300))
def test_spans_stay_inside_and_in_order(text):
    done = 0
    for summary in summaries(repaired(text)):
        assert done <= summary.start <= summary.title.start <= summary.title.end <= summary.end <= len(text)
        for spans in (summary.lines, summary.sentences, summary.units):
            edge = summary.start
            for span in spans:
                assert edge <= span.start < span.end <= summary.end
                edge = span.end
        for line in summary.lines:
            assert line.start <= line.text_start < line.end
        kept = "".join(text[line.start:line.end] for line in summary.lines)
        assert "".join(kept.split()) == "".join(summary.text.replace("\ufeff", "").replace("\u200b", "").split()) \
            or "\ufeff" in text or "\u200b" in text
        done = summary.end
