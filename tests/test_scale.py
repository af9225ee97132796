"""The synthetic archive, and what is measured on it: the same files from the same numbers, figures that are worked out."""

import re
import sys
from pathlib import Path
from statistics import median

import pytest

sys.path.insert(0, str(Path(__file__).parent / "benchmark"))
import scale
import synthetic

from wqnlp.copies import similarity
from wqnlp.pipeline import run_data


def test_the_same_number_is_the_same_file(tmp_path):
    synthetic.archive(tmp_path / "one", 30)
    synthetic.archive(tmp_path / "two", 20)
    synthetic.archive(tmp_path / "two", 30, 20)
    one, two = ({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")} for folder in
                (tmp_path / "one", tmp_path / "two"))
    assert one == two and len(one) == 30


def test_an_archive_is_as_varied_as_a_real_one():
    texts = [synthetic.written(number) for number in range(0, 400, 10)]
    alike = [similarity(one, other) for at, one in enumerate(texts) for other in texts[:at]]
    assert median(alike) < 0.06 and max(alike) < 0.15
    files = [synthetic.content(number) for number in range(400)]
    repeated = len(files) - len({data for _, data in files})
    assert len({name for name, _ in files}) == 400 and 0 < repeated < 20
    assert 5 < sum(name.endswith(".html") for name, _ in files) < 50
    damaged = sum(synthetic.text(number) != synthetic.written(number) for number in range(400))
    assert 0.25 < damaged / 400 < 0.5


def test_a_summary_says_whose_it_is_and_what_it_received():
    right = 0
    for number in range(0, 200, 20):
        made = run_data(synthetic.written(number).encode(), "a.txt")
        [document] = made.documents
        values = {figure.value for figure in made.figures if figure.measure == "cases_received"}
        right += document.year == synthetic.FIRST and synthetic.cases(number // 20, document.year) in values
    assert right == 10


@pytest.mark.slow
def test_what_is_measured_comes_out_in_the_page(tmp_path):
    took = {"1": 10.0, "2": 6.0, "1 on one core": 11.0}
    found = {"machine": "x", "sizes": {"40": scale.measured(tmp_path, 40, None, {})},
             "workers": {"files": 40, "seconds": took, "times as fast": 1.6, "of cores": 1.8, "of bare pipelines": 2.0}}
    told = found["sizes"]["40"]
    assert told["files"] == 40 and told["errors"] == 0 and told["library bytes"] > told["archive bytes"] > 40_000
    assert told["peak MB"]["tenth"] <= told["peak MB"]["half"] <= told["peak MB"]["read"] <= told["peak MB"]["end"]
    assert all(asked["seconds"] > 0 for asked in told["questions"].values()) and len(scale.lines(found)) > 20
    rows = [line.split("|")[1:-1] for line in scale.page(found) if re.match(r"\| \d", line)]
    reading = told["seconds"]["first half"] + told["seconds"]["second half"]
    assert [int(row[0]) for row in rows] == list(scale.CORES)
    hours = 10**7 / 3600 / told["summaries"]
    writing = told["writer"] - told["seconds"]["end"]
    for row in rows:
        assert int(row[1].replace(",", "")) == round(hours * max(1.1 * reading / (int(row[0]) * 0.9), writing))
