"""From a figure to its calls, from a call to its verdicts, from those to the review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.ui.scores.screen import ScoresScreen

WHOLE_FIGURES = ("gic.", "tfc.")
"""Columns whose parts are read by their own names; of others, the group's head is read."""


class BehindFlow:
    """Fills the page of what is behind a figure, and leads on from there."""

    def __init__(self, screen: ScoresScreen) -> None:
        self._screen, self._page = screen, screen.parts.behind
        screen.loader.behind.connect(self._on_behind)
        self._page.call_chosen.connect(self._on_call)
        self._page.open_asked.connect(self._open)

    def go(self) -> None:
        """One step further behind what is in focus."""
        page = self._page
        self._screen.parts.show_page("behind")
        if page.verdicts.hasFocus():
            page.open_current()
        elif page.calls.hasFocus():
            page.verdicts.setFocus() if page.verdicts.lines else page.open_current()
        else:
            page.calls.setFocus()

    def _on_call(self, call_id: str) -> None:
        screen, column = self._screen, self._page.column
        if screen.scored is None:
            return
        base = column if column.startswith(WHOLE_FIGURES) else column.partition(".")[0]
        screen.loader.peek(screen.scored, screen.rules.settings, call_id, base)

    def _on_behind(self, call_id: str, _column: str, verdicts: Sequence[Any]) -> None:
        scored = self._screen.scored
        if scored is not None and self._page.calls.key == call_id:
            code = next((c.call.code for c in scored.paper.calls if c.call.id == call_id), "")
            self._page.show_verdicts(code, verdicts)

    def _open(self, call_id: str, frame: int | None) -> None:
        told: dict[str, Any] = {
            "call_id": call_id,
            "call_ids": [line.key for line in self._page.calls.lines],
            "list_name": self._page.title.text(),
            "tab": "judge",
        }
        if frame is not None:
            told["frame"] = frame
        self._screen.navigate.emit("review", told)
