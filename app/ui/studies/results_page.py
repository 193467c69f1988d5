"""What a study found: conditions with both intervals, or preferences; forms have a way on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.studies.forms_page import FormsPage
from app.ui.studies.opinion_page import OpinionPage
from app.ui.studies.preference_page import PreferencePage
from app.ui.studies.words import INSTRUMENT_WORDS, is_paired
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline, Label

if TYPE_CHECKING:
    from app.ui.studies.work import StudyRead


class ResultsPage(QWidget):
    """The honest name of the figures above, the figures below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.title = Label(theme, "", "title")
        self.wording = Label(theme, "", "small", "t2", wrap=True)
        self.title.setContentsMargins(Size.INSET, 12, Size.INSET, 0)
        self.wording.setContentsMargins(Size.INSET, 2, Size.INSET, 10)
        self._theme = theme
        self.empty = EmptyState(theme, "No votes yet")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._head = (self.title, self.wording, Hairline(theme))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in self._head:
            column.addWidget(part)
        column.addWidget(self._pages, 1)

    @cached_property
    def opinions(self) -> OpinionPage:
        """Made when a study of opinions is first shown."""
        page = OpinionPage(self._theme)
        self._pages.addWidget(page)
        return page

    @cached_property
    def preferences(self) -> PreferencePage:
        """Made when a study of pairs is first shown."""
        page = PreferencePage(self._theme)
        self._pages.addWidget(page)
        return page

    @cached_property
    def forms(self) -> FormsPage:
        """Made when a rubric study is first shown."""
        page = FormsPage(self._theme)
        self._pages.addWidget(page)
        return page

    def show_study(self, read: StudyRead) -> None:
        """Show a study's results."""
        found = read.results
        has = found is not None and any(r.done for r in found.raters)
        for part in self._head:
            part.setVisible(has)
        if found is None or not has:
            self._say(read)
            return
        named = found.title != read.study.name
        self.title.setText(found.title if named else INSTRUMENT_WORDS[read.study.instrument])
        self.wording.setText(found.wording[:1].upper() + found.wording[1:])
        if is_paired(read.study):
            self.preferences.show_results(found)
            self._pages.setCurrentWidget(self.preferences)
        else:
            self.opinions.show_results(found, read.simple, read.ends)
            self._pages.setCurrentWidget(self.opinions)

    def _say(self, read: StudyRead) -> None:
        done = sum(rater.done for rater in read.forms.raters) if read.forms is not None else 0
        if done:
            self.forms.show_study(read)
            self._pages.setCurrentWidget(self.forms)
            return
        self._pages.setCurrentWidget(self.empty)
        if read.forms is None:
            self.empty.set_words("No votes yet", "They appear here as raters give them.")
        else:
            self.empty.set_words("No forms yet", "Raters find this study under Score.")
