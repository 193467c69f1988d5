"""The sound page: which output, and a check that left is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.audio.play_types import Mix, PlayTrack
from app.tasks.runner import Lane
from app.ui.context import UiContext
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.audio.devices import DeviceInfo

RATE_HZ = 48_000
_TONE_S, _GAP_S, _TONE_HZ, _LEVEL = 0.7, 0.4, 440.0, 0.2


def ear_check() -> tuple[np.ndarray, np.ndarray]:
    """Left and right samples, float32 (frames,): a tone left, a pause, a higher tone right."""
    time = np.arange(round(_TONE_S * RATE_HZ)) / RATE_HZ
    fade = np.minimum(1.0, np.minimum(time, _TONE_S - time) / 0.02)
    low = (_LEVEL * fade * np.sin(2 * np.pi * _TONE_HZ * time)).astype(np.float32)
    high = (_LEVEL * fade * np.sin(3 * np.pi * _TONE_HZ * time)).astype(np.float32)
    rest = np.zeros(round(_GAP_S * RATE_HZ), np.float32)
    silence = np.zeros(len(rest) + len(high), np.float32)
    return np.concatenate([low, silence]), np.concatenate([np.zeros_like(low), rest, high])


class SoundPage(QWidget):
    """Chooses the output by name, so that it is found again after a restart."""

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        theme = ctx.theme
        self.devices = QComboBox()
        self.devices.setFont(theme.font("body"))
        self.devices.setAccessibleName("Output")
        self.devices.addItem("The system's default output", "")
        self.devices.activated.connect(self._on_chosen)
        self._note = Label(theme, "Looking for outputs…", "small", "t3", wrap=True)
        self.check = Button(theme, "Check left and right", icon="headphones")
        self.check.clicked.connect(self.play_check)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(Label(theme, "Output", "small", "t2"))
        layout.addWidget(self.devices)
        layout.addWidget(self._note)
        layout.addSpacing(8)
        row = QHBoxLayout()
        row.addWidget(self.check)
        row.addStretch()
        layout.addLayout(row)
        words = (
            "A low tone sounds in the left ear, then a higher one in the right. The caller is "
            "heard left and the agent right unless you swap them with X."
        )
        layout.addWidget(Label(theme, words, "small", "t3", wrap=True))
        layout.addStretch()
        ctx.runner.run(Lane.READ, _list_devices, done=self._on_devices)

    def _on_devices(self, found: list[DeviceInfo]) -> None:
        chosen = self._ctx.settings.text("audio_device")
        for device in found:
            self.devices.addItem(f"{device.name}, {device.rate_hz / 1000:g} kHz", device.key)
        at = self.devices.findData(chosen)
        self.devices.setCurrentIndex(max(0, at))
        default = next((d for d in found if d.is_default), None)
        if not found:
            words = "No output was found. Calls can be reviewed in silence; the clock still runs."
        elif at < 0:
            words = f"“{chosen}” is not there now; the default output is used."
        else:
            words = f"Default output: {default.name}." if default else ""
        self._note.setText(words)

    def _on_chosen(self, index: int) -> None:
        self._ctx.settings.set("audio_device", str(self.devices.itemData(index)))

    def play_check(self) -> None:
        """Play the tones through the chosen output."""
        left, right = ear_check()
        player = self._ctx.player
        tracks = [
            PlayTrack(role="caller", pcm=left, rate_hz=RATE_HZ),
            PlayTrack(role="agent", pcm=right, rate_hz=RATE_HZ),
        ]
        player.load(tracks, RATE_HZ)
        player.set_mix(Mix())
        player.set_speed(1.0)
        player.play()


def _list_devices() -> list[DeviceInfo]:
    from app.audio.devices import output_devices, refresh

    refresh()  # one that was plugged in since; refused while something plays
    return output_devices()
