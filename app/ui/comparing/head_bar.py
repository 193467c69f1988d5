"""The head of the comparison: back, both sets, swap, Compare; beneath it what was compared."""

from __future__ import annotations

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from app.ui.actions import ActionTable
from app.ui.comparing.work import Side
from app.ui.library.words import calls_words
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Label
from app.ui.widgets.segmented import Segment, Segmented

STRIP_PX = 40
HINTS = {"A": "A query, as agent:nora", "B": "A query, as tag:noisy"}


class SideField(QWidget):
    """A query, or the words of calls that were chosen one by one; those can be dropped."""

    entered = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._ids: tuple[str, ...] = ()
        self.edit = QLineEdit()
        self.edit.setFont(theme.font("body"))
        self.edit.setPlaceholderText(HINTS[name])
        self.edit.setAccessibleName(f"Set {name}, a query")
        self.edit.setMinimumWidth(80)
        self.edit.returnPressed.connect(self.entered)
        self.kept = Button(theme, "", icon="x")
        self.kept.setToolTip("Press to type a query instead")
        self.kept.clicked.connect(self._drop)
        self.kept.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(Label(theme, name, "body", "t2", weight=600))
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.kept)
        layout.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(lambda: self.edit.setFont(theme.font("body")))

    @property
    def side(self) -> Side:
        """What the field says."""
        return Side(ids=self._ids) if self._ids else Side(self.edit.text().strip())

    def set_side(self, side: Side) -> None:
        """Show another set."""
        self._ids = side.ids
        self.edit.setText(side.query)
        count = len(side.ids)
        self.kept.set_text(f"{count} selected call{'' if count == 1 else 's'}")
        self.kept.setVisible(count > 0)
        self.edit.setVisible(count == 0)

    def _drop(self) -> None:
        self.set_side(Side())
        self.edit.setFocus()


class _Bar(QWidget):
    """A surface with a hairline below."""

    def __init__(self, theme: Theme, height: int) -> None:
        super().__init__()
        self._theme, self._px = theme, height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(Size.INSET, 0, Size.INSET, 1)
        self.row.setSpacing(12)
        self._resize()
        theme.changed.connect(self._resize)

    def _resize(self) -> None:
        self.setFixedHeight(self._theme.px(self._px))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill, hairline below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg1"))
        line = QRect(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, self._theme.color("line1"))


class CompareHead(_Bar):
    """44 px."""

    back_asked = Signal()
    compare_asked = Signal()
    swap_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__(theme, Size.HEADER)
        self.back = Button(theme, icon="arrow-left", kind="quiet", name="Back to the library")
        self.back.clicked.connect(self.back_asked)
        self.a, self.b = SideField(theme, "A"), SideField(theme, "B")
        self.swap = Button(theme, icon="arrows-left-right", name="Swap A and B")
        self.swap.clicked.connect(self.swap_asked)
        self.go = Button(theme, "Compare", kind="primary", action="compare.go", actions=actions)
        self.go.clicked.connect(self.compare_asked)
        self.row.setSpacing(10)
        self.row.addWidget(self.back)
        self.row.addWidget(Label(theme, "Compare", "title"))
        self.row.addSpacing(6)
        self.row.addWidget(self.a, 1)
        self.row.addWidget(self.swap)
        self.row.addWidget(self.b, 1)
        self.row.addWidget(self.go)
        for field in (self.a, self.b):
            field.entered.connect(self.compare_asked)

    def swap_sides(self) -> None:
        """Exchange A and B."""
        a, b = self.a.side, self.b.side
        self.a.set_side(b)
        self.b.set_side(a)


class CompareStrip(_Bar):
    """40 px: how many calls, how they were paired, the order, the table's export."""

    order_chosen = Signal(str)
    export_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__(theme, STRIP_PX)
        self._words = ElidedLabel(theme, "", "small", "t2")
        self.order = Segmented(
            theme,
            [Segment("catalogue", "By catalogue"), Segment("p", "By p")],
            name="Order",
            compact=True,
        )
        self.order.chosen.connect(self.order_chosen)
        self.export = Button(
            theme,
            "Export table",
            icon="export",
            kind="quiet",
            action="compare.export",
            actions=actions,
            compact=True,
        )
        self.export.clicked.connect(self.export_asked)
        self.row.addWidget(self._words, 1)
        self.row.addWidget(self.order)
        self.row.addWidget(self.export)

    def show_counts(self, a: int, b: int, paired: str, metrics: int, clear: int) -> None:
        """What was compared, in words."""
        self._words.setText(
            f"A {calls_words(a)}, B {calls_words(b)}, {paired}. "
            f"{metrics} figures, {clear} differ at 5 %."
        )
