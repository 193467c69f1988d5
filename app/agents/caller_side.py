"""The caller's way out: who speaks, then mute, clips, noise, and what the line does to it.

What the caller said and what was sent are told apart, so that a call can be repeated on a good
line and its noise taken away again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.agents.caller_script import CallerScript
from app.agents.canned import Canned
from app.agents.line_effects import LineEffects, LineSimulator
from app.agents.noise import NoiseBed, NoiseMixer
from app.agents.onsets import Int16


@dataclass(frozen=True, slots=True)
class Voice:
    """The caller's sound of some blocks: as said, and as sent. The same array on a clear line."""

    said: Int16
    sent: Int16


class CallerSide:
    """One call's. `take` is the call's thread's; the rest may be called from any.

    Args:
        rate_hz: of the call.
        block_frames: frames of a block.
        script: instead of the microphone.
        push_to_talk: silence is sent while the key is not held.
        note: told of clips that began and of noise that was set anew: (what, facts).
    """

    def __init__(
        self,
        rate_hz: int,
        block_frames: int,
        *,
        script: CallerScript | None = None,
        push_to_talk: bool = False,
        note: Callable[..., None],
    ) -> None:
        self.rate_hz, self._block, self._note = rate_hz, block_frames, note
        self.script = script
        self.canned = Canned(rate_hz)
        self.is_muted, self.is_talking = False, not push_to_talk
        self._noise = NoiseMixer(rate_hz)
        self._line: LineSimulator | None = None
        self._wanted: deque[LineEffects] = deque()
        self._armed = ""

    def set_noise(self, bed: NoiseBed | None) -> None:
        """Lay a bed of noise from the next block on; None for none."""
        self._noise.set(bed)
        if bed is None:
            self._note("noise", label="")
        else:
            self._note("noise", label=bed.label, kind=bed.kind, snr_db=bed.snr_db, seed=bed.seed)

    def set_line(self, effects: LineEffects | None) -> None:
        """Send through another line from the next block on; None for a good one."""
        self._wanted.append(effects or LineEffects())

    @property
    def is_clear(self) -> bool:
        """Whether what is sent is what was said."""
        return not self._noise.is_on and self._line is None

    def take(self, first: int, mic: Int16, heard: Int16, shift: int) -> Voice:
        """The caller's sound of whole blocks from frame `first` on.

        Args:
            first: of the call.
            mic: what the microphone gave.
            heard: what was given to the ear in the same blocks.
            shift: how many frames later that is heard.
        """
        while self._wanted:
            self._change_line(first, self._wanted.popleft())
        said = mic
        if self.script is not None:
            self.script.hear(first + shift, heard)
            said = self.script.block(first, len(mic))
        if self.is_muted or not self.is_talking:
            said = np.zeros_like(mic)
        said = self._clips(first, said, heard, shift)
        sent, moved = self._noise.mix(first, said)
        if moved:
            self._note("noise_level", level_dbov=round(self._noise.level_dbov, 2))
        line = self._line
        return Voice(said, sent if line is None else line.send(first, sent))

    def _clips(self, first: int, said: Int16, heard: Int16, shift: int) -> Int16:
        self.canned.hear(first + shift, heard)
        out, began = self.canned.lay(first, said)
        for clip in began:
            told = {} if clip.after_ms is None else {"after_ms": clip.after_ms}
            what = "tone" if clip.clip.is_tone else "clip"
            self._note(what, label=clip.clip.label, index=clip.onset, **told)
        if self.canned.armed != self._armed:
            self._armed = self.canned.armed
            self._note("armed", label=self._armed)
        return out

    def _change_line(self, first: int, effects: LineEffects) -> None:
        """From frame `first` on."""
        self._line = LineSimulator(effects, self.rate_hz, self._block) if effects.is_on else None
        delay = 0 if self._line is None else self._line.delay_frames
        self._note(
            "line", label=effects.label, index=first, delay_frames=delay, **effects.to_json()
        )
