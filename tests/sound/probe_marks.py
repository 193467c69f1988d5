"""A call through real devices to a bot that sets marks: when they are echoed and what is heard."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np

from app.agents import measures, recorded, recording
from app.agents.caller_script import CallerScript
from app.agents.clock import CallClock
from app.agents.profiles import CallProfile
from app.agents.session import CallSession, Plan
from app.agents.twilio.link import TwilioLink
from app.audio.duplex_portaudio import PortAudioDuplex
from tests.support.strict_twilio import StrictTwilio

REPLY_S, SECONDS = 1.5, 4.0


def script(rate_hz: int) -> CallerScript:
    """A tone that the bot takes for a caller."""
    tone = 8_000 * np.sin(2 * np.pi * 300 * np.arange(rate_hz // 2) / rate_hz)
    return CallerScript(tone.astype(np.int16), rate_hz)


def main() -> None:
    with tempfile.TemporaryDirectory() as home, StrictTwilio((REPLY_S,)) as peer:
        profile = CallProfile(name="bot", adapter="twilio", url=peer.url)
        plan = Plan(
            folder=Path(home) / "call",
            head={"profile": profile.to_json(), "started_at": "2026-01-01T00:00:00Z"},
            open_device=lambda hz, attempt: PortAudioDuplex(hz, attempt=attempt),
            script=script,
            seconds=SECONDS,
        )
        CallSession(TwilioLink(profile), plan).run()
        call = recorded.load(plan.folder)
        clock = CallClock(call)
        (speech,) = measures.measure(call).agent
        lines = (plan.folder / recording.RAW).read_text("utf-8").splitlines()
        sent = [m for m in map(json.loads, lines) if m["way"] == "out"]
        marks = {
            m["message"]["mark"]["name"]: clock.index_at(m["at_ns"])
            for m in sent
            if m["message"]["event"] == "mark"
        }
        ms = call.rate_hz / 1000
        told = {
            "faults": peer.faults,
            "late_ms": {
                "half": (marks["half-1"] - speech.onset) / ms - REPLY_S * 500,
                "end": (marks["end-1"] - speech.end) / ms,
            },
            "delay_ms": float(np.median(clock.shift)) / ms,
            "flags": sum(bool(b.flags) for b in call.blocks),
        }
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main()
