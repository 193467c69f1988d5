"""Plays whole clips at 1.0× and a fixed gain, and can say that the device got every frame.

The call player streams hours and may stretch, seek and mix; this one holds short clips in memory
at the device's rate, so that a start is one callback away and there is nothing to run dry but the
device itself. The device stays open and is given silence between clips.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.audio.clip_deck import Cue, Deck, Run
from app.audio.clip_heard import Coverage, Passage, least
from app.audio.output import Opener, OutputDevice
from app.audio.play_types import FloatBlock
from app.audio.portaudio import open_steady
from app.domain.errors import EnvironmentFault
from app.domain.studies import Heard

log = logging.getLogger("callbench.audio")

RATE_HZ = 48_000
"""Asked of the device; it keeps its own where it does not take that."""
DEAD_AFTER_S = 4.0
"""A running device that has asked for nothing for so long is lost."""
FLOW_S = 6.0
"""How long an opened device may take until frames flow. Some sound servers play two seconds of
what they hold before they ask again; a clip that began in that time would lose its beginning."""
FIRST_BURST_S = 0.02
"""A device fills its own buffer at once when it starts; what it asks for later it has played."""

ClipState = Literal["idle", "playing", "paused", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """The open device, as it is logged."""

    name: str
    rate_hz: int
    latency_ms: float
    is_silent: bool


class ClipPlayer:
    """One trial at a time: `load`, then plays; `heard` says how it was played.

    `open` and `close` wait for the device and are not for the UI thread; all else returns at once.
    """

    def __init__(self, opener: Opener = open_steady) -> None:
        self._opener = opener
        self._lock, self._opening = threading.Lock(), threading.Lock()
        self._device: OutputDevice | None = None
        self._deck = Deck(RATE_HZ)
        self._gain_db = 0.0
        self._tracks: tuple[FloatBlock, ...] = ()
        self._clips: tuple[Passage, ...] = ()
        self._coverage = Coverage()
        self._cue = Cue()
        self._load_id = self._plays = 0
        self._torn = self._torn_before = 0
        self._state: ClipState = "idle"
        self._disturbed: set[str] = set()
        self._seen = (-1, 0.0)

    # --- the device

    def open(self, choice: str | None) -> DeviceFacts:
        """Open and start a device; the one before is given back.

        Raises:
            EnvironmentFault: it could not be opened, or asks for nothing.
        """
        with self._opening:
            self.close()
            device = self._opener(choice, RATE_HZ, self._fill)
            deck = Deck(device.rate_hz)
            deck.set_gain(self._gain_db)
            with self._lock:
                self._deck, self._device = deck, device
                self._seen = (-1, 0.0)
            try:
                device.start()
            except EnvironmentFault:
                self.close()
                raise
            if device.is_realtime and not _flows(device, deck):
                self.close()
                raise EnvironmentFault(f"“{device.name}” takes no sound.", "Choose another output.")
            return self.facts()

    def close(self) -> None:
        """Stop and give the device back."""
        device = self.detach()
        if device is not None:
            device.close()

    def detach(self) -> OutputDevice | None:
        """Let go of the device, for the caller to close; returns at once."""
        with self._lock:
            device, self._device = self._device, None
        self._state = "idle"
        return device

    def facts(self) -> DeviceFacts:
        """The open device; an empty name where there is none."""
        device = self._device
        if device is None:
            return DeviceFacts(name="", rate_hz=0, latency_ms=0.0, is_silent=True)
        return DeviceFacts(
            name=device.name, rate_hz=device.rate_hz, latency_ms=1000 * device.latency_s,
            is_silent=device.is_silent,
        )  # fmt: skip

    @property
    def is_lost(self) -> bool:
        """Whether an open device has died. Ask now and then."""
        device = self._device
        if device is None or not device.is_realtime:
            return device is not None and not device.is_running
        now = time.monotonic()
        if self._deck.calls != self._seen[0]:
            self._seen = (self._deck.calls, now)
        return not device.is_running or now - self._seen[1] > DEAD_AFTER_S

    @property
    def rate_hz(self) -> int:
        """At which tracks are to be built."""
        return self._deck.rate_hz

    def set_gain(self, gain_db: float) -> None:
        """The gain of all clips; set once, on the level page, and kept."""
        self._gain_db = gain_db
        self._deck.set_gain(gain_db)

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
        self._torn_before = self._device_torn
        self._state = "playing" if playing else "paused"

    def _settle(self) -> None:
        """Count what was torn while it played; silence that was torn harms nobody."""
        if self._state == "playing":
            self._torn += self._device_torn - self._torn_before
            self._torn_before = self._device_torn

    # --- what is so

    @property
    def state(self) -> ClipState:
        """`ended` once the last frame has been heard, not only handed over."""
        deck, device = self._deck, self._device
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
        device = self._device
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
        now = self._device_torn - self._torn_before if self._state == "playing" else 0
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
            gain_db=self._gain_db,
            device_changed="device" in self._disturbed or self.is_lost,
            level_changed="level" in self._disturbed,
        )

    @property
    def _device_torn(self) -> int:
        return self._device.underflows if self._device is not None else 0

    def _fill(self, out: FloatBlock, dac_s: float) -> None:
        self._deck.fill(out, dac_s)


def _flows(device: OutputDevice, deck: Deck) -> bool:
    """Wait until the device asks for frames as it plays them; False if it does not."""
    time.sleep(FIRST_BURST_S)
    burst, stop_by = deck.calls, time.monotonic() + FLOW_S
    while deck.calls == burst:
        if time.monotonic() > stop_by or not device.is_running:
            return False
        time.sleep(0.002)
    return True
