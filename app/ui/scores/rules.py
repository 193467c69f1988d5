"""The rules in force on the screen of scores: settings and what-if weights, tried and kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.eval.outbound.weights import Weights
from app.services.judging import score_settings
from app.services.judging.score_settings import ScoreSettings
from app.tasks.runner import Lane

if TYPE_CHECKING:
    from app.ui.context import UiContext

PAUSE_MS, KEEP_MS = 120, 1000
"""How long a slider rests before figures follow it, and before its weights are kept."""


class ScoreRules(QObject):
    """`changed` tells that figures have to follow; gates and weights are kept on the way."""

    changed = Signal()

    def __init__(self, ctx: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.settings = ScoreSettings()
        self.weights: Weights | None = None
        """The person's own; None where the paper's stand alone."""
        self._is_begun = False
        self._pause, self._keep = self._timer(PAUSE_MS), self._timer(KEEP_MS)
        self._pause.timeout.connect(self.changed)
        self._keep.timeout.connect(self.keep)

    def _timer(self, interval_ms: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        return timer

    def begin(self, settings: ScoreSettings, weights: Weights | None) -> bool:
        """Take the stored ones; whether that was the first time."""
        first, self._is_begun = not self._is_begun, True
        self.settings = replace(self.settings, gates=settings.gates)
        if first:
            self.weights = weights
        return first

    @property
    def is_begun(self) -> bool:
        """Whether the stored ones are here."""
        return self._is_begun

    def set_settings(self, settings: ScoreSettings) -> None:
        """Other settings; the rows stay agents or versions as they are."""
        self.settings = replace(settings, group_by=self.settings.group_by)
        self._pause.start()

    def set_group(self, key: str) -> None:
        """Rows of agents, or of their versions."""
        group = "version" if key == "version" else "agent"
        self.settings = replace(self.settings, group_by=group)  # type: ignore[arg-type]
        self._pause.start()

    def set_weights(self, weights: Weights | None) -> None:
        """Other what-if weights; kept once they rest."""
        self.weights = weights
        self._pause.start()
        self._keep.start()

    def keep(self) -> None:
        """Keep the person's weights."""
        ctx = self._ctx
        args = (ctx.ws, ctx.viewer, self.weights)
        ctx.runner.run(Lane.WRITE, score_settings.save_what_if, *args)

    def keep_gates(self, gates: dict[str, float]) -> None:
        """Keep the workspace's gates; only a lead's are kept."""
        ctx = self._ctx
        if ctx.viewer.is_lead:
            ctx.runner.run(Lane.WRITE, score_settings.save_gates, ctx.ws, ctx.viewer, gates)

    def rest(self) -> None:
        """Nobody waits for figures any more; what was set is kept at once."""
        self._pause.stop()
        if self._keep.isActive():
            self._keep.stop()
            self.keep()
