"""The fields of a profile as data: which adapters know them, how they are entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["line", "text", "choice", "flag", "object", "list", "key", "number"]
"""`object` and `list` are written as JSON."""

REALTIME, CASCADE, TWILIO, PIPECAT = "openai-realtime", "cascade", "twilio", "pipecat"
EVERY = (REALTIME, CASCADE, TWILIO, PIPECAT)
VOICED = (REALTIME, CASCADE)

URL_HINTS = {
    REALTIME: "wss://HOST/v1/realtime, or https://HOST/v1",
    CASCADE: "http://HOST:PORT/v1, of the chat model",
    TWILIO: "ws://HOST:PORT/ws",
    PIPECAT: "ws://HOST:PORT/ws",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `may_be_unset` tells an empty field (None) from an empty object."""

    name: str
    label: str
    kind: Kind = "line"
    adapters: tuple[str, ...] = EVERY
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    lines: int = 3
    may_be_unset: bool = False


FIELDS: tuple[Field, ...] = (
    Field(name="name", label="Name"),
    Field(name="adapter", label="Adapter", kind="choice"),
    Field(name="url", label="Address"),
    Field(name="key_ref", label="Key", kind="key"),
    Field(name="model", label="Model", adapters=VOICED, hint="as the server names it"),
    Field(name="voice", label="Voice", adapters=VOICED, hint="empty: the server's own"),
    Field(
        name="dialect", label="Dialect", kind="choice", adapters=(REALTIME,),
        choices=(("ga", "Current (GA)"), ("beta", "Beta, for older servers")),
    ),
    Field(
        name="turn_detection", label="Turn detection", kind="object", adapters=VOICED, lines=2,
        hint='{"type": "server_vad", "silence_duration_ms": 500}; {} for push-to-talk',
        may_be_unset=True,
    ),
    Field(
        name="noise_reduction", label="Noise reduction", kind="choice", adapters=(REALTIME,),
        choices=(("", "None"), ("near_field", "Near field"), ("far_field", "Far field")),
    ),
    Field(name="agent_first", label="The agent speaks first", kind="flag", adapters=VOICED),
    Field(name="stt_url", label="Recogniser", adapters=(CASCADE,),
          hint="a base URL, or local; empty: the chat model's server"),
    Field(name="stt_model", label="Its model", adapters=(CASCADE,),
          hint="empty: the caller types"),
    Field(name="stt_key_ref", label="Its key", adapters=(CASCADE,), hint="env:NAME"),
    Field(name="language", label="Language", adapters=(CASCADE,), hint="such as en"),
    Field(name="tts_url", label="Speaker", adapters=(CASCADE,),
          hint="a base URL; empty: the chat model's server"),
    Field(name="tts_model", label="Its model", adapters=(CASCADE,)),
    Field(name="tts_key_ref", label="Its key", adapters=(CASCADE,), hint="env:NAME"),
    Field(
        name="tts_format", label="Its format", kind="choice", adapters=(CASCADE,),
        choices=(("pcm", "PCM, 24 kHz"), ("wav", "WAV")),
    ),
    Field(name="timeout_s", label="Time-out, s", kind="number", adapters=(CASCADE,)),
    Field(
        name="custom_parameters", label="Parameters", kind="object", adapters=(TWILIO,), lines=2,
        hint='told to the bot at the start: {"caller": "Ada"}',
    ),
    Field(name="eva_events", label="Tell when the caller begins and stops, as EVA does",
          kind="flag", adapters=(TWILIO,)),
    Field(name="origin", label="Origin", adapters=(TWILIO, PIPECAT), hint="https://HOST"),
    Field(
        name="input_rate_hz", label="Caller's rate", kind="choice", adapters=(PIPECAT,),
        choices=(("0", "Usual, 16 kHz"), ("8000", "8 kHz"), ("16000", "16 kHz"),
                 ("24000", "24 kHz"), ("48000", "48 kHz")),
    ),
    Field(name="brief", label="Agent brief", kind="text", adapters=VOICED, lines=4),
    Field(
        name="tools", label="Tools", kind="list", adapters=VOICED,
        hint='[{"type": "function", "name": "find_account", "parameters": {}}]',
    ),
    Field(
        name="tool_results", label="Canned results", kind="object", adapters=VOICED,
        hint='by the tool\'s name: {"find_account": {"status": "open"}}',
    ),
    Field(name="scenario_key", label="Scenario", hint="its key, such as 6.1"),
)  # fmt: skip
