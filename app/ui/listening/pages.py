"""All pages of a session, made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget

from app.ui.listening.declare_page import DeclarePage
from app.ui.listening.device_page import DevicePage
from app.ui.listening.digits_page import DigitsPage
from app.ui.listening.level_page import LevelPage
from app.ui.listening.opinion_page import OpinionPage
from app.ui.listening.pair_page import PairPage
from app.ui.listening.short_pages import (
    BreakPage,
    DebriefPage,
    EnvironmentPage,
    InstructionPage,
    PartPage,
)
from app.ui.listening.study_list import StudyListPage

if TYPE_CHECKING:
    from app.ui.listening.page import Page, SetupPage
    from app.ui.listening.session import ListenSession

ORDER = ("declaration", "device", "digits", "level", "environment")


class Pages(QStackedWidget):
    """The pages by name."""

    def __init__(self, session: ListenSession) -> None:
        super().__init__()
        self.list = StudyListPage(session)
        self.declare = DeclarePage(session)
        self.device = DevicePage(session)
        self.digits = DigitsPage(session)
        self.level = LevelPage(session)
        self.environment = EnvironmentPage(session)
        self.instructions = InstructionPage(session)
        self.opinion = OpinionPage(session)
        self.pair = PairPage(session)
        self.part = PartPage(session)
        self.rest = BreakPage(session)
        self.debrief = DebriefPage(session)
        self.setup: dict[str, SetupPage] = {
            "declaration": self.declare,
            "device": self.device,
            "digits": self.digits,
            "level": self.level,
        }
        everything: tuple[Page, ...] = (
            self.list, self.declare, self.device, self.digits, self.level, self.environment,
            self.instructions, self.opinion, self.pair, self.part, self.rest, self.debrief,
        )  # fmt: skip
        for page in everything:
            self.addWidget(page)

    def place(self, kind: str) -> None:
        """Say on a set-up page which of them it is."""
        page = self.environment if kind == "environment" else self.setup[kind]
        page.place.setText(f"Set-up, {ORDER.index(kind) + 1} of {len(ORDER)}")

    def share_sounds(self) -> None:
        """Give the spoken digits and the level sample, read with the device, to their pages."""
        self.digits.sounds = self.level.sounds = self.device.sounds
