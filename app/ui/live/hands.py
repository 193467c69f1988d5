"""What a person does in a call: keys and cards, handed to the call that goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.ui.live import words

if TYPE_CHECKING:
    from app.agents.line_effects import LineEffects
    from app.services.live_calls.live import LiveCall
    from app.services.live_calls.request import CannedClip, Noise
    from app.ui.context import UiContext
    from app.ui.live.call_page import CallPage

REACTION_LAG_S = 0.35


class Hands(QObject):
    """Acts on the desk's call; does nothing while there is none."""

    marked = Signal()

    def __init__(self, ctx: UiContext, page: CallPage) -> None:
        super().__init__(page)
        self._ctx, self._page = ctx, page
        self._note_at: float | None = None
        page.tags.tagged.connect(self.tag)
        page.tags.noted.connect(self._note)
        page.tags.note.textEdited.connect(self._on_note_typed)
        page.scenario.ticked.connect(self._step)
        page.tool.answered.connect(lambda i, text: self._with(lambda c: c.tool_result(i, text)))
        page.tool.kept.connect(lambda name, text: self._with(lambda c: c.edit_tool(name, text)))
        page.speak.said.connect(lambda text: self._with(lambda c: c.say(clip(text))))
        page.speak.typed.connect(lambda text: self._with(lambda c: c.type_text(text)))
        page.speak.armed.connect(self._arm)
        page.speak.disarmed.connect(lambda: self._with(lambda c: c.disarm()))
        page.speak.dialled.connect(self.dial)
        page.conditions.changed.connect(self._conditions)

    def _with(self, act: Callable[[LiveCall], object]) -> None:
        call = self._ctx.live.call
        if call is not None and self._ctx.live.is_on:
            act(call)

    def tag(self, label: str) -> None:
        """Mark what happened just now."""
        self._with(lambda c: c.mark(label, REACTION_LAG_S))
        self.marked.emit()

    def tag_key(self, number: int) -> None:
        """The key F2 to F9."""
        self.tag(words.TAGS[number - words.FIRST_TAG_KEY])

    def note(self) -> None:
        """Begin a note: it belongs to this moment, however long the typing takes."""
        self._note_at = time.monotonic()
        self._page.tags.note.setFocus()

    def _on_note_typed(self, text: str) -> None:
        if self._note_at is None and text:
            self._note_at = time.monotonic()

    def _note(self, text: str) -> None:
        began = self._note_at if self._note_at is not None else time.monotonic()
        self._note_at = None
        back_s = time.monotonic() - began + REACTION_LAG_S
        self._with(lambda c: c.note(text, back_s))
        self._page.setFocus()
        self.marked.emit()

    def _step(self, label: str, done: bool) -> None:
        self._with(lambda c: c.step(label, done=done))
        self.marked.emit()

    def _arm(self, text: str, after_ms: float, repeats: bool) -> None:
        self._with(lambda c: c.arm(clip(text), after_ms, repeats=repeats))

    def _conditions(self, noise: Noise | None, line: LineEffects) -> None:
        def lay(call: LiveCall) -> None:
            call.noise(noise)
            call.line(line if line.is_on else None)

        self._with(lay)

    def dial(self, digit: str) -> None:
        """Press a key of the pad."""
        self._with(lambda c: c.dtmf(digit))

    def mute(self) -> None:
        """Send silence, or the caller again."""
        self._with(lambda c: c.mute(not c.snapshot().muted))

    def talk(self, held: bool) -> None:
        """Take the word, or give it back."""
        self._with(lambda c: c.push_to_talk(held))


def clip(text: str) -> CannedClip:
    """An utterance: a recording where the text is the path of one, else words to speak."""
    from app.services.live_calls.request import CannedClip

    path = Path(text).expanduser()
    if len(text) < 1_000 and path.suffix and path.is_file():
        return CannedClip(id=text, path=path)
    return CannedClip(id=text, text=text)
