"""The status bar: key hints at the left; notes, device, viewer and "Saved" at the right.

Above it, when a write has failed, a bar in `danger` with what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.ui.actions import ActionTable
from app.ui.screen import StatusKey
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.keycap import paint_cap
from app.ui.widgets.labels import ElidedLabel

MAX_HINTS = 6
_GAP_HINTS = 16


def local_clock(stamp: str) -> str:
    """`hh:mm:ss` on this machine's clock of a UTC stamp."""
    when = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    return when.replace(tzinfo=when.tzinfo or UTC).astimezone().strftime("%H:%M:%S")


class StatusBar(QWidget):
    """24 px, painted. Key hints that do not fit are left out from the right but for the last."""

    viewer_clicked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self._hints: tuple[StatusKey, ...] = ()
        self._notes: tuple[str, ...] = ()
        self._device = ""
        self._viewer = ""
        self._saved = ""
        self._viewer_box = QRectF()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        theme.changed.connect(self.updateGeometry)
        actions.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """24 px high, more with larger text."""
        return QSize(200, self._theme.px(Size.STATUS) + 1)

    def show_hints(self, hints: Sequence[StatusKey], notes: Sequence[str] = ()) -> None:
        """Key hints of the screen in front, and its notes."""
        self._hints, self._notes = tuple(hints[:MAX_HINTS]), tuple(notes)
        self._changed()

    def show_device(self, words: str) -> None:
        """Name, rate and latency of the output."""
        if words != self._device:
            self._device = words
            self._changed()

    def show_viewer(self, words: str) -> None:
        """Who is signed in; a click asks to change that."""
        self._viewer = words
        self._changed()

    def show_saved(self, stamp: str) -> None:
        """The last durable write, as a UTC stamp."""
        self._saved = f"Saved {local_clock(stamp)}"
        self._changed()

    @property
    def saved_words(self) -> str:
        """What stands at the right end."""
        return self._saved

    def _changed(self) -> None:
        right = [*self._notes, self._device, self._viewer, self._saved]
        self.setAccessibleName(", ".join(word for word in right if word))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the name asks to sign in as someone else."""
        if self._viewer_box.contains(event.position()):
            self.viewer_clicked.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that the name can be clicked."""
        over = self._viewer_box.contains(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint right end first, then as many hints as fit."""
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg0"))
        painter.fillRect(QRect(0, 0, self.width(), 1), theme.color("line1"))
        painter.setFont(theme.font("label"))
        right = self._paint_right(painter)
        x = float(Size.INSET)
        for index, hint in enumerate(self._hints):
            width = self._hint_width(hint)
            last = self._hints[-1]
            room = right - (self._hint_width(last) + _GAP_HINTS if hint is not last else 0)
            if x + width > room and index < len(self._hints) - 1:
                continue
            if x + width <= right:
                x += self._paint_hint(painter, x, hint) + _GAP_HINTS

    def _paint_right(self, painter: QPainter) -> float:
        metrics = QFontMetricsF(self._theme.font("label"))
        x = float(self.width() - Size.INSET)
        self._viewer_box = QRectF()
        for words in reversed([*self._notes, self._device, self._viewer, self._saved]):
            if not words:
                continue
            width = metrics.horizontalAdvance(words)
            box = QRectF(x - width, 1, width + 1, self.height() - 1)
            painter.setPen(self._theme.color("t2" if words == self._viewer else "t3"))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
            if words == self._viewer:
                self._viewer_box = box
            x -= width + _GAP_HINTS
        return x

    def _hint_width(self, hint: StatusKey) -> float:
        from app.ui.widgets.keycap import cap_width

        caps = [self._actions.cap(action) for action in hint[0]]
        metrics = QFontMetricsF(self._theme.font("label"))
        return (
            sum(cap_width(self._theme, cap) + 2 for cap in caps)
            + 4
            + metrics.horizontalAdvance(hint[1])
        )

    def _paint_hint(self, painter: QPainter, left: float, hint: StatusKey) -> float:
        theme, x = self._theme, left
        middle = (self.height() + 1) / 2
        for action in hint[0]:
            width = paint_cap(painter, theme, x, middle, self._actions.cap(action))
            x += width + 2 if width else 0
        x += 4 if x > left else 0
        painter.setPen(theme.color("t3"))
        advance = QFontMetricsF(theme.font("label")).horizontalAdvance(hint[1])
        box = QRectF(x, 1, advance + 1, self.height() - 1)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, hint[1])
        return x + advance - left


class MessageBar(QWidget):
    """A bar above the status bar: what happened and what to do; stays until it is closed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._level = theme, "info"
        self._retry: Callable[[], None] | None = None
        self._what = ElidedLabel(theme, "", "body", "t1", weight=500)
        self._remedy = ElidedLabel(theme, "", "body", "t2")
        self._again = Button(theme, "Try again", compact=True)
        self._close = Button(theme, icon="x", kind="quiet", name="Close the message", compact=True)
        self._again.clicked.connect(self._on_again)
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Size.INSET, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self._what, 0)
        layout.addWidget(self._remedy, 1)
        layout.addWidget(self._again)
        layout.addWidget(self._close)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def words(self) -> str:
        """What is being said."""
        return f"{self._what.text()} {self._remedy.text()}".strip()

    def say(
        self, level: str, what: str, remedy: str = "", retry: Callable[[], None] | None = None
    ) -> None:
        """Show a message; `level` is `info`, `warning` or `error`."""
        self._level, self._retry = level, retry
        self._what.setText(what)
        self._what.set_token({"error": "danger", "warning": "warn"}.get(level, "t1"))
        self._remedy.setText(remedy)
        self._again.setVisible(retry is not None)
        self.setAccessibleName(self.words)
        self.show()
        self.update()

    def _on_again(self) -> None:
        self.hide()
        if self._retry is not None:
            self._retry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill by level, with a hairline above."""
        painter = QPainter(self)
        surface = {"error": "dangerBg", "warning": "warnBg"}.get(self._level, "bg2")
        painter.fillRect(self.rect(), self._theme.color(surface))
        line = {"error": "danger", "warning": "warn"}.get(self._level, "line2")
        painter.fillRect(QRect(0, 0, self.width(), 1), self._theme.color(line))
