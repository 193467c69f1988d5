"""Calls for the signal evaluators, made of samples and of who speaks when."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from app.audio.align import Placement
from app.domain.calls import Call, Finding, Span, Speaker, Track, TrackRole
from app.domain.metrics import MetricValue
from app.domain.segments import Layer, LayerOrigin, Segment, Word
from app.domain.text_roles import TextRole
from app.eval.base import AudioInput, CallInput, LayerInput, Outcome

ROLES: dict[str, tuple[TrackRole, ...]] = {
    "caller,agent": ("caller", "agent"),
    "mono": ("mix",),
}
Talk = Mapping[Speaker, Sequence[tuple[float, float]]]
_ORIGINS: dict[TextRole, LayerOrigin] = {
    "intended": "plan",
    "spoken": "detector",
    "heard": "platform",
    "human": "human",
}


def call_input(
    folder: Path,
    samples: Any,
    rate_hz: int,
    *,
    talk: Talk | None = None,
    texts: Mapping[TextRole, Sequence[Segment]] | None = None,
    conditions: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
    warnings: Sequence[Finding] = (),
    language: str = "en",
    subtype: str = "FLOAT",
) -> CallInput:
    """A call of samples (frames,) for a mix or (frames, 2) for caller and agent; times in s."""
    data = np.asarray(samples)
    channel_map: Any = "mono" if data.ndim == 1 else "caller,agent"
    path = folder / "call.wav"
    soundfile.write(str(path), data, rate_hz, subtype=subtype)
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    roles = ROLES[channel_map]
    tracks = tuple(
        Track(
            id=r, role=r, audio_sha256=sha, channel_index=i, rate_hz=rate_hz, frame_count=len(data)
        )
        for i, r in enumerate(roles)
    )
    call = Call(
        id="call",
        code="CB-00001",
        title="",
        rate_hz=rate_hz,
        frame_count=len(data),
        channel_map=channel_map,
        tracks=tracks,
        source_path=str(path),
        content_sha256=sha,
        imported_at="",
        language=language,
        warnings=tuple(warnings),
        extra=dict(extra or {}),
    )
    audio = tuple(
        AudioInput(
            role=r,
            path=str(path),
            sha256=sha,
            channel_index=i,
            owned=True,
            placement=Placement(rate_hz),
        )
        for i, r in enumerate(roles)
    )
    return CallInput(
        call=call,
        audio=audio,
        cache_dir=str(folder / "cache"),
        speech=None if talk is None else layer_of("speech", "detector", _spoken(talk, rate_hz)),
        texts={r: layer_of("transcript", _ORIGINS[r], s) for r, s in (texts or {}).items()},
        conditions=dict(conditions or {}),
    )


def _spoken(talk: Talk, rate_hz: int) -> list[Segment]:
    return [
        Segment(id=f"{who}{i}", speaker=who, span=Span(round(a * rate_hz), round(b * rate_hz)))
        for who, spans in talk.items()
        for i, (a, b) in enumerate(spans)
    ]


def layer_of(kind: Any, origin: LayerOrigin, segments: Sequence[Segment]) -> LayerInput:
    """A layer of that kind with these segments, all of them confirmed."""
    layer = Layer(
        id=f"{kind}-{origin}", call_id="call", kind=kind, origin=origin, name="", producer="test",
        version=1,
    )  # fmt: skip
    edited = frozenset(s.id for s in segments) if origin == "human" else frozenset()
    return LayerInput(layer=layer, segments=tuple(segments), edited=edited)


def line(
    who: Speaker, start_s: float, end_s: float, text: str, rate_hz: int, id_: str = ""
) -> Segment:
    """A line of a transcript without word times."""
    span = Span(round(start_s * rate_hz), round(end_s * rate_hz))
    return Segment(id=id_ or f"{who}-{start_s}", speaker=who, span=span, text=text)


def timed_line(
    who: Speaker, words: Sequence[tuple[str, float, float]], rate_hz: int, id_: str = ""
) -> Segment:
    """A line of words with their times."""
    made = tuple(
        Word(text=text, span=Span(round(a * rate_hz), round(b * rate_hz))) for text, a, b in words
    )
    return Segment(
        id=id_ or f"{who}-{words[0][1]}",
        speaker=who,
        span=Span(made[0].span.start, made[-1].span.end),
        text=" ".join(w[0] for w in words),
        words=made,
    )


def value(
    outcome: Outcome, metric_id: str, speaker: Speaker | None = None, turn_id: str | None = None
) -> MetricValue:
    """The one value of that metric, speaker and turn."""
    found = [
        v
        for v in outcome.values
        if v.metric_id == metric_id and v.speaker == speaker and v.turn_id == turn_id
    ]
    assert len(found) == 1, (metric_id, speaker, turn_id, found)
    return found[0]


def check(outcome: Outcome, metrics: Sequence[Any], frame_count: int) -> None:
    """What must hold of every outcome: known metrics, their units, words for what is missing."""
    known = {spec.id: spec for spec in metrics}
    seen = set()
    for found in outcome.values:
        spec = known[found.metric_id]
        key = (found.metric_id, found.speaker, found.turn_id)
        assert key not in seen
        seen.add(key)
        assert found.unit == spec.unit
        assert (found.value is None) == bool(found.reason)
        assert found.value is None or np.isfinite(found.value)
        assert found.turn_id is None or "turn" in spec.scope
        if spec.ratio and found.value is not None:
            assert set(spec.ratio) <= set(found.components)
        for piece in found.evidence:
            assert 0 <= piece.span.start <= piece.span.end <= frame_count
