"""The files of an EVA record by name, and reading them so that one broken line loses one line.

Names are those under which the importer keeps them; the older generation of a file has a name of
its own. What cannot be read is counted, never fatal.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

PREFIX = "eva/"

AUDIT = ("audit_log.json",)
FRAMEWORK = ("framework_logs.jsonl", "pipecat_logs.jsonl")
CALLER = ("user_simulator_events.jsonl", "elevenlabs_events.jsonl")
RESULT = ("result.json",)
CONFIG = ("config.json",)
METRICS = ("metrics.json",)
INITIAL_DB = ("initial_scenario_db.json",)
FINAL_DB = ("final_scenario_db.json",)
SCENARIO = ("scenario.json",)
PIPELINE_METRICS = ("pipecat_metrics.jsonl",)


class Files:
    """The documents of one call that belong to EVA. Every reading method gives plain values.

    Attributes:
        bad: lines, or whole files, that could not be read, by file name.
    """

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        self._bytes = {
            name.removeprefix(PREFIX): data
            for name, data in documents.items()
            if name.startswith(PREFIX)
        }
        self.bad: dict[str, int] = {}

    def has(self, names: tuple[str, ...]) -> bool:
        """Whether the file is there, under its newer or its older name."""
        return self._named(names) is not None

    def mapping(self, names: tuple[str, ...]) -> dict[str, Any] | None:
        """The JSON object in that file; None if it is absent, broken or no object."""
        name = self._named(names)
        if name is None:
            return None
        value = _loads(self._bytes[name])
        if isinstance(value, dict):
            return value
        self.bad[name] = 1
        return None

    def rows(self, names: tuple[str, ...]) -> list[dict[str, Any]]:
        """The JSON objects of a file of lines; blank lines are nothing, other lines are counted."""
        name = self._named(names)
        if name is None:
            return []
        found: list[dict[str, Any]] = []
        bad = 0
        for line in self._bytes[name].splitlines():
            if not line.strip():
                continue
            value = _loads(line)
            if isinstance(value, dict):
                found.append(value)
            else:
                bad += 1
        if bad:
            self.bad[name] = bad
        return found

    def count_bad(self, names: tuple[str, ...], count: int) -> None:
        """Add to the unreadable rows of a file."""
        name = self._named(names)
        if name is not None and count:
            self.bad[name] = self.bad.get(name, 0) + count

    def _named(self, names: tuple[str, ...]) -> str | None:
        return next((n for n in names if n in self._bytes), None)


def _loads(data: bytes) -> Any:
    """The JSON value of UTF-8 bytes (a byte order mark is ignored), or None.

    Numbers that are not finite become None and halves of characters a replacement: neither could
    be stored again.
    """
    text = data.decode("utf-8-sig", errors="replace")
    try:
        value = json.loads(text, parse_float=_finite, parse_constant=_finite)
        return _whole(value) if _HALF.search(text) else value
    except (ValueError, RecursionError):
        return None


_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _whole(value: Any) -> Any:
    """The value with lone surrogates replaced in all its texts."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_whole(v) for v in value]
    if isinstance(value, dict):
        return {_whole(k): _whole(v) for k, v in value.items()}
    return value
