"""The tab of endpoints: the list, one of them in full, and the table of prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.domain.endpoints import EndpointProfile
from app.ui.context import UiContext
from app.ui.judges.endpoint_flow import EndpointFlow
from app.ui.judges.endpoint_keys import bind_endpoint_keys, status_keys
from app.ui.judges.endpoint_rows import NEW, endpoint_rows
from app.ui.judges.endpoints_parts import EndpointsParts
from app.ui.judges.presets import PRESETS, new_profile
from app.ui.judges.price_model import PriceRow
from app.ui.judges.undoing import Undoing
from app.ui.judges.values import Tested
from app.ui.screen import StatusKey


class EndpointsPage(QWidget):
    """Where judges are asked, and what it costs."""

    status_changed = Signal()

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ctx = ctx
        self.flow = EndpointFlow(ctx)
        self.current: str | None = None
        """Name of the endpoint that is shown; `NEW` for one that is not saved; None for none."""
        self._profiles: tuple[EndpointProfile, ...] = ()
        self._unsaved: dict[str, dict[str, str]] = {}
        self.parts = EndpointsParts(ctx.theme, ctx.actions, self)
        self.list, self.editor = self.parts.list, self.parts.editor
        self.prices = self.parts.prices
        self.undoing = Undoing(self.parts.notice)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.parts)
        self._wire()
        bind_endpoint_keys(self)
        self.setFocusProxy(self.list)

    def _wire(self) -> None:
        flow, editor = self.flow, self.editor
        self.list.chosen.connect(self._on_chosen)
        self.parts.add.clicked.connect(self.add)
        self.parts.empty.acted.connect(self.add)
        editor.changed.connect(self._on_edited)
        editor.save_asked.connect(self.save)
        editor.revert_asked.connect(self._revert)
        editor.remove_asked.connect(self.remove)
        editor.test_asked.connect(self.test)
        editor.form.models_asked.connect(self._list_models)
        editor.form.key.store_asked.connect(flow.store_key)
        self.prices.changed.connect(flow.save_prices)
        self.prices.removed.connect(self._on_price_removed)
        flow.listed.connect(self._on_listed)
        flow.saved.connect(self._on_saved)
        flow.failed.connect(editor.say_problem)
        flow.prices_failed.connect(self.prices.say_problem)
        flow.tested.connect(self._on_tested)
        flow.rested.connect(editor.report.show_idle)
        flow.models_found.connect(editor.form.show_models)
        flow.key_stored.connect(editor.form.key.say)
        self.ctx.bus.changed.connect(self._on_changed)

    @property
    def takes_signs(self) -> bool:
        """Whether letters and digits are typed into a cell, rather than being keys of ours."""
        return self.prices.view.hasFocus()

    # reading ------------------------------------------------------------------------------------

    def _on_changed(self, changes: Changes, initiator: object) -> None:
        is_ours = changes.everything or changes.judges or changes.settings
        if is_ours and self.isVisible() and initiator is not self.flow:
            self.flow.fetch()

    def _on_listed(self) -> None:
        self._profiles = self.flow.profiles
        self.prices.show_prices(self.flow.prices)
        self._show_rows()
        if self.current is not None:
            self._show_current()

    def _show_rows(self) -> None:
        rows = endpoint_rows(self._profiles, self._unsaved)
        self.parts.show_any(shown=bool(rows))
        if not rows:
            self.current = None
        self.parts.model.set_rows(rows)
        self.status_changed.emit()

    def _on_chosen(self, key: str) -> None:
        if key != self.current:
            self.current = key
            self._show_current()
            self.editor.report.show_untested()

    def profile_of(self, key: str) -> EndpointProfile | None:
        """A stored endpoint by its name."""
        return next((p for p in self._profiles if p.name == key), None)

    def _show_current(self) -> None:
        key = self.current
        if key is None:
            return
        unsaved, profile = self._unsaved.get(key), self.profile_of(key)
        if unsaved is not None:
            if self.editor.form.state != unsaved:
                self.editor.form.show_state(unsaved)
        elif profile is not None:
            self.editor.form.show_profile(profile)
        self.editor.report.show_known(self.flow.known(key))
        self.editor.show_state(changed=unsaved is not None, stored=profile is not None)

    # changing -----------------------------------------------------------------------------------

    def add(self) -> None:
        """Begin a new endpoint; the one that was begun before is gone on with."""
        if NEW not in self._unsaved:
            fresh = new_profile(PRESETS[0], frozenset(p.name for p in self._profiles))
            self.editor.form.show_profile(fresh)
            self._unsaved[NEW] = self.editor.form.state
        self.current = NEW
        self._show_rows()
        self.list.choose(NEW)
        self._show_current()
        self.editor.report.show_untested()
        self.editor.focus_first()

    def _on_edited(self) -> None:
        if self.current is None:
            return
        was_unsaved = self.current in self._unsaved
        self._unsaved[self.current] = self.editor.form.state
        self.editor.show_state(changed=True, stored=self.profile_of(self.current) is not None)
        self.editor.say_problem("")
        if not was_unsaved or self.current == NEW:
            self._show_rows()

    def save(self) -> None:
        """Store the endpoint as it stands in the fields."""
        key = self.current
        if key is None or key not in self._unsaved:
            return
        taken = {p.name for p in self._profiles if p.name != key}
        profile = self.editor.read(taken)
        if profile is not None:
            self.flow.save(profile, was=key)

    def _on_saved(self, profile: EndpointProfile, was: str) -> None:
        self._unsaved.pop(was, None)
        self.current = profile.name
        self._profiles = self.flow.profiles
        self._show_rows()
        self.list.choose(profile.name)
        self._show_current()

    def _revert(self) -> None:
        key = self.current
        if key is None:
            return
        dropped = self._unsaved.pop(key, None)
        if key == NEW:
            self.current = None
        self.editor.say_problem("")
        self._show_rows()
        self._show_current()
        if dropped is not None:
            self.undoing.offer("Changes were dropped.", lambda: self._bring_back(key, dropped))

    def _bring_back(self, key: str, dropped: Mapping[str, str]) -> None:
        self._unsaved[key] = dict(dropped)
        self.current = key
        self._show_rows()
        self.list.choose(key)
        self._show_current()

    def remove(self) -> None:
        """Remove the endpoint; it can be brought back at once."""
        key = self.current
        if key == NEW:
            self._revert()
            return
        profile = self.profile_of(key) if key is not None else None
        if profile is None:
            return
        known = self.flow.known(profile.name)
        self._unsaved.pop(profile.name, None)
        self.current = None
        self.flow.remove(profile.name)
        self.undoing.offer(
            f"{profile.name} was removed. What it judged stays.",
            lambda: self.flow.restore(profile, known),
        )

    def _on_price_removed(self, at: int, row: PriceRow) -> None:
        self.undoing.offer(
            f"The price of {row.model or 'a model'} was removed.",
            lambda: self.prices.model.insert(min(at, len(self.prices.model.rows) - 1), row),
        )

    # asking -------------------------------------------------------------------------------------

    def test(self) -> None:
        """Ask the endpoint what it can do, as it stands in the fields."""
        profile = self.editor.read(set())
        if profile is None or self.flow.is_testing:
            return
        self.editor.report.show_busy()
        self.flow.test(profile)

    def _on_tested(self, name: str, tested: Tested) -> None:
        if self.editor.form.name.text().strip() == name:
            self.editor.report.show_tested(tested)
            if tested.models:
                self.editor.form.offer_models(tested.models)
            self.editor.report.show_known(self.flow.known(self.current or ""))

    def _list_models(self) -> None:
        profile = self.editor.read(set())
        if profile is not None:
            self.flow.fetch_models(profile)

    # page ---------------------------------------------------------------------------------------

    def activate(self) -> None:
        """Come to the front."""
        self.flow.fetch()

    def deactivate(self) -> None:
        """Nothing is asked while it is not seen."""
        self.flow.stop()

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints."""
        return status_keys(self)

    def session_state(self) -> dict[str, Any]:
        """Which endpoint."""
        return {"endpoint": self.current or ""}

    def restore_session(self, state: Mapping[str, Any]) -> None:
        """Take it back."""
        name = state.get("endpoint")
        if isinstance(name, str) and name:
            self.list.choose(name)
