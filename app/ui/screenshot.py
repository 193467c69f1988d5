"""Draws a screen of the real window into a PNG, offscreen, at device ratio 1.

A tool: it runs a local event loop until everything that was asked for has arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEventLoop, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.errors import BadInput, EnvironmentFault, NotFound
from app.services.assets import asset
from app.ui.tokens import THEME_NAMES, ThemeName

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.services.workspace import Workspace
    from app.ui.context import UiContext
    from app.ui.main_window import MainWindow

SCREENS = (
    "library", "library-empty", "review", "score", "runs", "new-run", "keys", "settings", "import",
    "compare", "perturb", "judges", "flows", "endpoints", "scores",
    "new-judge-run", "listen", "studies", "new-study", "rubrics", "adjudicate",
    "calibrate", "calibrate-empty", "live",
)  # fmt: skip
NO_CALL = (
    "runs", "new-run", "compare", "perturb", "judges", "flows", "endpoints", "scores",
    "new-judge-run", "listen", "studies", "new-study", "rubrics", "adjudicate",
    "calibrate", "live",
)  # fmt: skip
"""Screens that are about no single call."""
NEW_WORKSPACE = ("library-empty", "import", "calibrate-empty")
"""Screens that are shown as on the first day; the given workspace is left alone."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Whose eyes a picture is seen with, and which moment of the call it shows."""

    rater: str = ""
    """Name of someone who has signed in; empty for the lead of the command line."""
    at_s: float | None = None
    """Seconds from the start: the play-head, with the turn there selected."""
    criterion: int | None = None
    """The criterion in focus on the scoring screen, counted from 1."""
    tab: str = ""
    """A tab of the review to bring to the front (`metrics`, `compare`) or of calibration (`drift`,
    `raters`, `mos`), or a state of a listening session (`mos`, `pair`) or of a live call
    (`ringing`, `thinking`, `rating`, `dropped`)."""
    exported: bool = False
    """Whether calls are shown as they leave the workspace: redacted spans hidden."""


QUIET_MS = 300
LIMIT_MS = 60_000


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
    from app.tasks.bus import Bus
    from app.tasks.runner import TaskRunner
    from app.ui.actions import ActionTable
    from app.ui.context import UiContext
    from app.ui.main_window import MainWindow
    from app.ui.settings.store import SettingsStore
    from app.ui.theme import Theme

    wants_call = screen in ("review", "score", "keys") or (call and screen not in NO_CALL)
    call_id = _call_id(ws, call) if wants_call else None
    runner = TaskRunner()
    ctx = UiContext(
        ws=ws,
        viewer=_viewer(ws, pose.rater),
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
        window.resize(*size)
        if call_id is not None:
            behind = screen if screen in ("library", "review", "score") else "review"
            window.show_screen(behind, call_id=call_id)
        else:
            _show_place(window, screen, call)
        window.show()
        settle(ctx, window)
        if _strike(window, pose):
            settle(ctx, window)
        dialog = _open_dialog(window, screen)
        if dialog:
            settle(ctx, window)
        image = grab(window)
        if dialog:
            _paint_dialog(image, window)
        window.close()
        window.deleteLater()
    finally:
        if ctx.has_live:
            ctx.live.close()
        if ctx.has_player:
            ctx.player.close()
        runner.close()
    return image


def _show_place(window: MainWindow, screen: str, told: str | None) -> None:
    """Bring the screen that is not about one call to the front."""
    ws = window.ctx.ws
    if screen in ("runs", "new-run", "new-judge-run"):
        window.show_screen("runs", run_id=_run_id(ws, told))
    elif screen == "compare":
        window.show_screen("compare", **_sides(ws, told))
    elif screen in ("judges", "flows", "endpoints"):
        window.show_screen("judges", tab=screen, **({"judge": told} if told else {}))
    elif screen in ("studies", "new-study", "adjudicate"):
        window.show_screen(
            screen.removeprefix("new-").replace("study", "studies"), study=told or ""
        )
    elif screen in ("listen", "rubrics", "live"):
        window.show_screen(screen)
    elif screen in ("calibrate", "calibrate-empty"):
        window.show_screen("calibrate", rubric=told or "")
    elif screen == "scores":
        window.show_screen("scores", query=told or "")


def _viewer(ws: Workspace, name: str) -> Viewer:
    from app.services import raters

    if not name:
        return raters.cli_viewer(ws)
    known = next((v for v in raters.raters(ws) if v.name.casefold() == name.casefold()), None)
    if known is None:
        raise NotFound(f"Nobody called “{name}” has signed in here.", "Check the name.")
    return known


def _strike(window: MainWindow, pose: Pose) -> bool:
    """Take the pose on the screen in front; whether that changed anything."""
    session = getattr(window.front, "session", None)
    if pose == Pose():
        return False
    if window.front is not None and window.front.key == "live":
        from app.ui.live.poses import strike

        strike(window.front, pose.tab or "setup")  # type: ignore[arg-type]
        return True
    if session is None:
        return _show_tab(window, pose.tab)
    if window.front is not None and window.front.key == "listen":
        if pose.tab:
            from app.ui.listening import poses

            poses.strike(window.front, pose.tab)  # type: ignore[arg-type]
        return bool(pose.tab)
    if pose.at_s is not None:
        frame = round(pose.at_s * session.view.rate_hz)
        session.playback.seek(frame)
        session.select_turn(session.current_turn(), reveal=True)
        session.playback.seek(frame)
    _show_tab(window, pose.tab)
    controller = getattr(window.front, "controller", None)
    if pose.criterion is not None and controller is not None:
        cells = controller.state.group
        controller.focus(cells[min(pose.criterion, len(cells)) - 1])
    return True


def _show_tab(window: MainWindow, tab: str) -> bool:
    show_tab = getattr(window.front, "show_tab", None)
    if tab and show_tab is not None:
        show_tab(tab)
        return True
    return False


def _open_dialog(window: MainWindow, screen: str) -> bool:
    """Open the dialog that the picture is of; whether there is one."""
    if screen == "keys":
        window.acts.open_keys()
    elif screen == "settings":
        window.acts.open_settings()
    elif screen == "import":
        window.acts.open_import([asset("demo", "calls")])
    elif screen == "new-run":
        window.acts.open_new_run()
    elif screen == "new-judge-run":
        window.acts.open_judge_run()
    elif screen == "new-study":
        window.screen_of("studies").new()  # type: ignore[attr-defined]
    elif screen == "perturb":
        window.acts.open_perturb()
    else:
        return False
    return True


def _paint_dialog(image: QImage, window: QWidget) -> None:
    """Lay the open dialog over the middle of the picture, as a desktop would."""
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


def _call_id(ws: Workspace, call: str | None) -> str | None:
    if call:
        from app.services import calls

        return calls.get_call(ws, call).id
    from app.services import browsing, raters

    viewer = raters.cli_viewer(ws)
    seqs = browsing.call_ids(ws, viewer, browsing.parse_query(""))
    found = browsing.uuids(ws, [int(seqs[0])]) if len(seqs) else []
    return found[0] if found else None


def _sides(ws: Workspace, tag: str | None) -> dict[str, list[str]]:
    """The calls of a tag as B, all others as A; nothing where no tag is named."""
    if not tag:
        return {}
    from app.services import browsing, raters

    viewer = raters.cli_viewer(ws)
    queries = (f'-tag:"{tag}"', f'tag:"{tag}"')
    found = [browsing.call_ids(ws, viewer, browsing.parse_query(q)) for q in queries]
    a, b = (browsing.uuids(ws, [int(n) for n in seqs]) for seqs in found)
    return {"a_ids": a, "b_ids": b}


def _run_id(ws: Workspace, code: str | None) -> str:
    """The run of a code such as R-0001; empty where none is named."""
    if not code or not code.upper().startswith("R-"):
        return ""
    from app.services import evaluating

    return evaluating.run(ws, code).id


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
