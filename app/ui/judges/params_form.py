"""Parameters of a judge by name: numbers, yes or no, texts; others as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.tips import plain_tip

NAME_PX, VALUE_PX = 170, 340
ADD_HINTS = ("name", "value")


def value_of(text: str) -> Any:
    """A number, true, false, null or other JSON as that; anything else as the text it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def text_of(value: Any) -> str:
    """A value as it is typed."""
    if isinstance(value, str) and not isinstance(value_of(value), str):
        return json.dumps(value)  # "1" the text, not 1 the number
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class ParamsForm(QWidget):
    """One line a parameter; a last line adds one. `changed` follows what the person types."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._values: dict[str, Any] = {}
        self._editable = False
        self.fields: dict[str, QLineEdit] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(3, 1)
        self.new_name = self._edit("", "Name of a new parameter")
        self.new_value = self._edit("", "Value of a new parameter")
        for edit, hint in zip((self.new_name, self.new_value), ADD_HINTS, strict=True):
            edit.setPlaceholderText(hint)
            edit.returnPressed.connect(self._add)
        self.add = Button(theme, "Add", icon="plus", compact=True)
        self.add.clicked.connect(self._add)

    @property
    def values(self) -> dict[str, Any]:
        """The parameters as they stand."""
        return dict(self._values)

    def show_params(self, params: Mapping[str, Any], *, editable: bool) -> None:
        """Show parameters; fields that hold the same already keep their cursor."""
        if dict(params) == self._values and editable == self._editable and self.fields:
            return
        same = list(params) == list(self._values) and editable == self._editable and self.fields
        self._values, self._editable = dict(params), editable
        if same:
            for name, edit in self.fields.items():
                if value_of(edit.text()) != params[name]:
                    edit.setText(text_of(params[name]))
            return
        self._rebuild()

    def _edit(self, text: str, name: str) -> QLineEdit:
        edit = QLineEdit(text, self)
        edit.setFont(self._theme.font("mono_small"))
        edit.setAccessibleName(name)
        edit.setFixedHeight(self._theme.px(Size.CONTROL))
        return edit

    def _rebuild(self) -> None:
        kept = (self.new_name, self.new_value, self.add)
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget not in kept:
                widget.hide()
                widget.deleteLater()
        self.fields = {}
        for row, (name, value) in enumerate(self._values.items()):
            self._grid.addWidget(self._name(name), row, 0)
            edit = self._edit(text_of(value), name)
            edit.setCursorPosition(0)
            edit.setToolTip(plain_tip(edit.text()))
            edit.setMaximumWidth(self._theme.px(VALUE_PX))
            edit.setReadOnly(not self._editable)
            edit.textEdited.connect(lambda text, n=name: self._on_edited(n, text))
            self.fields[name] = edit
            self._grid.addWidget(edit, row, 1)
            if self._editable:
                drop = Button(self._theme, icon="x", kind="quiet", name=f"Take {name} out")
                drop.clicked.connect(lambda _=False, n=name: self._drop(n))
                self._grid.addWidget(drop, row, 2)
        self._add_line(len(self._values))

    def _name(self, name: str) -> Label:
        label = Label(self._theme, name, "mono_small", "t2")
        label.setMinimumWidth(self._theme.px(NAME_PX))
        return label

    def _add_line(self, row: int) -> None:
        for column, widget in enumerate((self.new_name, self.new_value, self.add)):
            widget.setVisible(self._editable)
            if self._editable:
                self._grid.addWidget(widget, row, column)
        self.new_name.setMaximumWidth(self._theme.px(NAME_PX))
        self.new_value.setMaximumWidth(self._theme.px(VALUE_PX))
        if not self._values and not self._editable:
            self._grid.addWidget(Label(self._theme, "None", "small", "t3"), row, 0)

    def _on_edited(self, name: str, text: str) -> None:
        self._values[name] = value_of(text.strip())
        self.changed.emit()

    def _drop(self, name: str) -> None:
        self._values.pop(name, None)
        self._rebuild()
        self.changed.emit()

    def _add(self) -> None:
        name = self.new_name.text().strip()
        if not name:
            self.new_name.setFocus()
            return
        self._values[name] = value_of(self.new_value.text().strip())
        self.new_name.clear()
        self.new_value.clear()
        self._rebuild()
        self.new_name.setFocus()
        self.changed.emit()
