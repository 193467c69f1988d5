"""Waits until a window shows all that it was asked for, and takes its picture.

A tool: it runs a local event loop until everything has arrived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEventLoop, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QDialog, QWidget

if TYPE_CHECKING:
    from app.ui.context import UiContext

QUIET_MS = 300
LIMIT_MS = 60_000


def settle(ctx: UiContext, window: QWidget, quiet_ms: int = QUIET_MS) -> None:
    """Run the event loop until no task and no delayed question has been live for `quiet_ms`.

    Gives up after a minute.
    """
    loop = QEventLoop()
    total, quiet = QElapsedTimer(), QElapsedTimer()
    total.start()
    quiet.start()

    def look() -> None:
        delayed = (t for t in window.findChildren(QTimer) if t.isSingleShot() and t.isActive())
        if ctx.runner.live or any(delayed):
            quiet.restart()
        if quiet.elapsed() >= quiet_ms or total.elapsed() >= LIMIT_MS:
            loop.quit()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    loop.exec()
    timer.stop()


def grab(widget: QWidget) -> QImage:
    """The widget's picture at device ratio 1."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(1.0)
    return image


def paint_dialogs(image: QImage, window: QWidget) -> None:
    """Lay each open dialog over the middle of the picture, as a desktop would."""
    painter = QPainter(image)
    for dialog in window.findChildren(QDialog):
        if dialog.isVisible():
            over = grab(dialog)
            left, top = (image.width() - over.width()) // 2, (image.height() - over.height()) // 2
            painter.drawImage(left, top, over)
            painter.setPen(dialog.palette().color(dialog.foregroundRole()))
            painter.drawRect(left - 1, top - 1, over.width() + 1, over.height() + 1)
            dialog.close()
    painter.end()
