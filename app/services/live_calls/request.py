"""What call to place: all that is needed to place it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.agents.device_delay import DeviceDelay
from app.agents.line_effects import LineEffects
from app.agents.practice.faults import Faults
from app.agents.profiles import CallProfile, checked
from app.domain.errors import BadInput, NotAllowed
from app.eval.perturb import noises

MAX_SECONDS = 3_600.0
MAX_BARGE_IN_MS = 60_000.0
NOISES: tuple[str, ...] = noises.KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """A bed of noise under the caller.

    Attributes:
        kind: one of `NOISES`.
        snr_db: how far below the caller's active speech level.
        seed: of its random numbers.
        level_dbov: the caller's active level, where a microphone check has told it.
    """

    kind: str
    snr_db: float
    seed: int = 0
    level_dbov: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in NOISES or not -20 <= self.snr_db <= 60:
            raise BadInput(
                f"There is no noise {self.kind!r} at {self.snr_db:g} dB.",
                f"One of: {', '.join(NOISES)}; -20 to 60 dB.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedClip:
    """An utterance kept ready: a file, or words that espeak-ng speaks."""

    id: str
    path: Path | None = None
    text: str = ""

    @property
    def label(self) -> str:
        """What it is called on the screen and in the log."""
        return self.text or (self.path.name if self.path else self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRequest:
    """A call to place, with or without a window.

    Attributes:
        profile: the agent; None for the practice agent, and for a call that is only recorded.
        device: part of the microphone's name, or `default`; None for no sound device.
        device_out: part of the loudspeaker's name; the microphone's where empty. With
            `record_only`, whose sound is recorded.
        consent: the person has confirmed that recording is allowed.
        needs_consent: refuse to begin without it.
        record_only: no agent is dialled: microphone and what the loudspeaker plays are recorded.
        practice: call a practice agent of this program's own, with these faults.
        caller: a recording to speak instead of a person; None for the microphone.
        sample_caller: speak the lines that ship with the practice agent.
        barge_in_ms: speak so long after the agent is heard.
        by_turns: wait for the agent before each utterance of the recording.
        replay_of: id of a call whose caller is spoken, instead of `caller`.
        seconds: hang up then; None when all was said and answered.
        noise, line: what lies between the caller and the agent.
        push_to_talk: silence is sent while the key is not held.
        tool_results: canned results by the tool's name; the profile's where None.
        tools_by_hand: no tool is answered by itself.
        clips: utterances kept ready.
        echo_db: what an echo check before the call found; from -35 dB on the barge-in figures
            of the call are void.
        delay: what a loopback check before the call found of its devices.
        placed_by: id of the rater who is the caller, and rates the call before they see a figure;
            empty where nobody is.
        scenario_key: of the scenario that is tried; the profile's where empty.
    """

    profile: CallProfile | None = None
    device: str | None = None
    device_out: str = ""
    consent: bool = False
    needs_consent: bool = False
    record_only: bool = False
    practice: Faults | None = None
    caller: Path | None = None
    sample_caller: bool = False
    barge_in_ms: float | None = None
    by_turns: bool = False
    replay_of: str = ""
    seconds: float | None = None
    noise: Noise | None = None
    line: LineEffects = field(default_factory=LineEffects)
    push_to_talk: bool = False
    tool_results: Mapping[str, str] | None = None
    tools_by_hand: bool = False
    clips: tuple[CannedClip, ...] = ()
    echo_db: float | None = None
    delay: DeviceDelay | None = None
    placed_by: str = ""
    scenario_key: str = ""


def check(request: LiveRequest) -> None:
    """Whether such a call can be placed.

    Raises:
        BadInput: it cannot. NotAllowed: consent is needed and was not given.
    """
    if request.needs_consent and not request.consent:
        raise NotAllowed(
            "The call was not placed: recording needs the consent of both sides.",
            "Confirm it on the screen before you call.",
        )
    if request.seconds is not None and not 0 < request.seconds <= MAX_SECONDS:
        raise BadInput(f"A call of {request.seconds:g} s cannot be placed.", "At most an hour.")
    if request.barge_in_ms is not None and not 0 <= request.barge_in_ms <= MAX_BARGE_IN_MS:
        raise BadInput("A barge-in comes 0 to 60000 ms after the agent begins.")
    if request.record_only:
        if request.device is None:
            raise BadInput("A call placed elsewhere is recorded from sound devices.", "Name one.")
        return
    if request.practice is None:
        if request.profile is None:
            raise BadInput("There is nobody to call.", "Choose an agent.")
        checked(request.profile)
