"""The rubrics of the workspace, newest versions, with a search field over them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.rubrics import RubricVersion
from app.ui.actions import ActionTable
from app.ui.judges.judge_list import SearchField
from app.ui.judges.line_list import LineModel, LineRow, LineView
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline


def newest(rubrics: Sequence[RubricVersion]) -> list[RubricVersion]:
    """The newest version of each rubric, by title."""
    found = {r.key: r for r in sorted(rubrics, key=lambda r: r.version)}
    return sorted(found.values(), key=lambda r: r.title.lower())


def matching(rubrics: Sequence[RubricVersion], text: str) -> list[RubricVersion]:
    """Those in whose title, key or criteria every word is found."""
    words = text.lower().split()

    def told(rubric: RubricVersion) -> str:
        parts = [rubric.title, rubric.key]
        parts += [t for c in rubric.criteria for t in (c.title, c.question)]
        return " ".join(parts).lower()

    return [r for r in rubrics if all(w in told(r) for w in words)]


def row_of(rubric: RubricVersion, *, unsaved: bool) -> LineRow:
    """A row of the list."""
    many = len(rubric.criteria)
    below = f"{many} criteri{'on' if many == 1 else 'a'}"
    return LineRow(
        key=rubric.key,
        title=rubric.title or "New rubric",
        words=f"{rubric.title}, version {rubric.version}, {below}",
        tag=f"v{rubric.version}" if rubric.version else "new",
        below=below,
        right=", ".join(sorted({c.scope.replace("_", " ") for c in rubric.criteria})),
        marked=unsaved,
        tip="Has changes that are not saved" if unsaved else "",
    )


class RubricList(QWidget):
    """Search above, rows below, or that nothing fits."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__()
        self._theme = theme
        self._all: tuple[RubricVersion, ...] = ()
        self._unsaved = ""
        self.model = LineModel()
        self.view = LineView(theme, self.model, "Rubrics")
        self.view.chosen.connect(self.chosen)
        self.search = SearchField()
        self.search.setPlaceholderText(f"Search ({actions.cap('rubrics.search') or '/'})")
        self.search.setAccessibleName("Search rubrics")
        self.search.textChanged.connect(lambda _t: self._show())
        self.search.left.connect(self.view.setFocus)
        nothing = EmptyState(theme, "No rubric fits", "Change the words of the search.")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(nothing)
        bar = QVBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(Hairline(theme))
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self.view)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.search.setFont(self._theme.font("body"))
        self.search.setFixedHeight(self._theme.px(Size.CONTROL))

    def show_rubrics(self, rubrics: Sequence[RubricVersion], unsaved: str = "-") -> None:
        """Show other rubrics; `unsaved` is the key of the one with unsaved changes."""
        self._all, self._unsaved = tuple(rubrics), unsaved
        self._show()

    def _show(self) -> None:
        found = matching(self._all, self.search.text())
        self.model.set_rows([row_of(r, unsaved=r.key == self._unsaved) for r in found])
        self._pages.setCurrentIndex(0 if found else 1)
