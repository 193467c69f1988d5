"""What a lead does from the head of the screen: each verb opens a dialog, imported when asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QDialog

from app.services.calibrating.board import Board

if TYPE_CHECKING:
    from app.ui.calibrating.screen import CalibrateScreen

Make = Callable[["CalibrateScreen", Board], QDialog]


class CalibrateVerbs:
    """Acts on the board and the cell in front of the screen."""

    NAMES: ClassVar[tuple[str, ...]] = (
        "calibrate.export", "calibrate.report", "calibrate.rule", "calibrate.freeze",
        "calibrate.record", "calibrate.label_next", "calibrate.versions", "calibrate.import",
        "calibrate.dataset",
    )  # fmt: skip

    def __init__(self, screen: CalibrateScreen) -> None:
        self._screen = screen

    def do(self, name: str) -> QDialog | None:
        """Open the dialog of an action; nothing where it needs a board and there is none."""
        screen, board = self._screen, self._screen.board
        if name in _WITHOUT:
            dialog = _WITHOUT[name](screen)
        elif board is not None:
            dialog = _ON_BOARD[name](screen, board)
        else:
            return None
        dialog.accepted.connect(screen.refresh)
        dialog.open()
        return dialog


def _labels(screen: CalibrateScreen) -> QDialog:
    from app.ui.calibrating.labels_dialog import LabelsDialog

    return LabelsDialog(screen.ctx, screen.window())


def _dataset(screen: CalibrateScreen) -> QDialog:
    from app.ui.calibrating.dataset_dialog import DatasetDialog

    dialog = DatasetDialog(screen.ctx, screen.window())
    dialog.show_asked.connect(lambda ref: screen.activate(rubric=ref))
    return dialog


def _export(screen: CalibrateScreen, _board: Board) -> QDialog:
    from app.ui.calibrating.export_dialog import ExportDialog

    return ExportDialog(screen.ctx, screen.asked.ref, screen.window())


def _report(screen: CalibrateScreen, _board: Board) -> QDialog:
    from app.ui.calibrating.report_dialog import ReportDialog

    return ReportDialog(screen.ctx, screen.asked.ref, screen.window())


def _rule(screen: CalibrateScreen, board: Board) -> QDialog:
    from app.ui.calibrating.rule_dialog import RuleDialog

    return RuleDialog(screen.ctx, board.rule, screen.window())


def _freeze(screen: CalibrateScreen, _board: Board) -> QDialog:
    from app.ui.calibrating.splits_dialog import SplitsDialog

    return SplitsDialog(screen.ctx, screen.window())


def _record(screen: CalibrateScreen, board: Board) -> QDialog:
    from app.ui.calibrating.record_dialog import RecordDialog

    return RecordDialog(screen.ctx, board, screen.cell, screen.window())


def _label_next(screen: CalibrateScreen, board: Board) -> QDialog:
    from app.ui.calibrating.queue_dialog import QueueDialog

    return QueueDialog(screen.ctx, board, screen.cell, screen.window())


def _versions(screen: CalibrateScreen, board: Board) -> QDialog:
    from app.ui.calibrating.improve_dialog import ImproveDialog

    dialog = ImproveDialog(screen.ctx, board, screen.cell, screen.window())
    dialog.open_item.connect(screen.open_item)
    return dialog


_WITHOUT: dict[str, Callable[[CalibrateScreen], QDialog]] = {
    "calibrate.import": _labels, "calibrate.dataset": _dataset,
}  # fmt: skip
"""Hold where there is no board, too."""
_ON_BOARD: dict[str, Make] = {
    "calibrate.export": _export, "calibrate.report": _report, "calibrate.rule": _rule,
    "calibrate.freeze": _freeze, "calibrate.record": _record,
    "calibrate.label_next": _label_next, "calibrate.versions": _versions,
}  # fmt: skip
