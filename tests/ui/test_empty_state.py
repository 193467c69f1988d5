"""An empty state among other fields."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.empty import EmptyState


def test_tab_goes_past_it_unless_it_has_a_button(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    fields = QLineEdit(), QLineEdit()
    empty = EmptyState(Theme(), "Nothing yet")
    for part in (fields[0], empty, fields[1]):
        column.addWidget(part)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    fields[0].setFocus()
    QTest.keyClick(fields[0], Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is fields[1]
    empty.set_words("Nothing yet", "", "Make one")
    fields[0].setFocus()
    QTest.keyClick(fields[0], Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is empty.focusProxy()
    empty.set_words("Nothing yet")
    fields[0].setFocus()
    QTest.keyClick(fields[0], Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is fields[1]
