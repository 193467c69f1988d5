"""Clips in memory at the device's rate, the next ones read while the current one plays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.audio import clip_build
from app.audio.clip_heard import Passage, passages
from app.audio.play_types import FloatBlock
from app.tasks.runner import Lane
from app.ui.listening import work

if TYPE_CHECKING:
    from app.domain.studies import Instrument
    from app.services.studies.sessions import TrialView
    from app.ui.listening.session import ListenSession

KEPT_BYTES = 256 * 2**20
"""Beside the clips of the current trial: more than ten minutes of sound."""
AHEAD = 3
"""Trials, the current one included."""

Tracks = tuple[tuple[FloatBlock, ...], tuple[Passage, ...]]


class Shelf(QObject):
    """Clips by hash. `failed` carries the error of a clip that could not be read."""

    failed = Signal(object)

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session)
        self._session = session
        self._clips: dict[str, FloatBlock] = {}
        self._rate_hz = 0
        self._current: tuple[str, ...] = ()

    def clear(self, rate_hz: int) -> None:
        """Another device: nothing is at its rate yet."""
        self._clips.clear()
        self._rate_hz = rate_hz

    def has(self, trial: TrialView) -> bool:
        """Whether a trial can begin at once."""
        return all(h in self._clips for h in trial.sounds)

    def fetch(self, trial: TrialView, then: Callable[[], None]) -> None:
        """Read a trial's clips, then call `then`."""
        rate_hz = self._rate_hz

        def done(found: dict[str, FloatBlock]) -> None:
            if rate_hz == self._rate_hz:
                self._take(found)
                then()

        self._current = trial.sounds
        missing = tuple(dict.fromkeys(h for h in trial.sounds if h not in self._clips))
        self._session.run(
            Lane.READ, work.load_clips, self._session.ctx.ws, missing, rate_hz,
            done=done, failed=self.failed.emit,
        )  # fmt: skip

    def read_ahead(self, session_id: str) -> None:
        """Read the clips of the next trials; an error is told when their turn has come."""
        rate_hz, ctx = self._rate_hz, self._session.ctx

        def done(found: dict[str, FloatBlock]) -> None:
            if rate_hz == self._rate_hz:
                self._take(found)

        self._session.run(
            Lane.READ, work.read_ahead, ctx.ws, ctx.viewer, session_id, rate_hz,
            frozenset(self._clips), AHEAD, done=done,
        )  # fmt: skip

    def tracks(self, trial: TrialView, instrument: Instrument) -> Tracks:
        """What the player takes: two tracks of a pair, else one with its clips in turn."""
        self._current = trial.sounds
        parts = [self._clips[h] for h in trial.sounds]
        if instrument == "pairwise":
            return tuple(parts), passages([[len(p)] for p in parts], 0)
        gap = trial.gap_ms * self._rate_hz // 1000
        lengths = [len(p) for p in parts]
        return (clip_build.in_turn(parts, gap),), passages([lengths], gap)

    def _take(self, found: dict[str, FloatBlock]) -> None:
        self._clips.update(found)
        kept = [h for h in self._clips if h not in self._current and h not in found]
        while kept and sum(c.nbytes for c in self._clips.values()) > KEPT_BYTES:
            self._clips.pop(kept.pop(0))
