"""What each step of a recipe does to one channel. Nothing moves in time: timing stays comparable.

Sources: ITU-T G.711 (µ-law), ITU-T P.56 (active speech level, against which an SNR is set),
Gilbert 1960 and Elliott 1963 (bursts of losses).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.audio import active_level
from app.audio.polyphase import convert
from app.domain.errors import BadInput
from app.eval.perturb import noises
from app.eval.perturb.recipe import Recipe, Step

Samples = NDArray[np.float32]
Rng = np.random.Generator

TELEPHONE_HZ = 8000
PACKET_MS = 20
STRETCH_S = 0.5
"""Muffling that does not last all the time comes and goes by stretches of this length."""
TAPS = 511


def apply(
    samples: Samples,
    rate_hz: int,
    recipe: Recipe,
    *,
    source_key: str,
    voices: Sequence[Samples] = (),
) -> Samples:
    """A channel with the recipe's steps done to it, cut to -1..1.

    Args:
        samples: (frames,) in -1..1; only read.
        rate_hz: its rate.
        recipe: the steps and their seed.
        source_key: what tells this channel from others (content hash and role), so that two
            channels do not get the same noise.
        voices: speech for babble, at `rate_hz`.

    Returns:
        As many samples as came in.

    Raises:
        BadInput: a noise at an SNR is asked for where there is no speech to set it against.
    """
    out = samples
    for number, step in enumerate(recipe.steps):
        rng = generator(recipe.seed, source_key, number)
        if step.kind in noises.KINDS:
            out = _with_noise(out, rate_hz, step, rng, voices)
        else:
            out = _EFFECTS[step.kind](out, rate_hz, step, rng)
    return np.clip(out, -1.0, 1.0).astype(np.float32)


def generator(seed: int, source_key: str, number: int) -> Rng:
    """The random numbers of one step on one channel."""
    digest = hashlib.sha256(f"{seed}/{source_key}/{number}".encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, np.uint32))


def _with_noise(
    samples: Samples, rate_hz: int, step: Step, rng: Rng, voices: Sequence[Samples]
) -> Samples:
    level = active_level.measure(samples, rate_hz)
    if level is None:
        raise BadInput("The channel holds no speech that a noise could be set against.")
    noise = noises.make(step.kind, len(samples), rate_hz, rng, voices)
    # Level in dBov of a noise with rms 1 is 0: full scale is an rms of 1 here as there.
    gain_db = level.level_dbov - step.number("snr_db")
    return np.asarray(samples + noise * 10 ** (gain_db / 20), np.float32)


def _mulaw(samples: Samples, rate_hz: int, _step: Step, _rng: Rng) -> Samples:
    narrow = _filtered(samples, rate_hz, 300.0, 3400.0)
    return _coded_at(narrow, rate_hz)


def _coded_at(samples: Samples, rate_hz: int) -> Samples:
    """To 8 kHz, through the companding of G.711, and back to the rate it came from."""
    low = convert(samples, rate_hz, TELEPHONE_HZ)
    return convert(mulaw_round_trip(low), TELEPHONE_HZ, rate_hz, len(samples))


def mulaw_round_trip(samples: Samples) -> Samples:
    """Samples as they come out of an 8-bit µ-law channel (G.711, bias 132 of 16 bits)."""
    pcm = np.clip(np.rint(samples.astype(np.float64) * 32768), -32635, 32635).astype(np.int32)
    biased = np.abs(pcm) + 132
    segment = np.floor(np.log2(biased)).astype(np.int32) - 7
    step = biased >> (segment + 3) & 0x0F
    decoded = (((step << 3) + 132) << segment) - 132
    return np.asarray(np.sign(pcm) * decoded / 32768, np.float32)


def _band(samples: Samples, rate_hz: int, step: Step, _rng: Rng) -> Samples:
    return _filtered(samples, rate_hz, step.number("low_hz"), step.number("high_hz"))


def _muffle(samples: Samples, rate_hz: int, step: Step, rng: Rng) -> Samples:
    dull = _filtered(samples, rate_hz, 0.0, step.number("cutoff_hz"))
    stretch = max(1, round(STRETCH_S * rate_hz))
    chosen = rng.random(-(-len(samples) // stretch) or 1) < step.number("share")
    mask = np.repeat(chosen.astype(np.float32), stretch)[: len(samples)]
    return np.asarray(samples * (1 - mask) + dull * mask, np.float32)


def _loss(samples: Samples, rate_hz: int, step: Step, rng: Rng) -> Samples:
    """Packets are lost in the bad state; a lost one is silence, as without concealment."""
    packet = max(1, round(PACKET_MS * rate_hz / 1000))
    lost = lost_packets(
        -(-len(samples) // packet), step.number("rate"), step.number("burst_ms"), rng
    )
    heard = np.repeat(~lost, packet)[: len(samples)]
    return np.asarray(samples * heard, np.float32)


def lost_packets(count: int, rate: float, burst_ms: float, rng: Rng) -> NDArray[np.bool_]:
    """Which of `count` 20-ms packets are lost, by a chain of a good and a bad state.

    Args:
        count: how many packets.
        rate: share lost in the long run.
        burst_ms: mean length of a burst.
        rng: the chain's random numbers.
    """
    if rate <= 0 or not count:
        return np.zeros(count, bool)
    leave_bad = min(1.0, PACKET_MS / burst_ms)
    enter_bad = min(1.0, leave_bad * rate / (1 - rate))
    draws = rng.random(count)
    lost, bad = np.zeros(count, bool), bool(rng.random() < rate)
    for i in range(count):
        lost[i] = bad
        bad = draws[i] >= leave_bad if bad else draws[i] < enter_bad
    return lost


def _gain(samples: Samples, _rate_hz: int, step: Step, _rng: Rng) -> Samples:
    return np.asarray(samples * 10 ** (step.number("gain_db") / 20), np.float32)


def _clip(samples: Samples, _rate_hz: int, step: Step, _rng: Rng) -> Samples:
    """Driven over full scale, cut there, and brought back to where it was."""
    drive = np.float32(10 ** (step.number("drive_db") / 20))
    return np.asarray(np.clip(samples * drive, -1.0, 1.0) / drive, np.float32)


_EFFECTS: dict[str, Callable[[Samples, int, Step, Rng], Samples]] = {
    "mulaw": _mulaw,
    "band": _band,
    "muffle": _muffle,
    "loss": _loss,
    "gain": _gain,
    "clip": _clip,
}


def _filtered(samples: Samples, rate_hz: int, low_hz: float, high_hz: float) -> Samples:
    """A linear-phase band, its delay taken out."""
    from scipy.signal import firwin, oaconvolve

    nyquist = rate_hz / 2
    high = min(high_hz, nyquist * 0.999)
    if low_hz >= high:
        return np.zeros_like(samples)
    if low_hz <= 0 and high_hz >= nyquist:
        return samples
    taps = firwin(
        TAPS,
        high if low_hz <= 0 else [low_hz, high] if high_hz < nyquist else low_hz,
        fs=rate_hz,
        pass_zero="lowpass" if low_hz <= 0 else "bandpass" if high_hz < nyquist else "highpass",
    )
    return np.asarray(oaconvolve(samples, taps, mode="same"), np.float32)[: len(samples)]
