"""Changes what the micro model says, in its files: the positions of its decoder are its script."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from app.models.whisper_models import ModelFolder, local
from tests.unit.asr.hearing import MICRO

POSITIONS = "decoder/position_encodings/encodings"
EMBEDDINGS = "decoder/embeddings/weight"


def variables(body: bytes) -> dict[str, tuple[int, int, tuple[int, ...], int]]:
    """Offset, bytes, shape and type of every variable of a CTranslate2 model file, version 6.

    The layout: version, then name and revision of the specification, then for each variable its
    name, rank, shape, type and data.
    """

    def text(at: int) -> tuple[str, int]:
        (length,) = struct.unpack_from("<H", body, at)
        return body[at + 2 : at + 2 + length].rstrip(b"\0").decode(), at + 2 + length

    (version,) = struct.unpack_from("<I", body, 0)
    assert version >= 4
    _, at = text(4)
    _, count = struct.unpack_from("<II", body, at)
    at += 8
    found = {}
    for _ in range(count):
        name, at = text(at)
        rank = body[at]
        shape = struct.unpack_from(f"<{rank}I", body, at + 1)
        kind, size = struct.unpack_from("<BI", body, at + 1 + 4 * rank)
        at += 1 + 4 * rank + 5
        found[name] = (at, size, shape, kind)
        at += size
    return found


def scripted(folder: Path, says: Mapping[int, str]) -> ModelFolder:
    """A copy of the micro model that says other tokens at some positions."""
    shutil.copytree(MICRO, folder)
    vocabulary = json.loads((folder / "vocabulary.json").read_text("utf-8"))
    body = bytearray((folder / "model.bin").read_bytes())
    found = variables(bytes(body))
    start, size, shape, kind = found[POSITIONS]
    assert kind == 0, "positions are not float32"
    positions = np.frombuffer(bytes(body[start : start + size]), np.float32).reshape(shape).copy()
    for position, token in says.items():
        positions[position] = direction(bytes(body), found, vocabulary.index(token))
    body[start : start + size] = positions.tobytes()
    (folder / "model.bin").write_bytes(bytes(body))
    return local(folder)


def swapped(folder: Path, one: str, other: str) -> ModelFolder:
    """The model with two of its tokenizer's special tokens changed for each other."""
    path = folder / "tokenizer.json"
    body = json.loads(path.read_text("utf-8"))
    rows = {row["content"]: row for row in body["added_tokens"]}
    rows[one]["content"], rows[other]["content"] = other, one
    path.write_text(json.dumps(body), "utf-8")
    return local(folder)


def direction(
    body: bytes, found: Mapping[str, tuple[int, int, tuple[int, ...], int]], token: int
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """The unit vector of a token: what a position must be for the token to follow."""
    start, size, shape, _ = found[EMBEDDINGS]
    rows = np.frombuffer(body[start : start + size], np.int8).reshape(shape)
    row = rows[token].astype(np.float32)
    return row / np.float32(np.linalg.norm(row))
