"""The answers and requests as OpenAPI describes them: every field of every record, with its meaning and an example.

Fields, their order and types are those of `wqnlp.records`; meanings and examples stand in `data/service.yaml`.
"""

from __future__ import annotations

import inspect
import operator
import types
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from functools import cache, reduce
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from wqnlp import vocab
from wqnlp.errors import CODES, DataError
from wqnlp.grammar.reading import Reading
from wqnlp.records import TABLES, columns
from wqnlp.tables import table

TEXT = "江平县妇联2013年维权工作总结\n全年接待来信来访96件，其中家庭暴力12件，占12.5%。"


class Strict(BaseModel):
    """No member but those that are described."""

    model_config = ConfigDict(extra="forbid")


class Given(Strict):
    """A text that is at hand."""

    text: str = Field(description="The summary, or several one after the other.", examples=[TEXT])
    name: str = Field("text", description="What the records call it (their `path`).", examples=["江平县2013年总结"])


class Phrase(Strict):
    """A text with numbers in it."""

    text: str = Field(description="Any Chinese text.", examples=["全年接待来訪超过２８７人次，發放3.5萬元"])


class Code(Strict):
    """One code of the vocabulary."""

    code: str = Field(description="Stable code.", examples=["domestic_violence"])
    label: str = Field(description="What it is called in Chinese.", examples=["家庭暴力"])
    parent: str | None = Field(description="The broader code; null for a top one.", examples=["marriage_family"])


class Health(Strict):
    """The service runs."""

    status: Literal["ok"] = Field(description="Always ok: where it is not, there is no answer.")
    version: str = Field(description="Version of wqnlp.", examples=["0.2.0"])


class Told(Strict):
    """What went wrong, by RFC 9457, with the numbered error of wqnlp."""

    type: Literal["about:blank"] = Field(description="Of no further type: the status says it.")
    title: str = Field(description="The status in words.", examples=["Unprocessable Content"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="The whole message.", examples=["E03 空.txt: the file is empty. To do: get the file again"])
    code: Literal[tuple(CODES)] = Field(description="Number of the error; it never changes meaning.", examples=["E03"])  # type: ignore[valid-type]
    meaning: str = Field(description="What the number means.", examples=["the file is empty"])
    seen: str = Field(description="What was seen.", examples=["the file is empty"])
    todo: str = Field(description="What to do.", examples=["get the file again, or leave it out"])


@cache
def record(kind: type) -> type[BaseModel]:
    """A model with the fields of a record type.

    >>> record(TABLES["set_aside"]).model_fields["reason"].examples
    ['phone']
    """
    told, hints = table("service").get(kind.__name__, {}), get_type_hints(kind)
    names = columns(kind) if is_dataclass(kind) else list(hints)
    if list(told) != names:
        raise DataError("E33", "service.yaml", f"the fields of {kind.__name__} are {', '.join(names)}, in this order")
    fields: dict[str, Any] = {name: (_shown(hints[name], told[name]),
                                     Field(description=told[name]["means"], examples=[told[name]["like"]])) for name in names}
    return create_model(kind.__name__, __base__=Strict, __doc__=inspect.getdoc(kind), **fields)


def _shown(hint: Any, told: dict[str, Any]) -> Any:
    """A type of a record as the model has it: nested records as models, coded strings as the codes there are."""
    if hint is str:
        values = vocab.codes(told["codes"]) if "codes" in told else tuple(told.get("one_of", ()))
        return Literal[values] if values else str
    if isinstance(hint, type) and is_dataclass(hint):
        return record(hint)
    inner = [part if part is Ellipsis else _shown(part, told) for part in get_args(hint)]
    if get_origin(hint) in (Union, types.UnionType):
        return reduce(operator.or_, inner)
    return get_origin(hint)[tuple(inner)] if inner else hint


@cache
def summaries() -> type[BaseModel]:
    """The answer to a posted summary: all tables."""
    rows: dict[str, Any] = {name: (list[record(kind)], Field(description=_first(kind)))  # type: ignore[misc]
                            for name, kind in TABLES.items()}
    return _versioned("Summaries", "The records of what was posted; a row has the columns of `wqnlp extract`.", rows)


@cache
def numbers() -> type[BaseModel]:
    """The answer to a posted text with numbers."""
    rows = (list[record(Reading)], Field(description="In order, none overlapping another."))  # type: ignore[misc]
    return _versioned("Numbers", "Every number of the text.", {"numbers": rows})


@cache
def codes() -> type[BaseModel]:
    """The vocabulary."""
    return _versioned("Codes", "The codes that records use.", {
        kind: (list[Code], Field(description=f"Codes of {kind}.")) for kind in vocab.KINDS})


def _versioned(name: str, doc: str, rows: dict[str, Any]) -> type[BaseModel]:
    version = (str, Field(description="Version of wqnlp that made it.", examples=["0.2.0"]))
    made: type[BaseModel] = create_model(name, __base__=Strict, __doc__=doc, version=version, **rows)
    return made


def _first(kind: type) -> str:
    return (inspect.getdoc(kind) or "").partition("\n\n")[0]


def components(kinds: Iterable[type[BaseModel]], place: Callable[[str], str]) -> dict[str, Any]:
    """Schemas of models that no route names by itself, with `place` giving the address of each in the description."""
    from pydantic.json_schema import models_json_schema

    _, found = models_json_schema([(kind, "validation") for kind in kinds], ref_template=place("{model}"))
    return dict(found["$defs"])
