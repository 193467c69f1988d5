"""Before a call: how late the devices are, whether the agent would hear itself, how loud you are.

Each opens the devices for some seconds. Run it off the window's thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.agents.clock import steady_delay
from app.agents.device_delay import DeviceDelay
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
from app.services.live_calls import check_words as words
from app.services.live_calls.sounds import at_rate

CLIPPED, CLIPPED_LEAST = 32_700, 3
SILENT = 3
"""Of a microphone that is on, even in a quiet room, some sample is above it."""
QUIET_DBFS, LOUD_DBFS = -45.0, -12.0
LISTEN_S = 4.0
TAIL_S, EARLY_S = 0.6, 0.1
MOST_LEAD_S, MOVED_S = 2.0, 0.01
RATE_HZ = 48_000
VOICE_CLIP = "preparations"
GATE_MS, GATED_SHARE = 20, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopbackCheck:
    """What three chirps say of the devices' delay."""

    delays: Delays
    delay: DeviceDelay | None
    """For the request of the call; None where it could not be measured."""
    words: str
    is_good: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoCheck:
    """Whether the agent would hear itself."""

    echo: Echo | None
    """None where the microphone tells nothing of it."""
    words: str
    is_good: bool

    @property
    def echo_db(self) -> float | None:
        """For the request of the call; None where it could not be told."""
        return None if self.echo is None or self.echo.is_unsure else self.echo.return_db


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneCheck:
    """How the microphone takes the person's voice."""

    peak_dbfs: float
    clipped: int
    """Samples at full scale."""
    level_dbov: float | None
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
    is_torn: bool
    """Whether the stream says that sound was lost, or of its own delay now this and now that."""

    @property
    def is_silent(self) -> bool:
        """Whether the microphone gave nothing."""
        return int(np.abs(self.mic.astype(np.int32)).max(initial=0)) <= SILENT

    @property
    def clipped(self) -> int:
        """Samples at full scale; one or two may be chance."""
        count = int(np.count_nonzero(np.abs(self.mic.astype(np.int32)) >= CLIPPED))
        return count if count >= CLIPPED_LEAST else 0


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
    due = max(0, take.shift - round(EARLY_S * take.rate_hz))
    early_ms = due * 1000 / take.rate_hz
    found = chirps.find(take.mic, tuple(take.began + s + due for s in starts), take.rate_hz)
    delays = Delays(each_ms=tuple(None if d is None else d + early_ms for d in found.each_ms))
    median, spread = delays.median_ms, delays.spread_ms
    delay = None
    whole = not take.is_torn and len(delays.heard_ms) == chirps.COUNT
    if whole and median is not None and spread is not None:
        reported = take.shift * 1000 / take.rate_hz
        delay = DeviceDelay(measured_ms=median, reported_ms=reported, spread_ms=spread)
    if delay is not None:
        told = words.delay(delay)
    elif take.is_silent:
        told = words.SILENT
    else:
        told = words.TORN if take.is_torn else words.chirps(len(delays.heard_ms))
    return LoopbackCheck(
        delays=delays, delay=delay, words=told, is_good=delay is not None and delay.is_steady
    )


def echo(ctx: Work, open_device: DuplexOpener) -> EchoCheck:
    """Play a voice while the person is silent, and see how much of it comes back.

    Raises:
        EnvironmentFault, NotFound: there is no such device, or it gives no sound. Cancelled.
    """
    take = _play(ctx, open_device, _voice)
    if take.is_silent:
        return EchoCheck(echo=None, words=words.SILENT, is_good=False)
    laid = np.concatenate([np.zeros(max(0, take.shift), np.int16), take.heard])[: len(take.mic)]
    found = echo_check.measure(laid, take.mic, take.rate_hz)
    if found is None:
        return EchoCheck(echo=None, words=words.NOTHING_PLAYED, is_good=False)
    clips = bool(take.clipped)
    told = words.echo(found, clips=clips, is_torn=take.is_torn)
    if found.needs_headset:
        return EchoCheck(echo=found, words=told, is_good=False)
    is_blind = clips or take.is_torn
    return EchoCheck(
        echo=None if is_blind else found, words=told, is_good=not (is_blind or found.is_unsure)
    )


def microphone(ctx: Work, open_device: DuplexOpener, seconds: float = LISTEN_S) -> MicrophoneCheck:
    """Listen to the person speaking.

    Raises:
        EnvironmentFault, NotFound: there is no such device, or it gives no sound. Cancelled.
    """
    take = _play(ctx, open_device, lambda rate_hz: np.zeros(round(seconds * rate_hz), np.int16))
    level = np.abs(take.mic.astype(np.int32))
    peak = 20 * float(np.log10(max(1, int(level.max(initial=0))) / 32768))
    speech = active_level.measure(take.mic, take.rate_hz)
    dbov = None if speech is None else speech.level_dbov
    good = False
    if take.is_silent:
        told = words.SILENT
    elif take.clipped:
        told = words.clips(take.clipped)
    elif dbov is None or dbov < QUIET_DBFS:
        told = words.QUIET
    elif dbov > LOUD_DBFS:
        told = words.loud(dbov)
    elif _is_gated(take):
        told = words.GATED
    else:
        told, good = words.level(dbov, peak), True
    return MicrophoneCheck(
        peak_dbfs=peak, clipped=take.clipped, level_dbov=dbov, words=told, is_good=good
    )


def _is_gated(take: _Take) -> bool:
    """Whether pauses are exact silence: the system suppresses noise."""
    block = take.rate_hz * GATE_MS // 1000
    whole = take.mic[: len(take.mic) // block * block].reshape(-1, block)
    return float(np.mean(~np.any(whole, axis=1))) >= GATED_SHARE if len(whole) else False


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
        before, *_ = line.take(max(0, line.calls - 1))
        lead_s = max((r.adc_s + r.dac_s for r in before), default=0.0)
        first = line.calls
        line.play.write(pcm)
        line.play.end()
        tail_s = TAIL_S + min(MOST_LEAD_S, max(0.0, lead_s))
        blocks = -(-(len(pcm) + round(tail_s * line.rate_hz)) // line.block)
        _await(ctx, line, first + blocks)
        rows, mic, heard, _ = line.take(first)
    finally:
        device.close()
    if not rows:
        raise EnvironmentFault(f"“{device.name}” gives no sound.", "Choose another device.")
    given = next((r for r in rows if r.count), rows[0])
    leads_s = np.array([r.adc_s + r.dac_s for r in rows])
    moved_s = float(np.ptp(np.percentile(leads_s, (10, 90))))
    return _Take(
        mic=mic,
        heard=heard,
        rate_hz=line.rate_hz,
        shift=round(steady_delay(leads_s) * line.rate_hz),
        began=given.index - rows[0].index,
        is_torn=moved_s > MOVED_S or any(r.flags for r in rows),
    )


def _await(ctx: Work, line: DuplexLine, calls: int) -> None:
    stop_by = time.monotonic() + 2 * RING_S
    while line.calls < calls:
        ctx.raise_if_cancelled()
        if time.monotonic() > stop_by:
            raise EnvironmentFault("The sound device stopped.", "Choose another device.")
        time.sleep(0.05)
