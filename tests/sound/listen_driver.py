"""Drives the listening place of the real window by keys, through whatever outputs there are.

Used by the soak, the bench and the sound tests, each in a process of its own: PortAudio reads the
sound server's address when it starts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.ratings import Viewer
from app.domain.studies import Study, StudyDesign
from app.domain.work import Quiet
from app.services import opening, perturbing, raters
from app.services.studies import making
from app.services.studies.choosing import ClipRule
from app.services.studies.opening import open_study
from app.services.studies.planning import plan_items
from app.services.workspace import Workspace
from app.tasks.bus import Bus
from app.tasks.runner import TaskRunner
from app.ui.actions import ActionTable
from app.ui.context import UiContext
from app.ui.listening.screen import ListenScreen
from app.ui.main_window import MainWindow
from app.ui.settings.store import SettingsStore
from app.ui.theme import Theme
from tests.unit.studies import conftest as studies

Key = Qt.Key
WAIT_S = 40.0
PLAIN = {"traps_per_block": 0, "golds_per_block": 0, "training": 0, "null_share": 0.0,
         "obvious_share": 0.0, "repeat_share": 0.0}  # fmt: skip


def make_study(folder: Path, instrument: Any, calls: int, **design: Any) -> tuple[Workspace, Study]:
    """A workspace with an open study of two systems."""
    ws = opening.open_workspace(folder / "ws", create=True)
    lead = raters.sign_in(ws, "Lee", "lead")
    found = studies.fill(ws, folder / "recordings", calls)
    if instrument == "dcr":
        return ws, _degraded(ws, lead, [call.id for call in found], StudyDesign(**(PLAIN | design)))
    return ws, studies.opened_study(ws, lead, found, instrument, **(PLAIN | design))


def _degraded(ws: Workspace, lead: Viewer, ids: list[str], design: StudyDesign) -> Study:
    """An open DCR study of copies over a telephone line, each against its original."""
    recipe = perturbing.parse("mulaw", speakers=("agent",))
    made = [copy for _, copy in perturbing.perturb(Quiet(), ws, ids, recipe).made]
    study = making.create(ws, lead, "Lines", "dcr", design, seed=7)
    rule = ClipRule(of="call", condition_by="perturbation")
    return open_study(Quiet(), ws, lead, study.id, plan_items(ws, lead, study, made, rule=rule))


class Driver:
    """A rater at the window. Every method returns when the window has followed."""

    def __init__(self, ws: Workspace, name: str = "Ann") -> None:
        app = QApplication.instance() or QApplication([])
        assert isinstance(app, QApplication)
        self.app, self.ws = app, ws
        self.viewer: Viewer = raters.sign_in(ws, name, "reviewer")
        self.ctx = UiContext(
            ws=ws, viewer=self.viewer, runner=TaskRunner(), bus=Bus(), theme=Theme(),
            actions=ActionTable(), settings=SettingsStore(None),
        )  # fmt: skip
        self.window = MainWindow(self.ctx)
        self.window.resize(1280, 800)
        self.window.show()
        self.window.activateWindow()
        self.window.show_screen("listen")
        screen = self.window.front
        assert isinstance(screen, ListenScreen)
        self.screen = screen
        self.pages, self.session, self.player = screen.pages, screen.session, screen.player

    def until(self, true: Callable[[], bool], what: str = "") -> None:
        stop_by = time.monotonic() + WAIT_S
        while not true():
            self.app.processEvents()
            if time.monotonic() > stop_by:
                raise AssertionError(f"waited in vain for {what or 'the window'}: {self.where()}")
            time.sleep(0.001)

    def where(self) -> str:
        page = self.screen.front
        said = [
            getattr(page, n).text() for n in ("heading", "problem", "notice") if hasattr(page, n)
        ]
        return f"{type(page).__name__} {said}"

    def press(self, *keys: Any) -> None:
        for key in keys:
            QTest.keyClick(self.app.focusWidget() or self.screen, key)

    def on(self, page: object) -> None:
        self.until(
            lambda: self.screen.front is page and not self.session.is_busy, type(page).__name__
        )

    def set_up(self) -> None:
        """From the list to the first trial."""
        pages = self.pages
        self.until(lambda: bool(pages.list.rows), "a study")
        self.press(Key.Key_Return)
        self.on(pages.declare)
        self.press(Key.Key_1, Key.Key_1, Key.Key_1, Key.Key_Return)
        self.on(pages.device)
        self.until(lambda: pages.device.is_open, "an output")
        self.press(Key.Key_Return)
        self.on(pages.digits)
        for at in range(3):
            self.until(lambda n=at: pages.digits.at == n and not pages.digits.edit.text())  # type: ignore[misc]
            first, second, _ = pages.digits.sums[at]
            QTest.keyClicks(pages.digits.edit, str(first + second))
            self.press(Key.Key_Return)
        self.on(pages.level)
        self.press(*[Key.Key_Up] * 4, Key.Key_Return)
        self.on(pages.environment)
        self.press(Key.Key_1, Key.Key_Return)
        self.on(pages.instructions)
        self.press(Key.Key_Return)

    def resume(self) -> None:
        """Go on with a session that was left or killed."""
        self.until(lambda: bool(self.pages.list.rows), "a study")
        self.press(Key.Key_Return)
        self.on(self.pages.part)
        self.until(self.pages.part.go.isEnabled)
        self.press(Key.Key_Return)
        self.on(self.pages.instructions)
        self.press(Key.Key_Return)

    def heard(self) -> None:
        """The trial's sound has been heard to its end."""
        page = self.pages.opinion
        self.until(lambda: self.screen.front is page and page.is_open, "the end of the sound")

    def answer(self, value: int) -> None:
        """The key of a value of the scale, and Enter where the study has answers confirmed."""
        below = Qt.KeyboardModifier.ShiftModifier if value < 0 else Qt.KeyboardModifier.NoModifier
        key = getattr(Key, f"Key_{abs(value)}")
        QTest.keyClick(self.app.focusWidget() or self.screen, key, below)
        if self.session.rules is not None and self.session.rules.confirm:
            self.press(Key.Key_Return)

    def hear_pair(self) -> None:
        """A and B to their ends, with one switch in place on the way."""
        page, player = self.pages.pair, self.player
        self.until(lambda: self.screen.front is page and self.session.is_loaded, "a pair")
        self.until(lambda: player.state == "playing" and player.position > player.rate_hz // 2)
        self.press(Key.Key_X)
        self.until(lambda: player.state == "ended", "the end of B")
        for key, clip in ((Key.Key_A, 0), (Key.Key_B, 1)):
            self.press(key)
            self.until(lambda c=clip: player.shares()[c] >= 1.0 and player.state == "ended")  # type: ignore[misc]

    def go_through(
        self, answer: Callable[[int], None], *, on_part: Callable[[], None] | None = None,
        most: int = 10_000,
    ) -> int:  # fmt: skip
        """Answer everything, or so many; how many answers that took."""
        done, pages = 0, self.pages
        while done < most:
            self.until(self._is_waiting, "the next step")
            if self.screen.front is pages.debrief:
                self.press(Key.Key_Return)
                self.on(pages.list)
                return done
            if self.screen.front is pages.part:
                if on_part is not None:
                    on_part()
                self.press(Key.Key_Return)
                self.until(lambda: self.screen.front is not pages.part)
                continue
            before = self.session.trial
            answer(done)
            done += 1
            self.until(lambda b=before: self.session.trial is not b and not self.session.is_busy)  # type: ignore[misc]
        return done

    def _is_waiting(self) -> bool:
        """Whether the window waits for the rater."""
        front, pages = self.screen.front, self.pages
        at_trial = front in (pages.opinion, pages.pair) and self.session.is_loaded
        return not self.session.is_busy and (at_trial or front in (pages.part, pages.debrief))

    def votes(self) -> list[Any]:
        with self.ws.db.read() as uow:
            study = uow.studies.all()[0]
            return list(uow.votes.of_rater(self.viewer, study.id))

    def events(self) -> list[Any]:
        with self.ws.db.read() as uow:
            study = uow.studies.all()[0]
            return list(uow.votes.events(study.id, self.viewer.rater_id))

    def close(self) -> None:
        self.window.close()
        self.player.close()
        self.ctx.runner.close()
