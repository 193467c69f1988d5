"""The arguments of an evaluator as fields: one line each, named as the evaluator names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QWidget

from app.domain.errors import BadInput
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.tick import TickBox

Take = Callable[[], Any]

LABEL_PX = 84
"""Fields of different evaluators begin at the same place."""

WORDS = {"base_url": "Address", "key_ref": "Key"}
HINTS = {
    "language": "the call's own",
    "folder": "instead of a model's name",
    "base_url": "https://host/v1",
    "key_ref": "env:NAME or keyring:service/name",
}


class ArgForm(QWidget):
    """Fields for plain values: texts, numbers, yes or no. Others keep what they are.

    What is called `folder` can be looked for; `HINTS` says what an empty field means.
    """

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
        words = WORDS.get(name) or name.replace("_", " ").capitalize()
        if isinstance(value, bool):
            box = TickBox(self._theme, words)
            box.setChecked(value)
            self.fields[name], self._takes[name] = box, box.isChecked
            form.addRow("", box)
        elif value is None or isinstance(value, str | int | float):
            edit = QLineEdit("" if value is None else str(value))
            edit.setFont(self._theme.font("body"))
            edit.setAccessibleName(words)
            edit.setPlaceholderText(HINTS.get(name, ""))
            self.fields[name] = edit
            self._takes[name] = lambda: _read(words, edit.text().strip(), value)
            label = Label(self._theme, words, "small", "t2")
            label.setMinimumSize(self._theme.px(LABEL_PX), self._theme.px(Size.CONTROL))
            form.addRow(label, self._with_button(edit) if name == "folder" else edit)

    def _with_button(self, edit: QLineEdit) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        button = Button(self._theme, icon="folder-open", name="Choose a folder")
        button.clicked.connect(lambda: self._choose_folder(edit))
        row.addWidget(edit, 1)
        row.addWidget(button)
        return holder

    def _choose_folder(self, edit: QLineEdit) -> None:
        dialog = QFileDialog(self, "Choose a folder", edit.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(edit.setText)
        dialog.open()

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
