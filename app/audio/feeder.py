"""Makes come true what was asked of the player: opens the device, fills the ring, sends jumps.

One thread runs `tick` (a test calls it by hand). The person's side only replaces one `Want`; the
feeder compares it with what it has done and does the rest. It never holds a lock while it works.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from app.audio.mixer import Mixer, TrackSource
from app.audio.null_device import NullDevice
from app.audio.output import Opener, OutputDevice
from app.audio.play_types import RAMP_S, EventKind, FloatBlock, Want
from app.audio.playhead import PlayMap, heard_position
from app.audio.program import CallStream, Mapping, Program
from app.audio.ring import Outlet, Ring
from app.domain.errors import EnvironmentFault

log = logging.getLogger("callbench.audio")

RING_S = 2.0
AHEAD_S = 0.3
"""How far the ring is filled: longer than the interpreter is ever busy elsewhere."""
FIRST_S = 0.06
"""Rendered before a jump is sent: enough to outlast the rest's rendering."""
TICK_S = 0.02
PENDING_TICK_S = 0.002
REST_TICK_S = 0.5
DEAD_AFTER_S = 1.5
"""A running device that has asked for nothing for so long is lost."""
IDLE_STOP_S = 20.0
"""A paused device is stopped after this, so that the machine may sleep."""


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
        self._opener, self._emit, self._give_up = opener, emit, give_up
        self.map = PlayMap()
        self.have = Want()
        self.rest: int | None = 0
        self.mark = (0, 0)
        self.device: OutputDevice | None = None
        self.outlet = Outlet(Ring(2), 1)
        self.sources: tuple[TrackSource, ...] = ()
        self._applied: Want | None = None
        self._heard = 0
        self._program: Program | None = None
        self._seen_calls = 0
        self._seen_at = 0.0
        self._idle_since = 0.0
        self._underruns = 0

    # --- read by the player, from any thread

    def frame_now(self) -> int:
        """The call frame heard now."""
        rest = self.rest
        if rest is not None:
            return rest
        heard = self.heard()
        ring, frame = self.mark
        return frame if heard < ring else max(0, self.map.frame_at(heard))

    def heard(self) -> int:
        """The ring position heard now; never goes back."""
        device = self.device
        if device is not None:
            now = heard_position(self.outlet, device.now_s(), device.rate_hz)
            self._heard = max(self._heard, now)
        return self._heard

    # --- the feeder's thread

    def tick(self, want: Want) -> float | None:
        """Do what is due; returns the seconds until the next tick, None to wait for a wish."""
        if want.load_id != self.have.load_id or want.device_id != self.have.device_id:
            self._change_material(want)
        if self.outlet.pending and self._is_running():
            self._watch()
            return PENDING_TICK_S
        self._apply(want)
        self._fill(AHEAD_S)
        self._settle()
        self._watch()
        if self.outlet.pending:
            return PENDING_TICK_S
        if self.have.playing or self.rest is None:
            return TICK_S
        return REST_TICK_S if self._is_running() else None

    def close(self) -> None:
        """Give the device back."""
        if self.device is not None:
            self.device.close()
        self.device = None

    def _is_running(self) -> bool:
        return self.device is not None and self.device.is_running

    def _change_material(self, want: Want) -> None:
        """Other samples, or another device: begin anew, at rest."""
        moved = want.load_id != self.have.load_id
        here = want.seek_to if moved else self.frame_now()
        if want.device_id != self.have.device_id or want.rate_hz != self.have.rate_hz:
            self.close()
        self._silence()
        self.sources = tuple(TrackSource(t, want.rate_hz) for t in want.tracks)
        self.rest = here
        self.have = replace(
            want, playing=False, seek_id=want.seek_id if moved else self.have.seek_id
        )
        self._applied = self._program = None

    def _silence(self) -> None:
        """Stop the running program at once."""
        if self.device is not None:
            self.device.stop()
        self.outlet.force()
        if self.outlet.playing:
            self.outlet.send_stop()
            self.outlet.force()

    def _open(self, rate_hz: int) -> OutputDevice:
        """The device, opened if need be."""
        if self.device is None:
            device = self._opener(self.have.device, rate_hz, self._on_fill)
            rate = device.rate_hz
            self.outlet = Outlet(Ring(round(rate * RING_S)), max(1, round(rate * RAMP_S)))
            self._heard = self._underruns = self._seen_calls = 0
            self.map.clear()
            self.device = device
            self._emit("device", device.name, int(device.is_silent))
        return self.device

    def _on_fill(self, out: FloatBlock, dac_s: float) -> None:
        self.outlet.fill(out, dac_s)

    def _apply(self, want: Want) -> None:
        if want is self._applied:
            return
        self._applied = want
        have = self.have
        # The seek is not marked as done before the map knows its place: a reader shows its target.
        self.have = replace(want, playing=have.playing, seek_id=have.seek_id)
        if want.playing:
            self._go_on(want, have)
        else:
            self._hold(want, have)
        self.have = replace(self.have, seek_id=want.seek_id)

    def _go_on(self, want: Want, have: Want) -> None:
        sought = want.seek_id != have.seek_id
        if not have.playing:
            self._start(want.seek_to if sought else self._resting_frame())
        elif sought:
            self._cue(want.seek_to, announce=True)
        elif (want.speed, want.mix, want.loop) != (have.speed, have.mix, have.loop):
            self._recue()

    def _hold(self, want: Want, have: Want) -> None:
        if have.playing:
            self._program = None
            self.outlet.send_stop()
            if not self._is_running():
                self.outlet.force()
            self._idle_since = time.monotonic()
            self.have = replace(self.have, playing=False)
        if want.seek_id != have.seek_id:
            self.rest = want.seek_to

    def _resting_frame(self) -> int:
        return self.rest if self.rest is not None else self.map.frame_at(self.outlet.stopped_at)

    def _start(self, frame: int) -> None:
        try:
            device = self._open(self.have.rate_hz)
            self._cue(frame, announce=True)
            if not device.is_running:
                self.outlet.force()
                device.start()
        except EnvironmentFault as fault:
            self._lose(str(fault))
            return
        self.rest = None
        self.have = replace(self.have, playing=True)
        self._seen_calls, self._seen_at = self.outlet.calls, time.monotonic()

    def _recue(self) -> None:
        """The same place under another mix, loop or speed.

        At speed 1, before and after, the new frames keep step with the old ones, so that the
        crossfade is a pure change of gain. Stretched sound has no such common beat.
        """
        assert self.device is not None
        here = self.outlet.read
        unit = self.have.rate_hz / self.device.rate_hz
        aligned = self.have.speed == 1.0 and self.map.rate_at(here) == unit
        self._cue(self.map.frame_at(here), announce=False, base=here if aligned else -1)

    def _cue(self, frame: int, *, announce: bool, base: int = -1) -> None:
        """Send the device to a call frame: the frames before it are the ramp, it comes in full."""
        have, device, outlet = self.have, self.device, self.outlet
        assert device is not None
        num, den = have.rate_hz * round(have.speed * 1000), device.rate_hz * 1000
        ring = outlet.ring.written
        lead = outlet.ramp * num // den if base < 0 else 0
        mixer = Mixer(self.sources, have.mix)
        stream = CallStream(mixer, frame - lead, have.frame_count, have.loop)
        self._program = Program(
            stream, rate_hz=have.rate_hz, device_rate_hz=device.rate_hz, speed=have.speed
        )
        piece = Mapping(ring, frame - lead, num, den, have.loop, have.frame_count)
        outlet.end = -1
        self.map.add(piece)
        if announce:
            self.mark = (ring + outlet.ramp, frame)
        self._fill(FIRST_S, ring)
        outlet.send(ring, base=base)

    def _fill(self, ahead_s: float, read: int | None = None) -> None:
        """Render until the ring holds `ahead_s` beyond the place that is read next."""
        program, device, outlet = self._program, self.device, self.outlet
        if program is None or device is None:
            return
        ring = outlet.ring
        place = outlet.read if read is None else read
        missing = place + round(ahead_s * device.rate_hz) - ring.written
        room = ring.capacity - (ring.written - outlet.read) - 2 * outlet.ramp
        count = min(missing, room)
        if count <= 0:
            return
        block = program.read(count)
        ring.write(block)
        if len(block) < count:
            outlet.end = ring.written
            self._program = None

    def _settle(self) -> None:
        """Come to rest: at the call's end, or where a pause took hold."""
        outlet, have = self.outlet, self.have
        if self.rest is not None or self.device is None or outlet.pending:
            return
        if not have.playing:
            if self.heard() >= outlet.stopped_at or not self._is_running():
                self.rest = self.map.frame_at(outlet.stopped_at)
        elif self._program is None and 0 <= outlet.end <= self.heard():
            self.rest = have.frame_count
            outlet.send_stop()
            self.have = replace(have, playing=False)
            self._idle_since = time.monotonic()
            self._give_up(have)
            self._emit("ended", "", have.frame_count)

    def _watch(self) -> None:
        """Notice a lost device, torn sound, and a pause so long that the device may rest."""
        device, outlet = self.device, self.outlet
        if device is None or not device.is_realtime:
            return
        now = time.monotonic()
        if outlet.calls != self._seen_calls:
            self._seen_calls, self._seen_at = outlet.calls, now
        if outlet.underruns != self._underruns:
            self._underruns = outlet.underruns
            self._emit("underrun", "", self._underruns)
        if self.have.playing:
            if not device.is_running or now - self._seen_at > DEAD_AFTER_S:
                self._lose("")
        elif self.rest is not None and device.is_running:
            idle_s, unasked_s = now - self._idle_since, now - self._seen_at
            if idle_s > IDLE_STOP_S or unasked_s > DEAD_AFTER_S:
                device.stop()

    def _lose(self, reason: str) -> None:
        """The device is gone: keep the place, pause, and take the next best."""
        have = self.have
        self.rest = self.frame_now()
        name = self.device.name if self.device is not None else "The sound device"
        self.close()
        self._program = None
        self.outlet.force()
        self.have = replace(have, playing=False)
        self._give_up(have)
        fallback = self._fallback()
        log.warning("sound device lost: %s %s", name, reason)
        self._emit("device_lost", f"{reason or name + ' stopped.'} {fallback}", self.rest)

    def _fallback(self) -> str:
        try:
            name = self._open(self.have.rate_hz).name
        except EnvironmentFault:
            self.device = NullDevice(self.have.rate_hz, self._on_fill)
            name = self.device.name
        return f"Playback is paused where it was; it will go on with: {name}."

    def abandon(self, want: Want) -> None:
        """After a fault of ours: be quiet, keep the place, wait for the next wish."""
        self.rest = want.seek_to if want.seek_id != self.have.seek_id else self.frame_now()
        self.close()
        self._program = None
        self.outlet.force()
        self.have = replace(want, playing=False)
        self._give_up(want)
