"""A synthetic archive of any size: made-up summaries of many bodies over twenty years, varied, damaged, some put up twice.

    python tests/benchmark/synthetic.py FOLDER --summaries 1000

Of five bodies three are counties that there are, two have invented names. A body's summaries stand in its own folder, one a
year, and name their count of the year before, one in ten with another number than that year's. Sentences are put together from
words of the trade, so that two summaries have as little in common as real ones (a Jaccard similarity of 0.04); the counts come
from `tests/made_up.py`. Of a hundred files four are another year's text under a new date, one another place's, one the same
bytes as another; a third are damaged as `wqnlp.quality.simulate` does it. The same number is always the same file.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from functools import cache
from pathlib import Path

import yaml

import wqnlp
from wqnlp.quality.simulate import damage

sys.path.insert(0, str(Path(__file__).parents[1]))
import made_up

FIRST, YEARS = 1995, 20
DIVISIONS = Path(wqnlp.__file__).parent / "data" / "places" / "divisions.tsv"
DAMAGES = ("byte_gloss", "gloss", "traditional", "fullwidth", "hard_wrap", "tag_residue", "furniture", "year_masks", "ocr", "mixed")
DAMAGED, REDATED, REPLACED, REPEATED, HTML = 0.33, 0.04, 0.01, 0.01, 0.05
WORDS = {name: told.split() if isinstance(told, str) else told for name, told in yaml.safe_load(
    Path(__file__).with_suffix(".yaml").read_text("utf-8")).items()}
NUMERIC = re.compile("[一二三四五六七八九十百千万亿两余多年月日个件人名元次县乡镇市省区村]")
NUMERALS = "一二三四五六七八九"


@cache
def counties() -> list[str]:
    """Names of counties that kept them for all the years, in an order that mixes the provinces."""
    rows = [line.split("\t") for line in DIVISIONS.read_text("utf-8").splitlines() if line[0] != "#"]
    held = sorted({county for _, _, _, _, county, since, until in rows if county.endswith("县") and len(county) == 3
                   and int(since) <= FIRST and int(until or 9999) >= FIRST + YEARS})
    random.Random(7).shuffle(held)
    return held


def body(number: int) -> str:
    """The name of a body's place."""
    group, kind = divmod(number, 5)
    if kind < 3 and 3 * group + kind < len(counties()):
        return counties()[3 * group + kind]
    rng = random.Random(f"body {number}")
    return say(rng, "syllables") + say(rng, "syllables") + say(rng, "syllables") + "县"


def cases(number: int, year: int) -> int:
    """What a body received in a year: a walk of its own."""
    rng = random.Random(f"cases {number}")
    held = rng.randint(40, 900)
    for _ in range(year - FIRST + 1):
        held = max(12, int(held * rng.uniform(0.85, 1.2)))
    return held


@cache
def words() -> list[str]:
    """Words of two characters, from the many of the dictionary that cuts texts: what gives each summary its own."""
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    held = sorted((word for word, count in jieba.dt.FREQ.items() if count > 200 and re.fullmatch("[\u4e00-\u9fff]{2}", word)
                   and not NUMERIC.search(word)), key=lambda word: (-jieba.dt.FREQ[word], word))
    return held[300:8300]


def say(rng: random.Random, kind: str) -> str:
    """A word of `synthetic.yaml`."""
    return rng.choice(WORDS[kind])


def own(rng: random.Random) -> str:
    """Two words that hardly stand side by side elsewhere."""
    return rng.choice(words()) + rng.choice(words())


def done(rng: random.Random) -> str:
    """What somebody did."""
    return say(rng, "verbs") + (say(rng, "objects") if rng.random() < 0.15 else own(rng))


def counted(rng: random.Random) -> str:
    """A sentence with numbers, each of a thing of its own."""
    things = [f"{verb}{thing.format(own(rng))}{rng.randint(2, 2000)}{unit}" for verb, thing, unit in rng.sample(WORDS["counted"], 2)]
    return "，".join(things) + "。"


def sentence(rng: random.Random) -> str:
    """A sentence without a number."""
    opening, ending, people, site = (say(rng, kind) for kind in ("openings", "endings", "people", "sites"))
    return rng.choice((f"{opening}，{done(rng)}，{done(rng)}。", f"{people}深入{site}，{done(rng)}，{ending}。",
                       f"{done(rng)}，邀请{people}{done(rng)}。", f"{own(rng)}{people}与{own(rng)}一道{done(rng)}。",
                       f"{done(rng)}、{done(rng)}、{done(rng)}。", f"把{own(rng)}同{own(rng)}结合起来，{done(rng)}，{ending}。"))


def written(number: int) -> str:
    """Summary `number` as its body wrote it."""
    who, year = number // YEARS, FIRST + number % YEARS
    rng = random.Random(f"summary {number}")
    name, page = body(who), made_up.Page(rng, rng.choice((0.0, 0.0, 0.0, 0.5)))
    page.say(f"{name}妇联{year}年{rng.choice(('维权工作总结', '妇女儿童维权工作总结', '工作总结', '信访工作总结'))}\n")
    page.say(f"{year}年，{name}妇联{done(rng)}，{done(rng)}。现将工作总结如下：\n")
    headings = rng.sample(WORDS["headings"], rng.randint(3, 6))
    for at, heading in enumerate(headings):
        page.say(f"{NUMERALS[at]}、{heading}\n")
        if at == 0:
            received(page, who, year)
        for _ in range(rng.randint(1, 3)):
            page.say("".join(sentence(rng) for _ in range(rng.randint(1, 4))))
            if rng.random() < 0.2:
                rng.choice(made_up.BLOCKS)(page)
            else:
                page.say(counted(rng))
            page.say("" if page.text.endswith("\n") else "\n")
    return page.text


def received(page: made_up.Page, who: int, year: int) -> None:
    """The cases of the year, what they were the year before, and what they were about."""
    total, before = cases(who, year), cases(who, year - 1)
    before += page.rng.choice((0,) * 9 + (10,))
    whole, _ = page.say("全年共接待来信来访来电", (total, "件"), "，上年为", (before, "件"), "。")
    parts = page.rng.sample(made_up.ISSUES, 3)
    page.say("从类别看，" + "，".join(f"{word}类{value}件" for word, value in zip(parts, made_up.split(page.rng, int(whole.value), 3),
                                                                      strict=True)) + "。\n")


def text(number: int) -> str:
    """Summary `number` as it stands in the archive, before it became bytes."""
    rng = random.Random(f"file {number}")
    dice, year, first = rng.random(), FIRST + number % YEARS, number - number % YEARS
    told = ""
    if dice < REDATED:                                       # the body's own text of another year, under this year's date
        other = first + rng.randrange(YEARS)
        told = written(other).replace(str(FIRST + other % YEARS), str(year))
    elif dice < REDATED + REPLACED and first:                # another body's text of this year
        other = rng.randrange(first // YEARS)
        told = written(other * YEARS + number % YEARS).replace(body(other), body(number // YEARS))
    told = told or written(number)
    if rng.random() < DAMAGED:
        told = damage(told, {}, rng.choice(DAMAGES), number)[0]
    return told


def content(number: int) -> tuple[str, bytes]:
    """Name and bytes of file `number`."""
    rng = random.Random(f"bytes {number}")
    name = f"{number // YEARS // 500:03}/{number // YEARS:06}/{FIRST + number % YEARS}"
    if number and rng.random() < REPEATED:
        other, data = content(rng.randrange(max(0, number - 2000), number))
        return f"{name}{Path(other).suffix}", data
    told = text(number)
    page = rng.random() < HTML
    if page:
        told = f"<html><head><title>{told.partition(chr(10))[0]}</title></head><body>\n" + "".join(
            f"<p>{line}</p>\n" for line in told.splitlines()) + "</body></html>\n"
    data = told.encode(rng.choice(("utf-8", "gb18030")), "replace")
    return f"{name}{'.html' if page else '.txt'}", data


def archive(folder: Path, summaries: int, first: int = 0) -> None:
    """Write files `first` to `summaries`."""
    for number in range(first, summaries):
        name, data = content(number)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--summaries", type=int, default=1000)
    asked.add_argument("--first", type=int, default=0)
    given = asked.parse_args()
    archive(given.folder, given.summaries, given.first)
