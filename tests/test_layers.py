"""Imports go down: a module reads lower rungs and its own package, nothing else."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "wqnlp"
RUNGS = [
    "errors span vocab records registry tables data guard",
    "grammar", "source", "repair", "structure", "metadata",
    "figures themes", "issues", "audits", "copies", "pipeline", "store highlight", "library cluster", "compare", "plots",
    "report quality desk spacy_door",
    "watch serve",
    "cli __init__", "__main__",
]                                                                          # lowest first
HEIGHT = {name: height for height, rung in enumerate(RUNGS) for name in rung.split()}
MODULES = sorted(HOUSE.rglob("*.py"))


def imported(path: Path):
    """Dotted names a module imports, late ones too: a ring is no better inside a function."""
    here = path.relative_to(HOUSE.parent).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(here[:-node.level]) if node.level else []
            yield from ([*base, *(node.module or "").split("."), alias.name] for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_imports_go_down(path):
    here = path.relative_to(HOUSE).parts[0].removesuffix(".py")
    assert here in HEIGHT, f"give {here} a rung"
    named = [[part for part in name if part] for name in imported(path)]
    there = {name[1] for name in named if name[0] == "wqnlp" and len(name) > 1} - {here}
    assert not {name for name in there & HEIGHT.keys() if HEIGHT[name] >= max(HEIGHT[here], 1)}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_files_stay_small(path):
    lines = path.read_text("utf-8").count("\n")
    assert lines <= 400, f"{path.name} has {lines} lines: split it by what its parts are for"


@pytest.mark.parametrize("path", [p for p in MODULES if "cli" not in p.parts], ids=lambda p: str(p.relative_to(HOUSE)))
def test_only_the_command_line_speaks(path):
    asks = any(name[0] == "click" for name in imported(path))
    assert not asks or path.parent.name == "quality", "the simulator alone has a command of its own"
    calls = {node.func.id for node in ast.walk(ast.parse(path.read_text("utf-8")))
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert "print" not in calls
