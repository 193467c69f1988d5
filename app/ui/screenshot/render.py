"""Draws a screen of the real window into a PNG, offscreen, at device ratio 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from app.domain.errors import BadInput, EnvironmentFault
from app.ui.screenshot.grabbing import grab, paint_dialogs, settle
from app.ui.screenshot.pose import Pose, strike, viewer_of
from app.ui.screenshot.scene import (
    NEW_WORKSPACE,
    SCREENS,
    call_id_of,
    open_dialog,
    show_call,
    show_place,
)
from app.ui.tokens import THEME_NAMES, ThemeName

if TYPE_CHECKING:
    from app.services.workspace import Workspace
    from app.ui.main_window import MainWindow


def render(
    ws: Workspace,
    screen: str,
    out: Path,
    call: str | None = None,
    theme: str = "dark",
    size: tuple[int, int] = (1440, 900),
    *,
    pose: Pose | None = None,
) -> None:
    """Write a picture of `screen`, as a lead sees it unless the pose names someone else.

    Args:
        ws: the workspace.
        screen: one of `SCREENS`.
        out: the PNG to write.
        call: id or code; for `review`, `score` and `keys`, where it defaults to the newest. For
            `runs`, the code of the run to select; for `compare`, the tag of set B, which is held
            against all other calls; for `judges`, the judge; for `scores`, a query; for
            `studies` and `adjudicate`, the code of a study; for `calibrate`, the rubric version.
        theme: `dark`, `light` or `contrast`.
        size: width and height in px.
        pose: whose eyes, and which moment of the call.

    Raises:
        BadInput: no such screen or theme. NotFound: no such call.
        EnvironmentFault: the picture cannot be written.
    """
    if screen not in SCREENS:
        raise BadInput(f"There is no screen “{screen}”.", f"Screens are {', '.join(SCREENS)}.")
    if theme not in THEME_NAMES:
        raise BadInput(f"There is no theme “{theme}”.", f"Themes are {', '.join(THEME_NAMES)}.")
    if screen in NEW_WORKSPACE:
        image = _draw_new(screen, theme, size)
    else:
        image = _draw(ws, screen, call, theme, size, pose or Pose())
    if not image.save(str(out)):
        raise EnvironmentFault(f"The picture {out} could not be written.", "Check the folder.")


def _draw_new(screen: str, theme: ThemeName, size: tuple[int, int]) -> QImage:
    """A screen on a workspace of its own that has no calls yet."""
    from app.services.opening import open_workspace

    with TemporaryDirectory(prefix="callbench-") as folder:
        new = open_workspace(Path(folder) / "My calls", create=True)
        try:
            return _draw(new, screen, None, theme, size, Pose())
        finally:
            new.close()


def _draw(
    ws: Workspace,
    screen: str,
    call: str | None,
    theme: ThemeName,
    size: tuple[int, int],
    pose: Pose,
) -> QImage:
    call_id = call_id_of(ws, screen, call)
    with _window(ws, theme, pose) as window:
        window.resize(*size)
        if call_id is not None:
            show_call(window, screen, call_id)
        else:
            show_place(window, screen, call)
        window.show()
        settle(window.ctx, window)
        if strike(window, pose):
            settle(window.ctx, window)
        dialog = open_dialog(window, screen)
        if dialog:
            settle(window.ctx, window)
        image = grab(window)
        if dialog:
            paint_dialogs(image, window)
    return image


@contextmanager
def _window(ws: Workspace, theme: ThemeName, pose: Pose) -> Iterator[MainWindow]:
    """The window with nobody's settings; closed afterwards, with all that it stands on."""
    from app.tasks.bus import Bus
    from app.tasks.runner import TaskRunner
    from app.ui.actions import ActionTable
    from app.ui.context import UiContext
    from app.ui.main_window import MainWindow
    from app.ui.settings.store import SettingsStore
    from app.ui.theme import Theme

    runner = TaskRunner()
    ctx = UiContext(
        ws=ws,
        viewer=viewer_of(ws, pose.rater),
        runner=runner,
        bus=Bus(),
        theme=Theme(theme),
        actions=ActionTable(),
        settings=SettingsStore(None),
        exported=pose.exported,
    )
    ctx.settings.set("measure_on_open", False)  # a picture changes nothing in the workspace
    try:
        window = MainWindow(ctx, theme=theme)
        yield window
        window.close()
        window.deleteLater()
    finally:
        if ctx.has_live:
            ctx.live.close()
        if ctx.has_player:
            ctx.player.close()
        runner.close()
