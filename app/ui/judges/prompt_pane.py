"""A judge's texts in tabs: system, user, what a reply must look like, settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.judging import JudgeDefinition
from app.ui.judges.prompt_text import PromptText
from app.ui.judges.settings_form import SettingsForm
from app.ui.review.tab_strip import Tab, TabStrip
from app.ui.theme import Theme

TABS = (
    Tab("user", "User prompt", "User"),
    Tab("system", "System prompt", "System"),
    Tab("schema", "Reply"),
    Tab("settings", "Settings"),
)


class PromptPane(QWidget):
    """Reads, or edits where `editable`. Tells each change as it is made."""

    prompt_changed = Signal(str, str)
    """Part (`system`, `user`) and its text."""
    field_changed = Signal(str, str)
    params_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = TabStrip(theme, TABS, name="Parts of the judge")
        self.texts = {
            "user": PromptText(theme, "User prompt"),
            "system": PromptText(theme, "System prompt"),
        }
        self.schema = PromptText(theme, "Schema of the reply")
        self.schema.setReadOnly(True)
        self.settings = SettingsForm(theme)
        self._pages = QStackedWidget()
        self._pages_by_key: dict[str, QWidget] = {
            **self.texts,
            "schema": self.schema,
            "settings": self.settings,
        }
        self._showing = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._pages, 1)
        for page in self._pages_by_key.values():
            self._pages.addWidget(page)
        self._wire()

    def _wire(self) -> None:
        self.tabs.chosen.connect(self.show_tab)
        for part, edit in self.texts.items():
            edit.textChanged.connect(lambda p=part: self._on_text(p))
        self.settings.field_changed.connect(self.field_changed)
        self.settings.params_changed.connect(
            lambda: self.params_changed.emit(self.settings.params.values)
        )

    def _on_text(self, part: str) -> None:
        if not self._showing:
            self.prompt_changed.emit(part, self.texts[part].toPlainText())

    def show_tab(self, key: str) -> None:
        """Bring a part to the front; an unknown key does nothing."""
        if key in self._pages_by_key:
            self.tabs.set_current(key)
            self._pages.setCurrentWidget(self._pages_by_key[key])

    def show_definition(self, shown: JudgeDefinition, *, editable: bool) -> None:
        """Show a judge; texts that are the same already keep cursor and undo history."""
        is_llm = shown.kind == "llm"
        self._showing = True
        for part, edit in self.texts.items():
            edit.setReadOnly(not editable)
            edit.show_text(shown.prompts.get(part, ""))
        self._showing = False
        self.settings.show_definition(shown, editable=editable)
        self.tabs.setVisible(is_llm)
        self._pages.setCurrentWidget(
            self._pages_by_key[self.tabs.current] if is_llm else self.settings
        )

    def show_schema(self, schema: Mapping[str, Any] | None, instead: str) -> None:
        """Show what a reply must look like, or why that cannot be said here."""
        words = instead if schema is None else json.dumps(schema, indent=2, ensure_ascii=False)
        self.schema.show_text(words)

    def show_problems(self, unknown: Iterable[str], counts: Mapping[str, int]) -> None:
        """Underline unknown names; write how many problems each text has behind its tab."""
        names = tuple(unknown)
        for part, edit in self.texts.items():
            edit.colours.set_unknown(names)
            count = counts.get(part, 0)
            self.tabs.set_note(part, str(count) if count else "", "danger")

    def go_to_line(self, part: str, line: int) -> None:
        """Put the cursor on a line of a text."""
        self.show_tab(part)
        self.texts[part].go_to_line(line)
        self.texts[part].setFocus()

    def insert(self, name: str) -> None:
        """Put a variable where the cursor is, in the text that is in front."""
        edit = self.texts.get(self.tabs.current)
        if edit is not None and not edit.isReadOnly():
            edit.textCursor().insertText(f"{{{{ {name} }}}}")
            edit.setFocus()

    def focus_text(self) -> None:
        """Put the cursor where one writes."""
        page = self._pages.currentWidget()
        if page is not None:
            page.setFocus()
