"""Editing how an agent is dialled. Each change that is saved is a version of its name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

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
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.tick import TickBox

if TYPE_CHECKING:
    from app.agents.profiles import CallProfile
    from app.ui.context import UiContext

EXAMPLES = {
    "openai-realtime": "wss://HOST/v1/realtime, or https://HOST/v1",
    "cascade": "http://HOST:PORT/v1",
    "twilio": "ws://HOST:PORT/ws",
    "pipecat": "ws://HOST:PORT/ws",
}
REALTIME_ONLY = ("dialect", "turn_detection", "noise_reduction", "voice", "agent_first", "model")
NOT_FOR: dict[str, tuple[str, ...]] = {
    "twilio": (*REALTIME_ONLY, "brief", "tool_results", "key_ref"),
    "pipecat": (*REALTIME_ONLY, "brief", "tool_results"),
    "cascade": ("dialect", "noise_reduction", "tool_results"),
}
"""Fields that an adapter does not know: hidden."""
DIALECTS = (("ga", "Current (GA)"), ("beta", "Beta, for older servers"))
NOISE = (("", "None"), ("near_field", "Near field"), ("far_field", "Far field"))


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
        self._rows: dict[str, QWidget] = {}
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(7)
        self.edits: dict[str, Any] = {}
        self._known = tuple(KNOWN)
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
        p = self._before
        self._line("name", "Name", p.name)
        self._choice(
            "adapter", "Adapter", [(a, ADAPTERS.get(a, a)) for a in self._known], p.adapter
        )
        self._line("url", "Address", p.url)
        self.key = KeyField(self.theme)
        self.key.show_reference(p.key_ref, p.name)
        self.key.store_asked.connect(self._store_key)
        self._row("key_ref", "Key", self.key)
        self._line("model", "Model", p.model, "as the server names it")
        self._line("voice", "Voice", p.voice, "empty: the server's own")
        self._choice("dialect", "Dialect", DIALECTS, p.dialect)
        vad = "" if p.turn_detection is None else json.dumps(dict(p.turn_detection))
        hint = '{"type": "server_vad", "silence_duration_ms": 500}; {} for push-to-talk'
        self._line("turn_detection", "Turn detection", vad, hint)
        self._choice("noise_reduction", "Noise reduction", NOISE, p.noise_reduction)
        first = TickBox(self.theme, "The agent speaks first")
        first.setChecked(p.agent_first)
        self.edits["agent_first"] = first
        self._row("agent_first", "", first)
        self._text("brief", "Agent brief", p.brief, 80)
        results = json.dumps(dict(p.tool_results), indent=1) if p.tool_results else ""
        self._text("tool_results", "Tools' canned results", results, 64,
                   '{"find_account": "{\\"status\\": \\"open\\"}"}')  # fmt: skip
        self._line("scenario_key", "Scenario", p.scenario_key, "its key, such as 6.1")
        self._options()

    def _options(self) -> None:
        """Fields that adapters add to a profile, as they are."""
        known = {f.name for f in fields(self._before)}
        for name, words in (("origin", "Origin"), ("start_parameters", "Start parameters")):
            if name in known:
                value = getattr(self._before, name)
                text = value if isinstance(value, str) else json.dumps(dict(value))
                self._line(name, words, text)

    def _row(self, name: str, words: str, field: QWidget) -> None:
        label = Label(self.theme, words, "small", "t2")
        self._form.addRow(label, field)
        self._rows[name] = field

    def _line(self, name: str, words: str, text: str, hint: str = "") -> None:
        edit = QLineEdit(text)
        edit.setFont(self.theme.font("body"))
        edit.setAccessibleName(words)
        edit.setPlaceholderText(hint)
        self.edits[name] = edit
        self._row(name, words, edit)

    def _text(self, name: str, words: str, text: str, high: int, hint: str = "") -> None:
        edit = QPlainTextEdit(text)
        edit.setFont(self.theme.font("body"))
        edit.setAccessibleName(words)
        edit.setPlaceholderText(hint)
        edit.setTabChangesFocus(True)
        edit.setFixedHeight(self.theme.px(high))
        self.edits[name] = edit
        self._row(name, words, edit)

    def _choice(self, name: str, words: str, choices: Any, current: str) -> None:
        box = QComboBox()
        box.setFont(self.theme.font("body"))
        box.setAccessibleName(words)
        for key, told in choices:
            box.addItem(told, key)
        box.setCurrentIndex(max(0, box.findData(current)))
        box.currentIndexChanged.connect(lambda _at: self._on_adapter())
        self.edits[name] = box
        self._row(name, words, box)

    def _on_adapter(self) -> None:
        if "adapter" not in self.edits or "tool_results" not in self.edits:
            return
        adapter = str(self.edits["adapter"].currentData())
        hidden = NOT_FOR.get(adapter, ())
        for name, field in self._rows.items():
            self._form.setRowVisible(field, name not in hidden)
        self.edits["url"].setPlaceholderText(EXAMPLES.get(adapter, ""))

    # saving

    def read(self) -> CallProfile:
        """The profile as it stands in the form.

        Raises:
            BadInput: a field cannot be read.
        """
        values: dict[str, Any] = {"key_ref": self.key.reference}
        for name, edit in self.edits.items():
            if isinstance(edit, QComboBox):
                values[name] = str(edit.currentData())
            elif isinstance(edit, TickBox):
                values[name] = edit.isChecked()
            elif isinstance(edit, QPlainTextEdit):
                values[name] = edit.toPlainText().strip()
            else:
                values[name] = edit.text().strip()
        told = values["turn_detection"]
        values["turn_detection"] = _mapping(told, "Turn detection") if told else None
        results = _mapping(values["tool_results"] or "{}", "Tools' canned results")
        values["tool_results"] = {
            k: v if isinstance(v, str) else json.dumps(v) for k, v in results.items()
        }
        if "start_parameters" in values:
            values["start_parameters"] = _mapping(
                values["start_parameters"] or "{}", "Start parameters"
            )
        return replace(self._before, **values)

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


def _mapping(text: str, words: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BadInput(f"{words} is not JSON ({error}).", 'For example {"a": "b"}.') from error
    if not isinstance(found, dict):
        raise BadInput(f"{words} has to be a JSON object.", 'For example {"a": "b"}.')
    return found
