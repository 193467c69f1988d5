"""What the player needs of an output, real or silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FillFn = Callable[[NDArray[np.float32], float], None]
"""Fills stereo frames (n, 2); the second argument is when the first of them will be heard, on
the device's clock, in seconds. Called on the device's thread: it must not wait or raise."""


TORN_OFTEN = 3
"""From so many underflows on a device is opened anew, with more latency, at the next play."""


class OutputDevice(Protocol):
    """An open output. `start` and `stop` may be called again and again, `close` once."""

    @property
    def name(self) -> str:
        """What the person calls it."""
        ...

    @property
    def rate_hz(self) -> int:
        """The rate at which it takes frames."""
        ...

    @property
    def latency_s(self) -> float:
        """From handing over a frame to hearing it."""
        ...

    @property
    def is_silent(self) -> bool:
        """True for the stand-in that makes no sound."""
        ...

    @property
    def is_realtime(self) -> bool:
        """False where a test turns the clock by hand."""
        ...

    @property
    def is_running(self) -> bool:
        """False before `start`, after `stop`, and when the device has died."""
        ...

    @property
    def underflows(self) -> int:
        """How often it ran dry because it was answered too late."""
        ...

    def now_s(self) -> float:
        """The device's clock."""
        ...

    def start(self) -> None:
        """Begin to ask for frames; raises EnvironmentFault."""
        ...

    def stop(self) -> None:
        """Stop asking; what was handed over may be dropped."""
        ...

    def close(self) -> None:
        """Give it back; never raises."""
        ...


Opener = Callable[[str | None, int, FillFn], OutputDevice]
"""Opens the output chosen by key (None: the default) at a wished rate; raises EnvironmentFault."""
