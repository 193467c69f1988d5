"""Transcripts in CSV: any delimiter that spreadsheets write, any column names."""

from __future__ import annotations

import csv
import io
from pathlib import PurePath

from app.domain.transcript_files import ColumnMap, Transcript
from app.services.formats import columns as cols
from app.services.formats.build import Builder
from app.services.formats.cells import unguard

csv.field_size_limit(2**24)


def delimiter(text: str) -> str:
    """The delimiter whose count in the first line is highest; a comma where none occurs."""
    first = text.split("\n", 1)[0]
    return max(",;\t|", key=first.count)


def read(
    text: str,
    *,
    columns: ColumnMap | None = None,
    duration_s: float | None = None,
    rate_hz: int | None = None,
    stem: str = "",
) -> Transcript:
    """Lines of a CSV with a header row.

    Args:
        text: the file.
        columns: which column holds what; what it leaves open is guessed.
        duration_s: length of the recording, which helps to tell seconds from milliseconds.
        rate_hz: rate of the recording, for columns that hold frames.
        stem: where one file holds several calls (a column names the file), rows of this one.
    """
    builder = Builder("csv")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
    rows: list[tuple[int, dict[str, str]]] = []
    header: list[str] | None = None
    ours = False
    try:
        for record in reader:
            if not record or all(not cell.strip() for cell in record):
                continue
            if header is None:
                header = [name.strip() for name in record]
                ours = bool(header) and header[0] == "schema"
                continue
            if len(record) > len(header):
                builder.changed(reader.line_num, "more cells than columns; the rest is left out")
            cells = [unguard(c) for c in record] if ours else record
            rows.append((reader.line_num, dict(zip(header, cells, strict=False))))
    except csv.Error as error:
        builder.reject(reader.line_num, str(error))
    if header is None:
        builder.notes.append("the file is empty")
        return builder.finish()
    chosen = cols.merged(columns, header)
    names = ", ".join(
        f"{slot}='{getattr(chosen, slot)}'"
        for slot in ("start", "end", "duration", "speaker", "text")
        if getattr(chosen, slot)
    )
    builder.notes.append(f"columns: {names or 'none recognised'}")
    rows = _of_this_file(rows, chosen, stem, builder)
    return cols.read_rows(builder, rows, chosen, duration_s=duration_s, rate_hz=rate_hz)


def _of_this_file(
    rows: list[tuple[int, dict[str, str]]], columns: ColumnMap, stem: str, builder: Builder
) -> list[tuple[int, dict[str, str]]]:
    if columns.file is None or not stem:
        return rows
    named = {PurePath(r.get(columns.file, "")).stem for _, r in rows}
    if stem not in named:
        return rows
    mine = [(n, r) for n, r in rows if PurePath(r.get(columns.file, "")).stem == stem]
    if len(mine) != len(rows):
        builder.notes.append(f"{len(rows) - len(mine)} rows belong to other recordings")
    return mine
