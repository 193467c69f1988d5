"""The table of disagreements with its keys: the same in the panel and in the large view."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from app.services.calibrating.causes import TAXONOMY
from app.services.calibrating.disagreement import Differing
from app.ui.calibrating.disagreement_acts import CAUSES, SECOND, DisagreementActs
from app.ui.calibrating.disagreement_model import DisagreementModel
from app.ui.calibrating.disagreement_table import DisagreementTable


class DisagreementList(QWidget):
    """Follows the acts' list."""

    def __init__(self, acts: DisagreementActs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.acts = acts
        ctx = acts.ctx
        self.model = DisagreementModel(self)
        self.table = DisagreementTable(ctx.theme, self.model, self)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        self.setFocusProxy(self.table)
        self.table.play_asked.connect(self._on_row(acts.play))
        self.table.doubleClicked.connect(lambda _: self._on_row(acts.open)())
        acts.listed.connect(self._show)
        acts.row_changed.connect(self.model.change_row)
        acts.player.playing_changed.connect(
            lambda name: self.model.set_playing(name.removesuffix(SECOND))
        )
        self._show()
        ctx.actions.bind(self, self._handlers(), enabled=lambda _a: bool(self.model.rows))

    def _handlers(self) -> dict[str, Callable[[], object]]:
        acts, table = self.acts, self.table
        handlers: dict[str, Callable[[], object]] = {
            "differ.up": lambda: table.step(-1),
            "differ.down": lambda: table.step(1),
            "differ.play": self._on_row(acts.play),
            "differ.open": self._on_row(acts.open),
            "differ.play_second": self._on_row(partial(acts.play, second=True)),
            "differ.open_second": self._on_row(partial(acts.open, second=True)),
            "differ.untag": self._on_row(acts.untag),
            "differ.adjudicate": self._on_row(acts.ask_adjudication),
            "differ.example": self._on_row(acts.add_example),
            "differ.order": acts.next_order,
            "differ.export": lambda: acts.ask_export(self),
            "edit_history.undo": acts.undo,
        }
        for digit, cause in enumerate(CAUSES, start=1):
            handlers[f"differ.cause_{digit}"] = partial(self.tag, cause)
        return handlers

    def tag(self, cause: str) -> None:
        """Tag the selected item."""
        if self.table.current is not None:
            self.acts.tag(self.table.current, cause, self)

    def _on_row(self, act: Callable[[Differing], object]) -> Callable[[], None]:
        def on_current() -> None:
            if self.table.current is not None:
                act(self.table.current)

        return on_current

    def _show(self) -> None:
        self.model.set_rows(self.acts.rows)

    def _menu(self, at: QPoint) -> None:
        row, acts = self.table.current, self.acts
        if row is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for digit, (cause, words) in enumerate(TAXONOMY.items(), start=1):
            made = menu.addAction(f"{digit}  {words}", partial(self.tag, cause))
            made.setCheckable(True)
            made.setChecked(row.cause is not None and row.cause.cause == cause)
        menu.addAction("Take the cause back", partial(acts.untag, row)).setEnabled(
            row.cause is not None
        )
        menu.addSeparator()
        menu.addAction("Open in Review", partial(acts.open, row))
        if row.second_code:
            second = partial(acts.open, row, second=True)
            menu.addAction(f"Open {row.second_code} in Review", second)
        menu.addAction("Adjudicate the call", partial(acts.ask_adjudication, row))
        menu.addAction("Add to the examples of the next prompt", partial(acts.add_example, row))
        menu.popup(self.table.viewport().mapToGlobal(at))
