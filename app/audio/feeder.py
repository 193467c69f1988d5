"""Makes come true what was asked of the player: fills the ring, sends jumps, comes to rest.

One thread runs `tick` (a test calls it by hand). The person's side only replaces one `Want`; the
feeder compares it with what it has done and does the rest. It never holds a lock while it works.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from app.audio.line import Line
from app.audio.mixer import Mixer, TrackSource
from app.audio.output import Opener
from app.audio.play_types import EventKind, Want
from app.audio.playhead import PlayMap
from app.audio.program import CallStream, Mapping, Program
from app.audio.stretch import lead_frames
from app.domain.errors import EnvironmentFault

log = logging.getLogger("callbench.audio")

AHEAD_S = 0.3
"""How far the ring is filled: longer than the interpreter is ever busy elsewhere."""
FIRST_S = 0.06
"""Rendered before a jump is sent: enough to outlast the rest's rendering."""
TICK_S = 0.02
PENDING_TICK_S = 0.002
REST_TICK_S = 0.5


class Feeder:
    """The working side of a player.

    Args:
        opener: opens devices.
        emit: takes events, from the feeder's thread.
        give_up: called with the applied `Want` when playback stopped by itself; the player then
            stops wanting to play, unless the person has asked for something since.
    """

    def __init__(
        self,
        opener: Opener,
        emit: Callable[[EventKind, str, int], None],
        give_up: Callable[[Want], None],
    ) -> None:
        self._emit, self._give_up = emit, give_up
        self._map = PlayMap()
        self.line = Line(opener, emit, self._map.clear)
        self.have = Want()
        self.sources: tuple[TrackSource, ...] = ()
        self._rest: int | None = 0
        self._mark = (0, 0)
        self._applied: Want | None = None
        self._program: Program | None = None
        self._waking = False

    def frame_now(self) -> int:
        """The call frame heard now. From any thread."""
        rest = self._rest
        if rest is not None:
            return rest
        heard = self.line.heard()
        ring, frame = self._mark
        return frame if heard < ring else max(0, self._map.frame_at(heard))

    def tick(self, want: Want) -> float | None:
        """Do what is due; returns the seconds until the next tick, None to wait for a wish."""
        if (want.load_id, want.device_id) != (self.have.load_id, self.have.device_id):
            self._change_material(want)
        if not (self.line.outlet.pending and self.line.is_running):
            self._apply(want)
            self._fill(AHEAD_S)
            self._settle()
        if self.line.is_lost(wanted=self.have.playing or self._waking):
            self._lose("")
        return self._next_tick_s(want)

    def _next_tick_s(self, want: Want) -> float | None:
        if self.line.outlet.pending or want.playing != self.have.playing:
            return PENDING_TICK_S
        if self.have.playing or self._rest is None:
            return TICK_S
        return REST_TICK_S if self.line.is_running else None

    def abandon(self, want: Want) -> None:
        """After a fault of ours: be quiet, keep the place, wait for the next wish."""
        self._rest = want.seek_to if want.seek_id != self.have.seek_id else self.frame_now()
        self.line.close()
        self._program = None
        self._applied = want
        self.have = replace(want, playing=False)
        self._give_up(want)

    # --- making it so

    def _change_material(self, want: Want) -> None:
        """Other samples, or another device: begin anew, at rest."""
        moved = want.load_id != self.have.load_id
        here = want.seek_to if moved else self.frame_now()
        if want.device_id != self.have.device_id or want.rate_hz != self.have.rate_hz:
            self.line.close()
        self.line.hush()
        self.sources = tuple(TrackSource(t, want.rate_hz) for t in want.tracks)
        self._rest = here
        seek_id = want.seek_id if moved else self.have.seek_id
        self.have = replace(want, playing=False, seek_id=seek_id, awake_id=self.have.awake_id)
        self._applied = self._program = None

    def _apply(self, want: Want) -> None:
        if want is self._applied:
            return
        self._applied = want
        have = self.have
        if want.tracks is not have.tracks:
            self.sources = tuple(TrackSource(t, want.rate_hz) for t in want.tracks)
        # The seek is not marked as done before the map knows its place: a reader shows its target.
        self.have = replace(want, playing=have.playing, seek_id=have.seek_id)
        try:
            if want.playing:
                self._go_on(want, have)
            else:
                self._hold(want, have)
        except EnvironmentFault as fault:
            self._lose(str(fault))
        self.have = replace(self.have, seek_id=want.seek_id)

    def _go_on(self, want: Want, have: Want) -> None:
        sought = want.seek_id != have.seek_id
        if not have.playing:
            self._start(want.seek_to if sought else self._resting_frame())
        elif sought:
            self._cue(want.seek_to, announce=True)
        elif _sounds_other(want, have):
            self._recue()

    def _hold(self, want: Want, have: Want) -> None:
        self._waking = False
        if have.playing:
            self._program = None
            self.line.stop_softly()
            self.have = replace(self.have, playing=False)
        if want.seek_id != have.seek_id:
            self._rest = want.seek_to
        if want.awake_id != have.awake_id and want.tracks:
            self.line.wake(want.device, want.rate_hz)

    def _resting_frame(self) -> int:
        if self._rest is not None:
            return self._rest
        return self._map.frame_at(self.line.outlet.stopped_at)

    def _start(self, frame: int) -> None:
        self._rest = frame
        self._waking = not self.line.wake(self.have.device, self.have.rate_hz)
        if self._waking:
            self._applied = None  # ask again at the next tick
            return
        self._cue(frame, announce=True)
        self._rest = None
        self.have = replace(self.have, playing=True)

    def _recue(self) -> None:
        """The same place under another mix, loop or speed.

        At speed 1, before and after, the new frames keep step with the old ones, so that the
        crossfade is a pure change of gain. Stretched sound has no such common beat.
        """
        here = self.line.outlet.read
        frame = self._map.frame_at(here)
        loop = self.have.loop
        if loop is not None and frame >= loop.end:  # handed over already, though not yet heard
            self._cue(loop.start, announce=False)
            return
        unit = self.have.rate_hz / self.line.rate_hz
        aligned = self.have.speed == 1.0 and self._map.rate_at(here) == unit
        self._cue(frame, announce=False, base=here if aligned else -1)

    def _cue(self, frame: int, *, announce: bool, base: int = -1) -> None:
        """Send the device to a call frame: the frames before it are the ramp, it comes in full."""
        have, outlet, device_rate_hz = self.have, self.line.outlet, self.line.rate_hz
        num, den = have.rate_hz * round(have.speed * 1000), device_rate_hz * 1000
        ring = outlet.ring.written
        lead = outlet.ramp * num // den if base < 0 else 0
        early = lead_frames(have.rate_hz) if have.speed != 1.0 else 0
        mixer = Mixer(self.sources, have.mix)
        stream = CallStream(mixer, frame - lead - early, have.frame_count, have.loop)
        self._program = Program(
            stream, rate_hz=have.rate_hz, device_rate_hz=device_rate_hz, speed=have.speed
        )
        outlet.end = -1
        self._map.add(Mapping(ring, frame - lead, num, den, have.loop, have.frame_count))
        if announce:
            self._mark = (ring + outlet.ramp, frame)
        self._fill(FIRST_S, ring)
        outlet.send(ring, base=base)

    def _fill(self, ahead_s: float, read: int | None = None) -> None:
        """Render until the ring holds `ahead_s` beyond the place that is read next."""
        program, outlet = self._program, self.line.outlet
        if program is None:
            return
        ring = outlet.ring
        place = outlet.read if read is None else read
        missing = place + round(ahead_s * self.line.rate_hz) - ring.written
        room = ring.capacity - (ring.written - outlet.read) - 2 * outlet.ramp
        count = min(missing, room)
        if count <= 0:
            return
        block = program.read(count)
        ring.write(block)
        if len(block) < count:
            outlet.end = ring.written
            self._program = None

    # --- coming to rest

    def _settle(self) -> None:
        """Come to rest: at the call's end, or where a pause took hold."""
        outlet, have = self.line.outlet, self.have
        if self._rest is not None or self.line.device is None or outlet.pending:
            return
        if not have.playing:
            if self.line.heard() >= outlet.stopped_at or not self.line.is_running:
                self._rest = self._map.frame_at(outlet.stopped_at)
        elif self._program is None and 0 <= outlet.end <= self.line.heard():
            self._rest = have.frame_count
            self.line.stop_softly()
            self._stop_wanting(have)
            self._emit("ended", "", have.frame_count)

    def _lose(self, reason: str) -> None:
        """The device is gone: keep the place, pause, and take the next best."""
        have, device = self.have, self.line.device
        self._rest = here = self.frame_now()
        name = device.name if device is not None else ""
        self._program = None
        self._waking = False
        self._stop_wanting(have)
        other = self.line.replace_lost(have.device, have.rate_hz)
        why = reason or f"The sound device “{name}” stopped."
        log.warning("%s", why)
        self._emit("device_lost", f"{why} Playback is paused; it goes on with: {other}.", here)

    def _stop_wanting(self, have: Want) -> None:
        self.have = replace(have, playing=False)
        self._give_up(self.have)


def _sounds_other(want: Want, have: Want) -> bool:
    """Whether the same place sounds, or goes on, differently."""
    same_setting = (want.speed, want.mix, want.loop) == (have.speed, have.mix, have.loop)
    return not same_setting or want.tracks is not have.tracks
