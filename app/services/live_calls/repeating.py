"""A call again: with the same settings, or with the same caller as a regression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from app.agents import device_delay
from app.agents.line_effects import LineEffects
from app.agents.link import Int16
from app.agents.practice.faults import Faults
from app.agents.profiles import from_json
from app.domain.calls import Call
from app.domain.errors import NotFound
from app.services import calls
from app.services.live_calls.request import CannedClip, LiveRequest, Noise
from app.services.workspace import Workspace

PLAIN = (
    "device", "device_out", "record_only", "sample_caller", "barge_in_ms", "by_turns", "replay_of",
    "seconds", "echo_db", "push_to_talk", "tools_by_hand", "scenario_key",
)  # fmt: skip


def to_json(request: LiveRequest) -> dict[str, Any]:
    """The request as it is kept with the call; the profile is kept beside it."""
    return {name: getattr(request, name) for name in PLAIN} | {
        "practice": None if request.practice is None else asdict(request.practice),
        "caller": "" if request.caller is None else str(request.caller),
        "noise": None if request.noise is None else asdict(request.noise),
        "line": request.line.to_json(),
        "delay": None if request.delay is None else asdict(request.delay),
        "tool_results": None if request.tool_results is None else dict(request.tool_results),
        "clips": [
            {"id": c.id, "path": str(c.path) if c.path else "", "text": c.text}
            for c in request.clips
        ],
    }


def again(ws: Workspace, call_id: str) -> LiveRequest:
    """The request that a stored call was placed with; consent has to be given anew.

    Raises:
        NotFound: no such call, or it was not placed from here.
    """
    live = _live(calls.get_call(ws, call_id))
    body = live.get("request") or {}
    practice = body.get("practice")
    is_dialled = practice is None and not body.get("record_only")
    plain = {name: body[name] for name in PLAIN if name in body}
    return LiveRequest(
        **plain,
        profile=from_json(live["profile"]) if is_dialled else None,
        practice=None if practice is None else Faults(**practice),
        caller=Path(body["caller"]) if body.get("caller") else None,
        noise=Noise(**body["noise"]) if body.get("noise") else None,
        line=LineEffects(**body.get("line", {})),
        delay=device_delay.from_json(body.get("delay")),
        tool_results=body.get("tool_results"),
        clips=tuple(
            CannedClip(id=c["id"], path=Path(c["path"]) if c["path"] else None, text=c["text"])
            for c in body.get("clips", ())
        ),
    )


def replay(ws: Workspace, call_id: str, *, by_turns: bool = False) -> LiveRequest:
    """The same settings, and what the caller said then, on the same clock or by turns.

    A key to talk is pressed and let go where it was; nobody has to hold one.

    Raises:
        NotFound: no such call, or it was not placed from here.
    """
    request = again(ws, call_id)
    return replace(
        request, replay_of=call_id, by_turns=by_turns, caller=None, sample_caller=False, clips=(),
        push_to_talk=False,
    )  # fmt: skip


def caller_track(ws: Workspace, call_id: str) -> tuple[Int16, int]:
    """What the caller said in a stored call, before noise and line; (frames,) and the rate.

    Raises:
        NotFound: no such call, or it was not placed from here.
    """
    from app.services.live_calls.sounds import recorded

    call = calls.get_call(ws, call_id)
    sha256 = _live(call).get("tracks", {}).get("said")
    if sha256:
        return recorded(ws.audio_path(sha256, ".flac"))
    track = call.track("caller")
    if track is None:
        raise NotFound(f"{call.code} has no caller of its own to replay.")
    return recorded(ws.audio_path(track.audio_sha256, ".flac"))


def caller_keys(ws: Workspace, call_id: str, rate_hz: int) -> tuple[tuple[int, bool], ...]:
    """Where in a stored call a key to talk was pressed (True) and let go, in frames of a rate.

    Raises:
        NotFound: no such call, or it was not placed from here.
    """
    call = calls.get_call(ws, call_id)
    presses = _live(call).get("presses", ())
    return tuple((round(at * rate_hz / call.rate_hz), bool(held)) for at, held in presses)


def _live(call: Call) -> Mapping[str, Any]:
    live = call.extra.get("live")
    if not isinstance(live, Mapping):
        raise NotFound(f"{call.code} was not placed from here.", "Choose a live call.")
    return live
