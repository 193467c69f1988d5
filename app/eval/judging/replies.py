"""A reply's text becomes a valid object, whatever a model wraps around it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from app.domain.ratings import score_value
from app.eval.judging.asks import ReplyProblem

MAX_CHARS = 400_000
"""A longer reply is not read."""
_WORK = 8_000_000
_TRIES = 500
"""How many characters of broken JSON are looked at, and how many starts of it, before a reply is
given up."""
_MARK = re.compile(r"<(?P<end>/?)(?:think|thinking|reasoning)>|\{", re.IGNORECASE)
_REFUSAL = re.compile(
    r"\W*(?:I'm sorry|I’m sorry|I am sorry|Sorry,|I can(?:no|['’])t |I am unable|I'm unable)",
    re.IGNORECASE,
)
_THINKING = re.compile(r"\s*<(?:think|reason)", re.IGNORECASE)
_ENDED = re.compile(r"\}\s*`*\s*$")
_DIGITS = re.compile(r"\s*-?[0-9]{1,9}\s*")
_DECIMAL = re.compile(r"\s*-?[0-9]{1,9}(\.[0-9]{1,18})?\s*")
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


def read_reply(text: str, schema: Mapping[str, Any]) -> Any:
    """The last JSON object of a reply that fits the schema.

    What a model thought aloud (`<think>…</think>`), code fences and words around the object are
    passed over. Keys that the schema does not know are dropped.

    Raises:
        ReplyProblem: there is none; says why.
    """
    if not text.strip():
        raise ReplyProblem("empty", "The reply is empty.")
    if len(text) > MAX_CHARS:
        raise ReplyProblem("parse", f"The reply has {len(text)} characters.")
    problem: ReplyProblem | None = None
    for found in reversed(_objects(text)):
        try:
            return fitting(found, schema)
        except ReplyProblem as fault:
            problem = problem or fault
    raise problem or _without_object(text)


def fitting(value: Any, schema: Mapping[str, Any], path: str = "") -> Any:
    """The value as the schema has it: closed objects, whole numbers as integers.

    Raises:
        ReplyProblem: it does not fit: `off_scale` where a choice is none of those that there
            are, otherwise `parse`.
    """
    if "anyOf" in schema:
        return _any_of(value, schema["anyOf"], path)
    kind = schema.get("type")
    if kind == "object":
        return _object(value, schema, path)
    if kind == "array":
        if not isinstance(value, list):
            raise _wrong(path, "is no list")
        return [fitting(one, schema["items"], f"{path}[{at}]") for at, one in enumerate(value)]
    value = _scalar(value, kind, path)
    if "enum" in schema and value not in schema["enum"]:
        choices = ", ".join(json.dumps(one) for one in schema["enum"])
        raise ReplyProblem("off_scale", f"{path} is {_short(value)}, none of {choices}.")
    if "minimum" in schema and not schema["minimum"] <= value <= schema["maximum"]:
        ends = f"{schema['minimum']:g} to {schema['maximum']:g}"
        raise ReplyProblem("off_scale", f"{path} is {_short(value)}, not from {ends}.")
    return value


def _any_of(value: Any, schemas: list[Mapping[str, Any]], path: str) -> Any:
    problems: list[ReplyProblem] = []
    for schema in schemas:
        try:
            return fitting(value, schema, path)
        except ReplyProblem as fault:
            problems.append(fault)
    raise next((p for p in problems if p.kind == "off_scale"), problems[0])


def _object(value: Any, schema: Mapping[str, Any], path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, "is no object")
    missing = [name for name in schema["required"] if name not in value]
    if missing:
        raise _wrong(_within(path, missing[0]), "is missing")
    return {
        name: fitting(value[name], one, _within(path, name))
        for name, one in schema["properties"].items()
    }


def _scalar(value: Any, kind: Any, path: str) -> Any:
    if kind == "string" and isinstance(value, str):
        return _NOT_TEXT.sub("\ufffd", value)
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind == "null" and value is None:
        return None
    if kind == "integer" and not isinstance(value, bool):
        if isinstance(value, float) and not value.is_integer():
            raise ReplyProblem("off_scale", f"{path} is {value}, no whole number.")
        if isinstance(value, int | float) or _DIGITS.fullmatch(str(value)):
            return int(value)
    if kind == "number" and not isinstance(value, bool):
        if isinstance(value, int):
            return value
        if isinstance(value, float) or _DECIMAL.fullmatch(str(value)):
            return score_value(float(value))
    raise _wrong(path, f"is {_short(value)}, no {kind}")


def _within(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _wrong(path: str, what: str) -> ReplyProblem:
    return ReplyProblem("parse", f"{path or 'The reply'} {what}.")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _objects(text: str) -> list[Any]:
    """Outermost JSON objects outside of what was thought aloud, in order."""
    found: list[Any] = []
    at, work, tries = 0, 0, 0
    while work < _WORK and tries < _TRIES and (mark := _MARK.search(text, at)) is not None:
        at = mark.end()
        if mark["end"]:
            # A closing mark alone: what stands before it was thought, by a template that opens it.
            found.clear()
        elif mark[0] == "{":
            value, at, looked = _decoded(text, mark.start())
            work += looked
            if value is None:
                tries += 1
            else:
                found.append(value)
        else:
            close = re.compile(f"</{mark[0][1:]}", re.IGNORECASE).search(text, at)
            at = close.end() if close else len(text)
    return found


def _decoded(text: str, start: int) -> tuple[dict[str, Any] | None, int, int]:
    """The object that starts there if it is one, where to go on, and how much was in vain."""
    try:
        value, end = _DECODER.raw_decode(text, start)
        return value, end, 0
    except json.JSONDecodeError as fault:
        if fault.pos >= len(text.rstrip()) or fault.msg.startswith("Unterminated"):
            return None, len(text), 0
        return None, start + 1, fault.pos - start
    except RecursionError:
        return None, len(text), 0
    except ValueError:
        # A key that comes twice, or NaN: the object is passed over as a whole.
        try:
            _, end = json.JSONDecoder(strict=False).raw_decode(text, start)
        except ValueError:
            end = start + 1
        return None, end, end - start


def _without_object(text: str) -> ReplyProblem:
    if _REFUSAL.match(text):
        return ReplyProblem("refused", f"The model said: {_short(text.strip())}")
    thinking = _THINKING.match(text) and "</" not in text
    if thinking or ("{" in text and not _ENDED.search(text)):
        return ReplyProblem("truncated", "The reply ends before its object does.")
    return ReplyProblem("parse", f"The reply holds no usable object: {_short(text.strip())}")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key comes twice")
    return made


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_constant, strict=False)
