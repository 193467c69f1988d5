"""A call in a line: with whom, how, under what conditions, with whose consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ui.live.agent_list import ADAPTERS
from app.ui.status_bar import local_clock

if TYPE_CHECKING:
    from app.services.live_calls.consent import Consent
    from app.services.live_calls.request import LiveRequest


def facts(request: LiveRequest, consent: Consent | None) -> str:
    """The line in the head of the call."""
    parts = [_agent(request)]
    if request.replay_of:
        parts.append("replaying an earlier caller")
    elif request.sample_caller:
        parts.append("the lines that ship are spoken")
    if request.push_to_talk:
        parts.append("push to talk")
    if request.noise is not None:
        parts.append(f"{request.noise.kind} at {request.noise.snr_db:g} dB SNR")
    if request.line.is_on:
        parts.append(request.line.label)
    if consent is not None:
        parts.append(f"Consent given {local_clock(consent.given_at)}")
    return "   ·   ".join(parts)


def _agent(request: LiveRequest) -> str:
    if request.record_only:
        return "A call placed elsewhere is recorded"
    if request.practice is not None or request.profile is None:
        return "Practice agent, on this machine"
    profile = request.profile
    parts = [f"{profile.name} v{profile.version}", profile.model, ADAPTERS.get(profile.adapter, "")]
    return ", ".join(p for p in parts if p)
