"""The set-up of a session, page by page; and its short form where a session is gone on with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.audio.system_volume import SystemVolume
from app.tasks.runner import Lane
from app.ui.listening import work
from app.ui.listening.digits_page import FAILED
from app.ui.listening.front import Front
from app.ui.listening.pages import Pages

if TYPE_CHECKING:
    from app.services.studies.for_rater import Unfinished
    from app.ui.listening.session import ListenSession
    from app.ui.listening.work import Opened

GOING_ON = "Going on where you stopped"


class SettingUp(QObject):
    """Shows what the session says is missing; when all is done, asks for the next step."""

    def __init__(self, session: ListenSession, pages: Pages, front: Front, parent: QObject) -> None:
        super().__init__(parent)
        self.session, self.pages, self.front = session, pages, front
        self._missing: list[str] = []
        self._is_asked = False
        """Whether the surroundings were asked for in this session."""
        for page in pages.setup.values():
            page.passed.connect(self._on_passed)
        pages.digits.failed.connect(self._on_digits_failed)
        pages.environment.passed.connect(self._on_environment)

    @property
    def is_in_front(self) -> bool:
        """Whether one of its pages is in front."""
        return self.front.page in self.pages.setup.values()

    def begin(self) -> None:
        """A session begins."""
        self._is_asked = False

    def ask(self, missing: Sequence[str]) -> None:
        """Go through what is missing."""
        self._missing = ["declaration" if kind == "consent" else kind for kind in missing]
        self._next()

    def _next(self) -> None:
        kind = next((k for k in self.pages.setup if k in self._missing), None)
        if kind is None:
            self.session.next()
            return
        page = self.pages.setup[kind]
        self.pages.place(kind)
        self.pages.share_sounds()
        self.front.show(page)
        page.arrive()

    def _on_passed(self) -> None:
        done = next((k for k, p in self.pages.setup.items() if p is self.front.page), "")
        self._missing = [k for k in self._missing if k != done]
        if done == "level" and not self._is_asked:
            self.pages.place("environment")
            self.front.show(self.pages.environment)
        else:
            self._next()

    def _on_environment(self) -> None:
        self._is_asked = True
        self._next()

    def _on_digits_failed(self) -> None:
        self._missing = ["device", *[k for k in self._missing if k != "device"]]
        self.pages.device.say_reason(FAILED)
        self._next()

    # --- a session that was left

    def take_up(self, left: Unfinished) -> None:
        """Open the output of a session that was left; where it is another, set up anew."""
        self.front.say(GOING_ON, "Opening the output that you chose.", None, "…")
        self.session.run(
            Lane.CPU, work.open_device, self.session.player, str(left.device.get("key", "")),
            done=lambda opened: self._on_reopened(left.device, left.level, opened),
            failed=lambda _error: self._anew(),
        )  # fmt: skip

    def _on_reopened(
        self, device: Mapping[str, Any], level: Mapping[str, Any], opened: Opened
    ) -> None:
        if self.session.is_left:
            self.session.leave()  # gives back what was opened too late
            return
        system = level.get("system")
        before = SystemVolume(**system) if system else None
        same = opened.facts.name == device.get("name") and not opened.facts.is_silent
        if not same or (before is not None and before != opened.system):
            self._anew()
            return
        self._is_asked = True
        self.session.take_device(opened)
        self.session.take_up(float(level.get("gain_db", 0.0)), before)
        self.front.say(
            GOING_ON,
            "Put your headphones on again. The output and the volume are as you set them.",
            lambda: self.session.note("resumed", {}, self.session.next),
        )

    def _anew(self) -> None:
        self.session.note("device_changed", {"at": "resume"}, self.session.next)
