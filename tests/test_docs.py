"""What the documents name exists: data files, codes, commands, paths."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from wqnlp import vocab
from wqnlp.cli import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DATA = ROOT / "wqnlp" / "data"
KNOWLEDGE = (DATA / "README.md").read_text("utf-8")


def test_every_measure_is_explained():
    assert set(re.findall(r"^\| `(\w+)` \|", KNOWLEDGE, re.MULTILINE)) >= set(vocab.codes("measures"))


def test_every_data_file_is_listed():
    top = {path.name for path in DATA.iterdir() if path.suffix in (".yaml", ".txt")}
    assert not {name for name in top if f"`{name}`" not in KNOWLEDGE}


@pytest.mark.parametrize("name", re.findall(r"`((?:wqnlp|corpus|notebooks|tests|models)/[\w./-]+)`", README))
def test_paths_of_the_readme_exist(name):
    assert (ROOT / name).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(
    r"wqnlp (extract|show|explain|codes|report|classify|watch|compare|corrections|correct|refresh)", README))))
def test_commands_of_the_readme_have_help(command):
    told = CliRunner().invoke(cli, [command, "--help"], prog_name="wqnlp")
    assert told.exit_code == 0
    assert "wqnlp" in told.output


def test_python_of_the_readme_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert len(names["summary"].figures) > 20
