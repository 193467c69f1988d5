"""What the keys of the calibration screen do, and when they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.ui.calibrating.state import TABS
from app.ui.screen import StatusKey

if TYPE_CHECKING:
    from app.ui.calibrating.screen import CalibrateScreen

ALWAYS = frozenset({
    "calibrate.refresh", "calibrate.import", "calibrate.dataset", "calibrate.back",
    *(f"calibrate.{tab}" for tab in TABS),
})  # fmt: skip
"""Hold where there is no board, too."""
IN_MATRIX = frozenset({
    "calibrate.up", "calibrate.down", "calibrate.left", "calibrate.right", "calibrate.votes",
})  # fmt: skip
"""Hold while the matrix has the focus, or nothing has."""

ON_JUDGES = frozenset({
    "calibrate.queue", "calibrate.plots_after", "calibrate.plots_before", "calibrate.plot_save",
})  # fmt: skip
"""Hold on the first tab alone."""


def handlers(screen: CalibrateScreen) -> Mapping[str, Callable[[], object]]:
    """Action → what it does."""
    judges, verbs = screen.judges, screen.verbs
    found: dict[str, Callable[[], object]] = {
        "calibrate.up": lambda: judges.matrix.step(-1, 0),
        "calibrate.down": lambda: judges.matrix.step(1, 0),
        "calibrate.left": lambda: judges.matrix.step(0, -1),
        "calibrate.right": lambda: judges.matrix.step(0, 1),
        "calibrate.votes": judges.open_votes,
        "calibrate.queue": judges.open_disagreements,
        "calibrate.plots_after": lambda: judges.detail.turn(1),
        "calibrate.plots_before": lambda: judges.detail.turn(-1),
        "calibrate.plot_save": judges.detail.save_focused,
        "calibrate.slice_before": lambda: screen.desk.step_slice(-1),
        "calibrate.slice_after": lambda: screen.desk.step_slice(1),
        "calibrate.refresh": screen.refresh,
        "calibrate.back": screen.escape,
    }
    for tab in TABS:
        found[f"calibrate.{tab}"] = lambda to=tab: screen.show_tab(to)  # type: ignore[misc]
    for name in verbs.NAMES:
        found[name] = lambda action=name: verbs.do(action)  # type: ignore[misc]
    return found


def is_enabled(screen: CalibrateScreen, action: str) -> bool:
    """Whether an action holds now; a key that does not passes on."""
    if not screen.ctx.viewer.is_lead:
        return action == "calibrate.back"
    if action in ALWAYS:
        return True
    if screen.board is None:
        return False
    if action in IN_MATRIX:
        focused = QApplication.focusWidget()
        at_matrix = focused in (None, screen, screen.judges, screen.judges.matrix)
        return at_matrix and screen.asked.tab == "judges" and bool(screen.board.facts.judges)
    if action in ON_JUDGES:
        return screen.asked.tab == "judges"
    return True


def status_keys(screen: CalibrateScreen) -> Sequence[StatusKey]:
    """Key hints, most used first."""
    if screen.board is None:
        everyone: StatusKey = (("app.keys",), "all keys")
        if not screen.ctx.viewer.is_lead:
            return (everyone,)
        return (
            (("calibrate.import",), "import labels"),
            (("demo.open",), "sample project"),
            everyone,
        )
    tabs: StatusKey = (("calibrate.judges", "calibrate.mos"), "tabs")
    if screen.asked.tab != "judges" or not screen.board.facts.judges:
        return (tabs, (("calibrate.export",), "export"), (("app.keys",), "all keys"))
    arrows = ("calibrate.left", "calibrate.right", "calibrate.up", "calibrate.down")
    return (
        tabs,
        (arrows, "cell"),
        (("calibrate.votes",), "votes behind it"),
        (("calibrate.queue",), "disagreements"),
        (("calibrate.slice_before", "calibrate.slice_after"), "slice"),
        (("app.keys",), "all keys"),
    )
