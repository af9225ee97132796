"""维权 NLP: figures that can be believed, out of archived summaries of women's-rights protection work.

    import wqnlp
    summary = wqnlp.read("corpus/small/2009.txt")
    summary.figures                                      a DataFrame, one row for each reported quantity
    print(summary.explain(summary.figures.id[0]))        one figure, down to its characters in the file
    wqnlp.extract(["corpus/raw"], "out", store="library.db")
    wqnlp.open_store("library.db").figures(measure="cases_received", year=2009)

Importing this loads nothing heavy: each name is brought in when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wqnlp.library import Extraction, Library, explain, open_store, read
    from wqnlp.store.batch import extract

__version__ = "0.1.0"
__all__ = ["Extraction", "Library", "__version__", "explain", "extract", "open_store", "read"]

_HOMES = {"extract": "wqnlp.store.batch"} | dict.fromkeys(
    ("Extraction", "Library", "explain", "open_store", "read"), "wqnlp.library")


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'wqnlp' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
