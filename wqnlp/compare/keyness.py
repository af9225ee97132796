"""Words that tell one group of summaries from another: log-odds with an informative prior, and where they stand.

The method is that of Monroe, Colaresi and Quinn, "Fightin' Words" (2008): the log-odds ratio of a word between two
groups, smoothed by its frequency in all texts together, in units of its own standard deviation. Unlike chi-square or
a bare ratio it favours neither the commonest nor the rarest words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from wqnlp.compare.trends import adjusted
from wqnlp.grammar import places

if TYPE_CHECKING:
    import pandas as pd

WORD = re.compile(r"[\u4e00-\u9fff]{2,}")
PRIOR = 500.0                            # words the prior weighs; a word of one in a thousand has half a word's weight
FEWEST = 3                               # texts a word must stand in, in all
COLUMNS = ["word", "group", "count", "of", "count_rest", "of_rest", "texts", "log_odds", "z", "p", "q"]


def words(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text of two hanzi and more, as jieba cuts them, with start and end.

    >>> list(words("接待家庭暴力投诉47件"))
    [('接待', 0, 2), ('家庭暴力', 2, 6), ('投诉', 6, 8)]
    """
    for word, start, end in _cutter().tokenize(text):
        if WORD.fullmatch(word):
            yield word, start, end


def keyness(texts: Mapping[str, str], groups: Mapping[str, str], *, fewest: int = FEWEST,
            place_names: bool = False) -> pd.DataFrame:
    """For each group of texts the words that set it apart from all others, the most telling first.

    `texts` are repaired texts by doc_id, one of each cluster of copies; `groups` say which group (a place, a year) a
    doc_id is in. A row has the count of the word among all words of the group (`of`) and of the rest, the texts it
    stands in (`fewest` at least), the log-odds ratio, its z, and p of it both-sided, with `q` adjusted for all words tried. The z takes
    words as drawn one by one, though they come in texts: read it as an order, and read the concordance. Names
    of places tell places apart and say nothing: they are left out unless `place_names`.

    >>> texts = {"a": "土地承包纠纷土地权益", "b": "土地承包征地补偿", "c": "家庭暴力告诫", "d": "家庭暴力庇护"}
    >>> found = keyness(texts, dict(a="甲", b="甲", c="乙", d="乙"), fewest=2)
    >>> found.groupby("group")["word"].first().to_dict()
    {'乙': '家庭暴力', '甲': '土地承包'}
    """
    import numpy as np
    import pandas as pd
    from scipy.stats import norm

    by_group: dict[str, Counter[str]] = {}
    texts_with: Counter[str] = Counter()
    for doc_id, group in groups.items():
        told = Counter(word for word, _, _ in words(texts[doc_id]))
        texts_with.update(told.keys())
        by_group.setdefault(group, Counter()).update(told)
    every: Counter[str] = sum(by_group.values(), Counter())
    names = sorted(word for word in every if texts_with[word] >= fewest and (place_names or not _is_place(word)))
    prior = np.array([every[word] for word in names], dtype=float) * PRIOR / max(1, every.total())
    rows = []
    for group, counts in by_group.items():
        here = np.array([counts[word] for word in names], dtype=float)
        there = np.array([every[word] for word in names], dtype=float) - here
        of, of_rest = counts.total(), every.total() - counts.total()
        odds = np.log((here + prior) / (of + PRIOR - here - prior)) \
            - np.log((there + prior) / (of_rest + PRIOR - there - prior))
        z = odds / np.sqrt(1 / (here + prior) + 1 / (there + prior))
        rows += [(word, group, int(here[n]), of, int(there[n]), of_rest, texts_with[word], float(odds[n]), float(z[n]),
                  float(2 * norm.sf(abs(z[n])))) for n, word in enumerate(names)]
    frame = pd.DataFrame(rows, columns=COLUMNS[:-1])
    frame["q"] = adjusted(frame["p"].tolist()) if len(frame) else []
    return frame.sort_values(["group", "z"], ascending=[True, False], kind="stable").reset_index(drop=True)


def concordance(texts: Mapping[str, str], word: str, *, around: int = 20, most: int = 200) -> pd.DataFrame:
    """Every place a word stands in, with what is around it (KWIC), to be read before anything is said of the word.

    `start` and `end` are offsets in the texts as given; `doc_id` leads to the document.

    >>> concordance({"a": "全年接待家庭暴力投诉47件"}, "家庭暴力")[["left", "word", "right", "start"]].values.tolist()
    [['全年接待', '家庭暴力', '投诉47件', 4]]
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for doc_id, text in texts.items():
        for found in re.finditer(re.escape(word), text):
            if len(rows) >= most:
                break
            rows.append({"doc_id": doc_id, "left": _flat(text[max(0, found.start() - around):found.start()]),
                         "word": word, "right": _flat(text[found.end():found.end() + around]),
                         "start": found.start(), "end": found.end()})
    return pd.DataFrame(rows, columns=["doc_id", "left", "word", "right", "start", "end"])


def over_time(seen: Any, years: Mapping[str, int | None],
              themes: Sequence[str] = ()) -> pd.DataFrame:
    """Themes over the years: of each year's activities, the share that carries a theme, with Wilson's interval.

    `seen` are activities (records or a frame), `years` the year of each doc_id. `themes` keeps only those.
    """
    import pandas as pd

    from wqnlp.compare.cells import wilson

    listed = seen.to_dict("records") if hasattr(seen, "to_dict") else \
        [{"doc_id": one.doc_id, "themes": one.themes} for one in seen]
    totals: Counter[int] = Counter()
    carried: Counter[tuple[int, str]] = Counter()
    for row in listed:
        year = years.get(row["doc_id"])
        if year is not None:
            totals[int(year)] += 1
            carried.update((int(year), theme) for theme in row["themes"])
    wanted = sorted(set(themes) or {theme for _, theme in carried})
    rows = [{"year": year, "theme": theme, "activities": carried[year, theme], "of": of, "share": carried[year, theme] / of,
             **dict(zip(("low", "high"), wilson(carried[year, theme], of), strict=True))}
            for year, of in sorted(totals.items()) for theme in wanted]
    return pd.DataFrame(rows, columns=["year", "theme", "activities", "of", "share", "low", "high"])


def _is_place(word: str) -> bool:
    return any(found.end - found.start == len(word) for found in places.find(word))


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@cache
def _cutter() -> Any:
    """jieba with the words of the trade; its dictionary is not that of other users of jieba."""
    import jieba

    from wqnlp.tables import table

    jieba.setLogLevel(60)
    cutter = jieba.Tokenizer()
    for found in table("issues")["words"].values():
        for word in found:
            if "、" not in word:
                cutter.add_word(word)
    return cutter
