"""The sound of a dataset: a clip an item, as AudioFolder and Parquet that `datasets` loads.

Clips are WAV, 16 bit, at the call's rate; channel 1 is the caller, channel 2 the agent. What is
redacted is silent.
"""

from __future__ import annotations

import hashlib
import io
import json
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import Call, Span, TrackRole
from app.domain.work import Work
from app.services import outgoing
from app.services.calibrating.export_source import Source
from app.services.workspace import Workspace

HF_SPLITS = {"train": "train", "dev": "validation", "anchor_test": "test"}
"""Our roles and the names that other tools have for them."""
ROLES: tuple[TrackRole, ...] = ("caller", "agent", "mix")
"""Whose sound is on which channel of a clip, of those that a call has."""
FOLDER = "audio"
PARQUET = "parquet"
SHARD_BYTES = 250 * 10**6
ROWS_A_GROUP = 100
_FULL_SCALE = 32768

Row = Mapping[str, Any]


class LazyFiles(Mapping[str, bytes]):
    """Files of which some are made, or read, only when they are asked for: sound is large."""

    def __init__(self, files: Mapping[str, bytes | Callable[[], bytes]]) -> None:
        self._files = files

    def __getitem__(self, name: str) -> bytes:
        found = self._files[name]
        return found if isinstance(found, bytes) else found()

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """The sound of an item, kept in a folder aside until the dataset is written."""

    item_id: str
    split: str
    path: Path
    sha256: str

    @property
    def name(self) -> str:
        """Within the dataset."""
        return f"{FOLDER}/{HF_SPLITS[self.split]}/{self.item_id}.wav"


def cut(ctx: Work, ws: Workspace, source: Source, aside: Path) -> list[Clip]:
    """Cut the clip of each item whose call has sound; pairs have none of their own.

    Args:
        ctx: progress and cancelling.
        ws: the workspace.
        source: the set.
        aside: an empty folder.

    Raises:
        NotFound, BadInput: a recording is gone or damaged. Cancelled.
    """
    found = source.found
    by_call: dict[str, list[int]] = {}
    for at, item in enumerate(found.items):
        if item.kind != "pair" and source.calls[item.call_id].tracks:
            by_call.setdefault(item.call_id, []).append(at)
    clips = []
    for done, (call_id, numbers) in enumerate(by_call.items()):
        ctx.raise_if_cancelled()
        call = source.calls[call_id]
        ctx.progress(done, len(by_call), f"sound of {call.code}")
        sound = whole(ctx, ws, call)
        for at in numbers:
            item, item_id = found.items[at], source.ids[at]
            data = wav(sound[item.start : item.end or call.frame_count], call.rate_hz)
            path = aside / f"{item_id}.wav"
            path.write_bytes(data)
            clips.append(
                Clip(
                    item_id=item_id, split=found.roles[at], path=path,
                    sha256=hashlib.sha256(data).hexdigest(),
                )
            )  # fmt: skip
    return sorted(clips, key=lambda c: c.item_id)


def whole(ctx: Work, ws: Workspace, call: Call) -> NDArray[np.int16]:
    """The call's sound (frames, channels), silent where it is redacted."""
    opened = outgoing.open_sound(ctx, ws, call)
    roles = [r for r in ROLES if r in opened.roles]
    out = np.zeros((call.frame_count, len(roles)), np.int16)
    for channel, role in enumerate(roles):
        samples = opened.pcm(role, Span(0, call.frame_count))
        if samples.dtype != np.int16:
            samples = np.clip(np.round(samples * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1)
        out[: len(samples), channel] = samples.astype(np.int16)
    return out


def wav(sound: NDArray[np.int16], rate_hz: int) -> bytes:
    """(frames, channels) as a WAV file."""
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setnchannels(sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.ascontiguousarray(sound, "<i2").tobytes())
    return sink.getvalue()


def files(
    source: Source, clips: Sequence[Clip], tables: Mapping[str, Sequence[Row]]
) -> dict[str, bytes | Callable[[], bytes]]:
    """Clips, `metadata.jsonl` beside them, and Parquet shards."""
    rows = _rows(source, tables)
    out: dict[str, bytes | Callable[[], bytes]] = {}
    for role, split in HF_SPLITS.items():
        mine = [c for c in clips if c.split == role]
        if not mine:
            continue
        lines = [{"file_name": f"{c.item_id}.wav", **rows[c.item_id]} for c in mine]
        out[f"{FOLDER}/{split}/metadata.jsonl"] = "".join(
            json.dumps(line, ensure_ascii=False) + "\n" for line in lines
        ).encode()
        for clip in mine:
            out[clip.name] = clip.path.read_bytes
        shards = _shards(mine)
        for at, shard in enumerate(shards):
            name = f"{PARQUET}/{split}-{at:05d}-of-{len(shards):05d}.parquet"
            out[name] = partial(_parquet, shard, rows)
    return out


def _shards(clips: Sequence[Clip]) -> list[list[Clip]]:
    shards: list[list[Clip]] = [[]]
    size = 0
    for clip in clips:
        more = clip.path.stat().st_size
        if shards[-1] and size + more > SHARD_BYTES:
            shards.append([])
            size = 0
        shards[-1].append(clip)
        size += more
    return shards


def _rows(source: Source, tables: Mapping[str, Sequence[Row]]) -> dict[str, dict[str, Any]]:
    """Item → its flat columns: what it is, and people's common value and votes by dimension."""
    gold = {(g["item_id"], g["dimension"]): g for g in tables["gold"]}
    keys = [c.key for c in source.found.rubric.criteria]
    out = {}
    for item in tables["items"]:
        row = {
            k: item[k]
            for k in ("item_id", "call_id", "kind", "speaker", "rate_hz", "start_ms", "end_ms",
                      "transcript", "system", "inclusion_prob", "redacted")
        }  # fmt: skip
        for key in keys:
            given = gold.get((item["item_id"], key))
            votes = sorted(given["votes"].items()) if given else []
            row[f"gold_{key}"] = _final(given)
            row[f"votes_{key}"] = [float(v) for _, v in votes]
        out[item["item_id"]] = row
    return out


def _final(given: Row | None) -> float | None:
    if given is None:
        return None
    found = given["consensus"] if given["adjudicated"] is None else given["adjudicated"]
    return None if found is None else float(found)


def _parquet(clips: Sequence[Clip], rows: Mapping[str, dict[str, Any]]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    columns = list(rows[clips[0].item_id])
    types = {name: _type(name) for name in columns}
    fields = [pa.field("audio", pa.struct([("bytes", pa.binary()), ("path", pa.string())]))]
    arrow = {
        "string": pa.string(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "bool": pa.bool_(),
        "list": pa.list_(pa.float64()),
    }
    fields += [pa.field(name, arrow[kind]) for name, kind in types.items()]
    told = {"info": {"features": {"audio": {"_type": "Audio"}, **_features(types)}}}
    schema = pa.schema(fields, metadata={"huggingface": json.dumps(told)})
    sink = io.BytesIO()
    with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        for at in range(0, len(clips), ROWS_A_GROUP):
            group = clips[at : at + ROWS_A_GROUP]
            table = [
                {
                    "audio": {"bytes": c.path.read_bytes(), "path": f"{c.item_id}.wav"},
                    **rows[c.item_id],
                }
                for c in group
            ]
            writer.write_table(pa.Table.from_pylist(table, schema=schema))
    return sink.getvalue()


def _type(column: str) -> str:
    if column.startswith("votes_"):
        return "list"
    if column.startswith("gold_") or column in ("start_ms", "end_ms", "inclusion_prob"):
        return "float64"
    return {"rate_hz": "int64", "redacted": "bool"}.get(column, "string")


def _features(types: Mapping[str, str]) -> dict[str, Any]:
    """As `datasets` writes them itself."""
    number = {"dtype": "float64", "_type": "Value"}
    return {
        name: {"feature": number, "_type": "Sequence"}
        if kind == "list"
        else {"dtype": kind, "_type": "Value"}
        for name, kind in types.items()
    }
