"""Takes keys, tokens and passwords out of what other systems wrote, before anything is stored.

Names decide (`api_key`, `Authorization`, `clientSecret`), and values that look like credentials
whatever their name. A mark with four digits of a hash takes their place: one can still see
whether two were the same, as when databases are compared.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from app.domain.errors import BadInput
from app.services.importing.foreign_files import clean, parse_json

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ALWAYS = frozenset(
    "credential credentials secret secrets authorization authorisation password passwd passphrase "
    "bearer".split()
)
"""A name with one of these holds a secret, and so does all that lies under it."""
_LAST = frozenset({"key", "keys", "token", "apikey", "apikeys"})
"""A name that ends in one of these holds one; `key_points` and `prompt_tokens` hold none."""
_RUN_TOGETHER = re.compile(
    r"(?:api|access|secret|private|auth|client|session|refresh)(?:keys?|token|secret)$"
)
_VAGUE = frozenset({"key", "keys"})
"""Names that hold a secret only if the value looks like one: `{"key": "seat", "value": "12A"}`."""
_LOOKS_SECRET = re.compile(r"[^\s]{12,}")
_DONE = re.compile(r"\*+|\[redacted( [0-9a-f]{4})?\]|<[^<>]*>|\$\{?\w+\}?|")
"""Nothing, a mark, or a reference to where the secret lies."""

_HEADED = re.compile(
    r"(?i)(\bbearer\s+)((?=[\w.~+/=-]*[\d_.=-])[\w.~+/=-]{8,})"
    r"|(\bbasic\s+)((?=[\w+/=-]*[\d=])[\w+/=-]{16,})"
    r"|([?&][\w.%-]*(?:key|token|secret|signature|credential|password)=|[?&]sig=)([^&#\s\"'\\]+)"
)
_SHAPED = re.compile(
    r"\b(?:sk|pk|rk|xai|gsk)[-_](?=[\w-]*\d)[A-Za-z0-9_-]{16,}|\bAKIA[0-9A-Z]{16}\b"
    r"|\bAIza[0-9A-Za-z_-]{30,}|\bxox[abps]-[0-9A-Za-z-]{10,}|\bgh[pousr]_[0-9A-Za-z]{20,}"
    r"|\bhf_[0-9A-Za-z]{20,}|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?"
)
_NAMED = re.compile(
    r"(?i)([\"']*[\w-]*(?:api[_-]?key|secret|token|authorization|password|passwd|credentials?)"
    r"[\"']*\s*[:=]\s*[\"']*)([^\s\"',;}{\[\]]{6,})"
)


def mark(secret: str) -> str:
    """What stands in place of a secret."""
    digits = hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()[:4]
    return f"[redacted {digits}]"


def is_sensitive(name: str) -> bool:
    """Whether a field of that name holds a secret."""
    return _reach(name) != ""


def _reach(name: str) -> str:
    """`all` where everything under the name is secret, `own` for its own text only, else empty."""
    parts = [p.lower() for p in _PARTS.findall(name)]
    if not parts:
        return ""
    if not _ALWAYS.isdisjoint(parts):
        return "all"
    return "own" if parts[-1] in _LAST or _RUN_TOGETHER.search("".join(parts)) else ""


def redact(value: Any) -> tuple[Any, int]:
    """(`value` without secrets, how many were taken out). `value` itself stays as it is."""
    worker = _Redactor()
    return worker.walk(value), worker.found


class _Redactor:
    def __init__(self) -> None:
        self.found = 0

    def walk(self, value: Any, name: str = "", under: str = "") -> Any:
        if isinstance(value, dict):
            return {
                k: self.walk(v, str(k), "all" if under == "all" else _reach(str(k)))
                for k, v in value.items()
            }
        if isinstance(value, list):
            return [self.walk(v, name, under) for v in value]
        if not isinstance(value, str):
            return value
        return self._own(value, name) if under else self.text(value)

    def _own(self, text: str, name: str) -> str:
        vague = name.lower() in _VAGUE and not _LOOKS_SECRET.fullmatch(text)
        if vague or _DONE.fullmatch(text.strip()):
            return text
        self.found += 1
        return mark(text)

    def text(self, text: str) -> str:
        """Running text without what looks like a credential."""
        if len(text) < 8:
            return text
        text = _HEADED.sub(self._headed, text)
        return _SHAPED.sub(self._shaped, text)

    def loose(self, text: str) -> str:
        """Text that is no JSON: `name=value` pairs with telling names as well."""
        return self.text(_NAMED.sub(self._headed, text))

    def _headed(self, match: re.Match[str]) -> str:
        groups = [g for g in match.groups() if g is not None]
        if _DONE.fullmatch(groups[1]):
            return match[0]
        self.found += 1
        return groups[0] + mark(groups[1])

    def _shaped(self, match: re.Match[str]) -> str:
        self.found += 1
        return mark(match[0])


def document(name: str, data: bytes) -> tuple[bytes, int]:
    """(the bytes of a file without secrets, how many were taken out).

    JSON and JSON lines are taken apart, other text is searched. Bytes in which nothing is found
    come back as they were.
    """
    if name.lower().endswith(".jsonl"):
        return _lines(data)
    if name.lower().endswith(".json"):
        return _json(data)
    return _loose(data)


def _json(data: bytes) -> tuple[bytes, int]:
    try:
        value = parse_json(data)
    except BadInput:
        return _loose(data)
    kept, found = redact(value)
    return (_dump(kept, indent=2), found) if found else (data, 0)


def _lines(data: bytes) -> tuple[bytes, int]:
    total = 0
    out: list[bytes] = []
    for raw in data.split(b"\n"):
        try:
            kept, found = redact(parse_json(raw)) if raw.strip() else (None, 0)
        except BadInput:
            loose, found = _loose(raw)
            out.append(loose)
        else:
            out.append(_dump(kept) if found else raw)
        total += found
    return (b"\n".join(out), total) if total else (data, 0)


def _loose(data: bytes) -> tuple[bytes, int]:
    worker = _Redactor()
    kept = worker.loose(data.decode("utf-8", "surrogateescape"))
    return (kept.encode("utf-8", "surrogateescape"), worker.found) if worker.found else (data, 0)


def _dump(value: Any, indent: int | None = None) -> bytes:
    return json.dumps(clean(value), ensure_ascii=False, indent=indent).encode()
