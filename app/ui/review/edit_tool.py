"""Boundaries on the picture while they are edited: drawn over the lanes, dragged by the mouse."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QPainter

from app.domain.calls import Speaker
from app.ui.review.boundary import BoundaryEditor
from app.ui.review.edits import Boundary, boundaries
from app.ui.timeline.canvas import Canvas
from app.ui.timeline.turn_lane import TurnLane
from app.ui.timeline.wave_lane import WaveLane

GRAB_PX = 5
HANDLE_PX = 5


class EditTool(QObject):
    """Paints for a `BoundaryEditor` and takes the mouse near a boundary."""

    def __init__(self, canvas: Canvas, editor: BoundaryEditor) -> None:
        super().__init__(canvas)
        self._canvas, self._editor = canvas, editor
        self._dragged: int | None = None
        """Where the boundary is being dragged to, as a frame."""
        canvas.overlays.painters.append(self._paint)
        editor.changed.connect(canvas.update)

    # mouse -----------------------------------------------------------------------------------

    def press(self, x: int, y: int) -> bool:
        """Take hold of the boundary under the pointer."""
        boundary = self._at(x, y)
        if boundary is None:
            return False
        self._editor.choose(boundary)
        self._dragged = None
        return True

    def drag(self, x: int, y: int) -> None:
        """Show where it would go."""
        self._dragged = self._canvas.scene.view.frame_at(x)
        self._canvas.update()

    def release(self) -> None:
        """Put it there."""
        if self._dragged is not None:
            frame, self._dragged = self._dragged, None
            self._editor.move_to(frame)

    def over(self, x: int, y: int) -> bool:
        """Whether there is a boundary to take hold of."""
        return self._at(x, y) is not None

    def _at(self, x: int, y: int) -> Boundary | None:
        if not self._editor.active:
            return None
        speaker = self._speaker_at(y)
        data, view = self._canvas.scene.data, self._canvas.scene.view
        if speaker is None:
            return None
        marks = data.segments[speaker]
        window = marks.within(view.frame_at(x - GRAB_PX), view.frame_at(x + GRAB_PX))
        near = [
            (abs(view.x_of(b.frame) - x), b) for b in boundaries([marks.items[i] for i in window])
        ]
        near = [item for item in near if item[0] <= GRAB_PX]
        return min(near, key=lambda item: item[0])[1] if near else None

    def _speaker_at(self, y: int) -> Speaker | None:
        lane = self._canvas.lane_at(y)
        if isinstance(lane, TurnLane):
            return lane.speaker
        if isinstance(lane, WaveLane) and lane.role != "mix":
            return lane.role
        return None

    # paint -----------------------------------------------------------------------------------

    def _rows(self, speaker: Speaker) -> list[tuple[int, int]]:
        """(top, height) of the lanes of `speaker`: the waveform, then the turns."""
        out = []
        for lane in self._canvas.lanes:
            own_wave = isinstance(lane, WaveLane) and lane.role in (speaker, "mix")
            if own_wave or (isinstance(lane, TurnLane) and lane.speaker == speaker):
                out.append((lane.top, lane.height - 1))
        return out

    def _paint(self, painter: QPainter) -> None:
        if not self._editor.active:
            return
        view, theme = self._canvas.scene.view, self._canvas.scene.theme
        painter.setPen(theme.pen("t2", 1, Qt.PenStyle.DotLine))
        for speaker, frame in self._editor.originals():
            x = view.x_of(frame)
            if 0 <= x <= view.width:
                for top, height in self._rows(speaker):
                    painter.drawLine(x, top, x, top + height)
        self._paint_segments(painter)
        here = self._editor.current
        if here is not None:
            frame = here.frame if self._dragged is None else self._dragged
            self._paint_current(painter, here.speaker, view.x_of(frame))

    def _paint_segments(self, painter: QPainter) -> None:
        """A tick at each boundary, as pauses that the lanes close have boundaries too."""
        view, theme = self._canvas.scene.view, self._canvas.scene.theme
        seen = view.visible()
        for speaker, marks in self._canvas.scene.data.segments.items():
            rows = self._rows(speaker)
            if not rows:
                continue
            top, height = rows[-1]
            window = marks.within(seen.start, seen.end)
            for boundary in boundaries([marks.items[i] for i in window]):
                x = view.x_of(boundary.frame)
                painter.fillRect(x, top, 1, height, theme.color("t1"))

    def _paint_current(self, painter: QPainter, speaker: Speaker, x: int) -> None:
        tone = self._canvas.scene.theme.color("warn")
        rows = self._rows(speaker)
        for top, height in rows:
            painter.fillRect(x - 1, top, 2, height, tone)
        if rows:
            top, height = rows[-1]
            side = HANDLE_PX
            painter.fillRect(x - side // 2 - 1, top, side + 1, side, tone)
            painter.fillRect(x - side // 2 - 1, top + height - side, side + 1, side, tone)
