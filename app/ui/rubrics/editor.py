"""The middle of the rubric editor: what the rubric is, then the criterion in focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.rubrics import RubricVersion
from app.services.rubric_editing import RULE, Problem
from app.ui.rubrics.criterion_form import CriterionForm
from app.ui.rubrics.draft import RubricDraft
from app.ui.rubrics.fields import Block, LineField, TextField
from app.ui.runs.sections import OverlayArea
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Hairline, Label

MOST_PX = 760
MOST_SAID = 3
"""So many problems are said at once."""


class RubricEditor(QWidget):
    """Emits changes; the screen keeps the draft."""

    rubric_changed = Signal(object, str)
    """(a function from rubric to rubric, the field's name)"""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.title = LineField(theme, "Title of the rubric", "What it is about")
        self.rule = TextField(
            theme, "Not-applicable rule", "When a criterion does not apply, and what then"
        )
        self.source = LineField(theme, "Source", "Where the scale and its words come from")
        self.form = CriterionForm(theme)
        self._number = Label(theme, "", "body", weight=600)
        self.problems = Label(theme, "", "small", "danger", wrap=True)
        self.problems.setContentsMargins(Size.INSET, 8, Size.INSET, 8)
        self.problems.hide()
        body = QWidget()
        body.setMaximumWidth(theme.px(MOST_PX))
        column = QVBoxLayout(body)
        column.setContentsMargins(Size.INSET, 12, Size.INSET, Size.INSET)
        column.setSpacing(6)
        for part in (
            Block(theme, "Rubric", self.title),
            Block(theme, "Not-applicable rule", self.rule),
            Block(theme, "Source", self.source),
            Hairline(theme),
            self._number,
            self.form,
        ):
            column.addWidget(part)
        column.addStretch()
        self.area = OverlayArea(self)
        self.area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.area, 1)
        outer.addWidget(self.problems)
        self.title.textEdited.connect(lambda t: self._put("title", lambda r: replace(r, title=t)))
        self.source.textEdited.connect(
            lambda t: self._put("source", lambda r: replace(r, source=t))
        )
        self.rule.edited.connect(
            lambda t: self._put(RULE, lambda r: replace(r, extra={**r.extra, RULE: t}))
        )

    def _put(self, field: str, to: Callable[[RubricVersion], RubricVersion]) -> None:
        self.rubric_changed.emit(to, field)

    def show_draft(self, draft: RubricDraft) -> None:
        """Show what the draft says now."""
        self.title.fill(draft.rubric.title)
        self.source.fill(draft.rubric.source)
        self.rule.fill(str(draft.rubric.extra.get(RULE, "")))
        criterion = draft.criterion
        self.form.setVisible(criterion is not None)
        self._number.setText(
            f"Criterion {draft.at + 1} of {len(draft.rubric.criteria)}"
            if criterion is not None
            else "No criterion yet. Add one in the form at the right."
        )
        if criterion is not None:
            self.form.show_criterion(criterion)

    def say(self, problems: Sequence[Problem]) -> None:
        """Say what keeps the draft from being saved."""
        words = [p.words for p in problems[:MOST_SAID]]
        if len(problems) > MOST_SAID:
            words.append(f"And {len(problems) - MOST_SAID} more.")
        self.problems.setText("\n".join(words))
        self.problems.setVisible(bool(words))
