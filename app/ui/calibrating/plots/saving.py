"""Writes a pane as a picture: title, plot and caption together, so that it explains itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import EnvironmentFault, UserError
from app.ui.context import UiContext


def write_picture(widget: QWidget, path: Path, title: str) -> None:
    """Write a widget as it is shown, as PNG or SVG by the name's ending.

    Raises:
        EnvironmentFault: it cannot be written.
    """
    try:
        if path.suffix.lower() == ".svg":
            path.write_bytes(_as_svg(widget, title))
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


def _as_svg(widget: QWidget, title: str) -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice, QPoint
    from PySide6.QtGui import QPainter
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made = QSvgGenerator()
    made.setOutputDevice(buffer)
    made.setSize(widget.size())
    made.setViewBox(widget.rect())
    made.setTitle(title)
    painter = QPainter(made)
    painter.fillRect(widget.rect(), widget.palette().window())
    widget.render(painter, QPoint(0, 0))
    painter.end()
    return bytes(buffer.data().data())


class PlotSaving:
    """Asks where a plot shall be written, beginning where the last one was."""

    def __init__(self, ctx: UiContext) -> None:
        self._ctx = ctx
        self.folder = ctx.ws.export_dir
        """Where the next question begins."""

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
        self.folder = path.parent
        self._ctx.bus.message.emit("info", f"Written: {path.name}", "")
