"""A rater at the real window, with real outputs: a rubric session of ten calls by keys alone.

    python rubric_rater.py FOLDER

Each call is played, scored on every criterion, given evidence and a reason where one is asked for,
and submitted; the judge's answer opens after that, and is agreed or disagreed with. The last line
on standard output is what was done, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.browsing import Sort
from app.domain.studies import StudyDesign
from app.domain.work import Quiet
from app.main import WindowStart, _application
from app.services import browsing, demo, opening, raters
from app.services.studies import making, planning
from app.services.studies.opening import open_study
from app.services.workspace import Workspace
from tests.unit.studies import conftest as studies

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
WAIT_S, HEARD_S, CALLS = 40.0, 2.0, 10


def make_workspace(folder: Path) -> None:
    """Ten calls, and a study of them that opens others' answers after submitting."""
    ws = opening.open_workspace(folder, create=True)
    lead = raters.sign_in(ws, "Lee", "lead")
    demo.make_demo(Quiet(), ws)
    ids = _ids(ws, lead)[:CALLS]
    if len(ids) < CALLS:
        ids += [call.id for call in studies.fill(ws, folder.parent / "more", CALLS - len(ids))]
    design = StudyDesign(raters_per_item=1, reveal=True)
    study = making.create(ws, lead, "Ten", "rubric", design, rubric_key="call_handling")
    open_study(Quiet(), ws, lead, study.id, planning.plan_items(ws, lead, study, ids))
    raters.sign_in(ws, "Ann", "reviewer")
    ws.close()


def _ids(ws: Workspace, viewer: Any) -> list[str]:
    found = browsing.call_ids(ws, viewer, browsing.parse_query(""), Sort())
    return list(browsing.uuids(ws, found))


class Rater:
    """Presses keys and waits until the window has followed."""

    def __init__(self, folder: Path) -> None:
        self.app = _application()
        self.start = WindowStart(folder)
        self.start.ctx.settings.save_session(folder, {"rater": "Ann"})
        self.window = self.start.window
        self.window.resize(1280, 800)
        self.window.show()
        self.window.activateWindow()
        self.until(lambda: self.window.front is not None, "the window")
        self.window.show_screen("score")
        self.screen: Any = self.window.screen_of("score")

    def until(self, true: Callable[[], Any], what: str) -> None:
        """Let the window work until it is so."""
        stop_by = time.monotonic() + WAIT_S
        while not true():
            self.app.processEvents()
            if time.monotonic() > stop_by:
                raise AssertionError(f"waited in vain for {what}: {self.where()}")
            time.sleep(0.001)

    def where(self) -> str:
        """What is in front, for a failure's message."""
        screen = self.screen
        form = None if screen.controller is None else len(screen.controller.state.missing())
        return f"{screen.session.state}, {screen.queues.place}, {form} unanswered"

    def press(self, *keys: Any) -> None:
        """Press keys where the focus is; each is on disk before the next."""
        for key in keys:
            code, mods = key if isinstance(key, tuple) else (key, Qt.KeyboardModifier.NoModifier)
            QTest.keyClick(QApplication.focusWidget() or self.screen, code, mods)
            self.until(lambda: self.screen.controller is None or self.screen.controller.is_idle,
                       "the saved answer")  # fmt: skip

    def begin(self) -> None:
        """Take the first call of the queue that waits."""
        self.until(lambda: self.screen.empty.has_offers, "a queue")
        self.press(Key.Key_Return)

    def score_call(self, number: int) -> dict[str, Any]:
        """Hear some of the call, fill its form, submit it."""
        screen = self.screen
        self.until(self._is_ready, "a call and its form")
        call_id, view = screen.session.call_id, screen.session.view
        begun = view.cursor
        self.press(Key.Key_Space)
        self.until(lambda: view.cursor - begun >= HEARD_S * view.rate_hz, "two seconds of sound")
        self.press(Key.Key_V)
        while screen.controller.state.missing():
            self._answer(number)
        self.press(Key.Key_Space, (Key.Key_Return, CONTROL))
        self.until(lambda: screen.reveal.is_shown or screen.session.call_id != call_id,
                   "the submission")  # fmt: skip
        opened = bool(screen.reveal.is_shown)
        if opened:
            self.press((Key.Key_Return, CONTROL))
        self.until(lambda: screen.session.call_id != call_id, "the next call")
        return {"call": call_id, "opened": opened}

    def _is_ready(self) -> bool:
        screen = self.screen
        controller = screen.controller
        return (
            screen.session.state == "ready" and screen.session.sound.is_whole
            and controller is not None and controller.is_idle and not controller.state.is_empty
        )  # fmt: skip

    def _answer(self, number: int) -> None:
        """A value of the scale; a reason where the criterion asks for one."""
        state = self.screen.controller.state
        before, criterion = state.cell, state.criterion
        level = criterion.levels[(number + before[1]) % len(criterion.levels)]
        self.press(getattr(Key, f"Key_{level.value}"))
        if level.value in criterion.rationale_required_at:
            while self.screen.controller.state.cell != before:
                self.press(Key.Key_Up)
            self.press(Key.Key_F3)
            QTest.keyClicks(QApplication.focusWidget(), "It was said too late.")
            self.press(Key.Key_Escape, Key.Key_Return)


def main() -> None:
    folder = Path(sys.argv[1])
    make_workspace(folder)
    rater = Rater(folder)
    began = time.monotonic()
    rater.begin()
    done = [rater.score_call(n) for n in range(CALLS)]
    report = {
        "calls": len({d["call"] for d in done}), "opened": sum(d["opened"] for d in done),
        "seconds": round(time.monotonic() - began, 1), "platform": rater.app.platformName(),
    }  # fmt: skip
    rater.window.close()
    rater.start.close()
    print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    main()
