"""Calls for the evaluators of turn-taking: drawn speech, transcripts, documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.domain.calls import Call, Finding, Span, Speaker, Track
from app.domain.metrics import MetricValue
from app.domain.segments import Layer, LayerOrigin, Segment, Word
from app.domain.text_roles import TextRole
from app.domain.turns import OverlapKind
from app.eval.base import CallInput, Evaluator, LayerInput, Watch
from tests.unit.timing.lanes import RATE, drawn


def call(frame_count: int = 60_000, **more: Any) -> Call:
    """A call at 1 kHz: a frame is a millisecond."""
    tracks = tuple(
        Track(
            id=role,
            role=role,
            audio_sha256="s",
            channel_index=at,
            rate_hz=RATE,
            frame_count=frame_count,
        )
        for at, role in enumerate(("caller", "agent"))
    )
    base: dict[str, Any] = {
        "id": "call",
        "code": "CB-00001",
        "title": "A call",
        "rate_hz": RATE,
        "frame_count": frame_count,
        "channel_map": "caller,agent",
        "tracks": tracks,
        "source_path": "a.wav",
        "content_sha256": "c",
        "imported_at": "2026-01-01T00:00:00Z",
    }
    return Call(**{**base, **more})


def layer(
    segments: Iterable[Segment],
    *,
    kind: Any = "speech",
    origin: LayerOrigin = "detector",
    overrides: Mapping[str, OverlapKind] | None = None,
    **params: Any,
) -> LayerInput:
    """A layer of those segments."""
    return LayerInput(
        layer=Layer(
            id=f"{kind}-{origin}",
            call_id="call",
            kind=kind,
            origin=origin,
            name="test",
            producer="test/1",
            version=1,
            params=params,
        ),
        segments=tuple(segments),
        overrides=overrides or {},
    )


def speech(
    caller: str,
    agent: str,
    *,
    overrides: Mapping[str, OverlapKind] | None = None,
    texts: Mapping[TextRole, LayerInput] | None = None,
    reported: LayerInput | None = None,
    documents: Mapping[str, bytes] | None = None,
    **of_call: Any,
) -> CallInput:
    """A call drawn as two lanes of `#` and `.`, 100 ms each."""
    return CallInput(
        call=call(**of_call),
        speech=layer(drawn(caller, agent), overrides=overrides),
        texts=texts or {},
        reported=reported,
        documents=documents or {},
    )


def said(speaker: Speaker, *words: tuple[str, int, int], heard: bool = True) -> Segment:
    """A transcript line of words with their times in ms."""
    return Segment(
        id=f"x{speaker[0]}{words[0][1]}",
        speaker=speaker,
        span=Span(words[0][1], words[-1][2]),
        text=" ".join(w for w, _, _ in words),
        words=tuple(Word(text=w, span=Span(a, b)) for w, a, b in words),
        heard=heard,
    )


def transcript(*lines: Segment, origin: LayerOrigin = "import") -> LayerInput:
    """A transcript layer."""
    return layer(lines, kind="transcript", origin=origin)


def voided(*families: str) -> Finding:
    """A finding that voids those figures."""
    return Finding(
        code="channel_bleed", message="One channel is heard in the other.", voids=families
    )


def values_of(evaluator: Evaluator, source: CallInput) -> list[MetricValue]:
    """What it finds."""
    return list(evaluator.evaluate(source, Watch()).values)


def one(
    values: Sequence[MetricValue],
    metric_id: str,
    speaker: Speaker | None = None,
    profile: str | None = None,
) -> MetricValue:
    """The one call-level value of that metric, speaker and profile."""
    found = [
        v
        for v in values
        if v.metric_id == metric_id
        and v.speaker == speaker
        and v.turn_id is None
        and profile in (None, v.profile)
    ]
    assert len(found) == 1, (metric_id, speaker, profile, len(found))
    return found[0]
