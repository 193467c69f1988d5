"""What the keys and tools do to the nodes: verbs that need both the text and the nodes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit

from app.eval.judging.flow_units import Span
from app.ui.flows.desk import FlowDesk
from app.ui.flows.parts import FlowParts
from app.ui.flows.tour import Tour


class FlowVerbs:
    """Acts on the selected node, edge or text."""

    def __init__(self, parts: FlowParts, desk: FlowDesk) -> None:
        self._parts, self._desk, self._draft = parts, desk, desk.draft
        self.tour = Tour(parts.sop, desk.draft)
        self.tour.said.connect(parts.said.say)
        desk.checked.connect(self._on_checked)

    def _on_checked(self) -> None:
        self.tour.checks = self._desk.checks

    def add(self) -> None:
        """Add a node, of the selected text where there is some."""
        parts = self._parts
        span = parts.sop.selection if parts.side.current == "sop" else None
        self._draft.add(span)
        parts.sop.drop_selection()
        if span is None:
            parts.table.edit_text()

    def give(self) -> None:
        """Give the selected text to the selected node."""
        self._with_text(self._draft.give)

    def take(self) -> None:
        """Take the selected text from the selected node."""
        self._with_text(self._draft.take)

    def _with_text(self, act: Callable[[Span], None]) -> None:
        span = self._parts.sop.selection
        if span is None:
            self._parts.said.say("Select text in the SOP first.")
        else:
            act(span)

    def remove(self) -> None:
        """Delete the selected edge, or else the selected node."""
        if not self._parts.graph.remove_edge():
            self._draft.remove()

    def merge(self) -> None:
        """Merge the selected node with the one that it overlaps, or else with the next one."""
        checks = self._desk.checks
        pairs = checks.overlaps if checks is not None else ()
        pair = next((o for o in pairs if self._draft.selected in (o.a, o.b)), None)
        if pair is not None:
            self._draft.merge_pair(pair.a, pair.b)
        else:
            self._draft.merge()

    def select_at(self, place: int) -> None:
        """The node at a place of the text, or the next one where several share it."""
        draft = self._draft
        there = [n.id for n in draft.nodes if any(a <= place < b for a, b in n.spans)]
        if there:
            at = there.index(draft.selected) + 1 if draft.selected in there else 0
            draft.select(there[at % len(there)])

    def next_finding(self, kind: str = "") -> None:
        """To the next thing that a check found, of one kind or of any."""
        self._parts.show_side("sop")
        self.tour.next(kind)

    def swap_focus(self) -> None:
        """From the nodes to the text, or back."""
        if self._parts.sop.hasFocus():
            self._parts.table.setFocus()
        else:
            self._parts.show_side("sop")
            self._parts.sop.setFocus()

    def swap_side(self) -> None:
        """Versions or SOP at the left."""
        self._parts.show_side("sop" if self._parts.side.current == "versions" else "versions")

    def escape(self) -> None:
        """Leave drawing an edge, the selected text, what was said."""
        parts = self._parts
        if parts.graph.is_linking:
            parts.graph.end_link(take=False)
        elif parts.sop.selection is not None:
            parts.sop.drop_selection()
        parts.said.say("")
        parts.table.setFocus()

    @property
    def is_editing(self) -> bool:
        """Whether a cell is being written in."""
        focused = QApplication.focusWidget()
        if not isinstance(focused, QLineEdit | QPlainTextEdit | QComboBox):
            return False
        return self._parts.table.isAncestorOf(focused)
