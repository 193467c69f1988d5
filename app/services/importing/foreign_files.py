"""Files of other systems, read with bounds: size, depth, odd numbers, and no way out of a folder.

What comes out can be stored: no NaN, no infinities, no text that UTF-8 cannot hold.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PureWindowsPath
from typing import Any

from app.audio.sniff import reading
from app.domain.errors import BadInput, UserError
from app.services.importing.walk import shown

MAX_BYTES = 64 << 20
"""Of one call's file."""
MAX_RUN_BYTES = 256 << 20
"""Of a file that holds many calls."""
MAX_DEPTH = 150
LAST_YEAR_S = 4.2e9
"""Epoch seconds later than this (the year 2103) are no time of a call."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MAY_HIDE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


@dataclass(slots=True)
class Lines:
    """The objects of a JSON-lines file, and how many lines were none."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    bad: int = 0
    first_bad: int = 0
    """Number of the first line that could not be read, from 1; 0 for none."""

    def warning(self, name: str) -> str:
        """What is to be said of it; empty if all is well."""
        if not self.bad:
            return ""
        lines = "1 line" if self.bad == 1 else f"{self.bad} lines"
        return f"{name}: {lines} could not be read and were left out (first: {self.first_bad})."


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The whole file, if it is an ordinary one of at most `limit` bytes.

    Raises:
        BadInput: larger, or no ordinary file. NotFound, EnvironmentFault: it cannot be read.
    """
    with reading(path):
        if path.exists() and not path.is_file():
            raise BadInput(f"{shown(path.name)} is no ordinary file.", "Name a file.")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    if len(data) > limit:
        raise BadInput(
            f"{shown(path.name)} is larger than {limit >> 20} MB.",
            "Cut it to the calls that are wanted.",
        )
    return data


def read_json(path: Path, limit: int = MAX_BYTES) -> Any:
    """The document in a file.

    Raises:
        BadInput: too large, nested too deeply, or no JSON. NotFound, EnvironmentFault.
    """
    return parse_json(read_bytes(path, limit), path.name)


def read_lines(path: Path, limit: int = MAX_BYTES) -> Lines:
    """The objects of a file with one JSON document a line; lines that are none are counted.

    Raises:
        BadInput: too large. NotFound, EnvironmentFault: it cannot be read.
    """
    return parse_lines(read_bytes(path, limit))


def parse_json(data: bytes, name: str = "file") -> Any:
    """A JSON document; NaN and infinities become None, unstorable characters U+FFFD.

    Raises:
        BadInput: it is none, or it is nested too deeply.
    """
    what = shown(name)
    text = _text(data)
    try:
        found = json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise BadInput(
            f"{what} is no valid JSON: {error.msg} in line {error.lineno}.", "Export it again."
        ) from error
    except ValueError as error:  # an integer of thousands of digits
        raise BadInput(f"{what} is no usable JSON: {error}.", "Export it again.") from error
    except RecursionError:
        raise _too_deep(what) from None
    if _is_deep(found):
        raise _too_deep(what)
    return clean(found) if _MAY_HIDE.search(text) else found


def parse_lines(data: bytes) -> Lines:
    """As `read_lines`, from bytes."""
    out = Lines()
    for number, raw in enumerate(data.split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            row = parse_json(raw, f"line {number}")
        except BadInput:
            row = None
        if isinstance(row, dict):
            out.rows.append(row)
        else:
            out.bad += 1
            out.first_bad = out.first_bad or number
    return out


def _text(data: bytes) -> str:
    return data.decode(json.detect_encoding(data), "replace").removeprefix("\ufeff")


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _too_deep(what: str) -> BadInput:
    return BadInput(f"{what} is nested more than {MAX_DEPTH} levels deep.", "Flatten it.")


def _is_deep(value: Any) -> bool:
    """Whether containers nest deeper than `MAX_DEPTH`."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return False
        inner = (v.values() if isinstance(v, dict) else v for v in level)
        level = [x for values in inner for x in values if isinstance(x, dict | list)]
    return bool(level)


def clean(value: Any) -> Any:
    """`value` with text that can be stored; for values that did not come through `parse_json`."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {clean(str(k)): clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [clean(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


# values of any type ------------------------------------------------------------------------------


def number(value: object) -> float | None:
    """A finite number, or text that is one; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def epoch_s(value: object) -> float | None:
    """Epoch seconds of a stamp; None where it is none.

    Takes seconds, milliseconds, microseconds or nanoseconds, as a number or as text, and ISO 8601
    (UTC where it names no zone).
    """
    found = number(value)
    if found is None:
        return _iso_s(value) if isinstance(value, str) else None
    for scale in (1.0, 1e3, 1e6, 1e9):
        if 1e9 <= found / scale < LAST_YEAR_S:
            return found / scale
    return None


def _iso_s(text: str) -> float | None:
    try:
        at = datetime.fromisoformat(text.strip())
        stamp = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return stamp if math.isfinite(stamp) else None


def utc_iso(epoch: float | None) -> str | None:
    """`recorded_at` of an epoch second; None where there is none."""
    if epoch is None or not 0 <= epoch < LAST_YEAR_S:
        return None
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def words(value: object, limit: int = 300) -> str:
    """A short text as it may be shown; empty for anything that is no text or number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _UNSTORABLE.sub("\ufffd", " ".join(str(value).split()))[:limit]


# folders -----------------------------------------------------------------------------------------


def beside(folder: Path, stored: object) -> Path | None:
    """The file in `folder` that a stored path of the producing machine means: its last part only.

    None where there is no such ordinary file, or where it is a link that leads out of the folder.
    """
    if not isinstance(stored, str) or not stored.strip() or "\x00" in stored:
        return None
    name = PureWindowsPath(stored).name  # takes both kinds of slashes
    return within(folder, name) if name not in ("", ".", "..") else None


def within(folder: Path, name: str) -> Path | None:
    """The ordinary file `name` below `folder`; None if there is none or a link leads out."""
    path = folder / name
    try:
        if not path.is_file():
            return None
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return None
    return path if inside else None


def folders(folder: Path) -> Iterator[Path]:
    """Folders directly in `folder`, by name; hidden ones and links that lead out left aside."""
    top = folder.resolve()
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return
    for path in found:
        try:
            fits = path.is_dir() and path.resolve().is_relative_to(top)
        except (OSError, RuntimeError):
            continue
        if fits and not path.name.startswith("."):
            yield path


def readable(path: Path, limit: int = MAX_BYTES) -> tuple[bytes, str]:
    """(bytes, "") of a file, or (b"", why it was left out)."""
    try:
        return read_bytes(path, limit), ""
    except UserError as error:
        return b"", error.what
