"""The arguments of an evaluator as fields: one line each, named as the evaluator names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from app.domain.errors import BadInput
from app.ui.theme import Theme
from app.ui.widgets.labels import Label
from app.ui.widgets.tick import TickBox

Take = Callable[[], Any]


class ArgForm(QWidget):
    """Fields for plain values: texts, numbers, yes or no. Others keep what they are."""

    def __init__(
        self, theme: Theme, args: Mapping[str, Any], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kept = dict(args)
        self.fields: dict[str, QWidget] = {}
        self._takes: dict[str, Take] = {}
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(6)
        for name, value in args.items():
            self._add(form, name, value)

    def _add(self, form: QFormLayout, name: str, value: Any) -> None:
        words = name.replace("_", " ").capitalize()
        if isinstance(value, bool):
            box = TickBox(self._theme, words)
            box.setChecked(value)
            self.fields[name], self._takes[name] = box, box.isChecked
            form.addRow("", box)
        elif value is None or isinstance(value, str | int | float):
            edit = QLineEdit("" if value is None else str(value))
            edit.setFont(self._theme.font("body"))
            edit.setAccessibleName(words)
            self.fields[name] = edit
            self._takes[name] = lambda: _read(words, edit.text().strip(), value)
            form.addRow(Label(self._theme, words, "small", "t2"), edit)

    def values(self) -> dict[str, Any]:
        """The arguments as they stand.

        Raises:
            BadInput: what should be a number is none.
        """
        return {**self._kept, **{name: take() for name, take in self._takes.items()}}


def _read(words: str, text: str, before: Any) -> Any:
    """A text as the kind of value that was there before."""
    if before is None:
        return text or None
    if isinstance(before, str):
        return text
    try:
        return type(before)(text)
    except ValueError as error:
        raise BadInput(f"{words} is a number, not “{text}”.") from error
