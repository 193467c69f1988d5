"""What was chosen before a call, as one value: kept for the next one, turned into a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.agents.device_delay import DeviceDelay
    from app.agents.line_effects import LineEffects
    from app.agents.profiles import CallProfile
    from app.services.live_calls.request import LiveRequest, Noise

PRACTICE = ""
"""Of the profile: the practice agent."""
ELSEWHERE = "\0elsewhere"
"""Of the profile: a call placed elsewhere, of which both sides are recorded."""
DEFAULT = "default"
FAULTS = ("slow", "deaf", "talk_over", "drop", "die")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Choices of the page before a call.

    Attributes:
        profile: name of a saved profile, `PRACTICE` or `ELSEWHERE`.
        microphone, loudspeaker: keys of devices; empty for none (the caller's lines that ship
            are spoken then).
        scenario: its key; empty for the profile's own.
        talk: push-to-talk.
        noise: its kind; empty for none.
        snr_db: how far below the voice it lies.
        ulaw, loss_percent, delay_ms: the line.
        seed: of noise and losses.
        faults: of the practice agent, by name; the number it takes, 1 for `deaf`.
        echo_db, level_dbov, delay: what the sound check found; not kept.
    """

    profile: str = PRACTICE
    microphone: str = DEFAULT
    loudspeaker: str = DEFAULT
    scenario: str = ""
    talk: bool = False
    noise: str = ""
    snr_db: float = 15.0
    ulaw: bool = False
    loss_percent: float = 0.0
    delay_ms: float = 0.0
    seed: int = 1
    faults: tuple[tuple[str, float], ...] = ()
    echo_db: float | None = None
    level_dbov: float | None = None
    delay: DeviceDelay | None = None

    @property
    def is_practice(self) -> bool:
        """Whether the embedded agent is called."""
        return self.profile == PRACTICE

    @property
    def is_checked(self) -> bool:
        """Whether a sound check found something of the devices."""
        return self.delay is not None or self.echo_db is not None

    @property
    def is_elsewhere(self) -> bool:
        """Whether no agent is dialled."""
        return self.profile == ELSEWHERE


def dumps(setup: Setup) -> str:
    """As the settings keep it."""
    return json.dumps(asdict(unchecked(setup)))


def unchecked(setup: Setup) -> Setup:
    """Without what a sound check found."""
    return replace(setup, echo_db=None, level_dbov=None, delay=None)


def loads(text: str) -> Setup:
    """What was kept; the defaults where it is of another make."""
    try:
        body = json.loads(text) if text else {}
        known = {f.name for f in fields(Setup)}
        values: dict[str, Any] = {k: v for k, v in body.items() if k in known}
        values["faults"] = tuple((str(n), float(v)) for n, v in values.get("faults", ()))
        return Setup(**values)
    except (ValueError, TypeError, AttributeError):
        return Setup()


def request(
    setup: Setup, profiles: Mapping[str, CallProfile], *, consent: bool, rater_id: str
) -> LiveRequest:
    """The call to place.

    Raises:
        BadInput: the profile is gone, or a number cannot be.
    """
    from app.domain.errors import NotFound
    from app.services.live_calls.request import LiveRequest

    profile = None
    if not setup.is_practice and not setup.is_elsewhere:
        profile = profiles.get(setup.profile)
        if profile is None:
            raise NotFound(f"There is no profile “{setup.profile}”.", "Choose another agent.")
    return LiveRequest(
        profile=profile,
        practice=_faults(setup) if setup.is_practice else None,
        record_only=setup.is_elsewhere,
        device=setup.microphone or None,
        device_out=setup.loudspeaker,
        sample_caller=not setup.microphone,
        consent=consent,
        needs_consent=True,
        noise=noise_of(setup),
        line=line_of(setup),
        push_to_talk=setup.talk and bool(setup.microphone),
        echo_db=setup.echo_db,
        delay=setup.delay,
        placed_by=rater_id,
        scenario_key=setup.scenario,
    )


def noise_of(setup: Setup) -> Noise | None:
    """The bed of noise; None for none.

    Raises:
        BadInput: there is no such noise.
    """
    from app.services.live_calls.request import Noise

    if not setup.noise:
        return None
    return Noise(
        kind=setup.noise, snr_db=setup.snr_db, seed=setup.seed, level_dbov=setup.level_dbov
    )


def line_of(setup: Setup) -> LineEffects:
    """What the line does.

    Raises:
        BadInput: such a line cannot be.
    """
    from app.agents.line_effects import LineEffects

    return LineEffects(
        ulaw8k=setup.ulaw,
        loss_percent=setup.loss_percent,
        delay_ms=setup.delay_ms,
        seed=setup.seed,
    )


def _faults(setup: Setup) -> Any:
    from app.agents.practice.faults import Faults

    chosen = dict(setup.faults)
    return Faults(
        slow_ms=chosen.get("slow", 0.0),
        deaf="deaf" in chosen,
        talk_over_ms=chosen.get("talk_over"),
        drop_share=chosen.get("drop", 0.0) / 100,
        die_s=chosen.get("die"),
        seed=setup.seed,
    )
