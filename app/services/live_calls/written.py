"""Noise, lines and an agent's settings as they are written on a command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from app.agents.line_effects import LineEffects
from app.agents.profiles import CallProfile
from app.domain.errors import BadInput
from app.services.live_calls.request import NOISES, Noise

LINE_FORMS = "ulaw, loss=PERCENT, delay=MS, gain=DB, clip=DBFS"
_FIELDS = {
    "loss": "loss_percent",
    "delay": "delay_ms",
    "gain": "gain_db",
    "clip": "clip_dbfs",
}


def noise_of(text: str, seed: int = 0) -> Noise:
    """`babble:10` as a bed of noise 10 dB below the voice.

    Raises:
        BadInput: it cannot be.
    """
    kind, _, snr = text.partition(":")
    try:
        return Noise(kind=kind, snr_db=float(snr), seed=seed)
    except ValueError as error:
        raise BadInput(
            f"{text!r} is no noise.", f"KIND:DB, KIND being one of {', '.join(NOISES)}."
        ) from error


def line_of(text: str, seed: int = 0) -> LineEffects:
    """`ulaw,loss=5,delay=100` as a line; a good one where there are no words.

    Raises:
        BadInput: it cannot be.
    """
    found: dict[str, float] = {}
    words = [w.strip() for w in text.split(",") if w.strip()]
    for word in words:
        name, _, value = word.partition("=")
        if word == "ulaw":
            continue
        try:
            found[_FIELDS[name]] = float(value)
        except (KeyError, ValueError) as error:
            raise BadInput(f"{word!r} is nothing of a line.", f"One of: {LINE_FORMS}.") from error
    return LineEffects(ulaw8k="ulaw" in words, seed=seed, **found)


def with_settings(profile: CallProfile, words: Sequence[str]) -> CallProfile:
    """An agent with further settings: `voice=alloy`, `brief=@FILE`, `turn_detection={...}`.

    A text stands as it is, everything else is JSON; `@FILE` stands for what is in a file.

    Raises:
        BadInput: no such setting, or no such value of it.
    """
    known = {f.name: f.default for f in fields(CallProfile) if f.name not in ("name", "version")}
    found: dict[str, Any] = {}
    for word in words:
        name, has_value, value = word.partition("=")
        if name not in known or not has_value:
            raise BadInput(f"{word!r} sets nothing.", f"NAME=VALUE; one of: {', '.join(known)}.")
        text = _read(value[1:]) if value.startswith("@") else value
        found[name] = text.strip() if isinstance(known[name], str) else _parsed(name, text)
    if "tools" in found:
        found["tools"] = tuple(found["tools"])
    return replace(profile, **found)


def _read(path: str) -> str:
    try:
        return Path(path).expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read.", "Check the file's name.") from error


def _parsed(name: str, text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is no {name}.", "Write it as JSON.") from error
    wanted: dict[str, type | tuple[type, ...]] = {
        "agent_first": bool,
        "eva_events": bool,
        "timeout_s": (int, float),
        "input_rate_hz": int,
        "tools": list,
    }
    if not isinstance(value, wanted.get(name, dict)):
        raise BadInput(f"{text!r} is no {name}.", "See how a profile has it.")
    return value
