"""Whose eyes a picture is seen with, and which moment of the call it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.errors import NotFound

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.services.workspace import Workspace
    from app.ui.main_window import MainWindow


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


def viewer_of(ws: Workspace, name: str) -> Viewer:
    """Whoever has signed in by that name; without one, the lead of the command line."""
    from app.services import raters

    if not name:
        return raters.cli_viewer(ws)
    known = next((v for v in raters.raters(ws) if v.name.casefold() == name.casefold()), None)
    if known is None:
        raise NotFound(f"Nobody called “{name}” has signed in here.", "Check the name.")
    return known


def strike(window: MainWindow, pose: Pose) -> bool:
    """Take the pose on the screen in front; whether that changed anything."""
    front = window.front
    session = getattr(front, "session", None)
    if pose == Pose():
        return False
    if front is not None and front.key == "live":
        from app.ui.live import poses as live_poses

        live_poses.strike(front, pose.tab or "setup")  # type: ignore[arg-type]
        return True
    if session is None:
        return _show_tab(window, pose.tab)
    if front is not None and front.key == "listen":
        if pose.tab:
            from app.ui.listening import poses

            poses.strike(front, pose.tab)  # type: ignore[arg-type]
        return bool(pose.tab)
    if pose.at_s is not None:
        frame = round(pose.at_s * session.view.rate_hz)
        session.playback.seek(frame)
        session.select_turn(session.current_turn(), reveal=True)
        session.playback.seek(frame)
    _show_tab(window, pose.tab)
    controller = getattr(front, "controller", None)
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
