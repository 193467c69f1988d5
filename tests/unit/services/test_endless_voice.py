"""Noise that a detector takes for a voice is told with the call until a detection is without it."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

from app.domain.calls import Call, Span, Speaker
from app.domain.segments import Segment
from app.eval import detection
from app.services import calls, timing
from app.services.workspace import Workspace


def detected(call: Call, caller: tuple[Span, ...]) -> detection.Detected:
    """What a detection gives on those stretches of the caller under an agent who pauses."""
    agent = [Span(at * 8000, at * 8000 + 4000) for at in range(1, 19)]
    lanes: tuple[tuple[Speaker, Sequence[Span]], ...] = (("caller", caller), ("agent", agent))
    segments = tuple(
        Segment(id=f"{who}{at}", speaker=who, span=span)
        for who, spans in lanes
        for at, span in enumerate(spans)
    )
    sound = SimpleNamespace(call=call, roles=(), findings=())
    found = detection._findings(sound, (), segments)
    return detection.Detected(segments=segments, findings=tuple(found), bars=bytes(106))


def codes(ws: Workspace, call_id: str) -> list[str]:
    return [f.code for f in calls.get_call(ws, call_id).warnings]


def test_an_endless_voice_is_told_and_forgotten_when_it_is_gone(
    ws: Workspace, kit: SimpleNamespace, make_call: object
) -> None:
    call = calls.get_call(ws, make_call(frame_count=160_000))  # type: ignore[operator]
    for caller, told in (((Span(0, 160_000),), True), ((Span(0, 6_000),), False)):
        found = detected(call, caller)
        with ws.db.machine() as uow:
            timing.store(uow, call, kit.make_layer(call.id, "speech", "detector"), found)
        assert ("endless_voice" in codes(ws, call.id)) is told
        for finding in found.findings:
            if finding.code == "endless_voice":
                assert "latency" in finding.voids
                assert "20 s" in finding.message
