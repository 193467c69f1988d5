"""The screen that holds two sets of calls against each other. Composition only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.comparing import PAIRING_WORDS
from app.domain.errors import UserError
from app.ui.comparing.export import write_table
from app.ui.comparing.loader import CompareLoader
from app.ui.comparing.model import CompareModel
from app.ui.comparing.parts import BUSY, FIRST, NOTHING, CompareParts
from app.ui.comparing.rows import MetricRow, Order, rows_of
from app.ui.comparing.saving import Saving
from app.ui.comparing.work import Compared, Side
from app.ui.context import UiContext
from app.ui.screen import Screen, StatusKey


class CompareScreen(Screen):
    """A and B by query or by selection; a table of figures, and one of them in full."""

    key: ClassVar[str] = "compare"
    title: ClassVar[str] = "Compare"

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self.found: Compared | None = None
        self._order: Order = "catalogue"
        self.loader = CompareLoader(ctx)
        self.model = CompareModel(self)
        self.parts = CompareParts(ctx.theme, ctx.actions, self.model)
        self.head, self.table, self.panel = self.parts.head, self.parts.table, self.parts.panel
        self.saving = Saving(ctx, self)
        self._act: Callable[[], object] = self.back
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.parts)
        self._wire()

    def _wire(self) -> None:
        loader, head, parts = self.loader, self.head, self.parts
        loader.compared.connect(self._on_compared)
        loader.sided.connect(self._on_sided)
        loader.failed.connect(self._on_failed)
        loader.busy_changed.connect(self._on_busy)
        head.back_asked.connect(self.back)
        head.compare_asked.connect(self.compare)
        head.swap_asked.connect(self.swap)
        parts.strip.order_chosen.connect(self._on_order)
        parts.strip.export_asked.connect(self.export)
        parts.acted.connect(lambda: self._act())
        self.table.chosen.connect(self._on_chosen)
        self.panel.call_asked.connect(self._open)
        self.panel.save_asked.connect(self.save_plot)
        handlers: dict[str, Callable[[], object]] = {
            "compare.up": lambda: self.table.step(-1),
            "compare.down": lambda: self.table.step(1),
            "compare.go": self.compare,
            "compare.swap": self.swap,
            "compare.export": self.export,
            "compare.back": self._on_escape,
        }
        self.ctx.actions.bind(self, handlers, enabled=self._is_enabled)

    def _is_enabled(self, action_id: str) -> bool:
        needs_table = action_id in ("compare.up", "compare.down", "compare.export")
        return self.parts.shows_table if needs_table else True

    # asking -------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Hold B against A."""
        for name, field in (("A", self.head.a), ("B", self.head.b)):
            if field.side.is_empty:
                self.loader.cancel()
                self._say(f"Set {name} is not told yet", *FIRST[1:])
                field.edit.setFocus()
                return
        self.loader.fetch(self.head.a.side, self.head.b.side)

    def swap(self) -> None:
        """Exchange the sets; what is shown is compared anew."""
        self.head.swap_sides()
        if self.found is not None:
            self.compare()

    def _on_sided(self, a: Side, b: Side) -> None:
        self.head.a.set_side(a)
        self.head.b.set_side(b)
        if a.is_empty or b.is_empty:
            self._show_first()
            (self.head.a if a.is_empty else self.head.b).edit.setFocus()
        else:
            self.compare()

    def _on_busy(self, is_busy: bool) -> None:
        if is_busy:
            self._say(*BUSY, act=self.stop)

    def stop(self) -> None:
        """Stop comparing; what was shown before comes back."""
        self.loader.cancel()
        self._show_found() if self.found is not None else self._show_first()

    # answers ------------------------------------------------------------------------------------

    def _on_compared(self, found: Compared) -> None:
        self.found = found
        self._show_found()

    def _show_found(self) -> None:
        found = self.found
        if found is None:
            return
        told = found.comparison
        if not told.metrics:
            lacks = " ".join(told.missing[:3])
            self._say(NOTHING[0], f"{NOTHING[1]} {lacks}".strip(), NOTHING[2], act=self.back)
            return
        clear = sum(m.verdict != "unclear" for m in told.metrics)
        paired = PAIRING_WORDS[told.pairing]
        words = paired if told.pairing == "none" else f"paired {paired}"
        self.parts.strip.show_counts(told.a_calls, told.b_calls, words, len(told.metrics), clear)
        self.panel.show_compared(found)
        self.parts.show_table()
        self.model.set_rows(rows_of(told.metrics, self._order))
        self.table.setFocus()
        self.status_changed.emit()

    def _show_first(self) -> None:
        self._say(*FIRST)

    def _say(
        self, title: str, text: str = "", button: str = "", act: Callable[[], object] | None = None
    ) -> None:
        self._act = act or self.back
        self.parts.show_words(title, text, button)
        self.status_changed.emit()

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.found = None
            self._say(error.what, error.remedy)
        else:
            self.stop()
            self.ctx.runner.failed.emit(error)

    def _on_order(self, key: str) -> None:
        self._order = "p" if key == "p" else "catalogue"
        if self.found is not None:
            self.model.set_rows(rows_of(self.found.comparison.metrics, self._order))

    def _on_chosen(self, row: MetricRow) -> None:
        self.panel.show_row(row)

    def _open(self, call_id: str) -> None:
        self.navigate.emit("review", {"call_id": call_id, "list_name": "Compared calls"})

    # leaving and saving -------------------------------------------------------------------------

    def back(self) -> None:
        """To the library."""
        self.navigate.emit("library", {})

    def _on_escape(self) -> None:
        if self.loader.is_busy:
            self.stop()
        else:
            self.back()

    def export(self) -> None:
        """Ask where to write the table, as it is sorted."""
        if self.found is not None:
            kinds = "CSV tables (*.csv)"
            self.saving.ask("Export table", "comparison.csv", kinds, self.write_table)

    def save_plot(self) -> None:
        """Ask where to write the plot that is shown."""
        if self.found is not None:
            kinds = "Pictures (*.png *.svg)"
            self.saving.ask("Export plot", "comparison.png", kinds, self.panel.plot.save)

    def write_table(self, path: Path) -> None:
        """Write the table as it is sorted.

        Raises:
            EnvironmentFault: it cannot be written.
        """
        write_table(path, [row.metric for row in self.model.rows])

    # screen -------------------------------------------------------------------------------------

    def activate(self, **kwargs: Any) -> None:
        """Come to the front.

        Args:
            kwargs: `query` and `seqs` of the library; or `a_ids` and `b_ids`; or nothing, which
                leaves what is shown.
        """
        if "a_ids" in kwargs:
            self.loader.fetch_named(kwargs["a_ids"], kwargs.get("b_ids", ()))
        elif "seqs" in kwargs:
            self.loader.fetch_sides(kwargs.get("query", ""), kwargs["seqs"])
        elif self.found is None and not self.loader.is_busy:
            self.head.a.edit.setFocus()

    def deactivate(self) -> None:
        """A comparison that nobody waits for is stopped."""
        if self.loader.is_busy:
            self.stop()

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints."""
        if not self.parts.shows_table:
            return (
                (("compare.go",), "compare"),
                (("compare.back",), "library"),
                (("app.keys",), "all keys"),
            )
        return (
            (("compare.up", "compare.down"), "figure"),
            (("compare.swap",), "swap A and B"),
            (("compare.export",), "export table"),
            (("compare.back",), "library"),
            (("app.keys",), "all keys"),
        )

    def session_state(self) -> dict[str, Any]:
        """Both queries and the order; calls that were chosen one by one are not kept."""
        return {
            "a": self.head.a.side.query,
            "b": self.head.b.side.query,
            "order": self._order,
        }

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take them back."""
        for key, field in (("a", self.head.a), ("b", self.head.b)):
            if isinstance(state.get(key), str):
                field.set_side(Side(state[key]))
        if state.get("order") == "p":
            self._order = "p"
            self.parts.strip.order.set_current("p")
