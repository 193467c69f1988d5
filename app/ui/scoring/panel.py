"""The right-hand side of scoring: the whole form at a glance, one criterion tall."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.forms import Cell
from app.ui.actions import ActionTable
from app.ui.scoring.controller import ScoringController
from app.ui.scoring.criterion_card import CriterionCard
from app.ui.scoring.criterion_row import INSET, CriterionRow
from app.ui.scoring.form_state import FormState
from app.ui.scoring.item_bar import ItemBar
from app.ui.scoring.progress_strip import ProgressStrip
from app.ui.scoring.stale_bar import StaleBar
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label

HEADER_HEIGHT = 36


class RubricPanel(QWidget):
    """Shows one `ScoringController`'s form. Knows nothing of storage or of the call's sound."""

    evidence_asked = Signal()
    evidence_played = Signal(object)
    examples_asked = Signal(object)
    submit_asked = Signal()
    auto_advance_changed = Signal(bool)

    def __init__(self, theme: Theme, actions: ActionTable, rate_hz: int) -> None:
        super().__init__()
        self._theme, self._actions, self.rate_hz = theme, actions, rate_hz
        self._controller: ScoringController | None = None
        self._rows: dict[Cell, CriterionRow] = {}
        self._card: CriterionCard | None = None
        self._shown: Cell | None = None
        self._turn: int | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_header())
        column.addWidget(Hairline(theme))
        self.stale = StaleBar(theme)
        column.addWidget(self.stale)
        self._items = ItemBar(theme)
        self._items.stepped.connect(self._step_item)
        column.addWidget(self._items)
        column.addWidget(self._make_list(), 1)
        self._message = Label(theme, "", "small", "t1", wrap=True)
        self._message.setContentsMargins(INSET, 6, INSET, 6)
        self._message.hide()
        column.addWidget(self._message)
        column.addWidget(Hairline(theme))
        column.addWidget(self._make_footer())
        theme.changed.connect(self._rebuild)
        actions.changed.connect(self._rebuild)

    # ------------------------------------------------------------------ parts

    def _make_header(self) -> QWidget:
        header = QWidget()
        header.setFixedHeight(self._theme.px(HEADER_HEIGHT))
        row = QHBoxLayout(header)
        row.setContentsMargins(INSET, 0, INSET - 6, 0)
        row.setSpacing(8)
        row.addWidget(Label(self._theme, "Rubric", "body", weight=600))
        self._count = Label(self._theme, "", "small", "t3")
        row.addWidget(self._count)
        self._strip = ProgressStrip(self._theme)
        row.addSpacing(4)
        row.addWidget(self._strip, 1)
        self._auto = Button(
            self._theme, "Auto-advance", kind="quiet", compact=True, checkable=True,
            icon="check-square",
        )  # fmt: skip
        self._auto.setToolTip("After a score, go on to the next criterion.")
        self._auto.toggled.connect(self._on_auto)
        row.addWidget(self._auto)
        return header

    def _make_list(self) -> QScrollArea:
        self._list = QWidget()
        self._list_layout = QVBoxLayout(self._list)
        self._list_layout.setContentsMargins(0, 0, 0, 0)
        self._list_layout.setSpacing(0)
        self._list_layout.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._list)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return self._scroll

    def _make_footer(self) -> QWidget:
        footer = QWidget()
        footer.setFixedHeight(self._theme.px(44))
        row = QHBoxLayout(footer)
        row.setContentsMargins(INSET, 0, INSET, 0)
        row.setSpacing(8)
        self._saved = Label(self._theme, "", "small", "t3")
        row.addWidget(self._saved)
        row.addStretch(1)
        self._next = Button(
            self._theme, "Next unset", action="score.next_unset", actions=self._actions
        )
        self._next.clicked.connect(self._next_unset)
        self._submit = Button(self._theme, "Submit", action="score.submit", actions=self._actions)
        self._submit.clicked.connect(self.submit_asked)
        row.addWidget(self._next)
        row.addWidget(self._submit)
        return footer

    # ------------------------------------------------------------------ showing

    def show_form(self, controller: ScoringController) -> None:
        """Follow another controller."""
        self._controller = controller
        self._auto.setChecked(controller.auto_advance)
        controller.changed.connect(self.refresh)
        controller.refused.connect(self.say)
        controller.saved.connect(lambda stamp, _changes: self._on_saved(stamp))
        form = controller.state.form
        self.stale.show_stale(form, self.rate_hz)
        self._saved.setText(
            f"Submitted, version {form.version}" if form.submitted_at and not form.has_draft else ""
        )
        self._rebuild()

    @property
    def card(self) -> CriterionCard | None:
        """The tall criterion."""
        return self._card

    def write_rationale(self) -> None:
        """Put the text cursor into the rationale."""
        if self._card is not None:
            self._card.rationale.setFocus()

    def show_turn(self, index: int | None) -> None:
        """Name the turn that the evidence key would add."""
        self._turn = index
        if self._card is not None:
            self._card.evidence.show_turn(index)

    def say(self, text: str) -> None:
        """A short answer to a key that did nothing; empty text hides it."""
        self._message.setText(text)
        self._message.setVisible(bool(text))

    def refresh(self) -> None:
        """Show the controller's state: called after each durable change."""
        if self._controller is None or self._controller.state.is_empty:
            self._clear()
            return
        state = self._controller.state
        if self._shown is None or state.cell[0] != self._shown[0]:
            self._rebuild()
            return
        if state.cell != self._shown:
            self._open_card(state)
        for cell, row in self._rows.items():
            row.show_answer(state.answer(cell))
        if self._card is not None:
            self._card.show_answer(state.answers.get(state.cell))
        self._show_totals(state)

    def _rebuild(self) -> None:
        self._clear()
        if self._controller is None or self._controller.state.is_empty:
            return
        state = self._controller.state
        for number, cell in enumerate(state.group, start=1):
            criterion = state.form.rubric.criteria[cell[1]]
            row = CriterionRow(self._theme, number, criterion)
            row.clicked.connect(lambda c=cell: self._focus(c))
            self._rows[cell] = row
            self._list_layout.insertWidget(self._list_layout.count() - 1, row)
        self._open_card(state)
        self.refresh()

    def _clear(self) -> None:
        for widget in (*self._rows.values(), *((self._card,) if self._card else ())):
            self._list_layout.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._rows, self._card, self._shown = {}, None, None

    def _open_card(self, state: FormState) -> None:
        if self._card is not None:
            self._card.rationale.flush()
            self._list_layout.removeWidget(self._card)
            self._card.hide()
            self._card.deleteLater()
        cell = state.cell
        number = state.group.index(cell) + 1
        card = CriterionCard(self._theme, self._actions, number, state.criterion, self.rate_hz)
        self._wire(card, cell)
        for other, row in self._rows.items():
            row.setVisible(other != cell)
        self._list_layout.insertWidget(self._list_layout.indexOf(self._rows[cell]), card)
        self._card, self._shown = card, cell
        card.evidence.show_turn(self._turn)
        card.show_answer(state.answers.get(cell))
        card.show()
        self.say("")
        self._scroll.ensureWidgetVisible(card, 0, 0)

    def _wire(self, card: CriterionCard, cell: Cell) -> None:
        controller = self._controller
        assert controller is not None
        card.scored.connect(controller.score)
        card.marked_na.connect(controller.mark_not_applicable)
        card.confidence.connect(controller.set_confidence)
        card.examples.connect(lambda: self.examples_asked.emit(controller.state.criterion))
        card.rationale.settled.connect(lambda text: controller.set_rationale(cell, text))
        card.evidence.asked.connect(self.evidence_asked)
        card.evidence.removed.connect(controller.toggle_evidence)
        card.evidence.played.connect(self.evidence_played)

    def _show_totals(self, state: FormState) -> None:
        group = state.group
        done = tuple(state.is_set(cell) for cell in group)
        self._count.setText(f"{sum(done)} of {len(done)} scored")
        self._strip.show_progress(done, group.index(state.cell))
        left = len(state.missing())
        self._submit.set_text(f"Submit, {left} left" if left else "Submit")
        self._submit.set_kind("plain" if left else "primary")
        self._items.show_item(state, self.rate_hz)

    # ------------------------------------------------------------------ small verbs

    def _step_item(self, step: int) -> None:
        if self._controller is None:
            return
        indices = self._controller.state.item_indices
        at = indices.index(self._controller.state.cell[0]) + step
        if 0 <= at < len(indices):
            self._controller.focus_item(indices[at])

    def _next_unset(self) -> None:
        if self._controller is not None:
            self._controller.next_unset()

    def _focus(self, cell: Cell) -> None:
        if self._controller is not None:
            self._controller.focus(cell)

    def _on_auto(self, on: bool) -> None:
        self._auto.set_icon("check-square" if on else "square")
        if self._controller is not None and self._controller.auto_advance != on:
            self._controller.auto_advance = on
            self.auto_advance_changed.emit(on)

    def _on_saved(self, stamp: str) -> None:
        if stamp:
            local = datetime.fromisoformat(stamp.replace("Z", "+00:00")).astimezone()
            self._saved.setText(f"Draft saved {local:%H:%M:%S}")
        self.say("")
