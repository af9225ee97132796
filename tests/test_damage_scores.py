"""Damage with an exact inverse costs at most two points of the figures; damage without one gives no wrong value."""

from pathlib import Path

import pytest

from wqnlp.pipeline import run_text
from wqnlp.quality.simulate import damage, read_gold, several
from wqnlp.quality.simulate_kinds import KINDS

GOLD = Path(__file__).parent / "gold" / "dev"
EXACT = ("traditional", "gloss", "byte_gloss", "mojibake_latin1", "tag_residue", "furniture", "fullwidth", "hard_wrap", "spun", "redated",
         "year_masks", "ocr", "set_apart")
OFTEN = ("mojibake_gbk",)                # but for bytes that the wrong encoding had no character for
LOSSY = ("swallowed_digit", "figure_masks", "digits_dropped", "zeros_stripped", "percent_signs", "replacement", "mixed")
CLEAN = 0.98


def told(text):
    """value, unit and measure by span of what is read in a text."""
    return {(one.start, one.end): (one.value, one.unit, one.measure) for one in run_text(text).figures}


def complete(pairs):
    """F1 of the figures whose value, unit and measure are those of the gold, over (gold rows, figures told)."""
    hits = sum(any(same(row, span) and said == (row["value"], row["unit"], row["measure"]) for span, said in found.items())
               for rows, found in pairs for row in rows)
    return 2 * hits / sum(len(rows) + len(found) for rows, found in pairs)


def same(row, span):
    """Whether two spans share at least half of the longer: a byte that is gone may lie on either side of an edge."""
    shared = min(row["end"], span[1]) - max(row["start"], span[0])
    return 2 * shared >= max(row["end"] - row["start"], span[1] - span[0])


def damaged(kind, every):
    """Some texts of the gold with one kind of damage, and the rows of their figures: another third for each kind."""
    first = sorted(KINDS).index(kind) % every
    for _, (text, rows) in list(read_gold(GOLD).items())[first::every]:
        shown, moved = damage(text, rows, kind, 7)
        yield shown, moved["figures"]


def test_every_kind_of_damage_is_scored():
    assert sorted((*EXACT, *OFTEN, *LOSSY)) == sorted(KINDS)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*EXACT, *OFTEN])
def test_what_has_an_inverse_is_undone(kind):
    score = complete([(rows, told(text)) for text, rows in damaged(kind, 3)])
    assert score >= CLEAN - (0.05 if kind in OFTEN else 0.0), f"{kind}: {score:.3f}"


@pytest.mark.slow
def test_several_summaries_in_one_file_are_told_apart():
    files = list(read_gold(GOLD).items())[:3]
    text, rows = several([one for _, one in files], files[0][0])
    assert complete([(rows["figures"], told(text))]) >= CLEAN


@pytest.mark.slow
@pytest.mark.parametrize("kind", LOSSY)
def test_what_has_none_gives_no_wrong_value(kind):
    wrong, right = [], 0
    for text, rows in damaged(kind, 2):
        true = {(row["start"], row["end"]): row["value"] for row in rows}
        for span, (value, *_) in told(text).items():
            if span in true and value is not None:
                right += true[span] == pytest.approx(value) if true[span] is not None else 0
                wrong += [(text[slice(*span)], value, true[span])] if true[span] is None or true[span] != pytest.approx(value) else []
    assert wrong == []
    assert right > 5
