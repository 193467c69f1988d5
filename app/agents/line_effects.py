"""What a worse line would do to the caller: telephone band, lost packets, delay, gain, clipping.

Whether a packet is lost depends on the seed and on its number on the call's clock alone, so that
the same call loses the same ones again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from app.audio import g711
from app.audio.polyphase import Resampler
from app.domain.errors import BadInput

Int16 = NDArray[np.int16]

CODING_MS = 20.0
"""The telephone band takes so long each call, for the filters' sake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEffects:
    """The parameters. The default is a good line.

    Attributes:
        ulaw8k: 8 kHz G.711 µ-law; adds 20 ms.
        loss_percent: of the packets of 20 ms; a lost one is silence.
        delay_ms: added on the way.
        gain_db: of the caller.
        clip_dbfs: where the caller is clipped, 0 for nowhere below full scale.
        seed: of the losses.
    """

    ulaw8k: bool = False
    loss_percent: float = 0.0
    delay_ms: float = 0.0
    gain_db: float = 0.0
    clip_dbfs: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        fine = 0 <= self.loss_percent <= 90 and 0 <= self.delay_ms <= 5_000
        if not (fine and -60 <= self.gain_db <= 40 and -60 <= self.clip_dbfs <= 0):
            raise BadInput(
                "Such a line cannot be.",
                "Loss 0 to 90 %, delay 0 to 5000 ms, gain -60 to 40 dB, clipping -60 to 0 dBFS.",
            )

    @property
    def is_on(self) -> bool:
        """Whether the line does anything."""
        return self != LineEffects(seed=self.seed)

    @property
    def label(self) -> str:
        """For the person: `8 kHz µ-law, 5 % lost`."""
        parts = [
            (self.ulaw8k, "8 kHz µ-law"),
            (self.loss_percent, f"{self.loss_percent:g} % lost"),
            (self.delay_ms, f"{self.delay_ms:g} ms later"),
            (self.gain_db, f"{self.gain_db:+g} dB"),
            (self.clip_dbfs, f"clipped at {self.clip_dbfs:g} dBFS"),
        ]
        return ", ".join(words for on, words in parts if on)

    def to_json(self) -> dict[str, float | bool | int]:
        """As stored."""
        return asdict(self)


class LineSimulator:
    """One call's line. Give it whole blocks in order.

    Args:
        effects: what it does.
        rate_hz: of the call.
        packet_frames: frames of a packet.
    """

    def __init__(self, effects: LineEffects, rate_hz: int, packet_frames: int) -> None:
        self._effects, self._packet = effects, packet_frames
        self._down = Resampler(rate_hz, g711.RATE_HZ)
        self._up = Resampler(g711.RATE_HZ, rate_hz)
        ms = effects.delay_ms + (CODING_MS if effects.ulaw8k else 0.0)
        self.delay_frames = round(ms * rate_hz / 1000)
        """How much later a sample comes out than it went in."""
        self._later: Int16 = np.zeros(self.delay_frames, np.int16)

    def send(self, first: int, pcm: Int16) -> Int16:
        """The caller's sound from frame `first` on as it comes out of the line; as long."""
        fx = self._effects
        out = pcm
        if fx.gain_db or fx.clip_dbfs:
            limit = 32767 * 10 ** (fx.clip_dbfs / 20)
            loud = pcm.astype(np.float32) * 10 ** (fx.gain_db / 20)
            out = np.clip(np.rint(loud), -limit, limit).astype(np.int16)
        if fx.ulaw8k:
            out = self._coded(out)
        pending = np.concatenate([self._later, out])
        out, self._later = pending[: len(pcm)], pending[len(pcm) :]
        return self._with_loss(first, out) if fx.loss_percent else out

    def _coded(self, pcm: Int16) -> Int16:
        low = _int16(self._down.push(pcm.astype(np.float32)))
        return _int16(self._up.push(g711.decode(g711.encode(low)).astype(np.float32)))

    def _with_loss(self, first: int, pcm: Int16) -> Int16:
        out = pcm.copy()
        for at in range(0, len(pcm), self._packet):
            number = (first + at) // self._packet
            draw = np.random.default_rng((self._effects.seed, number)).random()
            if draw * 100 < self._effects.loss_percent:
                out[at : at + self._packet] = 0
        return out


def _int16(samples: NDArray[np.float32]) -> Int16:
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
