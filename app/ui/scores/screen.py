"""The screen of scores over a set of calls. Composition only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.domain.errors import UserError
from app.eval.outbound.weights import Weights
from app.services.judging.score_settings import ScoreSettings
from app.ui.comparing.saving import Saving
from app.ui.context import UiContext
from app.ui.scores import export, keys
from app.ui.scores.behind_flow import BehindFlow
from app.ui.scores.loader import ScoresLoader
from app.ui.scores.model import ScoresModel
from app.ui.scores.parts import BUSY, HIDDEN, NO_CALLS, NO_SCORES, ScoresParts
from app.ui.scores.rows import GROUPS, Sorting, first_folds, foldable, in_force, shown
from app.ui.scores.rules import ScoreRules
from app.ui.scores.words import set_words
from app.ui.scores.work import Asked, Scored
from app.ui.screen import Screen, StatusKey


class ScoresScreen(Screen):
    """Agents by figures, what is behind each, and what-if weights beside the paper's."""

    key: ClassVar[str] = "scores"
    title: ClassVar[str] = "Results"

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self.scored: Scored | None = None
        self.sorting = Sorting()
        self.folded: frozenset[str] | None = None
        """Groups that are folded; None until a person folded any."""
        self.rules = ScoreRules(ctx, self)
        self.loader = ScoresLoader(ctx)
        self.model = ScoresModel(self)
        self.parts = ScoresParts(ctx.theme, ctx.actions, self.model)
        self.head, self.table = self.parts.head, self.parts.table
        self.saving = Saving(ctx, self)
        self._act: Callable[[], object] = self.back
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.parts)
        self.behind = BehindFlow(self)
        self._wire()

    def _wire(self) -> None:
        loader, head, parts = self.loader, self.head, self.parts
        loader.begun.connect(self._on_begun)
        loader.scored.connect(self._on_scored)
        loader.failed.connect(self._on_failed)
        loader.busy_changed.connect(self._on_busy)
        head.back_asked.connect(self.back)
        head.show_asked.connect(self.show_set)
        head.group_chosen.connect(self.rules.set_group)
        parts.strip.copy_asked.connect(self.copy)
        parts.strip.export_asked.connect(self.export)
        parts.acted.connect(lambda: self._act())
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self.behind.go)
        self.table.figures.fold_asked.connect(self.fold)
        self.table.figures.sort_asked.connect(self.sort)
        parts.weights.changed.connect(self.rules.set_weights)
        parts.rules.changed.connect(self.rules.set_settings)
        parts.rules.gates_changed.connect(self.rules.keep_gates)
        self.rules.changed.connect(self._remake)
        enabled = partial(keys.is_enabled, self)
        self.ctx.actions.bind(self, keys.handlers(self), enabled=enabled)

    # asking -------------------------------------------------------------------------------------

    def show_set(self) -> None:
        """Read the set that the head names."""
        if self.rules.is_begun:
            self.loader.read(self.head.asked, self.rules.settings, self.rules.weights)
        else:
            self.loader.begin()

    def _on_begun(self, settings: ScoreSettings, weights: Weights | None) -> None:
        if self.rules.begin(settings, weights):
            self.parts.weights.show_weights(weights)
        self.show_set()

    def _on_busy(self, is_busy: bool) -> None:
        if is_busy and self.scored is None:
            self._say(*BUSY, act=self.stop)

    def stop(self) -> None:
        """Stop reading; what was shown before comes back."""
        self.loader.cancel()
        if self.scored is None:
            self._say(*NO_CALLS, act=self.back)

    def _remake(self) -> None:
        if self.scored is not None:
            self.loader.remake(self.scored, self.rules.settings, self.rules.weights)

    # answers ------------------------------------------------------------------------------------

    def _on_scored(self, scored: Scored) -> None:
        self.scored = scored
        table = scored.paper
        if not table.calls:
            self._say(*NO_CALLS, act=self.back)
            return
        if not table.columns:
            if self.ctx.viewer.is_lead:
                self._say(*NO_SCORES, act=lambda: self.navigate.emit("runs", {}))
            else:
                self._say(*HIDDEN, act=self.back)
            return
        self._show()
        self.parts.show_table()
        focused = QApplication.focusWidget()
        if focused is None or focused is self.head.edit or not self.isAncestorOf(focused):
            self.table.setFocus()
        self.status_changed.emit()

    def _show(self) -> None:
        scored = self.scored
        if scored is None:
            return
        groups = foldable(scored.paper)
        folded = first_folds(scored.paper) if self.folded is None else self.folded & groups
        head, sorting = self.table.figures, in_force(scored.paper, self.sorting)
        head.folded, head.foldable, head.sorting = folded, groups, sorting
        self.model.set_shown(shown(scored, folded, sorting))
        head.viewport().update()
        self.table.agents.viewport().update()
        self.parts.strip.words.setText(set_words(scored.paper))
        may = self.ctx.viewer.is_lead
        self.parts.rules.show_rules(scored.found, scored.paper, may_change_gates=may)
        self._on_chosen()

    def _on_chosen(self) -> None:
        at, scored = self.table.place, self.scored
        if at is None or scored is None:
            return
        current = self.model.shown
        self.parts.behind.show_cell(scored.paper, current, *at)
        other = current.others[at[0]] if current.others else None
        self.parts.weights.show_beside(current.rows[at[0]], other)

    def _say(
        self, title: str, text: str = "", button: str = "", act: Callable[[], object] | None = None
    ) -> None:
        self._act = act or self.back
        self.parts.show_words(title, text, button)
        self.status_changed.emit()

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.scored = None
            self._say(error.what, error.remedy)
        else:
            self.stop()
            self.ctx.runner.failed.emit(error)

    # acting -------------------------------------------------------------------------------------

    def sort(self, column: str) -> None:
        """Sort by a figure; by the same one again, the other way round."""
        if column:
            self.sorting = self.table.figures.sorting.turned(column)
            self._show()

    def fold(self, group: str) -> None:
        """Fold a group to its head, or unfold it."""
        head = self.table.figures
        if group in head.foldable:
            self.folded = head.folded ^ {group}
            self._show()

    def copy(self) -> None:
        """Copy the table as it is shown."""
        QGuiApplication.clipboard().setText(export.wide_table(self.model.shown))
        self.ctx.bus.message.emit("info", "The table is in the clipboard.", "")

    def export(self) -> None:
        """Ask where to write every figure with what it rests on."""
        if self.scored is not None:
            kinds = "CSV tables (*.csv)"
            self.saving.ask("Export table", "scores.csv", kinds, self.write_table)

    def write_table(self, path: Path) -> None:
        """Write every figure.

        Raises:
            EnvironmentFault: it cannot be written.
        """
        if self.scored is not None:
            export.write_table(path, self.scored.paper, self.scored.what_if)

    def back(self) -> None:
        """To the library."""
        self.navigate.emit("library", {})

    def escape(self) -> None:
        """From verdicts to calls, from the panel to the table, from there to the library."""
        behind = self.parts.behind
        if behind.verdicts.hasFocus():
            behind.calls.setFocus()
        elif self.parts.shows_table and not self.table.hasFocus():
            self.table.setFocus()
        elif self.loader.is_busy:
            self.stop()
        else:
            self.back()

    # screen -------------------------------------------------------------------------------------

    def activate(self, **kwargs: Any) -> None:
        """Come to the front; the set is read anew, as scores may have arrived.

        Args:
            kwargs: `query`, or `call_ids`; nothing leaves the set that is named.
        """
        if "call_ids" in kwargs:
            self.head.set_asked(Asked(ids=tuple(kwargs["call_ids"])))
        elif "query" in kwargs:
            self.head.set_asked(Asked(str(kwargs["query"])))
        self.loader.begin()

    def deactivate(self) -> None:
        """A table that nobody waits for is stopped."""
        self.rules.rest()
        self.loader.cancel()

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints."""
        return keys.status_keys(self)

    def session_state(self) -> dict[str, Any]:
        """Query, order, folds and rows; calls that were chosen one by one are not kept."""
        return {
            "query": self.head.asked.query,
            "column": self.sorting.column,
            "falling": self.sorting.falling,
            "folded": None if self.folded is None else sorted(self.folded),
            "group": self.rules.settings.group_by,
        }

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take them back."""
        if isinstance(state.get("query"), str):
            self.head.set_asked(Asked(state["query"]))
        if isinstance(state.get("column"), str):
            self.sorting = Sorting(state["column"], bool(state.get("falling", True)))
        folded = state.get("folded")
        if isinstance(folded, list):
            self.folded = frozenset(g for g in GROUPS if g in folded)
        if state.get("group") == "version":
            self.rules.set_group("version")
            self.head.group.set_current("version")
