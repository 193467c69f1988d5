"""A call with agent turns and a rubric in a real workspace, for the tests of scoring."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.calls import Span, Track
from app.domain.ids import new_id
from app.domain.new import AudioBlob, NewCall
from app.domain.ratings import Viewer
from app.domain.rubrics import Criterion, Level, RubricVersion
from app.domain.segments import Layer, Segment
from app.domain.turn_profiles import CALLBENCH_1
from app.domain.turn_rules import derive
from app.domain.turns import TurnSet
from app.services import calls, layers, raters, rubrics
from app.services.workspace import Workspace

RATE_HZ = 8000


@dataclass(frozen=True)
class Rig:
    """What a test of scoring starts from."""

    ws: Workspace
    viewer: Viewer
    call_id: str
    rubric: RubricVersion
    turn_set: TurnSet


def make_rig(ws: Workspace, *, turns: int = 6, role: str = "reviewer") -> Rig:
    """A call of `turns` turns, the caller's first, and a rubric of two per-turn criteria."""
    frames = (turns + 1) * 2 * RATE_HZ
    sha = f"{new_id().replace('-', ''):0<64}"
    tracks = tuple(
        Track(
            id=new_id(), role=role_, audio_sha256=sha, channel_index=i, rate_hz=RATE_HZ,
            frame_count=frames,
        )
        for i, role_ in enumerate(("caller", "agent"))
    )  # fmt: skip
    new = NewCall(
        title="Card charge", rate_hz=RATE_HZ, frame_count=frames, channel_map="caller,agent",
        tracks=tracks, blobs=(AudioBlob(sha256=sha, ext=".wav", size_bytes=1),),
        source_path="a.wav", content_sha256=sha,
    )  # fmt: skip
    with ws.db.human() as uow:
        call_id = calls.add_call(uow, new)
    layer = Layer(
        id=new_id(), call_id=call_id, kind="speech", origin="detector", name="test",
        producer="test-1", version=0,
    )  # fmt: skip
    segments = [
        Segment(
            id=new_id(),
            speaker="caller" if i % 2 == 0 else "agent",
            span=Span(i * 2 * RATE_HZ, i * 2 * RATE_HZ + int(1.5 * RATE_HZ)),
        )
        for i in range(turns)
    ]
    layers.add_layer(ws, layer, segments)
    turn_set = derive(segments, (), CALLBENCH_1, layer=layer, rate_hz=RATE_HZ, frame_count=frames)
    viewer = raters.sign_in(ws, f"rater {new_id()[-4:]}", role)  # type: ignore[arg-type]
    return Rig(ws, viewer, call_id, rubrics.add_rubric(ws, make_rubric()), turn_set)


def make_rubric() -> RubricVersion:
    """Two criteria per agent turn, 0 to 2; the second asks for a reason at 0."""
    levels = tuple(Level(value=v, anchor=f"Anchor {v}.") for v in (0, 1, 2))
    criteria = tuple(
        Criterion(
            id=new_id(), key=key, title=key.title(), question=f"{key}?", scope="agent_turn",
            scale="ordinal", levels=levels, na_allowed=key == "clear",
            rationale_required_at=(0,) if key == "kind" else (),
        )
        for key in ("clear", "kind")
    )  # fmt: skip
    return RubricVersion(
        id=new_id(), key="test", version=1, title="Test", sha256="f" * 64, criteria=criteria
    )
