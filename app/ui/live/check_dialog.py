"""The sound check: delay by chirps, echo, the microphone's level; each a step with a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.errors import UserError
from app.tasks.runner import Lane, Task
from app.ui.widgets.buttons import Button
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Hairline, Label

if TYPE_CHECKING:
    from app.ui.context import UiContext


ONE_LINE = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One part of the check. `work(ctx, opener)` gives something with `words` and `gives`."""

    key: str
    title: str
    ask: str
    work: str
    gives: str


STEPS = (
    Step(
        key="loopback",
        title="1  Delay",
        ask="Hold the microphone near the loudspeaker, or join them by a virtual cable. "
        "Three chirps are played.",
        work="loopback",
        gives="delay",
    ),
    Step(
        key="echo",
        title="2  Echo",
        ask="Be silent. A voice is played: would the agent hear itself?",
        work="echo",
        gives="echo_db",
    ),
    Step(
        key="microphone",
        title="3  Microphone",
        ask="Speak as you will in the call, for four seconds.",
        work="microphone",
        gives="level_dbov",
    ),
)


class StepRow(QWidget):
    """Title, what to do, the verdict, a button."""

    def __init__(self, ctx: UiContext, step: Step, start: Callable[[], object]) -> None:
        super().__init__()
        theme = ctx.theme
        self.ask = Label(theme, step.ask, "small", "t2", wrap=True)
        self.verdict = Label(theme, "", "small", "t1", weight=600, wrap=True)
        lines = self._lines = 2 * theme.line("small")  # room for most, so that nothing jumps
        self.verdict.setMinimumHeight(lines)
        self.ask.setMinimumHeight(lines if len(step.ask) > ONE_LINE else 0)
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        self.verdict.setAlignment(top)
        self.ask.setAlignment(top)
        self.button = Button(theme, "Start")
        self.button.setAccessibleName(f"Start: {step.title}")
        self.button.clicked.connect(lambda: start())
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(Label(theme, step.title, "body", "t1", weight=600))
        words.addWidget(self.ask)
        words.addWidget(self.verdict)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(self.button)

    def say(self, words: str, token: str) -> None:
        """Tell the verdict; a dialog grows for one that is longer than usual."""
        self.verdict.setText(words)
        needed = self.verdict.heightForWidth(self.verdict.width())
        self.verdict.setMinimumHeight(max(self._lines, needed))
        self.verdict.set_token(token)


class CheckDialog(Dialog):
    """When it is closed, `done` is told what was found, by the names of `Setup`."""

    def __init__(
        self,
        ctx: UiContext,
        devices: tuple[str, str],
        done: Callable[[Mapping[str, Any]], object],
        parent: QWidget | None,
    ) -> None:
        super().__init__(ctx.theme, "Sound check", parent, width=560)
        self._ctx, self._devices, self._done = ctx, devices, done
        self._task: Task | None = None
        self.found: dict[str, Any] = {}
        self.rows: dict[str, StepRow] = {}
        for at, step in enumerate(STEPS):
            if at:
                self.body.addWidget(Hairline(ctx.theme))
            row = StepRow(ctx, step, lambda s=step: self.start(s))  # type: ignore[misc]
            self.rows[step.key] = row
            self.body.addWidget(row)
        self.done_button = self.add_button("Done", self.accept, primary=True)
        self.finished.connect(self._on_closed)
        self._next = STEPS[0].key
        self._focus_next()

    def start(self, step: Step) -> None:
        """Do one step."""
        if self._task is not None:
            return
        from app.services.live_calls import sound_check

        for row in self.rows.values():
            row.button.setEnabled(False)
        self.rows[step.key].say("Listening…", "t3")
        self._next = step.key
        opener = sound_check.opener(*self._devices)
        task = self._ctx.runner.task(Lane.NET, getattr(sound_check, step.work), opener)
        task.succeeded.connect(lambda found: self._on_found(step, found))
        task.failed.connect(lambda error: self._on_failed(step, error))
        task.finished.connect(self._on_finished)
        self._task = task
        task.start()

    def _on_found(self, step: Step, found: Any) -> None:
        self.found[step.gives] = getattr(found, step.gives)
        self.rows[step.key].say(found.words, "success" if found.is_good else "warn")
        self._next = _after(step)

    def _on_failed(self, step: Step, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.rows[step.key].say(f"{error.what} {error.remedy}".strip(), "danger")
        else:
            self._ctx.runner.failed.emit(error)

    def _on_finished(self) -> None:
        self._task = None
        for row in self.rows.values():
            row.button.setEnabled(True)
        self._focus_next()

    def _on_closed(self, _code: int) -> None:
        if self._task is not None:
            self._task.cancel()
        self._done(self.found)

    def _focus_next(self) -> None:
        """The step that comes next by keys; after the last, the way out."""
        row = self.rows.get(self._next)
        (self.done_button if row is None else row.button).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses what is in focus, as Space does."""
        button = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(button, Button):
            button.click()
            return
        super().keyPressEvent(event)


def _after(step: Step) -> str:
    """Key of the step behind it; empty behind the last."""
    at = STEPS.index(step) + 1
    return STEPS[at].key if at < len(STEPS) else ""
