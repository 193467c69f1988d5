"""What a listening session asks of the services, off the UI thread. Plain values in and out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from app.audio import clip_build, system_volume
from app.audio.clip_output import DeviceFacts
from app.audio.clip_player import ClipPlayer
from app.audio.devices import DeviceInfo
from app.audio.system_volume import SystemVolume
from app.domain.errors import NotAllowed, UserError
from app.domain.studies import Heard, Instrument
from app.services.assets import asset
from app.services.studies import for_rater, making, rendering, sessions, voting
from app.services.studies.for_rater import Unfinished
from app.services.studies.sessions import SessionStep
from app.services.studies.voting import VoteReceipt

if TYPE_CHECKING:
    from app.audio.clip_build import Samples
    from app.audio.play_types import FloatBlock
    from app.domain.ratings import Viewer
    from app.services.workspace import Workspace

BLOCK_MS = 5
"""The callback's block, as the device is asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the screen needs of a study's design. Nothing that names a system."""

    study_id: str
    code: str
    instrument: Instrument
    confirm: bool
    break_min: float
    soft_break_min: float
    level_dbov: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A session that was begun, or can be gone on with."""

    session_id: str
    rules: Rules
    unfinished: Unfinished | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A key press on its way to the disk; kept until there is a receipt."""

    trial_id: str
    value: float | None
    heard: Heard = field(default_factory=Heard)
    rt_ms: int = 0
    fault: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An opened output and the system's volume at that time."""

    key: str
    facts: DeviceFacts
    system: SystemVolume | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupSounds:
    """Spoken digits and the level sample, mono, at the device's rate."""

    digits: tuple[Samples, ...]
    level: Samples


def begin(ws: Workspace, viewer: Viewer, study_id: str) -> Begun:
    """Begin a session, or find the one that was left."""
    study = making.get(ws, study_id)
    rules = Rules(
        study_id=study.id, code=study.code, instrument=study.instrument,
        confirm=study.design.confirm, break_min=study.design.break_min,
        soft_break_min=study.design.soft_break_min,
        level_dbov=study.design.level_dbov,
    )  # fmt: skip
    left = for_rater.unfinished(ws, viewer, study.id)
    if left is not None and study.state == "open":
        return Begun(session_id=left.session_id, rules=rules, unfinished=left)
    return Begun(session_id=sessions.begin(ws, viewer, study.id), rules=rules)


def vote_and_step(
    ws: Workspace, viewer: Viewer, session_id: str, owner: str, answer: Answer, again: bool
) -> tuple[VoteReceipt | None, SessionStep | UserError]:
    """Store a vote, then ask what comes next; the receipt is not lost where the latter fails.

    An answer that is sent again and was stored the first time is not an error.
    """
    receipt = None
    try:
        receipt = voting.vote(
            ws, viewer, session_id, answer.trial_id, answer.value, answer.heard,
            rt_ms=answer.rt_ms, fault=answer.fault, note=answer.note,
        )  # fmt: skip
    except NotAllowed:
        step = sessions.next_step(ws, viewer, session_id, owner) if again else None
        if step is None or (step.trial is not None and step.trial.trial_id == answer.trial_id):
            raise
        return None, step
    try:
        return receipt, sessions.next_step(ws, viewer, session_id, owner)
    except UserError as error:
        return receipt, error


def open_device(player: ClipPlayer, key: str) -> Opened:
    """Open an output for the session."""
    facts = player.open(key or None)
    return Opened(key=key, facts=facts, system=system_volume.read())


def note_level(
    ws: Workspace, viewer: Viewer, session_id: str, gain_db: float, level_dbov: float
) -> SystemVolume | None:
    """Store the level that was set to comfort; the system's volume, where it can be told."""
    system = system_volume.read()
    body = {
        "passed": True, "gain_db": gain_db, "level_dbov": level_dbov,
        "system": None if system is None else asdict(system),
    }  # fmt: skip
    sessions.note(ws, viewer, session_id, "level", body)
    return system


def list_outputs(player: ClipPlayer) -> list[DeviceInfo]:
    """The outputs there are, with those plugged in since; gives the open one back for that."""
    from app.audio.devices import output_devices, refresh

    player.close()
    refresh()
    return output_devices()


def setup_sounds(rate_hz: int) -> SetupSounds:
    """Read what the set-up pages play."""
    folder = asset("listening")
    digits = tuple(clip_build.read(folder / "digits" / f"{n}.flac", rate_hz) for n in range(10))
    return SetupSounds(digits=digits, level=clip_build.read(folder / "level.flac", rate_hz))


def load_clips(ws: Workspace, hashes: tuple[str, ...], rate_hz: int) -> dict[str, FloatBlock]:
    """Stored clips for both ears at the device's rate, by hash."""
    found = {}
    for sha256 in hashes:
        samples, clip_hz = rendering.load(ws, sha256)
        found[sha256] = clip_build.both_ears(clip_build.at_rate(samples, clip_hz, rate_hz))
    return found


def read_ahead(
    ws: Workspace, viewer: Viewer, session_id: str, rate_hz: int, known: frozenset[str], count: int
) -> dict[str, FloatBlock]:
    """The clips of the next trials that are not in memory yet."""
    hashes = for_rater.upcoming(ws, viewer, session_id, count)
    return load_clips(ws, tuple(h for h in hashes if h not in known), rate_hz)


def look_after(ws: Workspace, viewer: Viewer, trial_id: str, owner: str) -> tuple[
    bool, SystemVolume | None
]:  # fmt: skip
    """Hold the trial for this window; whether it still is, and the system's volume now."""
    held = not trial_id or for_rater.hold(ws, viewer, trial_id, owner)
    return held, system_volume.read()
