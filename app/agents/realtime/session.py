"""The address and the session of a Realtime call, in both dialects.

Source: the event types of the `openai` package 3.5x (GA); for the beta dialect, compatible servers.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from app.agents.profiles import CallProfile

RATE_HZ = 24_000
PATH = "/realtime"


def address(profile: CallProfile) -> str:
    """Where to connect: a base URL gets the protocol's path; the model goes into the query."""
    scheme, host, path, query, _ = urlsplit(profile.url)
    scheme = {"http": "ws", "https": "wss"}.get(scheme, scheme)
    path = path.rstrip("/")
    if not path.endswith(PATH):
        path = f"{path or '/v1'}{PATH}"
    pairs = dict(parse_qsl(query))
    if profile.model:
        pairs.setdefault("model", profile.model)
    return urlunsplit((scheme, host, path, urlencode(pairs), ""))


def update(profile: CallProfile) -> dict[str, Any]:
    """The `session.update` of a profile; what it leaves open is left to the server."""
    session = _beta(profile) if profile.dialect == "beta" else _ga(profile)
    if profile.brief:
        session["instructions"] = profile.brief
    if profile.tools:
        session["tools"] = [dict(t) for t in profile.tools]
    return {"type": "session.update", "session": session}


def _ga(profile: CallProfile) -> dict[str, Any]:
    sound = {"type": "audio/pcm", "rate": RATE_HZ}
    heard: dict[str, Any] = {"format": sound}
    spoken: dict[str, Any] = {"format": sound}
    if profile.turn_detection is not None:
        heard["turn_detection"] = dict(profile.turn_detection) or None
    if profile.noise_reduction:
        heard["noise_reduction"] = {"type": profile.noise_reduction}
    if profile.voice:
        spoken["voice"] = profile.voice
    return {
        "type": "realtime",
        "output_modalities": ["audio"],
        "audio": {"input": heard, "output": spoken},
    }


def _beta(profile: CallProfile) -> dict[str, Any]:
    session: dict[str, Any] = {
        "modalities": ["audio", "text"],
        "input_audio_format": "pcm16",
        "output_audio_format": "pcm16",
    }
    if profile.turn_detection is not None:
        session["turn_detection"] = dict(profile.turn_detection) or None
    if profile.noise_reduction:
        session["input_audio_noise_reduction"] = {"type": profile.noise_reduction}
    if profile.voice:
        session["voice"] = profile.voice
    return session
