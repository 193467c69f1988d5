"""The page before a call: whom, through which devices, under what conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.live.agent_list import AgentList
from app.ui.live.column import Column
from app.ui.live.options_form import FaultsForm, OptionsForm
from app.ui.live.scenario_card import ScenarioCard, Script
from app.ui.live.setup import DEFAULT, Setup
from app.ui.live.sound_form import NO_INPUT, SoundForm
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.tick import TickBox

if TYPE_CHECKING:
    from app.agents.profiles import CallProfile
    from app.services.live_calls.device_list import DeviceChoices

SCRIPT_PX = 352
COLUMN_PX = 520
CONSENT = "Everybody in the call agrees that it is recorded"


class SetupPage(QWidget):
    """Shows and reads a `Setup`; tells the screen what is asked for."""

    changed = Signal()
    """Something was chosen by the person."""
    consented = Signal(bool)
    edit_asked = Signal(bool)
    """Edit the profile that is on, or (true) make one."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self._setup = Setup()
        self._token = ""
        self.agents = AgentList(theme)
        self.new = Button(theme, "New profile", icon="plus", kind="quiet", compact=True,
                          action="live.profile_new", actions=actions)  # fmt: skip
        self.edit = Button(theme, "Edit", icon="pencil-simple", kind="quiet", compact=True,
                           action="live.profile", actions=actions)  # fmt: skip
        self.sound = SoundForm(theme, actions)
        self.consent = TickBox(theme, CONSENT)
        self.consent_words = Label(theme, "", "small", "t3", wrap=True)
        self.problem = Label(theme, "", "body", "danger", wrap=True)
        self.problem.setContentsMargins(Size.INSET, 10, Size.INSET, 10)
        self.problem.hide()
        self.options, self.faults = OptionsForm(theme), FaultsForm(theme)
        self.scenario = QComboBox()
        self.scenario.setFont(theme.font("body"))
        self.scenario.setAccessibleName("Scenario")
        self.script = ScenarioCard(theme)
        self._practice, self._conditions = QWidget(), QWidget()
        self._lay_out()
        self._wire()

    # layout

    def _lay_out(self) -> None:
        both = QWidget()
        across = QHBoxLayout(both)
        across.setContentsMargins(Size.INSET, 16, Size.INSET, 16)
        across.setSpacing(32)
        for column in (self._whom(), self._how()):
            column.setSpacing(6)
            column.setContentsMargins(0, 0, 0, 0)
            column.addStretch()
            holder = QWidget()
            holder.setMaximumWidth(self._theme.px(COLUMN_PX))
            holder.setLayout(column)
            across.addWidget(holder, 1)
        across.addStretch(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.problem)
        left.addWidget(Column(both), 1)
        row.addLayout(left, 1)
        row.addWidget(Hairline(self._theme, vertical=True))
        row.addWidget(self._side())

    def _whom(self) -> QVBoxLayout:
        column = QVBoxLayout()
        head = self._head("Whom to call")
        head.addWidget(self.new)
        head.addWidget(self.edit)
        column.addLayout(head)
        column.addWidget(self.agents)
        inner = QVBoxLayout(self._practice)
        inner.setContentsMargins(0, 12, 0, 0)
        inner.setSpacing(6)
        inner.addLayout(self._head("Faults for training"))
        inner.addWidget(self.faults)
        column.addWidget(self._practice)
        return column

    def _how(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addLayout(self._head("Sound"))
        column.addWidget(self.sound)
        column.addSpacing(12)
        column.addLayout(self._head("Recording"))
        column.addWidget(self.consent)
        column.addWidget(self.consent_words)
        inner = QVBoxLayout(self._conditions)
        inner.setContentsMargins(0, 12, 0, 0)
        inner.setSpacing(6)
        inner.addLayout(self._head("Conditions"))
        inner.addWidget(self.options)
        column.addWidget(self._conditions)
        return column

    def _head(self, words: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 2)
        row.setSpacing(4)
        row.addWidget(Label(self._theme, words, "title"))
        row.addStretch()
        return row

    def _side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(self._theme.px(SCRIPT_PX))
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(Size.INSET, 16, Size.INSET, 12)
        top.setSpacing(6)
        top.addWidget(Label(self._theme, "Scenario", "title"))
        top.addWidget(self.scenario)
        column.addLayout(top)
        column.addWidget(Hairline(self._theme))
        inner = QWidget()
        body = QVBoxLayout(inner)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self.script)
        body.addStretch()
        column.addWidget(Column(inner), 1)
        return side

    def _wire(self) -> None:
        self.agents.chosen.connect(lambda _key: self._chose())
        self.scenario.activated.connect(lambda _at: self._chose())
        self.sound.changed.connect(self._chose)
        self.options.changed.connect(self._chose)
        self.faults.changed.connect(self._chose)
        self.consent.clicked.connect(lambda: self.consented.emit(self.consent.isChecked()))
        self.new.clicked.connect(lambda: self.edit_asked.emit(True))
        self.edit.clicked.connect(lambda: self.edit_asked.emit(False))

    # what is chosen

    @property
    def setup(self) -> Setup:
        """What is chosen."""
        return self._setup

    @property
    def has_devices(self) -> bool:
        """Whether the devices have been listed."""
        return self.sound.choices is not None

    def show_setup(self, setup: Setup) -> None:
        """Show what was chosen before."""
        self._setup = setup
        self.options.show_setup(setup)
        self.faults.show_setup(setup)
        self.agents.set_current(setup.profile)
        self._setup = self.sound.show_setup(setup)
        self._show_scenario()
        self._show_kind()

    def show_profiles(self, profiles: Sequence[CallProfile]) -> None:
        """The saved profiles."""
        self.agents.show_profiles(profiles, self._setup.profile)
        if self.agents.current != self._setup.profile:
            self._chose()

    def choose_profile(self, name: str) -> None:
        """Call that one; it may be listed later."""
        self._setup = replace(self._setup, profile=name)

    def show_scenarios(self, scripts: Sequence[tuple[str, str]]) -> None:
        """Key and title of each scenario."""
        self.scenario.clear()
        self.scenario.addItem("As the agent's profile says", "")
        for key, title in scripts:
            self.scenario.addItem(f"{key}  {title}", key)
        self._show_scenario()

    def show_script(self, script: Script | None) -> None:
        """The script of the chosen scenario."""
        self.script.show_script(script, ticks=False)

    def show_devices(self, choices: DeviceChoices, kept: Setup | None = None) -> None:
        """What this machine has; the devices of `kept` come back where they are there again."""
        self.sound.choices = choices
        if kept is not None:
            self._setup = replace(
                self._setup, microphone=kept.microphone, loudspeaker=kept.loudspeaker
            )
        self._setup = self.sound.show_setup(self._setup)
        if not choices.inputs:
            self.sound.say(NO_INPUT, "warn")

    def show_consent(self, words: str, *, given: bool) -> None:
        """Whether consent is in force, and since when."""
        self.consent.setChecked(given)
        self.consent_words.setText(words)
        self.consent_words.set_token("t3" if given else "warn")

    def say_problem(self, words: str) -> None:
        """Why there was no call, and what to do; empty takes it back."""
        self._say(words, "danger")

    def say_missing(self, words: str) -> None:
        """Which chosen devices are not there; a problem that is shown stays."""
        if self.problem.isHidden() or self._token == "warn":
            self._say(words, "warn")

    def _say(self, words: str, token: str) -> None:
        self._token = token
        self.problem.set_token(token)
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def take_check(self, found: Mapping[str, Any]) -> None:
        """What the sound check found, by the names of `Setup`; the rest stays."""
        self._setup = replace(self._setup, **found)
        self.sound.show_kind(self._setup)

    def _chose(self) -> None:
        was = self._setup
        setup = self.sound.read(self.faults.read(self.options.read(was)))
        setup = replace(
            setup,
            profile=self.agents.current,
            scenario=str(self.scenario.currentData() or ""),
        )
        if setup.is_elsewhere != was.is_elsewhere:
            wanted = replace(setup, loudspeaker=DEFAULT, microphone=setup.microphone or DEFAULT)
            setup = self.sound.show_setup(wanted)
        self._setup = setup
        self._show_kind()
        self.changed.emit()

    def _show_kind(self) -> None:
        setup = self._setup
        self._practice.setVisible(setup.is_practice)
        self.edit.setEnabled(not setup.is_practice and not setup.is_elsewhere)
        self._conditions.setVisible(not setup.is_elsewhere)
        self.sound.show_kind(setup)

    def _show_scenario(self) -> None:
        self.scenario.setCurrentIndex(max(0, self.scenario.findData(self._setup.scenario)))
