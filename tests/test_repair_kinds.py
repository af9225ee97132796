"""Each kind of damage with broken texts, and with sound ones that look like it; what repair may never do."""

import re
import time
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wqnlp.pipeline import run_text
from wqnlp.repair import ocr, repair
from wqnlp.source.base import Decoding, Source
from wqnlp.source.text import decode
from wqnlp.span import replay
from wqnlp.tables import table

GOLD = Path(__file__).parent / "gold"
TEXTS = sorted(GOLD.glob("*/texts/*.txt"))
WHOLE = (GOLD / "dev" / "texts" / "d03.txt").read_text("utf-8")[:900]
HEAD = "江平县妇联2013年工作总结\n"
A = "江平县妇联2013年工作总结\n全年共接待来信来访187件。\n"
B = "市妇联接待来访群众二百八十七人次，办结率98%。\n"


def done(text):
    one = repair(Source(path="x", text=text, sha256="", format="text",
                        decoding=Decoding(encoding="utf-8", reason="", confidence=1.0)))
    assert replay(text, one.log) == one.text
    return one


def repaired(text):
    return done(text).text


def digits(text):
    return Counter(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def figures(text):
    made = run_text(HEAD + text)
    assert not made.errors
    return {one.text: (one.value, one.low, one.high) for one in made.figures}


# -- encodings ---------------------------------------------------------------------------------------------------

def latin1(text):
    return text.encode().decode("latin-1")


def cp1252(text):                                   # as browsers read it: what has no character is a control
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode())


def cp1252_lossy(text):
    return text.encode().decode("cp1252", "replace")


def gbk(text):
    return text.encode().decode("gb18030", "replace")


def big5_as_gbk(text):
    return opencc.OpenCC("s2tw").convert(text).encode("cp950", "ignore").decode("gb18030", "replace")


def gbk_as_big5(text):
    return text.encode("gb18030").decode("cp950", "replace")


@pytest.mark.parametrize(("wrong", "least"), [
    ((latin1, latin1), 1.0), ((latin1, cp1252), 1.0), ((cp1252, latin1), 1.0), ((cp1252, cp1252), 1.0),
    ((latin1, gbk), 0.99), ((latin1, cp1252_lossy), 0.97), ((cp1252_lossy, cp1252_lossy), 0.94),
    ((gbk, latin1), 0.95), ((latin1, latin1, latin1), 1.0), ((big5_as_gbk,), 1.0), ((gbk_as_big5,), 0.92),
], ids=lambda value: "-".join(one.__name__ for one in value) if isinstance(value, tuple) else "")
def test_misread_once_or_several_times(wrong, least):
    shown = WHOLE
    for one in wrong:
        shown = one(shown)
    told = repaired(shown)
    assert SequenceMatcher(None, repaired(WHOLE), told, autojunk=False).ratio() >= least
    assert digits(told) == digits(WHOLE)


def test_misread_twice_as_gbk_invents_no_digit():
    told = repaired(gbk(gbk(WHOLE)))
    assert not digits(told) - digits(WHOLE)
    assert "县妇联以迎接党的十八大" in told and "▯" in told


def test_one_paragraph_of_several_is_damaged():
    first, *rest = WHOLE.split("\n")
    for wrong in (latin1, gbk, gbk_as_big5):
        told = repaired("\n".join([first, *(wrong(line) if index == 2 else line for index, line in enumerate(rest))]))
        assert SequenceMatcher(None, repaired(WHOLE), told, autojunk=False).ratio() > 0.97


@pytest.mark.parametrize(("shown", "told"), [
    ("%E5%A6%87%E8%81%942014%E5%B9%B4", "妇联2014年"), ("%B8%BE%C1%AA", "妇联"), ("=E5=A6=87=E8=81=94", "妇联"),
    ("=E5=A6=87=\n=E8=81=94=E5=B7=A5=E4=BD=9C2014=\n=E5=B9=B4=3D", "妇联工作2014年="),
    (r"\u5987\u8054 %u5987", "妇联 妇"), ("&#x5987;&#32852;", "妇联"),
    ("&aring;&brvbar;&Dagger;&egrave;&#129;&rdquo;2014&aring;&sup1;&acute;", "妇联2014年"),
])
def test_bytes_written_out(shown, told):
    assert repaired(shown) == told


@pytest.mark.parametrize("sound", [
    "办结率98%，占52%85件", "a=E5，x=3D", "C:\\user\\u12", "R&D;部，AT&T;", "比上年增长12%20件", "é à ü", "Café", "50% =100",
])
def test_what_looks_like_bytes_and_is_not(sound):
    assert repaired(sound) == sound


@pytest.mark.parametrize(("data", "text", "encoding"), [
    (A.encode() + B.encode("gb18030"), A + B, "utf-8+gb18030"),
    (B.encode("gb18030") + A.encode(), B + A, "utf-8+gb18030"),
    (A.rstrip().encode() + B.encode("gb18030"), A.rstrip() + B, "utf-8+gb18030"),
    ((A + B).encode("gb18030"), A + B, "gb18030"), ((A + B).encode(), A + B, "utf-8"),
    ((A + B).encode("utf-16-le")[:-1], (A + B)[:-1] + "\ufffd", "utf-16-le"),
])
def test_files_of_two_encodings(data, text, encoding):
    told, how = decode("x.txt", data)
    assert (told, how.encoding) == (text, encoding)


def test_a_broken_byte_is_no_second_encoding():
    data = (A + B).encode()
    told, how = decode("x.txt", data[:40] + data[41:])
    assert how.encoding == "utf-8" and "\ufffd" in told


# -- forms of characters ------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("shown", "told"), [
    ("接待⼥⼈⺠287件", "接待女人民287件"), ("接待٢٨٧件", "接待287件"), ("接待२८७件", "接待287件"), ("接待𝟐𝟖𝟕件", "接待287件"),
    ("接待2\u200b87件，办\xad结28\u20606件", "接待287件，办结286件"), ("接待2\u03328\u03327\u0332件", "接待287件"),
    ("\uf9b4\uf90a", "領金"), ("占４２﹪", "占42%"), ("来信｡来访､", "来信。来访、"),
    ("1\u20e3接待20件", "1、接待20件"), ("1\ufe0f\u20e320件", "1、20件"),
])
def test_other_forms_of_characters(shown, told):
    assert repaired(shown) in (told, told.replace("領", "领"))


def test_markers_of_lists_are_no_digits():
    assert figures("①20件，⑵30件，⒊40件，㈣5件") == {f"{n}件": (n, n, n) for n in (20, 30, 40, 5)}
    assert figures("面积³件，共²件") == {}


@pytest.mark.parametrize("gone", ["\ufffd", "\ufffd\ufffd", "▯", "锟斤拷", "\ue0b7"])
def test_beside_what_is_gone_no_figure_has_a_value(gone):
    found = figures(f"全年接待来访{gone}287件，办结率下{gone}3.5%")
    assert len(found) == 2 and {value for value, _, _ in found.values()} == {None}
    assert figures("\uf0b7接待20件") == {"20件": (20, 20, 20)}                  # a bullet


# -- masks, look-alikes, spun words -------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "year"), [
    ("20xx年，是建党90周年", 2011), ("二〇××年，今年是新中国成立60周年", 2009), ("201X年，以迎接党的十八大为主线", 2012),
    ("[年份]年，贯彻许妇〔2013〕6号、许妇〔2013〕9号", 2013), ("××××年，以伦敦奥运会为契机", 2012),
    ("20xx年，贯彻许妇〔2013〕6号", None), ("20xx年，学习北京奥运精神，许妇〔2013〕6号", None), ("20□□年，全年接待来访", None),
    ("2xx年，学习党的十八大精神", None),
])
def test_a_masked_year_comes_from_other_evidence_or_stays_empty(text, year):
    [one] = run_text(f"县妇联{text[:text.index('年') + 1]}维权工作总结\n{text}，接待来访187件。").documents
    assert one.year == year


@pytest.mark.parametrize(("text", "shown", "bounds"), [
    ("承诺20xx多名", "20xx多名", (None, 2000, None)), ("发放2xx份", "2xx份", (None, 200, 299)),
    ("占1xx%", "1xx%", (None, 100, 199)), ("接待____件", "____件", (None, None, None)),
    ("慰问■■名", "■■名", (None, None, None)), ("接待＊＊人次", "＊＊人次", (None, None, None)),
])
def test_masks_of_figures_keep_what_is_seen(text, shown, bounds):
    assert figures(text) == {shown: bounds}


@pytest.mark.parametrize(("text", "shown"), [
    ("全 年 接 待 来 访 1 2 8 件 ， 占 2 8 . 1 ％ 。", "全年接待来访128件，占28.1%。"),
    ("二 〇 一 三 年 工 作 总 结", "二〇一三年工作总结"),
    ("全年接待1 2 8件，办结1 1 9 件。", "全年接待128件，办结119件。"),
    ("参加者8 6，0 0 0户，人均2 . 5 万元。", "参加者86，000户，人均2.5万元。"),
    ("接待来访12 8件", "接待来访128件"), ("全\u3000年\u3000接\u3000待\u3000来\u3000访\u30001\u30002 件", "全年接待来访12件")])
def test_blanks_between_all_characters_go(text, shown):
    assert repaired(text) == shown


@pytest.mark.parametrize("text", ["合计 3 5 2", "城关镇\t3 1\t12件", "城关镇  3 5件  8件", "张 三", "目 录", "见附件1 2份",
                                  "单位 受理 办结\n城关 13 12",
                                  "热线12338 8人值守", "2013 8件", "主席 王 某",
                                  "一、 二、 三、", "表1 8件", "共 128 件，其中 12 件", "1 2 3"])
def test_blanks_that_part_words_or_columns_stay(text):
    assert repaired(text) == text


@pytest.mark.parametrize("rule", table("damage")["ocr"], ids=lambda rule: rule["id"])
def test_look_alikes(rule):
    assert [text for text in rule["says"] if not ocr.find(text)[0]] == []
    assert [text for text in rule["but_not"] if ocr.find(text)[0]] == []


@pytest.mark.parametrize(("text", "shown", "value"), [
    ("全年接待1O件", "10件", 10), ("发放2干余份", "2千余份", 2000), ("筹集资金O.5万元", "0.5万元", 5000), ("占6l.5%", "61.5%", 61.5),
])
def test_a_figure_that_was_misread_says_so(text, shown, value):
    [one] = run_text(HEAD + text).figures
    assert (one.text, one.value) == (shown, value) and "repaired" in one.flags and one.confidence < 0.9


def test_spun_words_are_counted():
    [one] = run_text(HEAD + "解决突出的咨询题〞，深入贯彻科学开展观，接待12件。").documents
    assert one.damage["spun"] == 3


# -- what repair may never do -------------------------------------------------------------------------------------

@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_no_sound_text_is_touched(path):
    one = done(path.read_bytes().decode("utf-8"))
    assert {kind for repair in one.log for kind in repair.kinds} <= {"fullwidth", "join"}
    assert {mark.kind for mark in one.marks} <= {"mask"}
    assert digits(one.text) == digits(one.source.text)


PIECES = ["妇联", "婦聯", "(lián)", "287", "２８", "٢", "件", "。", "，", "\n", "?", "□00余", "20xx年", "××", "<br>", "&nbsp;", "?/P>",
          "å¦‡è", "濡囪仈", "\ufffd", "?jì)D", "达余件", "占52", "5件", "%E5%A6%87", "=E5=A6=87", "=\n", "\\u5987", "&#50;", "\u200b",
          "\u20e3", "⼥", "①", "⒊", "氓娄聡猫聛聰", "ㄌ", "\ue0b7", "干", "某某县", "[年份]", "____", "■■", "〞", "咨询题",
          "[b]", "#p#", "1"]
messy = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)


@settings(max_examples=300, deadline=None)
@given(messy)
def test_repair_replays_settles_and_makes_no_digit(text):
    once = done(text)
    assert repaired(once.text) == once.text
    if not any({"ocr", "tag"} & set(one.kinds) for one in once.log):       # &#50; is the digit 2, written out
        assert not digits(once.text) - digits(text)


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [latin1, gbk, gbk_as_big5, lambda text: gbk(gbk(text)), lambda text: "\u200b".join(text)],
                         ids=["latin1", "gbk", "big5", "twice", "invisible"])
def test_time_is_linear_in_the_damage(wrong):
    shown = wrong(re.sub("[０-９]", "1", "\n".join(path.read_text("utf-8") for path in TEXTS[:8])))
    spent = []
    for size in (200_000, 800_000):
        text = shown * max(1, size // len(shown.encode()))
        start = time.process_time()
        done(text)
        spent.append((time.process_time() - start) / len(text.encode()))
    assert spent[1] < 2 * spent[0] + 1e-6


# -- Markdown ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "shown"), [
    ("# 县妇联总结\n\n## 一、接访 ##\n接待**126**件", "县妇联总结\n\n一、接访\n接待126件"),
    ("---\n# 总结\n\n***\n> 全年接待 *3* 件。", "\n总结\n\n\n全年接待 3 件。"),
    ("#总结\n一、**维权**\n二、**信访**\n三、__宣传__", "#总结\n一、维权\n二、信访\n三、宣传"),
    ("接待[126件](http://a.cn/b_c)，见[附件](a.doc \"附\")和`31件`\n## 二、普法", "接待126件，见附件和31件\n二、普法"),
    ("# 总结\n- 接待126件\n* 普法2场\n+ 走访9户", "总结\n•接待126件\n•普法2场\n•走访9户".replace("•", "• ")),
    ("# 总结\n```text\n接待9件\n```", "总结\n\n接待9件\n")])
def test_marks_of_markdown_go(text, shown):
    assert repaired(text) == shown


@pytest.mark.parametrize("text", [
    "张**、李**等3人来访", "在**县和**镇调解2*件、3*件", "# 总结\n**县**镇**村，共2**件", "# 总结\n赔偿*万元，接待*3*件",
    "- 接待126件\n- 普法2场", "#1楼 接待9件", "见[2013]12号文件（苏妇发[2013]8号）", "3*5=15，4*5=20", "__县__镇接待____件",
    "A__B__C", "> 50%的家庭"])
def test_what_looks_like_markdown_stays(text):
    kept = text.removeprefix("# ") if "\n" in text else text
    assert repaired(text) == kept


def test_figures_of_markdown_are_those_of_the_text():
    told = "# 江平县妇联2013年工作总结\n\n## 一、信访\n\n- 接待来访**126**人次，办结信访案件`88件`，其中**家庭暴力** 31件。\n"
    made = run_text(told)
    assert [(one.text, one.value, one.issue) for one in made.figures] == [
        ("126人次", 126, None), ("88件", 88, None), ("31件", 31, "domestic_violence")]
    assert [told[one.start:one.end] for one in made.figures] == ["126**人次", "88件", "31件"]
    assert made.documents[0].title == "江平县妇联2013年工作总结" and made.documents[0].damage["markup"] == 8
