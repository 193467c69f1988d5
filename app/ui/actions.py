"""The action table at work: which key does what, where, and what its key cap says.

A widget binds handlers; a key press looks for a handler from the focused widget upwards, so
that a panel overrides its screen and a screen the window. Main thread only.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from app.domain.errors import BadInput
from app.ui.action_specs import ACTIONS, ActionSpec, scopes_meet
from app.ui.key_events import allowed_while_typing, candidates, cap_words, normal

Handler = Callable[[], object]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType]
Enabled = Callable[[str], bool]
_PRESS_KEYS = frozenset({"Space", "Return"})


class KeyConflict(BadInput):
    """The key is already taken where the action holds."""


@dataclass(slots=True)
class _Binding:
    handlers: dict[str, Handler]
    enabled: Enabled | None


class ActionTable(QObject):
    """All actions with the keys in force."""

    changed = Signal()
    """The keys in force, or whether key caps are shown, have changed."""

    def __init__(self, specs: Iterable[ActionSpec] = ACTIONS) -> None:
        super().__init__()
        self._specs = {spec.id: spec for spec in specs}
        self._keys = {spec.id: tuple(map(normal, spec.keys)) for spec in self._specs.values()}
        self._defaults = dict(self._keys)
        self._bound: weakref.WeakKeyDictionary[QWidget, list[_Binding]] = (
            weakref.WeakKeyDictionary()
        )
        self._show_caps = True
        self._listening = False
        self.keyboard_mode = False
        """Whether focus was last moved by the keyboard: only then is the ring drawn."""
        self.front: Callable[[], QWidget | None] | None = None
        """The screen in front, for keys pressed while nothing has the focus."""

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """Every action, in the order of the table."""
        return tuple(self._specs.values())

    def spec(self, action_id: str) -> ActionSpec:
        """The action of that id. KeyError for an unknown one."""
        return self._specs[action_id]

    def keys(self, action_id: str) -> tuple[str, ...]:
        """The portable key texts in force."""
        return self._keys[action_id]

    def cap(self, action_id: str) -> str:
        """What stands on the action's key cap; empty where it has no key or caps are hidden."""
        keys = self._keys[action_id]
        return cap_words(keys[0]) if keys and self._show_caps else ""

    def tip(self, action_id: str) -> str:
        """Words for a tooltip: what it does and its key."""
        keys = self._keys[action_id]
        text = self._specs[action_id].text
        return f"{text} ({cap_words(keys[0])})" if keys else text

    def show_caps(self, shown: bool) -> None:
        """Show or hide key caps on buttons and in the status bar."""
        if shown != self._show_caps:
            self._show_caps = shown
            self.changed.emit()

    def conflict(self, action_id: str, key: str) -> ActionSpec | None:
        """The action that already has `key` where `action_id` holds, or None."""
        wanted, scope = normal(key), self._specs[action_id].scope
        for other_id, keys in self._keys.items():
            other = self._specs[other_id]
            if other_id != action_id and wanted in keys and scopes_meet(scope, other.scope):
                return other
        return None

    def remap(self, action_id: str, keys: Iterable[str]) -> None:
        """Give an action other keys.

        Raises:
            KeyConflict: another action has one of them in a place where both hold.
            BadInput: a text names no key.
        """
        try:
            wanted = tuple(dict.fromkeys(map(normal, keys)))
        except ValueError as error:
            raise BadInput(f"There is no such key ({error}).") from error
        for key in wanted:
            taken = self.conflict(action_id, key)
            if taken is not None:
                raise KeyConflict(
                    f"{cap_words(key)} already means “{taken.text}”.",
                    "Choose another key, or free that one first.",
                )
        self._keys[action_id] = wanted
        self.changed.emit()

    def reset(self) -> None:
        """Back to the default keys."""
        self._keys = dict(self._defaults)
        self.changed.emit()

    @property
    def remapped(self) -> dict[str, list[str]]:
        """What differs from the defaults, for the settings."""
        return {i: list(k) for i, k in self._keys.items() if k != self._defaults[i]}

    def load_remapped(self, saved: Mapping[str, Iterable[str]]) -> list[str]:
        """Apply saved keys; returns the ids that could not be applied (conflict, unknown)."""
        refused = []
        for action_id, keys in saved.items():
            try:
                self.remap(action_id, keys)
            except (BadInput, KeyError):
                refused.append(action_id)
        return refused

    def bind(
        self, widget: QWidget, handlers: Mapping[str, Handler], enabled: Enabled | None = None
    ) -> None:
        """Let actions act while `widget` or anything inside it has the focus.

        Args:
            widget: holder of the handlers; they are forgotten with it.
            handlers: action id → what to call. KeyError for an unknown id.
            enabled: asked with the action's id before each call; a disabled action lets the
                key pass on to the holders above.
        """
        for action_id in handlers:
            self._specs[action_id]
        if widget not in self._bound:
            widget.installEventFilter(self)
        self._bound.setdefault(widget, []).append(_Binding(dict(handlers), enabled))

    def unbind(self, widget: QWidget) -> None:
        """Forget every handler of `widget`."""
        self._bound.pop(widget, None)

    def trigger(self, action_id: str, start: QWidget | None = None) -> bool:
        """Do an action as if its key had been pressed; True where a handler took it."""
        start = start or QApplication.focusWidget() or (self.front() if self.front else None)
        handler = self._find(start, {action_id})
        if handler is None:
            return False
        handler[1]()
        return True

    def install(self, app: QApplication) -> None:
        """Listen to the keys of whichever widget has the focus.

        Not a filter on the application: that one would see every paint and every timer.
        """
        if not self._listening:
            app.focusChanged.connect(self._on_focus)
            self._listening = True

    def uninstall(self, app: QApplication) -> None:
        """Stop listening; safe to call again."""
        if self._listening:
            app.focusChanged.disconnect(self._on_focus)
            self._listening = False
        for widget in app.allWidgets():
            widget.removeEventFilter(self)

    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None and old not in self._bound:
            old.removeEventFilter(self)
        if new is not None:
            new.removeEventFilter(self)
            new.installEventFilter(self)
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self.keyboard_mode = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take key presses that mean an action before the focused widget sees them."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self.keyboard_mode = True
            if isinstance(watched, QWidget):
                return self._guarded(watched, event)
        return False

    def _guarded(self, widget: QWidget, event: QKeyEvent) -> bool:
        """Act on a key; an error of ours goes to the crash hook.

        Raised out of an event filter, a second error on the way would kill the process inside
        the bindings (seen with shiboken6 6.11.3).
        """
        try:
            return self._on_key(widget, event)
        except Exception:  # noqa: BLE001 - reported in full, then the key counts as taken
            sys.excepthook(*cast("ExcInfo", sys.exc_info()))
            return True

    def _on_key(self, widget: QWidget, event: QKeyEvent) -> bool:
        focused = QApplication.focusWidget()
        inside = focused if focused is not None and widget.isAncestorOf(focused) else widget
        start = self._start(widget)
        for text in candidates(event):
            if (is_typing(widget) or is_typing(inside)) and not allowed_while_typing(text):
                continue
            if text in _PRESS_KEYS and isinstance(widget, QAbstractButton | QComboBox):
                continue  # a focused control keeps the keys that press it
            ids = {i for i, keys in self._keys.items() if text in keys}
            found = self._find(start, ids) if ids else None
            if found is not None:
                if not event.isAutoRepeat() or self._specs[found[0]].repeat:
                    found[1]()
                return True
        return False

    def _start(self, widget: QWidget) -> QWidget:
        """Where to look first: a window without a focused widget asks its front screen."""
        if widget.isWindow() and self.front is not None:
            front = self.front()
            if front is not None and isValid(front) and widget.isAncestorOf(front):
                return front
        return widget

    def _find(self, start: QWidget | None, ids: set[str]) -> tuple[str, Handler] | None:
        widget = start
        while widget is not None:
            for binding in reversed(self._bound.get(widget, [])):
                for action_id in ids & binding.handlers.keys():
                    if binding.enabled is None or binding.enabled(action_id):
                        return action_id, binding.handlers[action_id]
            if widget.isWindow():
                break
            widget = widget.parentWidget()
        return None


def is_typing(widget: QWidget | None) -> bool:
    """Whether keys pressed in `widget` are text."""
    if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit):
        return not widget.isReadOnly()
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QAbstractSpinBox)
