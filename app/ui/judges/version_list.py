"""A judge's versions, newest first: number, origin, when, hash, and the note."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from app.domain.judging import JudgeDefinition
from app.ui.judges.words import SHORT, origin_words, when_words
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.line_text import LEFT, RIGHT, write_line
from app.ui.widgets.tips import plain_tip

ROW_PX, NOTE_PX, NUMBER_PX = 26, 18, 34


class VersionRow(QAbstractButton):
    """One version; the one that is shown lies on the tint."""

    def __init__(self, theme: Theme, version: JudgeDefinition) -> None:
        super().__init__()
        self._theme, self.version = theme, version
        self.setCheckable(True)
        self.setProperty("ring", "inside")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(
            f"Version {version.version}, {origin_words(version)}, "
            f"{when_words(version.created_at)}, {version.note}".rstrip(", ")
        )
        self.setToolTip(plain_tip(version.note))
        theme.changed.connect(self.updateGeometry)

    def nextCheckState(self) -> None:
        """The list says which one is shown."""

    def sizeHint(self) -> QSize:
        """One line, and one for the note."""
        more = NOTE_PX if self.version.note else 0
        return QSize(120, self._theme.px(ROW_PX + more))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row."""
        painter, theme, version = QPainter(self), self._theme, self.version
        if self.isChecked():
            theme.paint_selection(painter, self.rect())
        elif self.underMouse():
            painter.fillRect(self.rect(), theme.mixed("bg3", 0.5, "bg1"))
        line = QRect(Size.INSET, 0, self.width() - 2 * Size.INSET, theme.px(ROW_PX))
        mono = theme.font("mono_small", 600 if self.isChecked() else None)
        write_line(painter, theme, line, f"@{version.version}", mono, "t1", LEFT)
        sha = version.sha256[:SHORT]
        used = write_line(painter, theme, line, sha, theme.font("mono_small"), "t3", RIGHT)
        told = line.adjusted(theme.px(NUMBER_PX), 0, -used - 8, 0)
        words = f"{origin_words(version)}, {when_words(version.created_at)}".rstrip(", ")
        write_line(painter, theme, told, words, theme.font("small"), "t2", LEFT)
        if version.note:
            below = QRect(told.left(), line.bottom() - 3, line.right() - told.left(), 0)
            below.setHeight(theme.px(NOTE_PX))
            write_line(painter, theme, below, version.note, theme.font("small"), "t3", LEFT)


class VersionList(QWidget):
    """Rows; a click or Space shows a version."""

    chosen = Signal(str)
    """Reference of the version."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: list[VersionRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_versions(self, versions: Sequence[JudgeDefinition], shown: str) -> None:
        """Show versions; `shown` is the reference of the one that is read."""
        if [row.version for row in self.rows] != list(versions):
            for row in self.rows:
                row.hide()
                row.deleteLater()
            self.rows = [self._make(version) for version in versions]
        for row in self.rows:
            row.setChecked(row.version.ref == shown)
            row.update()

    def _make(self, version: JudgeDefinition) -> VersionRow:
        row = VersionRow(self._theme, version)
        row.clicked.connect(lambda: self.chosen.emit(version.ref))
        self._column.addWidget(row)
        return row
