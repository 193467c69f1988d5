"""Where playback is: from the device's clock to a ring position to a call frame.

Call from any thread: the feeder replaces whole tuples, the callback stores integers, and a
reader only ever sees complete entries.
"""

from __future__ import annotations

from app.audio.program import Mapping
from app.audio.ring import HISTORY, Outlet

KEPT_MAPPINGS = 64


def heard_position(outlet: Outlet, now_s: float, rate_hz: int) -> int:
    """The ring position that is heard at `now_s` on the device's clock."""
    calls = outlet.calls
    oldest = max(0, calls - HISTORY + 8)  # the callback may be overwriting the last few
    position = 0
    for index in range(calls - 1, oldest - 1, -1):
        slot = index % HISTORY
        position = outlet.position[slot]
        since_s = now_s - outlet.dac_s[slot]
        if since_s >= 0.0:
            return position + min(round(since_s * rate_hz), outlet.count[slot])
    return position


class PlayMap:
    """Pieces of the map from ring positions to call frames, newest last."""

    def __init__(self) -> None:
        self._pieces: tuple[Mapping, ...] = ()

    def add(self, piece: Mapping) -> None:
        """Append a piece that begins at or after the last one."""
        self._pieces = (*self._pieces[-KEPT_MAPPINGS + 1 :], piece)

    def clear(self) -> None:
        """Forget all."""
        self._pieces = ()

    def frame_at(self, position: int) -> int:
        """The call frame at a ring position; 0 where nothing was played."""
        pieces = self._pieces
        for piece in reversed(pieces):
            if position >= piece.ring:
                return piece.at(position)
        return pieces[0].frame if pieces else 0

    def rate_at(self, position: int) -> float:
        """Call frames per ring frame there; 0.0 where nothing was played."""
        for piece in reversed(self._pieces):
            if position >= piece.ring:
                return piece.num / piece.den
        return 0.0
