"""Playing a call from the window: what the transport's keys mean, on top of the player.

Owns the tick that moves the cursor while sound is heard; idle, nothing runs. Main thread only.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.audio.play_types import MAX_SPEED, MIN_SPEED, Mix, PlayerEvent, PlayTrack
from app.domain.calls import Span, TrackRole
from app.ui.timeline.viewport import Viewport

if TYPE_CHECKING:
    from app.audio.play_types import Level
    from app.domain.calls import Call
    from app.ui.context import UiContext

ROLES: tuple[TrackRole, ...] = ("caller", "agent", "mix")
TICK_MS = 16
IDLE_TICKS = 60
"""Ticks after the last sound in which the device may still have something to say."""
SHUTTLE_SPEEDS = (1.0, 1.5, 2.0)
BACK_STEPS_S = (1, 2, 4)
BACK_REPEAT_S = 1.0
SLOW_BACK_S, SLOW_SPEED = 3, 0.75


class Playback(QObject):
    """The player as the review's keys use it.

    The viewport's cursor is the play-head and its loop is the loop that is heard.
    """

    changed = Signal()
    """State, speed, mix, loop or device changed."""
    notice = Signal(str)
    """Words for the person: a lost device, no device."""

    def __init__(self, ctx: UiContext, view: Viewport) -> None:
        super().__init__()
        self._ctx, self.view = ctx, view
        self.mix = Mix()
        self.speed = 1.0
        self.device_name = ""
        self.is_silent = False
        self._loaded = False
        self._idle_ticks = 0
        self._stop_at: int | None = None
        self._slow_until: tuple[int, float] | None = None
        self._shuttling = False
        self._backs: tuple[float, int] = (0.0, -1)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        view.on("loop", self._send_loop)

    # state -----------------------------------------------------------------------------------

    @property
    def is_loaded(self) -> bool:
        """Whether there is sound to play."""
        return self._loaded

    @property
    def is_playing(self) -> bool:
        """Whether the player is asked to play."""
        return self._loaded and self._ctx.player.state == "playing"

    def levels(self) -> dict[TrackRole, Level]:
        """What the meters show now; empty while nothing plays."""
        return self._ctx.player.levels() if self.is_playing else {}

    def load(self, tracks: Sequence[PlayTrack], rate_hz: int, frame_count: int) -> None:
        """Hand the player other sound; the cursor stays where it is."""
        player = self._ctx.player
        self._forget_plans()
        player.load(tracks, rate_hz, frame_count=frame_count, position=self.view.cursor)
        player.set_mix(self.mix)
        player.set_speed(self.speed)
        self._loaded = bool(tracks)
        self._send_loop()

    def grow(self, tracks: Sequence[PlayTrack]) -> None:
        """Hand the player more of the same sound while it is being decoded."""
        self._ctx.player.grow(tracks)

    def unload(self) -> None:
        """Stop and forget the sound."""
        self._timer.stop()
        if self._loaded:
            self._loaded = False
            self._ctx.player.unload()
        self._stop_at = self._slow_until = None
        self.changed.emit()

    def _forget_plans(self) -> None:
        self._stop_at = None
        if self._slow_until is not None:
            self.speed = self._slow_until[1]
            self._slow_until = None
            if self._loaded:
                self._ctx.player.set_speed(self.speed)

    # moving ----------------------------------------------------------------------------------

    def play(self) -> None:
        """Play from the play-head; from the start when it is at the end."""
        if not self._loaded:
            return
        if self.view.cursor >= self.view.frame_count:
            self.seek(0)
        self._ctx.player.play()
        self._idle_ticks = 0
        self._timer.start()
        self.changed.emit()

    def pause(self) -> None:
        """Stop here."""
        if not self._loaded:
            return
        self._ctx.player.pause()
        self._forget_plans()
        self.view.set_cursor(self._ctx.player.position())
        self.changed.emit()

    def toggle(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def seek(self, frame: int) -> None:
        """Put the play-head at `frame`; leaves a loop that does not hold it."""
        frame = min(max(frame, 0), self.view.frame_count)
        loop = self.view.loop
        if loop is not None and self.view.loop_on and not loop.start <= frame <= loop.end:
            self.view.set_loop(loop, on=False)
        self._stop_at = None
        if self._loaded:
            self._ctx.player.seek(frame)
        self.view.set_cursor(frame)

    def nudge_ms(self, ms: int) -> None:
        """Move the play-head by `ms`."""
        self.seek(self.view.cursor + round(ms * self.view.rate_hz / 1000))

    def play_span(self, span: Span) -> None:
        """Go to `span` and play it: to its end only, unless sound was already running."""
        running = self.is_playing
        self.seek(span.start)
        self.play()
        self._stop_at = None if running else span.end

    # shuttle ---------------------------------------------------------------------------------

    def forward(self) -> None:
        """Play; again while playing: 1.5 times as fast, then twice."""
        if not self.is_playing:
            self._shuttling = True
            self.set_speed(1.0)
            self.play()
            return
        faster = [s for s in SHUTTLE_SPEEDS if s > self.speed + 1e-9]
        self._shuttling = True
        self.set_speed(faster[0] if faster else SHUTTLE_SPEEDS[-1])

    def stop(self) -> None:
        """Pause, and back to normal speed after a shuttle."""
        self.pause()
        if self._shuttling:
            self._shuttling = False
            self.set_speed(1.0)

    def back(self) -> None:
        """Jump back 1 s; pressed again at once, 2 s and then 4 s."""
        now = time.monotonic()
        last, step = self._backs
        step = min(step + 1, len(BACK_STEPS_S) - 1) if now - last < BACK_REPEAT_S else 0
        self._backs = (now, step)
        self.nudge_ms(-1000 * BACK_STEPS_S[step])

    def slow(self) -> None:
        """Hear the last 3 s again at 0.75 times the speed, then go on as before."""
        if not self._loaded:
            return
        until, normal = self._slow_until or (self.view.cursor, self.speed)
        self.nudge_ms(-1000 * SLOW_BACK_S)
        self._slow_until = (until, normal)
        self.speed = SLOW_SPEED
        self._ctx.player.set_speed(SLOW_SPEED)
        self.play()

    def set_speed(self, speed: float) -> None:
        """Play at `speed` times the recorded one, 0.5 to 2; the pitch stays."""
        self._slow_until = None
        self.speed = round(min(max(speed, MIN_SPEED), MAX_SPEED), 2)
        if self._loaded:
            self._ctx.player.set_speed(self.speed)
        self.changed.emit()

    # mix -------------------------------------------------------------------------------------

    def set_mix(self, mix: Mix) -> None:
        """Hear the channels as `mix` says."""
        if mix != self.mix:
            self.mix = mix
            if self._loaded:
                self._ctx.player.set_mix(mix)
            self.changed.emit()

    def reset_mix(self, call: Call) -> None:
        """Both channels heard, trimmed as the call's tracks say; ears and volume stay."""
        mix = Mix(ears=self.mix.ears, volume_db=self.mix.volume_db)
        for track in call.tracks:
            mix = mix.with_channel(track.role, trim_db=track.trim_db)
        self.set_mix(mix)

    def solo(self, role: TrackRole | None) -> None:
        """Hear only `role`; None gives both back."""
        self.set_mix(self.mix.soloed(role))

    def toggle_mute(self, role: TrackRole) -> None:
        """Mute or unmute `role`."""
        self.set_mix(self.mix.with_channel(role, mute=not self.mix.of(role).mute))

    def toggle_solo(self, role: TrackRole) -> None:
        """Solo `role`, or give the other back."""
        self.solo(None if self.mix.of(role).solo else role)

    def set_trim(self, role: TrackRole, trim_db: float) -> None:
        """Make `role` louder or quieter, -24 to +24 dB."""
        trim_db = round(min(max(trim_db, -24.0), 24.0), 1)
        self.set_mix(self.mix.with_channel(role, trim_db=trim_db))

    def unmute_all(self) -> None:
        """Mute nobody."""
        mix = self.mix
        for role in ROLES:
            mix = mix.with_channel(role, mute=False)
        self.set_mix(mix)

    # the tick ---------------------------------------------------------------------------------

    def _tick(self) -> None:
        player = self._ctx.player
        for event in player.poll():
            self._on_event(event)
        if player.state != "playing":
            self._wind_down()
            return
        self._idle_ticks = 0
        position = player.position()
        if self._slow_until is not None and position >= self._slow_until[0]:
            self.set_speed(self._slow_until[1])
        if self._stop_at is not None and position >= self._stop_at:
            end = self._stop_at
            self.pause()
            self.seek(end)
            return
        self.view.set_cursor(position)

    def _wind_down(self) -> None:
        """Sound has ended by itself: rest where it did; listen to the device a little longer."""
        if self._idle_ticks == 0:
            self.view.set_cursor(self._ctx.player.position())
            self.changed.emit()
        self._idle_ticks += 1
        if self._idle_ticks > IDLE_TICKS:
            self._timer.stop()

    def _send_loop(self) -> None:
        if self._loaded:
            loop = self.view.loop if self.view.loop_on else None
            if loop is None or loop.frames < 1:
                self._ctx.player.loop(None)
            else:
                self._ctx.player.loop(loop.start, loop.end)
        self.changed.emit()

    def _on_event(self, event: PlayerEvent) -> None:
        if event.kind == "device":
            self.device_name, self.is_silent = event.message, bool(event.value)
            self.changed.emit()
        elif event.kind in ("device_lost", "fault"):
            self.notice.emit(event.message)
            self.changed.emit()
        elif event.kind in ("state", "ended"):
            self.changed.emit()
