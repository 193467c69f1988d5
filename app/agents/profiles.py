"""How an agent is dialled, as a value: saved, versioned, and stamped on each call.

Settings of turn detection and noise reduction belong to it, since they change results. The key
is a reference; what it refers to is looked up when the line is opened and written nowhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from app.domain.errors import BadInput

AdapterName = Literal["openai-realtime", "cascade", "twilio", "pipecat"]
ADAPTERS: tuple[AdapterName, ...] = get_args(AdapterName)
Dialect = Literal["ga", "beta"]
INPUT_RATES_HZ = (8_000, 16_000, 24_000, 48_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallProfile:
    """An agent and how it is set up.

    Attributes:
        name: of the profile.
        adapter: the protocol.
        url: `ws://`, `wss://`, or an OpenAI-style base URL with http or https.
        key_ref: `env:NAME`, `keyring:service/name`, or empty.
        model: as the server knows it; nothing is assumed.
        voice: as the server knows it; empty leaves it to the server.
        turn_detection: the server's, as its protocol writes it; None leaves it to the server,
            an empty mapping switches it off (push-to-talk).
        noise_reduction: `near_field`, `far_field` or empty for none.
        brief: instructions for the agent; empty leaves them to the server.
        tools: as the protocol writes them.
        tool_results: canned results by the tool's name.
        dialect: of the Realtime protocol: `ga`, or `beta` for older servers.
        agent_first: ask the agent to speak before the caller has said anything.
        scenario_key: of the scenario that it is called for.
        stt_url: of a cascaded agent's recogniser: a base URL, `local` for a Whisper model on this
            machine, or empty where it is that of the chat model (`url`).
        stt_key_ref: like `key_ref`; where `stt_url` is empty, `key_ref` does.
        stt_model: its name, or a model's folder; empty for none: the caller types.
        language: that the caller speaks, such as `en`; empty leaves it to the recogniser.
        tts_url, tts_key_ref, tts_model: the same of the server that speaks with `voice`.
        tts_format: asked of it: `pcm` (24 kHz, 16 bits, one channel) or `wav`.
        timeout_s: for each request of a cascaded agent.
        custom_parameters: what a Twilio bot is told at the start, by name; a value that is a
            reference like `key_ref` is sent as what it refers to.
        eva_events: tell a Twilio bot when the caller begins and stops to speak, as EVA-Bench does.
        origin: the page that a Pipecat or Twilio bot is told to be called from; empty for none.
        input_rate_hz: of the sound that a Pipecat bot is sent; 0 for its usual 16000.
        version: raised by each change that is saved.
    """

    name: str
    adapter: AdapterName = "openai-realtime"
    url: str = ""
    key_ref: str = ""
    model: str = ""
    voice: str = ""
    turn_detection: Mapping[str, Any] | None = None
    noise_reduction: str = ""
    brief: str = ""
    tools: tuple[Mapping[str, Any], ...] = ()
    tool_results: Mapping[str, str] = field(default_factory=dict)
    dialect: Dialect = "ga"
    agent_first: bool = False
    scenario_key: str = ""
    stt_url: str = ""
    stt_key_ref: str = ""
    stt_model: str = ""
    language: str = ""
    tts_url: str = ""
    tts_key_ref: str = ""
    tts_model: str = ""
    tts_format: str = "pcm"
    timeout_s: float = 30.0
    custom_parameters: Mapping[str, str] = field(default_factory=dict)
    eva_events: bool = False
    origin: str = ""
    input_rate_hz: int = 0
    version: int = 1

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        return found | {"tools": [dict(t) for t in self.tools]}

    @property
    def sha256(self) -> str:
        """What the settings are, whatever the profile is called."""
        body = self.to_json()
        del body["name"], body["version"]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def from_json(body: Mapping[str, Any]) -> CallProfile:
    """A stored profile; fields that are not known are left out.

    Raises:
        BadInput: it cannot be one.
    """
    known = {f.name for f in fields(CallProfile)}
    values = {k: v for k, v in body.items() if k in known}
    try:
        profile = CallProfile(**values | {"tools": tuple(values.get("tools", ()))})
    except TypeError as error:
        raise BadInput("This is no profile of an agent.", "It needs at least a name.") from error
    return checked(profile)


def checked(profile: CallProfile) -> CallProfile:
    """The profile, if a call can be placed with it.

    Raises:
        BadInput: it lacks something, or names what there is not.
    """
    from app.models import secrets

    if profile.adapter not in ADAPTERS:
        raise BadInput(f"{profile.adapter!r} is no adapter.", f"One of: {', '.join(ADAPTERS)}.")
    if not profile.url.startswith(("ws://", "wss://", "http://", "https://")):
        raise BadInput(
            f"{profile.url!r} is no address of an agent.", "For example ws://HOST:PORT/v1/realtime."
        )
    if profile.dialect not in get_args(Dialect):
        raise BadInput(f"{profile.dialect!r} is no dialect.", "One of: ga, beta.")
    secrets.check(profile.key_ref)
    if profile.adapter in ("twilio", "pipecat"):
        _check_stream(profile)
    if profile.adapter == "cascade":
        from app.agents.cascade import setup

        setup.check(profile)
    return profile


def _check_stream(profile: CallProfile) -> None:
    """What only bots behind a plain WebSocket are asked."""
    if not profile.url.startswith(("ws://", "wss://")):
        raise BadInput(
            f"{profile.url!r} is no address of a WebSocket.", "For example ws://HOST:PORT/ws."
        )
    if profile.origin and not profile.origin.startswith(("http://", "https://")):
        raise BadInput(f"{profile.origin!r} is no origin.", "For example https://HOST.")
    if profile.input_rate_hz not in (0, *INPUT_RATES_HZ):
        rates = ", ".join(map(str, INPUT_RATES_HZ))
        raise BadInput(f"A bot is not sent {profile.input_rate_hz} Hz.", f"One of: {rates}.")
    given: list[Any] = [*profile.custom_parameters, *profile.custom_parameters.values()]
    if "" in profile.custom_parameters or not all(isinstance(word, str) for word in given):
        raise BadInput("A custom parameter has a name and a text.", "For example caller=Ada.")
