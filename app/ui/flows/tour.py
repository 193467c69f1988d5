"""Going from finding to finding: uncovered text, overlapping nodes, problems."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.eval.judging.flow_checks import Checks
from app.ui.flows.draft import FlowDraft
from app.ui.flows.sop_view import SopView

Stop = tuple[str, str, str]
"""Kind, words, and the node or the unit that it is about."""


class Tour(QObject):
    """`next` shows one finding after the other, of one kind or of all."""

    said = Signal(str)

    def __init__(self, sop: SopView, draft: FlowDraft) -> None:
        super().__init__()
        self._sop, self._draft = sop, draft
        self._last: Stop | None = None
        self.checks: Checks | None = None

    def next(self, kind: str) -> None:
        """Show the finding after the one that was shown last."""
        stops = [s for s in self._stops() if not kind or s[0] == kind]
        if not stops:
            self.said.emit("Nothing was found.")
            return
        at = stops.index(self._last) + 1 if self._last in stops else 0
        self._last = stops[at % len(stops)]
        self._show(*self._last)

    def _stops(self) -> list[Stop]:
        checks = self.checks
        if checks is None:
            return []
        found = [
            (
                "uncovered",
                f"No node covers “{u.text}” N adds one, G gives it to the selected one.",
                u.id,
            )
            for u in checks.uncovered
        ]
        found += [("overlap", f"{o.words} M merges them.", o.a) for o in checks.overlaps]
        found += [("problem", words, words.split(" ", 1)[0]) for words in checks.problems]
        return found

    def _show(self, kind: str, words: str, about: str) -> None:
        units = self.checks.units if self.checks is not None else ()
        unit = next((u for u in units if kind == "uncovered" and u.id == about), None)
        if unit is not None:
            self._sop.go_to(unit.spans[0])
        else:
            self._draft.select(about)
        self.said.emit(words)
