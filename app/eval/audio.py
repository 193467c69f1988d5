"""A call's sound for an evaluator: mono float samples by speaker, at the call's rate or another.

Decoded samples come from the workspace's cache, which all workers share; nothing is decoded twice.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.muting import muted
from app.audio.peaks import PeakPyramid
from app.audio.polyphase import convert
from app.audio.store import AudioStore, StoredAudio
from app.domain.calls import Call, Finding, Span, TrackRole
from app.domain.errors import BadInput, NotFound
from app.eval.base import AudioInput, CallInput, Watch

Samples = NDArray[np.float32]


class CallAudio:
    """The tracks of one call. Open it with the call's input; keeps what it has converted.

    Raises (from each method):
        NotFound: no such track, or its recording is gone.
        BadInput: it cannot be decoded. Cancelled.
    """

    def __init__(self, source: CallInput, watch: Watch) -> None:
        self._source, self._watch = source, watch
        self._tracks = {a.role: a for a in source.audio}
        self._converted: dict[tuple[TrackRole, int], Samples] = {}

    @property
    def call(self) -> Call:
        """The call."""
        return self._source.call

    @property
    def roles(self) -> tuple[TrackRole, ...]:
        """Which tracks there are."""
        return tuple(self._tracks)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What decoding found, each once."""
        found = dict.fromkeys(f for role in self._tracks for f in self._stored(role).findings)
        return tuple(found)

    def pcm(self, role: TrackRole) -> NDArray[Any]:
        """Samples (frames,) int16 or float32 at the call's rate from its frame 0; read-only."""
        track = self._tracks.get(role)
        samples = self._stored(role).samples[:, track.channel_index if track else 0]
        return muted(samples, track.muted if track else (), self.call.rate_hz)

    def peaks(self, role: TrackRole) -> PeakPyramid:
        """The pyramid of that track alone: its channel is 0."""
        return self._stored(role).peaks.only(self._tracks[role].channel_index)

    def _stored(self, role: TrackRole) -> StoredAudio:
        track = self._tracks.get(role)
        if track is None:
            raise NotFound(f"{self.call.code} has no {role} track.")
        store = _store(self._source.cache_dir, self._source.cache_bytes)
        path = _existing(self.call, track)
        audio = store.open(
            self._watch, path, track.sha256, immutable=track.owned, placement=track.placement
        )
        if track.channel_index >= audio.samples.shape[1]:
            raise BadInput(f"{self.call.code} lacks channel {track.channel_index + 1}.")
        return audio

    def samples(self, role: TrackRole, rate_hz: int | None = None) -> Samples:
        """Samples (frames,) in -1..1 at `rate_hz` (default: the call's) from the call's start."""
        from app.models.vad import as_float

        rate = rate_hz or self.call.rate_hz
        if (role, rate) not in self._converted:
            whole = convert(as_float(self.pcm(role)), self.call.rate_hz, rate)
            whole.setflags(write=False)
            self._converted[(role, rate)] = whole
        return self._converted[(role, rate)]

    def clip(self, role: TrackRole, span: Span, rate_hz: int | None = None) -> Samples:
        """The samples of a span given in frames of the call; shorter where the track ends."""
        rate = rate_hz or self.call.rate_hz
        whole = self.samples(role, rate)
        start, end = (round(f * rate / self.call.rate_hz) for f in (span.start, span.end))
        return whole[start:end]


@lru_cache(maxsize=4)
def _store(cache_dir: str, cache_bytes: int) -> AudioStore:
    return AudioStore(Path(cache_dir), cache_bytes)


def _existing(call: Call, track: AudioInput) -> Path:
    path = Path(track.path)
    if not path.exists():
        raise NotFound(
            f"The recording of {call.code} is not where it was: {path}.",
            "Put it back, or import it again.",
        )
    return path
