"""The head of the scoring screen: which call, which rubric, and that it is scored blind."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from app.domain.calls import Call
from app.domain.rubrics import RubricVersion
from app.services.rubric_queues import QueueOffer
from app.ui.actions import ActionTable
from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Hairline, Label

HEIGHT = 44
BLIND = "Blind: judge and other raters stay hidden until you submit"
NEVER = "Blind: judge and other raters stay hidden"
OPEN = "Signed in as lead: each score notes whether others could be seen"


class BlindTag(QWidget):
    """Says plainly whether this vote is blind."""

    def __init__(self, theme: Theme, *, blind: bool) -> None:
        super().__init__()
        self._theme, self._blind = theme, blind
        self._text = BLIND if blind else OPEN
        self.setAccessibleName(self._text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_reveals(self, reveals: bool) -> None:
        """Say whether anything opens after submitting."""
        if self._blind:
            self._text = BLIND if reveals else NEVER
            self.setAccessibleName(self._text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.font("label", 500))
        return QSize(metrics.horizontalAdvance(self._text) + 34, self._theme.px(20))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("line2"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        side = self.height()
        glyph = QRect(6, 0, 16, side)
        paint_icon(painter, theme, "eye-slash" if self._blind else "eye", glyph, "t1", size=13)
        font = theme.font("label", 500)
        painter.setFont(font)
        painter.setPen(theme.color("t1"))
        room = self.rect().adjusted(26, 0, -8, 0)
        text = QFontMetrics(font).elidedText(
            self._text, Qt.TextElideMode.ElideRight, room.width() + 1
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        self.setToolTip("" if text == self._text else self._text)


class ScoringHeader(QWidget):
    """Call, rubric, blindness, place in the list, time on this call, skip, flag."""

    rubric_chosen = Signal(str)
    skip_asked = Signal()
    flag_asked = Signal()
    queue_chosen = Signal(str)

    def __init__(self, theme: Theme, actions: ActionTable, *, blind: bool) -> None:
        super().__init__()
        self._theme = theme
        self._rubrics: Sequence[RubricVersion] = ()
        self.setFixedHeight(theme.px(HEIGHT))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(10)
        self._code = Label(theme, "", "mono")
        self._title = ElidedLabel(theme, "", "title")
        self._rubric = Button(theme, "Rubric", kind="quiet", menu=True)
        self._rubric.clicked.connect(self._open_menu)
        line = Hairline(theme, vertical=True, token="line2")
        line.setFixedHeight(theme.px(18))
        self._offers: Sequence[QueueOffer] = ()
        self._queues = Button(theme, "Queues", kind="quiet", menu=True)
        self._queues.setToolTip("Calls of rubric studies that wait for you")
        self._queues.clicked.connect(self._open_queues)
        self._queues.hide()
        self._place = Label(theme, "", "small", "t2")
        self._time = Label(theme, "", "small", "t2")
        skip = Button(theme, "Skip", kind="quiet", action="score.skip", actions=actions)
        skip.clicked.connect(self.skip_asked)
        flag = Button(
            theme, icon="flag", kind="quiet", action="score.flag", actions=actions,
            name="Flag this criterion for adjudication",
        )  # fmt: skip
        flag.clicked.connect(self.flag_asked)
        self.blind = BlindTag(theme, blind=blind)
        for widget in (self._code, self._title, line, self._rubric, self.blind):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self._queues, self._place, self._time, skip, flag):
            row.addWidget(widget)

    def show_call(self, call: Call | None, place: str, *, titled: bool = True) -> None:
        """Name the call and its place in the list; a title may tell its file or system."""
        self._code.setText(call.code if call else "")
        self._title.setText(call.title if call and titled else "")
        self._place.setText(place)
        self._place.setVisible(bool(place))

    def show_rubrics(self, rubrics: Sequence[RubricVersion], current: RubricVersion | None) -> None:
        """Offer those rubrics."""
        self._rubrics = rubrics
        words = f"{current.title} v{current.version}" if current else "No rubric"
        self._rubric.set_text(words)
        self._rubric.setAccessibleName(f"Rubric: {words}")

    def lock_rubric(self, locked: bool) -> None:
        """A study fixes its rubric."""
        self._rubric.setEnabled(not locked)

    def show_queues(self, offers: Sequence[QueueOffer]) -> None:
        """Offer the queues that wait for this rater."""
        self._offers = offers
        self._queues.setVisible(bool(offers))

    def _open_queues(self) -> None:
        menu = QMenu(self)
        for offer in self._offers:
            action = menu.addAction(f"{offer.code}  {offer.rubric}, {offer.left} left")
            action.triggered.connect(lambda _=False, i=offer.study_id: self.queue_chosen.emit(i))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._queues.mapToGlobal(self._queues.rect().bottomLeft()))

    def show_time(self, active_ms: int) -> None:
        """Show the time spent on this call, idle time left out."""
        minutes, seconds = divmod(active_ms // 1000, 60)
        self._time.setText(f"On this call {minutes:02d}:{seconds:02d}")

    def _open_menu(self) -> None:
        menu = QMenu(self)
        for rubric in self._rubrics:
            action = menu.addAction(f"{rubric.title} v{rubric.version}")
            action.triggered.connect(lambda _=False, i=rubric.id: self.rubric_chosen.emit(i))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._rubric.mapToGlobal(self._rubric.rect().bottomLeft()))
