"""The library's player tells what went wrong with the sound, and nothing else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from PySide6.QtWidgets import QApplication

from app.audio.play_types import PlayerEvent
from app.services.workspace import Workspace
from app.ui.library.preview_player import PreviewPlayer
from tests.ui.calibrating.test_span_player import Sound
from tests.ui.shell_support import context


def test_a_device_that_is_lost_is_told_and_one_that_opens_is_not(
    qtbot: Any, workspace: Workspace, qapp: QApplication
) -> None:
    media = SimpleNamespace(
        roles=("mix",), rate_hz=8000, frame_count=8000, pcm=lambda _role: np.zeros(8000, np.int16)
    )
    opened = cast("Any", SimpleNamespace(call=SimpleNamespace(id="call"), media=media))
    with context(workspace) as ctx:
        sound = ctx.__dict__["player"] = Sound()
        told: list[str] = []
        ctx.bus.message.connect(lambda _level, words, _remedy: told.append(words))
        player = PreviewPlayer(ctx)
        player.offer(opened)
        sound.events = [
            PlayerEvent("device", "default"), PlayerEvent("device_lost", "USB stopped."),
        ]  # fmt: skip
        assert player.toggle("call")
        qtbot.waitUntil(lambda: bool(told))
        player.stop()
        assert told == ["USB stopped."]
