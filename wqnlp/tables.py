"""Knowledge tables of `wqnlp/data`: found, read once, checked, and kept.

YAML is parsed on first use (never at import). A rule is a row with a pattern and its own examples:
what it `says` must match, what it says `but_not` must not; `tests/test_rules.py` holds every rule to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from wqnlp.errors import DataError


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML that refuses a key given twice: the second would silently win."""


def _mapping(loader: Any, node: Any, deep: bool = False) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=deep)
        if key in found:
            raise DataError("E33", f"{node.start_mark}", f"the key {key!r} stands twice")
        found[key] = loader.construct_object(value_node, deep=deep)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG,
                        lambda loader, node: _mapping(loader, node, deep=True))


@cache
def table(name: str) -> Any:
    """A YAML table of `wqnlp/data`, such as `units` or `rules/period`, as plain Python. Do not change it.

    >>> "cases_received" in table("taxonomy")["measures"]
    True
    """
    path = files("wqnlp") / "data" / f"{name}.yaml"
    if not path.is_file():
        raise DataError("E33", f"{name}.yaml", "the package has no such data table", "reinstall wqnlp")
    return yaml.load(path.read_text("utf-8"), Loader=_Loader)  # a SafeLoader


def model_folder(name: str) -> Path:
    """Where a model lies: inside an installed package, else in the folder `models` of the checkout, there or not.

    >>> model_folder("themes").name
    'themes'
    """
    installed = Path(__file__).parent / "models" / name
    return installed if installed.is_dir() else Path(__file__).parents[1] / "models" / name


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of `data/rules/*.yaml`."""

    id: str
    pattern: re.Pattern[str]
    gives: Any = None
    trust: float = 1.0
    why: str = ""
    says: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@cache
def rules(name: str) -> tuple[Rule, ...]:
    """The rules of `data/rules/NAME.yaml`, in file order. Each must carry `says`."""
    found, seen = [], set()
    for entry in table(f"rules/{name}"):
        entry = dict(entry)
        identity = entry.pop("id")
        if identity in seen or not entry.get("says"):
            raise DataError("E33", f"rules/{name}.yaml", f"{identity}: id stands twice, or no `says` examples")
        seen.add(identity)
        found.append(Rule(identity, re.compile(entry.pop("pattern")), entry.pop("gives", None),
                          float(entry.pop("trust", 1.0)), entry.pop("why", ""), tuple(entry.pop("says")),
                          tuple(entry.pop("but_not", ())), entry))
    return tuple(found)
