"""What a lead does from the head of the screen: each verb opens a dialog, imported when asked."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QDialog

if TYPE_CHECKING:
    from app.ui.calibrating.screen import CalibrateScreen

_PACKAGE = "app.ui.calibrating"
DIALOGS = {
    "calibrate.export": ("export_dialog", "ExportDialog"),
    "calibrate.report": ("report_dialog", "ReportDialog"),
    "calibrate.rule": ("rule_dialog", "RuleDialog"),
    "calibrate.freeze": ("splits_dialog", "SplitsDialog"),
    "calibrate.label_next": ("queue_dialog", "QueueDialog"),
    "calibrate.versions": ("improve_dialog", "ImproveDialog"),
    "calibrate.import": ("labels_dialog", "LabelsDialog"),
}


class CalibrateVerbs:
    """Acts on the board and the cell in front of the screen."""

    NAMES: ClassVar[tuple[str, ...]] = tuple(DIALOGS)

    def __init__(self, screen: CalibrateScreen) -> None:
        self._screen = screen

    def do(self, name: str) -> QDialog | None:
        """Open the dialog of an action; nothing where it needs a board and there is none."""
        module, made = DIALOGS[name]
        if find_spec(f"{_PACKAGE}.{module}") is None:
            return None
        screen, board = self._screen, self._screen.board
        args: tuple[object, ...] = ()
        if name in ("calibrate.export", "calibrate.report"):
            args = (screen.asked.ref,)
        elif name == "calibrate.rule":
            args = (board.rule,) if board is not None else ()
        elif name in ("calibrate.label_next", "calibrate.versions"):
            args = (board, screen.cell)
        if board is None and name != "calibrate.import":
            return None
        kind = getattr(import_module(f"{_PACKAGE}.{module}"), made)
        dialog: QDialog = kind(screen.ctx, *args, screen.window())
        dialog.accepted.connect(screen.refresh)
        dialog.open()
        return dialog
