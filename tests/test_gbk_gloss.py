"""The exact inverse of what was put between GBK bytes: the real file, the wild, the simulator, sound text."""

import random
import re
import time
from itertools import pairwise
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wqnlp.quality.cer import cer, distance
from wqnlp.quality.simulate import damage
from wqnlp.repair import gbk_gloss
from wqnlp.repair.gbk_bytes import HALF, decode, encode, spelled
from wqnlp.repair.gbk_run import FULL, GLOSS
from wqnlp.span import Aligned

TEXTS = sorted((Path(__file__).parent / "gold" / "dev" / "texts").glob("*.txt"))
SHARED = Path(__file__).parents[2] / "shared"
ARCHIVE = SHARED / "archive" / "000_3c745dc3418a1a28.txt"
# What DAMAGE.md works out by hand, in the order of the real file's first two summaries.
WORKED_OUT = (("?,F(xiàn)", "。現"), ("?jì)D", "婦"), ("?!睘橹黝}", "福”為主題"), ("?nèi)罕?", "群眾□"),
              ("?cè)谏鐓^(qū)", "在社區"), ("?!捌桨布彝ァ毕冗M(jìn)", "。“平安家庭”先進"), ("?jì)D", "婦"))
FIRST_TWO = 8313


def restored(text: str) -> str:
    return Aligned.of(text).edit(gbk_gloss.find(text)[0]).text


@pytest.mark.parametrize(("shown", "true"), [
    ("基層?jì)D聯(lián)號召", "基層婦聯(lián)號召"),
    ("接待咨詢?nèi)罕?00余人次", "接待咨詢群眾□00余人次"),
    ("詢問他們?cè)谏鐓^(qū)改造期間", "詢問他們在社區改造期間"),
    ("志愿服務(wù)團(tuán)?,F(xiàn)有會(huì)員", "志愿服務(wù)團(tuán)。現有會(huì)員"),
    ("會(huì)議以家庭幸?!睘橹黝},組織", "會(huì)議以家庭幸福”為主題,組織"),
    ("等10個(gè)單位?！捌桨布彝ァ毕冗M(jìn)戶", "等10個(gè)單位。“平安家庭”先進戶"),
    ("廣泛宣傳?！叭恕本S護", "廣泛宣傳。“三八”維護"),                          # a pair that no page shows
    ("工作總結(jié)的主干??偨Y(jié)經驗", "工作總結(jié)的主干。總結經驗"),
    ("實行一條龍?zhí)幚頇C制,減少", "實行一條龍處理機制,減少"),
    ("上半年??h婦聯(lián)以深入學習", "上半年。縣婦聯以深入學習"),
    ("家庭幸?！睘橹黝}，組織", "家庭幸福”為主題，組織"),
])
def test_wild_runs(shown, true):
    if "??h" in shown:                                   # the gloss after the run belongs to the next step
        assert restored(shown).startswith("上半年。縣婦聯")
    else:
        assert restored(shown) == true


@pytest.mark.parametrize("mark", ["?", "\ufffd", ""])
def test_whatever_the_broken_byte_is_shown_as(mark):
    assert restored(f"各個基層{mark}jì)D聯號召") == "各個基層婦聯號召"
    assert restored(f"接待咨詢{mark}nèi)罕{mark}00余人次") == "接待咨詢群眾□00余人次"


def test_a_decoder_that_keeps_what_follows_loses_no_digit():
    assert restored("接待咨詢\ufffd(nèi)罕\ufffd300余人次") == "接待咨詢群眾300余人次"


@pytest.mark.parametrize("mark", ["?", "\ufffd", "", "\ue3ad"])
def test_a_pair_without_a_character_is_shown_in_several_ways(mark):
    if mark == "\ue3ad":                                 # the private-use character of FD B0
        mark = b"\xfd\xb0".decode("gb18030")
    assert restored(f"會(huì)議宣傳?！叭{mark}恕本S護合法權(quán)益") == "會(huì)議宣傳。“三八”維護合法權(quán)益"


def test_a_hidden_point_is_not_overlooked():
    shown = "佔全年來信總數(shù)的比例上升?chuān)祝梗梗?；其中"
    assert not re.search(r"[9９]{2}", restored(shown))


def test_marks_stand_in_the_text_after_the_edits():
    text = "基層?jì)D聯接待咨詢?nèi)罕?00余人次,受理?5件"
    edits, marks = gbk_gloss.find(text)
    after = Aligned.of(text).edit(edits).text
    assert after == "基層婦聯接待咨詢群眾□00余人次,受理□5件"
    assert [(after[m.start:m.end], m.kind) for m in marks] == [("□", "lost_digit")] * 2


def test_what_is_not_clear_is_left_and_marked():
    text = "我們?xyz)和?jì)龘龘等了解情況"
    edits, marks = gbk_gloss.find(text)
    assert Aligned.of(text).edit(edits).text.startswith("我們?xyz)和")
    assert any(mark.kind == "unrepaired" for mark in marks)


def test_no_digit_is_ever_made_up():
    for path in TEXTS:
        sound = path.read_text("utf-8")
        for kind in ("byte_gloss", "swallowed_digit"):
            shown, _ = damage(sound, {}, kind, 3)
            edits, _ = gbk_gloss.find(shown)
            for edit in edits:
                gone = sorted(re.findall(r"[0-9]", shown[edit.start:edit.end]))
                assert sorted(re.findall(r"[0-9]", edit.new)) == gone


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.stem)
def test_sound_text_is_untouched(path):
    text = path.read_text("utf-8")
    assert gbk_gloss.find(text) == ([], [])
    assert gbk_gloss.find(opencc.OpenCC("s2t").convert(text)) == ([], [])


@pytest.mark.parametrize("text", [
    "他問為什么?,然后走了", "是嗎?(是)", "什么?300人來了?", "“怎么辦?”她問", "2014年?2015年?", "家長學校(shool)、講座",
    "拼音(jì)計", "您有困難嗎?;請撥打12338", "Q?A: 怎樣維權(quán)?"])
def test_question_marks_that_ask(text):
    assert restored(text) == text


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.stem)
@pytest.mark.parametrize("seed", [1, 2])
def test_simulated_runs_come_back(path, seed):
    sound = path.read_text("utf-8")
    shown, _ = damage(sound, {}, "byte_gloss", seed)
    back = plain(GLOSS.sub("", restored(shown)))
    assert 1 - cer(plain(sound), back) >= 0.99


def plain(text: str) -> str:
    """Simplified, half-width punctuation: what is compared."""
    simple = opencc.OpenCC("t2s").convert(opencc.OpenCC("tw2s").convert(text))
    return "".join(FULL.get(char, char) for char in simple)


@pytest.mark.skipif(not ARCHIVE.is_file(), reason="the shared archive is not beside this repository")
def test_error_rate_of_the_real_file(capsys):
    shown = ARCHIVE.read_text("utf-8")[:FIRST_TWO]
    truth, at = shown, 0
    for broken, true in WORKED_OUT:
        at = truth.index(broken, at)
        truth = truth[:at] + true + truth[at + len(broken):]
    simple = opencc.OpenCC("t2s").convert
    truth = simple(GLOSS.sub("", truth))
    after = simple(GLOSS.sub("", restored(shown)))
    with capsys.disabled():
        print(f"\nreal file, first two summaries: {100 * (1 - cer(truth, shown)):.2f}% right as shown, "
              f"{100 * (1 - cer(truth, simple(GLOSS.sub('', shown)))):.2f}% with glosses dropped, "
              f"{100 * (1 - cer(truth, after)):.2f}% restored")
    assert cer(truth, after) < 0.005


def test_long_text_takes_time_in_proportion():
    piece = "".join(path.read_text("utf-8") for path in TEXTS) + "基層?jì)D聯接待\n"
    gbk_gloss.find(piece)

    def seconds(times: int) -> float:
        start = time.process_time()
        gbk_gloss.find(piece * times)
        return time.process_time() - start
    assert seconds(40) < 20 * max(seconds(4), 0.005)


@given(st.text(alphabet="婦聯群眾?�()（），,。！\n jìnèidā12%DF^}縣権", max_size=60))
@settings(max_examples=200, deadline=None)
def test_nothing_makes_it_stumble(text):
    edits, marks = gbk_gloss.find(text)
    after = Aligned.of(text).edit(edits).text
    assert all(0 <= mark.start <= mark.end <= len(after) for mark in marks)
    assert all(one.end <= two.start for one, two in pairwise(edits))


def test_bytes_and_readings():
    assert encode("，") == bytes((0xA3, HALF[","])) and decode(0xA3, 0xAC) == "，"
    assert spelled("quán")[0x99][0xE0] == "權"


def test_distance_is_the_textbook_one():
    draw = random.Random(5)
    for _ in range(60):
        one = "".join(draw.choices("妇女儿", k=draw.randrange(9)))
        two = "".join(draw.choices("妇女儿", k=draw.randrange(9)))
        row = list(range(len(two) + 1))
        for i, a in enumerate(one):
            before, row = row, [i + 1]
            for j, b in enumerate(two):
                row.append(min(before[j] + (a != b), before[j + 1] + 1, row[j] + 1))
        assert distance(one, two) == row[-1]
