"""Damage done to characters and numbers: masks, dropped digits, tags, furniture, wrapping, copies."""

from __future__ import annotations

import random
import re
from typing import Any

from wqnlp.quality import simulate_bytes as by_bytes
from wqnlp.quality.simulate_base import NUMBER, Change, Draft, Row, factor, halved, inside, plain_number, some

MASKS = ("XX", "xx", "××", "＊＊", "**", "XXX")
HAN = re.compile(r"[\u4e00-\u9fff]")
FURNITURE_TOP = ("当前位置：首页 > 工作总结 > 妇联工作总结", "下载本文档",
                 "上一篇：县妇联工作总结 下一篇：妇联半年总结",
                 "来源：网络 发布时间：2020-01-08 浏览：1865次")
FURNITURE_END = ("更多信息请查看工作总结", "如需转载请注明出处", "客服QQ：380251748", "点击下载文档", "文档为doc格式")
SPUN = {"问题": "咨询题", "发展": "开展", "贡献": "奉献", "加强": "增强", "积极": "踊跃", "深入": "深化",
        "”": "〞", "提高": "进步",
        "切实": "实在", "群众": "大众", "认真": "仔细"}
OCR = {"0": "O", "1": "l", "千": "干", "日": "目", "未": "末", "己": "已", "人": "入"}
YEAR = re.compile(r"(?:19|20)\d\d(?=\s*年|\s*[-—~至]\s*(?:19|20)\d\d\s*年)|[１２][９０][０-９]{2}(?=年)")


def _numbered(draft: Draft) -> list[tuple[Row, re.Match[str]]]:
    """Readable figures that begin with an Arabic number, with that number's match in the text."""
    found = []
    for row in draft.figures:
        number = NUMBER.match(draft.text, row["start"], row["end"])
        if number and row.get("value") is not None:
            found.append((row, number))
    return found


def figure_masks(draft: Draft, draw: random.Random) -> None:
    """XX万元, ××名, 2xx件: no value; bounds only where digits are still seen."""
    changes, masked = [], []
    for row, number in some(draw, _numbered(draft), 0.3):
        printed, scale = halved(number[0]), factor(row, number[0])
        bounds: tuple[float | None, float | None] = (None, None)
        new = draw.choice(MASKS)
        if printed.isdigit() and len(printed) >= 3 and scale and draw.random() < 0.4:
            hidden = len(printed) - 1 if draw.random() < 0.5 else len(printed) - 2
            new = number[0][:len(printed) - hidden] + draw.choice("xX") * hidden
            step = 10 ** hidden
            low = plain_number(printed) // step * step
            bounds = tuple(sorted((low * scale, (low + step - 1) * scale)))
        changes.append(Change(number.start(), number.end(), new))
        masked.append((row, bounds))
    draft.apply(changes)
    for row, (low_bound, high_bound) in masked:
        draft.unreadable(row, "masked", low_bound, high_bound)


def digits_dropped(draft: Draft, draw: random.Random) -> None:
    """调解案件达余件, 救助金.4万元: the whole part of a number is gone."""
    changes, hurt = [], []
    for row, number in some(draw, _numbered(draft), 0.25):
        whole = re.split(r"[.．]", number[0])[0]
        if number.start() + len(whole) < row["end"]:
            changes.append(Change(number.start(), number.start() + len(whole), ""))
            hurt.append(row)
    draft.apply(changes)
    for row in hurt:
        draft.unreadable(row, "damaged", None, None)


def zeros_stripped(draft: Draft, draw: random.Random) -> None:
    """来电5件 for 50件, 结案率为1 for 100%: zeros and per cent signs at the end of numbers are gone.

    The gold keeps what the numbers were: what is put back must be that, and what is not put back must have no value.
    """
    _strip(draft, zeros=True)


def percent_signs(draft: Draft, draw: random.Random) -> None:
    """占52 for 52%: the per cent signs are gone, the digits are as they were."""
    _strip(draft, zeros=False)


def _strip(draft: Draft, *, zeros: bool) -> None:
    changes = []
    ranges = [(row, number) for row in draft.figures if row.get("value") is None and not {"masked", "damaged"} & set(row["flags"])
              for number in NUMBER.finditer(draft.text, row["start"], row["end"]) if zeros]
    for row, number in ranges:
        short = number[0].rstrip("0０") or number[0][:1]
        if "." not in number[0] and short != number[0]:
            changes.append(Change(number.start() + len(short), number.end(), ""))
            row["flags"] = [*(flag for flag in row["flags"] if flag != "repaired"), "repaired"]
    for row, number in _numbered(draft):
        short = number[0].rstrip("0０") or number[0][:1]
        cut = zeros and "." not in number[0] and short != number[0] and bool(factor(row, number[0]))
        sign = draft.text[number.end():number.end() + 1] in ("%", "％") and number.end() + 1 == row["end"]
        if cut:
            changes.append(Change(number.start() + len(short), number.end(), ""))
        if sign:
            changes.append(Change(number.end(), number.end() + 1, ""))
        if cut or sign:
            row["flags"] = [*(flag for flag in row["flags"] if flag != "repaired"), "repaired"]
    draft.apply(changes)


def year_masks(draft: Draft, draw: random.Random) -> None:
    """20xx年, 201X年: the year is gone from every place that names it."""
    form = draw.choice(("20xx", "20XX", "201X", "××××"))
    spans = [(row["start"], row["end"]) for row in draft.figures]
    within = inside(spans)
    changes = [Change(m.start(), m.end(), m[0][:3] + "X" if form == "201X" else form)
               for m in YEAR.finditer(draft.text) if not within(m.start())]
    draft.apply(changes)
    for row in draft.rows.get("documents", ()) if changes else ():
        row["year"] = row["period_start"] = row["period_end"] = None
    for row in draft.figures if changes else ():
        for name in ("period_start", "period_end"):
            row.pop(name, None)


def redated(draft: Draft, draw: random.Random) -> None:
    """One text under another year: every year moves by the same number of years."""
    shift = draw.choice((-5, -3, 2, 4, 6))
    changes = []
    for match in YEAR.finditer(draft.text):
        wide = match[0][0] > "9"
        new = str(int(halved(match[0])) + shift)
        changes.append(Change(match.start(), match.end(), "".join(chr(ord(c) + 0xFEE0) for c in new) if wide else new))
    draft.apply(changes)
    for rows in (draft.rows.get("documents", ()), draft.rows.get("figures", ())):
        for row in rows:
            if row.get("year") is not None:
                row["year"] += shift
            for name in ("period_start", "period_end"):
                if row.get(name):
                    row[name] = f"{int(row[name][:4]) + shift}{row[name][4:]}".replace("-02-29", "-02-28")


def spun(draft: Draft, draw: random.Random) -> None:
    """发展→开展, ” → 〞: words replaced by others, figures untouched."""
    within = inside([(row["start"] - 1, row["end"] + 1) for row in draft.figures])
    words = re.compile("|".join(SPUN))
    draft.apply(Change(m.start(), m.end(), SPUN[m[0]]) for m in words.finditer(draft.text)
                if not within(m.start()) and draw.random() < 0.8)


def ocr(draft: Draft, draw: random.Random) -> None:
    """O for 0, l for 1, 干 for 千: a few characters read wrong; figures hurt so are flagged repaired."""
    places = [i for i, char in enumerate(draft.text) if char in OCR]
    chosen = some(draw, places, 0.03)
    for row in draft.figures:
        if any(row["start"] <= i < row["end"] and draft.text[i] in "01千" for i in chosen):
            row["flags"] = [*(f for f in row["flags"] if f != "repaired"), "repaired"]
    draft.apply(Change(i, i + 1, OCR[draft.text[i]]) for i in chosen)


def fullwidth(draft: Draft, draw: random.Random) -> None:
    """２８７人次: ASCII letters, digits and % as full-width ones, in some lines."""
    changes, at = [], 0
    for line in draft.text.splitlines(keepends=True):
        if draw.random() < 0.5:
            changes += [Change(at + i, at + i + 1, chr(ord(c) + 0xFEE0)) for i, c in enumerate(line)
                        if c.isascii() and (c.isalnum() or c == "%")]
        at += len(line)
    draft.apply(changes)


def set_apart(draft: Draft, draw: random.Random) -> None:
    """全 年 接 待 1 2 8 件: a blank between all characters of some lines, or between the digits of their numbers alone."""
    changes, at = [], 0
    for line in draft.text.splitlines(keepends=True):
        digits = draw.random() < 0.5
        if draw.random() < 0.4 and not re.search(r"[\t|]|\s\S+\s", line.strip()):
            changes += [Change(at + i, at + i, " ") for i in range(1, len(line))
                        if not (line[i - 1] + line[i]).isspace() and " " not in line[i - 1:i + 1] and line[i] != "\n"
                        and (not digits or line[i - 1:i + 1].isdecimal())]
        at += len(line)
    draft.apply(changes)
    for row in draft.figures:
        row["text"] = row["text"].replace(" ", "")


def hard_wrap(draft: Draft, draw: random.Random) -> None:
    """Lines cut at a fixed width, inside words and sentences, never inside a number."""
    width = draw.choice((30, 34, 38, 42))
    changes, column = [], 0
    for index, char in enumerate(draft.text):
        column = 0 if char == "\n" else column + 1
        if column > width and HAN.match(char) and HAN.match(draft.text[index - 1]):
            changes.append(Change(index, index, "\n"))
            column = 1
    draft.apply(changes)
    _unwrapped(draft)


def tag_residue(draft: Draft, draw: random.Random) -> None:
    """好来</P>⏎信: tags and page ends left in the text, some inside words."""
    within = inside([(row["start"], row["end"]) for row in draft.figures])
    text = draft.text
    joins = [i for i in range(20, len(text)) if HAN.match(text[i]) and HAN.match(text[i - 1]) and not within(i)]
    ends = [m.start() for m in re.finditer("\n", text)]
    changes = [Change(i, i, draw.choice(("</P>\n", "\n", "<br>\n", "/P>\n"))) for i in some(draw, joins, 3 / 1000)]
    changes += [Change(i, i, draw.choice(("</P>", "<br />", "&nbsp;", "</p><p>"))) for i in some(draw, ends, 0.3)]
    draft.apply(changes)
    _unwrapped(draft)


def furniture(draft: Draft, draw: random.Random) -> None:
    """下载本文档, 上一篇, 客服QQ: lines of the site around the text and between its paragraphs."""
    ends = [m.end() for m in re.finditer("\n", draft.text)][2:]
    top = "".join(f"{line}\n" for line in draw.sample(FURNITURE_TOP, 2))
    tail = "".join(f"\n{line}" for line in draw.sample(FURNITURE_END, 3))
    size = len(draft.text.rstrip("\n"))
    changes = [Change(0, 0, top), Change(size, size, tail)]
    changes += [Change(i, i, draw.choice(FURNITURE_END) + "\n") for i in some(draw, ends, 0.1) if i < size]
    draft.apply(changes)


def mixed(draft: Draft, draw: random.Random) -> None:
    """Several together, in the order archives suffer them."""
    count = len(_numbered(draft))
    if count > 4:
        _some_masks(draft, draw)
    furniture(draft, draw)
    fullwidth(draft, draw)
    hard_wrap(draft, draw)
    by_bytes.byte_gloss(draft, draw)


def _some_masks(draft: Draft, draw: random.Random) -> None:
    changes, masked = [], []
    for row, number in some(draw, _numbered(draft), 0.05):
        changes.append(Change(number.start(), number.end(), draw.choice(("XX", "××"))))
        masked.append(row)
    draft.apply(changes)
    for row in masked:
        draft.unreadable(row, "masked", None, None)


def _unwrapped(draft: Draft) -> None:
    """A row's text is read without the line ends and tags put into it."""
    for rows in draft.rows.values():
        for row in rows:
            if "text" in row and "\n" in row["text"] and "figures" not in row and row.get("value", "") != "":
                row["text"] = row["text"].replace("\n", "")


KINDS: dict[str, Any] = {
    "traditional": by_bytes.to_traditional, "gloss": by_bytes.gloss, "byte_gloss": by_bytes.byte_gloss,
    "swallowed_digit": by_bytes.swallowed_digit, "mojibake_gbk": by_bytes.mojibake_gbk,
    "mojibake_latin1": by_bytes.mojibake_latin1, "replacement": by_bytes.replacement,
    "figure_masks": figure_masks, "year_masks": year_masks, "digits_dropped": digits_dropped,
    "zeros_stripped": zeros_stripped, "percent_signs": percent_signs,
    "spun": spun, "redated": redated, "ocr": ocr, "tag_residue": tag_residue,
    "furniture": furniture, "fullwidth": fullwidth, "hard_wrap": hard_wrap, "set_apart": set_apart, "mixed": mixed,
}
"""Kind of damage to the function that does it to a draft, in place, with the draws it is given."""
