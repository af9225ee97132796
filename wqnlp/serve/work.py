"""What is done in another process: bytes of a body in, bytes of an answer out."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from wqnlp import __version__, grammar
from wqnlp.pipeline import Result, run_data, run_text
from wqnlp.records import TABLES
from wqnlp.serve.bodies import kind_of, members, posted
from wqnlp.serve.problems import Problem, Refused
from wqnlp.store.schema import plain, to_json

WARM = ("江平县妇联2013年维权工作总结\n一、全年共接待妇女群众来信来访来电96件，其中家庭暴力12件，占12.5%。\n"
        "二、加强宣传，发放资料1.2万份，使妇女的维权意\n识明显增强\n")
"""A summary with a word cut by its line end, so that what mends it is loaded too."""


class Done(NamedTuple):
    """An answer: JSON in UTF-8."""

    body: bytes


def summary(body: bytes, content_type: str) -> Done | Refused:
    """The records of a posted summary.

    >>> done = summary("江平县妇联2013年工作总结\\n全年接待来信来访96件。".encode(), "text/plain")
    >>> '"text": "96件"' in done.body.decode()
    True
    """
    try:
        content, name = posted(body, content_type)
    except Problem as fault:
        return fault.refused
    made = run_text(content, name) if isinstance(content, str) else run_data(content, name)
    if made.errors and not made.documents:
        first = made.errors[0]
        return Refused.by(first.path, first.error, first.message)
    return Done(tables(made).encode())


def tables(made: Result) -> str:
    """All tables of a result as one JSON object; every row is, byte for byte, its line in `TABLE.jsonl`."""
    parts = [f'"{name}": [' + ", ".join(to_json(plain(record)) for record in made.rows(name)) + "]" for name in TABLES]
    return "{" + ", ".join([f'"version": {to_json(__version__)}', *parts]) + "}"


def numbers(body: bytes, content_type: str) -> Done | Refused:
    """The numbers of a posted text.

    >>> numbers('{"text": "超过二百八十七人次"}'.encode(), "application/json").body.decode()[-96:]
    '"text": "二百八十七人次", "value": 287.0, "low": 287.0, "high": null, "unit": "人次", "kind": "people"}]}'
    """
    try:
        kind_of(content_type, ("application/json",))
        [text] = members(body, ("text",))
    except Problem as fault:
        return fault.refused
    rows = [{name: _finite(value) for name, value in one._asdict().items()} for one in grammar.parse(text)]
    return Done(to_json({"version": __version__, "numbers": rows}).encode())


def _finite(value: Any) -> Any:
    """A number of four hundred digits is no float: it is told without a value."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def warm() -> None:
    """Load what every summary needs, so that the first that is posted does not wait for it."""
    run_text(WARM)
    grammar.parse("96件")
