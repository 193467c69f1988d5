"""A new run: which calls, what to measure, how to transcribe, where to compute."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.domain.errors import UserError
from app.domain.evaluation import Run
from app.services.evaluating.choosing import Choice, Offer, chosen_names, steps_each
from app.tasks.runner import Lane
from app.ui.context import UiContext
from app.ui.library.words import calls_words, thousands
from app.ui.runs.measure_list import MeasureList
from app.ui.runs.measure_model import measure_rows
from app.ui.runs.new_run_fields import RecogniserField, WhereField
from app.ui.runs.starting import library_counts, once_stored, takes_enter, while_open
from app.ui.runs.two_columns import two_columns
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.tick import TickBox

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.services.workspace import Workspace

WIDTH_PX, HEIGHT_PX = 900, 600
READING = "Reading what can be measured."


IN_FORCE = "force"
LAYERS = (
    Segment(IN_FORCE, "In force"),
    Segment("detector", "Detected"),
    Segment("platform", "Reported"),
)
"""By whose timing: a person's corrections where there are any, the detector's, the platform's."""


class NewRunDialog(Dialog):
    """Asks for everything a run is made of; `started` gets the run once it is stored."""

    def __init__(
        self,
        ctx: UiContext,
        query: str,
        seqs: Sequence[int],
        started: Callable[[Run], object],
        parent: QWidget | None,
    ) -> None:
        """`query` is the one in force in the library, `seqs` the numbers of the selected calls."""
        super().__init__(ctx.theme, "New run", parent, width=WIDTH_PX)
        self._ctx, self._query, self._seqs, self._started = ctx, query.strip(), list(seqs), started
        self._offers: list[Offer] = []
        self._counts: dict[str, int] = {"selected": len(self._seqs)}
        self._starting = False
        self._build()
        self.cancel_button = self.add_button("Cancel", self.reject)
        self.go_button = self.add_button("Start", self._go, primary=True)
        self.go_button.setEnabled(False)
        self._steps.setText(READING)
        self._ask(_read, ctx.viewer, self._query, done=self._on_read)

    # composition --------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Room for the list."""
        return QSize(self.theme.px(WIDTH_PX), self.theme.px(HEIGHT_PX))

    def _build(self) -> None:
        theme = self.theme
        self.which = Segmented(theme, self._which(), name="Calls")
        self.which.set_current("selected" if len(self._seqs) > 1 else self._usual())
        self.which.chosen.connect(self._show_steps)
        self.which.setVisible(len(self._which()) > 1)
        self._chosen = Label(theme, "", "small", "t3", wrap=True)
        self.recogniser = RecogniserField(theme)
        self.recogniser.changed.connect(self._show_steps)
        self.layer = Segmented(theme, LAYERS, name="Timing")
        self.where = WhereField(theme, os.cpu_count() or 1)
        self.retry = TickBox(theme, "Try again what failed before")
        self.measures = MeasureList(theme)
        self.measures.measures.ticked_changed.connect(self._show_steps)
        self._steps = Label(theme, "", "small", "t2")
        self.foot.insertWidget(0, self._steps)
        fields = (
            ("Calls", (self.which, self._chosen)),
            ("Transcribe with", (self.recogniser,)),
            ("Measure by the timing", (self.layer,)),
            ("Compute", (self.where,)),
            ("", (self.retry,)),
        )
        verbs = (("Usual", self._tick_usual), ("All", self._tick_all), ("None", self._tick_none))
        columns = two_columns(theme, fields, "Measure", verbs, self.measures)
        self.body.addLayout(columns, 1)

    def _which(self) -> list[Segment]:
        out = []
        if self._seqs:
            out.append(Segment("selected", f"{thousands(len(self._seqs))} selected"))
        if self._query:
            out.append(Segment("found", "What the filter finds"))
        return [*out, Segment("all", "All calls")]

    def _usual(self) -> str:
        return "found" if self._query else "all"

    # reading ------------------------------------------------------------------------------------

    def _ask(self, fn: Callable[..., Any], *args: object, done: Callable[[Any], None]) -> None:
        run = self._ctx.runner.run
        run(Lane.READ, fn, self._ctx.ws, *args, done=while_open(self, done), failed=self._on_failed)

    def _on_read(self, found: tuple[list[Offer], Choice, dict[str, int]]) -> None:
        self._offers, choice, counts = found
        self._counts |= counts
        names = chosen_names(choice, self._offers)
        self.measures.measures.set_rows(measure_rows(self._offers), names)
        self.recogniser.show_offers([o for o in self._offers if o.is_recogniser], names, choice)
        self.where.show_choice(choice)
        self.retry.setChecked(choice.retry_failed)
        self.layer.set_current(choice.layer or IN_FORCE)
        self._show_steps()

    def _tick_usual(self) -> None:
        self.measures.measures.tick(o.name for o in self._offers if o.is_default)

    def _tick_all(self) -> None:
        self.measures.measures.tick(o.name for o in self._offers)

    def _tick_none(self) -> None:
        self.measures.measures.tick(())

    # showing ------------------------------------------------------------------------------------

    def _show_steps(self) -> None:
        self.say_problem("")
        calls = self._counts.get(self.which.current or "")
        if calls is None or not self._offers:
            return
        told, current = calls_words(calls), self.which.current
        words = {"found": f"{told}: {self._query}", "all": f"All of them: {told}"}
        self._chosen.setText(words.get(current or "", told))
        names = [*self.measures.measures.ticked, self.recogniser.current]
        each = steps_each(names, self._offers)
        self._steps.setText(
            f"At most {thousands(calls * each)} steps: {told}, {thousands(each)} each. "
            "What is known already is not computed again."
        )
        self.go_button.setEnabled(calls > 0 and each > 0 and not self._starting)

    # starting -----------------------------------------------------------------------------------

    def choice(self) -> Choice:
        """What the fields say.

        Raises:
            BadInput: a field cannot be read.
        """
        where, workers, address = self.where.values()
        return Choice(
            measures=self.measures.measures.ticked,
            recogniser=self.recogniser.current,
            args=self.recogniser.args(),
            where=where,
            workers=workers,
            address=address,
            retry_failed=self.retry.isChecked(),
            layer="" if self.layer.current in (None, IN_FORCE) else self.layer.current,
        )

    def _go(self) -> None:
        if not self.go_button.isEnabled():
            return
        try:
            choice = self.choice()
        except UserError as error:
            self.say_problem(str(error))
            return
        seqs = self._seqs if self.which.current == "selected" else None
        query = self._query if self.which.current == "found" else ""

        self._starting = True
        self.go_button.setEnabled(False)
        self._ctx.runner.run(
            Lane.WRITE,
            _start,
            self._ctx.ws,
            self._ctx.viewer,
            choice,
            seqs,
            query,
            done=once_stored(self, self._started),
            failed=self._on_failed,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the focused button, else it starts the run."""
        if not takes_enter(self, event, self._go):
            super().keyPressEvent(event)

    def _on_failed(self, error: BaseException) -> None:
        self._starting = False
        if not isinstance(error, UserError):
            self._ctx.runner.failed.emit(error)
            return
        self._show_steps()
        self.say_problem(str(error))


def _read(ws: Workspace, viewer: Viewer, query: str) -> tuple[list[Offer], Choice, dict[str, int]]:
    from app.services.evaluating import choosing

    return choosing.offers(ws), choosing.last_choice(ws, viewer), library_counts(ws, viewer, query)


def _start(
    ws: Workspace, viewer: Viewer, choice: Choice, seqs: list[int] | None, query: str
) -> Run:
    from app.services.evaluating import choosing

    return choosing.start(ws, viewer, choice, seqs=seqs, query=query)
