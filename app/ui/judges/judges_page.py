"""The tab of judges: the list, and one judge in full. Composition, reading and showing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.judging import JudgeDefinition
from app.tasks.runner import Lane
from app.ui.context import UiContext
from app.ui.judges import keys, work
from app.ui.judges.checking import Checked
from app.ui.judges.editing import Editing
from app.ui.judges.judges_parts import JudgesParts
from app.ui.judges.rows import judge_rows
from app.ui.judges.state import JudgesState
from app.ui.judges.try_flow import TryFlow
from app.ui.judges.verbs import JudgeVerbs
from app.ui.screen import StatusKey

COUNT_MS = 2_000
"""How often the calls that judges have judged are counted while a run goes on."""


class JudgesPage(QWidget):
    """Judges by name; texts, versions, differences and a try-out of the one that is selected."""

    status_changed = Signal()
    endpoints_asked = Signal()

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ctx = ctx
        self.state = JudgesState()
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(COUNT_MS)
        self._counting.timeout.connect(self.reload)
        self.parts = JudgesParts(ctx.theme, ctx.actions, self)
        self.list, self.detail = self.parts.list, self.parts.detail
        self.editing = Editing(ctx, self)
        self.trying = TryFlow(ctx, self.detail.trying)
        self.verbs = JudgeVerbs(ctx, self.state, self.detail, self.editing, self.trying)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.parts)
        self._wire()
        ctx.actions.bind(self, keys.handlers(self), enabled=partial(keys.is_enabled, self))
        self.setFocusProxy(self.list)

    def _wire(self) -> None:
        detail, verbs = self.detail, self.verbs
        self.list.chosen.connect(self._on_chosen)
        detail.about.version_chosen.connect(self.show_version)
        detail.tabs.chosen.connect(self._on_side)
        verbs.saved.connect(self._on_saved)
        verbs.diff_shown.connect(self.status_changed)
        verbs.done.connect(self.list.view.setFocus)
        self.editing.changed.connect(self._show)
        self.editing.checked.connect(self._on_checked)
        self.editing.kept.connect(self._on_kept)
        self.trying.endpoints_missing.connect(self._offer_endpoints)
        self.ctx.bus.changed.connect(self._on_changed)

    # reading ------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask for every judge."""
        ctx = self.ctx
        ctx.runner.run(Lane.READ, work.listing, ctx.ws, ctx.viewer, done=self._on_listing)

    def _on_changed(self, changes: Changes, initiator: object) -> None:
        if not self.isVisible() or initiator is self.verbs:
            return
        if changes.everything or changes.judges or changes.rubrics:
            self.reload()
        elif changes.scores and not self._counting.isActive():
            self._counting.start()  # a run that goes on adds scores all the time

    def _on_listing(self, listing: work.Listing) -> None:
        is_other = self.state.take_listing(listing, self.editing.draft)
        self.parts.show_any(shown=bool(listing.entries))
        self._show_rows()
        if is_other:
            self._show()
        elif self.state.entry is not None and self.state.shown is not None:
            self.detail.about.show_judge(self.state.entry, self.state.shown)

    def _show_rows(self) -> None:
        self.list.show_rows(judge_rows(self.state.entries, self.state.drafts))

    def choose(self, ref: str) -> None:
        """Select a judge, and a version where one is named, now or once it is listed."""
        self.list.view.choose(self.state.want(ref))

    def _on_chosen(self, name: str) -> None:
        state = self.state
        if not state.select(name) or state.entry is None:
            return
        self.detail.show_diff(shown=False)
        self.detail.notice.say("")
        self.editing.take(state.entry, state.drafts.get(name))
        self._begin_version()

    def show_version(self, ref: str) -> None:
        """Read another version; what is being changed stays on its own."""
        if ref and self.state.show_version(ref):
            if self.editing.active:
                self.editing.leave()
            self._show()
            self._begin_version()

    def _begin_version(self) -> None:
        shown = self.state.shown
        if shown is not None:
            self.trying.show_judge(shown)
            run = self.ctx.runner.run
            run(Lane.READ, work.scale, self.ctx.ws, shown, done=self._on_scale)

    def _on_scale(self, scale: work.Scale) -> None:
        if self.state.take_scale(scale):
            self._show()

    def _on_saved(self, made: JudgeDefinition) -> None:
        """Read on in the new version, if its judge is still the one that is shown."""
        self.state.drafts.pop(made.name, None)
        entry = self.state.entry
        if entry is not None and entry.name == made.name:
            self.state.shown, self.state.scale = made, None
            self._begin_version()
        self.reload()

    # showing ------------------------------------------------------------------------------------

    @property
    def definition(self) -> JudgeDefinition | None:
        """The judge as it is shown: the draft while one edits."""
        draft = self.editing.draft
        if self.editing.active and draft is not None:
            return draft.definition
        return self.state.shown

    def _show(self) -> None:
        state, draft, editing = self.state, self.editing.draft, self.editing.active
        if editing and draft is not None:
            state.shown = draft.base
        entry, read, shown = state.entry, state.shown, self.definition
        if entry is None or read is None or shown is None:
            return
        changed = draft is not None and draft.is_changed
        self.detail.head.show_judge(
            shown, editing=editing, changed=changed, lead=self.ctx.viewer.is_lead,
            next_version=entry.newest.version + 1,
        )  # fmt: skip
        self.detail.pane.show_definition(shown, editable=editing)
        self.detail.about.show_judge(entry, read)
        if state.scale is not None:
            self.detail.about.show_rubric(state.scale.rubric, state.scale.instead)
            self.detail.pane.show_schema(state.scale.schema, state.scale.instead)
        if changed and draft is not None and not editing:
            self.detail.notice.say(
                f"Changes to {draft.base.ref} are not saved as a version yet.",
                ("Go on editing", self.verbs.edit),
                ("Discard", self.verbs.discard),
            )
        elif draft is not None and editing:
            self.detail.notice.say("")
        self.editing.check(shown)
        self.trying.show_changed(shown)
        self.status_changed.emit()

    def _on_checked(self, checked: Checked) -> None:
        self.detail.variables.show_checked(checked, editable=self.editing.active)
        counts = {part: checked.count(part) for part in ("system", "user")}
        self.detail.pane.show_problems(checked.unknown, counts)
        total = len(checked.problems)
        self.verbs.problems = total
        self.detail.tabs.set_note("variables", str(total) if total else "", "danger")

    def _on_side(self, key: str) -> None:
        if key == "try":
            self.trying.look()

    def _on_kept(self, name: str, is_there: bool) -> None:
        draft = self.editing.draft
        if is_there and draft is not None and draft.base.name == name:
            self.state.drafts[name] = draft.to_json()
        elif not is_there:
            self.state.drafts.pop(name, None)
        self._show_rows()
        self.ctx.bus.saved.emit(utc_now())

    def _offer_endpoints(self) -> None:
        act = ("Add one", self.endpoints_asked.emit)
        self.detail.notice.say("A judge with a model needs an endpoint.", act)

    # page ---------------------------------------------------------------------------------------

    def activate(self) -> None:
        """Come to the front."""
        self.reload()
        if self.detail.side == "try":
            self.trying.look()

    def deactivate(self) -> None:
        """Keep what is being written; nobody waits for a try-out any more."""
        self._counting.stop()
        self.editing.rest()
        self.trying.rest()

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints."""
        return keys.status_keys(self)

    def session_state(self) -> dict[str, Any]:
        """Which judge, which version, which panel."""
        return {
            "judge": self.state.shown.ref if self.state.shown is not None else "",
            "side": self.detail.side,
            "text": self.detail.pane.tabs.current,
        }

    def restore_session(self, state: Mapping[str, Any]) -> None:
        """Take them back."""
        ref, side, text = state.get("judge"), state.get("side"), state.get("text")
        if isinstance(ref, str) and ref:
            self.choose(ref)
        if isinstance(side, str):
            self.detail.show_side(side)
        if isinstance(text, str):
            self.detail.pane.show_tab(text)
