"""Which rules and which models read a file: what tells whether it would be read otherwise now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from wqnlp import __version__
from wqnlp.tables import model_folder

MODELS = ("measures", "themes")          # those that the pipeline asks
DATA = Path(__file__).parents[1] / "data"


class Stamp(NamedTuple):
    """The version of the package, of its tables and rules, and of its models. All empty: not known."""

    version: str
    rules: str
    models: str

    def __str__(self) -> str:
        return f"wqnlp {self.version or '?'}, rules {self.rules or '?'}, models {self.models or '?'}"


@cache
def current() -> Stamp:
    """What reads a file now.

    >>> [len(part) for part in current()[1:]]
    [12, 12]
    """
    return Stamp(__version__, digest(DATA, _below(DATA)), "".join(
        digest(Path(), [path for name in MODELS for path in _below(model_folder(name)) if path.suffix != ".md"])))


def digest(root: Path, paths: Iterable[Path]) -> str:
    """One hash over files: of their names under `root` (their own where they stand elsewhere) and their bytes."""
    made = hashlib.sha256()
    for path in paths:
        name = path.relative_to(root).as_posix() if root in path.parents else f"{path.parent.name}/{path.name}"
        content = path.read_bytes()
        made.update(f"{name}\0{len(content)}\0".encode())
        made.update(content)
    return made.hexdigest()[:12]


def _below(folder: Path) -> list[Path]:
    """The files of a folder that say something: no README, nothing hidden, nothing that Python leaves."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "README.md"
                  and not any(part.startswith((".", "__")) for part in path.relative_to(folder).parts))
