"""Places side by side: the command prints what the notebook shows; a report tells by its exit code what failed."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import wqnlp
from wqnlp.cli import cli
from wqnlp.compare.asked import library_at, side_by_side, told

TEXTS = Path(__file__).parent / "gold/dev/texts"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("asked") / "library.db"
    wqnlp.extract([TEXTS / f"d{n:02}.txt" for n in (1, 2, 3, 4, 10, 13)], store=path)
    return path


def call(*arguments):
    return CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False, prog_name="wqnlp")


def test_the_command_prints_what_the_notebook_shows(store):
    done = call("compare", store, "--years", "2006:2012", "--places", "霍山", "--measure", "cases_received,case_visits",
                "--issue", "domestic_violence")
    with wqnlp.open_store(store) as library:
        rows = told(side_by_side(library, years=(2006, 2012), places=["霍山"], issue="domestic_violence"))
    printed = [line.split() for line in done.output.splitlines()]
    assert done.exit_code == 0 and len(printed) == len(rows) == 8
    assert [" ".join(row).split() for row in rows] == printed
    assert "47件 186 25.3%" in " ".join(printed[1]) and "no_summary" in " ".join(printed[2])


def test_a_folder_may_be_asked(tmp_path):
    (tmp_path / "d01.txt").write_bytes((TEXTS / "d01.txt").read_bytes())
    assert "186件" in call("compare", tmp_path, "--places", "霍山县").output
    with library_at(tmp_path) as library:
        assert len(library.documents()) == 1


def test_only_years_stand_beside_years(store):
    with wqnlp.open_store(store) as library:
        assert "许昌" not in "".join(side_by_side(library)["place"])


@pytest.mark.parametrize(("arguments", "says"), [
    (["--places", "没有这个地方"], "E62 没有这个地方"), (["--issue", "beans"], "E62 beans"), (["--years", "last"], "2012:2016")])
def test_wrong_questions_are_told(store, arguments, says):
    done = call("compare", store, *arguments)
    assert done.exit_code == 2 and says in done.output


def test_no_library_is_told(tmp_path):
    done = call("compare", tmp_path / "none.db")
    assert done.exit_code == 2 and "E22" in done.output


def test_a_report_with_errors_exits_3(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/d01.txt").write_bytes((TEXTS / "d01.txt").read_bytes())
    assert call("report", tmp_path / "in", "-o", tmp_path / "out").exit_code == 0
    (tmp_path / "in/empty.txt").write_bytes(b"")
    done = call("report", tmp_path / "in", "-o", tmp_path / "out")
    assert done.exit_code == 3 and (tmp_path / "out/report.html").is_file()


@pytest.mark.slow
def test_a_panel_of_a_hundred_thousand_summaries_takes_seconds(tmp_path):
    import resource
    import sqlite3
    import time
    from itertools import product

    from wqnlp.compare import panel_of
    path = tmp_path / "large.db"
    wqnlp.extract([TEXTS / "d01.txt"], store=path)
    with sqlite3.connect(path) as db:
        document = db.execute("SELECT * FROM documents").fetchone()
        names = [row[1] for row in db.execute("PRAGMA table_info(documents)")]
        figure = db.execute("SELECT * FROM figures WHERE measure = 'cases_received' AND role = 'total'").fetchone()
        columns = [row[1] for row in db.execute("PRAGMA table_info(figures)")]

        def changed(row, keys, **fields):
            return [fields.get(key, value) for key, value in zip(keys, row, strict=True)]

        pairs = list(product(range(5000), range(2000, 2020)))
        db.executemany(f"INSERT INTO documents VALUES ({','.join('?' * len(names))})", (
            changed(document, names, seq=None, doc_id=f"{n:06}{y}-0", year=y, adcode=f"{n:06}", place=f"第{n}县",
                    period_start=f"{y}-01-01", period_end=f"{y}-12-31") for n, y in pairs))
        db.executemany(f"INSERT INTO figures VALUES ({','.join('?' * len(columns))})", (
            changed(figure, columns, seq=None, doc_id=f"{n:06}{y}-0", id=f"{n:06}{y}-0:{k}", measure=measure, parent=None)
            for n, y in pairs for k, measure in enumerate(["cases_received", "materials", "events", "people_trained"])))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with wqnlp.open_store(path) as library:
        began = time.process_time()
        found = panel_of(library)
        took = time.process_time() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"panel of {len(found):,} summaries: {took:.1f} s, {grown:.0f} MB")
    assert len(found) == 100_001 and found["value"].notna().all() and took < 60 and grown < 1200
