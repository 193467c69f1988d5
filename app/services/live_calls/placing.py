"""Placing a call without a window: dial, stay in it, store it.

What ends a call early (the agent, the device, the disk) never loses what was recorded: it is a
call of the library, marked as dropped, with the reason in words.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from app.agents.caller_script import CallerScript
from app.agents.link import AgentLink, Int16
from app.agents.practice import brief as briefs
from app.agents.practice.faults import Faults
from app.agents.practice.server import PracticeServer
from app.agents.profiles import CallProfile, checked
from app.agents.realtime.link import RealtimeLink
from app.agents.session import CallSession, Plan
from app.audio import io
from app.audio.duplex import DuplexOpener
from app.audio.duplex_portaudio import PortAudioDuplex
from app.audio.duplex_virtual import VirtualDuplex
from app.audio.polyphase import convert
from app.domain.clock import utc_now
from app.domain.errors import BadInput
from app.domain.ids import new_id
from app.domain.work import Work
from app.models import vad
from app.services.assets import asset
from app.services.live_calls.profiles import PRACTICE
from app.services.live_calls.recovering import held, live_dir
from app.services.live_calls.storing import StoredCall, store_call
from app.services.workspace import Workspace

PRACTICE_BRIEF = "eye_clinic"
BETWEEN_S = 1.0
MAX_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """A call to place.

    Attributes:
        profile: the agent.
        caller: a recording to speak instead of a person; None for the microphone.
        device: part of a sound device's name, or `default`; None for no sound device.
        sample_caller: speak the lines that ship with the practice agent.
        barge_in_ms: speak so long after the agent is heard.
        by_turns: wait for the agent before each utterance of the recording.
        seconds: hang up then; None when all was said and answered.
    """

    profile: CallProfile
    caller: Path | None = None
    device: str | None = None
    sample_caller: bool = False
    barge_in_ms: float | None = None
    by_turns: bool = False
    seconds: float | None = None


def practice_brief(path: Path | None = None) -> briefs.Brief:
    """The brief of the practice agent: the one that ships, or a file's."""
    return briefs.load(path or asset("practice", f"{PRACTICE_BRIEF}.yaml"))


def practice_profile(url: str, brief: briefs.Brief) -> CallProfile:
    """How the practice agent at `url` is dialled."""
    return CallProfile(name=PRACTICE, url=url, scenario_key=brief.scenario)


def place_practice(
    ctx: Work, ws: Workspace, request: CallRequest, faults: Faults | None = None
) -> StoredCall:
    """As `place`, to a practice agent of its own; the request's profile is not looked at."""
    brief = practice_brief()
    with PracticeServer(brief, faults) as server:
        return place(ctx, ws, replace(request, profile=practice_profile(server.url, brief)))


def place(
    ctx: Work,
    ws: Workspace,
    request: CallRequest,
    *,
    began: Callable[[CallSession], None] | None = None,
) -> StoredCall:
    """Place the call, stay in it until it ends, and store it.

    Args:
        ctx: progress.
        ws: where it is stored.
        request: the call.
        began: given the session before it dials, to mute, mark and hang up.

    Raises:
        BadInput: the request or the caller's recording cannot be used.
        EnvironmentFault: no device, no answer, no room. NotFound.
    """
    profile = _checked(request)
    script = _script(request)
    folder = live_dir(ws) / new_id()
    head = {
        "profile": profile.to_json(),
        "started_at": utc_now(),
        "device": request.device or "",
        "caller": "" if request.caller is None else request.caller.name,
    }
    session = CallSession(
        link_of(profile),
        Plan(
            folder=folder,
            head=head,
            open_device=_opener(request),
            script=script,
            seconds=request.seconds,
            tool_results=profile.tool_results,
        ),
    )
    with ExitStack() as stack:
        stack.enter_context(held(folder))
        if began is not None:
            began(session)
        ctx.progress(0, 0, f"calling {profile.name}")
        session.run()
        return store_call(ctx, ws, folder)


def link_of(profile: CallProfile) -> AgentLink:
    """The adapter of a profile."""
    links: dict[str, Callable[[CallProfile], AgentLink]] = {"openai-realtime": RealtimeLink}
    return links[profile.adapter](profile)


def _checked(request: CallRequest) -> CallProfile:
    if request.seconds is not None and not 0 < request.seconds <= MAX_SECONDS:
        raise BadInput(f"A call of {request.seconds:g} s cannot be placed.", "At most an hour.")
    if request.barge_in_ms is not None and not 0 <= request.barge_in_ms <= 60_000:
        raise BadInput("A barge-in comes 0 to 60000 ms after the agent begins.")
    return checked(request.profile)


def _opener(request: CallRequest) -> DuplexOpener:
    device = request.device
    if device is None:
        return VirtualDuplex
    return lambda rate_hz, attempt: PortAudioDuplex(rate_hz, device, attempt)


def _script(request: CallRequest) -> Callable[[int], CallerScript] | None:
    """Who speaks: a recording, the lines that ship, or (None) whoever is at the microphone."""
    if request.caller is None and not request.sample_caller:
        return None
    pcm, rate_hz = _sample_caller() if request.caller is None else _recorded(request.caller)
    literal = request.caller is not None and not request.by_turns

    def script(call_hz: int) -> CallerScript:
        samples = convert(pcm.astype(np.float32), rate_hz, call_hz)
        sound = np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
        return CallerScript(
            sound,
            call_hz,
            vad.detect(sound, call_hz).spans,
            barge_in_ms=request.barge_in_ms,
            as_recorded=literal,
        )

    return script


def _recorded(path: Path) -> tuple[Int16, int]:
    """The first channel of a recording: the caller's."""
    decoded, source = io.read_all(path)
    pcm: Any = decoded[:, 0] if decoded.ndim == 2 else decoded
    if pcm.dtype != np.int16:
        pcm = np.clip(np.rint(vad.as_float(pcm) * 32767), -32768, 32767).astype(np.int16)
    return pcm, source.rate_hz


def _sample_caller() -> tuple[Int16, int]:
    """The caller's lines that ship, with pauses between them."""
    import yaml

    from app.agents.practice import voice

    body = yaml.safe_load(asset("practice", f"{PRACTICE_BRIEF}.yaml").read_text("utf-8"))
    pause = np.zeros(round(BETWEEN_S * voice.RATE_HZ), np.int16)
    parts = [pause]
    for line in body["caller"]["lines"]:
        pcm = voice.clip(asset("practice", "clips"), line["id"])
        parts += [pause if pcm is None else pcm, pause]
    return np.concatenate(parts), voice.RATE_HZ
