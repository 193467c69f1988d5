"""Studies: a list, and one study's progress, quality, results and design. For leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.domain.errors import UserError
from app.domain.studies import Study
from app.services.study_progress import Listed
from app.ui.context import UiContext
from app.ui.screen import Screen, StatusKey
from app.ui.studies.keys import bind_studies_keys, status_keys
from app.ui.studies.loader import StudiesLoader
from app.ui.studies.parts import NO_STUDIES, REVIEWER, StudiesParts
from app.ui.studies.study_list import row_of
from app.ui.studies.verbs import StudyVerbs
from app.ui.studies.work import StudyRead

POLL_MS = 15_000
"""How often an open study is read again while it is looked at: raters vote in other windows."""


class StudiesScreen(Screen):
    """Every study of the workspace."""

    key: ClassVar[str] = "studies"
    title: ClassVar[str] = "Studies"

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self.listed: tuple[Listed, ...] = ()
        self.study_id = ""
        self.read: StudyRead | None = None
        self._tab = "progress"
        self._call_ids: tuple[str, ...] = ()
        self.loader = StudiesLoader(ctx)
        self.verbs = StudyVerbs(ctx, self)
        self.parts = parts = StudiesParts(ctx.theme, ctx.actions)
        self.list, self.page, self.words = parts.list, parts.page, parts.words
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(parts)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._on_poll)
        self._wire()
        bind_studies_keys(self)

    def _wire(self) -> None:
        loader, page = self.loader, self.page
        loader.listed.connect(self._on_listed)
        loader.read.connect(self._on_read)
        loader.failed.connect(self._on_failed)
        self.list.chosen.connect(self.show_study)
        self.words.acted.connect(self._on_words)
        self.parts.rubrics_asked.connect(self.show_rubrics)
        self.parts.new_asked.connect(self.new)
        page.pause_asked.connect(self.verbs.pause)
        page.close_asked.connect(self.verbs.close)
        page.export_asked.connect(self.verbs.ask_export)
        page.adjudicate_asked.connect(self.adjudicate)
        page.open_asked.connect(self.verbs.go_on_with_draft)
        page.call_opened.connect(lambda i: self.navigate.emit("review", {"call_id": i}))
        page.tabs.chosen.connect(self._on_tab)
        self.ctx.bus.changed.connect(self._on_bus)

    # reading ------------------------------------------------------------------------------------

    def activate(self, **kwargs: Any) -> None:
        """Come to the front.

        Args:
            kwargs: `study` (id or code) selects one; `call_ids` or `query` begin a new one of
                those, `new` one of none yet.
        """
        wanted = str(kwargs.get("study") or "")
        if wanted:
            self.study_id = next(
                (x.study.id for x in self.listed if wanted in (x.study.id, x.study.code)), wanted
            )
        if not self.ctx.viewer.is_lead:
            self._say(*REVIEWER)
            return
        self.loader.ask_list()
        self._poll.start()
        if kwargs.get("call_ids") or kwargs.get("query") or kwargs.get("new"):
            self.new(tuple(kwargs.get("call_ids", ())), str(kwargs.get("query") or ""))

    def deactivate(self) -> None:
        """Nothing is read while nobody looks."""
        self._poll.stop()
        self.loader.cancel()

    def refresh(self) -> None:
        """Read the list and the study again."""
        self.loader.ask_list()

    def _on_poll(self) -> None:
        if self.read is not None and self.read.study.state == "open":
            self.refresh()

    def _on_bus(self, changes: Changes, _initiator: object) -> None:
        if self.isVisible() and (changes.studies or changes.everything):
            self.refresh()

    def _on_listed(self, listed: tuple[Listed, ...]) -> None:
        self.listed = listed
        self.parts.show_count(len(listed))
        if not listed:
            self._say(*NO_STUDIES)
            return
        codes = {x.study.code: x.study.id for x in listed}
        self.study_id = codes.get(self.study_id, self.study_id)
        if self.study_id not in codes.values():
            self.study_id = listed[0].study.id
        first = not self.parts.shows_full
        self.parts.show_full()
        self.list.blockSignals(True)
        self.parts.model.set_rows([row_of(x) for x in listed])
        self.list.choose(self.study_id)
        self.list.blockSignals(False)
        self.show_study(self.study_id)
        if first:
            self.list.setFocus()

    @property
    def study(self) -> Study | None:
        """The study in front."""
        return next((x.study for x in self.listed if x.study.id == self.study_id), None)

    def show_study(self, study_id: str) -> None:
        """Show a study: what is known at once, its results when they are read."""
        listed = next((x for x in self.listed if x.study.id == study_id), None)
        if listed is None:
            return
        self.study_id = study_id
        self.page.show_listed(listed)
        self.loader.ask_study(study_id)
        self.status_changed.emit()

    def _on_read(self, read: StudyRead) -> None:
        if read.study.id != self.study_id:
            return
        draft = read.study.state == "draft"
        before, self.read = self.read, read
        self.page.show_read(read)
        if before is None or before.study.id != read.study.id:
            self.page.show_tab("design" if draft else self._tab)

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self.ctx.runner.failed.emit(error)

    def _say(self, title: str, text: str, button: str) -> None:
        self.parts.say(title, text, button)
        self.status_changed.emit()

    # acting -------------------------------------------------------------------------------------

    def _on_words(self) -> None:
        if self.ctx.viewer.is_lead:
            self.new()
        else:
            self.navigate.emit("listen", {})

    def new(self, call_ids: tuple[str, ...] = (), query: str = "") -> None:
        """Begin a study, of those calls or that query."""
        self.verbs.ask_new(call_ids, query)

    def show_rubrics(self) -> None:
        """To the rubric editor."""
        key = self.read.rubric.key if self.read is not None else ""
        self.navigate.emit("rubrics", {"rubric": key})

    def adjudicate(self) -> None:
        """To the lines of a rubric study on which raters differ."""
        study = self.study
        if study is not None and study.instrument == "rubric" and study.state != "draft":
            self.navigate.emit("adjudicate", {"study": study.id})

    def show_tab(self, key: str) -> None:
        """A page of the study."""
        self._on_tab(key)
        self.page.show_tab(key)

    def _on_tab(self, key: str) -> None:
        self._tab = key

    def escape(self) -> None:
        """From the study to the list, from there to the library."""
        if self.list.hasFocus():
            self.navigate.emit("library", {})
        else:
            self.list.setFocus()

    # screen -------------------------------------------------------------------------------------

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints."""
        return status_keys(self)

    def session_state(self) -> dict[str, Any]:
        """Study, page and widths."""
        return {"study": self.study_id, "tab": self._tab, "sizes": self.parts.split.sizes()}

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take them back."""
        self.study_id = str(state.get("study") or "")
        self._tab = str(state.get("tab") or self._tab)
        if isinstance(state.get("sizes"), list):
            self.parts.split.setSizes([int(n) for n in state["sizes"]])
