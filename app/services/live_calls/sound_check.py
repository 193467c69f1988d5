"""Before a call: how late the devices are, whether the agent would hear itself, how loud you are.

Each opens the devices for some seconds. Run it off the window's thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.agents.link import Int16
from app.agents.opening import open_line
from app.agents.practice import voice
from app.audio import active_level, chirps, echo_check
from app.audio.chirps import Delays
from app.audio.duplex import RING_S, DuplexLine, DuplexOpener
from app.audio.duplex_portaudio import PortAudioDuplex
from app.audio.echo_check import Echo
from app.domain.errors import EnvironmentFault
from app.domain.work import Work
from app.services.assets import asset
from app.services.live_calls.sounds import at_rate

SPREAD_MS = 5.0
CLIPPED = 32_700
QUIET_DBFS, LOUD_DBFS = -45.0, -12.0
LISTEN_S = 4.0
TAIL_S = 0.6
RATE_HZ = 48_000
VOICE_CLIP = "preparations"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopbackCheck:
    """What three chirps say of the devices' delay."""

    delays: Delays
    reported_ms: float
    """What the device says of itself."""
    words: str
    is_good: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoCheck:
    """Whether the agent would hear itself. Keep `taints` in the request of the call."""

    echo: Echo | None
    words: str
    taints: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneCheck:
    """How the microphone takes the person's voice."""

    peak_dbfs: float
    clipped: int
    """Samples at full scale."""
    speech_dbov: float | None
    """Active speech level (ITU-T P.56); may be given to a noise as its `level_dbov`."""
    words: str
    is_good: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Take:
    """What was captured while something was played, on one clock."""

    mic: Int16
    heard: Int16
    rate_hz: int
    shift: int
    """How many frames later what was given is heard, says the device."""
    began: int
    """Where the first frame was given."""


def opener(device: str, device_out: str = "") -> DuplexOpener:
    """Opens the devices that a call would."""
    return lambda rate_hz, attempt: PortAudioDuplex(rate_hz, device, attempt, output=device_out)


def loopback(ctx: Work, open_device: DuplexOpener) -> LoopbackCheck:
    """Play three chirps and find them in the microphone.

    Raises:
        EnvironmentFault, NotFound: there is no such device, or it gives no sound. Cancelled.
    """

    def sound(rate_hz: int) -> Int16:
        return chirps.chirps(rate_hz)[0]

    take = _play(ctx, open_device, sound)
    _, starts = chirps.chirps(take.rate_hz)
    delays = chirps.find(take.mic, tuple(take.began + s for s in starts), take.rate_hz)
    reported = take.shift * 1000 / take.rate_hz
    spread = delays.spread_ms
    if delays.median_ms is None:
        words = "The chirps were not heard. Bring the microphone near the loudspeaker."
    elif spread is None or spread > SPREAD_MS:
        words = (
            f"The delay wanders by {spread or 0:.0f} ms: measured times are as uncertain. "
            "Close other programs, or take a wired device."
        )
    else:
        words = (
            f"{delays.median_ms:.0f} ms from loudspeaker to microphone, within {spread:.1f} ms; "
            f"the device says {reported:.0f} ms."
        )
    good = spread is not None and spread <= SPREAD_MS and len(delays.heard_ms) == chirps.COUNT
    return LoopbackCheck(delays=delays, reported_ms=reported, words=words, is_good=good)


def echo(ctx: Work, open_device: DuplexOpener) -> EchoCheck:
    """Play a voice while the person is silent, and see how much of it comes back.

    Raises:
        EnvironmentFault, NotFound: there is no such device, or it gives no sound. Cancelled.
    """
    take = _play(ctx, open_device, _voice)
    laid = np.concatenate([np.zeros(max(0, take.shift), np.int16), take.heard])[: len(take.mic)]
    found = echo_check.measure(laid, take.mic)
    if found is None:
        return EchoCheck(echo=None, words="Nothing was played; try again.", taints=False)
    words = f"Echo return {round(found.return_db)} dB."
    if found.needs_headset:
        words += " Use a headset: the agent hears itself, and barge-in figures are void."
    return EchoCheck(echo=found, words=words, taints=found.needs_headset)


def microphone(ctx: Work, open_device: DuplexOpener, seconds: float = LISTEN_S) -> MicrophoneCheck:
    """Listen to the person speaking.

    Raises:
        EnvironmentFault, NotFound: there is no such device, or it gives no sound. Cancelled.
    """
    take = _play(ctx, open_device, lambda rate_hz: np.zeros(round(seconds * rate_hz), np.int16))
    level = np.abs(take.mic.astype(np.int32))
    peak = 20 * float(np.log10(max(1, int(level.max(initial=0))) / 32768))
    clipped = int(np.count_nonzero(level >= CLIPPED))
    speech = active_level.measure(take.mic, take.rate_hz)
    dbov = None if speech is None else speech.level_dbov
    if clipped:
        words = f"The microphone clips ({clipped} samples): turn it down."
    elif dbov is None or dbov < QUIET_DBFS:
        words = "Hardly anything is heard: turn the microphone up, or choose another."
    elif dbov > LOUD_DBFS:
        words = f"Speech at {dbov:.0f} dBov is too loud: turn the microphone down."
    else:
        words = f"Speech at {dbov:.0f} dBov, peaks at {peak:.0f} dBFS."
    good = not clipped and dbov is not None and QUIET_DBFS <= dbov <= LOUD_DBFS
    return MicrophoneCheck(
        peak_dbfs=peak, clipped=clipped, speech_dbov=dbov, words=words, is_good=good
    )


def _voice(rate_hz: int) -> Int16:
    pcm = voice.clip(asset("practice", "clips"), VOICE_CLIP)
    if pcm is None:
        raise EnvironmentFault("The practice agent's clips are not there.", "Install it again.")
    return at_rate(pcm, voice.RATE_HZ, rate_hz)


def _play(ctx: Work, open_device: DuplexOpener, sound: Callable[[int], Int16]) -> _Take:
    """Play a sound through the devices and capture meanwhile."""
    device, line = open_line(open_device, RATE_HZ)
    try:
        pcm = sound(line.rate_hz)
        first = line.calls
        line.play.write(pcm)
        line.play.end()
        blocks = -(-(len(pcm) + round(TAIL_S * line.rate_hz)) // line.block)
        _await(ctx, line, first + blocks)
        rows, mic, heard, _ = line.take(first)
    finally:
        device.close()
    if not rows:
        raise EnvironmentFault(f"“{device.name}” gives no sound.", "Choose another device.")
    given = next((r for r in rows if r.count), rows[0])
    shift = float(np.median([r.adc_s + r.dac_s for r in rows])) * line.rate_hz
    return _Take(
        mic=mic,
        heard=heard,
        rate_hz=line.rate_hz,
        shift=round(shift),
        began=given.index - rows[0].index,
    )


def _await(ctx: Work, line: DuplexLine, calls: int) -> None:
    stop_by = time.monotonic() + 2 * RING_S
    while line.calls < calls:
        ctx.raise_if_cancelled()
        if time.monotonic() > stop_by:
            raise EnvironmentFault("The sound device stopped.", "Choose another device.")
        time.sleep(0.02)
