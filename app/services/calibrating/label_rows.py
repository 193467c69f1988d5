"""The rows of a CSV with a header, or of JSON lines, as texts by column."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput, NotFound
from app.services.calibrating.label_set import Fault
from app.services.formats.cells import unguard

MOST_BYTES = 200 << 20
Row = Mapping[str, str]


def rows_of(path: Path) -> tuple[list[tuple[int, Row]], list[Fault]]:
    """Each row with its line's number, and the lines that are none.

    Raises:
        NotFound: there is no such file. BadInput: it is neither CSV nor JSON lines.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{path} is larger than {MOST_BYTES >> 20} MB.", "Split it.")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error
    if text.lstrip().startswith("{"):
        return _json_rows(text)
    return _csv_rows(path, text), []


def _csv_rows(path: Path, text: str) -> list[tuple[int, Row]]:
    rows: list[tuple[int, Row]] = []
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        for row in reader:
            cells = {str(k).strip(): unguard(str(v or "")).strip() for k, v in row.items() if k}
            rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise BadInput(f"{path} cannot be read as CSV: {error}.", "Export it again.") from error
    return rows


def _json_rows(text: str) -> tuple[list[tuple[int, Row]], list[Fault]]:
    rows: list[tuple[int, Row]] = []
    faults: list[Fault] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            body = json.loads(line)
        except (ValueError, RecursionError):
            body = None
        if isinstance(body, dict):
            rows.append((number, {str(k): _words(v) for k, v in body.items()}))
        else:
            hint = 'One object a line, such as {"item": …}.'
            faults.append(Fault(row=number, reason="is no JSON object", hint=hint))
    return rows, faults


def _words(value: Any) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
