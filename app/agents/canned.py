"""Utterances kept ready: said at once, or so long after the agent begins, at an exact sample."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from app.agents.onsets import AgentEar, Int16

TONE_MS, PAUSE_MS = 100.0, 60.0
TONE_AMPLITUDE = 6_500
"""Each of two tones at -14 dB of full scale."""
ROWS_HZ, COLUMNS_HZ = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
"""ITU-T Q.23 (11/1988), table 1."""
KEYS = "123A456B789C*0#D"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Something to say: (frames,) at the call's rate, as loud as it is."""

    label: str
    pcm: Int16
    is_tone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A clip that is said from frame `onset` on; `after_ms` the agent began, where armed."""

    clip: Clip
    onset: int
    after_ms: float | None = None


@dataclass(slots=True)
class _Armed:
    clip: Clip
    after_ms: float
    repeats: bool
    used: int = -1
    """The agent's onset that it was last said after."""


class Canned:
    """Lays clips into the caller's sound. The call's thread, but for `say`, `arm` and `disarm`.

    Args:
        rate_hz: of the call.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._ear = AgentEar(rate_hz)
        self._queue: deque[Clip] = deque()
        self._armed: _Armed | None = None
        self._now: Said | None = None

    def say(self, clip: Clip) -> None:
        """Say it as soon as what is being said has ended."""
        self._queue.append(clip)

    def arm(self, clip: Clip, after_ms: float, *, repeats: bool = False) -> None:
        """Say it so long after the agent begins; each time, if it `repeats`."""
        self._armed = _Armed(clip, after_ms, repeats)

    def disarm(self) -> None:
        """Wait for nothing."""
        self._armed = None

    @property
    def armed(self) -> str:
        """What waits for the agent; empty for nothing."""
        armed = self._armed
        return "" if armed is None else armed.clip.label

    @property
    def said_until(self) -> int:
        """The frame at which what is being said ends; -1 for nothing."""
        now = self._now
        return -1 if now is None else now.onset + len(now.clip.pcm)

    def hear(self, first: int, heard: Int16) -> None:
        """The agent's side at the time it is heard; may lie ahead of what is captured."""
        self._ear.hear(first, heard)

    def lay(self, first: int, pcm: Int16) -> tuple[Int16, list[Said]]:
        """The caller's sound from frame `first` on with clips in its place; what began in it."""
        out = pcm
        began: list[Said] = []
        until = first + len(pcm)
        free = first
        while True:
            if self._now is None:
                self._now = self._next(free, until)
                if self._now is None:
                    return out, began
                began.append(self._now)
            out = _over(out, first, self._now)
            if self.said_until > until:
                return out, began
            free, self._now = self.said_until, None

    def _next(self, first: int, until: int) -> Said | None:
        """What begins in `[first, until)`."""
        if self._queue and first < until:
            return Said(clip=self._queue.popleft(), onset=first)
        armed, began = self._armed, self._ear.began
        if armed is None or began < 0 or began == armed.used:
            return None
        due = began + round(armed.after_ms * self._rate_hz / 1000)
        if due >= until:
            return None
        armed.used = began
        if due < first:
            return None  # armed too late for this time
        if not armed.repeats:
            self._armed = None
        return Said(clip=armed.clip, onset=due, after_ms=armed.after_ms)


def _over(pcm: Int16, first: int, said: Said) -> Int16:
    """`pcm` with the clip instead of what was there."""
    low = max(first, said.onset)
    high = min(first + len(pcm), said.onset + len(said.clip.pcm))
    if low >= high:
        return pcm
    out = pcm.copy()
    out[low - first : high - first] = said.clip.pcm[low - said.onset : high - said.onset]
    return out


def dtmf(digit: str, rate_hz: int) -> Clip:
    """A key's two tones with a pause after them.

    Raises:
        ValueError: it is no key.
    """
    key = KEYS.index(digit) if len(digit) == 1 else -1
    if key < 0:
        raise ValueError(f"{digit!r} is no key")
    at = np.arange(round(TONE_MS * rate_hz / 1000)) / rate_hz
    pair = ROWS_HZ[key // 4], COLUMNS_HZ[key % 4]
    tone = sum(TONE_AMPLITUDE * np.sin(2 * np.pi * f * at) for f in pair)
    pause = np.zeros(round(PAUSE_MS * rate_hz / 1000))
    pcm = np.rint(np.concatenate([tone, pause])).astype(np.int16)
    return Clip(label=f"DTMF {digit}", pcm=pcm, is_tone=True)
