"""The picture of the lanes, kept between frames.

Moving the play-head copies from it; scrolling shifts it and paints only the columns that come
into view; only a change of scale, size or data paints it whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from app.ui.timeline.viewport import Viewport

PaintFn = Callable[[QPainter, QRect], None]
"""Paints everything in a rectangle; the painter is clipped to it."""


class StaticLayer:
    """One image of `size` for the view it was last asked for. Main thread only."""

    def __init__(self, paint: PaintFn) -> None:
        self._paint = paint
        self._image = QImage()
        self._spare = QImage()
        self._key: tuple[Fraction, int, int, float] | None = None
        self._origin = 0
        self._dirty: list[QRect] = []
        self.painted_columns = 0
        """Columns painted so far, for tests and benches."""

    def invalidate(self, rects: Sequence[QRect] | None = None) -> None:
        """Forget the picture, or only the given parts of it (in the view's present pixels)."""
        if rects is None:
            self._key = None
            self._dirty.clear()
        else:
            self._dirty.extend(rects)

    def image(self, view: Viewport, height: int, ratio: float) -> QImage:
        """The picture of `view`, brought up to date."""
        key = (view.scale, view.width, height, ratio)
        shift = view.origin - self._origin
        if key != self._key or abs(shift) >= view.width:
            self._start(view, height, ratio)
            self._fill([QRect(0, 0, view.width, height)])
        else:
            if shift:
                self._shift(shift, view.width, height, ratio)
            if self._dirty:
                self._fill(self._dirty)
        self._key, self._origin = key, view.origin
        self._dirty = []
        return self._image

    def _start(self, view: Viewport, height: int, ratio: float) -> None:
        size = (round(view.width * ratio), round(height * ratio))
        if (self._image.width(), self._image.height()) != size:
            self._image = QImage(*size, QImage.Format.Format_RGB32)
            self._spare = QImage(*size, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(ratio)
        self._spare.setDevicePixelRatio(ratio)
        self._dirty = []

    def _shift(self, shift: int, width: int, height: int, ratio: float) -> None:
        painter = QPainter(self._spare)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(QRectF(-shift, 0, width, height), self._image)
        painter.end()
        self._image, self._spare = self._spare, self._image
        moved = [r.translated(-shift, 0) for r in self._dirty]
        if shift > 0:
            moved.append(QRect(width - shift, 0, shift, height))
        else:
            moved.append(QRect(0, 0, -shift, height))
        self._dirty = moved

    def _fill(self, rects: Sequence[QRect]) -> None:
        whole = QRect(
            0,
            0,
            round(self._image.width() / self._image.devicePixelRatio()),
            round(self._image.height() / self._image.devicePixelRatio()),
        )
        painter = QPainter(self._image)
        for rect in rects:
            part = rect.intersected(whole)
            if not part.isEmpty():
                painter.setClipRect(part)
                self._paint(painter, part)
                self.painted_columns += part.width()
        painter.end()
