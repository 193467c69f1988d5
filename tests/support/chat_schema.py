"""A valid object for any JSON schema that judges send, decided by a hash: the same every time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Choose = Callable[[tuple[str, ...], Mapping[str, Any]], Any]
"""Given the path of a value and its schema: the value, or `OPEN` to leave it to the hash."""

OPEN = object()
OFF_SCALE = 99
WORDS = ("The agent asks for one thing.", "It repeats what it said.", "Nothing is left out.")


def leave_open(_path: tuple[str, ...], _schema: Mapping[str, Any]) -> Any:
    return OPEN


@dataclass(frozen=True)
class Maker:
    """Makes values of a schema. Items of an array carry their index in the path, as text."""

    root: Mapping[str, Any]
    seed: str
    choose: Choose = leave_open

    def value(self) -> Any:
        return self._value((), self.root)

    def _value(self, path: tuple[str, ...], schema: Mapping[str, Any]) -> Any:
        schema = self._resolved(schema)
        chosen = self.choose(path, schema)
        if chosen is not OPEN:
            return chosen
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._one_of(path, schema["enum"])
        for word in ("anyOf", "oneOf"):
            if word in schema:
                return self._value(path, self._option(path, schema[word]))
        kind = schema.get("type", "object")
        if isinstance(kind, list):
            options = [{**schema, "type": k} for k in kind]
            return self._value(path, self._option(path, options))
        return self._of_kind(path, schema, kind)

    def _of_kind(self, path: tuple[str, ...], schema: Mapping[str, Any], kind: str) -> Any:
        if kind == "object":
            known = schema.get("properties", {})
            return {name: self._value((*path, name), inner) for name, inner in known.items()}
        if kind == "array":
            low = schema.get("minItems", 0)
            high = schema.get("maxItems", low + 2)
            count = low + self._number(path) % (high - low + 1)
            inner = schema.get("items", {"type": "string"})
            return [self._value((*path, str(i)), inner) for i in range(count)]
        if kind in ("integer", "number"):
            low = schema.get("minimum", 0)
            return low + self._number(path) % (int(schema.get("maximum", low + 2)) - int(low) + 1)
        if kind == "boolean":
            return self._number(path) % 2 == 0
        if kind == "null":
            return None
        return f"{self._one_of(path, WORDS)} [{self._number(path) % 10_000}]"

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            found: Any = self.root
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            schema = found
        if len(schema.get("allOf", ())) == 1:
            return self._resolved(schema["allOf"][0])
        return schema

    def _option(self, path: tuple[str, ...], options: list[Any]) -> Any:
        """One of several; null one time in eight."""
        real = [o for o in options if self._resolved(o).get("type") != "null"]
        if not real or (len(real) < len(options) and self._number(path) % 8 == 0):
            return {"type": "null"}
        return self._one_of(path, real)

    def _one_of(self, path: tuple[str, ...], options: Any) -> Any:
        return options[self._number(path) % len(options)]

    def _number(self, path: tuple[str, ...]) -> int:
        text = "/".join((self.seed, *path))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def is_scaled(schema: Mapping[str, Any]) -> bool:
    """Whether a value of the schema is a level: a number or one of several words."""
    return bool({"enum", "minimum", "maximum"} & schema.keys()) or schema.get("type") == "integer"


def off_scale(_path: tuple[str, ...], schema: Mapping[str, Any]) -> Any:
    """Levels that no scale has; all else is as it should be."""
    if not is_scaled(schema):
        return OPEN
    words = all(isinstance(v, str) for v in schema.get("enum", [0]))
    return "excellent++" if words else OFF_SCALE


def schema_in_words(text: str) -> Mapping[str, Any] | None:
    """The last JSON schema of an object that is written out in a text; None if there is none."""
    found, at, decoder = None, 0, json.JSONDecoder()
    while (at := text.find("{", at)) >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            at += 1
            continue
        if isinstance(value, dict) and "properties" in value:
            found = value
        at = end
    return found
