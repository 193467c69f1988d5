"""What the library keeps of a live call, made of its recording and what was measured on it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from app.agents import device_delay
from app.agents.measures import CallMeasures
from app.agents.recorded import Recorded
from app.audio.echo_check import HEADSET_DB
from app.domain.calls import Finding, Track, TrackRole
from app.domain.ids import new_id
from app.domain.new import AudioBlob, NewCall
from app.services.importing.readers import redact
from app.services.live_calls import texts

SOURCE = "live"
NO_SECRETS = ("key_ref", "stt_key_ref", "tts_key_ref", "scenario_key")
"""Names like those of secrets, and none: the first says where the key is, not what."""
CUT_OFF = "The program ended during the call; what was recorded until then is here."


def ending_of(call: Recorded) -> dict[str, Any]:
    """How it ended, also where its program did."""
    return call.end or {"reason": "cut_off", "words": CUT_OFF, "dropped": True}


def new_call(call: Recorded, found: CallMeasures, blobs: dict[str, AudioBlob]) -> NewCall:
    """The call with its tracks, what was found on it, and everything else in its extras."""
    profile, ending = call.head["profile"], ending_of(call)
    roles: tuple[TrackRole, ...] = ("caller", "agent")
    dropped = bool(ending["dropped"])
    told = [Finding(code="call_dropped", message=str(ending["words"]))] if dropped else []
    told += device_findings(call, found)
    key = f"live\n{call.folder.name}\n{blobs['call'].sha256}"
    return NewCall(
        title=f"Call with {profile['name']}",
        rate_hz=call.rate_hz,
        frame_count=len(call.heard),
        channel_map="caller,agent",
        tracks=tuple(
            Track(
                id=new_id(),
                role=role,
                audio_sha256=blobs["call"].sha256,
                channel_index=i,
                rate_hz=call.rate_hz,
                frame_count=len(call.heard),
            )
            for i, role in enumerate(roles)
        ),
        blobs=tuple({b.sha256: b for b in blobs.values()}.values()),
        source_path="live call",
        content_sha256=hashlib.sha256(key.encode()).hexdigest(),
        source_key=SOURCE,
        recorded_at=call.head["started_at"],
        agent=profile["name"],
        agent_version=profile["model"],
        scenario_key=profile["scenario_key"],
        tags=("live", "dropped") if dropped else ("live",),
        warnings=tuple(told),
        extra=_extra(call, found, blobs, ending),
    )


def device_findings(call: Recorded, found: CallMeasures) -> list[Finding]:
    """What is wrong with the sound devices, by the call itself and by the check before it."""
    told = []
    words = echo_words(call, found)
    if words:
        told.append(Finding(code="echo", message=words, voids=("interruption",)))
    delay = device_delay.from_json(call.head.get("delay"))
    if delay is not None and not delay.is_steady:
        words = f"Before the call the devices' delay wandered by {delay.spread_ms:.0f} ms: "
        told.append(Finding(code="delay", message=f"{words}responses are as uncertain."))
    return told


def echo_words(call: Recorded, found: CallMeasures) -> str:
    """That the agent heard itself, and how loud; empty where it did not."""
    heard_db, checked_db = found.stream.echo_db, call.head.get("echo_db")
    if heard_db is not None and heard_db > HEADSET_DB:
        when, level_db = "in the call", heard_db
    elif checked_db is not None and checked_db > HEADSET_DB:
        when, level_db = "before the call", float(checked_db)
    else:
        return ""
    level = f"{level_db:.0f}".replace("-", "−")
    return f"The agent heard itself through the microphone (echo return {level} dB {when})."


def _extra(
    call: Recorded, found: CallMeasures, blobs: dict[str, AudioBlob], ending: dict[str, Any]
) -> dict[str, Any]:
    live = {
        "profile": call.head["profile"],
        "device": call.head.get("device", ""),
        "caller": call.head.get("caller", ""),
        "request": call.head.get("request", {}),
        "placed_by": call.head.get("placed_by", ""),
        "ending": ending,
        "presses": texts.presses(call),
        "tracks": {name: blob.sha256 for name, blob in blobs.items() if name != "call"},
        "stream": asdict(found.stream) | asdict(found.missing),
        "turns": [asdict(t) for t in found.turns],
        "barge_ins": [asdict(b) for b in found.barge_ins],
        "talk_overs": list(found.talk_overs),
        "false_stops": list(found.false_stops),
    }
    for told in call.noted("alignment"):
        live["alignment"] = {k: v for k, v in told.items() if k not in ("what", "at_ns")}
    kept, _ = redact.redact({"live": live, "events": texts.events(call)})
    for name in NO_SECRETS:
        kept["live"]["profile"][name] = call.head["profile"].get(name, "")
    kept["live"]["request"] |= {"scenario_key": live["request"].get("scenario_key", "")}
    return dict(kept)
