"""A room made of sinks: what the loudspeaker plays reaches the microphone later and softer.

Two null sinks are the devices, and PulseAudio's loopback is the air between them. An outside
recorder of both tells the true way: each is laid on the machine's clock by the earliest arrivals.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.sound.pulse import ROOT, PulseServer

SPEAKER, MIC = "speaker", "mic"
RECORD_HZ = 48_000
REACH_S = 0.5
FLOOR_DBFS = -66.0
"""Of a quiet room; a microphone that gives nothing at all counts as muted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How it sounds.

    Attributes:
        delay_ms: asked of the way from loudspeaker to microphone; the truth is told by `Outside`.
        gain_db: of that way; None for no way at all.
        noise_dbfs: RMS of the noise at the microphone; None for none.
        muted: the microphone is switched off.
        speaker_hz, mic_hz: rates of the two devices.
    """

    delay_ms: int = 60
    gain_db: float | None = -20.0
    noise_dbfs: float | None = FLOOR_DBFS
    muted: bool = False
    speaker_hz: int = RECORD_HZ
    mic_hz: int = RECORD_HZ


@contextmanager
def furnished(server: PulseServer, room: Room) -> Iterator[None]:
    """Both devices as the defaults, the way between them and the noise, until the block ends."""
    for sink, rate_hz in ((SPEAKER, room.speaker_hz), (MIC, room.mic_hz)):
        words = [f"sink_name={sink}", f"rate={rate_hz}", "channels=1"]
        server.pactl("load-module", "module-null-sink", *words)
    server.pactl("set-default-sink", SPEAKER)
    server.pactl("set-default-source", f"{MIC}.monitor")
    if room.gain_db is not None:
        words = [f"source={SPEAKER}.monitor", f"sink={MIC}", f"latency_msec={room.delay_ms}"]
        words.append("adjust_time=0")  # a way that stays as long as it is
        module = server.pactl("load-module", "module-loopback", *words).strip()
        _set_volume(server, module, room.gain_db)
    server.pactl("set-source-mute", f"{MIC}.monitor", str(int(room.muted)))
    with ExitStack() as stack:
        if room.noise_dbfs is not None:
            stack.enter_context(_noise(server, room.noise_dbfs))
        yield


def _set_volume(server: PulseServer, module: str, gain_db: float) -> None:
    current = ""
    for line in server.pactl("list", "sink-inputs").splitlines():
        if line.startswith("Sink Input #"):
            current = line.removeprefix("Sink Input #")
        elif line.strip() == f"Owner Module: {module}":
            server.pactl("set-sink-input-volume", current, f"{gain_db}dB")
            return
    raise AssertionError("the way from loudspeaker to microphone was not laid")


@contextmanager
def _noise(server: PulseServer, level_dbfs: float) -> Iterator[None]:
    """White noise at the microphone, of that RMS."""
    rng = np.random.default_rng(1)
    sound = rng.normal(0, 32768 * 10 ** (level_dbfs / 20), 90 * RECORD_HZ)
    path = Path(server.env["HOME"]) / "noise.raw"
    np.clip(np.rint(sound), -32768, 32767).astype("<i2").tofile(path)
    with say(path, server.env):
        yield


@contextmanager
def say(path: Path, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Bare samples of 48 kHz, one channel, to the microphone."""
    words = ["pacat", "--raw", "--format=s16le", f"--rate={RECORD_HZ}", "--channels=1"]
    words += ["--latency-msec=100", f"--device={MIC}", str(path)]
    playing = subprocess.Popen(words, env=env)
    try:
        yield playing
    finally:
        playing.terminate()
        playing.wait()


class _Tape:
    """One monitor, with the earliest time at which its first sample can have been heard."""

    def __init__(self, sink: str) -> None:
        words = ["parec", "--raw", "--format=s16le", f"--rate={RECORD_HZ}", "--channels=1"]
        words += ["--latency-msec=5", f"--device={sink}.monitor"]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE)
        self._parts: list[bytes] = []
        self.zero_s = float("inf")
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        count = 0
        assert self._process.stdout is not None
        while part := os.read(self._process.stdout.fileno(), 1 << 16):
            count += len(part)
            self._parts.append(part)
            self.zero_s = min(self.zero_s, time.monotonic() - count / 2 / RECORD_HZ)

    def stop(self) -> np.ndarray:
        """(frames,)."""
        self._process.terminate()
        self._process.wait()
        self._thread.join()
        raw = b"".join(self._parts)
        return np.frombuffer(raw[: len(raw) // 2 * 2], "<i2")


class Outside:
    """Records loudspeaker and microphone in a process of its own, which has nothing else to do."""

    def __init__(self, path: Path, env: dict[str, str] | None = None) -> None:
        self._path = path
        words = [sys.executable, "-m", "tests.support.sound_room", str(path)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(words, stdin=pipe, stdout=pipe, env=env, cwd=ROOT)
        assert self._process.stdout is not None
        self._process.stdout.readline()  # it runs: a busy machine would tear what comes now

    def stop(self) -> tuple[np.ndarray, np.ndarray]:
        """What was played and what reached the microphone, on one clock."""
        self._process.communicate()
        assert self._process.returncode == 0
        with np.load(self._path) as found:
            return found["played"], found["heard"]


def _record(path: Path) -> None:
    """Until the input ends."""
    tapes = [_Tape(sink) for sink in (SPEAKER, MIC)]
    while any(tape.zero_s == float("inf") for tape in tapes):
        time.sleep(0.01)
    print("runs", flush=True)  # noqa: T201
    sys.stdin.read()
    played, heard = (tape.stop() for tape in tapes)
    by = round((tapes[1].zero_s - tapes[0].zero_s) * RECORD_HZ)
    played, heard = played[max(0, by) :], heard[max(0, -by) :]
    frames = min(len(played), len(heard))
    np.savez(path, played=played[:frames], heard=heard[:frames])


def way(played: np.ndarray, heard: np.ndarray) -> tuple[float, float]:
    """(delay in ms, gain in dB) from loudspeaker to microphone."""
    x, y = (side.astype(float) for side in (played, heard))
    size = 1 << (len(x) + round(REACH_S * RECORD_HZ)).bit_length()
    fit = np.fft.irfft(np.fft.rfft(y, size) * np.conj(np.fft.rfft(x, size)), size)
    lag = int(fit[: round(REACH_S * RECORD_HZ)].argmax())
    gain = fit[lag] / max(1.0, float(x @ x))
    return lag * 1000 / RECORD_HZ, 20 * float(np.log10(max(gain, 1e-9)))


if __name__ == "__main__":
    _record(Path(sys.argv[1]))
