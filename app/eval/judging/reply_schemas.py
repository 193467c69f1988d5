"""JSON schemas of replies: made by pydantic, in the subset that strict decoders take."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, Literal

from app.models.first_import import load_pydantic

if TYPE_CHECKING:
    from pydantic import BaseModel

_DROPPED = ("title", "default", "description")


def closed(name: str, fields: Mapping[str, Any]) -> type[BaseModel]:
    """A pydantic model that takes exactly these fields, all required, in this order.

    Args:
        name: of the model.
        fields: type by JSON name, which may be any text.
    """
    load_pydantic()
    from pydantic import BaseModel, ConfigDict, Field, create_model

    class Closed(BaseModel):
        model_config = ConfigDict(extra="forbid")

    named: dict[str, Any] = {
        f"f{at}": (kind, Field(alias=key)) for at, (key, kind) in enumerate(fields.items())
    }
    return create_model(name, __base__=Closed, **named)


def one_of(values: Sequence[Any]) -> Any:
    """The type of exactly these values."""
    return Literal[tuple(values)]


def between(low: int, high: int) -> Any:
    """The type of all numbers from one to the other."""
    load_pydantic()
    from pydantic import Field

    return Annotated[float, Field(ge=low, le=high)]


def list_of(kind: Any) -> Any:
    """The type of lists of a type."""
    return GenericAlias(list, (kind,))


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a model without references, titles or defaults."""
    body = model.model_json_schema(by_alias=True)
    return dict(_plain(body, body.get("$defs", {})))


def _plain(node: Any, defs: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_plain(one, defs) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _plain(defs[node["$ref"].rpartition("/")[2]], defs)
    if "const" in node:
        node = {**{k: v for k, v in node.items() if k != "const"}, "enum": [node["const"]]}
    kept = {k: v for k, v in node.items() if k not in (*_DROPPED, "$defs")}
    return {
        key: {name: _plain(one, defs) for name, one in value.items()}
        if key == "properties"
        else _plain(value, defs)
        for key, value in kept.items()
    }


def in_words(schema: Mapping[str, Any], indent: str = "") -> str:
    """What a reply looks like, for the prompt: its JSON with kinds and choices in the places."""
    if "anyOf" in schema:
        return " or ".join(in_words(one, indent) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(json.dumps(value) for value in schema["enum"])
    if "minimum" in schema:
        return f"number from {schema['minimum']:g} to {schema['maximum']:g}"
    kind = schema.get("type")
    if kind == "object":
        inner = indent + "  "
        lines = (
            f"{inner}{json.dumps(name)}: {in_words(one, inner)}"
            for name, one in schema["properties"].items()
        )
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if kind == "array":
        return f"[{in_words(schema['items'], indent)}, …]"
    return {"string": '"…"', "integer": "number", "boolean": "true or false"}.get(
        str(kind), str(kind)
    )
