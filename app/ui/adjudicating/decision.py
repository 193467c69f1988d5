"""The final value of a line: one of the scale's own, a cause where most gave another."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.adjudication import Line
from app.ui.actions import ActionTable
from app.ui.adjudicating.rows import choice_words, title_of, value_text
from app.ui.rubrics.fields import LineField
from app.ui.runs.sections import OverlayArea
from app.ui.scoring.level_option import LevelOption
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.segmented import Segment, Segmented

CAUSES = {
    "evidence": "The evidence decides",
    "missed": "Missed in the sound",
    "scale": "The scale was read otherwise",
    "unclear": "The rubric is unclear",
    "borderline": "Borderline",
}
SHORT = {
    "evidence": "Evidence", "missed": "Missed", "scale": "Scale", "unclear": "Rubric",
    "borderline": "Borderline",
}  # fmt: skip


class DecisionPanel(QWidget):
    """Holds what is about to be decided; `kept(value, cause)` when it is."""

    kept = Signal(object, str)

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._line: Line | None = None
        self.value: float | None = None
        self.is_chosen = False
        """Whether a final value is about to be kept."""
        self._options: dict[float | None, LevelOption] = {}
        self.title = Label(theme, "", "title", wrap=True)
        self.question = Label(theme, "", "small", "t2", wrap=True)
        self.origin = Label(theme, "", "small", "t2", wrap=True)
        self.cause = Segmented(
            theme, [Segment(k, w) for k, w in SHORT.items()], name="Cause", compact=True
        )
        self.cause.set_current(None)
        self.cause.chosen.connect(lambda _k: self._describe())
        self.note = LineField(theme, "Note", "In words (F3)")
        self.note.returnPressed.connect(self.keep)
        self.keep_button = Button(
            theme, "Keep", kind="primary", action="adjudicate.keep", actions=actions
        )
        self.keep_button.clicked.connect(lambda _c=False: self.keep())
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._theme
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(Size.INSET, 12, Size.INSET, 12)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addWidget(self.question)
        column.addSpacing(4)
        self._levels = QVBoxLayout()
        self._levels.setSpacing(2)
        column.addLayout(self._levels)
        column.addSpacing(8)
        column.addWidget(Label(theme, "Cause, where it is not what most gave", "small", "t3"))
        column.addWidget(self.cause)
        column.addWidget(self.note)
        column.addStretch()
        area = OverlayArea(self)
        area.setWidget(body)
        foot = QHBoxLayout()
        foot.setContentsMargins(Size.INSET, 8, Size.INSET, 8)
        foot.setSpacing(8)
        foot.addWidget(self.origin, 1)
        foot.addWidget(self.keep_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addWidget(Hairline(theme))
        outer.addLayout(foot)

    def show_line(self, line: Line | None) -> None:
        """Another line: nothing is decided yet; a final value that stands is shown."""
        self._line = line
        self.is_chosen, self.value = False, None
        self.cause.set_current(None)
        self.note.clear()
        for option in self._options.values():
            self._levels.removeWidget(option)
            option.hide()
            option.deleteLater()
        self._options = {}
        self.setEnabled(line is not None)
        self.title.setText(title_of(line) if line is not None else "")
        self.question.setText(line.criterion.question if line is not None else "")
        if line is not None:
            self._make_options(line)
            if line.final is not None:
                self.value, self.is_chosen = line.final.value, True
                self.note.setText(line.final.cause)
        self._describe()

    def _make_options(self, line: Line) -> None:
        criterion = line.criterion
        for value in line.choices:
            self._add(value, value_text(value), choice_words(line, value))
        if criterion.na_allowed:
            cap = self._actions.cap("adjudicate.not_applicable") or "n/a"
            self._add(None, "⌫" if cap == "Backspace" else cap, "Not applicable")

    def _add(self, value: float | None, cap: str, words: str) -> None:
        option = LevelOption(self._theme, cap, words, dashed=value is None, parent=self)
        option.clicked.connect(lambda _c=False, v=value: self.choose(v))
        self._levels.addWidget(option)
        self._options[value] = option

    def choose(self, value: float | None) -> None:
        """Take a value into hand; only keeping it decides."""
        if value in self._options:
            self.value, self.is_chosen = value, True
            self._describe()

    def choose_majority(self) -> None:
        """Take what most gave, where there is such a value."""
        line = self._line
        if line is not None and (line.majority is not None or line.is_unanimous):
            self.choose(line.majority)

    def next_cause(self) -> None:
        """The next cause."""
        keys = list(CAUSES)
        now = self.cause.current
        self.cause.set_current(keys[(keys.index(now) + 1) % len(keys)] if now in keys else keys[0])
        self._describe()

    @property
    def provenance(self) -> str:
        """Where the value in hand would come from; empty without one."""
        if self._line is None or not self.is_chosen:
            return ""
        return self._line.provenance_of(self.value)

    def _describe(self) -> None:
        for value, option in self._options.items():
            option.setChecked(self.is_chosen and value == self.value)
        origin = self.provenance
        self.keep_button.setEnabled(bool(origin))
        words = f"{value_text(self.value)}, {origin}" if origin else "No value in hand"
        if origin == "adjudicated" and not self._cause:
            words += ": choose a cause"
        self.origin.setText(words)

    @property
    def _cause(self) -> str:
        named = CAUSES.get(self.cause.current or "", "")
        note = self.note.text().strip()
        return f"{named}: {note}" if named and note else named or note

    def keep(self) -> None:
        """Decide. A value that most did not give needs a cause first."""
        if not self.is_chosen:
            return
        if self.provenance == "adjudicated" and not self._cause:
            self._describe()
            self.note.setFocus()
            return
        self.kept.emit(self.value, self._cause)
