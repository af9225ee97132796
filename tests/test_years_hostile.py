"""True histories told in every phrase: numbers of other levels, channels, spans and half years lie within a tenth of
one another, every claim is right, and so no row may say otherwise."""

import random

import pytest
from test_years import between

SAID = {                                 # what is counted: phrases that mean the same share a number, `|` sets others apart
    "whole": "全年共接待妇女来信来访{}件 全县各级妇联共接待来信来访{}件 今年以来，共受理妇女群众信访{}件 全县三级妇联共受理信访{}件次",
    "own": "县妇联接待来信来访{}件 县妇联本级受理信访{}件 其中县妇联机关接待群众来访{}件 我会接待来信来访{}件",
    "lower": "乡镇妇联受理信访{}件 基层妇联接待来信来访{}件 各乡镇妇联接待来访{}件次",
    "calls": "12338热线接听来电{}件 热线受理妇女投诉{}件 通过维权热线接待咨询{}件",
    "visits": "接待来访{}件 其中来访{}件", "letters": "来信{}件",
    "violence": "受理家庭暴力投诉{}件 其中家庭暴力类{}件 家暴案件{}件", "family": "婚姻家庭类{}件 婚姻家庭纠纷{}件",
    "resolved": "办结{}件 成功调处{}件 已办结信访案件{}件", "half": "上半年接待来信来访{}件 1-6月受理信访{}件",
    "rural": "接待农村妇女来信来访{}件", "children": "受理儿童权益案件{}件", "court": "妇女维权合议庭受理案件{}件",
    "police": "公安机关受理家暴警情{}件", "aid": "法律援助中心受理妇女案件{}件", "mediated": "人民调解委员会调处纠纷{}件",
    "handed": "受理上级转办信访件{}件", "again": "受理重复信访{}件", "five": "五年来累计接待来信来访{}件", "three": "近三年共受理信访{}件",
    "above": "据统计，全市共接待妇女信访{}件 市妇联受理信访{}件",
}


def claim(dice, now, then):
    """What a summary may truly say of the year before."""
    apart, up = abs(now - then), now >= then
    grew = dice.choice(("增加", "增长", "上升") if up else ("减少", "下降", "降低"))
    last = dice.choice(("比上年", "比去年", "同比", "较去年同期"))
    percent = 100 * apart / then
    return dice.choice((
        f"，{last}{grew}{apart}件", f"，{last}{grew}{percent:.1f}%", f"，{last}{grew}{apart}件，{grew}{percent:.1f}%",
        f"，上年同期为{then}件", f"，比去年的{then}件有所{grew}", f"（上年为{then}件）", f"，{last}{grew}{percent:.0f}%",
        f"。去年同期{then}件，今年{grew}{apart}件", f"，{last}净{grew}{apart}件，其中电话{grew}{max(1, apart // 2)}件"))


def history(seed):
    """Two summaries of one county in successive years."""
    dice = random.Random(seed)
    base = dice.randrange(60, 900)
    number = {name: [max(3, round(base * dice.uniform(0.9, 1.1) * dice.uniform(0.93, 1.07))) for _ in range(3)] for name in SAID}
    for place in (1, 2):
        chosen = dice.sample(sorted(SAID), dice.randrange(2, 14))
        told = ""
        for name in chosen:
            phrase = dice.choice([p for p in SAID[name].split(" ") if p])
            said = phrase.format(number[name][place])
            said += claim(dice, number[name][place], number[name][place - 1]) if dice.random() < 0.7 else ""
            told += said + dice.choice(("。", "，", "；", "、", "。\n"))
        year = 2008 + place
        yield f"霍山县妇联{year}年维权工作总结\n{year}年，{told.rstrip('，；、。') }。\n"


def accused(seeds):
    return {seed: rows for seed in seeds
            if (rows := [row for row in between(*history(seed)) if row[1] in ("inconsistent", "rounding")])}


def test_true_histories_are_never_accused():
    assert accused(range(60)) == {}


@pytest.mark.slow
def test_many_true_histories_are_never_accused():
    assert accused(range(1000, 1600)) == {}


def test_a_false_claim_of_the_whole_is_found_where_both_years_say_it_alike():
    found = 0
    for seed in range(60):
        dice = random.Random(seed)
        phrase = dice.choice(SAID["whole"].split(" "))
        then, now = dice.sample(range(200, 220), 2)
        wrong = then + dice.choice((-9, -7, 8, 11))
        old, new = (f"霍山县妇联{year}年维权工作总结\n{year}年，{phrase.format(count)}{more}。\n" for year, count, more in (
            (2009, then, ""), (2010, now, f"，上年同期为{wrong}件")))
        found += ("restatement", "inconsistent", f"{wrong}件") in between(old, new)
    assert found >= 57
