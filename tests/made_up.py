"""Summaries made up with a known truth: trees of totals and parts, shares, changes, remainders, and counts of other things.

Numbers of other things are often equal to numbers of the tree, or to sums of them: words alone keep them apart.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

ISSUES = ("婚姻家庭", "劳动权益", "财产权益", "人身权益", "文化教育", "土地权益")
FAMILY = ("家庭暴力", "离婚", "赡养", "子女抚养", "婚外情")
PLACES = ("东关镇", "西河乡", "南坪镇", "北辛镇", "柳林乡")
HEAD = "江平县妇联2013年维权工作总结\n2013年，江平县妇联围绕中心、服务大局，认真履行维权职责。\n一、做好信访工作\n"
DIGITS = "〇一二三四五六七八九"


@dataclass(eq=False)
class Told:
    """A figure as it was written, and the figure that it is a part of."""

    start: int
    end: int
    value: float
    parent: Told | None = None
    text: str = ""
    name: str = ""


@dataclass
class Page:
    """A text on its way, with its figures and the relations that hold in it: kind and members, in any order."""

    rng: random.Random
    hanzi: float = 0.0                       # share of counts that are written in characters
    text: str = ""
    figures: list[Told] = field(default_factory=list)
    relations: set[tuple[str, frozenset[int]]] = field(default_factory=set)

    def say(self, *pieces: str | tuple) -> list[Told]:
        """Write words and numbers: (value, unit) or (value, unit, parent); gives the numbers."""
        made = []
        for piece in pieces:
            if isinstance(piece, str):
                self.text += piece
                continue
            value, unit, *parent = piece
            surface = number(value, unit, self.rng.random() < self.hanzi)
            one = Told(len(self.text), len(self.text) + len(surface), float(value), parent[0] if parent else None, surface)
            self.text += surface
            self.figures.append(one)
            made.append(one)
        return made

    def relate(self, kind: str, *members: Told) -> None:
        self.relations.add((kind, frozenset(one.start for one in members)))

    def like(self, low: int, high: int) -> int:
        """A number of another thing: by chance, often one that the text has already, or the sum of two of them."""
        known = [int(one.value) for one in self.figures if one.value == int(one.value) and one.value > 1]
        dice = self.rng.random()
        if known and dice < 0.25:
            return self.rng.choice(known[-12:])
        if len(known) > 1 and dice < 0.4:
            return sum(self.rng.sample(known[-12:], 2))
        return self.rng.randint(low, high)


def number(value: float, unit: str, hanzi: bool) -> str:
    return (spelled(int(value)) if hanzi and value == int(value) and unit != "%" else f"{value:g}") + unit


def spelled(n: int) -> str:
    """A number up to 9999 in characters, as they are said.

    >>> spelled(1203), spelled(15), spelled(110)
    ('一千二百〇三', '十五', '一百一十')
    """
    found, gap = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // power % 10
        if digit:
            found += ("〇" if gap and found else "") + DIGITS[digit] + name
        gap = bool(found) and not digit
    return found[1:] if found.startswith("一十") else found


def split(rng: random.Random, total: int, many: int) -> list[int]:
    """A total in so many parts, none empty."""
    cuts = sorted(rng.sample(range(1, total), many - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]


def share(part: float, whole: float, decimals: int) -> float:
    return float(f"{int(100 * part / whole * 10 ** decimals + 0.5) / 10 ** decimals:.{decimals}f}")


def size(rng: random.Random) -> int:
    return rng.choice((rng.randint(8, 40), rng.randint(40, 400), rng.randint(400, 4000)))


def received(page: Page) -> Told:
    who = page.rng.choice(("全年共接待来信来访来电", "一年来，各级妇联共受理信访案件", "今年县妇联接待处理群众信访", "我们共受理维权案件"))
    [total] = page.say(who, (size(page.rng), "件"))
    return total


def breakdown(page: Page, total: Told, names: tuple[str, ...], whole: bool, apart: bool) -> list[Told]:
    """A list under a total, in one of the ways that lists are written; all of it, or all but its last; `apart` from what stands before."""
    rng = page.rng
    many = rng.randint(2, min(len(names), int(total.value) - 1, 5))
    rest = 0 if whole else max(1, int(total.value * rng.uniform(0.1, 0.5)))     # what a list of the chief ones leaves out
    values = split(rng, max(int(total.value) - rest, many), many)
    words = list(rng.sample(names, many))
    if whole and rng.random() < 0.5 and many > 2:
        words[-1] = "其他"
    way = rng.choice(("stops", "lines") if apart else ("commas", "shares", "bracket", "dealt", "stops", "lines"))
    parts: list[Told] = []
    if way == "dealt":
        page.say("，其中" + "、".join(words[:-1]) + "和" + words[-1] + "分别为")
        for at, value in enumerate(values):
            parts += page.say(("", "、", "和")[0 if not at else 1 if at < many - 1 else 2], (value, "件", total))
    elif way == "stops":
        page.say("。" + rng.choice(("从类别看，", "按类型分，", "其中：")))
        for at, (word, value) in enumerate(zip(words, values, strict=True)):
            parts += page.say("，" if at else "", word + "类", (value, "件", total))
    elif way == "lines":
        page.say("。\n")
        for at, (word, value) in enumerate(zip(words, values, strict=True), 1):
            parts += page.say(f"{at}.{word}类", (value, "件", total), "，占")
            _share(page, parts[-1], total, 1)
            page.say("。\n" if at < many else "")
    else:
        page.say({"commas": "，其中", "shares": "，其中", "bracket": "（"}[way])
        for at, (word, value) in enumerate(zip(words, values, strict=True)):
            parts += page.say(("；" if way == "shares" else rng.choice("，、")) if at else "", word + ("类" if way == "shares" else ""),
                              (value, "件", total))
            if way == "shares":
                page.say("，占")
                _share(page, parts[-1], total, rng.randint(0, 1))
        page.say("）" if way == "bracket" else "")
    for word, part in zip(words, parts, strict=True):
        part.name = word
    if whole:
        page.relate("sum", total, *parts)
        if many == 2:
            for one, other in (parts, parts[::-1]):
                page.relate("remainder", one, total, other)
    return parts


def _share(page: Page, part: Told, whole: Told, decimals: int) -> None:
    [said] = page.say((share(part.value, whole.value, decimals), "%"))
    page.relate("ratio", said, part, whole)


def outcome(page: Page, total: Told) -> None:
    done = page.rng.randint(max(1, int(total.value * 0.5)), int(total.value))
    [closed] = page.say("，" + page.rng.choice(("办结", "已办结", "处理完结")), (done, "件", total))
    if page.rng.random() < 0.6:
        [rate] = page.say("，办结率", (share(done, total.value, page.rng.randint(0, 1)), "%"))
        page.relate("ratio", rate, closed, total)
    if done < total.value and page.rng.random() < 0.6:
        [left] = page.say("，" + page.rng.choice(("其余", "尚有")), (total.value - done, "件", total), "正在办理")
        page.relate("remainder", left, total, closed)
        page.relate("sum", total, left, closed)


def change(page: Page, total: Told) -> bool:
    base = max(2, int(total.value * page.rng.uniform(0.6, 1.5)))
    apart, up = int(total.value) - base, total.value > base
    if not apart:
        return False
    growth = share(abs(apart), base, 1)
    if page.rng.random() < 0.5:
        was, by = page.say("，比上年的", (base, "件"), "增加" if up else "减少", (abs(apart), "件"))
        [rate] = page.say("，增长" if up else "，下降", (growth, "%"))
        page.relate("change", by, total, was)
        page.relate("change", rate, total, was)
        page.relate("change", rate, by, was)
    else:
        by, rate = page.say("，比上年", "增加" if up else "减少", (abs(apart), "件"), "，增长" if up else "，下降", (growth, "%"))
        page.relate("change", rate, by, total)
    return True


def court(page: Page) -> None:
    heard = page.like(20, 800)
    closed = max(1, int(heard * page.rng.uniform(0.6, 1)))
    who = page.rng.choice(("县法院共受理离婚案件", "县人民法院全年受理婚姻家庭案件"))
    came, done = page.say(who, (heard, "件"), "，审结", (closed, "件"))
    done.parent = came
    if page.rng.random() < 0.5 and closed > 4:
        mild = page.rng.randint(1, closed - 1)
        one, other = page.say("，其中调解结案", (mild, "件", done), "、判决结案", (closed - mild, "件", done))
        page.relate("sum", done, one, other)
        page.relate("remainder", done, one, other)
    page.say("。")


def others(page: Page) -> None:
    """A sentence of other things, whose numbers are nobody's parts."""
    rng, like = page.rng, page.like
    way = rng.randrange(11)
    if way == 0:
        page.say("举办维权骨干培训班", (like(2, 12), "期"), "，培训妇女骨干", (like(30, 400), "人次"))
    elif way == 1:
        page.say("发放宣传资料", (like(500, 9000), "份"), "，悬挂横幅", (like(5, 60), "条"), "，制作展板", (like(5, 60), "块"))
    elif way == 2:
        page.say("新建妇女维权站", (like(3, 60), "个"), "，聘请维权监督员", (like(10, 90), "名"))
    elif way == 3:
        page.say("走访慰问贫困母亲", (like(10, 200), "户"), "，发放慰问金", (like(2, 30), "万元"))
    elif way == 4:
        page.say("排查土地承包纠纷隐患", (like(3, 60), "起"))
    elif way == 5:
        page.say("开展法律咨询", (like(2, 20), "场"), "，接受咨询", (like(60, 900), "人次"))
    elif way == 6:
        page.say("评选表彰“五好家庭”", (like(5, 60), "户"), "，推荐市级以上先进", (like(2, 9), "名"))
    elif way == 7:
        page.say("派出人民陪审员", (like(3, 20), "名"), "，参与审理涉及妇女儿童案件", (like(5, 90), "件"))
    elif way == 8:
        page.say("县公安局出警处置家庭暴力警情", (like(20, 400), "起"), "，出具告诫书", (like(5, 60), "份"))
    elif way == 9:
        page.say("县司法局为妇女提供法律援助", (like(10, 200), "件"))
    else:
        page.say(rng.choice(PLACES) + "妇联调解家庭矛盾", (like(3, 60), "起"))
    page.say("。")


def divided(page: Page, opening: str, total: int, unit: str, names: tuple[str, ...]) -> list[Told]:
    """A total and all its parts after 其中."""
    values = split(page.rng, total, len(names))
    [whole] = page.say(opening, (total, unit))
    said: list[object] = []
    for name, value in zip(names, values, strict=True):
        said += [name, (value, unit, whole)]
    parts = page.say(*said, "。")
    page.relate("sum", whole, *parts)
    return [whole, *parts]


def aided(page: Page) -> None:
    divided(page, "全年救助困难妇女儿童", page.rng.randint(8, 300), "名", ("，其中单亲母亲", "、留守儿童", "、残疾妇女"))


def channels(page: Page) -> None:
    """Parts first, their total last."""
    total = size(page.rng)
    values = split(page.rng, total, 3)
    parts = page.say("信访室接待来信", (values[0], "件"), "、来访", (values[1], "件"), "、来电", (values[2], "件"))
    [whole] = page.say("，合计", (total, "件"), "。")
    for part in parts:
        part.parent = whole
    page.relate("sum", whole, *parts)


def hotline(page: Page) -> None:
    told = divided(page, "12338热线接听来电", page.rng.randint(12, 900), "个", ("，其中咨询类", "、投诉求助类"))
    page.relate("remainder", *told)


def money(page: Page) -> None:
    divided(page, "全年筹集维权资金", page.rng.randint(20, 400), "万元", ("，其中财政拨款", "、社会捐助", "、彩票公益金"))


def elsewhere(page: Page) -> None:
    """What others count, or counted in other years."""
    page.say(page.rng.choice(("据全国妇联统计，全国各级妇联共受理信访", "省妇联通报显示，全省同期受理信访", "2012年，全县受理信访")),
             (page.like(30, 4000), "件"), "。")


def table(page: Page) -> None:
    """A table of two columns that stands between line ends, with its total first or last."""
    total = page.rng.randint(20, 900)
    words = page.rng.sample(ISSUES, 3)
    values = split(page.rng, total, 3)
    first = page.rng.random() < 0.5
    page.say("" if page.text.endswith("\n") else "\n", "各类信访情况如下表（单位：件）。\n类别 | 件数\n")
    spelling, page.hanzi = page.hanzi, 0
    whole = page.say("合计 | ", (total, ""), "\n")[0] if first else None
    parts = [page.say(word, " | ", (value, ""), "\n")[0] for word, value in zip(words, values, strict=True)]
    whole = whole or page.say("合计 | ", (total, ""), "\n")[0]
    page.hanzi = spelling
    for part in parts:
        part.parent = whole
    page.relate("sum", whole, *parts)
    page.say("二、其他工作\n")


def plans(page: Page) -> None:
    page.say("三、下一步打算\n", "新建维权站", (page.like(3, 60), "个"), "，培训骨干", (page.like(30, 400), "人次"), "，力争调解成功",
             (page.like(3, 60), "件"), "。\n")


def cases(page: Page) -> None:
    """A total, what became of it, what it is compared with, what it is made of."""
    rng = page.rng
    total = received(page)
    compared = rng.random() < 0.4 and change(page, total)
    told = rng.random() < 0.3
    if told:
        outcome(page, total)
    parts = breakdown(page, total, ISSUES, rng.random() < 0.7, told or compared) if rng.random() < 0.8 else []
    page.say("。")
    held = next((p for p in parts if p.value > 8 and p.name == "婚姻家庭"), None)
    if held is not None and rng.random() < 0.6:
        page.say("婚姻家庭类中，")
        values = split(rng, int(held.value), 3)
        words = rng.sample(FAMILY, 3)
        inner = [page.say("，" if at else "", word, (value, "件", held))[0] for at, (word, value) in
                 enumerate(zip(words, values, strict=True))]
        page.relate("sum", held, *inner)
        page.say("。")


BLOCKS = (others, court, aided, channels, hotline, money, elsewhere, table)


def summary(seed: int) -> Page:
    """A summary of one or two reports of cases with other things between them."""
    rng = random.Random(seed)
    page = Page(rng, rng.choice((0.0, 0.0, 0.5, 1.0)))
    page.say(HEAD)
    blocks = [cases, *rng.choices(BLOCKS, (8, *[1] * (len(BLOCKS) - 1)), k=rng.randint(2, 7))]
    rng.shuffle(blocks)
    for at, block in enumerate(blocks):
        block(page)
        page.say("\n" if rng.random() < 0.4 and at < len(blocks) - 1 else "")
    page.say("\n")
    if rng.random() < 0.3:
        plans(page)
    return page
