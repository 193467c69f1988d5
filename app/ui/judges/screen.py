"""The place of judges: tabs for judges, task flows and endpoints. Composition only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.context import UiContext
from app.ui.judges.endpoints_page import EndpointsPage
from app.ui.judges.judges_page import JudgesPage
from app.ui.review.tab_strip import Tab, TabStrip
from app.ui.screen import Screen, StatusKey
from app.ui.tokens import Size

TABS = (Tab("judges", "Judges"), Tab("flows", "Flows"), Tab("endpoints", "Endpoints"))
KEYS = tuple(tab.key for tab in TABS)


class PlaceTabs(TabStrip):
    """As tall as the head of any other screen."""

    def sizeHint(self) -> QSize:
        """44 px."""
        return QSize(200, self._theme.px(Size.HEADER))


class JudgesScreen(Screen):
    """Who judges by which words, by which steps, and where they are asked."""

    key: ClassVar[str] = "judges"
    title: ClassVar[str] = "Judges"

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self.tabs = PlaceTabs(ctx.theme, TABS, name="Judges, flows, endpoints")
        self.judges = JudgesPage(ctx)
        self.endpoints = EndpointsPage(ctx)
        self.flows: Screen | None = None
        """Made when its tab is first shown."""
        self._flows_state: dict[str, Any] = {}
        self._stack = QStackedWidget()
        self._stack.addWidget(self.judges)
        self._stack.addWidget(self.endpoints)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        self.tabs.chosen.connect(self.show_tab)
        self.judges.status_changed.connect(self.status_changed)
        self.judges.endpoints_asked.connect(self._add_endpoint)
        self.endpoints.status_changed.connect(self.status_changed)
        handlers = {f"judges.{key}": lambda k=key: self.show_tab(k) for key in KEYS}
        ctx.actions.bind(self, handlers)

    def _page(self, key: str) -> QWidget:
        if key == "flows":
            return self._flows()
        return self.judges if key == "judges" else self.endpoints

    def _flows(self) -> Screen:
        if self.flows is None:
            from app.ui.flows.screen import FlowsScreen

            made: Screen = FlowsScreen(self.ctx)
            self.flows = made
            self._stack.addWidget(made)
            made.status_changed.connect(self.status_changed)
            made.navigate.connect(self.navigate)
            made.restore_session(self._flows_state)
        return self.flows

    def show_tab(self, key: str, **kwargs: Any) -> None:
        """Bring a tab to the front; an unknown key does nothing."""
        if key not in KEYS:
            return
        front = self._stack.currentWidget()
        page = self._page(key)
        if front is not page and isinstance(front, JudgesPage | EndpointsPage | Screen):
            front.deactivate()
        self.tabs.set_current(key)
        self._stack.setCurrentWidget(page)
        if isinstance(page, JudgesPage | EndpointsPage | Screen):
            page.activate(**kwargs)
        self.setFocusProxy(page)
        page.setFocus()
        self.status_changed.emit()

    def _add_endpoint(self) -> None:
        self.show_tab("endpoints")
        self.endpoints.add()

    # screen -------------------------------------------------------------------------------------

    def activate(self, **kwargs: Any) -> None:
        """Come to the front.

        Args:
            kwargs: `tab` (`judges`, `flows`, `endpoints`); `judge` (`gic` or `gic@2`) selects a
                judge, `call_code` the call to try it on; anything else goes to the tab.
        """
        tab = kwargs.pop("tab", self.tabs.current)
        judge, code = kwargs.pop("judge", None), kwargs.pop("call_code", None)
        if isinstance(judge, str):
            self.judges.choose(judge)
        if isinstance(code, str):
            self.judges.trying.take_call(code)
        self.show_tab(tab, **(kwargs if tab == "flows" else {}))

    def deactivate(self) -> None:
        """Nothing goes on while it is not seen; what is written is kept."""
        front = self._stack.currentWidget()
        if isinstance(front, JudgesPage | EndpointsPage | Screen):
            front.deactivate()

    def status_keys(self) -> Sequence[StatusKey]:
        """Those of the tab in front."""
        front = self._stack.currentWidget()
        if isinstance(front, JudgesPage | EndpointsPage | Screen):
            return front.status_keys()
        return ()

    def status_notes(self) -> Sequence[str]:
        """Those of the flows, where they are in front."""
        front = self._stack.currentWidget()
        return front.status_notes() if isinstance(front, Screen) else ()

    def session_state(self) -> dict[str, Any]:
        """The tab, and what each shows."""
        flows = self.flows.session_state() if self.flows is not None else self._flows_state
        return {
            "tab": self.tabs.current,
            "judges": self.judges.session_state(),
            "endpoints": self.endpoints.session_state(),
            "flows": flows,
        }

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take them back."""
        for key, page in (("judges", self.judges), ("endpoints", self.endpoints)):
            kept = state.get(key)
            if isinstance(kept, dict):
                page.restore_session(kept)
        flows = state.get("flows")
        if isinstance(flows, dict):
            self._flows_state = flows
        if state.get("tab") in KEYS:
            self.tabs.set_current(state["tab"])
