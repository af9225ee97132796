"""Copies planted among real-looking summaries: re-dated, re-placed, re-numbered, word-spun, cut short."""

import random
import re

import jieba

NUMERAL = re.compile(r"[0-9０-９]")


def redated(text, by=7):
    """The same text with every year of it moved."""
    return re.sub(r"(?:19|20)\d\d(?=年)", lambda m: str(int(m.group()) + by), text)


def replaced(text, place, other):
    """The same text put up for another place."""
    return text.replace(place, other)


def renumbered(text, seed):
    """The same text with new digits wherever a number is no year."""
    rng = random.Random(seed)
    return re.sub(r"\d+(?!\d*年)", lambda m: "".join(rng.choice("123456789") for _ in m.group()), text)


def spun(text, rate, seed):
    """The text with a share of its words exchanged for others of the trade; numbers stay."""
    rng = random.Random(seed)
    words = list(jieba.cut(text))
    pool = [*sorted({w for w in words if len(w) == 2 and not NUMERAL.search(w)}), "群众", "机关", "深化", "推进", "关心"]
    return "".join(rng.choice(pool) if re.fullmatch("[\u4e00-\u9fff]{2,}", w) and rng.random() < rate else w
                   for w in words)


def kinds(text, seed):
    """Every kind of copy of a text by name."""
    name = re.match(r"[\d年]*([\u4e00-\u9fff]{2})", text.lstrip())
    return {"redated": redated(text), "replaced": replaced(redated(text), name.group(1) if name else "全县", "青阳"),
            "renumbered": redated(renumbered(text, seed)),
            **{f"spun{int(100 * rate)}": spun(text, rate, seed) for rate in (0.1, 0.2, 0.3, 0.5)},
            "spun15-redated-renumbered": renumbered(redated(spun(text, 0.15, seed)), seed),
            "spun30-renumbered": renumbered(spun(text, 0.3, seed), seed),
            "first-half": text[:len(text) // 2]}
