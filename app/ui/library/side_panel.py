"""The left panel: saved views above facets. Facets follow the filter; ticks edit the query."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from app.domain.browsing import Facet, SavedView
from app.ui.library.side_rows import INSET, FacetHead, FacetRow, ViewRow
from app.ui.library.words import thousands
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label

_FOLDED_AT_FIRST = frozenset({"language", "date", "rater", "tag", "redaction"})
_SHOWN_VALUES = 8
ALL = ""
"""Id of the view of all calls."""


class FacetGroup(QWidget):
    """One facet; its rows are kept and filled again, so that counts change without a flicker."""

    toggled = Signal(str)

    def __init__(self, theme: Theme, facet: Facet, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[FacetRow] = []
        self._tokens: list[str] = []
        self.head = FacetHead(theme, facet.title, self)
        self.head.pressed.connect(lambda: self.set_open(is_open=not self.head.is_open))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 2)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.head)
        self.show_facet(facet)
        self.set_open(is_open=facet.key not in _FOLDED_AT_FIRST)

    def set_open(self, *, is_open: bool) -> None:
        """Fold or unfold."""
        self.head.set_open(is_open=is_open)
        for index, row in enumerate(self._rows):
            row.setVisible(is_open and index < len(self._tokens))

    def show_facet(self, facet: Facet) -> None:
        """Fill with new counts."""
        values = [v for i, v in enumerate(facet.values) if i < _SHOWN_VALUES or v.selected]
        while len(self._rows) < len(values):
            row = FacetRow(self._theme, self)
            at = len(self._rows)
            row.pressed.connect(lambda at=at: self._on_pressed(at))
            self._rows.append(row)
            self._layout.addWidget(row)
        self._tokens = [value.token for value in values]
        bands = _bands(facet)
        for index, (row, value) in enumerate(zip(self._rows, values, strict=False)):
            band = bands[index] if index < len(bands) else ""
            row.show_value(value.label, thousands(value.count), chosen=value.selected, band=band)
        self.set_open(is_open=self.head.is_open)

    def _on_pressed(self, at: int) -> None:
        if at < len(self._tokens):
            self.toggled.emit(self._tokens[at])


def _bands(facet: Facet) -> tuple[str, ...]:
    is_latency = facet.key.startswith(("p50", "p95", "latency"))
    return ("latOk", "latSlow", "latLate") if is_latency else ()


class SidePanel(QWidget):
    """Views and facets. `view_chosen(id)` with "" for all calls; `toggled(token)` for a tick."""

    view_chosen = Signal(str)
    view_deleted = Signal(str)
    view_renamed = Signal(str)
    save_asked = Signal()
    toggled = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._views: dict[str, ViewRow] = {}
        self._groups: dict[str, FacetGroup] = {}
        self._chosen = ALL
        self.setMinimumWidth(160)
        body = QWidget()
        self._layout = QVBoxLayout(body)
        self._layout.setContentsMargins(0, 0, 0, 12)
        self._layout.setSpacing(0)
        self._layout.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
        self._layout.addLayout(self._make_title())
        self._view_box = QVBoxLayout()
        self._view_box.setSpacing(0)
        self._layout.addLayout(self._view_box)
        self._layout.addSpacing(8)
        self._layout.addWidget(Hairline(theme))
        self._layout.addSpacing(4)
        self._note = Label(
            theme, "Filters appear once a call is imported.", "small", "t3", wrap=True
        )
        self._note.setContentsMargins(INSET, 8, INSET, 0)
        self._layout.addWidget(self._note)
        self._facet_box = QVBoxLayout()
        self._facet_box.setSpacing(0)
        self._layout.addLayout(self._facet_box)
        self._layout.addStretch()
        area = QScrollArea(self)
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        self.show_views((), 0)

    def _make_title(self) -> QHBoxLayout:
        title = Label(self._theme, "Views", "small", "t2", weight=500)
        self._save = Button(self._theme, icon="plus", kind="quiet", name="Save view", compact=True)
        self._save.clicked.connect(self.save_asked)
        title.setMinimumHeight(self._theme.px(Size.CONTROL_COMPACT))
        row = QHBoxLayout()
        row.setContentsMargins(INSET, 3, 6, 1)
        row.addWidget(title, 1)
        row.addWidget(self._save)
        return row

    def show_views(self, views: Sequence[SavedView], total: int) -> None:
        """Show the saved views with their counts."""
        wanted = [ALL, *(view.id for view in views)]
        names = {view.id: view.name for view in views}
        if list(self._views) != wanted or any(
            row.accessibleName().split(",")[0] != names[key]
            for key, row in self._views.items()
            if key in names
        ):
            self._rebuild_views(views)
        counts = {ALL: thousands(total)}
        counts |= {v.id: "" if v.count is None else thousands(v.count) for v in views}
        for key, row in self._views.items():
            row.set_state(counts[key], chosen=key == self._chosen)

    def _rebuild_views(self, views: Sequence[SavedView]) -> None:
        for row in self._views.values():
            self._view_box.removeWidget(row)
            row.deleteLater()
        self._views = {ALL: ViewRow(self._theme, "database", "All calls", "", self)}
        for view in views:
            icon = "users-three" if view.shared else "list-dashes"
            self._views[view.id] = ViewRow(self._theme, icon, view.name, "", self)
        for key, row in self._views.items():
            row.pressed.connect(lambda k=key: self.view_chosen.emit(k))
            row.menu_asked.connect(lambda where, k=key: self._open_menu(k, where))
            self._view_box.addWidget(row)

    def _open_menu(self, key: str, where: QPoint) -> None:
        if key == ALL:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Rename…").triggered.connect(lambda: self.view_renamed.emit(key))
        menu.addAction("Delete view").triggered.connect(lambda: self.view_deleted.emit(key))
        menu.popup(where)

    def set_chosen(self, view_id: str | None) -> None:
        """Mark the view whose query is in force; None where it has been changed since."""
        self._chosen = view_id if view_id is not None else "changed"
        for key, row in self._views.items():
            row.set_state(row.count_words, chosen=key == self._chosen)

    def show_facets(self, facets: Sequence[Facet], *, any_calls: bool) -> None:
        """Show facets with counts; none before there are calls."""
        self._note.setVisible(not any_calls)
        self._save.setVisible(any_calls)
        shown = [f for f in facets if f.values] if any_calls else []
        if [f.key for f in shown] != list(self._groups):
            for group in self._groups.values():
                self._facet_box.removeWidget(group)
                group.deleteLater()
            self._groups = {f.key: FacetGroup(self._theme, f, self) for f in shown}
            for group in self._groups.values():
                group.toggled.connect(self.toggled)
                self._facet_box.addWidget(group)
        for facet in shown:
            self._groups[facet.key].show_facet(facet)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill."""
        QPainter(self).fillRect(self.rect(), self._theme.color("bg1"))

    def folded(self) -> list[str]:
        """Keys of the folded facets, for the session."""
        return [key for key, group in self._groups.items() if not group.head.is_open]
