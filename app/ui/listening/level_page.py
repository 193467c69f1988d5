"""The listening level: a speech sample at −26 dBov, made comfortable once, then fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.audio import clip_build
from app.ui.listening.page import SetupPage
from app.ui.screen import StatusKey
from app.ui.theme import Theme
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.ui.listening.session import ListenSession
    from app.ui.listening.work import SetupSounds

SOFTEST_DB, LOUDEST_DB = -24, 0
"""The locked range. Never above 0: a clip may peak at −1 dBFS."""
FIRST_DB = -8
STEP_DB = 2


class LevelBar(QWidget):
    """Steps of 2 dB from soft to loud; no figures, so that nobody aims at one."""

    picked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self.level_db = theme, FIRST_DB
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Loudness")

    def show_level(self, level_db: int) -> None:
        """Show another level."""
        self.level_db = level_db
        self.setAccessibleDescription(f"{level_db} dB")
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(320, self._theme.px(56))

    @staticmethod
    def _steps() -> range:
        return range(SOFTEST_DB, LOUDEST_DB + 1, STEP_DB)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the step under the pointer."""
        steps = self._steps()
        at = int(event.position().x() / max(1, self.width()) * len(steps))
        self.picked.emit(steps[max(0, min(len(steps) - 1, at))])

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the steps, higher towards the loud end."""
        painter, theme, steps = QPainter(self), self._theme, self._steps()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        wide = self.width() / len(steps)
        for n, step in enumerate(steps):
            high = self.height() * (0.22 + 0.78 * n / (len(steps) - 1))
            bar = QRectF(n * wide, self.height() - high, wide - theme.px(6), high)
            on = step <= self.level_db
            painter.setBrush(
                theme.color("accent" if step == self.level_db else "t2" if on else "bg3")
            )
            painter.drawRoundedRect(bar, 2, 2)


class LevelPage(SetupPage):
    """Plays the sample again and again while the level is set."""

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session, "Set the volume", "This is pleasant, keep it")
        self.say(
            "Make the voice neither too loud nor too quiet. After this page the volume stays as it "
            "is: please do not change it on your computer or headphones either, as answers given "
            "at another volume do not count."
        )
        self.bar = LevelBar(self.theme)
        self.bar.picked.connect(self.set_level)
        self.body.addSpacing(12)
        self.body.addWidget(self.bar)
        self.note = Label(self.theme, "Softer with ↓, louder with ↑.", "small", "t3")
        self.body.addWidget(self.note)
        self.sounds: SetupSounds | None = None
        self.keys |= {
            "listen.up": lambda: self.set_level(self.bar.level_db + STEP_DB),
            "listen.down": lambda: self.set_level(self.bar.level_db - STEP_DB),
            "listen.right": lambda: self.set_level(self.bar.level_db + STEP_DB),
            "listen.left": lambda: self.set_level(self.bar.level_db - STEP_DB),
            "listen.play": self.play,
        }

    def arrive(self) -> None:
        """Play at the level of last time, or the first one."""
        self.set_level(round(self.session.gain_db or FIRST_DB))
        self.play()

    def set_level(self, level_db: int) -> None:
        """Another level, within the range."""
        level_db = max(SOFTEST_DB, min(LOUDEST_DB, level_db))
        self.bar.show_level(level_db)
        self.session.set_gain(float(level_db))

    def play(self) -> None:
        """Play the sample from its beginning."""
        if self.sounds is not None:
            self.session.player.load([clip_build.both_ears(self.sounds.level)])
            self.session.player.play()

    def tick(self) -> None:
        """Again, when it has ended."""
        if self.isVisible() and self.session.player.state == "ended":
            self.play()

    def depart(self) -> None:
        """Fall silent."""
        self.session.player.stop()

    def confirm(self) -> None:
        """Freeze the level."""
        self.session.player.stop()
        self.session.fix_level(self.passed.emit)

    def status_keys(self) -> Sequence[StatusKey]:
        """Louder, softer, keep."""
        return (
            (("listen.up", "listen.down"), "louder, softer"), (("listen.play",), "from the start"),
            (("listen.confirm",), "keep"), (("listen.escape",), "leave"),
        )  # fmt: skip
