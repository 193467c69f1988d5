"""Rows of a schema as CSV, JSONL and Parquet, and back without loss.

CSV: UTF-8, LF, a header; text cells that a spreadsheet would run are marked reversibly. JSONL: one
object a line, keys in the schema's order. Seconds have six decimals everywhere.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from app.domain.errors import BadInput
from app.domain.ratings import score_value
from app.services.exporting.columns import BY_ID, Column, Schema
from app.services.formats.cells import guard, unguard

Row = Mapping[str, Any]
LARGEST = 1 << 53
"""Of a value; further whole numbers are not all floats."""
_NEEDS_QUOTES = re.compile(r'[",\r\n]|^\s|\s$')


def write_csv(schema: Schema, rows: Iterable[Row]) -> bytes:
    """The rows as CSV."""
    lines = [",".join(c.name for c in schema.all_columns)]
    for row in rows:
        cells = (_quoted(_cell(c, row[c.name])) for c in schema.columns)
        lines.append(",".join((schema.id, *cells)))
    return ("\n".join(lines) + "\n").encode("utf-8")


def _quoted(cell: str) -> str:
    """The standard library's writer leaves a lone carriage return bare, which ends the row."""
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell


def write_jsonl(schema: Schema, rows: Iterable[Row]) -> bytes:
    """The rows as JSON lines."""
    lines = []
    for row in rows:
        body = {"schema": schema.id, **{c.name: _plain(c, row[c.name]) for c in schema.columns}}
        lines.append(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n")
    return "".join(lines).encode("utf-8")


def write_parquet(schema: Schema, rows: Sequence[Row]) -> bytes:
    """The rows as one Parquet file; JSON columns are JSON text."""
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {
        "text": pa.string(),
        "json": pa.string(),
        "int": pa.int64(),
        "real": pa.float64(),
        "score": pa.float64(),
        "seconds": pa.float64(),
        "flag": pa.bool_(),
    }
    arrays = [pa.array([schema.id] * len(rows), pa.string())]
    fields = [pa.field("schema", pa.string(), nullable=False)]
    for column in schema.columns:
        values = [_stored(column, row[column.name]) for row in rows]
        arrays.append(pa.array(values, kinds[column.kind]))
        fields.append(pa.field(column.name, kinds[column.kind], nullable=column.nullable))
    described = pa.schema(fields, metadata={"callbench.schema": schema.id})
    sink = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays(arrays, schema=described), sink, compression="zstd")
    return sink.getvalue()


WRITERS: dict[str, tuple[str, Callable[[Schema, Sequence[Row]], bytes]]] = {
    "csv": (".csv", write_csv),
    "jsonl": (".jsonl", write_jsonl),
    "parquet": (".parquet", write_parquet),
}


def read(data: bytes, suffix: str) -> tuple[Schema | None, list[dict[str, Any]]]:
    """(schema, rows) of an exported table; no schema where it has no rows.

    Raises:
        BadInput: it is no table of ours.
    """
    reader = {".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}.get(suffix)
    if reader is None:
        raise BadInput(f"A {suffix} file is no exported table.", "Choose CSV, JSONL or Parquet.")
    try:
        raw = reader(data)
        if not raw:
            return None, []
        schema = BY_ID.get(str(raw[0].get("schema")))
        if schema is None:
            raise BadInput(
                "The table was not exported by Callbench, or by a newer version of it.",
                "Choose an exported folder, or install the newer version.",
            )
        convert = _CONVERTERS[suffix]
        return schema, [{c.name: convert(c, row[c.name]) for c in schema.columns} for row in raw]
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise BadInput("The table is cut off, or was changed.", "Export it again.") from error


def _read_csv(data: bytes) -> list[dict[str, Any]]:
    text = data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _read_jsonl(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.decode("utf-8").split("\n") if line.strip()]


def _read_parquet(data: bytes) -> list[dict[str, Any]]:
    from pyarrow import parquet

    rows: list[dict[str, Any]] = parquet.read_table(io.BytesIO(data)).to_pylist()
    return rows


def _cell(column: Column, value: Any) -> str:
    """A CSV cell. Numbers stay bare (a leading minus is a number's, no formula's)."""
    if value is None:
        return ""
    match column.kind:
        case "seconds":
            return f"{value:.6f}"
        case "flag":
            return "1" if value else "0"
        case "json":
            return guard(_json(value))
        case "real":
            return repr(float(value))
        case "int" | "score":
            return str(value)
        case _:
            return guard(str(value))


def _from_cell(column: Column, cell: str) -> Any:
    if cell == "" and (column.nullable or column.kind not in ("text", "json")):
        return None
    if column.kind in ("text", "json"):
        text = unguard(cell)
        return json.loads(text) if column.kind == "json" else text
    if column.kind == "flag":
        return cell == "1"
    if column.kind == "score":
        return _score(float(cell))
    return int(cell) if column.kind == "int" else float(cell)


def _plain(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.kind == "seconds":
        return round(float(value), 6)
    return bool(value) if column.kind == "flag" else value


def _stored(column: Column, value: Any) -> Any:
    plain = _plain(column, value)
    return _json(plain) if column.kind == "json" else plain


def _from_json(column: Column, value: Any) -> Any:
    if column.kind == "score" and value is not None:
        return _score(value)
    return value if value is None or column.kind != "seconds" else float(value)


def _from_stored(column: Column, value: Any) -> Any:
    if column.kind == "score" and value is not None:
        return _score(value)
    return json.loads(value) if column.kind == "json" and value is not None else value


def _score(value: float) -> float:
    if not abs(value) <= LARGEST:  # nor is it what is no number
        raise ValueError(value)
    return score_value(value)


_CONVERTERS: dict[str, Callable[[Column, Any], Any]] = {
    ".csv": _from_cell,
    ".jsonl": _from_json,
    ".parquet": _from_stored,
}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
