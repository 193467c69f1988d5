"""Calls with texts for tests: at 1 kHz, so that frames are milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.calls import Call, Span, Speaker
from app.domain.metrics import MetricValue
from app.domain.segments import Layer, LayerOrigin, Segment, Word
from app.domain.text_roles import TextRole
from app.eval.base import CallInput, Evaluator, LayerInput, Watch

RATE = 1000
ORIGINS: dict[TextRole, LayerOrigin] = {
    "intended": "plan",
    "spoken": "detector",
    "heard": "platform",
    "human": "human",
}


def said(
    speaker: Speaker, start: int, end: int, text: str, id_: str = "", *, heard: bool = True
) -> Segment:
    """A segment in ms without word times."""
    return Segment(
        id=id_ or f"{speaker[0]}{start}",
        speaker=speaker,
        span=Span(start, end),
        text=text,
        heard=heard,
    )


def timed(speaker: Speaker, *words: tuple[str, int, int]) -> Segment:
    """A segment made of words with their times in ms."""
    return Segment(
        id=f"{speaker[0]}{words[0][1]}",
        speaker=speaker,
        span=Span(words[0][1], words[-1][2]),
        text=" ".join(w for w, _, _ in words),
        words=tuple(Word(text=w, span=Span(a, b)) for w, a, b in words),
    )


def layer(
    role: TextRole, segments: Sequence[Segment], edited: Sequence[str] | None = None
) -> LayerInput:
    """A transcript layer of that role; a human one has all its segments edited by default."""
    if edited is None:
        edited = [s.id for s in segments] if role == "human" else []
    made = Layer(
        id=f"layer-{role}", call_id="call", kind="transcript", origin=ORIGINS[role], name=role,
        producer=f"test-{role}/1", version=1,
    )  # fmt: skip
    return LayerInput(layer=made, segments=tuple(segments), edited=frozenset(edited))


def call_input(
    texts: Mapping[TextRole, Sequence[Segment] | LayerInput] | None = None,
    *,
    language: str = "en",
    conditions: Mapping[str, Any] | None = None,
    speech: Sequence[Segment] | None = None,
) -> CallInput:
    """A call of a minute with those transcripts."""
    call = Call(
        id="call", code="CB-00001", title="", rate_hz=RATE, frame_count=60 * RATE,
        channel_map="caller,agent", tracks=(), source_path="", content_sha256="", imported_at="",
        language=language,
    )  # fmt: skip
    given = {
        role: found if isinstance(found, LayerInput) else layer(role, found)
        for role, found in (texts or {}).items()
    }
    found_speech = None
    if speech is not None:
        who = Layer(
            id="speech", call_id="call", kind="speech", origin="detector", name="s", producer="p/1",
            version=1,
        )  # fmt: skip
        found_speech = LayerInput(layer=who, segments=tuple(speech))
    return CallInput(call=call, texts=given, conditions=conditions or {}, speech=found_speech)


def values(
    evaluator: Evaluator, source: CallInput
) -> dict[tuple[str, Speaker | None], MetricValue]:
    """What the evaluator gives, by metric and speaker."""
    found = evaluator.evaluate(source, Watch()).values
    return {(v.metric_id, v.speaker): v for v in found}
