"""The widgets of scoring and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.context import UiContext
from app.ui.review.session import ReviewSession
from app.ui.scoring.header import ScoringHeader
from app.ui.scoring.offers_page import OffersPage
from app.ui.scoring.panel import RubricPanel
from app.ui.scoring.reveal_flow import RevealFlow
from app.ui.timeline.view import TimingView
from app.ui.transcript.view import TranscriptView
from app.ui.transport.bar import TransportBar
from app.ui.widgets.labels import Hairline
from app.ui.widgets.splitter import LineSplitter

CALL_PX, FORM_PX = 796, 548


class ScoringParts(QWidget):
    """Header; the call beside its form. Or the list of what waits in place of both."""

    def __init__(self, ctx: UiContext, session: ReviewSession) -> None:
        super().__init__()
        self._theme = theme = ctx.theme
        self.header = ScoringHeader(theme, ctx.actions, blind=not ctx.viewer.is_lead)
        self.timing = TimingView(ctx, session, collapsed=True)
        self.transport = TransportBar(ctx, session)
        self.transcript = TranscriptView(ctx, session, dense=True)
        self.panel = RubricPanel(theme, ctx.actions, 8000)
        self.reveal = RevealFlow(ctx, self.panel)
        self.empty = OffersPage(theme)
        self.splitter = LineSplitter(theme)
        self.pages = QStackedWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._theme
        call = QWidget()
        column = QVBoxLayout(call)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.timing, Hairline(theme), self.transport, Hairline(theme)):
            column.addWidget(widget)
        column.addWidget(self.transcript, 1)
        self.splitter.addWidget(call)
        self.splitter.addWidget(self.reveal.stack)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setSizes([CALL_PX, FORM_PX])
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.splitter)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addWidget(Hairline(theme))
        outer.addWidget(self.pages, 1)
