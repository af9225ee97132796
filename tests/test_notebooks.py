"""Every notebook runs from clean, and is kept without outputs."""

from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def read(path):
    nbformat = pytest.importorskip("nbformat")
    return nbformat.read(path, as_version=4)


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_outputs_are_cleared(path):
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert cells and not [cell for cell in cells if cell.outputs or cell.execution_count]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_it_runs_from_clean(path, tmp_path):
    nbclient = pytest.importorskip("nbclient")
    run = nbclient.NotebookClient(read(path), timeout=600, kernel_name="python3",
                                  resources={"metadata": {"path": str(path.parent)}}).execute()
    pictures = [out for cell in run.cells for out in cell.get("outputs", ()) if "image/png" in out.get("data", {})]
    assert pictures, "no plot was shown"
    assert not [out for cell in run.cells for out in cell.get("outputs", ()) if out.get("name") == "stderr"]
