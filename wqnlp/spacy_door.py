"""The door to spaCy: `nlp.add_pipe("wqnlp")` puts figures, activities and issues into `doc.spans`.

    import spacy, wqnlp.spacy_door
    nlp = spacy.blank("zh"); nlp.add_pipe("wqnlp")
    doc = nlp(text)
    for span in doc.spans["figures"]:
        print(span.text, span.label_, span._.wqnlp["value"])

The span groups are `figures` (label: the measure), `activities` (label: the surest theme) and `issues` (label: the
issue). `span._.wqnlp` is the record as plain values, `span._.wqnlp_value` its number, `doc._.wqnlp` all tables.
Spans stand in the text as it was given: records carry source offsets, and a span that falls inside a token is widened
to the token (`exact` then says False).
All of it goes through `DocBin(store_user_data=True)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wqnlp.errors import MissingExtra
from wqnlp.pipeline import Result, run_text
from wqnlp.store.schema import plain

Language: Any
Doc: Any
Span: Any
try:
    from spacy.language import Language
    from spacy.tokens import Doc, Span
except ImportError:                      # an extra: the rest of the package does without it
    Language = Doc = Span = None

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS = ("figures", "activities", "issues")
NAME = "wqnlp"
TABLES = ("documents", "figures", "activities", "issues", "audits", "errors")


def label_of(group: str, row: Mapping[str, Any]) -> str:
    """The label of a record's span.

    >>> label_of("activities", {"themes": ["hotline", "legal_aid"]}), label_of("activities", {"themes": []})
    ('hotline', 'none')
    """
    if group == "figures":
        return str(row["measure"])
    if group == "issues":
        return str(row["issue"])
    return str(row["themes"][0]) if row["themes"] else "none"


def annotate(doc: Any, result: Result) -> Any:
    """Put a result into a doc of the same text: span groups, and the rows in the extension `wqnlp`."""
    extend()
    tables = {table: [plain(record) for record in result.rows(table)] for table in TABLES}
    doc.user_data["wqnlp.tables"] = tables
    for group in GROUPS:
        spans: list[Any] = []
        rows: dict[str, list[dict[str, Any]]] = {}
        for row in tables[group]:
            span = doc.char_span(row["start"], row["end"], label=label_of(group, row), alignment_mode="expand")
            if span is None:
                continue
            spans.append(span)
            rows.setdefault(key_of(span), []).append(row | {
                "exact": (span.start_char, span.end_char) == (row["start"], row["end"])})
        doc.spans[group] = spans
        doc.user_data[f"wqnlp.{group}"] = rows
    return doc


def key_of(span: Any) -> str:
    """By what a span's record is found again, in a doc read back from disk too."""
    return f"{span.start_char}-{span.end_char}-{span.label_}"


def _row(span: Any) -> dict[str, Any] | None:
    """The record of a span of one of the groups; None for any other span."""
    for group in GROUPS:
        found = span.doc.user_data.get(f"wqnlp.{group}", {}).get(key_of(span))
        if found:
            return dict(_lists(found[0]))
    return None


def _tables(doc: Any) -> dict[str, Any] | None:
    found = doc.user_data.get("wqnlp.tables")
    return None if found is None else dict(_lists(found))


def _lists(value: Any) -> Any:
    """Lists where a DocBin gives tuples."""
    if isinstance(value, (list, tuple)):
        return [_lists(item) for item in value]
    return {key: _lists(item) for key, item in value.items()} if isinstance(value, dict) else value


def _value(span: Any) -> float | None:
    row = _row(span)
    return None if row is None else row.get("value", row.get("cases"))


def extend() -> None:
    """Declare the extensions; done once, safe to do again. Raises `MissingExtra` (E51) without spaCy."""
    if Doc is None:
        raise MissingExtra("E51", "spacy", "it is not installed", "pip install 'wqnlp[spacy]'")
    if not Doc.has_extension(NAME):
        Doc.set_extension(NAME, getter=_tables)
    if not Span.has_extension(NAME):
        Span.set_extension(NAME, getter=_row)
        Span.set_extension("wqnlp_value", getter=_value)


class Component:
    """The pipe: reads the text of a doc as if it stood in a file."""

    def __init__(self, name: str = NAME) -> None:
        extend()
        self.name = name

    def __call__(self, doc: Any) -> Any:
        return annotate(doc, run_text(doc.text))


def make(nlp: Any, name: str) -> Component:
    """The factory that spaCy calls for `nlp.add_pipe("wqnlp")`."""
    return Component(name)


if Language is not None:
    Language.factory(NAME, assigns=["doc.spans"], func=make)
