"""A lane of one track's sound: its waveform, or its spectrogram."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QPainter

from app.domain.calls import TrackRole
from app.domain.clock import format_time
from app.ui.timeline import raster
from app.ui.timeline.lane import Hit, Lane, Scene
from app.ui.timeline.raster import Argb, Int16, Wave, WaveColours
from app.ui.timeline.ruler import grid_columns, paint_grid

UInt8 = npt.NDArray[np.uint8]

WAVE_PX, COLLAPSED_WAVE_PX = 90, 48
LEAD_PX = 1
"""Columns read before the first one painted: a line may come in from the left."""

TONES: dict[TrackRole, tuple[str, str]] = {
    "caller": ("caller", "callerDim"),
    "agent": ("agent", "agentDim"),
    "mix": ("t2", "line3"),
}


class WaveSource(Protocol):
    """Where a lane gets its sound. Times are frames of the call; None: nothing is known yet."""

    def wave(self, role: TrackRole, start: float, frames_per_px: float, n_px: int) -> Wave | None:
        """What to draw of `n_px` columns from frame `start` on."""

    def columns(
        self, role: TrackRole, start: float, frames_per_px: float, n_px: int
    ) -> tuple[Int16, Int16, Int16] | None:
        """(min, max, rms) of those columns, each (n_px,)."""

    def spectrum(
        self, role: TrackRole, start: float, frames_per_px: float, n_px: int, rows: int
    ) -> UInt8 | None:
        """Levels (rows, n_px), highest frequency on top; what is missing is asked for."""


class WaveLane(Lane):
    """The sound of `role`."""

    def __init__(self, scene: Scene, role: TrackRole) -> None:
        super().__init__(scene)
        self.role: TrackRole = role
        self.key = f"{role}_wave"
        self.source: WaveSource | None = None
        self._ramp: tuple[int, Argb] | None = None
        self._canvas = raster.Canvas()

    @property
    def height(self) -> int:
        return COLLAPSED_WAVE_PX if self.scene.collapsed else WAVE_PX

    def paint(self, painter: QPainter, rect: QRect) -> None:
        view, ratio = self.scene.view, painter.device().devicePixelRatio()
        per_px = view.frames_per_px / ratio
        lead = LEAD_PX
        start = (view.origin + rect.left()) * view.frames_per_px - lead * per_px
        n_px, rows = round(rect.width() * ratio) + lead, round((self.height - 1) * ratio)
        at = QRect(rect.left(), self.top, rect.width(), self.height - 1)
        if self.scene.spectrogram:
            self._paint_spectrum(painter, at, (start, per_px, n_px, rows), ratio)
            return
        wave = self.source.wave(self.role, start, per_px, n_px) if self.source else None
        if wave is None:
            paint_grid(painter, self.scene, rect)
            middle = self.top + (self.height - 2) // 2
            line = self.scene.theme.color("line1")
            painter.fillRect(rect.left(), middle, rect.width(), 1, line)
            return
        self._canvas.resize(n_px, rows, ratio)
        pixels = raster.waveform(wave, rows, self._colours(), out=self._canvas.pixels)
        self._draw_grid(pixels, rect, ratio)
        source = QRectF(lead, 0, n_px - lead, rows)
        painter.drawImage(QRectF(at), self._canvas.image, source)

    def _colours(self) -> WaveColours:
        theme, (full, dim) = self.scene.theme, TONES[self.role]
        back, line = theme.color("canvas"), theme.color("line1")
        return WaveColours(
            back.rgba(), line.rgba(), theme.color(dim).rgba(), theme.color(full).rgba()
        )

    def _draw_grid(self, pixels: Argb, rect: QRect, ratio: float) -> None:
        """Grid lines behind the wave: only where nothing else was drawn."""
        theme, wide = self.scene.theme, max(1, round(ratio))
        back, grid = theme.color("canvas").rgba(), theme.color("grid").rgba()
        lefts = [LEAD_PX + round((x - rect.left()) * ratio) for x in grid_columns(self.scene, rect)]
        columns = np.add.outer(np.array(lefts, np.intp), np.arange(wide)).ravel()
        columns = columns[columns < pixels.shape[1]]
        part = pixels[:, columns]
        part[part == back] = grid
        pixels[:, columns] = part

    def _paint_spectrum(
        self, painter: QPainter, at: QRect, what: tuple[float, float, int, int], ratio: float
    ) -> None:
        start, per_px, n_px, rows = what
        if self.source is None:
            return
        levels = self.source.spectrum(self.role, start, per_px, n_px, rows)
        if levels is not None:
            pixels = raster.spectrogram(levels, self._spectrum_ramp())[:, LEAD_PX:]
            painter.drawImage(QPoint(at.left(), at.top()), raster.as_image(pixels, ratio))

    def _spectrum_ramp(self) -> Argb:
        theme = self.scene.theme
        back, full = (theme.color(t).rgba() for t in ("canvas", TONES[self.role][0]))
        if self._ramp is None or self._ramp[0] != full:
            self._ramp = (full, raster.ramp(back, full))
        return self._ramp[1]

    def hit(self, x: int, y: int) -> Hit | None:
        view = self.scene.view
        at = view.frame_at(x)
        if self.role == "mix":
            turn = self.scene.data.turns.at(at)
        else:
            lane = self.scene.data.utterances[self.role]
            speech = lane.at(at)
            turns = self.scene.data.turns.items
            turn = next((t for t in turns if speech and t.id == speech.turn_id), None)
        if turn is None:
            return None
        span = f"{format_time(turn.span.start, view.rate_hz)}"
        return Hit(f"Turn {turn.index}, from {span}", turn.span, turn.id)
