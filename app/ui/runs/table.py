"""The table of runs: heads span it, columns fill its width, one run is selected."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from app.ui.runs.columns import COLUMNS, Key, fitted
from app.ui.runs.delegate import EDGE, GROUP_PX, PAD, ROW_PX, RunDelegate
from app.ui.runs.model import RunTableModel
from app.ui.runs.rows import RunRow
from app.ui.theme import Theme
from app.ui.widgets.row_table import RowHead, RowTable

Index = QModelIndex | QPersistentModelIndex


class RunTable(RowTable):
    """Runs in groups. `chosen` tells that another run is selected, or its row has changed place."""

    chosen = Signal(str)
    """Id of the run that is selected; empty for none."""
    opened = Signal()

    def __init__(self, theme: Theme, model: RunTableModel, parent: QWidget) -> None:
        self._runs = model
        self._wanted = self._pending = ""
        self._offset = 0
        self._without: frozenset[Key] = frozenset({"cost"})
        super().__init__(
            theme,
            model,
            RowHead(theme, COLUMNS, lambda at: (PAD, EDGE if self._is_last(at) else PAD)),
            lambda room, scale: fitted(COLUMNS, room, scale, self._without),
            row_px=ROW_PX,
            name="Runs",
            parent=parent,
        )
        self.setItemDelegate(RunDelegate(theme, self))
        model.modelAboutToBeReset.connect(self._on_about_to_reset)
        model.modelReset.connect(self._on_reset)
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        self.restyle()

    def restyle(self) -> None:
        """Take the theme's measures; heads are less high than runs."""
        super().restyle()
        self._shape_heads()

    def show_cost(self, *, shown: bool) -> None:
        """Whether there is anything to say of costs; else the column takes no room."""
        without: frozenset[Key] = frozenset() if shown else frozenset({"cost"})
        if without != self._without:
            self._without = without
            self.fit_columns()

    def _is_last(self, at: int) -> bool:
        """Whether no column that is shown stands to its right."""
        return all(self.head.isSectionHidden(n) for n in range(at + 1, len(COLUMNS)))

    def _shape_heads(self) -> None:
        self.clearSpans()
        for at, row in enumerate(self._runs.rows):
            is_run = isinstance(row, RunRow)
            self.setRowHeight(at, self._theme.px(ROW_PX if is_run else GROUP_PX))
            if not is_run:
                self.setSpan(at, 0, 1, len(COLUMNS))

    # choosing -----------------------------------------------------------------------------------

    @property
    def current(self) -> RunRow | None:
        """The selected run."""
        at = self.selected
        return None if at is None else self._runs.run_row(at)

    def choose(self, run_id: str) -> None:
        """Select a run as soon as it is listed."""
        if self._runs.position(run_id) is None:
            self._pending = run_id
        else:
            self._wanted, self._pending = run_id, ""
            self._take_wanted(scroll=True)

    def step(self, by: int) -> None:
        """Select the next or previous run, over heads."""
        at = 0 if self.selected is None else self.selected + by
        while 0 <= at < len(self._runs.rows):
            row = self._runs.run_row(at)
            if row is not None:
                self.choose(row.run.id)
                if at == 1:  # the head above the first run comes into sight with it
                    self.scrollToTop()
                return
            at += by if by else 1

    def _on_about_to_reset(self) -> None:
        self._offset = self.verticalScrollBar().value()

    def _on_reset(self) -> None:
        self._shape_heads()
        if self._runs.position(self._pending) is not None:
            self.choose(self._pending)
            return
        self._take_wanted(scroll=False)
        bar = self.verticalScrollBar()
        bar.setValue(min(self._offset, bar.maximum()))

    def _take_wanted(self, *, scroll: bool) -> None:
        """Select the wanted run; where it is not listed, the first one."""
        at = self._runs.position(self._wanted)
        if at is None:
            at = next((n for n, r in enumerate(self._runs.rows) if isinstance(r, RunRow)), None)
        if at is None:
            self.chosen.emit("")
            return
        self.select(at, scroll=scroll)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which run it is."""
        super().currentChanged(current, previous)
        row = self._runs.run_row(current.row()) if current.isValid() else None
        if row is not None:
            self._wanted = row.run.id
            self.chosen.emit(row.run.id)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a head selects nothing."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self._runs.run_row(index.row()) is None:
            return
        super().mousePressEvent(event)
