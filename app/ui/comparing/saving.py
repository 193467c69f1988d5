"""Asks where to write the table or the plot, writes it, and says how that went."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import UserError

if TYPE_CHECKING:
    from app.ui.context import UiContext


class Saving:
    """Files that a person asks for."""

    def __init__(self, ctx: UiContext, window: QWidget) -> None:
        self._ctx, self._window = ctx, window

    def ask(self, title: str, name: str, kinds: str, write: Callable[[Path], None]) -> None:
        """Ask for a place, with `name` as the proposal; `write` gets what was chosen."""
        dialog = QFileDialog(self._window, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(kinds)
        dialog.setDefaultSuffix(name.rpartition(".")[2])
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: self.write(Path(chosen), write))
        dialog.open()

    def write(self, path: Path, write: Callable[[Path], None]) -> None:
        """Write the file; the message bar says whether that worked."""
        try:
            write(path)
        except UserError as error:
            self._ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self._ctx.bus.message.emit("info", f"Written: {path.name}", "")
