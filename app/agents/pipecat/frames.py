"""Pipecat's frames on the wire: five messages of Protocol Buffers.

They are described here, field by field, as `frames.proto` of pipecat-ai 1.14.0 numbers them. The
`protobuf` package, which the speech detector's runtime brings along anyway, reads and writes them:
it refuses lengths that lie and skips what it does not know, in less code than a decoder of our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from app.agents.link import Int16

FrameKind = Literal["text", "audio", "transcription", "message", "interruption", "other"]

FIELDS: dict[str, tuple[tuple[str, int, str], ...]] = {
    "text": (("id", 1, "UINT64"), ("name", 2, "STRING"), ("text", 3, "STRING")),
    "audio": (
        ("id", 1, "UINT64"),
        ("name", 2, "STRING"),
        ("audio", 3, "BYTES"),
        ("sample_rate", 4, "UINT32"),
        ("num_channels", 5, "UINT32"),
        ("pts", 6, "UINT64"),
    ),
    "transcription": (
        ("id", 1, "UINT64"),
        ("name", 2, "STRING"),
        ("text", 3, "STRING"),
        ("user_id", 4, "STRING"),
        ("timestamp", 5, "STRING"),
    ),
    "message": (("data", 1, "STRING"),),
    "interruption": (("id", 1, "UINT64"), ("name", 2, "STRING")),
}
"""By message, its fields; a frame is one of these, numbered from 1 in this order."""

RATES_HZ = (4_000, 192_000)
MAX_CHANNELS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame.

    Attributes:
        kind: `other` where it cannot be read.
        pcm: of `audio`, (frames,), channels mixed.
        rate_hz: of it.
        text: of a text, a transcription, or a message's JSON.
    """

    kind: FrameKind
    pcm: Int16 | None = None
    rate_hz: int = 0
    text: str = ""


def audio(pcm: Int16, rate_hz: int) -> bytes:
    """A frame with sound, (frames,)."""
    frame = _frame_class()()
    frame.audio.audio = pcm.astype("<i2").tobytes()
    frame.audio.sample_rate = rate_hz
    frame.audio.num_channels = 1
    return bytes(frame.SerializeToString())


def message(text: str) -> bytes:
    """A frame with JSON."""
    frame = _frame_class()()
    frame.message.data = text
    return bytes(frame.SerializeToString())


def parse(raw: bytes) -> Frame:
    """A frame off the wire. What is not known, or cannot be read, is of no consequence."""
    from google.protobuf.message import DecodeError

    try:
        frame = _frame_class().FromString(raw)
    except DecodeError:
        return Frame(kind="other", text="a frame that cannot be read")
    kind = frame.WhichOneof("frame")
    if kind is None:
        return Frame(kind="other", text="a frame of a kind that is not known")
    body = getattr(frame, kind)
    if kind == "audio":
        return _audio(body)
    return Frame(kind=kind, text=body.data if kind == "message" else getattr(body, "text", ""))


def _audio(body: Any) -> Frame:
    low, high = RATES_HZ
    channels = body.num_channels or 1
    if not low <= body.sample_rate <= high or channels > MAX_CHANNELS:
        what = f"sound at {body.sample_rate} Hz in {channels} channels"
        return Frame(kind="other", text=what)
    size = 2 * channels
    data = body.audio[: len(body.audio) // size * size]
    pcm = np.frombuffer(data, "<i2").astype(np.int16)
    if channels > 1:
        pcm = np.rint(pcm.reshape(-1, channels).mean(axis=1)).astype(np.int16)
    return Frame(kind="audio", pcm=pcm, rate_hz=body.sample_rate)


@cache
def _frame_class() -> Any:
    """The class of a frame, from `FIELDS`."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="callbench/pipecat.proto", package="callbench.pipecat", syntax="proto3"
    )
    union = file.message_type.add(name="Frame")
    union.oneof_decl.add(name="frame")
    for number, (name, fields) in enumerate(FIELDS.items(), 1):
        made = file.message_type.add(name=f"{name.title()}Frame")
        for field, at, kind in fields:
            made.field.add(name=field, number=at, type=kinds.Type.Value(f"TYPE_{kind}"), label=1)
        union.field.add(
            name=name, number=number, type=kinds.TYPE_MESSAGE, label=1, oneof_index=0,
            type_name=f".{file.package}.{made.name}",
        )  # fmt: skip
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{file.package}.Frame"))
