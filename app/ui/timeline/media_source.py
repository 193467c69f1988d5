"""What a session's sound looks like, from whatever is decoded so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.calls import TrackRole
from app.domain.errors import NotFound
from app.tasks.runner import Lane
from app.ui.timeline import raster
from app.ui.timeline.raster import Int16, Wave
from app.ui.timeline.wave_lane import UInt8

if TYPE_CHECKING:
    from app.audio.peaks import PeakPyramid
    from app.audio.spectrogram import Spectrogram, TileKey
    from app.ui.review.session import ReviewSession


class MediaSource(QObject):
    """Reads the peaks of the session's media; spectrogram tiles are made on a lane when asked."""

    tile_ready = Signal()
    """A spectrogram tile that was missing is there now."""

    def __init__(self, session: ReviewSession) -> None:
        super().__init__()
        self._session = session
        self._spectrograms: dict[TrackRole, Spectrogram] = {}
        self._media: object = None
        self._asked: set[tuple[TrackRole, TileKey]] = set()

    def _peaks(self, role: TrackRole) -> PeakPyramid | None:
        media = self._session.sound.media
        try:
            return media.peaks(role) if media is not None else None
        except NotFound:
            return None

    def wave(self, role: TrackRole, start: float, frames_per_px: float, n_px: int) -> Wave | None:
        """What to draw of `n_px` columns from frame `start` on; None before any is decoded."""
        peaks = self._peaks(role)
        if peaks is None:
            return None
        return raster.wave_of(peaks, 0, start, frames_per_px, n_px)

    def columns(
        self, role: TrackRole, start: float, frames_per_px: float, n_px: int
    ) -> tuple[Int16, Int16, Int16] | None:
        """(min, max, rms) of those columns; None before any is decoded."""
        peaks = self._peaks(role)
        return peaks.read(0, start, frames_per_px, n_px) if peaks is not None else None

    def spectrum(
        self, role: TrackRole, start: float, frames_per_px: float, n_px: int, rows: int
    ) -> UInt8 | None:
        """Levels (rows, n_px) of the tiles at hand; the others are asked for."""
        from app.audio.spectrogram import to_rows

        spectrogram = self._spectrogram(role)
        if spectrogram is None:
            return None
        levels, missing = spectrogram.view(start, frames_per_px, n_px)
        for key in missing:
            self._ask(role, spectrogram, key)
        return to_rows(levels, rows)

    def _spectrogram(self, role: TrackRole) -> Spectrogram | None:
        from app.audio.spectrogram import Spectrogram

        media = self._session.sound.media
        if media is not self._media:
            self._spectrograms.clear()
            self._asked.clear()
            self._media = media
        if media is None:
            return None
        if role not in self._spectrograms:
            try:
                self._spectrograms[role] = Spectrogram(media.pcm(role), media.rate_hz)
            except NotFound:
                return None
        return self._spectrograms[role]

    def _ask(self, role: TrackRole, spectrogram: Spectrogram, key: TileKey) -> None:
        if (role, key) in self._asked:
            return
        self._asked.add((role, key))

        def done(_tile: object) -> None:
            self._asked.discard((role, key))
            self.tile_ready.emit()

        self._session.ctx.runner.run(Lane.CPU, spectrogram.compute, key, done=done)
