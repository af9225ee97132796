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
