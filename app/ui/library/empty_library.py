"""The library before its first call: a drop target and two ways to learn. Nothing else."""

from __future__ import annotations

import random

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label

_WIDTH = 680
_FORMATS = ("WAV", "FLAC", "MP3", "M4A", "Ogg", "Opus")
_CALLER = (
    (0.01, 0.09),
    (0.22, 0.275),
    (0.315, 0.325),
    (0.355, 0.41),
    (0.485, 0.515),
    (0.635, 0.67),
    (0.78, 0.815),
    (0.895, 0.93),
)
_AGENT = (
    (0.1, 0.215),
    (0.29, 0.35),
    (0.44, 0.5),
    (0.525, 0.625),
    (0.69, 0.77),
    (0.825, 0.89),
    (0.945, 1.0),
)


class Shape(QWidget):
    """The shape of what will arrive: two channels taking turns, in grey."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(64)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint both channels."""
        painter = QPainter(self)
        dice = random.Random(7)
        for spans, middle in ((_CALLER, 16), (_AGENT, 48)):
            painter.fillRect(QRect(0, middle, self.width(), 1), self._theme.color("line2"))
            for start, end in spans:
                first, last = round(start * self.width()), round(end * self.width())
                for x in range(first, last):
                    reach = 1 + dice.random() ** 2.2 * 12
                    box = QRectF(x, middle - reach, 1, 2 * reach)
                    painter.fillRect(box, self._theme.color("latOk"))


class Tag(QWidget):
    """A word in a thin frame."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._text = theme, text
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """As wide as the word."""
        from PySide6.QtGui import QFontMetricsF

        width = QFontMetricsF(self._theme.font("label")).horizontalAdvance(self._text)
        return QSize(round(width) + 12, self._theme.px(18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint frame and word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.pen("line2"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Size.RADIUS_CAP, Size.RADIUS_CAP)
        painter.setFont(self._theme.font("label"))
        painter.setPen(self._theme.color("t2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._text)


class DropTarget(QWidget):
    """A dashed frame; the window takes the drop wherever it lands."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.choose = Button(
            theme,
            "Choose folder",
            icon="folder-open",
            kind="primary",
            action="import.folder",
            actions=actions,
        )
        words = QHBoxLayout()
        words.setSpacing(8)
        words.addStretch()
        words.addWidget(Label(theme, "Drop a folder of call recordings here", "body", weight=500))
        words.addWidget(Label(theme, "or", "body", "t3"))
        words.addWidget(self.choose)
        words.addStretch()
        formats = QHBoxLayout()
        formats.setSpacing(4)
        formats.addStretch()
        for name in _FORMATS:
            formats.addWidget(Tag(theme, name))
        formats.addStretch()
        rule = "One stereo file per call, or two mono files with the same name."
        note = Label(theme, rule, "label", "t3")
        note.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 24, 0, 22)
        layout.setSpacing(10)
        shape = QHBoxLayout()
        shape.setContentsMargins(60, 0, 60, 0)
        shape.addWidget(Shape(theme))
        layout.addLayout(shape)
        layout.addLayout(words)
        layout.addLayout(formats)
        layout.addWidget(note)
        theme.changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        """Never lower than its contents: the column scrolls rather than squeezing it."""
        layout = self.layout()
        if layout is not None:
            layout.invalidate()
            self.setMinimumHeight(layout.sizeHint().height())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the dashed frame."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("canvas"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = self._theme.pen("line3")
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)


class EmptyLibrary(QWidget):
    """No calls yet: what to do, and what happens to the audio."""

    folder_asked = Signal()
    demo_asked = Signal()
    sound_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.drop = DropTarget(theme, actions)
        self.drop.choose.clicked.connect(self.folder_asked)
        self._demo = Button(theme, "Open sample", action="demo.open", actions=actions)
        self._demo.clicked.connect(self.demo_asked)
        self._check = Button(theme, "Check", icon="headphones")
        self._check.clicked.connect(self.sound_asked)
        self._demo_note = Label(theme, "", "small", "t2", wrap=True)
        self._sound_note = Label(theme, "", "small", "t2", wrap=True)
        self.show_demo("")
        self.show_sound("")
        body = QWidget()
        column = QVBoxLayout()
        column.setSpacing(0)
        self._fill(column)
        layout = QHBoxLayout(body)
        layout.setContentsMargins(24, 0, 24, 24)
        inner = QWidget()
        inner.setMaximumWidth(_WIDTH)
        inner.setLayout(column)
        layout.addStretch(1)
        layout.addWidget(inner, 100)
        layout.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _fill(self, column: QVBoxLayout) -> None:
        theme = self._theme
        column.setContentsMargins(0, 74, 0, 0)
        column.addWidget(Label(theme, "No calls yet", "figure"))
        column.addSpacing(6)
        note = (
            "Audio stays on this computer. Importing starts with a dry run that lists what was "
            "found; nothing is copied until you confirm it."
        )
        words = Label(theme, note, "body", "t2", wrap=True)
        words.setFixedWidth(560)
        column.addWidget(words)
        column.addSpacing(18)
        column.addWidget(self.drop)
        column.addSpacing(24)
        self._step(column, "1", "Open the sample project", self._demo_note, self._demo)
        self._step(column, "2", "Check the sound device", self._sound_note, self._check)
        column.addWidget(Hairline(theme))
        column.addStretch()

    def _step(
        self, column: QVBoxLayout, number: str, title: str, note: Label, button: Button
    ) -> None:
        column.addWidget(Hairline(self._theme))
        row = QHBoxLayout()
        row.setContentsMargins(0, 16, 0, 14)
        row.setSpacing(0)
        count = Label(self._theme, number, "body", "t3")
        count.setFixedWidth(40)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(self._theme, title, "body", weight=500))
        note.setFixedWidth(440)
        words.addWidget(note)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(count, 0, top)
        row.addLayout(words)
        row.addStretch(1)
        row.addWidget(button, 0, top)
        column.addLayout(row)

    def show_demo(self, progress: str) -> None:
        """What the sample is, or how far its making has come."""
        self._demo_note.setText(
            progress
            or "Calls that we voiced ourselves, with turns, scenarios and comments. They show "
            "every screen with data in it and can be archived at any time."
        )
        self._demo.set_text("Stop" if progress else "Open sample")

    def show_sound(self, words: str) -> None:
        """What the check of the sound device found."""
        self._sound_note.setText(
            words or "Plays a tone in the left ear, then in the right, through the chosen output."
        )
