"""What is judged, as data in a prompt: JSON between delimiters that it cannot close.

Each block's delimiters carry a hash of its content, and the content cannot hold a `<`, a line
break or an invisible character: all of these are written as JSON escapes. Reading the JSON gives
back every character.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

_ESCAPED = re.compile(
    "[<>`\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e01ef]"
)
"""Delimiters and role marks of chat templates, and what no reader would see: controls, marks that
turn the direction, fillers, tag characters, lone surrogates. Joiners stay: scripts need them."""
_BLOCK = re.compile(
    r'<data name="(?P<name>\w+)" id="(?P<id>[0-9a-f]{16})">\n(?P<body>[^<>]*)\n</data id="(?P=id)">'
)


def block(name: str, body: str) -> str:
    """A block of that name around JSON that `dump` or `rows` made."""
    digest = _digest(body)
    return f'<data name="{name}" id="{digest}">\n{body}\n</data id="{digest}">'


def dump(value: Any) -> str:
    """JSON on one line, safe to stand in a block."""
    return _ESCAPED.sub(_escape, json.dumps(value, ensure_ascii=False))


def rows(dumped: Iterable[str]) -> str:
    """A JSON array with one dumped value a line."""
    return "[\n" + ",\n".join(dumped) + "\n]"


def blocks_in(text: str) -> tuple[tuple[str, Any], ...]:
    """Name and value of every whole block of a text, in order."""
    return tuple(
        (found["name"], json.loads(found["body"]))
        for found in _BLOCK.finditer(text)
        if _digest(found["body"]) == found["id"]
    )


def around_blocks(text: str) -> str:
    """A text with each whole block replaced by its name."""
    return _BLOCK.sub(lambda found: f"[{found['name']}]", text)


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
