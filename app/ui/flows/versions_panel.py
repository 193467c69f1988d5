"""Every version of a flow, newest first, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.domain.flows import FlowVersion
from app.eval.judging.flow_acceptance import diff
from app.ui.flows.diff_list import DiffList
from app.ui.flows.picker import Picker
from app.ui.flows.words import STAGES, diff_head, diff_lines, when
from app.ui.runs.sections import OverlayArea
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.line_text import LEFT, RIGHT, write_line
from app.ui.widgets.splitter import LineSplitter

ROW_PX = 46


class VersionRow(QAbstractButton):
    """One version in two lines: number, stage and author; why it was made."""

    def __init__(self, theme: Theme, version: FlowVersion) -> None:
        super().__init__()
        self._theme, self.version = theme, version
        self.reason = version.reason.replace("\n", " ")
        self.setCheckable(True)
        self.setProperty("ring", "inside")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Version {version.version}, {self.head}, {self.reason}")

    @property
    def head(self) -> str:
        """Stage, author, time."""
        version = self.version
        by = str(version.report.get("by", "")) if version.stage != "scenario" else ""
        parts = (STAGES.get(version.stage, version.stage), by, when(version.created_at))
        return ", ".join(p for p in parts if p)

    def nextCheckState(self) -> None:
        """The panel says which one is shown."""

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(120, self._theme.px(ROW_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint both lines."""
        painter, theme = QPainter(self), self._theme
        if self.isChecked():
            theme.paint_selection(painter, self.rect())
        elif self.underMouse():
            painter.fillRect(self.rect(), theme.mixed("bg3", 0.5, "bg1"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line1"))
        upper, lower = theme.line("small"), theme.line("label")
        top = (self.height() - upper - lower - 2) // 2
        room = self.width() - 2 * Size.INSET
        first = QRect(Size.INSET, top, room, upper)
        number = f"{self.version.version}"
        write_line(painter, theme, first, number, theme.font("small", 600), "t1", LEFT)
        side = theme.px(26)
        approved = "approved" if self.version.approved else ""
        write_line(painter, theme, first, approved, theme.font("small", 500), "success", RIGHT)
        told = first.adjusted(side, 0, -theme.px(64) if approved else 0, 0)
        write_line(painter, theme, told, self.head, theme.font("small", 500), "t1", LEFT)
        second = QRect(Size.INSET + side, top + upper + 2, room - side, lower)
        write_line(painter, theme, second, self.reason, theme.font("label"), "t3", LEFT)


class VersionsPanel(QWidget):
    """A press on a row shows what differs from the one before it; Open edits from it."""

    open_asked = Signal(str)
    """Id of a version."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._versions: tuple[FlowVersion, ...] = ()
        self._wanted: tuple[tuple[FlowVersion, ...], str] | None = None
        self.rows: list[VersionRow] = []
        self.shown: FlowVersion | None = None
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self.against = Picker(theme, "Compare with")
        self.against.activated.connect(lambda _at: self._show_diff())
        self.open = Button(theme, "Open this version", compact=True)
        self.open.clicked.connect(self._on_open)
        self.title = Label(theme, "", "body", "t1", weight=500)
        self.told = Label(theme, "", "small", "t2", wrap=True)
        self.lines = DiffList(theme)
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._theme
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._list)
        column.addStretch()
        area = OverlayArea()
        area.setWidget(body)
        area.setMinimumHeight(theme.px(ROW_PX))
        lower = QWidget()
        inner = QVBoxLayout(lower)
        inner.setContentsMargins(0, 8, 0, 0)
        inner.setSpacing(4)
        head = QHBoxLayout()
        head.setContentsMargins(Size.INSET, 0, Size.INSET, 0)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.against, 1)
        head.addWidget(self.open)
        told = QHBoxLayout()
        told.setContentsMargins(Size.INSET, 0, Size.INSET, 2)
        told.addWidget(self.told)
        inner.addLayout(head)
        inner.addLayout(told)
        inner.addWidget(Hairline(theme))
        inner.addWidget(self.lines, 1)
        split = LineSplitter(theme, Qt.Orientation.Vertical)
        split.addWidget(area)
        split.addWidget(lower)
        split.setSizes([240, 300])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)

    def show_versions(self, versions: Sequence[FlowVersion], shown: str) -> None:
        """List versions; `shown` is the id of the one that is open. Built once it is seen."""
        self._wanted = (tuple(versions), shown)
        if self.isVisible():
            self._build()

    def showEvent(self, event: QShowEvent) -> None:
        """Build what was asked for meanwhile."""
        super().showEvent(event)
        self._build()

    def _build(self) -> None:
        (versions, shown), self._wanted = self._wanted or (self._versions, ""), None
        if versions == self._versions and not shown:
            return
        self._versions = versions
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [self._row(v) for v in reversed(self._versions)]
        found = next((v for v in self._versions if v.id == shown), None)
        if found is not None:
            self.show_version(found)

    def _row(self, version: FlowVersion) -> VersionRow:
        row = VersionRow(self._theme, version)
        row.clicked.connect(lambda: self.show_version(version))
        self._list.addWidget(row)
        return row

    def show_version(self, version: FlowVersion) -> None:
        """Show what a version changed."""
        self.shown = version
        for row in self.rows:
            row.setChecked(row.version.id == version.id)
            row.update()
        self.title.setText(f"{version.version} against")
        self.against.clear()
        for other in reversed(self._versions):
            if other.id != version.id:
                self.against.addItem(f"version {other.version}", other.id)
        at = self.against.findData(version.parent_id)
        if at < 0:
            before = [v.id for v in self._versions if v.version < version.version]
            at = self.against.findData(before[-1]) if before else self.against.count() - 1
        self.against.setCurrentIndex(at)
        self._show_diff()

    def _show_diff(self) -> None:
        version = self.shown
        other = next((v for v in self._versions if v.id == self.against.currentData()), None)
        if version is None or other is None:
            self.told.setText("There is no other version yet.")
            self.lines.show_lines([])
            return
        found = diff(other.nodes, version.nodes)
        self.told.setText(diff_head(found))
        self.lines.show_lines(diff_lines(found))

    def _on_open(self) -> None:
        if self.shown is not None:
            self.open_asked.emit(self.shown.id)
