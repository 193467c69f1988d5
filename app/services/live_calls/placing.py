"""Placing a call: dial, stay in it, store it. The window and the command line both come here.

What ends a call early (the agent, the device, the disk) never loses what was recorded: it is a
call of the library, marked as dropped, with the reason in words.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from app.agents import disk_watch
from app.agents.cascade.link import CascadeLink
from app.agents.link import AgentLink
from app.agents.live_state import LiveState
from app.agents.no_link import NoLink
from app.agents.pipecat.link import PipecatLink
from app.agents.plan import Plan
from app.agents.practice import brief as briefs
from app.agents.practice.server import PracticeServer
from app.agents.profiles import CallProfile
from app.agents.realtime.link import RealtimeLink
from app.agents.session import CallSession
from app.agents.twilio.link import TwilioLink
from app.audio.capture_portaudio import DEFAULT, PortAudioCapture
from app.audio.duplex import DuplexOpener
from app.audio.duplex_capture import CaptureDuplex
from app.audio.duplex_portaudio import PortAudioDuplex
from app.audio.duplex_virtual import VirtualDuplex
from app.domain.clock import utc_now
from app.domain.errors import BadInput
from app.domain.ids import new_id
from app.domain.work import Work
from app.services.assets import asset
from app.services.live_calls import repeating, sounds
from app.services.live_calls.profiles import PRACTICE
from app.services.live_calls.recovering import held, live_dir
from app.services.live_calls.request import LiveRequest, check
from app.services.live_calls.storing import StoredCall, store_call
from app.services.workspace import Workspace

ELSEWHERE = "placed elsewhere"


def practice_brief(path: Path | None = None) -> briefs.Brief:
    """The brief of the practice agent: the one that ships, or a file's."""
    return briefs.load(path or asset("practice", f"{sounds.PRACTICE_BRIEF}.yaml"))


def practice_profile(url: str, brief: briefs.Brief) -> CallProfile:
    """How the practice agent at `url` is dialled."""
    return CallProfile(name=PRACTICE, url=url, scenario_key=brief.scenario)


def place(
    ctx: Work,
    ws: Workspace,
    request: LiveRequest,
    *,
    began: Callable[[CallSession], None] | None = None,
    live: LiveState | None = None,
) -> StoredCall:
    """Place the call, stay in it until it ends, and store it.

    Args:
        ctx: progress.
        ws: where it is stored.
        request: the call.
        began: given the session before it dials, to mute, mark and hang up.
        live: told of the call as it goes on.

    Raises:
        BadInput: the request or the caller's recording cannot be used, or the call ended at once.
        EnvironmentFault: no device, no answer, no room. NotStored: it is recorded, and there is
            no room to store it. NotFound. NotAllowed: no consent.
    """
    check(request)
    live = live or LiveState()
    script = sounds.script(ws, request)
    with ExitStack() as stack:
        if request.practice is not None and not request.record_only:
            brief = practice_brief()
            server = stack.enter_context(PracticeServer(brief, request.practice))
            request = replace(request, profile=practice_profile(server.url, brief))
        profile = _profile(request)
        folder = live_dir(ws) / new_id()
        plan = replace(_plan(folder, request, profile), script=script, live=live)
        session = CallSession(NoLink() if request.record_only else link_of(profile), plan)
        stack.enter_context(held(folder))
        disk_watch.check_room(folder.parent)
        if began is not None:
            began(session)
        ctx.progress(0, 0, f"calling {profile.name}")
        live.ringing(
            "Waiting until both sounds are steady; this takes some seconds."
            if request.record_only
            else f"Calling {profile.name}."
        )
        ending = session.run()
        if not session.captured:
            shutil.rmtree(folder, ignore_errors=True)
            raise BadInput("The call ended before anything was recorded.", ending.words)
        return store_call(ctx, ws, folder)


def _plan(folder: Path, request: LiveRequest, profile: CallProfile) -> Plan:
    """What the request and the profile say of the call, without its caller's words."""
    tools = profile.tool_results if request.tool_results is None else request.tool_results
    return Plan(
        folder=folder,
        head=_head(request, profile),
        open_device=_opener(request),
        seconds=request.seconds,
        tool_results=tools,
        tools_by_hand=request.tools_by_hand,
        push_to_talk=request.push_to_talk,
        noise=_bed(request),
        line=request.line,
    )


def link_of(profile: CallProfile) -> AgentLink:
    """The adapter of a profile."""
    links: dict[str, Callable[[CallProfile], AgentLink]] = {
        "openai-realtime": RealtimeLink,
        "cascade": CascadeLink,
        "pipecat": PipecatLink,
        "twilio": TwilioLink,
    }
    return links[profile.adapter](profile)


def _profile(request: LiveRequest) -> CallProfile:
    profile = request.profile
    if profile is None or request.record_only:
        profile = CallProfile(name=profile.name if profile else ELSEWHERE)
    return replace(profile, scenario_key=request.scenario_key or profile.scenario_key)


def _head(request: LiveRequest, profile: CallProfile) -> dict[str, Any]:
    return {
        "profile": profile.to_json(),
        "started_at": utc_now(),
        "device": request.device or "",
        "caller": "" if request.caller is None else request.caller.name,
        "captured": request.record_only,
        "placed_by": request.placed_by,
        "echo_db": request.echo_db,
        "delay": None if request.delay is None else asdict(request.delay),
        "request": repeating.to_json(request),
    }


def _opener(request: LiveRequest) -> DuplexOpener:
    device = request.device
    if device is None:
        return VirtualDuplex
    if request.record_only:
        far = request.device_out or DEFAULT
        return lambda _rate_hz, _attempt: CaptureDuplex(
            PortAudioCapture(device), PortAudioCapture(far, is_monitor=True)
        )
    return lambda rate_hz, attempt: PortAudioDuplex(
        rate_hz, device, attempt, output=request.device_out
    )


def _bed(request: LiveRequest) -> Callable[[int], Any] | None:
    noise = request.noise
    return None if noise is None else lambda rate_hz: sounds.bed(noise, rate_hz)
