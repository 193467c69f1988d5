"""Playback of a call, without Qt.

Drawn and played from the same samples: tracks are PCM arrays, and the sample index is the only
clock. Every method returns at once and may be called from any thread; the work is done by one
feeder thread, which is made on first use. What happens is told by `poll`, which the window calls
from its timer.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.audio.devices import DeviceInfo, output_devices
from app.audio.feeder import Feeder
from app.audio.mixer import gains, level_of
from app.audio.output import Opener
from app.audio.play_types import (
    MAX_SPEED,
    MIN_SPEED,
    EventKind,
    Level,
    Mix,
    PlayerEvent,
    PlayState,
    PlayTrack,
    Want,
)
from app.audio.portaudio import open_output
from app.domain.calls import Span, TrackRole

log = logging.getLogger("callbench.audio")

METER_WINDOW_S = 0.05


class Player:
    """Plays the tracks of one call.

    Args:
        opener: opens the output; the default takes the system's device, or the silent one.
        threaded: False where a test drives the feeder by `pump`.
        on_event: called by `poll` with each event, on the thread that polls.
    """

    def __init__(
        self,
        opener: Opener = open_output,
        *,
        threaded: bool = True,
        on_event: Callable[[PlayerEvent], None] | None = None,
    ) -> None:
        self.on_event = on_event
        self.barred: Callable[[], str] = str
        """Why nothing may sound now, in words; empty where it may."""
        self._threaded = threaded
        self._events: queue.SimpleQueue[PlayerEvent] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._want = Want()
        self._feeder = Feeder(opener, self._emit, self._give_up)
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None

    # --- what to play

    def load(
        self,
        tracks: Sequence[PlayTrack],
        rate_hz: int,
        *,
        frame_count: int | None = None,
        position: int = 0,
    ) -> None:
        """Take the tracks of a call and rest at `position`; mix, speed and device stay.

        Args:
            tracks: one or more; their arrays are read while they play.
            rate_hz: the call's rate, in which all frames are counted.
            frame_count: the call's length; by default that of its longest track.
            position: the frame to rest at.
        """
        length = frame_count if frame_count is not None else _length(tracks, rate_hz)
        with self._lock:
            self._want = replace(
                self._want,
                tracks=tuple(tracks),
                rate_hz=rate_hz,
                frame_count=length,
                load_id=self._want.load_id + 1,
                playing=False,
                seek_to=max(0, min(position, length)),
                seek_id=self._want.seek_id + 1,
                loop=None,
            )
        self._wake.set()
        self._emit("state", "", 0)

    def grow(self, tracks: Sequence[PlayTrack]) -> None:
        """Take longer arrays of the same call, while it is being decoded; playback goes on."""
        if self._want.tracks:
            self._change(tracks=tuple(tracks))

    def unload(self) -> None:
        """Forget the call and give the device back."""
        self.load((), 0, frame_count=0)

    def prepare(self) -> None:
        """Open and start the device in silence, so that the first play sounds at once.

        It is stopped again when nothing is played for a while.
        """
        if self._want.tracks and not self.barred():
            self._change(awake_id=self._want.awake_id + 1)
            self._begin()

    # --- transport

    def play(self) -> None:
        """Play on from the play head; from the beginning when it is at the end."""
        if self.state == "empty":
            return
        why_not = self.barred()
        if why_not:
            self._emit("fault", why_not, 0)
            return
        here = self.position()
        with self._lock:
            want = self._want
            self._want = replace(want, playing=True)
            if here >= want.frame_count:
                start = want.loop.start if want.loop is not None else 0
                self._want = replace(self._want, seek_to=start, seek_id=want.seek_id + 1)
        self._begin()
        self._emit("state", "", 1)

    def pause(self) -> None:
        """Fade out and rest where the fade began."""
        self._change(playing=False)
        self._emit("state", "", 0)

    def toggle(self) -> None:
        """Play or pause."""
        if self._want.playing:
            self.pause()
        else:
            self.play()

    def seek(self, frame: int) -> None:
        """Go to a frame, playing or not; `position` is there at once."""
        with self._lock:
            want = self._want
            target = max(0, min(frame, want.frame_count))
            self._want = replace(want, seek_to=target, seek_id=want.seek_id + 1)
        self._wake.set()

    def loop(self, start: int | None, end: int = 0) -> None:
        """Repeat `[start, end)`, sample for sample; None plays straight on.

        A play head outside the region goes to its start.
        """
        if start is None:
            self._change(loop=None)
            return
        span = Span(max(0, start), min(end, self._want.frame_count))
        if span.frames < 1:
            raise ValueError("a loop needs at least one frame")
        self._change(loop=span)
        if not span.contains(self.position()):
            self.seek(span.start)

    def set_speed(self, speed: float) -> None:
        """0.5 to 2 at the same pitch; outside values are brought inside."""
        self._change(speed=round(max(MIN_SPEED, min(MAX_SPEED, speed)), 3))

    def set_mix(self, mix: Mix) -> None:
        """Mute, solo, trim, pan, ear mode and volume; heard after a 5 ms ramp."""
        self._change(mix=mix)

    # --- what is so

    @property
    def state(self) -> PlayState:
        """What was asked for last; `poll` tells if it could not be done."""
        if not self._want.tracks:
            return "empty"
        return "playing" if self._want.playing else "paused"

    @property
    def mix(self) -> Mix:
        """The strips as set."""
        return self._want.mix

    @property
    def speed(self) -> float:
        """The speed as set."""
        return self._want.speed

    @property
    def loop_span(self) -> Span | None:
        """The region being repeated."""
        return self._want.loop

    @property
    def rate_hz(self) -> int:
        """The call's rate; 0 when empty."""
        return self._want.rate_hz

    @property
    def frame_count(self) -> int:
        """The call's length."""
        return self._want.frame_count

    def position(self) -> int:
        """The call frame that is heard now; after a seek its target, at once."""
        want, have = self._want, self._feeder.have
        if (have.seek_id, have.load_id) != (want.seek_id, want.load_id):
            return want.seek_to
        return min(self._feeder.frame_now(), want.frame_count)

    def levels(self) -> dict[TrackRole, Level]:
        """Per speaker, what is heard of it now: rms and peak of the last 50 ms."""
        want, sources = self._want, self._feeder.sources
        roles = tuple(t.role for t in want.tracks)
        if not want.playing or self._feeder.have.load_id != want.load_id:
            return dict.fromkeys(roles, Level())
        count = round(want.rate_hz * METER_WINDOW_S)
        start = self.position() - count
        return {
            s.role: level_of(s.read(start, count), max(gains(s.role, want.mix, roles)))
            for s in sources
        }

    @property
    def underruns(self) -> int:
        """How often the sound was torn: no frames for the device, or an answer too late."""
        line = self._feeder.line
        device = line.device
        return line.outlet.underruns + (device.underflows if device is not None else 0)

    @property
    def latency_s(self) -> float:
        """From a frame's rendering to its sound, as the device reports it; 0 when closed."""
        device = self._feeder.line.device
        return device.latency_s if device is not None else 0.0

    # --- devices

    def devices(self) -> list[DeviceInfo]:
        """The outputs there are. Not for the UI thread: a driver may take its time."""
        return output_devices()

    def set_device(self, key: str | None) -> None:
        """Play through the device of that key, None for the system's choice; keeps the place."""
        self._change(device=key, device_id=self._want.device_id + 1)

    @property
    def device_name(self) -> str:
        """The open device; empty before the first play."""
        device = self._feeder.line.device
        return device.name if device is not None else ""

    # --- events and life

    def poll(self) -> list[PlayerEvent]:
        """What has happened since the last call."""
        events: list[PlayerEvent] = []
        while True:
            try:
                events.append(self._events.get_nowait())
            except queue.Empty:
                break
        if self.on_event is not None:
            for event in events:
                self.on_event(event)
        return events

    def pump(self) -> None:
        """One round of the feeder, where it has no thread of its own."""
        self._round()

    def close(self) -> None:
        """Stop, give the device back, end the thread. A closed player stays silent."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._feeder.line.close()

    # --- inside

    def _change(self, **changes: object) -> None:
        with self._lock:
            self._want = replace(self._want, **changes)  # type: ignore[arg-type]
        self._wake.set()

    def _begin(self) -> None:
        if self._threaded and self._thread is None and not self._closing:
            self._thread = threading.Thread(target=self._run, name="callbench-feeder", daemon=True)
            self._thread.start()
        self._wake.set()

    def _emit(self, kind: EventKind, message: str, value: int) -> None:
        self._events.put(PlayerEvent(kind, message, value))

    def _give_up(self, applied: Want) -> None:
        with self._lock:
            want = self._want
            if (want.seek_id, want.load_id) == (applied.seek_id, applied.load_id):
                self._want = replace(want, playing=False)
        self._emit("state", "", 0)

    def _run(self) -> None:
        wait_s: float | None = 0.0
        while not self._closing:
            self._wake.wait(wait_s)
            self._wake.clear()
            if not self._closing:
                wait_s = self._round()

    def _round(self) -> float | None:
        want = self._want
        try:
            return self._feeder.tick(want)
        except Exception:  # the feeder's thread must live on: the next call can still be played
            log.exception("playback failed")
            self._feeder.abandon(want)
            self._emit("fault", "Playback stopped because of a fault in this program.", 0)
            return None


def _length(tracks: Sequence[PlayTrack], rate_hz: int) -> int:
    """The call frame at which the last track ends."""
    ends = [t.offset_frames + -(-len(t.pcm) * rate_hz // t.rate_hz) for t in tracks]
    return max(ends, default=0)
