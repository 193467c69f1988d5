"""One study: what it is and how far, then its pages."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.services.study_progress import Listed
from app.ui.actions import ActionTable
from app.ui.review.tab_strip import Tab, TabStrip
from app.ui.runs.bars import paint_bar
from app.ui.studies.design_page import DesignPage
from app.ui.studies.progress_page import ProgressPage
from app.ui.studies.quality_page import QualityPage
from app.ui.studies.results_page import ResultsPage
from app.ui.studies.words import INSTRUMENT_WORDS, due_words, progress_words, raters_words
from app.ui.studies.work import StudyRead
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Hairline, Label

TABS = (
    Tab("progress", "Progress"),
    Tab("quality", "Quality"),
    Tab("results", "Results"),
    Tab("design", "Design"),
)


class Shows(Protocol):
    """A page of a study."""

    def show_study(self, read: StudyRead) -> None:
        """Show what was read."""


class ShareBar(QWidget):
    """4 px: what is done of what is wanted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._share = theme, 0.0
        self.setFixedHeight(4)

    def show_share(self, done: int, wanted: int) -> None:
        """Show another share."""
        self._share = min(1.0, done / wanted) if wanted else 0.0
        self.setAccessibleName(f"{done} of {wanted} done")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill what is done."""
        paint_bar(QPainter(self), self._theme, self.rect(), self._share, 0.0, "accent")


class StudyPage(QWidget):
    """Emits what the person asks for; the screen does it."""

    pause_asked = Signal()
    close_asked = Signal()
    export_asked = Signal()
    adjudicate_asked = Signal()
    open_asked = Signal()
    call_opened = Signal(str)

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._read: StudyRead | None = None
        self._behind: set[str] = set()
        """Pages that do not show yet what was read."""
        self.code = Label(theme, "", "mono", "t2")
        self.title = ElidedLabel(theme, "", "title")
        self.facts = ElidedLabel(theme, "", "small", "t2")
        self.bar = ShareBar(theme)
        self.tabs = TabStrip(theme, TABS, name="Progress, quality, results, design", parent=self)
        self.tabs.chosen.connect(self.show_tab)
        self._pages = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(self.bar)
        column.addWidget(self.tabs)
        column.addWidget(Hairline(theme))
        column.addWidget(self._pages, 1)

    # Pages are made when they are first shown.

    @cached_property
    def progress(self) -> ProgressPage:
        """How far it is."""
        page = ProgressPage(self._theme)
        page.call_opened.connect(self.call_opened)
        self._pages.addWidget(page)
        return page

    @cached_property
    def quality(self) -> QualityPage:
        """How raters did."""
        page = QualityPage(self._theme)
        self._pages.addWidget(page)
        return page

    @cached_property
    def results(self) -> ResultsPage:
        """What it found."""
        page = ResultsPage(self._theme)
        self._pages.addWidget(page)
        return page

    @cached_property
    def design(self) -> DesignPage:
        """Its rules."""
        page = DesignPage(self._theme)
        self._pages.addWidget(page)
        return page

    def _head(self) -> QVBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.open = self._button("Choose calls and open", self.open_asked, "", "play-circle")
        self.open.set_kind("primary")
        self.adjudicate = self._button(
            "Adjudicate", self.adjudicate_asked, "studies.adjudicate", "scales"
        )
        self.export = self._button("Export", self.export_asked, "studies.export", "export")
        self.pause = self._button("Pause", self.pause_asked, "studies.pause", "")
        self.close_button = self._button("Close", self.close_asked, "studies.close", "")
        row.addWidget(self.code)
        row.addWidget(self.title, 1)
        for part in (self.adjudicate, self.export, self.pause, self.close_button, self.open):
            row.addWidget(part)
        head = QVBoxLayout()
        head.setContentsMargins(Size.INSET, 10, Size.INSET, 10)
        head.setSpacing(6)
        head.addLayout(row)
        head.addWidget(self.facts)
        return head

    def _button(self, text: str, signal: object, action: str, icon: str) -> Button:
        made = Button(
            self._theme, text, icon=icon, action=action, actions=self._actions, compact=True
        )
        made.clicked.connect(lambda _c=False: signal.emit())  # type: ignore[attr-defined]
        return made

    @property
    def tab(self) -> str:
        """The page in front."""
        return self.tabs.current

    def show_tab(self, key: str) -> None:
        """Bring a page to the front."""
        keys = [tab.key for tab in TABS]
        if key in keys:
            self.tabs.set_current(key)
            self._show_front()

    def show_listed(self, listed: Listed) -> None:
        """Show what is known of a study before its results are read."""
        study = listed.study
        self.code.setText(study.code)
        self.title.setText(study.name)
        unit = "forms" if study.instrument == "rubric" else "votes"
        parts = [INSTRUMENT_WORDS[study.instrument], study.state]
        if study.state != "draft":
            parts.append(f"{progress_words(listed.done, listed.wanted)} {unit}")
            parts.append(raters_words(study))
        self.facts.setText(", ".join([*parts, *filter(None, [due_words(study.due)])]))
        self.bar.show_share(listed.done, listed.wanted)
        draft = study.state == "draft"
        self.bar.setVisible(not draft)
        self.open.setVisible(draft)
        self.open.set_text("Open" if study.stimuli else "Choose calls and open")
        self.adjudicate.setVisible(study.instrument == "rubric" and not draft)
        self.export.setVisible(not draft)
        self.pause.setVisible(study.state in ("open", "paused"))
        self.pause.set_text("Pause" if study.state == "open" else "Go on")
        self.close_button.setVisible(not draft)
        self.close_button.set_text("Reopen" if study.state == "closed" else "Close")

    def show_read(self, read: StudyRead) -> None:
        """Show everything that was read of it."""
        self._read = read
        self._behind = {"progress", "quality", "results", "design"}
        self._show_front()
        raters = read.results.raters if read.results is not None else ()
        bad = sum(bool(r.excluded or r.blocks_void) for r in raters)
        self.tabs.set_note("quality", str(bad) if bad else "", "danger")

    def _show_front(self) -> None:
        """Fill the page in front, if what was read is not on it yet: plots take their time."""
        key = self.tabs.current
        self._pages.setCurrentWidget(getattr(self, key))
        if self._read is not None and key in self._behind:
            self._behind.discard(key)
            page: Shows = getattr(self, key)
            page.show_study(self._read)
