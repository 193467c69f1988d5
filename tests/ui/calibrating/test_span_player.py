"""A stretch of a call is heard to its end, stopped when asked again, and refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.audio.play_types import PlayerEvent
from app.domain.calls import Span
from app.domain.errors import NotFound
from app.services.workspace import Workspace
from app.ui.calibrating import span_player
from app.ui.calibrating.span_player import SpanPlayer
from app.ui.context import UiContext
from tests.ui.shell_support import context


class Sound:
    """A player without a device: it stands where it is put."""

    def __init__(self) -> None:
        self.state, self.at, self.loads = "paused", 0, 0
        self.events: list[PlayerEvent] = []

    def load(self, _tracks: Any, _rate_hz: int, **_more: Any) -> None:
        self.loads += 1

    def seek(self, frame: int) -> None:
        self.at = frame

    def play(self) -> None:
        self.state = "playing"

    def pause(self) -> None:
        self.state = "paused"

    def poll(self) -> list[PlayerEvent]:
        events, self.events = self.events, []
        return events

    def position(self) -> int:
        return self.at

    def close(self) -> None:
        self.state = "closed"


@pytest.fixture
def ctx(workspace: Workspace, qapp: QApplication) -> Iterator[UiContext]:
    with context(workspace) as made:
        made.__dict__["player"] = Sound()
        yield made


def _media(_ctx: Any, _ws: Any, call_id: str) -> tuple[str, Any]:
    if call_id == "gone":
        raise NotFound("That call has no sound.")
    sound = np.zeros(8000, np.int16)
    return call_id, SimpleNamespace(
        roles=("mix",), rate_hz=8000, frame_count=8000, pcm=lambda _role: sound
    )


def test_it_stops_at_the_end_of_the_stretch(
    qtbot: Any, ctx: UiContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(span_player, "_open", _media)
    owner = QObject()
    player, sound = SpanPlayer(ctx, owner), cast("Sound", ctx.player)
    player.toggle("item", "call", Span(100, 900))
    qtbot.waitUntil(lambda: player.name == "item")
    assert (sound.state, sound.at) == ("playing", 100)
    sound.at = 900
    qtbot.waitUntil(lambda: player.name == "")
    assert sound.state == "paused"
    player.toggle("item", "call", Span(100, 900))
    assert player.name == "item"  # the sound is at hand
    player.toggle("item", "call", Span(100, 900))
    assert (player.name, sound.state, sound.loads) == ("", "paused", 1)
    player.leave()
    player.toggle("other", "call", Span(0, 10))
    qtbot.waitUntil(lambda: player.name == "other")
    assert sound.loads == 2  # another screen had the player meanwhile
    player.stop()


def test_a_call_without_sound_is_told(
    qtbot: Any, ctx: UiContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(span_player, "_open", _media)
    owner = QObject()
    player = SpanPlayer(ctx, owner)
    with qtbot.waitSignal(ctx.bus.message) as told:
        player.toggle("item", "gone", Span(0, 10))
    assert told.args[1] == "That call has no sound."
    assert player.name == ""


def test_a_device_that_is_lost_is_told_and_one_that_opens_is_not(
    qtbot: Any, ctx: UiContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(span_player, "_open", _media)
    owner, told = QObject(), []
    ctx.bus.message.connect(lambda *words: told.append(words[1]))
    player, sound = SpanPlayer(ctx, owner), cast("Sound", ctx.player)
    sound.events = [PlayerEvent("device", "Speakers"), PlayerEvent("device_lost", "USB stopped.")]
    player.toggle("item", "call", Span(0, 900))
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["USB stopped."]
    player.stop()
