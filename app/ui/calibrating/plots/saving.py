"""Writes a pane as a picture: title, plot and caption together, so that it explains itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import EnvironmentFault, UserError
from app.ui.context import UiContext
from app.ui.widgets.plotting import svg_of

FOLDER = "calibrate.plot_folder"


def write_picture(widget: QWidget, path: Path, title: str) -> None:
    """Write a widget as it is shown, as PNG or SVG by the name's ending.

    Raises:
        EnvironmentFault: it cannot be written.
    """
    try:
        if path.suffix.lower() == ".svg":
            path.write_bytes(svg_of(widget, title))
            return
        written = widget.grab().save(str(path), "PNG")
    except OSError as error:
        raise _fault(path, str(error.strerror or error)) from error
    if not written:
        raise _fault(path, "")


def _fault(path: Path, why: str) -> EnvironmentFault:
    reason = f": {why}" if why else ""
    return EnvironmentFault(
        f"The plot {path} could not be written{reason}.", "Choose another folder."
    )


class PlotSaving:
    """Asks where a plot shall be written, beginning where the last one was."""

    def __init__(self, ctx: UiContext) -> None:
        self._ctx = ctx

    @property
    def folder(self) -> Path:
        """Where the next question begins: where the last plot was written, for good."""
        last = self._ctx.settings.text(FOLDER)
        return Path(last) if last else self._ctx.ws.export_dir

    def ask(self, window: QWidget, widget: QWidget, name: str, title: str) -> None:
        """Ask for a place, with `name` as the proposal, and write there."""
        ending = name.rpartition(".")[2]
        dialog = QFileDialog(window, "Save the plot")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PNG picture (*.png)" if ending == "png" else "SVG drawing (*.svg)")
        dialog.setDefaultSuffix(ending)
        if self.folder.is_dir():
            dialog.setDirectory(str(self.folder))
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: self.write(widget, Path(chosen), title))
        dialog.open()

    def write(self, widget: QWidget, path: Path, title: str) -> None:
        """Write the picture, remember the folder; the message bar says how that went."""
        try:
            write_picture(widget, path, title)
        except UserError as error:
            self._ctx.bus.message.emit("error", error.what, error.remedy)
            return
        self._ctx.settings.set(FOLDER, str(path.parent.absolute()))
        self._ctx.bus.message.emit("info", f"Written: {path.name}", "")
