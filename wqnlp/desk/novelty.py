"""Whether a text is unlike anything seen: a different kind of document, or a unit of work that no theme fits.

Method: `known` is the share of a text's pairs of hanzi that two or more documents of the training texts have; `core`
is how often the words of this field stand in it. `python -m wqnlp.desk.novelty` counts the pairs anew.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from wqnlp.errors import DataError
from wqnlp.grammar.lexicon import Lexicon
from wqnlp.issues.mentions import mentions
from wqnlp.tables import table

_RUN = re.compile(r"[\u4e00-\u9fff]+")
SEEN = "data/seen_pairs.txt"
TODO = "restore it from the repository, or count it anew with: python -m wqnlp.desk.novelty"


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring hanzi of a text.

    >>> sorted(pairs("维权站3个"))
    ['权站', '维权']
    """
    return {run[i:i + 2] for run in _RUN.findall(text) for i in range(len(run) - 1)}


@cache
def _seen() -> frozenset[str]:
    path = files("wqnlp") / SEEN
    if not path.is_file():
        raise DataError("E33", SEEN, "the package has no such table", TODO)
    text = path.read_text("utf-8").strip()
    return frozenset(text[i:i + 2] for i in range(0, len(text), 2))


@cache
def _core() -> Lexicon[bool]:
    return Lexicon(dict.fromkeys(table("novelty")["core"], True))


def known(text: str) -> float:
    """The share of a text's pairs of hanzi that were seen before, 0 to 1; 1 where it has none.

    >>> known("接待妇女群众来信来访") > 0.8 > 0.3 > known("红烧肉切块焯水炒出糖色")
    True
    """
    own = pairs(text)
    return len(own & _seen()) / len(own) if own else 1.0


def unlike(text: str) -> str | None:
    """Why a whole text is unlike the summaries seen, in words, or None.

    >>> unlike("甲方应于合同签订之日起十日内向乙方支付货款，余款在货物验收合格后付清。逾期付款的按日支付违约金，由甲方承担。")
    'hardly a word of women’s-rights work in it (0.0 in 100 characters)'
    >>> unlike("县妇联接待妇女群众来信来访96件，调处婚姻家庭纠纷，宣传妇女权益保障法，慰问困难母亲，举办家庭教育讲座。") is None
    True
    """
    limits, hanzi = table("novelty"), sum(map(len, _RUN.findall(text)))
    if hanzi < limits["least_hanzi"]:
        return f"too little Chinese text to tell what it is ({hanzi} characters)"
    density = 100 * len(_core().find(text)) / hanzi
    if density < limits["least_core"]:
        return f"hardly a word of women’s-rights work in it ({density:.1f} in 100 characters)"
    share = known(text)
    return f"words unlike any seen ({share:.0%} of its pairs known)" if share < limits["least_known"] else None


def odd(text: str, scores: Mapping[str, float]) -> float | None:
    """How odd a unit of work is (0 to 1) where no theme fits it, or None where one does.

    `scores` are the probabilities of the themes. A unit that names an issue is a breakdown of cases, not odd.

    >>> odd("开展女大学生直播带货技能比赛，搭建网红直播间。", {"employment": 0.11, "hotline": 0.02}) is None
    False
    >>> odd("接听12338热线来电230次。", {"hotline": 0.97}) is None
    True
    """
    if not scores or next(iter(mentions(text)), None) is not None or len(pairs(text)) < 4:
        return None
    oddness = (1 - max(scores.values())) * (1 - known(text))
    return round(oddness, 3) if oddness >= table("novelty")["odd_unit"] else None


def count(documents: Iterable[str]) -> str:
    """The pairs that two or more documents have, sorted, as one string: what `seen_pairs.txt` holds."""
    times = Counter(pair for text in documents for pair in pairs(text))
    return "".join(sorted(pair for pair, number in times.items() if number > 1))


def main(root: Path = Path(__file__).parents[2]) -> int:
    """Count the pairs of the training texts and the dev gold; the number of pairs written."""
    texts: dict[str, str] = defaultdict(str)
    for line in (root / "corpus" / "training" / "activities.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        texts[row["document"]] += row["text"] + "\n"
    for path in sorted((root / "tests" / "gold" / "dev" / "texts").glob("*.txt")):
        texts[path.name] = path.read_text("utf-8")
    found = count(texts.values())
    (root / "wqnlp" / SEEN).write_text(found + "\n", "utf-8")
    return len(found) // 2


if __name__ == "__main__":
    main()
