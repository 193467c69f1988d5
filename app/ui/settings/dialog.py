"""The settings dialog, rendered from the table of settings. Every change takes effect at once."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.settings import SETTINGS, Setting
from app.ui.context import UiContext
from app.ui.settings.fields import make_field
from app.ui.settings.keys_page import KeysPage
from app.ui.settings.section_row import SectionRow
from app.ui.settings.sound_page import SoundPage
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Hairline, Label


class SettingsDialog(Dialog):
    """Sections at the left, the fields of one at the right."""

    def __init__(self, ctx: UiContext, parent: QWidget | None, *, section: str = "") -> None:
        super().__init__(ctx.theme, "Settings", parent, width=820)
        self._ctx = ctx
        self.pages = QStackedWidget()
        self._rows: dict[str, SectionRow] = {}
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        for name in dict.fromkeys(s.section for s in SETTINGS if s.section):
            row = SectionRow(ctx.theme, name)
            row.clicked.connect(lambda _=False, n=name: self.show_section(n))
            self._rows[name] = row
            left.addWidget(row)
            self.pages.addWidget(self._make_page(name))
        left.addStretch()
        body = QHBoxLayout()
        body.setSpacing(20)
        body.addLayout(left)
        body.addWidget(Hairline(ctx.theme, vertical=True))
        body.addWidget(self.pages, 1)
        self.body.setContentsMargins(0, 12, 20, 16)
        self.body.addLayout(body, 1)
        self.add_button("Close", self.accept, primary=True)
        self.show_section(section or next(iter(self._rows)))

    def sizeHint(self) -> QSize:
        """Room for the keys."""
        return QSize(self.theme.px(820), self.theme.px(560))

    def show_section(self, name: str) -> None:
        """Show a section."""
        self.pages.setCurrentIndex(list(self._rows).index(name))
        for key, row in self._rows.items():
            row.setChecked(key == name)
            row.update()

    def _make_page(self, section: str) -> QWidget:
        if section == "Keys":
            return KeysPage(self._ctx)
        if section == "Sound":
            return SoundPage(self._ctx)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for setting in SETTINGS:
            if setting.section == section:
                self._add_field(layout, setting)
        layout.addStretch()
        return page

    def _add_field(self, layout: QVBoxLayout, setting: Setting) -> None:
        theme = self._ctx.theme
        if setting.kind != "bool":
            layout.addWidget(Label(theme, setting.label, "small", "t2"))
        layout.addWidget(make_field(theme, self._ctx.settings, setting))
        notes = [setting.help] if setting.help else []
        if setting.shared:
            notes.append("Holds for everybody in this workspace.")
        if notes:
            layout.addWidget(Label(theme, " ".join(notes), "small", "t3", wrap=True))
        layout.addSpacing(12)
