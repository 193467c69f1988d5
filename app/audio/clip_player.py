"""Plays whole clips at 1.0× and a fixed gain, and can say that the device got every frame.

The call player streams hours and may stretch, seek and mix; this one holds short clips in memory
at the device's rate, so that a start is one callback away and there is nothing to run dry but the
device itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from app.audio.clip_deck import Cue, Deck, Run
from app.audio.clip_heard import Coverage, Passage, least
from app.audio.clip_output import ClipOutput, DeviceFacts
from app.audio.output import Opener, OutputDevice
from app.audio.play_types import FloatBlock
from app.audio.portaudio import open_steady
from app.domain.studies import Heard

ClipState = Literal["idle", "playing", "paused", "ended"]


class ClipPlayer:
    """One trial at a time: `load`, then plays; `heard` says how it was played.

    `open` and `close` wait for the device and are not for the UI thread; all else returns at once.
    """

    def __init__(self, opener: Opener = open_steady) -> None:
        self._output = ClipOutput(opener, self._rest)
        self._tracks: tuple[FloatBlock, ...] = ()
        self._clips: tuple[Passage, ...] = ()
        self._coverage = Coverage()
        self._cue = Cue()
        self._load_id = self._plays = 0
        self._torn = self._torn_before = 0
        self._state: ClipState = "idle"
        self._disturbed: set[str] = set()

    # --- the device

    def open(self, choice: str | None) -> DeviceFacts:
        """Open and start a device; the one before is given back.

        Raises:
            EnvironmentFault: it could not be opened, or asks for nothing.
        """
        return self._output.open(choice)

    def close(self) -> None:
        """Stop and give the device back."""
        self._output.close()

    def detach(self) -> OutputDevice | None:
        """Let go of the device, for the caller to close; returns at once."""
        return self._output.detach()

    def _rest(self) -> None:
        self._state = "idle"

    def facts(self) -> DeviceFacts:
        """The open device; an empty name where there is none."""
        return self._output.facts()

    @property
    def is_lost(self) -> bool:
        """Whether an open device has died. Ask now and then."""
        return self._output.is_lost

    @property
    def rate_hz(self) -> int:
        """At which tracks are to be built."""
        return self._deck.rate_hz

    def set_gain(self, gain_db: float) -> None:
        """The gain of all clips; set once, on the level page, and kept."""
        self._output.set_gain(gain_db)

    # --- a trial

    def load(self, tracks: Sequence[FloatBlock], clips: Sequence[Passage] = ()) -> None:
        """Take the sound of another trial; nothing of it was heard yet.

        Args:
            tracks: stereo frames at `rate_hz`.
            clips: where the trial's clips lie in them; each track is one by default.
        """
        self.stop()
        self._tracks = tuple(tracks)
        whole = (Passage(at, 0, len(t)) for at, t in enumerate(tracks))
        self._clips = tuple(clips) or tuple(whole)
        self._coverage = Coverage()
        self._disturbed.clear()
        self._load_id += 1
        self._plays = self._torn = 0
        self._state = "idle"

    def play(self, at: int = 0) -> None:
        """Play a track from its first frame."""
        self._plays += 1
        self._send(at, 0, playing=True)

    def switch(self, at: int) -> bool:
        """Go on with another track at the same place; False past its end."""
        here = self.position
        if here >= len(self._tracks[at]):
            return False
        playing = self.state == "playing"
        keeps = playing and not self._deck.pending
        self._send(at, -1 if keeps else here, playing=playing)
        return True

    def pause(self) -> None:
        """Fade out and rest."""
        if self.state == "playing":
            self._send(self._cue.at, -1, playing=False)

    def resume(self) -> None:
        """Play on; what was faded out is faded in again, so that no frame is missed."""
        if self._state == "paused":
            frame = max(0, self.position - self._deck.ramp)
            self._send(self._cue.at, frame, playing=True)

    def stop(self) -> None:
        """Be silent; what was heard of a clip stays heard."""
        if self.state == "playing":
            self._send(self._cue.at, -1, playing=False)
        self._state = "idle"

    def _send(self, at: int, frame: int, *, playing: bool) -> None:
        self._settle()
        self._cue = Cue(self._tracks, at, frame, playing, self._load_id)
        self._deck.cue(self._cue)
        self._torn_before = self._output.torn
        self._state = "playing" if playing else "paused"

    def _settle(self) -> None:
        """Count what was torn while it played; silence that was torn harms nobody."""
        if self._state == "playing":
            self._torn += self._output.torn - self._torn_before
            self._torn_before = self._output.torn

    # --- what is so

    @property
    def state(self) -> ClipState:
        """`ended` once the last frame has been heard, not only handed over."""
        deck, device = self._deck, self._output.device
        over = self._state == "playing" and deck.ended is self._cue
        if over and (device is None or device.now_s() >= deck.ended_dac_s):
            self._settle()
            self._state = "ended"
        return self._state

    @property
    def at(self) -> int:
        """The track that plays or was played last."""
        return self._cue.at

    @property
    def plays(self) -> int:
        """How often a track of this trial was begun."""
        return self._plays

    @property
    def position(self) -> int:
        """The frame of the track handed over last."""
        return max(0, self._cue.frame) if self._deck.pending else self._deck.position

    def since_end_ms(self) -> int:
        """From the last frame's sound to now."""
        device = self._output.device
        if device is None or self.state != "ended":
            return 0
        return max(0, round(1000 * (device.now_s() - self._deck.ended_dac_s)))

    @property
    def began_s(self) -> float:
        """`perf_counter` when the first frame of the newest play was handed over; 0 before."""
        return 0.0 if self._deck.pending else self._deck.began_s

    def shares(self) -> tuple[float, ...]:
        """How much of each clip was heard, 0 to 1."""
        runs = self._deck.runs
        going_on: Run | None = self._deck.run  # before the others: it may become one of them
        while runs:
            run = runs.popleft()
            if run.load == self._load_id:
                self._coverage.add(run)
        if going_on is not None and going_on.load != self._load_id:
            going_on = None
        return tuple(self._coverage.share(clip, going_on) for clip in self._clips)

    @property
    def underruns(self) -> int:
        """How often the sound of this trial was torn."""
        now = self._output.torn - self._torn_before if self._state == "playing" else 0
        return self._torn + now

    def disturb(self, what: Literal["device", "level"]) -> None:
        """Note that the device or the system's volume is another since the trial was loaded."""
        self._disturbed.add(what)

    def heard(self) -> Heard:
        """How the trial was played, for its vote."""
        facts = self.facts()
        return Heard(
            plays=self._plays,
            heard_pct=least(self.shares()),
            underruns=self.underruns,
            device=facts.name,
            out_rate_hz=facts.rate_hz,
            gain_db=self._output.gain_db,
            device_changed="device" in self._disturbed or self.is_lost,
            level_changed="level" in self._disturbed,
        )

    @property
    def _deck(self) -> Deck:
        return self._output.deck
