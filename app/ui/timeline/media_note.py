"""Words over the waveforms while there are none: reading, decoding, or why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.clock import format_time
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel

if TYPE_CHECKING:
    from app.ui.review.session import ReviewSession
    from app.ui.timeline.canvas import Canvas


class MediaNote(QWidget):
    """Lies in the middle of the waveforms of `canvas`; hidden when the sound is there."""

    def __init__(self, canvas: Canvas, session: ReviewSession) -> None:
        super().__init__(canvas)
        theme = canvas.scene.theme
        self._canvas, self._session = canvas, session
        self._what = ElidedLabel(theme, "", "small", "t3")
        self._remedy = ElidedLabel(theme, "", "small", "t3")
        self._retry = Button(theme, "Try again", compact=True)
        self._retry.clicked.connect(session.retry_media)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._what)
        words.addWidget(self._remedy)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(12)
        row.addLayout(words)
        row.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)

    def place(self) -> None:
        """Say what is so, or hide."""
        what, remedy, failed = self._words()
        self.setVisible(bool(what))
        if not what:
            return
        self._what.setText(what)
        self._what.set_token("danger" if failed else "t3")
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))
        self._retry.setVisible(failed)
        self.adjustSize()
        waves = self._canvas.waves
        limit = max(200, self._canvas.width())
        self.resize(min(self.width(), limit), self.height())
        self.move(0, waves.top() + (waves.height() - self.height()) // 2)
        self.raise_()

    def _words(self) -> tuple[str, str, bool]:
        session, sound = self._session, self._session.sound
        if sound.error is not None:
            return sound.error.what, sound.error.remedy, True
        if session.state == "loading":
            return "Reading the call", "", False
        if session.state != "ready" or sound.is_whole:
            return "", "", False
        if sound.media is None:
            return "Decoding the recording", "", False
        rate, total = sound.media.rate_hz, sound.media.frame_count
        if sound.media.frames_ready >= total:
            return "", "", False
        done = format_time(sound.media.frames_ready, rate, millis=False)
        return f"Decoding, {done} of {format_time(total, rate, millis=False)}", "", False
