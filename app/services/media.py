"""A call's sound, ready to draw and play: each speaker's samples and peaks on one time line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from app.audio.align import Placement
from app.audio.peaks import PeakPyramid
from app.audio.store import AudioStore, StoredAudio
from app.domain.calls import Call, Finding, Track, TrackRole
from app.domain.errors import BadInput, NotFound
from app.domain.work import Work
from app.services.workspace import Workspace

DEFAULT_CACHE_GB = 20


@dataclass(frozen=True, slots=True)
class CallMedia:
    """What a call sounds and looks like. Immutable: while it is decoded, newer ones follow.

    Every array starts at the call's frame 0 and runs at `rate_hz`, whatever the rate, offset and
    drift of the track's own recording; it may end before the call does.
    """

    call: Call
    sounds: Mapping[TrackRole, tuple[StoredAudio, int]] = field(repr=False)
    """Each role's recording on the call's time line and its channel there."""

    @property
    def rate_hz(self) -> int:
        """Rate of all arrays, that of the call."""
        return self.call.rate_hz

    @property
    def frame_count(self) -> int:
        """Length of the call in frames."""
        return self.call.frame_count

    @property
    def roles(self) -> tuple[TrackRole, ...]:
        """Caller and agent, or the mix."""
        return tuple(self.sounds)

    @property
    def complete(self) -> bool:
        """Whether all is decoded."""
        return len(self.sounds) == len(self.call.tracks) and all(
            audio.complete for audio, _ in self.sounds.values()
        )

    @property
    def frames_ready(self) -> int:
        """How far every track can be played by now, in frames from the start."""
        if self.complete:
            return self.frame_count
        if len(self.sounds) < len(self.call.tracks):
            return 0
        growing = [len(a.samples) for a, _ in self.sounds.values() if not a.complete]
        return min(growing, default=0)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What decoding found, each once."""
        found = dict.fromkeys(f for audio, _ in self.sounds.values() for f in audio.findings)
        return tuple(found)

    def pcm(self, role: TrackRole) -> NDArray[Any]:
        """Samples (frames,) int16 or float32, read-only, a view without a copy.

        Raises:
            NotFound: the call has no such track, or nothing of it is decoded yet.
        """
        audio, channel = self._sound(role)
        return audio.samples[:, channel]

    def peaks(self, role: TrackRole) -> PeakPyramid:
        """The pyramid of that track alone: its channel is 0. Raises NotFound like `pcm`."""
        audio, channel = self._sound(role)
        return audio.peaks.only(channel)

    def _sound(self, role: TrackRole) -> tuple[StoredAudio, int]:
        try:
            return self.sounds[role]
        except KeyError:
            raise NotFound(f"{self.call.code} has no {role} track.") from None


def open_media(ctx: Work, ws: Workspace, call: Call) -> CallMedia:
    """The call's sound, decoded on first use. Call from any thread.

    While a recording is being decoded, `ctx.partial` gets a `CallMedia` of what is there, a few
    times a second.

    Raises:
        NotFound: a recording is gone. BadInput: it has changed since it was imported, or cannot
        be decoded. EnvironmentFault: it cannot be read, or the cache cannot be written.
        Cancelled.
    """
    store = audio_store(ws)
    done: dict[TrackRole, tuple[StoredAudio, int]] = {}
    opened: dict[tuple[str, Placement], StoredAudio] = {}
    for track in call.tracks:
        source = (track.audio_sha256, _placement(call, track))
        if source not in opened:
            sharing = [t for t in call.tracks if (t.audio_sha256, _placement(call, t)) == source]

            def tell(audio: StoredAudio, sharing: list[Track] = sharing) -> None:
                if audio.rate_hz == call.rate_hz:
                    growing = {t.role: _channel(call, t, audio) for t in sharing}
                    ctx.partial(CallMedia(call, {**done, **growing}))

            path, owned = locate(ws, call, track)
            opened[source] = store.open(
                ctx,
                path,
                track.audio_sha256,
                immutable=owned,
                placement=source[1],
                on_partial=tell,
            )
        done[track.role] = _channel(call, track, opened[source])
    return CallMedia(call, done)


def _placement(call: Call, track: Track) -> Placement:
    return Placement(call.rate_hz, track.offset_frames, track.drift_ppm)


def _channel(call: Call, track: Track, audio: StoredAudio) -> tuple[StoredAudio, int]:
    if track.channel_index >= audio.samples.shape[1]:
        raise BadInput(
            f"{call.code} expects {track.channel_index + 1} channels but its recording has "
            f"{audio.samples.shape[1]}.",
            "Import the recording again.",
        )
    return audio, track.channel_index


def audio_store(ws: Workspace) -> AudioStore:
    """The workspace's audio caches, with the cap of its settings."""
    with ws.db.read() as uow:
        gigabytes = uow.settings.get("pcm_cache_gb", DEFAULT_CACHE_GB)
    return AudioStore(ws.cache_dir, int(gigabytes) * 10**9)


def locate(ws: Workspace, call: Call, track: Track) -> tuple[Path, bool]:
    """Where the track's recording lies, and whether it is the workspace's own copy.

    Raises:
        NotFound: it is not there. BadInput: an original referenced in place has changed.
    """
    sha256 = track.audio_sha256
    with ws.db.read() as uow:
        blob = uow.calls.blob(sha256)
    if blob is not None and blob.path:
        path = Path(blob.path)
        if not path.exists():
            raise NotFound(
                f"The recording of {call.code} is not where it was: {path}.",
                "Put it back, or import it again from where it is now.",
            )
        if path.stat().st_size != blob.size_bytes:
            raise BadInput(
                f"The recording of {call.code} has changed since it was imported: {path}.",
                "Put the original back, or import the changed file as a new call.",
            )
        return path, False
    folder = ws.audio_dir / sha256[:2]
    path = folder / f"{sha256}{blob.ext if blob else ''}"
    if not path.exists():
        path = next(folder.glob(f"{sha256}*"), path)
    if not path.exists():
        raise NotFound(
            f"The recording of {call.code} is missing from the workspace: {path}.",
            "Restore the workspace's audio folder from a backup, or import the call again.",
        )
    return path, True
