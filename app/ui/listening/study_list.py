"""The studies that are open to the rater: what is asked, how much is left, by when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui.icons import paint_icon
from app.ui.listening.page import SetupPage
from app.ui.listening.words import KINDS, left, minutes
from app.ui.screen import StatusKey
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.keycap import cap_width, paint_cap

if TYPE_CHECKING:
    from app.services.studies.for_rater import Offer
    from app.ui.listening.session import ListenSession

ROW = 84
PAD = 16
EMPTY = (
    "No study waits for you",
    "A study appears here as soon as its owner has opened it and something is left for you to "
    "hear. Ask them, or come back later.",
)
EMPTY_LEAD = (
    "No study waits for you",
    "Make a study of calls, clips or pairs and open it: it appears here for every rater who signs "
    "in on this workspace, without the names of systems or files.",
)


class StudyRow(QAbstractButton):
    """One study: its question, its kind, what is left; the current one shows Enter."""

    def __init__(self, theme: Theme, offer: Offer, cap: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self.offer, self._cap = theme, offer, cap
        self.is_current = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(offer.question)
        self.setAccessibleName(f"{offer.code}: {offer.question}")
        self.setAccessibleDescription(self._facts)

    @property
    def _facts(self) -> str:
        offer = self.offer
        due = f", due {offer.due[:10]}" if offer.due else ""
        return f"{left(offer)}, {minutes(offer.minutes_left)}{due}"

    def sizeHint(self) -> QSize:
        """Three lines."""
        return QSize(320, self._theme.px(ROW))

    def set_current(self, is_current: bool) -> None:
        """Whether Enter opens this one."""
        self.is_current = is_current
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.is_current
        painter.setPen(theme.pen("accent" if on else "line2"))
        painter.setBrush(theme.color("bg2" if on or self.underMouse() else "bg1"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        right = self._paint_verb(painter)
        lines = (
            (self.offer.question, theme.font("title"), theme.line("title"), "t1", 0),
            (self._facts, theme.font("body"), theme.line("body"), "t2", 6),
            (self._kind, theme.font("small"), theme.line("small"), "t3", 3),
        )
        top = (self.height() - sum(high + gap for _, _, high, _, gap in lines)) // 2
        for words, font, high, token, gap in lines:
            top += gap
            area = QRect(PAD, top, right - 2 * PAD, high)
            painter.setFont(font)
            painter.setPen(theme.color(token))
            fitted = QFontMetricsF(font).elidedText(
                words, Qt.TextElideMode.ElideRight, area.width()
            )
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, fitted)
            top += high

    @property
    def _kind(self) -> str:
        return f"{self.offer.code}  {KINDS.get(self.offer.instrument, '')}"

    def _paint_verb(self, painter: QPainter) -> int:
        """Begin or go on, at the right; returns where it starts."""
        theme = self._theme
        verb = "Go on" if self.offer.is_begun else "Begin"
        font, middle = theme.font("body", 600), self.height() / 2
        wide = round(QFontMetricsF(font).horizontalAdvance(verb))
        cap = self._cap if self.is_current else ""
        cap_w = round(cap_width(theme, cap)) + 8 if cap else theme.px(14) + 8
        start = self.width() - PAD - wide - cap_w
        painter.setFont(font)
        painter.setPen(theme.color("t1" if self.is_current else "t2"))
        area = QRectF(start, 0, wide + 4, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, verb)
        if cap:
            paint_cap(painter, theme, start + wide + 8, middle, cap)
        else:
            size = theme.px(14)
            where = QRect(start + wide + 8, 0, size, self.height())
            paint_icon(painter, theme, "caret-right", where, "t3", size=size)
        return start


class StudyListPage(SetupPage):
    """All open studies; Enter begins or goes on."""

    chosen = Signal(str)
    """The id of a study."""
    place_asked = Signal(str)
    """Where there is nothing to hear: the key of another screen."""

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session, "Listen", "Go to the library")
        self.words = self.say("")
        self.rows: list[StudyRow] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(10)
        self.body.addSpacing(8)
        self.body.addLayout(self._column)
        self.at = 0
        self.keys = {
            "listen.up": lambda: self.step(-1),
            "listen.down": lambda: self.step(1),
            "listen.confirm": self.confirm,
        }

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """List these; the same study stays current."""
        before = self.rows[self.at].offer.study_id if self.rows else ""
        for row in self.rows:
            self._column.removeWidget(row)
            row.deleteLater()
        cap = self.table.cap("listen.confirm")
        self.rows = [StudyRow(self.theme, o, cap, self) for o in offers]
        for row in self.rows:
            row.clicked.connect(lambda _=False, i=row.offer.study_id: self.chosen.emit(i))
            self._column.addWidget(row)
        known = [o.study_id for o in offers]
        self.at = known.index(before) if before in known else 0
        self._show()

    def _show(self) -> None:
        lead = self.session.ctx.viewer.is_lead
        for n, row in enumerate(self.rows):
            row.set_current(n == self.at)
        if self.rows:
            self.heading.setText("Listen")
            words = "You are the lead: you know what is compared, so your answers are not blind."
            self.words.setText(words if lead else "Put on headphones and find a quiet place.")
        else:
            heading, words = EMPTY_LEAD if lead else EMPTY
            self.heading.setText(heading)
            self.words.setText(words)
            self.go.set_text("Go to the studies" if lead else "Go to the library")
        self.go.setVisible(not self.rows)

    def step(self, by: int) -> None:
        """To the next or previous study."""
        self.at = max(0, min(len(self.rows) - 1, self.at + by))
        self._show()

    def confirm(self) -> None:
        """Begin the current one."""
        if self.rows:
            self.chosen.emit(self.rows[self.at].offer.study_id)
        else:
            self.place_asked.emit("studies" if self.session.ctx.viewer.is_lead else "library")

    def status_keys(self) -> Sequence[StatusKey]:
        """Up, down, Enter."""
        if not self.rows:
            return ()
        return ((("listen.up", "listen.down"), "study"), (("listen.confirm",), "begin, go on"))
