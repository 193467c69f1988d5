"""A stored call held against what is known of it: an outside recording, and the agent's own log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.agents.onsets import AUDIBLE
from app.agents.practice import voice
from app.domain.calls import Call
from app.services import calls, documents
from app.services.assets import asset
from app.services.live_calls.sounds import recorded
from app.services.workspace import Workspace
from tests.sound.probe_live import runs

Int16 = NDArray[np.int16]


@dataclass(frozen=True)
class Stored:
    """A call of the library, with its sound and its measures."""

    ws: Workspace
    call_id: str

    @cached_property
    def call(self) -> Call:
        """As the library has it."""
        return calls.get_call(self.ws, self.call_id)

    @cached_property
    def live(self) -> dict[str, Any]:
        """What is kept of how it was placed and measured."""
        return dict(self.call.extra["live"])

    @cached_property
    def measures(self) -> dict[str, Any]:
        """All measures."""
        told: dict[str, Any] = json.loads(self._document("measures.json"))
        return told

    @cached_property
    def stereo(self) -> Int16:
        """(frames, 2): the caller as sent, the agent as heard."""
        import soundfile

        sha256 = self.call.tracks[0].audio_sha256
        pcm, _ = soundfile.read(self.ws.audio_path(sha256, ".flac"), dtype="int16")
        found: Int16 = pcm
        return found

    def track(self, name: str) -> Int16:
        """One of the tracks that lie beside the stereo call."""
        return recorded(self.ws.audio_path(self.live["tracks"][name], ".flac"))[0]

    def notes(self, what: str) -> list[dict[str, Any]]:
        """What the engine noted of that kind."""
        lines = map(json.loads, self._document("notes.jsonl").splitlines())
        return [n for n in lines if n["what"] == what]

    def events(self, label: str) -> list[dict[str, Any]]:
        """What happened, by its label."""
        return [e for e in self.call.extra["events"] if e["label"] == label]

    def ms(self, frames: float) -> float:
        """Frames of the call as milliseconds."""
        return frames * 1000 / self.call.rate_hz

    @cached_property
    def zero_ns(self) -> float:
        """When the call's first sample was captured, on the machine's monotonic clock."""
        starts = []
        for row in self._document("blocks.csv").split():
            index, at_ns, adc_s = row.split(",")[:3]
            starts.append(int(at_ns) - float(adc_s) * 1e9 - int(index) * 1e9 / self.call.rate_hz)
        return float(np.median(starts))

    def _document(self, name: str) -> str:
        return documents.read(self.ws, self.call_id, f"live/{name}").decode()


def lag(whole: Int16, part: Int16) -> int:
    """At which frame of `whole` `part` begins; may lie before its first."""
    size = 1 << (len(whole) + len(part) - 1).bit_length()
    spectra = [np.fft.rfft(x.astype(np.float64), size) for x in (whole, part)]
    at = int(np.fft.irfft(spectra[0] * np.conj(spectra[1]), size).argmax())
    return at if at < len(whole) else at - size


@dataclass(frozen=True)
class OffBy:
    """By how much a call is off the outside recording, in ms; of whole turns alone."""

    delays: list[float]
    stops: list[float]


def against_outside(stored: Stored, both: Path) -> OffBy:
    """Hold the agent as it was heard, and so each response and stop, against the recording."""
    whole = both.stat().st_size // 4 * 4
    outside = np.fromfile(both, "<i2", whole // 2).reshape(-1, 2)
    until = stored.measures["agent"][0]["onset"]  # what is said twice is found once
    first = lag(outside[:, 0], stored.track("mic")[:until])
    heard = [(begin - first, end - first) for begin, end in runs(outside[:, 1])]
    measures = stored.measures

    def nearest(frame: float, side: int) -> float:
        return min((stored.ms(frame - run[side]) for run in heard), key=abs)

    delays = [nearest(t["agent_onset"], 0) for t in measures["turns"] if not t["degraded"]]
    cuts = [b for b in measures["barge_ins"] if not b["degraded"] and b["stop_ms"] is not None]
    ends = [b["onset"] + b["stop_ms"] * stored.call.rate_hz / 1000 for b in cuts]
    return OffBy(delays, [nearest(end, 1) for end in ends])


def against_plan(stored: Stored, truth: list[dict[str, Any]]) -> list[float]:
    """What is left of each whole response when all that the agent did is taken off, in ms.

    That is from the end of the caller's speech to when it began to speak, and the silence with
    which its line begins: what is left is the way from a packet to the ear.
    """
    left = []
    for turn in stored.measures["turns"]:
        end_ns = stored.zero_ns + stored.ms(turn["caller_end"]) * 1e6
        onset_ns = stored.zero_ns + stored.ms(turn["agent_onset"]) * 1e6
        spoken = [t for t in truth if t["what"] == "speaks" and t["at_ns"] < onset_ns]
        if spoken and not turn["degraded"]:
            known_ms = (spoken[-1]["at_ns"] - end_ns) / 1e6 + _lead_ms(spoken[-1]["line"])
            left.append(turn["mouth_to_ear_ms"] - known_ms)
    return left


def _lead_ms(line: str) -> float:
    pcm = voice.clip(asset("practice", "clips"), line)
    assert pcm is not None
    return float(np.flatnonzero(np.abs(pcm.astype(np.int32)) >= AUDIBLE)[0] * 1000 / voice.RATE_HZ)
