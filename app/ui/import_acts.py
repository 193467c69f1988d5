"""Choosing what to import, and the dialog that fits what was chosen or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.tasks.runner import Lane
from app.ui.context import UiContext

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

SOUNDS = frozenset({".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus", ".aac", ".mp4"})
AUDIO_FILTER = "Recordings (*.wav *.flac *.mp3 *.m4a *.ogg *.opus *.aac *.mp4);;All files (*)"


class ImportActs(QObject):
    """Opens the import of recordings, of others' runs, of calibration datasets."""

    def __init__(self, ctx: UiContext, window: MainWindow) -> None:
        super().__init__(window)
        self._ctx, self._window = ctx, window

    def ask_folder(self) -> None:
        """Choose a folder of recordings."""
        dialog = QFileDialog(self._window, "Import a folder of recordings")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._open_chooser(dialog)

    def ask_files(self) -> None:
        """Choose recordings, and transcripts beside them."""
        dialog = QFileDialog(self._window, "Import recordings")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(AUDIO_FILTER)
        self._open_chooser(dialog)

    def _open_chooser(self, dialog: QFileDialog) -> None:
        dialog.filesSelected.connect(lambda names: self.open([Path(n) for n in names]))
        dialog.open()

    def open(self, paths: Sequence[Path]) -> None:
        """Open the import dialog on files and folders; what others made has dialogs of its own."""
        if all(path.suffix.lower() in SOUNDS for path in paths):
            self._open_plain(paths)
            return

        def show(told: tuple[bool, str]) -> None:
            is_dataset, title = told
            if is_dataset:
                self._open_dataset(paths)
            elif title:
                self._open_foreign(paths, title)
            else:
                self._open_plain(paths)

        # Telling whose a folder is reads files: not on this thread.
        self._ctx.runner.run(Lane.READ, _told, list(paths), done=show)

    def _open_plain(self, paths: Sequence[Path]) -> None:
        from app.ui.importing.dialog import ImportDialog

        ImportDialog(self._ctx, list(paths), self._window).open()

    def _open_foreign(self, paths: Sequence[Path], title: str) -> None:
        from app.ui.importing.foreign_dialog import ForeignDialog

        plain = partial(self._open_plain, paths)
        ForeignDialog(self._ctx, paths, title, plain, self._window).open()

    def _open_dataset(self, paths: Sequence[Path]) -> None:
        from app.ui.calibrating.dataset_dialog import DatasetDialog

        plain = partial(self._open_plain, paths)
        dialog = DatasetDialog(self._ctx, self._window, paths[0], plain)
        dialog.show_asked.connect(lambda ref: self._window.show_screen("calibrate", rubric=ref))
        dialog.open()


def _told(paths: Sequence[Path]) -> tuple[bool, str]:
    """Whether it is a calibration dataset; else whose runs the paths are, empty for nobody's."""
    from app.services.calibrating.dataset_files import is_dataset
    from app.ui.importing.foreign_dialog import whose

    if len(paths) == 1 and is_dataset(paths[0]):
        return True, ""
    return False, whose(paths)
