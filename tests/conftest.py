"""Fixtures of all tests."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, so that a red run is of the change and not of the dice; HYPOTHESIS_PROFILE=dice rolls them.
settings.register_profile("same", derandomize=True)
settings.register_profile("dice")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared reading beside the repository; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder `shared` is not beside this repository")
    return SHARED


@pytest.fixture(scope="session")
def cluster():
    """A running PostgreSQL; tests that need it are skipped where there is none, unless WQNLP_POSTGRES=needed says they run."""
    import postgres

    why = postgres.missing()
    if why:
        if os.environ.get("WQNLP_POSTGRES") == "needed":
            pytest.fail(why)
        pytest.skip(why)
    made = postgres.Cluster()
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Where a new library goes: every test with it runs on a SQLite file and on a PostgreSQL database."""
    return tmp_path / "l.db" if request.param == "sqlite" else request.getfixturevalue("cluster").new()


@pytest.fixture
def places(request, place, tmp_path):
    """More of the kind of `place`, as many as are asked for."""
    names = iter(range(100))

    def more():
        return tmp_path / f"m{next(names)}.db" if isinstance(place, Path) else request.getfixturevalue("cluster").new()

    return more


def pytest_terminal_summary(terminalreporter):
    """What tests of faults and the like counted, in every run that had them."""
    told = [value for report in terminalreporter.stats.get("passed", []) for name, value in report.user_properties if name == "counted"]
    for line in told:
        terminalreporter.write_line(line)
