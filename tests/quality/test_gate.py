"""The gate on the gold scores, as a test: no score may fall under its pinned floor."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import gate as quality


@pytest.mark.slow
def test_no_score_falls_under_its_floor():
    if not quality.SCORER.is_file():
        pytest.skip("the scorer stands in the folder shared, which is not beside this repository")
    assert quality.gate(quality.measure(), json.loads(quality.FLOORS.read_text("utf-8"))) == []


def test_the_pinned_floors_are_of_the_gold_in_this_repository():
    pinned = json.loads(quality.FLOORS.read_text("utf-8"))
    assert pinned["gold"] == quality.fingerprint()
    for name, floors in pinned["floors"].items():
        assert floors.get("figures.invented", 0) == 0, f"{name}: a value was given where the digits are lost"


@pytest.mark.parametrize(("name", "got", "floor", "bad"), [
    ("figures.found.f1", 0.90, 0.95, True),
    ("figures.found.f1", 0.95, 0.95, False),
    ("figures.invented", 1, 0, True),
    ("audits.false_alarms", 0, 0, False),
])
def test_floors_and_ceilings(name, got, floor, bad):
    assert quality.worse(name, got, floor) is bad
