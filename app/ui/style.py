"""The style sheet: Fusion with our tokens, no native focus frames (`FocusRing` draws ours).

A style sheet has no variables: tokens are substituted when the sheet is built, again after
each `Theme.changed`.
"""

from __future__ import annotations

from string import Template

from PySide6.QtWidgets import QApplication

from app.ui.theme import Theme
from app.ui.tokens import COLOURS, Size

_SHEET = Template("""
QToolTip { background: $bg2; color: $t1; border: 1px solid $line2; padding: 4px 6px; }
QAbstractScrollArea { background: $bg1; border: none; }
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QKeySequenceEdit {
  background: $canvas; color: $t1; border: 1px solid $line3; border-radius: ${radius}px;
  padding: 0 8px; min-height: ${field}px; selection-background-color: $accent;
  selection-color: $accentInk; }
QLineEdit { placeholder-text-color: $t3; }
QPlainTextEdit, QTextEdit { padding: 4px; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled,
QComboBox:disabled { color: $off; border-color: $line2; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus,
QDoubleSpinBox:focus { border-color: $t2; }
QComboBox { background: $bg2; border-color: $line2; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox QAbstractItemView { background: $bg2; color: $t1; border: 1px solid $line2;
  selection-background-color: $bg3; selection-color: $t1; outline: 0; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
QDoubleSpinBox::down-button { width: 0; border: none; }
QMenu { background: $bg2; color: $t1; border: 1px solid $line2; padding: 4px 0; }
QMenu::item { padding: 5px 24px 5px 12px; }
QMenu::item:selected { background: $bg3; }
QMenu::item:disabled { color: $off; }
QMenu::separator { height: 1px; background: $line1; margin: 4px 0; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line2; border: 2px solid $bg1; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $line3; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractItemView { background: $bg1; color: $t1; border: none; outline: 0;
  selection-background-color: transparent; selection-color: $t1; }
QTableView { gridline-color: $line1; }
QTableCornerButton::section { background: $bg1; border: none; }
QHeaderView { background: $bg1; }
QHeaderView::section { background: $bg1; color: $t3; border: none;
  border-bottom: 1px solid $line2; padding: 0 8px; min-height: ${head}px; }
QSplitter::handle { background: transparent; }
QDialog, QMainWindow { background: $bg1; }
QScrollArea > QWidget > QWidget { background: transparent; }
QProgressBar { background: $bg3; border: none; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; }
QTabBar::tab { background: transparent; color: $t2; padding: 0 12px; min-height: ${tabs}px;
  border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $t1; border-bottom: 2px solid $accent; }
QTabWidget::pane { border: none; border-top: 1px solid $line1; }
""")


def sheet(theme: Theme) -> str:
    """The application's style sheet for the theme in force."""
    values = {token: theme.hex(token) for token in COLOURS[theme.name]}
    return _SHEET.substitute(
        values,
        off=theme.disabled("bg2").name(),
        radius=Size.RADIUS,
        field=theme.px(Size.CONTROL) - 2,
        head=theme.px(Size.TABLE_HEAD) - 1,
        tabs=theme.px(Size.TABS) - 2,
    )


def apply_style(app: QApplication, theme: Theme) -> None:
    """Set fonts, palette and sheet of the application from the theme in force."""
    app.setFont(theme.font("body"))
    app.setPalette(theme.palette())
    app.setStyleSheet(sheet(theme))
