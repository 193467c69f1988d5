"""Rows with named fields (CSV columns, JSON keys) as transcript lines.

Which field holds what is guessed from its name unless it is given; so is the unit of the times.
Both guesses are stated in the transcript's notes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.transcript_files import ColumnMap, CueWord, Transcript
from app.services.formats import times
from app.services.formats.build import Builder, probability
from app.services.formats.column_names import guess, merged, plain

__all__ = ["guess", "merged", "read_rows"]

EPOCH_MS = 1e11
"""Wall-clock stamps above this are milliseconds since 1970, below it seconds."""

_MS = re.compile(r"(?:_|^|[a-z])(?:ms|millis|milliseconds|msec)$", re.IGNORECASE)
_FRAMES = re.compile(r"(?:frames?|samples?)$", re.IGNORECASE)
_SECONDS = re.compile(r"(?:_s|_sec|_secs|_seconds|seconds)$", re.IGNORECASE)


def read_rows(
    builder: Builder,
    rows: Sequence[tuple[int, Mapping[str, Any]]],
    columns: ColumnMap,
    *,
    duration_s: float | None = None,
    rate_hz: int | None = None,
) -> Transcript:
    """Turn (row number, fields) pairs into a transcript, stating the unit that was taken."""
    if columns.start is None:
        builder.reject(0, "no column holds the start times; name it in the column mapping")
        return builder.finish()
    raw = [(row, fields, _times(fields, columns)) for row, fields in rows]
    scale, base = _unit(builder, columns, [t for _, _, t in raw], duration_s, rate_hz)
    last_start: tuple[int, float] | None = None
    open_rows: list[tuple[int, Mapping[str, Any], float]] = []
    for row, fields, (start, end, length) in raw:
        if isinstance(start, str):
            builder.reject(row, start)
        elif isinstance(end, str) or isinstance(length, str):
            builder.reject(row, end if isinstance(end, str) else str(length))
        elif end is None and length is None:
            open_rows.append((row, fields, _scaled(start, scale, base)))
        else:
            stop = end if end is not None else start + (length or 0.0)
            from_s, to_s = _scaled(start, scale, base), _scaled(stop, scale, base)
            _cue(builder, row, fields, columns, from_s, to_s, scale, base)
        last_start = (row, start) if not isinstance(start, str) else last_start
    if open_rows:
        _without_ends(builder, open_rows, columns)
    return builder.finish()


def _scaled(value: float, scale: float, base: float) -> float:
    """Seconds from the start of the recording, without the dust of the division."""
    return round((value - base) * scale, 6 if base else 9)


_Time = float | str | None
"""A number in the file's unit; a text saying why there is none; None where the row has none."""


def _times(fields: Mapping[str, Any], columns: ColumnMap) -> tuple[float | str, _Time, _Time]:
    start = _time(fields.get(columns.start or ""), required=True)
    end = _time(fields.get(columns.end), required=False) if columns.end else None
    length = _time(fields.get(columns.duration), required=False) if columns.duration else None
    return (start if start is not None else "no start time"), end, length


def _time(value: Any, *, required: bool) -> _Time:
    if value is None or (isinstance(value, str) and not value.strip()):
        return "no start time" if required else None
    if isinstance(value, str):
        found = times.clock(value)
        found = found if found is not None else times.stamp(value)
        if found is not None:
            return found
    try:
        return times.number(value)
    except times.TimeError as error:
        return str(error)


def _unit(
    builder: Builder,
    columns: ColumnMap,
    found: Sequence[tuple[_Time, _Time, _Time]],
    duration_s: float | None,
    rate_hz: int | None,
) -> tuple[float, float]:
    """(factor to seconds, time of the recording's start in the file's unit), stated in a note."""
    numbers = [v for start, end, _ in found for v in (start, end) if isinstance(v, float)]
    starts = [start for start, _, _ in found if isinstance(start, float)]
    top = max(numbers, default=0.0)
    base = 0.0
    if top > 10 * times.MAX_S and starts and min(starts) > 1e8:
        base = min(starts)
        builder.notes.append("times are wall-clock stamps; counted from the first line")
        return (0.001 if base > EPOCH_MS else 1.0), base
    name = columns.start or ""
    unit = columns.unit
    if unit is None and _FRAMES.search(name) and rate_hz:
        unit = "frames"
    if unit == "frames" and rate_hz:
        builder.notes.append(f"times taken as frames at {rate_hz} Hz (column '{name}')")
        return 1.0 / rate_hz, base
    if unit is None:
        unit, why = _guess_unit(name, numbers, top, duration_s)
        word = "milliseconds" if unit == "ms" else "seconds"
        builder.notes.append(f"times taken as {word} ({why})")
    return (0.001 if unit == "ms" else 1.0), base


def _guess_unit(
    name: str, numbers: Sequence[float], top: float, duration_s: float | None
) -> tuple[Any, str]:
    label = plain(name)
    if _MS.search(label):
        return "ms", f"column '{name}' says so"
    if _SECONDS.search(label):
        return "s", f"column '{name}' says so"
    whole = all(v == int(v) for v in numbers)
    if duration_s is not None and whole and top > 2 * duration_s and top <= 2000 * duration_s:
        return "ms", f"whole numbers up to {top:g} for a recording of {duration_s:.1f} s"
    if duration_s is None and whole and top > 7200:
        return "ms", f"whole numbers up to {top:g}"
    return "s", "the default" if not whole else f"numbers up to {top:g}"


def _cue(
    builder: Builder,
    row: int,
    fields: Mapping[str, Any],
    columns: ColumnMap,
    start_s: float,
    end_s: float,
    scale: float = 1.0,
    base: float = 0.0,
) -> None:
    builder.cue(
        row,
        start_s,
        end_s,
        speaker=_text(fields, columns.speaker).strip(),
        text=_text(fields, columns.text).strip(),
        confidence=fields.get(columns.confidence) if columns.confidence else None,
        words=_words(fields.get(columns.words), scale, base) if columns.words else (),
        heard=fields.get("heard") not in (False, "false", "False", "FALSE"),
    )


def _text(fields: Mapping[str, Any], column: str | None) -> str:
    value = fields.get(column) if column else None
    return "" if value is None else value if isinstance(value, str) else str(value)


def _words(value: Any, scale: float, base: float) -> tuple[CueWord, ...]:
    """Timed words of a line, as Whisper and its kin write them; words without times are left."""
    if not isinstance(value, list):
        return ()
    words: list[CueWord] = []
    for item in value:
        if not isinstance(item, Mapping):
            continue
        columns = guess(list(item))
        start, end, _ = _times(item, columns)
        if not isinstance(start, float) or not isinstance(end, float) or not columns.text:
            continue
        try:
            start_s, end_s = times.checked(_scaled(start, scale, base), _scaled(end, scale, base))
        except times.TimeError:
            continue
        words.append(
            CueWord(
                text=_text(item, columns.text).strip(),
                start_s=start_s,
                end_s=end_s,
                confidence=probability(item.get(columns.confidence or "")),
            )
        )
    return tuple(words)


WORDS_PER_S = 2.5


def _without_ends(
    builder: Builder, rows: list[tuple[int, Mapping[str, Any], float]], columns: ColumnMap
) -> None:
    """Lines that only say when they begin: end at the next line, or by the count of words."""
    rows.sort(key=lambda r: r[2])
    builder.ends_estimated = True
    builder.notes.append(f"{len(rows)} lines have no end; ends are estimated from their words")
    for index, (row, fields, start_s) in enumerate(rows):
        spoken = max(1, len(_text(fields, columns.text).split())) / WORDS_PER_S
        following = rows[index + 1][2] if index + 1 < len(rows) else start_s + spoken
        end_s = max(min(start_s + spoken, following), start_s)
        _cue(builder, row, fields, columns, start_s, end_s)
