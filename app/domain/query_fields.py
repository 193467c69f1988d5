"""The fields of the query language: what kind of value each takes, and how it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["duration", "number", "date", "category", "choice"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field that can be filtered by."""

    name: str
    kind: Kind
    example: str
    meaning: str
    choices: tuple[str, ...] = ()
    dimensions: bool = False
    """True where `name.dimension:` is meant too."""

    @property
    def needs_dimension(self) -> bool:
        """Whether `name:` alone means nothing."""
        return self.name == "metric"


_ALL = (
    Field("p50", "duration", "p50:>800ms", "median response latency"),
    Field("p95", "duration", "p95:>1s", "95th percentile of response latency"),
    Field("latency", "duration", "latency:>2s", "longest response latency"),
    Field("duration", "duration", "duration:>60s", "length of the call"),
    Field("silence", "duration", "silence:>3s", "longest time in which both are silent"),
    Field("turns", "number", "turns:>20", "number of turns"),
    Field("overlap", "number", "overlap:>=3", "number of overlaps"),
    Field("interruptions", "number", "interruptions:>0", "number of interruptions"),
    Field("warnings", "number", "warnings:>0", "number of warnings about the recording"),
    Field("attempt", "number", "attempt:1", "number of the attempt"),
    Field("judge", "number", "judge.empathy:<3", "judge's score", dimensions=True),
    Field("metric", "number", "metric.wer@caller:>0.3", "a measured figure", dimensions=True),
    Field("date", "date", "date:>=2026-11-01", "day of the recording, or of the import"),
    Field("agent", "category", "agent:nora", "agent"),
    Field("version", "category", 'version:"nora 3.2.1"', "agent's version"),
    Field("scenario", "category", "scenario:banking.complaint", "scenario, or its domain"),
    Field("persona", "category", "persona:hurried", "callee's persona"),
    Field("language", "category", "language:en", "language"),
    Field("outcome", "category", "outcome:resolved", "outcome"),
    Field("tag", "category", "tag:refund", "tag"),
    Field("code", "category", "code:CB-00012", "short id"),
    Field("selected", "category", 'selected:"random sample"', "why the call was chosen"),
    Field("run", "category", "run:R-0004", "run that measured it"),
    Field("human", "choice", "human:none", "human scores", ("none", "partial", "complete")),
    Field("flagged", "choice", "flagged:yes", "flag", ("yes", "no")),
    Field("redacted", "choice", "redacted:yes", "redacted spans", ("yes", "no")),
    Field("archived", "choice", "archived:yes", "archived calls", ("yes", "no", "any")),
)
FIELDS: dict[str, Field] = {field.name: field for field in _ALL}

ALIASES: dict[str, str] = {
    "overlaps": "overlap",
    "interruption": "interruptions",
    "tags": "tag",
    "lang": "language",
    "length": "duration",
    "reason": "selected",
    "flag": "flagged",
    "agent_version": "version",
}

_UNITS_MS = {"ms": 1.0, "s": 1000.0, "m": 60_000.0, "min": 60_000.0, "h": 3_600_000.0}
_DURATION = re.compile(r"(-?\d+(?:\.\d+)?)(ms|s|min|m|h)", re.I)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DATE = re.compile(r"\d{4}(?:-(\d{2})(?:-(\d{2}))?)?")


def read_value(field: Field, text: str) -> str | float:
    """The value in base units.

    Raises:
        ValueError: in words that complete “In ‘token’: …”.
    """
    text = text.strip()
    if not text:
        raise ValueError("a value is missing")
    if field.kind == "duration":
        match = _DURATION.fullmatch(text)
        if match is None:
            wants = f"“{text}” lacks a unit" if _NUMBER.fullmatch(text) else f"“{text}” is no time"
            raise ValueError(f"{wants}; write ms, s, m or h after the number")
        return round(float(match.group(1)) * _UNITS_MS[match.group(2).lower()], 6)
    if field.kind == "number":
        if _NUMBER.fullmatch(text) is None:
            raise ValueError(f"“{text}” is no number")
        return float(text)
    if field.kind == "date":
        return _date(text)
    low = text.lower()
    if low not in field.choices:
        raise ValueError(f"“{text}” is none of {', '.join(field.choices)}")
    return low


def write_value(field: Field, value: str | float) -> str:
    """The value as it is typed."""
    if isinstance(value, str):
        return value
    if field.kind == "duration":
        for unit in ("h", "m", "s"):
            if value and value % _UNITS_MS[unit] == 0:
                return f"{_plain(value / _UNITS_MS[unit])}{unit}"
        return f"{_plain(value)}ms"
    return _plain(value)


def _plain(value: float) -> str:
    if value == int(value):
        return str(int(value))
    return f"{value:.6f}".rstrip("0")


def _date(text: str) -> str:
    from calendar import monthrange

    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is no date; write year-month-day")
    year, month, day = int(text[:4]), match.group(1), match.group(2)
    if month is not None and not 1 <= int(month) <= 12:
        raise ValueError(f"there is no month {month}")
    if day is not None and not (year and 1 <= int(day) <= monthrange(year, int(month))[1]):
        raise ValueError(f"there is no day {text}")
    return text
