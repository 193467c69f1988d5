"""Signing in by name as reviewer or lead. No password: one machine, people who trust it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.domain.errors import UserError
from app.domain.ratings import Role, Viewer
from app.tasks.runner import Lane
from app.ui.context import UiContext
from app.ui.widgets.buttons import Button
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

_ROLE_WORDS = {
    "reviewer": "Scores blind: judge results and other people's votes stay hidden until you "
    "submit a call.",
    "lead": "Sees everything. What a lead scores after seeing is not counted as blind.",
}


class SignInDialog(Dialog):
    """Name and role. `done(viewer)` on success."""

    def __init__(
        self,
        ctx: UiContext,
        known: Sequence[Viewer],
        done: Callable[[Viewer], None],
        parent: QWidget | None,
    ) -> None:
        super().__init__(ctx.theme, "Who is working?", parent, width=440)
        self._ctx, self._known, self._done = ctx, {v.name.casefold(): v for v in known}, done
        theme = ctx.theme
        self.body.addWidget(Label(theme, "Name", "small", "t2"))
        self.name = QLineEdit(ctx.viewer.name)
        self.name.setAccessibleName("Name")
        self.name.setFont(theme.font("body"))
        self.name.textChanged.connect(self._on_name)
        self.name.returnPressed.connect(self._sign_in)
        self.body.addWidget(self.name)
        if known:
            row = QHBoxLayout()
            row.setSpacing(4)
            for viewer in known[:6]:
                button = Button(theme, viewer.name, compact=True)
                button.clicked.connect(lambda _=False, n=viewer.name: self.name.setText(n))
                row.addWidget(button)
            row.addStretch()
            self.body.addLayout(row)
        self.body.addSpacing(4)
        self.body.addWidget(Label(theme, "Role", "small", "t2"))
        choices = [Segment("reviewer", "Reviewer"), Segment("lead", "Lead")]
        self.role = Segmented(theme, choices, name="Role")
        self.role.set_current(ctx.viewer.role)
        self.role.chosen.connect(lambda _key: self._explain())
        self.body.addWidget(self.role)
        self._note = Label(theme, "", "small", "t2", wrap=True)
        self.body.addWidget(self._note)
        self.add_button("Cancel", self.reject)
        self.add_button("Sign in", self._sign_in, primary=True)
        self._on_name(self.name.text())
        self.name.selectAll()
        self.name.setFocus()

    def _on_name(self, text: str) -> None:
        known = self._known.get(" ".join(text.split()).casefold())
        self.role.setEnabled(known is None)
        if known is not None:
            self.role.set_current(known.role)
        self._explain()

    def _explain(self) -> None:
        self._note.setText(_ROLE_WORDS[self.role.current or "reviewer"])

    def _sign_in(self) -> None:
        from app.services import raters

        role = cast("Role", self.role.current or "reviewer")
        self._ctx.runner.run(
            Lane.WRITE,
            raters.sign_in,
            self._ctx.ws,
            self.name.text(),
            role,
            done=self._on_signed_in,
            failed=self._on_failed,
        )

    def _on_signed_in(self, viewer: Viewer) -> None:
        self.accept()
        self._done(viewer)

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.say_problem(f"{error.what} {error.remedy}".strip())
        else:
            self._ctx.runner.failed.emit(error)
