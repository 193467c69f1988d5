"""Transcript and label formats: one module each, pure on bytes and text.

`parse` picks the reader by the file's name; `LABEL_WRITERS` is what exports can write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from app.domain.errors import BadInput
from app.domain.transcript_files import ColumnMap, Transcript
from app.services.formats import (
    audacity,
    csv_rows,
    ctm,
    eaf,
    json_rows,
    rttm,
    srt,
    stm,
    textgrid,
    vtt,
)
from app.services.formats.doc import LabelDoc
from app.services.formats.text import decode, read_lines

TRANSCRIPT_SUFFIXES = (
    ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".vtt", ".srt", ".textgrid", ".rttm", ".ctm",
    ".stm", ".eaf", ".txt",
)  # fmt: skip

LABEL_WRITERS: dict[str, tuple[str, Callable[[LabelDoc], bytes]]] = {
    "textgrid": (".TextGrid", textgrid.write),
    "rttm": (".rttm", rttm.write),
    "ctm": (".ctm", ctm.write),
    "stm": (".stm", stm.write),
    "eaf": (".eaf", eaf.write),
    "vtt": (".vtt", vtt.write),
    "srt": (".srt", srt.write),
}
"""Format name to (suffix, writer) for formats of one file a call; Audacity has one a tier."""

_PLAIN: dict[str, Callable[[str], Transcript]] = {
    ".vtt": vtt.read,
    ".srt": srt.read,
    ".textgrid": textgrid.read,
    ".rttm": rttm.read,
    ".ctm": ctm.read,
    ".stm": stm.read,
}

_FILE_FIELD = {".rttm": 1, ".ctm": 0, ".stm": 0}
"""Which field of a line names the recording."""


def parse(
    data: bytes,
    name: str,
    *,
    columns: ColumnMap | None = None,
    duration_s: float | None = None,
    rate_hz: int | None = None,
    stem: str = "",
) -> Transcript:
    """The transcript in `data`, by the suffix of `name`, with the encoding that was chosen.

    Args:
        data: the whole file.
        name: its name; the suffix picks the format, and in `call.<tier>.txt` the tier is read.
        columns: for CSV and JSON, which column holds what.
        duration_s: length of the recording, to tell seconds from milliseconds.
        rate_hz: rate of the recording, for columns that hold frames.
        stem: stem of the recording, for a CSV that holds several calls.

    Raises:
        BadInput: empty, binary, too large, or not what its suffix says.
    """
    suffix = PurePath(name).suffix.lower()
    if not data.strip(b"\x00 \t\r\n"):
        raise BadInput(f"{name} is empty.", "Export it again, or import the call without it.")
    if suffix == ".eaf":
        return eaf.read(data)
    text, encoding = decode(data, name=name)
    if suffix in _PLAIN:
        found = _PLAIN[suffix](_of_file(text, _FILE_FIELD.get(suffix), stem))
    elif suffix == ".json":
        found = json_rows.read(text, columns=columns, duration_s=duration_s, rate_hz=rate_hz)
    elif suffix in (".jsonl", ".ndjson"):
        found = json_rows.read_lines_json(
            text, columns=columns, duration_s=duration_s, rate_hz=rate_hz
        )
    elif suffix in (".csv", ".tsv"):
        found = csv_rows.read(
            text, columns=columns, duration_s=duration_s, rate_hz=rate_hz, stem=stem
        )
    elif suffix == ".txt":
        found = audacity.read(text, _tier_of(name))
    else:
        raise BadInput(
            f"{name} is not a transcript format that can be read.",
            f"Use one of {', '.join(TRANSCRIPT_SUFFIXES)}.",
        )
    return replace(found, encoding=encoding)


def _of_file(text: str, field: int | None, stem: str) -> str:
    """`text` with the lines of other recordings blanked, where the file holds several."""
    if field is None or not stem:
        return text
    lines = read_lines(text)
    names = [(line.split(maxsplit=field + 1) + [""] * 9)[field] for line in lines]
    if stem not in names:
        return text
    return "\n".join(x if name in (stem, "") else "" for x, name in zip(lines, names, strict=True))


def _tier_of(name: str) -> str:
    """`caller_turns` of `call.caller_turns.txt`; empty where the name has no such part."""
    parts = PurePath(name).name.split(".")
    return parts[-2] if len(parts) > 2 else ""
