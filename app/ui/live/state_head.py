"""The big line of a call: its state with the time in it, and the figures so far."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.agents.live_view import CallState, Latencies, Snapshot
from app.ui.live import words
from app.ui.theme import Theme
from app.ui.tokens import Size

HEIGHT = 100
STEPS: tuple[CallState, ...] = (
    "idle", "ringing", "connected", "listening", "thinking", "speaking",
)  # fmt: skip
TIMED: tuple[CallState, ...] = ("ringing", "listening", "thinking", "speaking")

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StateHead(QWidget):
    """Painted 25 times a second. `hides_figures` keeps every figure away until the call is rated.

    Args:
        theme: gives colours and scale.
        slow_ms, late_ms: the bands of responses.
        parent: the page.
    """

    def __init__(
        self, theme: Theme, slow_ms: float, late_ms: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._bands = theme, (slow_ms, late_ms)
        self._snapshot = Snapshot()
        self.hides_figures = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Two lines of words."""
        return QSize(600, self._theme.px(HEIGHT))

    def show_call(self, snapshot: Snapshot) -> None:
        """Show the call as it stands."""
        if snapshot.state != self._snapshot.state:
            self.setAccessibleName(f"State of the call: {words.STATE_WORDS[snapshot.state]}")
        self._snapshot = snapshot
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the state at the left, the figures at the right, the steps below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        right = self._paint_figures(painter)
        self._paint_state(painter, right)
        self._paint_steps(painter)

    def _paint_state(self, painter: QPainter, right: float) -> None:
        theme, snapshot = self._theme, self._snapshot
        state = "ended" if self.hides_figures else snapshot.state
        top, high = theme.px(12), theme.line("state")
        x = float(Size.INSET)
        x += self._say(painter, x, top, high, words.STATE_WORDS[state], "state", "t1")
        if state in TIMED and snapshot.rate_hz and not self.hides_figures:
            since = words.since_s(snapshot)
            token = "t2"
            if state == "thinking":
                late = theme.latency_token(since * 1000, *self._bands)
                token = "t1" if late == "latOk" else late
            x += theme.px(14)
            x += self._say(painter, x, top + theme.px(4), high, f"{since:.2f} s", "figure", token)
        told = snapshot.message if state in ("ringing", "ended") else words.SINCE.get(state, "")
        x += theme.px(14)
        painter.setFont(theme.font("small"))
        metrics = QFontMetricsF(theme.font("small"))
        told = metrics.elidedText(told, Qt.TextElideMode.ElideRight, max(0.0, right - x - 20))
        self._say(painter, x, top + theme.px(6), high, told, "small", "t3")

    def _say(
        self, painter: QPainter, x: float, top: float, high: float, told: str, role: str, token: str
    ) -> float:
        font = self._theme.font(role)  # type: ignore[arg-type]
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        width = QFontMetricsF(font).horizontalAdvance(told)
        painter.drawText(QRectF(x, top, width + 4, high), Qt.AlignmentFlag.AlignVCenter, told)
        return width

    def _paint_steps(self, painter: QPainter) -> None:
        theme = self._theme
        top, high = theme.px(62), theme.px(26)
        x = float(Size.INSET)
        for index, step in enumerate(STEPS):
            is_on = step == self._snapshot.state and not self.hides_figures
            font = theme.font("small", 600 if is_on else 400)
            painter.setFont(font)
            painter.setPen(theme.color("t1" if is_on else "t3"))
            told = words.STATE_WORDS[step]
            width = QFontMetricsF(font).horizontalAdvance(told)
            box = QRectF(x, top, width + 2, high)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, told)
            if is_on:
                painter.fillRect(QRectF(x - 2, top + high, width + 4, 2), theme.color("accent"))
            x += width + theme.px(8)
            if index < len(STEPS) - 1:
                line = QRectF(x, top + high / 2, theme.px(18), 1)
                painter.fillRect(line, theme.color("line2"))
                x += theme.px(26)

    def _paint_figures(self, painter: QPainter) -> float:
        """From the right; returns where the words at the left must end."""
        theme, found = self._theme, self._snapshot.latencies
        x = float(self.width() - Size.INSET)
        if self.hides_figures:
            told = "Figures come after the rating"
            width = QFontMetricsF(theme.font("small")).horizontalAdvance(told)
            self._say(painter, x - width, theme.px(20), theme.px(30), told, "small", "t3")
            return x - width
        for value, label, token, wide in reversed(self._fitting(found)):
            left, flags = x - wide - 4, _RIGHT
            painter.setFont(theme.font("question"))
            painter.setPen(theme.color(token))
            painter.drawText(QRectF(left, theme.px(16), wide + 4, theme.px(32)), flags, value)
            painter.setFont(theme.font("label"))
            painter.setPen(theme.color("t3"))
            painter.drawText(QRectF(left, theme.px(50), wide + 4, theme.px(16)), flags, label)
            x -= wide + theme.px(24)
        return x

    def _fitting(self, found: Latencies) -> list[tuple[str, str, str, float]]:
        """Value, label, ink and width of each figure that has room beside the state."""
        theme, overlaps = self._theme, self._snapshot.overlaps
        turns = f"{found.n} turn" if found.n == 1 else f"{found.n} turns"
        figures = (
            (words.ms(found.last_ms), "last response, ms", self._token(found.last_ms)),
            (words.ms(found.p50_ms), f"p50, {turns}", self._token(found.p50_ms)),
            (words.ms(found.p95_ms), f"p95, {turns}", self._token(found.p95_ms)),
            (str(overlaps), "overlaps", "overlap" if overlaps else "t2"),
        )
        big, small = (QFontMetricsF(theme.font(r)) for r in ("question", "label"))
        widest = QFontMetricsF(theme.font("state")).horizontalAdvance(
            words.STATE_WORDS["connected"]
        )
        widest += QFontMetricsF(theme.font("figure")).horizontalAdvance("00.00 s")
        room = self.width() - 2 * Size.INSET - widest - theme.px(14)
        fitting = []
        for value, label, token in figures:
            wide = max(big.horizontalAdvance(value), small.horizontalAdvance(label))
            room -= wide + theme.px(24)
            if room < 0:
                break
            fitting.append((value, label, token, wide))
        return fitting

    def _token(self, value: float | None) -> str:
        token = self._theme.latency_token(value, *self._bands)
        return "t1" if token == "latOk" else token
