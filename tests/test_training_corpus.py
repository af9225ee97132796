"""The units written for training: well-formed, no near-copies, documents whole, card true."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from wqnlp import vocab
from wqnlp.copies import normalised
from wqnlp.themes.rows import CORPUS, FOLDS, GOLD

ROWS = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]
NEAR = 0.5


def shingles(text: str) -> set[str]:
    plain = normalised(text)
    return {plain[i:i + 3] for i in range(len(plain) - 2)}


def near_copies(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Pairs of ids whose texts share half of their shingles; only texts that share one are compared."""
    sets = {name: shingles(text) for name, text in texts.items()}
    holders, shared = defaultdict(list), Counter()
    for name, one in sets.items():
        for shingle in one:
            shared.update((other, name) for other in holders[shingle])
            holders[shingle].append(name)
    return [pair for pair, n in shared.items() if n / (len(sets[pair[0]]) + len(sets[pair[1]]) - n) >= NEAR]


def test_rows_are_well_formed():
    assert len(ROWS) >= 800
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert set(row["themes"]) <= set(vocab.codes("themes"))
        assert len(row["themes"]) == len(set(row["themes"])) <= 3
        assert 5 <= len(row["text"]) <= 400
        assert row["id"].startswith(row["document"])


def test_a_document_stands_in_one_fold():
    folds = defaultdict(set)
    for row in ROWS:
        folds[row["document"]].add(row["fold"])
    assert all(len(one) == 1 and one <= set(range(FOLDS)) for one in folds.values())


def test_no_unit_is_a_near_copy_of_another_or_of_a_gold_unit():
    texts = {row["id"]: row["text"] for row in ROWS}
    for folder in sorted(GOLD.iterdir()):
        path: Path = folder / "gold" / "activities.jsonl"
        if path.is_file():
            gold = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            texts |= {f"{folder.name}:{row['id']}": row["text"] for row in gold}
    assert [pair for pair in near_copies(texts) if pair[0] in texts and not all(":" in name for name in pair)] == []


def test_a_copy_with_other_numbers_is_found():
    copies = {"a": "全年接待妇女来信来访186件，办结179件", "b": "全年接待妇女来信来访二百一十二件，办结209件", "c": "走访慰问"}
    assert near_copies(copies) == [("a", "b")]


def test_the_card_counts_what_is_there():
    card = (CORPUS.parent / "README.md").read_text("utf-8")
    told = {name: int(count) for name, count in re.findall(r"^\| (\w+) \| (\d+) \|$", card, re.M)}
    assert told == Counter(code for row in ROWS for code in row["themes"] or ["none"])


@pytest.mark.parametrize("least", [20])
def test_every_theme_has_examples(least):
    counts = Counter(code for row in ROWS for code in row["themes"])
    assert all(counts[code] >= least for code in vocab.codes("themes"))


def test_the_second_reading_agrees():
    first = {row["id"]: set(row["themes"]) for row in ROWS}
    lines = (line.split("\t") for line in (CORPUS.parent / "again.tsv").read_text("utf-8").splitlines())
    again = {name: set(filter(None, themes.split(","))) for name, themes in lines}
    assert len(again) >= 80
    same = sum(len(first[name] & again[name]) for name in again)
    f1 = 2 * same / sum(len(first[name]) + len(again[name]) for name in again)
    assert f"micro F1 {f1:.3f}" in (CORPUS.parent / "README.md").read_text("utf-8")
