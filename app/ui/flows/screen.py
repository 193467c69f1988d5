"""The flow editor. Composition: desk, widgets, verbs and keys are wired here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.errors import UserError
from app.ui.context import UiContext
from app.ui.flows.approve_dialog import ApproveDialog
from app.ui.flows.derive_dialog import DeriveDialog
from app.ui.flows.desk import FlowDesk
from app.ui.flows.keys import handlers, is_enabled, status_keys
from app.ui.flows.parts import FlowParts
from app.ui.flows.verbs import FlowVerbs
from app.ui.flows.words import findings_of, state_words
from app.ui.screen import Screen, StatusKey

SPLIT_WORDS = "Ctrl+Enter splits the text where the cursor stands, Esc leaves it."


class FlowsScreen(Screen):
    """An SOP beside its nodes; edits are kept until they are saved as a version."""

    key: ClassVar[str] = "flows"
    title: ClassVar[str] = "Flows"

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self.desk = FlowDesk(ctx, self)
        self.draft = self.desk.draft
        self.parts = FlowParts(ctx.theme, ctx.actions, self.draft)
        self.verbs = FlowVerbs(self.parts, self.desk)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.parts)
        self._wire()

    def _wire(self) -> None:
        draft, desk, parts, verbs = self.draft, self.desk, self.parts, self.verbs
        desk.listed.connect(self._on_listed)
        desk.opened.connect(self._on_opened)
        desk.checked.connect(self._on_checked)
        desk.failed.connect(self._on_failed)
        draft.opened.connect(self._on_draft_opened)
        draft.changed.connect(self._on_changed)
        draft.selected_changed.connect(self._on_selected)
        draft.refused.connect(parts.said.say)
        head = parts.head
        head.flow_chosen.connect(desk.open_flow)
        head.derive_asked.connect(self.derive)
        head.undo_asked.connect(draft.undo)
        head.redo_asked.connect(draft.redo)
        head.save_asked.connect(desk.save)
        head.approve_asked.connect(self.approve)
        parts.empty.derive_asked.connect(self.derive)
        parts.empty.library_asked.connect(lambda: self.navigate.emit("library", {}))
        parts.acted.connect(desk.wake)
        parts.give.clicked.connect(verbs.give)
        parts.sop.place_chosen.connect(verbs.select_at)
        parts.sop.selectionChanged.connect(self._show_tools)
        parts.graph.linking_changed.connect(parts.said.say)
        parts.table.split_begun.connect(lambda: parts.said.say(SPLIT_WORDS))
        parts.versions.open_asked.connect(self._open_version)
        checks = parts.checks
        checks.uncovered_asked.connect(lambda: verbs.next_finding("uncovered"))
        checks.overlap_asked.connect(lambda: verbs.next_finding("overlap"))
        checks.problem_asked.connect(lambda: verbs.next_finding("problem"))
        acts = handlers(self)
        parts.tools.asked.connect(lambda verb: acts[f"flows.{verb}"]())
        self.ctx.actions.bind(self, acts, enabled=lambda action: is_enabled(self, action))

    # showing ------------------------------------------------------------------------------------

    def _on_listed(self) -> None:
        if self.desk.entries:
            self.parts.head.show_entries(self.desk.entries, self.desk.wanted)
        else:
            self.parts.show_empty()
            self.status_changed.emit()

    def _on_opened(self) -> None:
        self.parts.show_flow()
        self.status_changed.emit()

    def _open_version(self, version_id: str) -> None:
        self.desk.open_version(version_id)
        self.parts.show_side("sop")

    def _on_draft_opened(self) -> None:
        base, history = self.draft.base, self.desk.history
        if base is not None and history is not None:
            self.parts.sop.show_sop(base.sop)
            self.parts.versions.show_versions(history.versions, base.id)

    def _on_changed(self) -> None:
        uncovered = self.desk.checks.uncovered if self.desk.checks is not None else ()
        self.parts.sop.show_nodes(self.draft.nodes, uncovered)
        self.parts.said.say("")
        self._show_tools()
        self._show_state()

    def _on_checked(self) -> None:
        checks, parts = self.desk.checks, self.parts
        if checks is None:
            return
        parts.sop.show_nodes(self.draft.nodes, checks.uncovered)
        parts.checks.show_checks(checks)
        findings = findings_of(checks)
        parts.table.show_findings(findings)
        parts.graph.show_findings(findings)
        self._show_state()

    def _on_selected(self, node_id: str) -> None:
        self.parts.sop.show_chosen(node_id)
        self._show_tools()

    def _show_tools(self) -> None:
        parts = self.parts
        parts.tools.show_nodes(self.draft.nodes, self.draft.selected)
        has_text = parts.sop.selection is not None
        parts.give.setEnabled(has_text and bool(self.draft.selected))

    def _show_state(self) -> None:
        draft, base, desk = self.draft, self.draft.base, self.desk
        if base is None:
            return
        self.parts.head.show_state(
            state_words(base, desk.judging, changed=draft.is_changed),
            undo=draft.can_undo,
            redo=draft.can_redo,
            can_save=draft.is_changed,
            why_not=desk.why_not,
        )
        self.parts.checks.show_stood(desk.stood)

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, UserError):
            self.ctx.runner.failed.emit(error)
        elif self.parts.shows_flow:
            self.parts.said.say(f"{error.what} {error.remedy}".strip())
        else:
            self.parts.show_words(error.what, error.remedy, "Try again")

    # dialogs ------------------------------------------------------------------------------------

    def derive(self) -> None:
        """Ask for an SOP and derive a flow."""
        base = self.draft.base
        scenario = base.key if base is not None and base.stage == "scenario" else ""
        dialog = DeriveDialog(self.ctx, self.desk.entries, scenario, self)
        dialog.derived.connect(self.desk.take_derived)
        dialog.rejected.connect(self.desk.wake)  # rounds that were stored before a stop
        dialog.open()

    def approve(self) -> None:
        """Ask for a note, then approve."""
        base, history, stood = self.draft.base, self.desk.history, self.desk.stood
        if self.desk.why_not:
            self.parts.said.say(self.desk.why_not)
        elif base is not None and history is not None and stood is not None:
            figures = (
                ("This version", stood),
                ("Approvals of this flow", history.of_flow),
                ("Approvals of all flows", history.over_all),
            )
            title = f"Approve “{base.title}”"
            dialog = ApproveDialog(self.ctx.theme, title, figures, self.desk.checks, parent=self)
            dialog.accepted_note.connect(self.desk.approve)
            dialog.open()

    # screen -------------------------------------------------------------------------------------

    def activate(self, **kwargs: Any) -> None:
        """Come to the front; `flow` is the key of the one to show."""
        wanted = kwargs.get("flow")
        if isinstance(wanted, str) and wanted:
            self.desk.keep()
            self.desk.wanted = wanted
        self.desk.wake()
        self.setFocusProxy(self.parts.table)

    def deactivate(self) -> None:
        """What is edited stays."""
        self.desk.rest()
        if self.parts.graph.is_linking:
            self.parts.graph.end_link(take=False)

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints."""
        return status_keys(self)

    def session_state(self) -> dict[str, Any]:
        """The flow, the side, widths, and what is not saved."""
        parts = self.parts
        return {
            **self.desk.state(),
            "side": parts.side.current,
            "sizes": parts.split.sizes(),
            "heights": parts.down.sizes(),
        }

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take them back."""
        self.desk.restore(state)
        if state.get("side") == "versions":
            self.parts.show_side("versions")
        for name, splitter in (("sizes", self.parts.split), ("heights", self.parts.down)):
            sizes = state.get(name)
            if isinstance(sizes, list) and len(sizes) == 2 and all(map(_is_size, sizes)):
                splitter.setSizes(sizes)


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
