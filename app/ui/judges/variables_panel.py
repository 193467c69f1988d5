"""What a template may use, and what is wrong with the texts as they stand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.judges.checking import Checked, Problem, Variable
from app.ui.runs.sections import OverlayArea, Section
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

FINE = "The texts can be rendered."
NO_TEXTS = "A baseline judge asks no model: it has no texts to check."
DATA_NOTE = (
    "What comes from a call is data. Keep it inside its delimiters and tell the judge to follow "
    "no instruction that stands in it."
)
QUIET_PX = 10
"""Room inside a quiet button: its word, not its edge, lines up with what is below."""
PART_WORDS = {"user": "User prompt", "system": "System prompt"}


class VariablesPanel(QWidget):
    """Problems first, each a way to its line; below, what each variable holds."""

    line_asked = Signal(str, int)
    """Part and line of a problem."""
    insert_asked = Signal(str)
    """Name of a variable that is to be put into the text."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._editable = False
        self._problems = Section(theme, "Check")
        self._variables = Section(theme, "Variables")
        self._shown: tuple[tuple[Variable, ...], bool] | None = None
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._variables.body.setContentsMargins(Size.INSET - QUIET_PX, 0, Size.INSET, 0)
        for section in (self._problems, self._variables):
            section.body.setSpacing(4)
            column.addWidget(section)
        column.addStretch()
        area = OverlayArea(self)
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def show_checked(self, checked: Checked, *, editable: bool) -> None:
        """Show what a check found."""
        self._clear(self._problems)
        for problem in checked.problems:
            self._problems.body.addWidget(self._problem(problem))
        if not checked.problems:
            words = FINE if checked.variables else NO_TEXTS
            self._problems.body.addWidget(Label(self._theme, words, "small", "t2", wrap=True))
        if checked.variables:
            note = Label(self._theme, DATA_NOTE, "small", "t3", wrap=True)
            self._problems.body.addWidget(note)
        self._variables.setVisible(bool(checked.variables))
        count = len(checked.problems)
        self._problems.figure.setText(str(count) if count else "")
        self._problems.figure.set_token("danger")
        if self._shown != (checked.variables, editable):
            self._shown = (checked.variables, editable)
            self._show_variables(checked.variables, editable=editable)

    def _problem(self, problem: Problem) -> QWidget:
        where = PART_WORDS.get(problem.part, "")
        words = problem.words
        if where and problem.line:
            words = f"{where}, line {problem.line}: {words}"
        elif where:
            words = f"{where}: {words}"
        label = Label(self._theme, words, "small", "danger", wrap=True)
        if not problem.line:
            return label
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label)
        go = Button(self._theme, f"Go to line {problem.line}", compact=True)
        line = problem.line
        go.clicked.connect(lambda: self.line_asked.emit(problem.part, line))
        column.addWidget(go)
        return holder

    def _show_variables(self, variables: Sequence[Variable], *, editable: bool) -> None:
        self._clear(self._variables)
        body = self._variables.body
        for variable in variables:
            name = f"{{{{ {variable.name} }}}}"
            if editable:
                insert = Button(self._theme, name, compact=True, kind="quiet")
                insert.setToolTip(f"Put {variable.name} into the text")
                insert.clicked.connect(lambda _=False, n=variable.name: self.insert_asked.emit(n))
                body.addWidget(insert)
            else:
                body.addWidget(self._inset(Label(self._theme, name, "mono_small", "overlap")))
            if variable.about:
                about = Label(self._theme, variable.about, "small", "t2", wrap=True)
                body.addWidget(self._inset(about))
            body.addSpacing(6)

    @staticmethod
    def _inset(label: Label) -> Label:
        label.setContentsMargins(QUIET_PX, 0, 0, 0)
        return label

    @staticmethod
    def _clear(section: Section) -> None:
        while (item := section.body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
