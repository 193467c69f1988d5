"""The rule of verdicts: presets, thresholds that change with a reason, all versions so far."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.eval.calibration.rules import CRITICAL, PRESETS, Rule, Thresholds
from app.tasks.runner import Lane
from app.ui.calibrating import rule_words
from app.ui.calibrating.dialog_work import store
from app.ui.judges.words import when_words
from app.ui.runs.sections import OverlayArea
from app.ui.studies.grid import Column, Grid, Row, cells
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.services.calibrating.rules import Entry
    from app.ui.context import UiContext

WIDTH_PX, HEIGHT_PX, FIELD_PX, HISTORY_PX = 900, 640, 76, 330
HISTORY = (
    Column(title="Version", px=118, right=False),
    Column(title="When, by whom", px=120, right=False, stretch=True),
)
ABOUT = (
    "Verdicts are made by these thresholds. A change is a new version; older verdicts keep theirs."
)


class RuleDialog(Dialog):
    """Accepted when another rule is in force."""

    def __init__(self, ctx: UiContext, rule: Rule, parent: QWidget | None) -> None:
        super().__init__(ctx.theme, "Rule of verdicts", parent, width=WIDTH_PX)
        self._ctx, self.rule, self._preset = ctx, rule, ""
        self.fields: dict[str, QLineEdit] = {}
        theme = ctx.theme
        self.setMinimumHeight(theme.px(HEIGHT_PX))
        self.presets = Segmented(
            theme, [Segment(name, name) for name in PRESETS], name="Preset", compact=True
        )
        self.presets.set_current(rule.name if rule.name in PRESETS else next(iter(PRESETS)))
        self.presets.chosen.connect(self.choose)
        self.reason = QLineEdit()
        self.reason.setFont(theme.font("body"))
        self.reason.setAccessibleName("Reason for the change")
        self.reason.setPlaceholderText("Why these thresholds? Kept with the version.")
        self.reason.returnPressed.connect(self.save)
        self.critical = QLineEdit()
        self.critical.setFont(theme.font("small"))
        self.critical.setAccessibleName("Critical checks")
        self.critical.setPlaceholderText("Keys of checks whose failures must not be overlooked")
        self.critical.textEdited.connect(self._on_edited)
        self.critical.returnPressed.connect(self.reason.setFocus)
        self.history = Grid(theme, HISTORY, "Versions of the rule", plain=True)
        self.none_yet = Label(theme, "No version but the shipped one.", "small", "t3", wrap=True)
        self._lay_out()
        self.add_button("Cancel", self.reject)
        self.save_button = self.add_button("Put in force", self.save, primary=True)
        self.show_rule(rule)
        ctx.runner.run(Lane.READ, _history, ctx.ws, done=self._on_history)

    def _lay_out(self) -> None:
        theme = self.theme
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(Label(theme, "Preset", "small", "t2"))
        top.addWidget(self.presets)
        top.addStretch()
        self.version = Label(theme, "", "small", "t3")
        top.addWidget(self.version)
        area = OverlayArea(self)
        area.setWidget(self._form())
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(Label(theme, "Versions", "body", weight=600))
        right.addWidget(self.none_yet)
        right.addWidget(self.history, 1)
        right.addStretch()
        middle = QHBoxLayout()
        middle.setSpacing(20)
        middle.addWidget(area, 1)
        holder = QWidget()
        right.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(right)
        holder.setFixedWidth(theme.px(HISTORY_PX))
        middle.addWidget(holder)
        self.body.addWidget(Label(theme, ABOUT, "small", "t2", wrap=True))
        self.body.addLayout(top)
        self.body.addLayout(middle, 1)
        self.body.addWidget(self.reason)

    def _form(self) -> QWidget:
        theme, form = self.theme, QWidget()
        grid = QGridLayout(form)
        grid.setContentsMargins(0, 4, 12, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        row = 0
        for group, names in rule_words.GROUPS.items():
            title = Label(theme, group, "small", weight=600)
            title.setContentsMargins(0, 10 if row else 0, 0, 2)
            grid.addWidget(title, row, 0, 1, 2)
            for name, words in names.items():
                row += 1
                edit = self.fields[name] = QLineEdit()
                edit.setFont(theme.font("small"))
                edit.setFixedWidth(theme.px(FIELD_PX))
                edit.setAlignment(Qt.AlignmentFlag.AlignRight)
                edit.setAccessibleName(f"{group}: {words}")
                edit.textEdited.connect(self._on_edited)
                edit.returnPressed.connect(self.reason.setFocus)
                grid.addWidget(Label(theme, words, "small", "t2"), row, 0)
                grid.addWidget(edit, row, 1)
            row += 1
        keys = Label(theme, "Critical checks: keys, commas between them", "small", "t2")
        grid.addWidget(keys, row, 0)
        grid.addWidget(self.critical, row + 1, 0, 1, 2)
        return form

    # what is shown ------------------------------------------------------------------------------

    def show_rule(self, rule: Rule) -> None:
        """Fill the fields with a rule's thresholds."""
        for name, edit in self.fields.items():
            edit.setText(rule_words.shown(getattr(rule.thresholds, name)))
        self.critical.setText(", ".join(rule.critical))
        self.version.setText(f"In force: {self.rule.ref}")
        self.say_problem("")

    def choose(self, name: str) -> None:
        """Fill in a preset; it is in force once it is saved."""
        self._preset = name
        self.show_rule(PRESETS[name])

    def _on_edited(self, _text: str) -> None:
        self._preset = ""
        self.say_problem("")

    def _on_history(self, found: list[Entry]) -> None:
        if not isValid(self):
            return
        self.history.show_rows(
            [
                Row(
                    key=str(at), cells=cells(e.rule.ref, f"{when_words(e.at)}, {e.by}"),
                    tip=e.rule.reason,
                )
                for at, e in enumerate(found)
            ]
        )  # fmt: skip
        self.none_yet.setVisible(not found)
        self.history.setVisible(bool(found))

    # saving -------------------------------------------------------------------------------------

    def changes(self) -> dict[str, Any]:
        """Thresholds and critical checks that differ from those in force.

        Raises:
            ValueError: names a field that holds none.
        """
        found: dict[str, Any] = {}
        for field in fields(Thresholds):
            edit = self.fields[field.name]
            try:
                value = rule_words.read(edit.text())
            except ValueError:
                raise ValueError(edit.accessibleName()) from None
            if value != getattr(self.rule.thresholds, field.name):
                found[field.name] = value
        critical = tuple(k.strip() for k in self.critical.text().split(",") if k.strip())
        if critical != self.rule.critical:
            found[CRITICAL] = critical
        return found

    def save(self) -> None:
        """Put what is in the fields in force."""
        try:
            changes = self.changes()
        except ValueError as error:
            self.say_problem(f"{error} holds no number. Give a number, “yes”, “no” or “off”.")
            return
        reason = self.reason.text()
        if not changes and (not self._preset or self._preset == self.rule.name):
            self.say_problem("Nothing differs from the rule in force.")
            return
        self.save_button.setEnabled(False)
        store(self._ctx, self, _save, self._preset, changes, reason, refused=self._on_refused)

    def _on_refused(self) -> None:
        self.save_button.setEnabled(True)
        self.reason.setFocus()


def _history(ws: Any) -> list[Entry]:
    from app.services.calibrating import rules

    return rules.history(ws)


def _save(ws: Any, viewer: Any, preset: str, changes: dict[str, Any], reason: str) -> Rule:
    from app.services.calibrating import rules

    if preset:
        return rules.choose(ws, viewer, preset, reason)
    return rules.change(ws, viewer, changes, reason)
