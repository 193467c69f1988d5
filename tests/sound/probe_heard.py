"""Play through PortAudio, record the sink's monitor, and tell where the head was at each click.

Prints JSON: `clicks` (head minus click, ms, one per click heard), `solo_db` (level of the
silenced voice), `loop_gap_errors` (frames of the recording), `underruns`, `overflows` (of the
recorder), `latency_ms`, `device`.
"""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import sounddevice
from numpy.typing import NDArray

from app.audio.play_types import Mix, PlayTrack
from app.audio.player import Player

RATE = 16_000
RECORD_RATE = 48_000
SECONDS = 60
SEEKS = (12.6, 3.7, 41.5, 25.4)


class Recorder:
    """The monitor of the sink, with the time at which each block was heard."""

    def __init__(self) -> None:
        self.blocks: list[tuple[float, NDArray[np.float32]]] = []
        self.overflows = 0
        self._stream = sounddevice.InputStream(
            device="pulse",
            samplerate=RECORD_RATE,
            channels=2,
            dtype="float32",
            latency=0.01,
            blocksize=240,
            callback=self._on_block,
        )
        self._stream.start()

    def _on_block(self, block: NDArray[np.float32], _n: int, time: Any, status: Any) -> None:
        self.blocks.append((time.inputBufferAdcTime, block.copy()))
        self.overflows += bool(status)

    def close(self) -> None:
        self._stream.close()

    def onsets(self, threshold: float = 0.3, apart_s: float = 0.1) -> list[float]:
        found: list[float] = []
        for heard_at, block in self.blocks:
            for index in np.flatnonzero(np.abs(block[:, 0]) > threshold):
                when = heard_at + int(index) / RECORD_RATE
                if not found or when - found[-1] > apart_s:
                    found.append(when)
        return found


class HeadLog:
    """The play head against the device's clock."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self.times: list[float] = []
        self.heads: list[int] = []

    def watch(self, seconds: float) -> None:
        device = self._player._feeder.line.device
        assert device is not None
        stop_by = time.monotonic() + seconds
        while time.monotonic() < stop_by:
            before = device.now_s()
            self.heads.append(self._player.position())
            self.times.append((before + device.now_s()) / 2)
            time.sleep(0.001)

    def at(self, when: float) -> float:
        return float(np.interp(when, self.times, self.heads))


def clicks() -> list[PlayTrack]:
    samples = np.zeros(SECONDS * RATE, np.int16)
    for second in range(SECONDS):
        samples[second * RATE : second * RATE + 8] = 30_000
    return [PlayTrack(role=r, pcm=samples, rate_hz=RATE) for r in ("caller", "agent")]  # type: ignore[arg-type]


def tones() -> list[PlayTrack]:
    at = np.arange(20 * RATE) / RATE
    voices = {"caller": 440.0, "agent": 1_000.0}
    return [
        PlayTrack(role=r, pcm=(0.5 * np.sin(2 * np.pi * f * at)).astype(np.float32), rate_hz=RATE)  # type: ignore[arg-type]
        for r, f in voices.items()
    ]


def play_until_heard(player: Player) -> None:
    player.play()
    while player.position() == 0:
        time.sleep(0.001)


def heard_clicks(player: Player, recorder: Recorder) -> list[float]:
    player.load(clicks(), RATE)
    play_until_heard(player)
    log = HeadLog(player)
    recorder.blocks.clear()
    log.watch(1.5)
    for target in SEEKS:
        player.seek(round(target * RATE))
        log.watch(1.6)
    player.pause()
    errors = []
    for when in recorder.onsets():
        if log.times[0] < when < log.times[-1]:
            head = log.at(when)
            errors.append((head - round(head / RATE) * RATE) / RATE * 1e3)
    return errors


def solo_level_db(player: Player, recorder: Recorder) -> float:
    player.load(tones(), RATE)
    player.set_mix(Mix(ears="mono").soloed("agent"))
    play_until_heard(player)
    time.sleep(0.5)
    recorder.blocks.clear()
    time.sleep(1.4)
    heard = np.concatenate([block[:, 0] for _, block in recorder.blocks])[:RECORD_RATE]
    player.set_mix(Mix())
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    hertz = np.fft.rfftfreq(len(heard), 1 / RECORD_RATE)
    near = spectrum[np.abs(hertz - 440) < 10].max()
    return float(20 * np.log10(near / spectrum[np.abs(hertz - 1_000) < 10].max()))


def loop_errors(player: Player, recorder: Recorder) -> list[float]:
    """A loop of 250 ms with one click in it: how far apart the clicks are heard, less 250 ms."""
    player.load(clicks(), RATE)
    player.loop(5 * RATE - 1_000, 5 * RATE + 3_000)
    player.play()
    time.sleep(0.5)
    recorder.blocks.clear()
    time.sleep(5.0)
    player.pause()
    heard = np.concatenate([block[:, 0] for _, block in recorder.blocks])
    loud = np.flatnonzero(np.abs(heard) > 0.3)
    onsets = loud[np.insert(np.diff(loud) > 2_000, 0, True)]
    return [float(gap - RECORD_RATE // 4) for gap in np.diff(onsets)]


def main() -> None:
    player = Player()
    player.load(clicks(), RATE)
    player.prepare()
    while not player.device_name:  # opening it starts PortAudio anew, under the recorder's feet
        time.sleep(0.005)
    recorder = Recorder()
    while len(recorder.blocks) < 2 * RECORD_RATE // 240:  # a null sink takes a while to settle
        time.sleep(0.01)
    try:
        report = {
            "clicks": heard_clicks(player, recorder),
            "solo_db": solo_level_db(player, recorder),
            "loop_gap_errors": loop_errors(player, recorder),
            "underruns": player.underruns,
            "overflows": recorder.overflows,
            "latency_ms": player.latency_s * 1e3,
            "device": player.device_name,
        }
    finally:
        player.close()
        recorder.close()
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    main()
