"""What an endpoint answered, as values; tolerant of what compatible servers leave out or change."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from app.domain.judging import Usage

MOST_DEPTH = 60
"""Of lists and objects in a body; what is deeper was made to break its readers."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, and halves of a surrogate pair: replies that are cut off inside an emoji have them."""


class Unreadable(Exception):
    """A body with a status of success that is no chat completion."""


class Disguised(Exception):
    """An error that came with a status of success, as some routers send.

    Args:
        status: the status that it names.
        body: all of it.
    """

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.status, self.body = status, body


def completion(text: str) -> dict[str, Any]:
    """The body of a chat completion, of texts and numbers that can be stored.

    Raises:
        Unreadable, Disguised.
    """
    try:
        body = _plain(json.loads(text, parse_constant=lambda _nan: None), MOST_DEPTH)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(body, dict):
        raise Unreadable
    if isinstance(body.get("choices"), list):
        return body
    error = body.get("error")
    if not error:
        raise Unreadable
    code = error.get("code") if isinstance(error, dict) else None
    fits = isinstance(code, int) and 400 <= code < 600
    raise Disguised(code if fits and code is not None else 502, body)


def storable(text: str) -> str:
    """`text` without what no database takes."""
    return _UNSTORABLE.sub("\ufffd", text)


def message_of(body: Mapping[str, Any]) -> tuple[str, str, str]:
    """Text, refusal and finish reason of the first choice; empty where there is none."""
    choice = next((c for c in body["choices"] if isinstance(c, dict)), {})
    message = choice.get("message")
    if not isinstance(message, dict):
        message = {}
    finish, refusal = choice.get("finish_reason"), message.get("refusal")
    return _text(message.get("content")), str(refusal or ""), str(finish or "")


def usage_of(body: Mapping[str, Any]) -> Usage:
    """Tokens as the endpoint counted them; None where it did not say."""
    usage = body.get("usage")
    return Usage(
        prompt=_count(usage, "prompt_tokens"),
        completion=_count(usage, "completion_tokens"),
        cached=_count(usage, "prompt_tokens_details", "cached_tokens"),
        audio=_count(usage, "prompt_tokens_details", "audio_tokens"),
        reasoning=_count(usage, "completion_tokens_details", "reasoning_tokens"),
    )


def model_names(text: str) -> tuple[str, ...]:
    """Names in a list of models, sorted.

    Raises:
        Unreadable: it is no such list.
    """
    try:
        listed = json.loads(text)["data"]
        return tuple(sorted({m["id"] for m in listed if isinstance(m["id"], str)}))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Unreadable from None


def _plain(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return storable(value)
    if not isinstance(value, list | dict):
        return value
    if depth == 0:
        raise Unreadable
    if isinstance(value, list):
        return [_plain(v, depth - 1) for v in value]
    return {storable(k): _plain(v, depth - 1) for k, v in value.items()}


def _text(content: Any) -> str:
    """Content is a text, or parts of which some are texts; reasoning in parts is no answer."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = [p.get("text") for p in content if isinstance(p, dict) and p.get("type") == "text"]
    return "".join(t for t in texts if isinstance(t, str))


def _count(value: Any, *path: str) -> int | None:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None
