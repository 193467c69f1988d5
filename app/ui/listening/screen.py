"""The listening place: studies open to the rater, and the session in the same space."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.audio.clip_player import ClipPlayer
from app.audio.portaudio import open_steady
from app.services.studies import for_rater
from app.tasks.runner import Lane
from app.ui.action_specs import ACTIONS
from app.ui.listening import work
from app.ui.listening.flow import Flow
from app.ui.listening.pages import Pages
from app.ui.listening.session import ListenSession
from app.ui.screen import Screen, StatusKey

if TYPE_CHECKING:
    from app.audio.devices import DeviceInfo
    from app.audio.output import Opener
    from app.domain.changes import Changes
    from app.services.studies.for_rater import Offer
    from app.ui.context import UiContext
    from app.ui.listening.page import Page


class ListenScreen(Screen):
    """Blind by construction: it reads studies through `services/studies` alone.

    Args:
        ctx: the shared parts.
        parent: the window's stack.
        opener: opens outputs; tests give their own.
        listed: lists outputs.
    """

    key: ClassVar[str] = "listen"
    title: ClassVar[str] = "Listen"

    def __init__(
        self, ctx: UiContext, parent: QWidget | None = None, *, opener: Opener = open_steady,
        listed: Callable[[ClipPlayer], list[DeviceInfo]] = work.list_outputs,
    ) -> None:  # fmt: skip
        super().__init__(ctx, parent)
        self.player = ClipPlayer(opener)
        self.session = ListenSession(ctx, self.player, self, partial(listed, self.player))
        self.pages = Pages(self.session)
        self.flow = Flow(self.session, self.pages, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)
        self.pages.list.chosen.connect(self.begin)
        self.pages.list.place_asked.connect(lambda key: self.navigate.emit(key, {}))
        self.flow.front.changed.connect(self._on_front)
        self.flow.left.connect(self.reload)
        ctx.bus.changed.connect(self._on_changed)
        ctx.theme.changed.connect(self.update)
        self._bind()

    def _bind(self) -> None:
        """Hand every key of the two scopes to the page in front, where it takes it."""
        own = [s.id for s in ACTIONS if s.scope in ("listen", "pair")]
        handlers = {i: partial(self._act, i) for i in own}
        self.ctx.actions.bind(self, handlers, enabled=lambda i: i in self._keys())

    def _keys(self) -> dict[str, Callable[[], object]]:
        keys = self.front.keys
        if self.front is self.pages.list or "listen.escape" in keys or "pair.escape" in keys:
            return keys
        return {**keys, "listen.escape": self.flow.leave}

    def _act(self, action_id: str) -> None:
        self._keys()[action_id]()

    @property
    def front(self) -> Page:
        """The page in front."""
        return self.flow.front.page

    # --- the list

    def reload(self) -> None:
        """Ask which studies are open to the rater."""
        ctx = self.ctx
        self.session.run(Lane.READ, for_rater.offered, ctx.ws, ctx.viewer, done=self._on_offers)

    def _on_offers(self, offers: list[Offer]) -> None:
        self.pages.list.show_offers(offers)
        self.status_changed.emit()

    def begin(self, study_id: str) -> None:
        """Begin a session, or go on with it."""
        if self.ctx.has_player:
            self.ctx.player.pause()
        if not self.session.is_busy:
            self.flow.begin(study_id)

    def _on_changed(self, changes: Changes, initiator: object) -> None:
        touched = changes.studies or changes.everything
        if touched and initiator is not self.session and self.front is self.pages.list:
            self.reload()

    # --- a screen of the window

    def _on_front(self) -> None:
        self.pages.setCurrentWidget(self.front)
        if self.isVisible():
            self.front.setFocus()
        self.status_changed.emit()

    @property
    def concentrates(self) -> bool:
        """During a trial nothing else should draw the eye."""
        return self.front in (self.pages.opinion, self.pages.pair)

    def status_keys(self) -> Sequence[StatusKey]:
        """Those of the page in front."""
        return self.front.status_keys()

    def activate(self, study_id: str = "", **_kwargs: Any) -> None:
        """Show the list, or begin the named study."""
        self.setFocusProxy(self.pages)
        self.reload()
        if study_id:
            self.begin(study_id)
        self.front.setFocus()

    def deactivate(self) -> None:
        """Leave a session that goes on; it is gone on with from the list."""
        if self.front is not self.pages.list:
            self.flow.leave()
        else:
            self.session.leave()
