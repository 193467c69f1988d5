"""What a profile says of a cascaded agent's three stages, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from app.domain.errors import BadInput, NotFound
from app.models import secrets
from app.models.endpoint_words import Endpoint, checked_url

if TYPE_CHECKING:
    from app.agents.profiles import CallProfile
    from app.models.whisper_models import ModelFolder

Stage = Literal["stt", "llm", "tts"]
HERE = "local"
"""In place of a recogniser's address: a Whisper model on this machine."""
FORMATS = ("pcm", "wav")
RANGES: Mapping[str, tuple[float, float]] = {
    "threshold": (0.05, 0.95),
    "silence_duration_ms": (200, 2_000),
    "min_speech_ms": (32, 1_000),
    "prefix_padding_ms": (0, 1_000),
}
TIMEOUTS_S = (0.1, 300.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPointing:
    """When the caller has begun and finished.

    Attributes:
        threshold: of the detector's probability.
        silence_ms: so much silence ends a turn.
        least_ms: shorter speech is none: a cough cancels nothing.
        pre_roll_ms: sound before the detected beginning that is recognised, too.
        automatic: False where the caller says by a key that the turn is over.
    """

    threshold: float = 0.5
    silence_ms: float = 500.0
    least_ms: float = 250.0
    pre_roll_ms: float = 300.0
    automatic: bool = True


def end_pointing(profile: CallProfile) -> EndPointing:
    """By the profile's turn detection, in the names of the Realtime protocol.

    Raises:
        BadInput: a setting that there is not, or one out of its range.
    """
    given = profile.turn_detection
    if given is None:
        return EndPointing()
    for name, value in given.items():
        if name == "type" and value == "server_vad":
            continue
        low, high = RANGES.get(name, (1, 0))
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not low <= value <= high
        ):
            raise BadInput(
                f"Turn detection cannot have {name} = {value!r}.",
                "; ".join(f"{n}: {a:g} to {b:g}" for n, (a, b) in RANGES.items()) + ".",
            )
    found = EndPointing()
    return EndPointing(
        threshold=float(given.get("threshold", found.threshold)),
        silence_ms=float(given.get("silence_duration_ms", found.silence_ms)),
        least_ms=float(given.get("min_speech_ms", found.least_ms)),
        pre_roll_ms=float(given.get("prefix_padding_ms", found.pre_roll_ms)),
        automatic=bool(given),
    )


def endpoint(profile: CallProfile, stage: Stage) -> Endpoint:
    """The server of a stage; one without an address of its own is that of the chat model.

    A key goes to the server that it was named for, and to no other.
    """
    url = {"stt": profile.stt_url, "llm": "", "tts": profile.tts_url}[stage]
    own_key = {"stt": profile.stt_key_ref, "llm": "", "tts": profile.tts_key_ref}[stage]
    return Endpoint(
        base_url=checked_url(url or profile.url),
        key_ref=own_key or ("" if url else profile.key_ref),
        timeout_s=profile.timeout_s,
        retries=0,
    )


def hears(profile: CallProfile) -> bool:
    """Whether there is a recogniser; without one the caller types."""
    return bool(profile.stt_model.strip())


def hears_here(profile: CallProfile) -> bool:
    """Whether the recogniser is a Whisper model on this machine."""
    return hears(profile) and profile.stt_url.strip() == HERE


def model_folder(profile: CallProfile) -> ModelFolder:
    """The Whisper model of a profile: a folder, or a name that was fetched before.

    Raises:
        BadInput: the folder holds none. NotFound: no such model here.
    """
    from app.models.whisper_models import find, local

    name = profile.stt_model.strip()
    folder = Path(name).expanduser()
    if folder.is_dir():
        return local(folder)
    found = find(name)
    if found is None:
        raise NotFound(
            f"The Whisper model {name!r} is not on this machine.",
            "Transcribe a call with it first, which fetches it; or name the folder of a model.",
        )
    return found


def check(profile: CallProfile) -> None:
    """Whether a call can be placed with it.

    Raises:
        BadInput: it lacks something.
    """
    needs = {"model": "the chat model's name", "tts_model": "the speaking model's name"}
    for name, what in needs.items():
        if not _text(profile, name):
            raise BadInput(f"A cascaded agent needs {what}.", f"Fill in {name}.")
    for ref in (profile.stt_key_ref, profile.tts_key_ref):
        secrets.check(ref)
    checked_url(profile.url)
    for name in ("stt_url", "tts_url"):
        url = _text(profile, name)
        if url and not (name == "stt_url" and url == HERE):
            checked_url(url)
    if profile.tts_format not in FORMATS:
        raise BadInput(f"{profile.tts_format!r} cannot be played.", "One of: pcm, wav.")
    low, high = TIMEOUTS_S
    if isinstance(profile.timeout_s, bool) or not low <= profile.timeout_s <= high:
        raise BadInput("A request waits 0.1 to 300 s.", "Change timeout_s.")
    if profile.agent_first and not profile.brief.strip():
        raise BadInput(
            "An agent that speaks first needs to know what about.",
            "Give it a brief, or speak first.",
        )
    end_pointing(profile)


def _text(profile: CallProfile, name: str) -> str:
    value: Any = getattr(profile, name)
    return value.strip() if isinstance(value, str) else ""
