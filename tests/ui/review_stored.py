"""The review's call in a real workspace, for tests of what is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from app.domain.ids import new_id
from app.domain.new import AudioBlob, NewCall
from app.domain.ratings import Viewer
from app.domain.segments import Layer
from app.services import calls, layers, raters
from app.services.workspace import Workspace
from tests.ui import review_support as support


@dataclass(frozen=True)
class Stored:
    """A stored call, its machine layer, and who looks at it."""

    ws: Workspace
    call_id: str
    layer: Layer
    viewer: Viewer


def store(ws: Workspace, *, role: str = "lead", **call_changes: Any) -> Stored:
    """Store the call of `review_support` with its speech and its transcript."""
    model = support.review()
    call = replace(model.call, **call_changes)
    sha = f"{new_id().replace('-', ''):0<64}"
    tracks = tuple(replace(t, id=new_id(), audio_sha256=sha) for t in call.tracks)
    new = NewCall(
        title=call.title, rate_hz=call.rate_hz, frame_count=call.frame_count,
        channel_map=call.channel_map, tracks=tracks,
        blobs=(AudioBlob(sha256=sha, ext=".wav", size_bytes=1),),
        source_path="dispute.wav", content_sha256=sha,
    )  # fmt: skip
    with ws.db.human() as uow:
        call_id = calls.add_call(uow, new)
    layer = support.layer(id=new_id(), call_id=call_id)
    layers.add_layer(ws, layer, [replace(s, id=new_id()) for s in model.segments])
    text = support.layer(
        id=new_id(), call_id=call_id, kind="transcript", origin="import", name="dispute.json"
    )
    layers.add_layer(ws, text, [replace(s, id=new_id()) for s in model.transcript])
    viewer = raters.sign_in(ws, f"Ada {new_id()[-4:]}", role)  # type: ignore[arg-type]
    return Stored(ws, call_id, layer, viewer)
