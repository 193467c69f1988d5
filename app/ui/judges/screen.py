"""The place of judges: tabs for judges, task flows and endpoints. Composition only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.context import UiContext
from app.ui.judges.judges_page import JudgesPage
from app.ui.review.tab_strip import Tab, TabStrip
from app.ui.screen import Screen, StatusKey
from app.ui.tokens import Size

if TYPE_CHECKING:
    from app.ui.flows.screen import FlowsScreen
    from app.ui.judges.endpoints_page import EndpointsPage

    Page = JudgesPage | EndpointsPage | FlowsScreen

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
        self.tabs = PlaceTabs(ctx.theme, TABS, name="Judges, flows, endpoints", parent=self)
        self._stack = QStackedWidget(self)
        self.judges = JudgesPage(ctx, self._stack)
        self._stack.addWidget(self.judges)
        self._shown = "judges"
        self._made: dict[str, Page] = {"judges": self.judges}
        self._states: dict[str, dict[str, Any]] = {}
        """Of tabs that have not been made yet: what they are to take back."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        self.tabs.chosen.connect(self.show_tab)
        self.judges.status_changed.connect(self.status_changed)
        self.judges.endpoints_asked.connect(self._add_endpoint)
        handlers = {f"judges.{key}": lambda k=key: self.show_tab(k) for key in KEYS}
        ctx.actions.bind(self, handlers, enabled=lambda _action: not self._takes_signs)

    @property
    def endpoints(self) -> EndpointsPage:
        """The tab of endpoints, made at first use."""
        from app.ui.judges.endpoints_page import EndpointsPage

        made = self._page("endpoints")
        assert isinstance(made, EndpointsPage)
        return made

    @property
    def flows(self) -> FlowsScreen:
        """The tab of flows, made at first use."""
        from app.ui.flows.screen import FlowsScreen

        made = self._page("flows")
        assert isinstance(made, FlowsScreen)
        return made

    def _page(self, key: str) -> Page:
        if key not in self._made:
            page = self._make_flows() if key == "flows" else self._make_endpoints()
            self._stack.addWidget(page)
            page.status_changed.connect(self.status_changed)
            page.restore_session(self._states.pop(key, {}))
            self._made[key] = page
        return self._made[key]

    def _make_flows(self) -> FlowsScreen:
        from app.ui.flows.screen import FlowsScreen

        made = FlowsScreen(self.ctx, self._stack)
        made.navigate.connect(self.navigate)
        return made

    def _make_endpoints(self) -> EndpointsPage:
        from app.ui.judges.endpoints_page import EndpointsPage

        return EndpointsPage(self.ctx, self._stack)

    @property
    def _takes_signs(self) -> bool:
        made = self._made.get("endpoints")
        return bool(getattr(made, "takes_signs", False))

    @property
    def _front(self) -> Page:
        return self._made[self._shown]

    def show_tab(self, key: str, **kwargs: Any) -> None:
        """Bring a tab to the front; `kwargs` go to the flows. An unknown key does nothing."""
        if key not in KEYS:
            return
        page = self._page(key)
        if page is not self._front:
            self._front.deactivate()
        self._shown = key
        self.tabs.set_current(key)
        self._stack.setCurrentWidget(page)
        if isinstance(page, Screen):
            page.activate(**kwargs)
        else:
            page.activate()
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
        tab = str(kwargs.pop("tab", self.tabs.current))
        judge, code = kwargs.pop("judge", None), kwargs.pop("call_code", None)
        if isinstance(judge, str):
            self.judges.choose(judge)
        if isinstance(code, str):
            self.judges.trying.take_call(code)
        self.show_tab(tab, **kwargs)

    def deactivate(self) -> None:
        """Nothing goes on while it is not seen; what is written is kept."""
        self._front.deactivate()

    def status_keys(self) -> Sequence[StatusKey]:
        """Those of the tab in front."""
        return self._front.status_keys()

    def status_notes(self) -> Sequence[str]:
        """Those of the flows, where they are in front."""
        front = self._front
        return front.status_notes() if isinstance(front, Screen) else ()

    def session_state(self) -> dict[str, Any]:
        """The tab, and what each shows."""
        pages = {key: page.session_state() for key, page in self._made.items()}
        return {"tab": self.tabs.current, **self._states, **pages}

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take them back; a tab that is not made yet does so when it is."""
        for key in KEYS:
            kept = state.get(key)
            if isinstance(kept, dict):
                made = self._made.get(key)
                if made is not None:
                    made.restore_session(kept)
                else:
                    self._states[key] = kept
        if state.get("tab") in KEYS:
            self.tabs.set_current(state["tab"])
