"""The two cards of a pair, the shared position, and the reasons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QHBoxLayout, QSizePolicy, QWidget

from app.ui.actions import ActionTable
from app.ui.icons import paint_icon
from app.ui.listening.words import clock
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.keycap import KeyCap, paint_cap
from app.ui.widgets.labels import ElidedLabel, Label

WRAPS_FROM = 1.4
"""Font scale above which the reasons take two lines."""
REASONS = ("More natural", "Clearer words", "Better pauses", "Pronunciation", "Fewer artefacts")


class PairCard(QAbstractButton):
    """One clip: its letter, what it does, how much of it was heard. Both look alike."""

    def __init__(
        self, theme: Theme, actions: ActionTable, letter: str, caps: Sequence[str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme, self._table, self.letter, self._caps = theme, actions, letter, tuple(caps)
        self._share, self._playing, self._here = 0.0, False, False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.show_state(0.0, playing=False, here=False)

    def show_state(self, share: float, *, playing: bool, here: bool) -> None:
        """Show how much was heard, whether it plays, whether it is the one in hand."""
        if (share, playing, here) == (self._share, self._playing, self._here) and self.text():
            return
        self._share, self._playing, self._here = share, playing, here
        self.setText(self._words)
        self.setAccessibleName(f"{self.letter}: {self._words}, {self._heard}")
        self.update()

    @property
    def _words(self) -> str:
        if self._playing:
            return "Playing"
        return "Heard in full" if self._share >= 1.0 else "Paused" if self._here else "Not playing"

    @property
    def _heard(self) -> str:
        return f"heard {int(100 * self._share)} %"

    def sizeHint(self) -> QSize:
        """The least it needs; it grows where there is room."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Lower in a low window."""
        return QSize(200, self._theme.px(132))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = 2 if self._here else 1
        painter.setPen(theme.pen("accent" if self._here else "line2", wide))
        painter.setBrush(theme.color("bg2") if self._here else Qt.BrushStyle.NoBrush)
        inset = wide / 2
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        font = theme.font("state")
        letter_px = min(theme.px(60), round(0.28 * self.height()))
        font.setPixelSize(letter_px)
        painter.setFont(font)
        painter.setPen(theme.color("t1" if self._here else "t2"))
        high = round(1.1 * letter_px)
        top = (self.height() - high - theme.px(44)) // 2
        letter = QRect(0, top, self.width(), high)
        painter.drawText(letter, Qt.AlignmentFlag.AlignCenter, self.letter)
        self._paint_words(painter, top + high + theme.px(10))
        self._paint_foot(painter)

    def _paint_words(self, painter: QPainter, top: int) -> None:
        theme = self._theme
        font = theme.font("title", 400)
        painter.setFont(font)
        painter.setPen(theme.color("t1" if self._playing else "t2"))
        line, icon = theme.line("title"), theme.px(18) if self._playing else 0
        gap = 8 if icon else 0
        wide = QFontMetricsF(font).horizontalAdvance(self._words) + icon + gap
        left = (self.width() - wide) / 2
        if icon:
            where = QRect(round(left), top, icon, line)
            paint_icon(painter, theme, "speaker-high", where, "t1", size=icon)
        words = QRectF(left + icon + gap, top, self.width(), line)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self._words)

    def _paint_foot(self, painter: QPainter) -> None:
        theme = self._theme
        middle = self.height() - theme.px(22)
        left = 16.0
        for cap in self._caps:
            left += paint_cap(painter, theme, left, middle, cap) + 6
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t2" if self._share >= 1.0 else "t3"))
        right = QRectF(0, middle - 10, self.width() - 16, 20)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(right, flags, self._heard)
        if self._share >= 1.0:
            wide = QFontMetricsF(theme.font("small")).horizontalAdvance(self._heard)
            where = QRect(round(self.width() - 16 - wide - 20), round(middle - 10), 14, 20)
            paint_icon(painter, theme, "check", where, "t2", size=14)


class PositionBar(QWidget):
    """Where the sound is, for both cards; it shows and is not for the pointer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._share = theme, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Position")

    def show_share(self, share: float) -> None:
        """Show another place, 0 to 1."""
        share = max(0.0, min(1.0, share))
        if share != self._share:
            self._share = share
            self.update()

    def sizeHint(self) -> QSize:
        """A thin bar with its marker."""
        return QSize(320, self._theme.px(18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bar and marker."""
        painter, theme = QPainter(self), self._theme
        middle = self.height() // 2
        at = round(self._share * (self.width() - 3))
        painter.fillRect(QRect(0, middle - 2, self.width(), 4), theme.color("bg3"))
        painter.fillRect(QRect(0, middle - 2, at, 4), theme.color("t2"))
        painter.fillRect(QRect(at, 0, 3, self.height()), theme.color("play"))


class UnderBar(QWidget):
    """Time, the switch and the pause, with their keys."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.time = Label(theme, "", "body", "t2")
        self.switch = Button(
            theme, "Switch at this point", kind="quiet", action="pair.switch", actions=actions
        )
        self.pause = Button(theme, "Pause", kind="quiet", action="pair.pause", actions=actions)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.time, 1)
        row.addWidget(self.switch)
        row.addWidget(self.pause, 1, Qt.AlignmentFlag.AlignRight)

    def show_time(self, here_s: float, length_s: float) -> None:
        """Show where the sound is."""
        self.time.setText(f"{clock(here_s)} / {clock(length_s)}")


class ReasonChips(QWidget):
    """Why, where the rater wants to say; any number of them."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at = -1
        # Large text needs a line for the chips alone.
        wraps = theme.scale > WRAPS_FROM
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        both = QBoxLayout(down if wraps else across, self)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(8)
        head, row = QHBoxLayout(), QHBoxLayout()
        head.addWidget(Label(theme, "Reason, optional", "small", "t3"))
        head.addWidget(KeyCap(theme, actions.cap("pair.reason")))
        self.chips: list[Button] = []
        for words in REASONS:
            chip = Button(theme, words, compact=True, checkable=True)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(chip)
            self.chips.append(chip)
        both.addStretch()
        for part in (head, row):
            part.setSpacing(8)
            both.addLayout(part)
            both.setAlignment(part, Qt.AlignmentFlag.AlignHCenter)
        both.addStretch()

    @property
    def note(self) -> str:
        """The chosen ones, as stored with the vote."""
        return ", ".join(c.text() for c in self.chips if c.isChecked())

    def clear(self) -> None:
        """Choose none."""
        self._at = -1
        for chip in self.chips:
            chip.setChecked(False)

    def next(self) -> None:
        """The next one alone; after the last, none."""
        at = self._at + 1 if self._at + 1 < len(self.chips) else -1
        self.clear()
        self._at = at
        if at >= 0:
            self.chips[at].setChecked(True)


class RowHints(QWidget):
    """What the keys do, under the answers, and what is still missing."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wait = ElidedLabel(theme, "", "small", "t3")
        self.wait.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._same: tuple[QWidget, ...] = (
            Label(theme, "same", "small", "t2"), KeyCap(theme, actions.cap("pair.same")),
        )  # fmt: skip
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for action in ("pair.left", "pair.right"):
            row.addWidget(KeyCap(theme, actions.cap(action)))
        row.addWidget(Label(theme, "move", "small", "t2"))
        row.addSpacing(20)
        for part in self._same:
            row.addWidget(part)
        row.addWidget(self.wait, 1)
        row.addWidget(KeyCap(theme, actions.cap("pair.commit")))

    def show_same(self, shown: bool) -> None:
        """Whether the two may be called the same."""
        for part in self._same:
            part.setVisible(shown)


class PairCards(QWidget):
    """A and B side by side. `asked(index)` plays one from its start."""

    asked = Signal(int)

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaximumHeight(theme.px(232))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        self.cards = (
            PairCard(theme, actions, "A", ("1", "A"), self),
            PairCard(theme, actions, "B", ("2", "B"), self),
        )
        for index, card in enumerate(self.cards):
            card.clicked.connect(lambda _=False, n=index: self.asked.emit(n))
            row.addWidget(card)
