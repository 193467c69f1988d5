"""A headset and a disk that fail when they are told to, below everything that is tested."""

from __future__ import annotations

import errno
import time
from typing import Any

import pytest

from app.agents import disk_watch
from app.agents.recording import CallRecorder
from app.audio import devices
from app.audio.duplex import DuplexLine
from app.audio.duplex_virtual import VirtualDuplex
from app.domain.errors import EnvironmentFault
from app.services.live_calls import placing

LASTS_S = 0.5
"""A fault comes so long after the call began."""
OTHER_HZ = 44_100


class Headset(VirtualDuplex):
    """In place of PortAudio's device; `fault` says what it does: `unplugged`, `rate` or nothing."""

    name = "Headset"
    fault = ""
    is_there = True
    opened: tuple[Any, ...] = ()

    def __init__(self, rate_hz: int, choice: str, attempt: int, *, output: str = "") -> None:
        if not Headset.is_there:
            raise EnvironmentFault(
                f"The sound device “{self.name}” could not be opened for a call.", devices.HELD
            )
        super().__init__(rate_hz, attempt)
        Headset.opened = choice, output
        self._dies_at = float("inf")

    def start(self, line: DuplexLine) -> None:
        super().start(line)
        if Headset.fault:
            self._dies_at = time.monotonic() + LASTS_S

    @property
    def is_running(self) -> bool:
        return super().is_running and time.monotonic() < self._dies_at

    def current_rate_hz(self) -> int:
        return {"unplugged": 0, "rate": OTHER_HZ}.get(Headset.fault, self.rate_hz)


class Disk:
    """The disk of the workspace: full for the recorder, for the store, or nearly so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import soundfile

        self.fails_recording = self.fails_storing = False
        self.free: int | None = None
        blocks, free = CallRecorder.blocks, disk_watch.free_bytes
        open_file = soundfile.SoundFile

        def written(recorder: CallRecorder, *values: Any) -> None:
            if self.fails_recording and recorder.bytes_written > 60_000:
                raise OSError(errno.ENOSPC, "No space left on device")
            blocks(recorder, *values)

        def opened(path: Any, mode: str = "r", *values: Any, **more: Any) -> Any:
            if self.fails_storing and mode == "w":
                raise soundfile.LibsndfileError(2, f"Error opening {path}: ")
            return open_file(path, mode, *values, **more)

        monkeypatch.setattr(CallRecorder, "blocks", written)
        monkeypatch.setattr(soundfile, "SoundFile", opened)
        monkeypatch.setattr(
            disk_watch,
            "free_bytes",
            lambda folder: free(folder) if self.free is None else self.free,
        )


@pytest.fixture
def headset(monkeypatch: pytest.MonkeyPatch) -> type[Headset]:
    """The only sound device of the machine; well until it is told otherwise."""
    Headset.fault, Headset.is_there, Headset.opened = "", True, ()
    monkeypatch.setattr(placing, "PortAudioDuplex", Headset)
    return Headset


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """The disk; well until it is told otherwise."""
    return Disk(monkeypatch)
