"""Editing how an agent is dialled. Each change that is saved is a version of its name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

from app.domain.errors import BadInput, UserError
from app.tasks.runner import Lane
from app.ui.judges.key_field import KeyField
from app.ui.live.agent_list import ADAPTERS
from app.ui.live.profile_fields import FIELDS, URL_HINTS, Field
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.tick import TickBox

if TYPE_CHECKING:
    from app.agents.profiles import CallProfile
    from app.ui.context import UiContext


class ProfileDialog(Dialog):
    """`saved(profile)` after it is stored."""

    def __init__(
        self,
        ctx: UiContext,
        profile: CallProfile | None,
        saved: Callable[[CallProfile], None],
        parent: QWidget | None,
    ) -> None:
        title = f"Profile “{profile.name}”, version {profile.version}" if profile else "New profile"
        super().__init__(ctx.theme, title, parent, width=620)
        from app.agents.profiles import ADAPTERS as KNOWN
        from app.agents.profiles import CallProfile

        self._ctx, self._saved = ctx, saved
        self._before = profile or CallProfile(name="", url="")
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(7)
        self.edits: dict[str, Any] = {}
        self._known = tuple(KNOWN)
        self.key = KeyField(ctx.theme)
        self._fill()
        holder = QWidget()
        holder.setLayout(self._form)
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setMinimumHeight(ctx.theme.px(430))
        self.body.addWidget(area)
        note = (
            "Saving keeps earlier versions; each call is stamped with the one it was placed with."
        )
        self.body.addWidget(Label(ctx.theme, note, "small", "t3", wrap=True))
        self.add_button("Cancel", self.reject)
        self.save = self.add_button("Save", self._save, primary=True)
        self._on_adapter()
        self.edits["name"].setFocus()

    # the form

    def _fill(self) -> None:
        for field in FIELDS:
            value = getattr(self._before, field.name)
            edit = self._edit(field, value)
            edit.setAccessibleName(field.label)
            self.edits[field.name] = edit
            words = "" if field.kind == "flag" else field.label
            self._form.addRow(Label(self.theme, words, "small", "t2"), edit)

    def _edit(self, field: Field, value: Any) -> QWidget:
        theme = self.theme
        if field.kind == "key":
            self.key.show_reference(value, self._before.name)
            self.key.store_asked.connect(self._store_key)
            return self.key
        if field.kind == "choice":
            return self._choice(field, value)
        if field.kind == "flag":
            tick = TickBox(theme, field.label)
            tick.setChecked(value)
            return tick
        if field.kind in ("text", "object", "list"):
            edit: Any = QPlainTextEdit(value if field.kind == "text" else _json(field, value))
            edit.setTabChangesFocus(True)
            edit.setFixedHeight(field.lines * theme.line("body") + 12)
        else:
            edit = QLineEdit(f"{value:g}" if field.kind == "number" else value)
        edit.setFont(theme.font("body"))
        edit.setPlaceholderText(field.hint)
        return cast("QWidget", edit)

    def _choice(self, field: Field, value: Any) -> QComboBox:
        box = QComboBox()
        box.setFont(self.theme.font("body"))
        adapters = tuple((a, ADAPTERS.get(a, a)) for a in self._known)
        for key, told in field.choices or adapters:
            box.addItem(told, key)
        box.setCurrentIndex(max(0, box.findData(str(value))))
        box.currentIndexChanged.connect(lambda _at: self._on_adapter())
        return box

    def _on_adapter(self) -> None:
        """Hide what the adapter does not know."""
        if len(self.edits) < len(FIELDS):
            return
        adapter = str(self.edits["adapter"].currentData())
        for field in FIELDS:
            self._form.setRowVisible(self.edits[field.name], adapter in field.adapters)
        self.edits["url"].setPlaceholderText(URL_HINTS.get(adapter, ""))

    # saving

    def read(self) -> CallProfile:
        """The profile as it stands in the form.

        Raises:
            BadInput: a field cannot be read.
        """
        return replace(self._before, **{f.name: self._read(f) for f in FIELDS})

    def _read(self, field: Field) -> Any:
        edit = self.edits[field.name]
        if field.kind == "key":
            return self.key.reference
        if field.kind == "flag":
            return edit.isChecked()
        if field.kind == "choice":
            chosen = str(edit.currentData())
            return int(chosen) if field.name == "input_rate_hz" else chosen
        text = (edit.toPlainText() if isinstance(edit, QPlainTextEdit) else edit.text()).strip()
        if field.kind == "number":
            return _number(text, field.label)
        if field.kind == "list":
            return tuple(_parsed(text or "[]", field.label, list))
        if field.kind == "object":
            return self._read_object(field, text)
        return text

    def _read_object(self, field: Field, text: str) -> dict[str, Any] | None:
        if not text and field.may_be_unset:
            return None
        found: dict[str, Any] = _parsed(text or "{}", field.label, dict)
        if field.name == "turn_detection":
            return found
        return {k: v if isinstance(v, str) else json.dumps(v) for k, v in found.items()}

    def _save(self) -> None:
        from app.services import live_calls

        try:
            wanted = self.read()
        except BadInput as error:
            self.say_problem(f"{error.what} {error.remedy}".strip())
            return
        self.save.setEnabled(False)
        self._ctx.runner.run(
            Lane.WRITE, live_calls.save_profile, self._ctx.ws, wanted,
            done=self._on_saved, failed=self._on_failed,
        )  # fmt: skip

    def _on_saved(self, found: tuple[CallProfile, Any]) -> None:
        self._saved(found[0])
        self.accept()

    def _on_failed(self, error: BaseException) -> None:
        self.save.setEnabled(True)
        if isinstance(error, UserError):
            self.say_problem(f"{error.what} {error.remedy}".strip())
        else:
            self._ctx.runner.failed.emit(error)

    def _store_key(self, reference: str, key: str) -> None:
        from app.models import secrets

        self._ctx.runner.run(
            Lane.NET, secrets.store, reference, key,
            done=lambda _none: self.key.say("Stored in the keyring."),
            failed=lambda error: self.key.say(str(error), problem=True),
        )  # fmt: skip


def _json(field: Field, value: Any) -> str:
    """As it is shown: nothing for nothing that was set."""
    if value is None or (not value and not field.may_be_unset):
        return ""
    return json.dumps(list(value) if isinstance(value, tuple) else dict(value))


def _parsed(text: str, words: str, kind: type) -> Any:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BadInput(
            f"{words} is not JSON ({error}).", "See the example in the field."
        ) from error
    if not isinstance(found, kind):
        noun = "list" if kind is list else "object"
        raise BadInput(f"{words} has to be a JSON {noun}.", "See the example in the field.")
    return found


def _number(text: str, words: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise BadInput(f"{words} is no number.", "For example 30.") from error
