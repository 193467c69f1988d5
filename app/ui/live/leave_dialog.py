"""Asked when the window is closed during a call."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.ui.context import UiContext
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label


class LeaveDialog(Dialog):
    """Stay in the call, or hang up and close once it is stored."""

    def __init__(self, ctx: UiContext, close: Callable[[], object], parent: QWidget | None) -> None:
        super().__init__(ctx.theme, "A call goes on", parent, width=440)
        self._ctx, self._close_window = ctx, close
        words = "It is hung up, measured and stored before the window closes."
        self._words = Label(ctx.theme, words, "body", "t2", wrap=True)
        self.body.addWidget(self._words)
        self.stay = self.add_button("Stay in the call", self.reject, primary=True)
        self.leave = self.add_button("Hang up and close", self._leave)

    def _leave(self) -> None:
        self.leave.setEnabled(False)
        self._words.setText("Storing the call…")
        self._ctx.live.changed.connect(self._on_changed)
        self._ctx.live.hang_up()
        self._on_changed()

    def _on_changed(self) -> None:
        if not self._ctx.live.is_on:
            self._ctx.live.changed.disconnect(self._on_changed)
            self.accept()
            self._close_window()
